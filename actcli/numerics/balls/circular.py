"""sin, cos, tan and their inverses."""

# ruff: noqa: E741 (h, l and r are the parts of a ball)

import numpy as np

from actcli.numerics.balls.arrays import (
    Array,
    Ints,
    add_parts,
    array_of,
    filled,
    flip,
    infinite,
    refuse,
    select,
    signs_of,
)
from actcli.numerics.balls.ball import OPERATION, PI, Ball, scale
from actcli.numerics.balls.pairs import ONES, product, quotient, two_sum
from actcli.numerics.balls.powers import sqrt
from actcli.numerics.balls.radii import relative, signed
from actcli.numerics.balls.taylor import TAYLOR, even

_TURN_INVERSE = float.fromhex("0x1.45f306dc9c883p-1")  # 2/pi
_TURN_1 = float.fromhex("0x1.921fb54400000p+0")  # pi/2: 33 bits,
_TURN_2 = float.fromhex("0x1.0b4611a600000p-34")  # the next 33,
_TURN_3 = float.fromhex("0x1.3198a2e037073p-69")  # and 53 more


def _quarter(x: Ball) -> tuple[Ints, Array, Array]:
    """n and x - n pi/2 as hi + lo, for |x| < 2^20: error below 2^-97 |x|, none for n = 0.

    n * TURN_1 and n * TURN_2 are exact; n * TURN_3 < 2^-48 |x| and the sum of lows round.
    """
    n = np.rint(x.h * _TURN_INVERSE)
    h, l = two_sum(x.h - n * _TURN_1, n * -_TURN_2)
    l += x.l
    l -= n * _TURN_3
    return n.astype(np.int64), *two_sum(h, l)


def _wave(x: Ball, quarters: int) -> Ball:
    """sin(x + quarters pi/2) for |x| < 2^20. Slope at most 1."""
    n, rh, rl = _quarter(Ball(np.clip(x.h, -(2.0**20), 2.0**20), x.l))
    n += quarters
    signs = signs_of(rh)
    th, tl = np.abs(rh), flip(rl, signs)
    sine = signed(Ball(*product(th, tl, *even("sin", th, tl))), signs)
    ch, cl = even("cos", th, tl)
    odd = -(n & 1)
    turned = (n >> 1) << 63
    h = array_of(flip(select(odd, ch, sine.h), turned))
    l = array_of(flip(select(odd, cl, sine.l), turned))
    size = np.abs(x.h)
    result = relative(h, l, TAYLOR + 2 * OPERATION, add_parts(size * 2.0**-97, x.reach))
    refuse(array_of(result.r), ~(size < 2.0**20))
    return result


def sin(x: Ball) -> Ball:
    """Sine, |x| < 2^20: n pi/2 is taken off to 2^-97 |x|, then tables of sin(x)/x and cos."""
    return _wave(x, 0)


def cos(x: Ball) -> Ball:
    """Cosine, as `sin`."""
    return _wave(x, 1)


def tan(x: Ball) -> Ball:
    """sin/cos."""
    return sin(x) / cos(x)


_HALF_PI = scale(PI, 0.5)


def atan(x: Ball) -> Ball:
    """t A(t), A(t) = atan(t)/t from a table, t = |x| or (|x| > 1) pi/2 - t A(t), t = 1/|x|.

    The difference is at least pi/4 >= t A(t), so that its relative error is at most that of t A(t), and
    2^-100 for pi and the sum.
    """
    size = np.abs(x.h)
    xl = flip(x.l, signs_of(x.h))
    ih, il = quotient(ONES, 0.0, size, xl)
    large = -(size > 1).astype(np.int64)
    th, tl = select(large, ih, size), select(large, il, xl)
    h, l = product(th, tl, *even("atan", th, tl))
    direct = relative(h, l, TAYLOR + 3 * OPERATION)
    rest = _HALF_PI - direct
    r = filled(add_parts(direct.r, x.reach), h)
    refuse(r, infinite(size))
    result = Ball(select(large, rest.h, h), select(large, rest.l, l), r, 1.1 * direct.e)
    return signed(result, signs_of(x.h))


def asin(x: Ball) -> Ball:
    """atan(x / sqrt((1 - x)(1 + x)))."""
    return atan(x / sqrt((1 - x) * (1 + x)))


def acos(x: Ball) -> Ball:
    """2 atan(sqrt((1 - x)/(1 + x)))."""
    return 2 * atan(sqrt((1 - x) / (1 + x)))
