"""Formulas over arrays in balls: two doubles and a radius that provably hold the true value.

A `Ball` is an array of real numbers, each known to lie within r of the unevaluated sum h + l of
two doubles, which carries about 106 bits. The words of the formula language (exp, sigmoid, Phi,
...) take balls to balls with a relative error of 2^-69 or less, so `decide` can nearly always
tell which double is nearest to the true value. Points it cannot decide are for a slower, longer
arithmetic.

    with quiet():
        values, undecided = decide(WORDS["sigmoid"](Ball.exact(z)))

How to read the error bounds
    u = 2^-53 is the rounding error of one double operation relative to its result. Every step
    is either exact (two_sum, products of short factors) or adds one rounding; the comment at a
    word sums them up. A radius is itself computed in doubles: its constants are larger than the
    bounds by at least 2^-40, which its few roundings cannot use up.
    A low part obeys |l| <= 2^-50 |h|.
    An infinite or nan part means "not known" and is always a legal answer.

Speed and sameness
    Arrays of 16 to 64 thousand numbers, one per call, suit the processor's cache. Only + - * /
    sqrt, rint, comparisons, bit operations and table look-ups are used, which are the same on
    every machine; so are the results, to the last bit. A low part or radius that is known to be
    zero everywhere is the Python float 0.0, and costs nothing.
"""

# ruff: noqa: E741 (h, l and r are the parts of a ball)

import math
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actcli.calculus import Reading

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Part = Array | float  # an array, or the float 0.0: zero everywhere
Pair = tuple[Array, Array]

GROW = 1 + 2.0**-40  # outweighs the roundings of a radius, and |l| against |h|
TINY = 2.0**-1072  # outweighs a few results rounded below 2^-1022
FLOOR = 2.0**-960  # from here up no step of a product or quotient falls below 2^-1074
OPERATION = 2.0**-74  # relative error of a product, quotient or square root


def quiet() -> np.errstate:
    """Return a context without NumPy's warnings; balls say nan and inf by their radius."""
    return np.errstate(all="ignore")


# ---------------------------------------------------------------- steps without rounding error


def _two_sum(a: Array, b: Array) -> Pair:
    """a + b as its rounded sum and the error (Knuth)."""
    s = a + b
    t = s - a
    e = a - (s - t)
    e += b - t
    return s, e


def _fast_two_sum(a: Array, b: Array) -> Pair:
    """The same for |a| >= |b| (Dekker); otherwise the error is short of at most 2u|b|."""
    s = a + b
    e = s - a
    np.subtract(b, e, out=e)
    return s, e


_HEAD = -1 << 27
_SIGN = np.int64(-(2**63))


def _head(a: Array) -> Array:
    """The first 26 bits of a: |a - head| < 2^-25 |a|, the products of two heads are exact."""
    return (a.view(np.int64) & _HEAD).view(np.float64)


def _signs(a: Array) -> Ints:
    """The sign bits of a, for `_flip`."""
    return a.view(np.int64) & _SIGN


def _flip(a: Part, signs: Ints) -> Part:
    """`a`, negated where the sign bit is set."""
    return a if isinstance(a, float) else (a.view(np.int64) ^ signs).view(np.float64)


def _select(mask: Ints, a: Part, b: Part) -> Array:
    """a where the mask is -1, b where it is 0, by bits: no branch, and no nan leaks through."""
    bits = np.asarray(b).view(np.int64)
    chosen = np.asarray(a).view(np.int64) ^ bits
    chosen = chosen & mask
    chosen ^= bits
    return chosen.view(np.float64)


def _array(x: Part) -> Array:
    """A part that is known to be an array."""
    assert not isinstance(x, float)
    return x


def _plus(a: Part, b: Part) -> Part:
    """a + b without touching arrays for a known zero."""
    if isinstance(a, float):
        return b
    return a if isinstance(b, float) else a + b


def _polynomial(coefficients: tuple[float, ...], x: Array) -> Array:
    """c0 + c1 x + c2 x^2 + ... by Horner's rule."""
    p = x * coefficients[-1]
    for c in coefficients[-2:0:-1]:
        p += c
        p *= x
    p += coefficients[0]
    return p


def _within(x: Array, low: float, high: float) -> bool:
    """Tell whether all of x lies in [low, high]; nan does not."""
    return bool(x.min() >= low and x.max() <= high)


def _refuse(r: Array, bad: Bools) -> None:
    """Mark points as not known."""
    if bad.any():
        r[bad] = np.inf


# ---------------------------------------------------------------- pairs hi + lo


def _product(ah: Array, al: Part, bh: Array, bl: Part) -> Pair:
    """(ah + al)(bh + bl), relative error 14 * 2^-78 < 2^-74.1.

    With heads a1, b1 and rests a2, b2 (lows folded in): a1 b1 is exact; a1 b2 + a2 bh <= 2^-24
    carries six roundings of 2^-78 and leaves out a2 bl <= 2^-25 2^-50.
    """
    a1, b1 = _head(ah), _head(bh)
    a2, b2 = ah - a1, bh - b1
    if not isinstance(al, float):
        a2 += al
    if not isinstance(bl, float):
        b2 += bl
    low = a1 * b2
    low += a2 * bh
    return _fast_two_sum(a1 * b1, low)


def _square(xh: Array, xl: Part) -> Pair:
    """(xh + xl)^2 with an error below 2^-102 xh^2: Dekker's exact square, then 2 xh xl."""
    x1 = _head(xh)
    x2 = xh - x1
    p = xh * xh
    e = x1 * x1
    e -= p
    e += 2 * x1 * x2
    e += x2 * x2
    return p, e if isinstance(xl, float) else e + 2 * xh * xl


def _quotient(ah: Array, al: Part, bh: Array, bl: Part) -> Pair:
    """(ah + al)/(bh + bl), relative error 11 * 2^-78 < 2^-74.5.

    A 26-bit quotient leaves an exact remainder of 2^-25 |a|; three roundings of it (2^-78 each)
    and bl, left out of the second divisor (2^-25 2^-50), make up the error.
    """
    q = _head(ah / bh)
    b1 = _head(bh)
    rest = ah - q * b1
    rest -= q * (bh - b1)
    if not isinstance(bl, float):
        rest -= q * bl
    if not isinstance(al, float):
        rest += al
    rest /= bh
    return _fast_two_sum(q, rest)


