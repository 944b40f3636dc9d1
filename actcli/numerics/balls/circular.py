"""sin, cos, tan and their inverses."""

# ruff: noqa: E741 (h, l and r are the parts of a ball)

from functools import lru_cache

import numpy as np

from actcli.numerics.balls.arrays import (
    Array,
    Ints,
    Part,
    add_parts,
    array_of,
    filled,
    flip,
    infinite,
    refuse,
    select,
    signs_of,
    within,
)
from actcli.numerics.balls.ball import OPERATION, PI, Ball, scale, sqrt
from actcli.numerics.balls.pairs import ONES, fast_two_sum, product, quotient, two_sum
from actcli.numerics.balls.radii import relative, signed
from actcli.numerics.balls.taylor import TAYLOR, even

_TURN_INVERSE = float.fromhex("0x1.45f306dc9c883p-1")  # 2/pi
_TURN_1 = float.fromhex("0x1.921fb54400000p+0")  # pi/2: 33 bits,
_TURN_2 = float.fromhex("0x1.0b4611a600000p-34")  # the next 33,
_TURN_3 = float.fromhex("0x1.3198a2e037073p-69")  # and 53 more


_HALF_PI = scale(PI, 0.5)
_FAR = 2.0**20
_LIMB, _LIMBS = 24, 10  # bits of a limb, and limbs of a number of quarter turns modulo 4, the first whole
_LEAST = -120  # exponent of what is turned; less is an error


def _quarter(x: Ball) -> tuple[Ints, Array, Array, Array]:
    """n, and x - n pi/2 as hi + lo with a bound on its error.

    Up to FAR that is 2^-97 |x|, none for n = 0: n * TURN_1 and n * TURN_2 are exact; n * TURN_3 < 2^-48 |x|
    and the sum of lows round. Beyond it see `_turned`.
    """
    near, size = np.clip(x.h, -_FAR, _FAR), np.abs(x.h)
    n = np.rint(near * _TURN_INVERSE)
    h, l = two_sum(near - n * _TURN_1, n * -_TURN_2)
    l += x.l
    l -= n * _TURN_3
    h, l = two_sum(h, l)
    turns, off = n.astype(np.int64), np.where(size < _FAR, size * 2.0**-97, np.inf)
    far = np.flatnonzero((size >= _FAR) & (size < np.inf) & np.isfinite(x.l))
    if far.size:
        turns[far], h[far], l[far] = _turned(x.h[far], 0.0 if isinstance(x.l, float) else x.l[far])
        off[far] = np.abs(h[far]) * 2.0**-73 + 2.0**-120
    return turns, h, l, off


def _turned(h: Array, l: Part) -> tuple[Ints, Array, Array]:
    """Return the same of large numbers, n modulo 4.

    The table's limbs leave 2^-216 of a quarter turn, times 2^53; a low part below 2^-120 is left out. The sum
    of the rest's limbs rounds by 2^-149, its product with pi/2 by 2^-74.
    """
    limbs = _limbs(h)
    if not isinstance(l, float):
        limbs += _limbs(l)
    for k in range(_LIMBS - 1, 0, -1):
        limbs[k - 1] += limbs[k] >> _LIMB
        limbs[k] &= (1 << _LIMB) - 1
    up = limbs[1] >> (_LIMB - 1)  # from half a quarter on the rest is negative
    limbs[1] -= up << _LIMB
    high, mid, low = (np.ldexp((limbs[k] << _LIMB) + limbs[k + 1], -_LIMB * (k + 1)) for k in (1, 3, 5))
    rest, error = two_sum(high, mid)
    rest, error = fast_two_sum(rest, error + low)
    half_pi = _HALF_PI.h, _HALF_PI.l
    return limbs[0] + up, *product(rest, error, *half_pi)


def _limbs(x: Array) -> Ints:
    """Return x * 2/pi modulo 4 in limbs that are not carried yet."""
    mantissa, exponent = np.frexp(x)
    parts = np.abs(np.ldexp(mantissa, 53)).astype(np.int64)
    row = exponent - 53
    turns = np.where(row < _LEAST, 0, _turns()[:, np.maximum(row, _LEAST) - _LEAST])
    found = np.zeros_like(turns)
    for i in range(3):
        found[: _LIMBS - i] += turns[i:] * ((parts >> (i * _LIMB)) & ((1 << _LIMB) - 1))
    return found * np.sign(x).astype(np.int64)


