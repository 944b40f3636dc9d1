"""What g or g' truly is at a kernel's points, to far beyond the format of its answers."""

import math
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from actcli.errors import NoAnswerError, UndecidedError
from actcli.language.calculus import times
from actcli.language.limits import Array
from actcli.language.trees import Node, Z, number
from actcli.numerics.answers import SIDES, Question, answer, array_answers
from actcli.numerics.balls import Bools, quiet, read
from actcli.numerics.balls.arrays import Places
from actcli.numerics.dtypes import DOUBLE, are_middles, rounded_array

SHARP = 2.0**-66  # of a ball's radius by its value: errors in ulp of float64 are known to 2^-14
MOST_EXPLAINED = 10_000  # points without an answer that are asked why


class Truth(NamedTuple):
    """The exact values at some points.

    `high` is the float64 nearest to each, nan where there is none; `low` what is missing to it in ulps of
    it, where float64 is the format, else 0. `rounded` is the value in the format, `other` the slope on
    the left of a kink (else `high`); `open` tells which could not be decided.
    """

    high: Array
    low: Array
    rounded: Array
    other: Array
    open: Bools

    def at(self, where: Bools | Places | slice) -> "Truth":
        """Return the truth at some of the points; one array stays one."""
        high = self.high[where]
        other = high if self.other is self.high else self.other[where]
        return Truth(high, self.low[where], self.rounded[where], other, self.open[where])


def truth(question: Question, z: Array, dtype: str, kinks: Sequence[float] = ()) -> Truth:
    """Return the exact values of what is asked at numbers of a format; at `kinks` both slopes are told."""
    high = array_answers(question, z)
    low = _lows(question, z, high) if dtype == DOUBLE else np.zeros_like(high)
    return Truth(
        high,
        low,
        _in_format(question, z, high, dtype),
        _left(question, z, high, kinks),
        _open(question, z, high),
    )


def _in_format(question: Question, z: Array, high: Array, dtype: str) -> Array:
    """Round once: a float64 in the middle of two numbers of the format is not told by itself."""
    found = rounded_array(high, dtype)
    middles = np.flatnonzero(are_middles(high, dtype)) if dtype != DOUBLE else ()
    if len(middles):
        found[middles] = array_answers(question, z[middles], dtype)
    return found


def _left(question: Question, z: Array, high: Array, kinks: Sequence[float]) -> Array:
    at = np.flatnonzero(np.isin(z, kinks)) if len(kinks) else ()
    other = high.copy() if len(at) else high
    if len(at):
        other[at] = array_answers(replace(question, sides=SIDES["left"]), z[at])
    return other


def _open(question: Question, z: Array, high: Array) -> Bools:
    found = np.zeros(z.shape, bool)
    for i in np.flatnonzero(np.isnan(high) & ~np.isnan(z))[:MOST_EXPLAINED].tolist():
        try:
            answer(question, float(z[i]))
        except UndecidedError:
            found[i] = True
        except NoAnswerError:
            pass
    return found


# ---------------------------------------------------------------------------- beyond float64


def _lows(question: Question, z: Array, high: Array) -> Array:
    """Return what is missing to the nearest float64, in its ulps: from balls, or one by one."""
    low, known = _in_balls(question, z, high)
    for i in np.flatnonzero(~known & np.isfinite(high) & np.isfinite(z)).tolist():
        low[i] = _residue(question, float(z[i]), float(high[i]))
    return low


def _in_balls(question: Question, z: Array, high: Array) -> tuple[Array, Bools]:
    if question.tree is None:
        return np.zeros_like(high), np.zeros(z.shape, bool)
    with quiet():
        ball = read(question.tree, z, question.sides[-1] if question.order else 0)
        size = np.abs(high)
        known = (ball.reach <= SHARP * size) & (size > 2.0**-960) & np.isfinite(ball.h)
        known |= (ball.reach == 0) & (size == 0) & (ball.h == 0) & (ball.l == 0)  # nothing is missing to 0
        return np.where(known, ((ball.h - high) + ball.l) / np.spacing(size), 0.0), known


def _residue(question: Question, z: float, high: float) -> float:
    """Return (exact - high)/ulp(high), itself rounded: the answer to the formula less a power of z."""
    factor = number(Fraction(high) / math.factorial(question.order))
    term = times(factor, Node("^", Z, number(question.order))) if question.order else factor
    ulp = number(Fraction(math.ulp(high)))
    rest = Node("/", Node("-", question.formula, term), ulp)
    asked = Question(question.label, rest, None, question.order, question.sides)
    try:
        return answer(asked, z)
    except NoAnswerError:
        return 0.0