def _root(xh: Array, xl: Part) -> Pair:
    """sqrt(xh + xl), relative error 6 * 2^-78 < 2^-75.

    s1 is a 26-bit root with an exact remainder; sqrt(x) = s1 + (x - s1^2)/(s1 + sqrt(x)).
    """
    s = np.sqrt(xh)
    s1 = _head(s)
    rest = xh - s1 * s1
    if not isinstance(xl, float):
        rest += xl
    s += s1
    rest /= s
    return _fast_two_sum(s1, rest)


# ---------------------------------------------------------------- balls


class Ball:
    """Numbers known to lie within r of h + l; float64 arrays of one shape, errors included.

    l and r may be the float 0.0, zero everywhere. The operators + - * / take balls and Python
    numbers, which count as the exact doubles they are; arrays are not taken for balls.
    """

    __slots__ = ("h", "l", "r")
    __array_ufunc__ = None

    def __init__(self, h: Array, l: Part = 0.0, r: Part = 0.0) -> None:
        """Take the parts as they are."""
        self.h = h
        self.l = l
        self.r = r

    @staticmethod
    def exact(z: object) -> "Ball":
        """Doubles of any shape as balls of radius 0."""
        return Ball(np.atleast_1d(np.asarray(z, dtype=np.float64)))

    def __neg__(self) -> "Ball":
        """-x, exact."""
        return Ball(-self.h, 0.0 if isinstance(self.l, float) else -self.l, self.r)

    def __add__(self, other: "Ball | float") -> "Ball":
        """x + y; see `_add`."""
        return _add(self, _lift(other))

    def __sub__(self, other: "Ball | float") -> "Ball":
        """x - y; see `_add`."""
        return _add(self, -_lift(other))

    def __mul__(self, other: "Ball | float") -> "Ball":
        """x * y; see `_multiply`."""
        return _multiply(self, _lift(other))

    def __truediv__(self, other: "Ball | float") -> "Ball":
        """x / y; see `_divide`."""
        return _divide(self, _lift(other))

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: "Ball | float") -> "Ball":
        """y - x; see `_add`."""
        return _add(_lift(other), -self)

    def __rtruediv__(self, other: "Ball | float") -> "Ball":
        """y / x; see `_divide`."""
        return _divide(_lift(other), self)


def _lift(x: "Ball | float") -> Ball:
    """A Python number as an exact ball of one point."""
    if isinstance(x, Ball):
        return x
    if not isinstance(x, int | float):
        raise TypeError(f"a ball or a Python number is needed, not {type(x).__name__}")
    return number(x, 1) if isinstance(x, int) else Ball.exact(x)


def _filled(part: Part, like: Array) -> Array:
    """A part as an array of the shape of `like`."""
    return np.zeros_like(like) + part


def _known_zero(x: Ball, size: Array) -> Bools:
    """Where x is exactly 0; `size` is |x.h|."""
    return np.equal(_plus(size, x.r), 0.0)


def _add(a: Ball, b: Ball) -> Ball:
    """a + b. Sum of heads exact; the lows' two sums round by u|w| and u|t|.

    The last step loses at most 2u|t| where heads cancel down to their lows. 8u covers it, and the
    rounding of the bound itself next to 2^-1074 (below 2^-1021 sums are exact).
    """
    s, t = _two_sum(a.h, b.h)
    w, r = _plus(a.l, b.l), _plus(a.r, b.r)
    if isinstance(w, float):
        return Ball(s, t, r if isinstance(r, float) else _filled(r * GROW, s))
    t += w
    own = np.abs(t)
    own += np.abs(w)
    own *= 2.0**-50
    if not isinstance(r, float):
        own += r
        own *= GROW
    return Ball(*_fast_two_sum(s, t), own)


def _power_of_two(x: Ball) -> bool:
    """Tell whether x is one exact power of two, by which products are exact."""
    exact = x.h.size == 1 and isinstance(x.l, float) and isinstance(x.r, float)
    return exact and abs(math.frexp(x.h.item())[0]) == 0.5


def _scale(x: Ball, c: float) -> Ball:
    """Multiply x by c, a power of two: exact, but for parts that fall below 2^-1022 (TINY)."""
    h = x.h * c
    l = 0.0 if isinstance(x.l, float) else x.l * c
    r = 0.0 if isinstance(x.r, float) else x.r * abs(c) + np.minimum(x.r, 2.0**-1074)
    size = np.abs(h)
    if abs(c) < 1 and not size.min() >= FLOOR:
        r = _filled(r, h)
        r[(size < FLOOR) & ~_known_zero(x, np.abs(x.h))] += TINY
    return Ball(h, l, r)


def _multiply(a: Ball, b: Ball) -> Ball:
    """a * b. |ab - h - l| <= |a| rb + |b| ra + ra rb + OPERATION |h|; see also `_faint`."""
    if _power_of_two(b):
        return _scale(a, b.h.item())
    if _power_of_two(a):
        return _scale(b, a.h.item())
    h, l = _product(a.h, a.l, b.h, b.l)
    size_a, size_b = np.abs(a.h), np.abs(b.h)
    r = np.abs(h)
    r *= OPERATION
    if not isinstance(b.r, float):
        r += _plus(size_a, a.r) * b.r
    if not isinstance(a.r, float):
        r += size_b * a.r
    r *= GROW
    if not (size_a.min() >= 2.0**-480 and size_b.min() >= 2.0**-480):
        zero = _known_zero(a, size_a) | _known_zero(b, size_b)
        _faint(h, r, np.minimum(size_a, size_b), zero)
    return Ball(h, l, r)


def _faint(h: Array, r: Array, least: Array, zero: Bools) -> None:
    """Widen products below FLOOR, whose seven steps round by 2^-1075; known zeros stay exact.

    Factors below 2^-1022 have no 26-bit heads: not known.
    """
    r[(np.abs(h) < FLOOR) & ~zero] += TINY
    _refuse(r, (least < 2.0**-1022) & ~zero)


def _divide(a: Ball, b: Ball) -> Ball:
    """a / b. |a/b - h - l| <= (ra + |h| rb)/(|b| - rb) + OPERATION |h|; rb up to |b|/2."""
    h, l = _quotient(a.h, a.l, b.h, b.l)
    size = np.abs(h)
    r = size * OPERATION
    spread = a.r if isinstance(b.r, float) else _plus(size * b.r, a.r)
    if not isinstance(spread, float):
        size_b = np.abs(b.h)
        least = size_b if isinstance(b.r, float) else size_b - b.r
        r += spread / least
        _refuse(r, np.broadcast_to(~(least > 0.5 * size_b), r.shape))
    r *= GROW
    size_a = np.abs(a.h)
    if not (size.min() >= FLOOR and size_a.min() >= FLOOR):
        _refuse(r, ((size < FLOOR) | (size_a < FLOOR)) & ~_known_zero(a, size_a))
    return Ball(h, l, r)


