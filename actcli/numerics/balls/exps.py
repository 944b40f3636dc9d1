"""exp and its relatives: expm1, sigmoid, tanh, sinh, cosh."""

# ruff: noqa: E741 (h, l and r are the parts of a ball)

import numpy as np

from actcli.numerics.balls.arrays import (
    Array,
    Ints,
    Pair,
    Part,
    filled,
    infinite,
    multiply_parts,
    polynomial,
    refuse,
    signs_of,
    within,
)
from actcli.numerics.balls.ball import GROW, OPERATION, TINY, Ball
from actcli.numerics.balls.choices import absolute
from actcli.numerics.balls.pairs import ONES, fast_two_sum, head, quotient, reciprocal, two_sum
from actcli.numerics.balls.radii import clip, expm1_bound, patch, relative, signed
from actcli.numerics.balls.taylor import looked_up, table

_STEP_INVERSE = float.fromhex("0x1.71547652b82fep+9")  # 512 / log 2
_STEP_1 = float.fromhex("0x1.62e42ff000000p-10")  # log(2)/512: 32 bits,
_STEP_2 = float.fromhex("-0x1.718432a1b0e26p-44")  # and the next 53
_GRID = 1.5 * 2.0**18  # adding and subtracting it rounds to a multiple of 2^-34
_EXP_TAIL = (1 / 6, 1 / 24, 1 / 120, 1 / 720)
_EXP_LOW, _EXP_HIGH = -664.0, 709.75  # exp lies in [2^-958, 2^1024)


def _reduce(xh: Array, xl: Part) -> tuple[Ints, Array, Array]:
    """N, rh, rl with x = n log(2)/512 + rh + rl, |rh| < 2^-10.4, error < 2^-84 |x|.

    n * STEP_1 has 52 bits and the difference is exact; n * STEP_2 < 2^-32 |x| rounds twice.
    """
    n = np.rint(xh * _STEP_INVERSE)
    r0 = xh - n * _STEP_1
    t = n * _STEP_2
    if not isinstance(xl, float):
        t -= xl
    rh = r0 - t
    r0 -= rh
    r0 -= t
    return n.astype(np.int64), rh, r0


def _exp_parts(xh: Array, xl: Part) -> tuple[Array, Array, Ints]:
    """exp(x) = (h + l) 2^k for |x| < 750, relative error below 2^-80 + 2^-84 |x|.

    2^(j/512) = T1 + T2 with 29 bits in T1, so that T1 g is exact; T1 q + T2 (1 + g + q) < 2^-28 adds three
    roundings of 2^-82 and T2's 2^-83.
    """
    n, rh, rl = _reduce(xh, xl)
    g, q = _expm1_parts(rh, rl)
    t1, t2 = _step_powers(n)
    q_t1 = q * t1
    q += g
    q *= t2
    q += q_t1
    q += t2
    g *= t1
    h, l = fast_two_sum(t1, g)
    l += q
    n >>= 9
    return *fast_two_sum(h, l), n


def _expm1_parts(rh: Array, rl: Array) -> tuple[Array, Array]:
    """expm1(r) = g + q with g on a 2^-34 grid, for the rest r of a step; `rl` is used up.

    q < 2^-33 sums the grids' rests (2^-87), r^3/6 ... r^6/720 (2^-85 of rounding, 2^-85.8 left out).
    """
    a = rh + _GRID
    a -= _GRID
    rl += rh - a
    half = 0.5 * a
    half *= a  # a^2/2, exact
    g = half + _GRID
    g -= _GRID
    half -= g
    g += a
    q = polynomial(_EXP_TAIL, rh)
    q *= rh
    q *= rh
    q *= rh
    a += rh
    a *= rl
    a *= 0.5  # (r^2 - a^2)/2
    q += a
    half += rl
    q += half
    return g, q


def _step_powers(n: Ints) -> Pair:
    """2^(j/512), j the last 9 bits of n."""
    j = n & 511
    t1, t2 = (looked_up(column, j) for column in table("exp"))
    return t1, t2


def two_to(k: Ints) -> Array:
    """2^k for -1022 <= k <= 1023."""
    return ((k + 1023) << 52).view(np.float64)


