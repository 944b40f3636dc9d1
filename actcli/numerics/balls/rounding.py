"""From a ball to the number nearest to what it holds, in float64 and narrower formats."""

import numpy as np

from actcli.numerics.balls.arrays import Array, Bools, infinite, quiet
from actcli.numerics.balls.ball import GROW, Ball
from actcli.numerics.balls.pairs import two_sum
from actcli.numerics.dtypes import DOUBLE, rounded_array


def _margin(x: Ball) -> Array:
    """How far from h + l the ball reaches, with a sign, and what forming its ends in doubles may cost.

    That is u (|l| + margin), and |l| <= 2^-50 |h|. Where there is no radius at all it is 0, and h + l
    with its one rounding is the answer, on a tie too.
    """
    if isinstance(x.r, float):
        return x.h * ((x.e + 2.0**-102) * GROW)
    w = np.abs(x.h) * (x.e * GROW) if x.e else np.zeros_like(x.h)
    w += np.abs(x.l) * 2.0**-52
    w += x.r
    w *= GROW
    if not x.e:
        w[x.r == 0] = 0.0
    return w


def decide(x: Ball) -> tuple[Array, Bools]:
    """Return the double nearest to the true value, and where that is undecided.

    Decided: both ends of the ball round to the same finite double, as then does all between.
    A zero has the sign of h.
    """
    if x.is_exact:
        exact = x.h.copy() if isinstance(x.l, float) else x.h + x.l
        return exact, infinite(exact)
    w = _margin(x)
    upper = w + x.l
    upper += x.h
    np.subtract(x.l, w, out=w)
    w += x.h
    w -= upper  # 0 where they agree, nan at infinities
    if not upper.all():
        zero = upper == 0
        upper[zero] = np.copysign(upper[zero], x.h[zero])
    return upper, np.not_equal(w, 0.0)


def _outside(x: Ball) -> tuple[Array, Array]:
    """The ends of a ball, or its own number if that is exact, rounded to odd: fewer bits round as they do."""
    if x.is_exact and isinstance(x.l, float):
        return x.h, x.h
    w = np.zeros_like(x.h) if x.is_exact else np.abs(_margin(x))
    return to_odd(*two_sum(x.h, x.l - w)), to_odd(*two_sum(x.h, x.l + w))


def to_odd(s: Array, t: Array) -> Array:
    """Return the double beside the exact s + t of which the last bit is 1, or s if that is exact."""
    moved = (t != 0) & ((s.view(np.int64) & 1) == 0)
    return np.where(moved, np.nextafter(s, np.copysign(np.inf, t)), s)


def decide_as(x: Ball, dtype: str) -> tuple[Array, Bools]:
    """Return `decide`'s answer in a format of dtypes.py, held in float64.

    One rounding from the ball: subnormals and overflow included. What underflows keeps its sign, an exact
    zero is positive.
    """
    if dtype == DOUBLE:
        return decide(x)
    low, high = _outside(x)
    with quiet():
        lower, upper = rounded_array(low, dtype), rounded_array(high, dtype)
    undecided = (lower != upper) | infinite(low) | infinite(high)
    undecided |= (upper == 0) & (low <= 0) & (high >= 0) & (low < high)  # a zero of unknown sign
    signed = np.where(x.h == 0, np.abs(upper), np.copysign(upper, x.h))
    return np.where(upper == 0, signed, upper), undecided


NEGLIGIBLE = 2.0**-60  # of the last part of a number, which what is smaller can only tip


def decide_beside(x: Ball, sign: Array, size: Array, dtype: str) -> tuple[Array, Bools]:
    """Return the number nearest to an exact x plus something of a known sign, and where that is not decided.

    It tips a tie, if it is as small as `size` says; its sign is 0 or nan where it is not known.
    """
    h, low = x.h, x.l + np.zeros_like(x.h)
    last = np.abs(np.where(low == 0, h, low))
    decided = (size < NEGLIGIBLE * last) & (np.abs(sign) == 1) & np.equal(x.reach, 0.0)
    if dtype != DOUBLE:
        return rounded_array(to_odd(h, np.where(low == 0, sign, low)), dtype), ~decided
    beyond = np.nextafter(h, np.copysign(np.inf, low))
    decided &= (low != 0) & (h + 2 * low == beyond)
    return np.where(np.sign(low) == sign, beyond, h), ~decided


def decide_small(x: Ball, shift: int) -> tuple[Array, Bools]:
    """Return the double nearest to x * 2^-shift, subnormal or not, and where that is not decided."""
    up = 1074 - shift
    low, high = _outside(Ball(np.ldexp(x.h, up), np.ldexp(x.l, up), np.ldexp(x.reach, up)))
    lower, upper, size = np.rint(low), np.rint(high), np.abs(low)
    steps = (lower == upper) & (size < 2.0**51)  # of 2^-1074, so that two bits are left below the last
    values, unsure = decide(x)
    values = np.where(steps, np.copysign(np.ldexp(upper, -1074), x.h), np.ldexp(values, -shift))
    return values, ~steps & (unsure | (size < 2.0**53))