# ---------------------------------------------------------------- constants


def number(numerator: int, denominator: int) -> Ball:
    """Return a rational number as a ball of one point; exact where two doubles hold it."""
    rest = Fraction(numerator, denominator)
    try:
        parts = []
        for _ in range(2):
            parts.append(float(rest))
            rest -= Fraction(parts[-1])
    except OverflowError:
        return Ball(np.array([np.inf]), 0.0, np.array([np.inf]))
    r = np.array([math.nextafter(float(abs(rest)), math.inf)]) if rest else 0.0
    return Ball(np.array([parts[0]]), np.array([parts[1]]) if parts[1] else 0.0, r)


def _constant(high: str, low: str) -> Ball:
    """A real number given by its first two doubles in hexadecimal."""
    h, l = float.fromhex(high), float.fromhex(low)
    return Ball(np.array([h]), np.array([l]), np.array([abs(h) * 2.0**-106]))


PI = _constant("0x1.921fb54442d18p+1", "0x1.1a62633145c07p-53")
E = _constant("0x1.5bf0a8b145769p+1", "0x1.4d57ee2b1013ap-53")
_INFINITY = Ball.exact(np.array([np.inf]))  # which nothing exact is beyond; arithmetic leaves it undecided
_ROOT_2 = _constant("0x1.6a09e667f3bcdp+0", "-0x1.bdd3413b26456p-54")
_PHI_0 = _constant("0x1.9884533d43651p-2", "-0x1.cbc0d30ebfd15p-56")  # 1/sqrt(2 pi)


# glibc hands freed arrays back to the system, page by page, until it has seen a large block go;
# without this line every temporary array faults its pages in anew, and all words take twice as long
np.empty(3 << 20)


@cache
def _table(name: str) -> list[Array]:
    """The columns of a table of tables.npz (written by make_tables.py), loaded when needed."""
    with np.load(Path(__file__).with_name("tables.npz")) as tables:
        return list(tables[name])


# ---------------------------------------------------------------- exp and its relatives