def _exp_fine(xh: Array, xl: Part) -> Pair:
    """exp(x) for x in [-746, 709.75], relative error below EXP_ERROR, plus TINY/4 below 2^-958."""
    h, l, k = _exp_parts(xh, xl)
    if k.min() < -1000:
        upper = np.maximum(k, -1000)
        k -= upper
        scale = two_to(upper)
        h *= scale
        l *= scale
    scale = two_to(k)
    h *= scale
    l *= scale
    return h, l


_MAGIC = 1.5 * 2.0**52  # adding it leaves n in the last bits: 9 of them count steps, the rest powers
_QUICK_TAIL = (1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720)
EXP_ERROR = 2.0**-71.2  # relative error of `exp_pair`


def _exp_quick(xh: Array, xl: Part) -> Pair:
    """exp(x) for x in [-664, 709.75], relative error below 2^-71.3.

    As `_exp_parts`, but q = r^2/2 + ... + r^7/5040 < 2^-21.8 is one plain double. In units of 2^-75:
    three roundings of q cost 3.5, the low part of r, left out of r^2, 1.2, adding it 1; the roundings
    of q T1 and of its sums with q T2 (2^-39), T2 and the rest of T1 + T1 g 1.2 to 1.4 each, in all 5.1;
    the reduction 1.5. Below 13.
    """
    t = xh * _STEP_INVERSE
    t += _MAGIC
    steps = t.view(np.int64)
    n = t - _MAGIC
    g = n * _STEP_1
    low = xh - g
    n *= _STEP_2
    if not isinstance(xl, float):
        n -= xl
    r = low - n
    low -= r
    low -= n
    np.add(r, _GRID, out=g)
    g -= _GRID
    q = polynomial(_QUICK_TAIL, r)
    q *= r
    q *= r
    r -= g
    r += low
    q += r
    return _by_table(steps, g, q)


def _by_table(steps: Ints, g: Array, q: Array) -> Pair:
    """2^(n/512) (1 + g + q), n in the last bits of `steps`, g on a 2^-34 grid: T1 g is exact."""
    t1, t2 = _step_powers(steps)
    power = (steps >> 9) << 52
    power += 1023 << 52
    scale = power.view(np.float64)
    t1 *= scale
    t2 *= scale
    low = q * t1
    q += g
    q *= t2
    low += q
    low += t2
    g *= t1
    h, l = fast_two_sum(t1, g)
    l += low
    return fast_two_sum(h, l)


def exp_pair(xh: Array, xl: Part) -> Pair:
    """exp(x) for x in [-746, 709.75], relative error EXP_ERROR, plus TINY/4 below 2^-958."""
    return _exp_quick(xh, xl) if xh.min() >= _EXP_LOW else _exp_fine(xh, xl)


def exp(x: Ball) -> Ball:
    """e^x. Error EXP_ERROR h + TINY; a radius in x multiplies the value by up to exp(r)."""
    tame = within(x.h, _EXP_LOW, _EXP_HIGH)
    h, l = exp_pair(x.h, x.l) if tame else exp_pair(*clip(x, -746.0, _EXP_HIGH))
    r = multiply_parts(h, expm1_bound(x.reach))
    if not tame:
        r = filled(r, h) + TINY
        refuse(r, (x.h > _EXP_HIGH) | infinite(x.h))
    return Ball(h, l, r, EXP_ERROR * GROW)


_SMALL = 2.0**-9
_EXPM1_TAIL = (1 / 6, 1 / 24, 1 / 120, 1 / 720, 1 / 5040)


def _expm1_small(x: Ball) -> Ball:
    """e^x - 1 for |x| <= 2^-9, relative error 2^-70.

    x + a^2/2 is exact (a = head of x); x^3/6 ... carry 6u x^2/6 < 2^-71. A low part loses
    l x^2/2, at most 2^-69.
    """
    a = head(x.h)
    h, l = fast_two_sum(x.h, 0.5 * a * a)
    rest = polynomial(_EXPM1_TAIL, x.h) * x.h * x.h * x.h
    rest += (x.h - a) * (x.h + a) * 0.5
    if not isinstance(x.l, float):
        rest += x.l + x.l * x.h
    l += rest
    h, l = fast_two_sum(h, l)
    error = 2.0**-70 if isinstance(x.l, float) else 2.0**-68
    return relative(h, l, error, expm1_bound(x.reach) * (1 + 2.0**-8))


