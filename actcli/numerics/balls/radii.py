"""What the words share: arguments moved into range, and radii by the usual rules."""

# ruff: noqa: E741 (h, l and r are the parts of a ball)

from collections.abc import Callable

import numpy as np

from actcli.numerics.balls.arrays import Array, Bools, Ints, Part, Places, add_parts, array_of, filled, flip
from actcli.numerics.balls.ball import FLOOR, GROW, TINY, Ball


def clip(x: Ball, low: float, high: float) -> tuple[Array, Part]:
    """Midpoints moved into [low, high], |low|, |high| < 1000; lows stay small beside them."""
    l = x.l if isinstance(x.l, float) else np.clip(x.l, -(2.0**-40), 2.0**-40)
    return np.clip(x.h, low, high), l


def expm1_bound(r: Part) -> Part:
    """exp(r) - 1 <= r + r^2 for r <= 1, else infinity: what a radius in the exponent costs."""
    if isinstance(r, float):
        return 0.0
    bound = r + 2.0**-40
    bound *= r
    bound += r
    if not r.max() <= 1:
        bound[~(r <= 1)] = np.inf
    return bound


def patch(result: Ball, mask: Bools, f: Callable[[Ball], Ball], x: Ball) -> Ball:
    """Replace the result by f(x) at some points, all of exact shape."""
    at = np.flatnonzero(mask)
    if at.size:
        part = f(_take(x, at))
        result.h.reshape(-1)[at] = part.h
        array_of(result.l).reshape(-1)[at] = part.l
        result.e = max(result.e, part.e)
        if not (isinstance(result.r, float) and isinstance(part.r, float)):
            result.r = filled(result.r, result.h)
            result.r.reshape(-1)[at] = part.r
    return result


def _take(x: Ball, at: Places) -> Ball:
    """Some points of a ball."""
    l, r = (p if isinstance(p, float) else p.reshape(-1)[at] for p in (x.l, x.r))
    return Ball(x.h.reshape(-1)[at], l, r, x.e)


def relative(h: Array, l: Array, error: float, extra: Part = 0.0) -> Ball:
    """Make a ball of relative error `error` that stays right down to 2^-1074, and at 0."""
    size = np.abs(h)
    tiny = 0.0 if size.min() >= FLOOR else np.minimum(size, TINY)
    return Ball(h, l, add_parts(extra, tiny), error * GROW)


def signed(x: Ball, signs: Ints) -> Ball:
    """x, negated where the sign bit is set."""
    return Ball(array_of(flip(x.h, signs)), flip(x.l, signs), x.r, x.e)