_STEP_INVERSE = float.fromhex("0x1.71547652b82fep+9")  # 512 / log 2
_STEP_1 = float.fromhex("0x1.62e42ff000000p-10")  # log(2)/512: 32 bits,
_STEP_2 = float.fromhex("-0x1.718432a1b0e26p-44")  # and the next 53
_GRID = 1.5 * 2.0**18  # adding and subtracting it rounds to a multiple of 2^-34
_EXP_TAIL = (1 / 6, 1 / 24, 1 / 120, 1 / 720)
_EXP = 2.0**-74  # relative error of `_exp`: 2^-80 + 2^-84 |x|, |x| < 750
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

    2^(j/512) = T1 + T2 with 29 bits in T1; expm1(r) = g + q with g on a 2^-34 grid, so T1 g is
    exact. q < 2^-33 sums the grids' rests (2^-87), r^3/6 ... r^6/720 (2^-85 of rounding, 2^-85.8
    left out); T1 q + T2 (1 + g + q) < 2^-28 adds three roundings of 2^-82 and T2's 2^-83.
    """
    n, rh, rl = _reduce(xh, xl)
    a = rh + _GRID
    a -= _GRID
    rl += rh - a
    half = 0.5 * a
    half *= a  # a^2/2, exact
    g = half + _GRID
    g -= _GRID
    half -= g
    g += a
    q = _polynomial(_EXP_TAIL, rh)
    q *= rh
    q *= rh
    q *= rh
    a += rh
    a *= rl
    a *= 0.5  # (r^2 - a^2)/2
    q += a
    half += rl
    q += half
    j = n & 511
    t1, t2 = (column.take(j, mode="clip") for column in _table("exp"))
    q_t1 = q * t1
    q += g
    q *= t2
    q += q_t1
    q += t2
    g *= t1
    h, l = _fast_two_sum(t1, g)
    l += q
    n >>= 9
    return *_fast_two_sum(h, l), n


def _two_to(k: Ints) -> Array:
    """2^k for -1022 <= k <= 1023."""
    return ((k + 1023) << 52).view(np.float64)


def _exp(xh: Array, xl: Part) -> Pair:
    """exp(x) for x in [-746, 709.75], relative error _EXP, plus TINY/4 below 2^-958."""
    h, l, k = _exp_parts(xh, xl)
    if k.min() < -1000:
        upper = np.maximum(k, -1000)
        k -= upper
        scale = _two_to(upper)
        h *= scale
        l *= scale
    scale = _two_to(k)
    h *= scale
    l *= scale
    return h, l


def _clip(x: Ball, low: float, high: float) -> tuple[Array, Part]:
    """Midpoints moved into [low, high], |low|, |high| < 1000; lows stay small beside them."""
    l = x.l if isinstance(x.l, float) else np.clip(x.l, -(2.0**-40), 2.0**-40)
    return np.clip(x.h, low, high), l


def _expm1_bound(r: Part) -> Part:
    """exp(r) - 1 <= r + r^2 for r <= 1, else infinity: what a radius in the exponent costs."""
    if isinstance(r, float):
        return 0.0
    bound = r + 2.0**-40
    bound *= r
    bound += r
    if not r.max() <= 1:
        bound[~(r <= 1)] = np.inf
    return bound


def _infinite(h: Array) -> Bools:
    """Where h is infinite or nan."""
    return ~np.isfinite(h)


def exp(x: Ball) -> Ball:
    """e^x. Error _EXP h + TINY; a radius in x multiplies the value by up to exp(r)."""
    tame = _within(x.h, _EXP_LOW, _EXP_HIGH)
    h, l = _exp(x.h, x.l) if tame else _exp(*_clip(x, -746.0, _EXP_HIGH))
    r = h * (_expm1_bound(x.r) + _EXP * GROW)
    if not tame:
        r += TINY
        _refuse(r, (x.h > _EXP_HIGH) | _infinite(x.h))
    return Ball(h, l, r)


def _patch(result: Ball, mask: Bools, f: Callable[[Ball], Ball], x: Ball) -> Ball:
    """Replace the result by f(x) at some points, all of exact shape."""
    at = np.flatnonzero(mask)
    if at.size:
        part = f(_take(x, at))
        result.h.reshape(-1)[at] = part.h
        _array(result.l).reshape(-1)[at] = part.l
        _array(result.r).reshape(-1)[at] = part.r
    return result


def _take(x: Ball, at: NDArray[np.intp]) -> Ball:
    """Some points of a ball."""
    parts = (p if isinstance(p, float) else p.reshape(-1)[at] for p in (x.l, x.r))
    return Ball(x.h.reshape(-1)[at], *parts)


_SMALL = 2.0**-9
_EXPM1_TAIL = (1 / 6, 1 / 24, 1 / 120, 1 / 720, 1 / 5040)


def _expm1_small(x: Ball) -> Ball:
    """e^x - 1 for |x| <= 2^-9, relative error 2^-70.

    x + a^2/2 is exact (a = head of x); x^3/6 ... carry 6u x^2/6 < 2^-71. A low part loses
    l x^2/2, at most 2^-69.
    """
    a = _head(x.h)
    h, l = _fast_two_sum(x.h, 0.5 * a * a)
    rest = _polynomial(_EXPM1_TAIL, x.h) * x.h * x.h * x.h
    rest += (x.h - a) * (x.h + a) * 0.5
    if not isinstance(x.l, float):
        rest += x.l + x.l * x.h
    l += rest
    h, l = _fast_two_sum(h, l)
    error = 2.0**-70 if isinstance(x.l, float) else 2.0**-68
    return _relative(h, l, error, _expm1_bound(x.r) * (1 + 2.0**-8))


def _spread(x: Ball) -> bool:
    """Tell whether x has radii."""
    return not isinstance(x.r, float)


def _relative(h: Array, l: Array, error: float, extra: Part = 0.0) -> Ball:
    """Make a ball of relative error `error` that stays right down to 2^-1074, and at 0."""
    size = np.abs(h)
    r = size * error
    r += np.minimum(size, TINY)
    if not isinstance(extra, float):
        r += extra
    return Ball(h, l, r)


def expm1(x: Ball) -> Ball:
    """e^x - 1. Error 2^-79 + 2^-73 |h|, since e^x = 1 + h errs by 2^-79.9 for |x| < 1.

    Points with |x| < 2^-9 go their own way. The slope is e^x <= 1 + |h|.
    """
    tame = _within(x.h, -80.0, _EXP_HIGH)
    xh, xl = (x.h, x.l) if tame else _clip(x, -80.0, _EXP_HIGH)
    eh, el = _exp(xh, xl)
    h, t = _two_sum(eh, np.array([-1.0]))
    t += el
    h, l = _fast_two_sum(h, t)
    size = np.abs(h)
    r = size * 2.0**-73
    r += 2.0**-79
    if _spread(x):
        r += (size + 1) * _expm1_bound(x.r) * GROW
    if not tame:
        _refuse(r, (x.h > _EXP_HIGH) | _infinite(x.h))
    return _patch(Ball(h, l, r), np.abs(x.h) < _SMALL, _expm1_small, x)


_ONE = np.array([1.0])


def sigmoid(z: Ball) -> Ball:
    """1/(1 + e^-z). The relative error is at most that of e^-z, plus a quotient's.

    One formula for both signs: where e^-z is huge, so is the divisor, and nothing cancels. The
    logarithm of sigmoid has slope at most 1.
    """
    tame = _within(z.h, -660.0, 660.0)
    zh, zl = (z.h, z.l) if tame else _clip(z, -709.0, 745.0)
    eh, el = _exp(-zh, 0.0 if isinstance(zl, float) else -zl)
    sh, sl = _two_sum(_ONE, eh)
    sl += el
    h, l = _quotient(_ONE, 0.0, sh, sl)
    r = h * (_expm1_bound(z.r) + 3 * OPERATION)
    if not tame:
        r += TINY
        _refuse(r, (z.h < -709.0) | _infinite(z.h))
    return Ball(h, l, r)


_TANH_TAIL = (-1 / 3, 2 / 15, -17 / 315, 62 / 2835)


def _tanh_small(z: Ball) -> Ball:
    """tanh z for |z| < 2^-9: z - z^3/3 ..., five roundings of z^2/3: relative error 2^-70.2."""
    y = z.h * z.h
    q = _polynomial(_TANH_TAIL, y) * (y * z.h)
    if not isinstance(z.l, float):
        q += z.l - z.l * y
    return _relative(*_fast_two_sum(z.h, q), 2.0**-70, z.r)


def tanh(z: Ball) -> Ball:
    """(1 - e^-2z)/(1 + e^-2z). Error 2^-79 from the numerator near 0, and 2^-73 |h|.

    Beyond 40 tanh differs from 1 by less than 2^-114. Points with |z| < 2^-9 go their own way.
    The slope is at most 1.
    """
    tame = _within(z.h, -40.0, 40.0)
    zh, zl = (z.h, z.l) if tame else _clip(z, -40.0, 40.0)
    eh, el = _exp(-2 * zh, 0.0 if isinstance(zl, float) else -2 * zl)
    nh, nl = _two_sum(_ONE, -eh)
    nl -= el
    sh, sl = _two_sum(_ONE, eh)
    sl += el
    h, l = _quotient(nh, nl, sh, sl)
    size = np.abs(h)
    r = size * 2.0**-73
    r += 2.0**-79
    if _spread(z):
        r += z.r
        r *= GROW
    if not tame:
        _refuse(r, _infinite(z.h))
    return _patch(Ball(h, l, r), np.abs(z.h) < _SMALL, _tanh_small, z)


def sinh(x: Ball) -> Ball:
    """sign(x) (m + m/(1 + m))/2 with m = e^|x| - 1."""
    m = expm1(absolute(x))
    return _odd((m + m / (m + 1)) * 0.5, _signs(x.h))


def cosh(x: Ball) -> Ball:
    """(e + 1/e)/2 with e = e^|x|; for e >= 1 the radius of 1/e is at most that of e."""
    e = exp(absolute(x))
    inverse = Ball(*_quotient(_ONE, 0.0, e.h, e.l), _array(e.r) + OPERATION)
    return (e + inverse) * 0.5


# ---------------------------------------------------------------- log and its relatives

_LOG_START = (1023 << 52) - (150 << 44) - (1 << 43)  # 256 rows from here, 1 mid in the 150th
_LOG_HEAD = -1 << 13
_LN2_1 = float.fromhex("0x1.62e42fefa3800p-1")  # log 2 on a 2^-42 grid,
_LN2_2 = float.fromhex("0x1.ef35793c76730p-45")  # and the next 53 bits
_LOG_TAIL = (1 / 3, -1 / 4, 1 / 5, -1 / 6, 1 / 7, -1 / 8)
_LOG = 2.0**-69  # relative error


def _log1p_terms(r: Array, rl: Part) -> tuple[Array, Array, Array]:
    """log(1 + r + rl) as head, low and cube, |r| < 2^-8.8, r + rl in two doubles.

    r - a^2/2 (a = head of r) is exact; (r^2 - a^2)/2 and rl/(1 + r) are below 2^-34 |r|;
    the cube r^3/3 - ... carries 4.5u |r|^3/3, and leaves out r^9/9 < 2^-82 and < 2^-75 r near 1.
    """
    a = _head(r)
    h, low = _fast_two_sum(r, -0.5 * a * a)
    low -= (r - a) * (r + a) * 0.5
    if not isinstance(rl, float):
        low += rl / (1 + r)
    cube = _polynomial(_LOG_TAIL, r)
    cube *= r
    cube *= r
    cube *= r
    return h, low, cube


def _log(vh: Array, vl: Part) -> Pair:
    """log(vh + vl) for normal vh > 0, relative error _LOG.

    v = 2^k w, c near 1/w from the table: r = c w - 1 is exact in two doubles, and
    k log 2 - log c is exact on the 2^-42 grid up to 2^10. In the row around 1, c = 1 and the error
    of `_log1p_terms` is relative to r: 2^-53 (1.5 r^2 + ...) < 2^-69.5. In the others it is at most
    2^-78.5 for |log| > 2^-9 (make_tables.py checks each row).
    """
    bits = vh.view(np.int64)
    k = (bits - _LOG_START) >> 52
    row = ((bits - _LOG_START) >> 44) & 255
    w = (bits - (k << 52)).view(np.float64)
    w1 = (w.view(np.int64) & _LOG_HEAD).view(np.float64)
    c, log1, log2 = (column.take(row, mode="clip") for column in _table("log"))
    w2 = w - w1
    extra: Part = 0.0
    if not isinstance(vl, float):
        w2, extra = _fast_two_sum(w2, vl * _two_to(-k))
        extra *= c
    r, rl = _fast_two_sum(c * w1 - 1, c * w2)
    h1, low, cube = _log1p_terms(r, _plus(rl, extra))
    turns = k.astype(np.float64)
    log1 += turns * _LN2_1
    log2 += turns * _LN2_2
    h, t = _two_sum(log1, h1)
    log2 += low
    t += log2
    t += cube
    return _fast_two_sum(h, t)


def log(x: Ball) -> Ball:
    """Natural logarithm of x > 0 (normal doubles). Error _LOG |h|; a radius costs r/(x - r)."""
    h, l = _log(x.h, x.l)
    r = np.abs(h)
    r *= _LOG
    if not isinstance(x.r, float):
        r += x.r / (x.h - x.r) * GROW
        _refuse(r, ~(x.h > 2 * x.r))
    if not _within(x.h, 2.0**-1022, 2.0**1022):
        top = np.inf if isinstance(x.l, float) else 2.0**1022  # `_two_to` scales lows no further
        _refuse(r, ~((x.h >= 2.0**-1022) & (x.h < top)))
    return Ball(h, l, r)


def _log1p_small(x: Ball) -> Ball:
    """log(1 + x) for |x| < 2^-30: `_log1p_terms`, relative error 2^-69.9."""
    h, low, cube = _log1p_terms(x.h, x.l)
    low += cube
    h, l = _fast_two_sum(h, low)
    return _relative(h, l, _LOG, x.r * (1 + 2.0**-7))


def _log1p(x: Ball) -> Ball:
    """log(1 + x) without x's radius.

    The low part of 1 + x rounds by 2^-106, below 2^-76 of any logarithm but the smallest, which go
    their own way. Next to -1, lows may outweigh 1 + x and are not taken.
    """
    vh, vl = _two_sum(_ONE, x.h)
    if not isinstance(x.l, float):
        vl += x.l
    tame = _within(x.h, -0.5, 1e300)
    h, l = _log(vh, vl) if tame else _log(*_fast_two_sum(vh, vl))
    r = np.abs(h)
    r *= _LOG
    if not tame:
        _refuse(r, ~((vh > (0.0 if isinstance(x.l, float) else 2.0**-40)) & (x.h < 1e300)))
    exact = Ball(x.h, x.l)
    return _patch(Ball(h, l, r), np.abs(x.h) < 2.0**-30, _log1p_small, exact)


def log1p(x: Ball) -> Ball:
    """log(1 + x) for x > -1. Error _LOG |h|; the slope is 1/(1 + x - r)."""
    result = _log1p(x)
    if not isinstance(x.r, float):
        over = 1 + x.h
        least = over - x.r
        result.r += x.r / least * (1 + 2.0**-20)
        _refuse(_array(result.r), ~((least > 0.5 * over) & (over > 2.0**-20)))
    return result


def softplus(z: Ball) -> Ball:
    """log(1 + e^z) = max(z, 0) + log(1 + e^-|z|), error below (_LOG + _EXP) of the logarithm.

    Slope at most 1, and that of its logarithm too: a radius costs min(h, 1) (exp(r) - 1).
    """
    signs = _signs(z.h)
    zl = _flip(z.l, signs)
    e = exp(-Ball(np.abs(z.h), zl))
    tail = _log1p(Ball(e.h, e.l))
    tail.r = tail.r + _array(e.r) * GROW
    above = np.maximum(z.h, 0.0)
    result = Ball(above, 0.0 if isinstance(z.l, float) else z.l * (z.h > 0)) + tail
    if not isinstance(z.r, float):
        result.r += np.minimum(result.h, 1.0) * _expm1_bound(z.r) * GROW
    return result


# ---------------------------------------------------------------- Taylor tables

_TAYLOR = 1.1 * 2.0**-70  # relative error of `_taylor`


def _step(ch: Array, cl: Array, sh: Array, sl: Array, x: Array, xl: Part) -> Pair:
    """c + s x, all in hi + lo; |c| > |s x|, so the error is below 2^-73 |s x|."""
    ph, pl = _product(sh, sl, x, xl)
    h, l = _fast_two_sum(ch, ph)
    pl += cl
    l += pl
    return h, l


def _taylor(columns: list[Array], row: Ints, th: Array, tl: Part, centre: Array) -> Pair:
    """A tabled function at t = th + tl, by its Taylor polynomial about the row's centre.

    x = t - centre is exact in two doubles (rows are narrow, and th > 2 centre nowhere). The terms
    from a3 x^3 on are plain: 8u |a3 x^3|; make_tables.py checks that this, with the remainder, is
    below 2^-70 of the value in every row, and that each term outweighs the next.
    """
    x = th - centre
    xl = th - (x + centre)
    if not isinstance(tl, float):
        xl += tl
    tail = columns[-1].take(row, mode="clip")
    for column in columns[-2:5:-1]:
        tail *= x
        tail += column.take(row, mode="clip")
    a0, a0l, a1, a1l, a2, a2l = (column.take(row, mode="clip") for column in columns[:6])
    a2l += tail * xl
    tail *= x
    a2l += tail
    s, e = _step(a1, a1l, *_fast_two_sum(a2, a2l), x, xl)
    s, e = _fast_two_sum(s, e)
    return _fast_two_sum(*_step(a0, a0l, s, e, x, xl))


def _even(name: str, th: Array, tl: Part) -> Pair:
    """A function tabled in rows 1/32 wide from 0, at t >= 0 within the table; error _TAYLOR."""
    row = (th * 32).astype(np.int64)
    centre = row.astype(np.float64)
    centre += 0.5
    centre *= 1 / 32
    return _taylor(_table(name), row, th, tl, centre)


def _mills(th: Array, tl: Part) -> Pair:
    """Phi(-t) exp(t^2/2) for 0 <= t < 42, relative error _TAYLOR."""
    row = ((th + 1).view(np.int64) >> 46) - (1023 << 6)
    middles, *columns = _table("mills")
    return _taylor(columns, row, th, tl, middles.take(row, mode="clip"))


# ---------------------------------------------------------------- the normal distribution

_PHI = _TAYLOR + _EXP + 2 * OPERATION


def _bell(th: Array, tl: Part, fh: Array, fl: Array, half: float) -> Pair:
    """f exp(-half t^2): relative error _EXP + OPERATION (and f's), since t^2 is exact."""
    s, e = _square(th, tl)
    return _product(*_exp(-half * s, -half * e), fh, fl)


def _slope_bound(size: Array, r: Part) -> Array:
    """Bound the relative change of phi(t), Phi(-t) and erfc(t) over a radius.

    The logarithms' slopes are at most 2t + 2 (phi: t; Phi: t + 1; erfc: 2t + 2).
    """
    bound = size * 2
    bound += 2
    return _array(_expm1_bound(bound * r))


def _tail_error(h: Array, z: Ball, limit: float, rate: float = _PHI) -> Array:
    """Radius of a bell-shaped tail h at z: `rate`, z's own radius, and underflow past `limit`."""
    r = h * (rate * GROW)
    size = np.abs(z.h)
    if not isinstance(z.r, float):
        r += (h + TINY) * _slope_bound(size, z.r) * (1 + 2.0**-20)
    if not _within(size, 0.0, limit):
        r += TINY
    return r


def _at(z: Ball, limit: float) -> tuple[Array, Part]:
    """|z|, at most `limit`, as hi + lo."""
    zl = _flip(z.l, _signs(z.h))
    size = np.abs(z.h)
    return (size, zl) if _within(size, 0.0, limit) else _clip(Ball(size, zl), 0.0, limit)


def phi(z: Ball) -> Ball:
    """Normal density exp(-z^2/2)/sqrt(2 pi); error _PHI h, and TINY beyond |z| = 36."""
    h, l = _bell(*_at(z, 38.6), _PHI_0.h, _array(_PHI_0.l), 0.5)
    r = _tail_error(h, z, 36.0)
    if not _within(z.h, -38.5, 38.5):
        _refuse(r, _infinite(z.h))
    return Ball(h, l, r)


def _one_sided(h: Array, l: Array, r: Array, mirror: Ints, whole: float) -> Ball:
    """The tail h + l, or whole - (h + l) where the mask says so.

    The difference's low part rounds once, by u of itself.
    """
    oh, ol = _fast_two_sum(np.array([whole]), -h)
    ol -= l
    wider = r + np.abs(ol) * 2.0**-52
    return Ball(*(_select(mirror, *p) for p in ((oh, h), (ol, l), (wider, r))))


def normal_cdf(z: Ball) -> Ball:
    """Phi(z) = exp(-t^2/2) M(t) for z = -t, M Mills' ratio; 1 - Phi(-z) for z > 0.

    Error _PHI of the tail. Not known below z = -38.5, where Phi is subnormal or 0.
    """
    th, tl = _at(z, 38.6)
    h, l = _bell(th, tl, *_mills(th, tl), 0.5)
    r = _tail_error(h, z, 36.0)
    if not _within(z.h, -38.5, 38.5):
        _refuse(r, (z.h < -38.5) | _infinite(z.h))
    return _one_sided(h, l, r, ~(z.h.view(np.int64) >> 63), 1.0)


def erfc(x: Ball) -> Ball:
    """erfc(x) = 2 exp(-x^2) M(sqrt(2) x) for x > 0; 2 - erfc(-x) for x < 0.

    sqrt(2) x errs by OPERATION, which M, about as steep as 1/t, passes on at most once.
    """
    th, tl = _at(x, 27.25)
    scaled = _product(th, tl, _ROOT_2.h, _ROOT_2.l)
    h, l = _bell(th, tl, *_mills(*scaled), 1.0)
    h *= 2
    l *= 2
    r = _tail_error(h, x, 25.5)
    if not _within(x.h, -27.25, 27.25):
        _refuse(r, (x.h > 27.25) | _infinite(x.h))
    return _one_sided(h, l, r, x.h.view(np.int64) >> 63, 2.0)


def erf(x: Ball) -> Ball:
    """x K(|x|) with K(x) = erf(x)/x from a table; 1 within 2^-55 beyond 6. Slope below 1.2."""
    th, tl = _at(x, 5.999)
    signs = _signs(x.h)
    h, l = _product(th, tl, *_even("erf", th, tl))
    result = _relative(h, l, _TAYLOR + 2 * OPERATION, 1.2 * x.r)
    far = np.abs(x.h) >= 5.999
    if far.any():
        result.h[far], result.l[far] = 1.0, -(2.0**-56)  # type: ignore[index]
        _array(result.r)[far] += 2.0**-55
        _refuse(_array(result.r), _infinite(x.h))
    return _odd(result, signs)


def _odd(x: Ball, signs: Ints) -> Ball:
    """x, negated where the sign bit is set."""
    return Ball(_array(_flip(x.h, signs)), _flip(x.l, signs), x.r)


# ---------------------------------------------------------------- roots, powers and pieces


def sqrt(x: Ball) -> Ball:
    """Square root, error OPERATION h; sqrt(0) = 0 for an exact 0. A radius r costs 0.6 r/h."""
    h, l = _root(x.h, x.l)
    r = h * OPERATION
    if not isinstance(x.r, float):
        r += 0.6 * x.r / h
        _refuse(r, ~(x.h > 2 * x.r))
    if not x.h.min() >= FLOOR:
        zero = _known_zero(x, np.abs(x.h))
        for part in (h, l, r):
            part[zero] = 0.0
        _refuse(r, ~(x.h >= FLOOR) & ~zero)
    return Ball(h, l, r)


def absolute(x: Ball) -> Ball:
    """|x|, exact."""
    return _odd(x, _signs(x.h))


def sign(x: Ball) -> Ball:
    """-1, 0 or 1; not known where the ball holds both signs; nan stays nan."""
    r = np.zeros_like(x.h)
    r[~(np.abs(x.h) > x.r * GROW) & ~_known_zero(x, np.abs(x.h))] = np.inf
    return Ball(np.sign(x.h), 0.0, r)


def maximum(a: Ball, b: Ball) -> Ball:
    """The larger of two; not known where unequal balls overlap."""
    return where(compare(">=", a, b), a, b)


def minimum(a: Ball, b: Ball) -> Ball:
    """The smaller of two; not known where unequal balls overlap."""
    return where(compare("<=", a, b), a, b)


def floor(x: Ball) -> Ball:
    """The integer below, where the whole ball has the same one."""
    down = np.floor(x.h)
    if isinstance(x.l, float) and isinstance(x.r, float):
        return Ball(down, 0.0, 0.0)
    left = (x.h - down) + x.l
    slack = x.r + 2.0**-50
    r = np.zeros_like(x.h)
    _refuse(r, ~((left > slack) & (left + slack < 1)))
    return Ball(down, 0.0, r)


def power(x: Ball, n: int) -> Ball:
    """x^n by repeated squaring; x^0 = 1. Errors are those of the products."""
    if n < 0:
        return 1 / power(x, -n)
    result = None
    while n:
        if n & 1:
            result = x if result is None else result * x
        n >>= 1
        if n:
            x = x * x
    return Ball.exact(np.ones_like(x.h)) if result is None else result


def real_power(x: Ball, y: Ball) -> Ball:
    """x^y = exp(y log x) for x > 0."""
    return exp(y * log(x))


# ---------------------------------------------------------------- circles and hyperbolas

_TURN_INVERSE = float.fromhex("0x1.45f306dc9c883p-1")  # 2/pi
_TURN_1 = float.fromhex("0x1.921fb54400000p+0")  # pi/2: 33 bits,
_TURN_2 = float.fromhex("0x1.0b4611a600000p-34")  # the next 33,
_TURN_3 = float.fromhex("0x1.3198a2e037073p-69")  # and 53 more


def _quarter(x: Ball) -> tuple[Ints, Array, Array]:
    """n and x - n pi/2 as hi + lo, for |x| < 2^20: error below 2^-97 |x|, none for n = 0.

    n * TURN_1 and n * TURN_2 are exact; n * TURN_3 < 2^-48 |x| and the sum of lows round.
    """
    n = np.rint(x.h * _TURN_INVERSE)
    h, l = _two_sum(x.h - n * _TURN_1, n * -_TURN_2)
    l += x.l
    l -= n * _TURN_3
    return n.astype(np.int64), *_two_sum(h, l)


def _wave(x: Ball, quarters: int) -> Ball:
    """sin(x + quarters pi/2) for |x| < 2^20. Slope at most 1."""
    n, rh, rl = _quarter(Ball(np.clip(x.h, -(2.0**20), 2.0**20), x.l, x.r))
    n += quarters
    signs = _signs(rh)
    th, tl = np.abs(rh), _flip(rl, signs)
    sine = _odd(Ball(*_product(th, tl, *_even("sin", th, tl))), signs)
    ch, cl = _even("cos", th, tl)
    odd = -(n & 1)
    turned = (n >> 1) << 63
    h = _array(_flip(_select(odd, ch, sine.h), turned))
    l = _array(_flip(_select(odd, cl, sine.l), turned))
    size = np.abs(x.h)
    result = _relative(h, l, _TAYLOR + 2 * OPERATION, _plus(size * 2.0**-97, x.r))
    _refuse(_array(result.r), ~(size < 2.0**20))
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


_HALF_PI = _scale(PI, 0.5)


def atan(x: Ball) -> Ball:
    """t A(t), A(t) = atan(t)/t from a table, t = |x| or (|x| > 1) pi/2 - t A(t), t = 1/|x|."""
    size = np.abs(x.h)
    xl = _flip(x.l, _signs(x.h))
    ih, il = _quotient(_ONE, 0.0, size, xl)
    large = -(size > 1).astype(np.int64)
    th, tl = _select(large, ih, size), _select(large, il, xl)
    h, l = _product(th, tl, *_even("atan", th, tl))
    direct = _relative(h, l, _TAYLOR + 3 * OPERATION)
    rest = _HALF_PI - direct
    r = _select(large, _array(rest.r), _array(direct.r))
    r += x.r
    r *= GROW
    _refuse(r, _infinite(size))
    result = Ball(_select(large, rest.h, h), _select(large, rest.l, l), r)
    return _odd(result, _signs(x.h))


def asin(x: Ball) -> Ball:
    """atan(x / sqrt((1 - x)(1 + x)))."""
    return atan(x / sqrt((1 - x) * (1 + x)))


def acos(x: Ball) -> Ball:
    """2 atan(sqrt((1 - x)/(1 + x)))."""
    return 2 * atan(sqrt((1 - x) / (1 + x)))


def asinh(x: Ball) -> Ball:
    """sign(x) log1p(a + a^2/(1 + sqrt(1 + a^2))), a = |x|."""
    a = absolute(x)
    square = a * a
    return _odd(log1p(a + square / (1 + sqrt(1 + square))), _signs(x.h))


def acosh(x: Ball) -> Ball:
    """log1p(t + sqrt(t (2 + t))), t = x - 1."""
    t = x - 1
    return log1p(t + sqrt(t * (t + 2)))


def atanh(x: Ball) -> Ball:
    """sign(x)/2 log1p(2a/(1 - a)), a = |x|."""
    a = absolute(x)
    return _odd(0.5 * log1p(2 * a / (1 - a)), _signs(x.h))


# ---------------------------------------------------------------- comparing and choosing

_HOLDS: dict[str, Callable[[Array, Array], Bools]] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}