@lru_cache(1)
def _turns() -> Ints:
    """Return 2^k * 2/pi modulo 4 in limbs, a column for each k from LEAST to 971."""
    bits = _LIMB * (_LIMBS - 1)
    precision = 1024 + bits + 64
    two_by_pi = (1 << (2 * precision)) // _half_pi(precision)
    whole = [(two_by_pi << (k - _LEAST)) >> (precision - _LEAST - bits) for k in range(_LEAST, 972)]
    masks = [3, *[(1 << _LIMB) - 1] * (_LIMBS - 1)]
    return np.array([[(turn >> (bits - _LIMB * j)) & mask for turn in whole] for j, mask in enumerate(masks)])


def _half_pi(bits: int) -> int:
    """Return pi/2 in units of 2^-bits, by Machin's formula 8 atan(1/5) - 2 atan(1/239)."""

    def inverse_atan(n: int) -> int:
        term = (1 << (bits + 32)) // n
        total, k = term, 1
        while term:
            term //= -n * n
            k += 2
            total += term // k
        return total

    return (8 * inverse_atan(5) - 2 * inverse_atan(239)) >> 32


def turn(x: Ball) -> Ball:
    """x less so many whole turns that at most half a turn is left; small ones stay as they are."""
    if within(x.h, -_FAR, _FAR):
        return x
    n, h, l, off = _quarter(x)
    result = Ball(h, l, filled(add_parts(off, x.reach), h)) + _HALF_PI * Ball.exact(((n + 2) & 3) - 2)
    refuse(array_of(result.r), infinite(x.h))
    return result


def _wave(x: Ball, quarters: int) -> Ball:
    """sin(x + quarters pi/2). Slope at most 1."""
    n, rh, rl, off = _quarter(x)
    n += quarters
    signs = signs_of(rh)
    th, tl = np.abs(rh), flip(rl, signs)
    sine = signed(Ball(*product(th, tl, *even("sin", th, tl))), signs)
    ch, cl = even("cos", th, tl)
    odd = -(n & 1)
    turned = (n >> 1) << 63
    h = array_of(flip(select(odd, ch, sine.h), turned))
    l = array_of(flip(select(odd, cl, sine.l), turned))
    result = relative(h, l, TAYLOR + 2 * OPERATION, add_parts(off, x.reach))
    refuse(array_of(result.r), infinite(x.h))
    return result


def sin(x: Ball) -> Ball:
    """Sine: n pi/2 is taken off, then tables of sin(x)/x and cos."""
    return _wave(x, 0)


def cos(x: Ball) -> Ball:
    """Cosine, as `sin`."""
    return _wave(x, 1)


def tan(x: Ball) -> Ball:
    """sin/cos."""
    return sin(x) / cos(x)


def atan(x: Ball) -> Ball:
    """t A(t), A(t) = atan(t)/t from a table, t = |x| or (|x| > 1) pi/2 - t A(t), t = 1/|x|.

    The difference is at least pi/4 >= t A(t), so that its relative error is at most that of t A(t), and
    2^-100 for pi and the sum. The slope is at most 1, and 4/|x|^2 all over a ball whose reach is below |x|/2.
    """
    size = np.abs(x.h)
    xl = flip(x.l, signs_of(x.h))
    ih, il = quotient(ONES, 0.0, size, xl)
    large = -(size > 1).astype(np.int64)
    th, tl = select(large, ih, size), select(large, il, xl)
    h, l = product(th, tl, *even("atan", th, tl))
    direct = relative(h, l, TAYLOR + 3 * OPERATION)
    rest = _HALF_PI - direct
    reach = x.reach
    if not isinstance(reach, float):
        reach = reach * np.where((size > 2) & (reach < size / 2), 4 * (1 + 2.0**-40) * ih * ih, 1.0)
    r = filled(add_parts(direct.r, reach), h)
    refuse(r, infinite(size))
    result = Ball(select(large, rest.h, h), select(large, rest.l, l), r, 1.1 * direct.e)
    return signed(result, signs_of(x.h))


def asin(x: Ball) -> Ball:
    """atan(x / sqrt((1 - x)(1 + x)))."""
    return atan(x / sqrt((1 - x) * (1 + x)))


def acos(x: Ball) -> Ball:
    """2 atan(sqrt((1 - x)/(1 + x)))."""
    return 2 * atan(sqrt((1 - x) / (1 + x)))
