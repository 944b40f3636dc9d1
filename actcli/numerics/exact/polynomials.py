"""A formula beside 0, or far out, as a polynomial and a bound on the rest, for many points at once.

z - tanh(z) cancels at 0, and balls of its parts do not tell its digits: its series z^3/3 - ... does. What
_TERMS terms leave is at most the next coefficient, over a whole neighbourhood of 0, times a power of |z|.
Far out it is a polynomial in w = 1/|z| times a power of w, if it is neither as large nor as small as e^z.
"""

import math
from contextlib import suppress
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

from flint import arb, arb_series, ctx

from actcli.errors import NoAnswerError
from actcli.language.calculus import RIGHT
from actcli.language.trees import Node, postorder
from actcli.numerics.exact import alone
from actcli.numerics.exact.branches import NotKnownError
from actcli.numerics.exact.reals import Outcome, Place, compiled, stepped, with_care, with_wheres
from actcli.numerics.exact.tails import Tail

NEIGHBOURHOOD = 2.0**-20
_TERMS = 8
_BITS = 1280  # what is 0 and not seen to be so is lost beside every number of a narrow format
_UPWARDS = 1 + 2.0**-40


Term = tuple[float, float, float]  # the sum of two floats, and a bound on what these leave


class Polynomial(NamedTuple):
    """The coefficients from z^0 on, and a bound on that of the rest."""

    terms: tuple[Term, ...]
    rest: float


@lru_cache(64)
def beside_zero(tree: Node) -> Polynomial | None:
    """Return a formula for |z| up to NEIGHBOURHOOD; None where it compares, or has no series there."""
    if any(n.op in ("where", "floor") for n in postorder(with_wheres(tree))):
        return None
    with alone():
        place = Place(0.0, _TERMS, RIGHT, [])
        program, ctx.cap = compiled(tree, True, 128), _TERMS + 1
        held = stepped(program, arb_series([arb(0, NEIGHBOURHOOD), 1]), place)
        if not isinstance(held, arb_series) or held.prec <= _TERMS or not held[_TERMS].is_finite():
            return None
        try:
            terms = tuple(_term(tree, place._replace(order=k)) for k in range(_TERMS))
        except NoAnswerError:
            return None
        known = all(math.isfinite(part) for term in terms for part in term)
        return Polynomial(terms, _above(held[_TERMS])) if known else None


@lru_cache(256)
def far_out(tree: Node, start: float) -> tuple[int, tuple[Term, ...]] | None:
    """Return p and c of w^p (c[0] + c[1] w + ...), w = 1/|z|, from a start outwards; None if it is not so."""
    if any(n.op == "floor" for n in postorder(tree)):
        return None  # there are bounds, but it jumps
    with alone(), suppress(NotKnownError, ValueError, ZeroDivisionError, KeyError):
        ctx.prec = 256
        found = Tail(Fraction(abs(start)), 1 if start > 0 else -1).read(with_wheres(tree))
        most = min(found.all.prec, found.start.prec) - 1
        terms = tuple(map(_parts, [*(arb(found.start[k]) for k in range(most)), found.all[most]]))
        known = all(math.isfinite(part) for term in terms for part in term)
        return (int(found.power), terms) if known and not found.exps and found.power % 1 == 0 else None
    return None


def _term(tree: Node, place: Place) -> Term:
    outcome: Outcome = with_care(tree, place, _BITS)
    return _parts(
        (outcome.ball if outcome.exact is None else arb(outcome.exact)) / math.factorial(place.order)
    )


def _parts(ball: Any) -> Term:
    high = float(ball.mid())
    low = float((ball - high).mid())
    return high, low, _above(ball - high - low)


def _above(ball: Any) -> float:
    """Return a float that no number of a ball exceeds."""
    return 0.0 if ball == 0 else float(abs(ball).upper()) * _UPWARDS + 5e-324