def compare(op: str, a: Ball, b: Ball) -> tuple[Bools, Bools]:
    """Return where `a op b` holds, and where that is unsure (balls overlap, or nan)."""
    parts = (a.l, a.r, b.l, b.r)
    if all(isinstance(p, float) for p in parts):
        return _HOLDS[op](a.h, b.h), np.isnan(a.h) | np.isnan(b.h)
    gap = a - b
    certain = np.abs(gap.h) > gap.r * (1 + 2.0**-20)
    certain |= _known_zero(gap, np.abs(gap.h))
    return _HOLDS[op](gap.h, np.zeros(1)), ~certain


def where(condition: tuple[Bools, Bools], a: Ball, b: Ball) -> Ball:
    """Choose a where the condition of `compare` holds, else b; unsure points become unknown."""
    holds, unsure = condition
    shape = np.broadcast_shapes(holds.shape, a.h.shape, b.h.shape)
    mask = np.broadcast_to(-holds.astype(np.int64), shape)
    h = _select(mask, a.h, b.h)
    l = _choose(mask, a.l, b.l)
    r = _choose(mask, a.r, b.r)
    if unsure.any():
        r = _filled(r, h)
        _refuse(r, np.broadcast_to(unsure, shape))
    return Ball(h, l, r)


def _choose(mask: Ints, a: Part, b: Part) -> Part:
    """`_select`, for parts that may be zero everywhere."""
    return 0.0 if isinstance(a, float) and isinstance(b, float) else _select(mask, a, b)


