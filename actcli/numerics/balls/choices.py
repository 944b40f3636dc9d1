"""Comparing and choosing: where, max, min, and the words that have pieces."""

# ruff: noqa: E741 (h, l and r are the parts of a ball)

import numpy as np

from actcli.language.words import RELATIONS
from actcli.numerics.balls.arrays import Bools, Ints, Part, filled, infinite, refuse, select, signs_of
from actcli.numerics.balls.ball import GROW, Ball, known_zero
from actcli.numerics.balls.pairs import fast_two_sum
from actcli.numerics.balls.radii import signed


def compare(op: str, a: Ball, b: Ball) -> tuple[Bools, Bools]:
    """Return where `a op b` holds, and where that is unsure (balls overlap, or nan)."""
    if all(x.is_exact and isinstance(x.l, float) for x in (a, b)):
        return RELATIONS[op](a.h, b.h), np.isnan(a.h) | np.isnan(b.h)
    if a is b:
        return np.broadcast_to(RELATIONS[op](0, 0), a.h.shape), ~has_value(a)
    gap = a - b
    if isinstance(gap.r, float) and gap.e < 0.5:  # an error that goes with size leaves the sign
        return RELATIONS[op](gap.h, np.zeros(1)), infinite(gap.h)
    size = np.abs(gap.h)
    certain = size > gap.reach * (1 + 2.0**-20)
    certain |= known_zero(gap, size)
    return RELATIONS[op](gap.h, np.zeros(1)), ~certain


def where(condition: tuple[Bools, Bools], a: Ball, b: Ball) -> Ball:
    """Choose a where the condition of `compare` holds, else b; unsure points become unknown."""
    holds, unsure = condition
    shape = np.broadcast_shapes(holds.shape, a.h.shape, b.h.shape)
    chosen = either(np.broadcast_to(-holds.astype(np.int64), shape), a, b)
    if unsure.any():
        chosen.r = filled(chosen.r, chosen.h)
        refuse(chosen.r, np.broadcast_to(unsure, shape))
    return chosen


def holds_zero(x: Ball) -> Bools:
    """Tell where a ball holds 0, or nothing is known of it."""
    return ~(np.abs(x.h) > x.reach * (1 + 2.0**-20))


def has_value(x: Ball) -> Bools:
    """Tell where a ball is known to hold a real number and nothing else."""
    known: Bools = np.isfinite(x.h) & np.isfinite(x.reach)
    return known


def either(mask: Ints, a: Ball, b: Ball) -> Ball:
    """Choose a where the mask is -1, b where it is 0."""
    a, b = _alike(a, b)
    h, l, r = select(mask, a.h, b.h), _choose(mask, a.l, b.l), _choose(mask, a.r, b.r)
    return Ball(h, l, r, max(a.e, b.e))


def _alike(a: Ball, b: Ball) -> tuple[Ball, Ball]:
    """Two balls whose errors go with size alike; what is exact stays so if it may lie on a tie."""
    exact = [x for x in (a, b) if not x.e and not isinstance(x.l, float)]
    return (a.loose(), b.loose()) if exact else (a, b)


def _choose(mask: Ints, a: Part, b: Part) -> Part:
    """`select`, for parts that may be zero everywhere."""
    return 0.0 if isinstance(a, float) and isinstance(b, float) else select(mask, a, b)


def maximum(a: Ball, b: Ball) -> Ball:
    """The larger of two; not known where unequal balls overlap."""
    return where(compare(">=", a, b), a, b)


def minimum(a: Ball, b: Ball) -> Ball:
    """The smaller of two; not known where unequal balls overlap."""
    return where(compare("<=", a, b), a, b)


def absolute(x: Ball) -> Ball:
    """|x|, exact."""
    return signed(x, signs_of(x.h))


def sign(x: Ball) -> Ball:
    """-1, 0 or 1; not known where the ball holds both signs; nan stays nan."""
    r = np.zeros_like(x.h)
    r[~(np.abs(x.h) > x.reach * GROW) & ~known_zero(x, np.abs(x.h))] = np.inf
    return Ball(np.sign(x.h), 0.0, r)


def floor(x: Ball) -> Ball:
    """The integer below, where the whole ball has the same one."""
    down, low = np.floor(x.h), np.floor(x.l)
    if isinstance(x.l, float) and x.is_exact:
        return Ball(down)
    left = (x.h - down) + x.l
    slack, exact = x.reach + 2.0**-50, np.equal(x.reach, 0.0)
    r = np.zeros_like(x.h)
    refuse(r, ~((left > slack) & (left + slack < 1)) & ~exact)
    return Ball(*fast_two_sum(down, low * (exact & (down == x.h))), r)