def expm1(x: Ball) -> Ball:
    """e^x - 1. Error 2^-79 + 2^-73 |h| < 2^-69.8 |h|, since e^x = 1 + h errs by 2^-79.9 for |x| < 1.

    Points with |x| < 2^-9 go their own way. A radius costs e^x (e^r - 1); left of -80 all is -1.
    """
    tame = within(x.h, -80.0, _EXP_HIGH)
    xh, xl = (x.h, x.l) if tame else clip(x, -80.0, _EXP_HIGH)
    eh, el = _exp_fine(xh, xl)
    h, t = two_sum(eh, np.array([-1.0]))
    t += el
    h, l = fast_two_sum(h, t)
    r = multiply_parts(eh, expm1_bound(x.reach))
    if not tame:
        r = filled(r, h)
        r[x.h + x.reach < -80.0] = 0.0
        refuse(r, (x.h > _EXP_HIGH) | infinite(x.h))
    return patch(Ball(h, l, r, 2.0**-69.8), np.abs(x.h) < _SMALL, _expm1_small, x)


def sigmoid(z: Ball) -> Ball:
    """1/(1 + e^-z). The relative error is at most that of e^-z, plus a quotient's.

    One formula for both signs: where e^-z is huge, so is the divisor, and nothing cancels. The
    logarithm of sigmoid has slope at most 1.
    """
    tame = within(z.h, -660.0, 660.0)
    zh, zl = (z.h, z.l) if tame else clip(z, -709.0, 745.0)
    eh, el = exp_pair(-zh, 0.0 if isinstance(zl, float) else -zl)
    sh, sl = two_sum(ONES, eh)
    sl += el
    h, l = reciprocal(sh, sl)
    r = multiply_parts(h, expm1_bound(z.reach))
    if not tame:
        r = filled(r, h) + TINY
        r += np.where(z.h < -709.0, 2.0**-1021, 0.0)
        refuse(r, infinite(z.h))
    return Ball(h, l, r, EXP_ERROR * GROW + OPERATION)


_TANH_TAIL = (-1 / 3, 2 / 15, -17 / 315, 62 / 2835)


def _tanh_small(z: Ball) -> Ball:
    """tanh z for |z| < 2^-9: z - z^3/3 ..., five roundings of z^2/3: relative error 2^-70.2."""
    y = z.h * z.h
    q = polynomial(_TANH_TAIL, y) * (y * z.h)
    if not isinstance(z.l, float):
        q += z.l - z.l * y
    return relative(*fast_two_sum(z.h, q), 2.0**-70, z.reach)


def tanh(z: Ball) -> Ball:
    """(1 - e^-2z)/(1 + e^-2z). Error 2^-79 from the numerator near 0, and 2^-73 |h|: below 2^-69.8 |h|.

    Beyond 40 tanh differs from 1 by less than 2^-114, whatever the radius. Points with |z| < 2^-9 go
    their own way. The slope is at most 1.
    """
    tame = within(z.h, -40.0, 40.0)
    zh, zl = (z.h, z.l) if tame else clip(z, -40.0, 40.0)
    eh, el = _exp_fine(-2 * zh, 0.0 if isinstance(zl, float) else -2 * zl)
    nh, nl = two_sum(ONES, -eh)
    nl -= el
    sh, sl = two_sum(ONES, eh)
    sl += el
    h, l = quotient(nh, nl, sh, sl)
    r = z.reach
    if not tame:
        r = filled(r, h)
        r[np.abs(z.h) - z.reach > 40.0] = 0.0
        refuse(r, infinite(z.h))
    return patch(Ball(h, l, r, 2.0**-69.8), np.abs(z.h) < _SMALL, _tanh_small, z)


def sinh(x: Ball) -> Ball:
    """sign(x) (m + m/(1 + m))/2 with m = e^|x| - 1."""
    m = expm1(absolute(x))
    return signed((m + m / (m + 1)) * 0.5, signs_of(x.h))


def cosh(x: Ball) -> Ball:
    """(e + 1/e)/2 with e = e^|x|; for e >= 1 the radius of 1/e is at most that of e."""
    e = exp(absolute(x))
    inverse = Ball(*reciprocal(e.h, e.l), e.r, e.e * GROW + OPERATION)
    return (e + inverse) * 0.5