# ---------------------------------------------------------------- rounding


def _ends(x: Ball) -> tuple[Array, Array]:
    """The ball's ends, each rounded to nearest from no nearer to h + l than the end itself."""
    w = np.abs(x.l)
    w *= 2.0**-52
    w += x.r
    w *= GROW
    upper = x.l + w
    upper += x.h
    np.subtract(x.l, w, out=w)
    w += x.h
    return w, upper


def decide(x: Ball) -> tuple[Array, Bools]:
    """Return the double nearest to the true value, and where that is undecided.

    Decided: both ends of the ball round to the same finite double, as then does all between.
    A zero has the sign of h.
    """
    if isinstance(x.l, float) and isinstance(x.r, float):
        return x.h.copy(), _infinite(x.h)
    if isinstance(x.l, float):
        x = Ball(x.h, np.zeros_like(x.h), x.r)
    lower, upper = _ends(x)
    undecided = lower != upper
    undecided |= _infinite(upper)
    if not upper.all():
        zero = upper == 0
        upper[zero] = np.copysign(upper[zero], x.h[zero])
    return upper, undecided


def _outside(x: Ball) -> tuple[Array, Array]:
    """Doubles below and above the whole ball; the ball's own number if that is exact."""
    if isinstance(x.l, float) and isinstance(x.r, float):
        return x.h, x.h
    w = np.abs(x.l) * 2.0**-52
    w += x.r
    w *= GROW
    low, low_error = _two_sum(x.h, x.l - w)
    high, high_error = _two_sum(x.h, x.l + w)
    low = np.where(low_error < 0, np.nextafter(low, -np.inf), low)
    return low, np.where(high_error > 0, np.nextafter(high, np.inf), high)


