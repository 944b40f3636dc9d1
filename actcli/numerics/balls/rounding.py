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
    w = x.h * ((x.e + 2.0**-102) * GROW)
    if isinstance(x.r, float):
        return w
    np.abs(w, out=w)
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
    """Doubles below and above the whole ball; the ball's own number if that is exact."""
    if x.is_exact and isinstance(x.l, float):
        return x.h, x.h
    w = np.zeros_like(x.h) if x.is_exact else np.abs(_margin(x))
    low, low_error = two_sum(x.h, x.l - w)
    high, high_error = two_sum(x.h, x.l + w)
    low = np.where(low_error < 0, np.nextafter(low, -np.inf), low)
    return low, np.where(high_error > 0, np.nextafter(high, np.inf), high)


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
