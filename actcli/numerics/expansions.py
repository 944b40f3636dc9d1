"""Many answers by one series of a formula, beside 0 and far out in 1/|z|, where balls of its parts cancel."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from actcli.language.limits import Array
from actcli.numerics.balls import Ball, Bools, decide_as, power, quiet
from actcli.numerics.balls.ball import scale
from actcli.numerics.balls.rounding import decide_beside, decide_small
from actcli.numerics.dtypes import DOUBLE, rounded_array
from actcli.numerics.exact import polynomials
from actcli.numerics.exact.polynomials import NEIGHBOURHOOD, Term

if TYPE_CHECKING:
    from actcli.numerics.answers import Question

TAIL_STARTS = (2.0**7, 2.0**20, 2.0**40)  # of tails: of a shorter one more is known
SMALL, DOWN = -900.0, 200  # log2 of what products know too little of, and of what such are made larger by
FADED, OVERFLOWN = -1077.0, 1026.0  # log2 of what every format rounds to 0, and of what is too large for all


def beside_zero(question: "Question", points: Array, dtype: str) -> tuple[Array, Bools]:
    """Return the answers that a series at 0 decides, and where it does not."""
    assert question.tree is not None
    far = np.abs(points) > NEIGHBOURHOOD
    series = None if far.all() else polynomials.beside_zero(question.tree)
    if series is None or (question.order and polynomials.beside_zero(question.formula) is None):
        return points, np.ones(points.shape, bool)
    with quiet():
        z = Ball.exact(np.where(far, 0.0, points))
        first = next((k for k, term in enumerate(series.terms) if any(term)), 0)
        found = _sum(series.terms[first + 1 :] or ((0.0, 0.0, 0.0),), z) * power(z, first + 1)
        rest = series.rest * np.abs(z.h) ** len(series.terms) * (1 + 2.0**-40) + 5e-324
        line = _number(series.terms[first]) * power(z, first)
        values, unsure = _beside_line(line, Ball(found.h, found.l, found.reach + rest), dtype)
    return values, unsure | far


def far_out(question: "Question", points: Array, dtype: str, many: int = 0) -> tuple[Array, Bools]:
    """Return the answers that a series in 1/|z| decides, and where it does not; up to `many` are left out."""
    values, unsure = points.copy(), np.ones(points.shape, bool)
    for side, start in ((side, start) for side in (-1, 1) for start in TAIL_STARTS):
        at = np.flatnonzero(unsure & (side * points > start))
        series = _series(question, side * start) if at.size > many else None
        if series:
            with quiet():
                values[at], unsure[at] = _decided(*series, Ball.exact(np.abs(points[at])), dtype)
    return values, unsure


def _series(question: "Question", start: float) -> tuple[int, tuple[Term, ...]] | None:
    """Return the series of what is asked for; of a slope only where the value has one, too."""
    assert question.tree is not None
    found = polynomials.far_out(question.tree, start)
    return None if question.order and polynomials.far_out(question.formula, start) is None else found


def _decided(exponent: int, terms: Sequence[Term], size: Ball, dtype: str) -> tuple[Array, Bools]:
    """Answer size^-exponent (c[0] + c[1]/size + ...)."""
    first, rest = _number(terms[0]), _sum(terms[1:] or ((0.0, 0.0, 0.0),), 1 / size)
    factor = first + rest / size
    line = exponent == -1
    values, unsure = (
        _beside_line(first * size, rest.loose(), dtype)
        if line
        else decide_as(factor * power(size, -exponent), dtype)
    )
    log = np.log2(np.abs(factor.h)) - exponent * np.log2(size.h)
    faded, swollen = log < FADED, log > OVERFLOWN
    end = rounded_array(np.copysign(np.where(swollen, np.inf, 0.0), factor.h), dtype)
    known = (faded | swollen) & (np.abs(factor.h) > 2 * factor.reach)
    values, unsure = np.where(known, end, values), unsure & ~known
    if dtype == DOUBLE and exponent > 0 and unsure.any():
        small = (log < SMALL) & unsure
        told, open_ = decide_small(factor * power(scale(size, 2.0**-DOWN), -exponent), DOWN * exponent)
        values, unsure = np.where(small, told, values), np.where(small, open_, unsure)
    return values, unsure


def _beside_line(line: Ball, rest: Ball, dtype: str) -> tuple[Array, Bools]:
    """Answer line + rest; a small rest tells by its sign how a tie is rounded."""
    values, unsure = decide_as(line + rest, dtype)
    if not unsure.any():
        return values, unsure
    size, reach = np.abs(rest.h), rest.reach
    sign = np.where(size > reach, np.sign(rest.h), 0.0)
    told, open_ = decide_beside(line, sign, (size + reach) * (1 + 2.0**-40), dtype)
    return np.where(unsure & ~open_, told, values), unsure & open_


def _sum(terms: Sequence[Term], z: Ball) -> Ball:
    """Return c[0] + c[1] z + ..."""
    found = _number(terms[-1])
    for term in terms[-2::-1]:
        found = found * z + _number(term)
    return found


def _number(term: Term) -> Ball:
    low, reach = (np.array([part]) if part else 0.0 for part in term[1:])
    return Ball(np.array(term[:1]), low, reach)