def _to_bfloat16(x: Array) -> Array:
    """Round once, ties to even, to 8 bits and multiples of 2^-133; overflow to infinity."""
    bits = x.view(np.int64)
    rounded = (bits + ((1 << 44) - 1) + ((bits >> 45) & 1)) & -(1 << 45)
    normal = rounded.view(np.float64)
    normal = np.where(np.abs(normal) >= 2.0**128, np.copysign(np.inf, x), normal)
    magic = 1.5 * 2.0 ** (52 - 133)
    subnormal = np.copysign(np.abs((x + magic) - magic), x)
    return np.where(np.isnan(x), x, np.where(np.abs(x) < 2.0**-126, subnormal, normal))


def _narrow(x: Array, name: str) -> NDArray[Any]:
    """Round doubles once to a narrow format; NumPy's own casts do that for its formats."""
    return _to_bfloat16(x).astype(np.float32) if name == "bfloat16" else x.astype(name)


def decide_as(x: Ball, dtype: object) -> tuple[NDArray[Any], Bools]:
    """Return `decide`'s answer in float64, float32, float16 or "bfloat16" (held in float32).

    One rounding from the ball: subnormals and overflow to infinity included.
    """
    name = dtype if dtype == "bfloat16" else np.dtype(dtype).name  # type: ignore[call-overload]
    if name == "float64":
        return decide(x)
    low, high = _outside(x)
    lower, upper = _narrow(low, name), _narrow(high, name)
    undecided = (lower != upper) | _infinite(low) | _infinite(high)
    return np.where(upper == 0, np.copysign(upper, x.h.astype(upper.dtype)), upper), undecided


WORDS: dict[str, Callable[..., Ball]] = {
    "exp": exp,
    "expm1": expm1,
    "log": log,
    "log1p": log1p,
    "sqrt": sqrt,
    "abs": absolute,
    "sign": sign,
    "sin": sin,
    "cos": cos,
    "tan": tan,
    "asin": asin,
    "acos": acos,
    "atan": atan,
    "sinh": sinh,
    "cosh": cosh,
    "tanh": tanh,
    "asinh": asinh,
    "acosh": acosh,
    "atanh": atanh,
    "erf": erf,
    "erfc": erfc,
    "Phi": normal_cdf,
    "phi": phi,
    "sigmoid": sigmoid,
    "softplus": softplus,
    "min": minimum,
    "max": maximum,
    "floor": floor,
    "pow": real_power,
}


# ---------------------------------------------------------------- the reading


def _beside(op: str, a: Ball, b: Ball, side: int, _: object) -> tuple[Bools, Bools]:
    """Answer a comparison; just beside a point where a and b are equal it is not known here."""
    holds, unsure = compare(op, a, b)
    return (holds, unsure | compare("==", a, b)[0]) if side else (holds, unsure)


BALLS = Reading(
    number=lambda value: number(value.numerator, value.denominator),
    constant=lambda name: {"pi": PI, "e": E, "inf": _INFINITY}[name],
    words=WORDS,
    power=power,
    real_power=real_power,
    compare=_beside,
    where=where,
)
