"""Balls: a pair and a radius, the four operations, powers and roots, which keep the true value inside."""

# ruff: noqa: E741 (h, l and r are the parts of a ball)

import math
from fractions import Fraction
from functools import lru_cache

import numpy as np

from actcli.numerics.balls.arrays import Array, Bools, Part, Places, add_parts, filled, refuse, within
from actcli.numerics.balls.pairs import fast_two_sum, head, product, quotient, root, two_sum

GROW = 1 + 2.0**-40  # outweighs the roundings of a radius, and |l| against |h|
TINY = 2.0**-1072  # outweighs a few results rounded below 2^-1022
FLOOR = 2.0**-960  # from here up no step of a product or quotient falls below 2^-1074
BIG = 2.0**500  # a product above 2^-480 of factors below this has no factor below 2^-1022
OPERATION = 2.0**-74  # relative error of a product, quotient or square root
MANTISSA = (1 << 52) - 1
NOWHERE = np.empty(0, np.intp)
SHORT = 22  # bits of a number by which products and quotients are exact where they can be


class Ball:
    """Numbers known to lie within r + e |h| of h + l; float64 arrays of one shape, errors included.

    l and r may be the float 0.0, zero everywhere; e is one number for all, the error that goes with
    size, so that products and quotients cost no arithmetic on radii. The operators + - * / take balls
    and Python numbers, which count as the exact doubles they are; arrays are not taken for balls.
    """

    __slots__ = ("e", "h", "l", "r")
    __array_ufunc__ = None

    def __init__(self, h: Array, l: Part = 0.0, r: Part = 0.0, e: float = 0.0) -> None:
        """Take the parts as they are."""
        self.h = h
        self.l = l
        self.r = r
        self.e = e

    @property
    def reach(self) -> Part:
        """The whole radius, r + e |h|."""
        if not self.e:
            return self.r
        reach = np.abs(self.h)
        reach *= self.e * GROW
        return add_parts(reach, self.r)

    @property
    def is_exact(self) -> bool:
        """Whether all radii are 0."""
        return isinstance(self.r, float) and not self.e

    def loose(self) -> "Ball":
        """Return the same balls with the whole radius in r."""
        return Ball(self.h, self.l, self.reach) if self.e else self

    @staticmethod
    def exact(z: object) -> "Ball":
        """Doubles of any shape as balls of radius 0."""
        return Ball(np.atleast_1d(np.asarray(z, dtype=np.float64)))

    def __neg__(self) -> "Ball":
        """-x, exact."""
        return Ball(-self.h, 0.0 if isinstance(self.l, float) else -self.l, self.r, self.e)

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
    return ball_of(x, 1) if isinstance(x, int) else Ball.exact(x)


def known_zero(x: Ball, size: Array) -> Bools:
    """Where x is exactly 0; `size` is |x.h|. (An error that goes with size is 0 there.)"""
    return np.equal(add_parts(size, x.r), 0.0)


def _is_zero(x: Ball) -> bool:
    """Tell whether x is the one exact number 0."""
    return x.h.size == 1 and x.is_exact and not x.h.any() and not np.any(x.l)


def _add(a: Ball, b: Ball) -> Ball:
    """a + b. Sum of heads exact; the lows' two sums round by u|w| and u|t|.

    The last step loses at most 2u|t| where heads cancel down to their lows. 8u covers it, and the
    rounding of the bound itself next to 2^-1074 (below 2^-1021 sums are exact). Where nothing cancels
    this is below 8u 2^-49 |h|, and errors that go with size stay so.
    """
    if _is_zero(a) or _is_zero(b):
        return b if _is_zero(a) else a
    s, t = two_sum(a.h, b.h)
    w = add_parts(a.l, b.l)
    if isinstance(w, float) and a.is_exact and b.is_exact:
        return Ball(s, t)
    t += w
    if isinstance(a.r, float) and isinstance(b.r, float) and _same_sign(a.h, b.h):
        return Ball(*fast_two_sum(s, t), 0.0, max(a.e, b.e) * GROW + 2.0**-96)
    own = np.abs(t)
    own += np.abs(w)
    own *= 2.0**-50
    for x in (a, b):
        own += x.reach
    own *= GROW
    return Ball(*fast_two_sum(s, t), own)


def _same_sign(a: Array, b: Array) -> bool:
    """Tell whether nothing cancels in a + b."""
    return bool((a.min() >= 0 and b.min() >= 0) or (a.max() <= 0 and b.max() <= 0))


def _power_of_two(x: Ball) -> bool:
    """Tell whether x is one exact power of two, by which products are exact."""
    exact = x.h.size == 1 and isinstance(x.l, float) and x.is_exact
    return exact and abs(math.frexp(x.h.item())[0]) == 0.5


def scale(x: Ball, c: float) -> Ball:
    """Multiply x by c, a power of two: exact, but for parts that fall below 2^-1022 (TINY)."""
    h = x.h * c
    l = 0.0 if isinstance(x.l, float) else x.l * c
    r = 0.0 if isinstance(x.r, float) else x.r * abs(c) + np.minimum(x.r, 2.0**-1074)
    if abs(c) < 1:
        size = np.abs(h)
        if not size.min() >= FLOOR:
            r = filled(r, h)
            r[(size < FLOOR) & ~known_zero(x, np.abs(x.h))] += TINY
    return Ball(h, l, r, x.e)


def _multiply(a: Ball, b: Ball) -> Ball:
    """a * b. The errors that go with size add up: (1 + ea)(1 + eb) - 1, and OPERATION for the step.

    |ab| <= |h| GROW; the other radii leave |a| rb + |b| ra + ra rb. See also `_faint`.
    """
    if _power_of_two(b):
        return scale(a, b.h.item())
    if _power_of_two(a):
        return scale(b, a.h.item())
    h, l = product(a.h, a.l, b.h, b.l)
    r = _crossed(a, b)
    step = 0.0 if _is_short_product(a, b) else OPERATION
    if not _is_ordinary(a.h, b.h, h):
        r = filled(r, h)
        size_a, size_b = np.abs(a.h), np.abs(b.h)
        zero = known_zero(a, size_a) | known_zero(b, size_b)
        _faint(h, r, np.minimum(size_a, size_b), np.maximum(size_a, size_b), zero)
        r = r if r.any() else 0.0  # as it is beside zeros, infinities and nan
    return Ball(h, l, r, (a.e + b.e + a.e * b.e) * GROW + step)


def _is_short_product(a: Ball, b: Ball) -> bool:
    """Tell whether a product is exact: both parts, by one short number, of a factor without a low part."""
    return any(_is_short(x) and isinstance(y.l, float) for x, y in ((a, b), (b, a)))


def _is_short(x: Ball) -> bool:
    """Tell whether x is one exact number of at most SHORT bits."""
    if not (x.h.size == 1 and isinstance(x.l, float) and x.is_exact):
        return False
    return math.ldexp(math.frexp(x.h.item())[0], SHORT).is_integer()


def _crossed(a: Ball, b: Ball) -> Part:
    """What the radii of two factors cost their product, beyond what goes with its size."""
    r: Part = 0.0
    if not isinstance(b.r, float):
        r = add_parts(np.abs(a.h), a.r) * b.r
    if not isinstance(a.r, float):
        r = add_parts(r, np.abs(b.h) * a.r)
    return r if isinstance(r, float) else r * (GROW * (1 + a.e) * (1 + b.e))


def _is_ordinary(a: Array, b: Array, h: Array) -> bool:
    """Tell whether a product h and both its factors are far from 2^-1022 everywhere."""
    return bool(np.abs(h).min() >= 2.0**-480) and within(a, -BIG, BIG) and within(b, -BIG, BIG)


def _faint(h: Array, r: Array, least: Array, most: Array, zero: Bools) -> None:
    """Widen products below FLOOR, whose seven steps round by 2^-1075; known zeros stay exact.

    Factors below 2^-1022 have no 26-bit heads: of such a product no more is known than how large it may be.
    """
    r[(np.abs(h) < FLOOR) & ~zero] += TINY
    r += np.where((least < 2.0**-1022) & ~zero, most * 2.0**-1020, 0.0)


def _divide(a: Ball, b: Ball) -> Ball:
    """a / b. The errors that go with size cost (ea + eb)/(1 - eb), and OPERATION for the step.

    Other radii: |a/b - h - l| <= (ra + |h| rb)/(|b| - rb) + OPERATION |h|; rb up to |b|/2.
    """
    if _power_of_two(b) and 2.0**-1000 < abs(b.h.item()) < 2.0**1000:
        return scale(a, 1 / b.h.item())
    if not (isinstance(a.r, float) and isinstance(b.r, float) and b.e < 2.0**-20):
        a, b = a.loose(), b.loose()
    h, l = quotient(a.h, a.l, b.h, b.l)
    r = _quotient_radius(a, b, h)
    step, ties = OPERATION, _ties(a, b, h, l)
    if ties.size:
        step, r = 0.0, np.abs(h) * OPERATION
        r[ties] = 0.0
    size, size_a = np.abs(h), np.abs(a.h)
    if not (size.min() >= FLOOR and size_a.min() >= FLOOR):
        r = filled(r, h)
        faint = ((size < FLOOR) | (size_a < FLOOR)) & ~known_zero(a, size_a)
        r += np.where(faint, 4 * size_a / np.abs(b.h) + (size + TINY), 0.0)
    return Ball(h, l, r, (a.e + b.e) * (1 + 2.0**-19) + step)


def _ties(a: Ball, b: Ball, h: Array, l: Array) -> Places:
    """Return where an exact a over a short b is exactly h + l, and that one double or the middle of two.

    Then l is 0, as it is on ties of narrower formats, or a power of two from 2^-54 |h| up. h b in two parts,
    l b, and what is left of a, a multiple of 2^-80 |a| below 2^-50 |a|, are exact.
    """
    if not (a.is_exact and _is_short(b)):
        return NOWHERE
    tie = (l.view(np.int64) & MANTISSA) == 0
    tie &= (np.abs(l) * 2.0**54 >= np.abs(h)) | (l == 0)
    at = np.flatnonzero(tie)
    top, h, l = a.h[at], h[at], l[at]
    rest = top - head(h) * b.h
    rest -= (h - head(h)) * b.h
    found: Places = at[l * b.h - rest == (a.l if isinstance(a.l, float) else a.l[at])]
    return found


def _quotient_radius(a: Ball, b: Ball, h: Array) -> Part:
    """What the radii ra and rb cost a quotient h."""
    spread = a.r if isinstance(b.r, float) else add_parts(np.abs(h) * b.r, a.r)
    if isinstance(spread, float):
        return 0.0
    size = np.abs(b.h)
    least = size if isinstance(b.r, float) else size - b.r
    r = filled(spread / least, h) * GROW
    refuse(r, np.broadcast_to(~(least > 0.5 * size), r.shape))
    return r


def sqrt(x: Ball) -> Ball:
    """Square root, error OPERATION h; sqrt(0) = 0 for an exact 0. A radius r costs 0.6 r/h."""
    h, l = root(x.h, x.l)
    r: Part = 0.0
    if not (isinstance(x.r, float) and x.e < 2.0**-20):
        x = x.loose()
        r = 0.6 * x.r / h
        refuse(r, ~(x.h > 2 * x.r))
    if not x.h.min() >= FLOOR:
        l, r = filled(l, h), filled(r, h)
        zero = known_zero(x, np.abs(x.h))
        for part in (h, l, r):
            part[zero] = 0.0
        refuse(r, ~(x.h >= FLOOR) & ~zero)
    return Ball(h, l, r, 0.6 * x.e + OPERATION)


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


@lru_cache(1024)
def ball_of(numerator: int, denominator: int) -> Ball:
    """Return a rational number as a ball of one point; exact where two doubles hold it.

    What they leave is at most 2^-106 of it, as long as the low one is not below 2^-1022.
    """
    rest = Fraction(numerator, denominator)
    try:
        high = float(rest)
        low = float(rest - Fraction(high))
    except OverflowError:
        return Ball(np.array([np.inf]), 0.0, np.array([np.inf]))
    h, l = np.array([high]), np.array([low]) if low else 0.0
    rest -= Fraction(high) + Fraction(low)
    if not rest or abs(high) > FLOOR:
        return Ball(h, l, 0.0, 2.0**-105 if rest else 0.0)
    return Ball(h, l, np.array([math.nextafter(float(abs(rest)), math.inf)]))


def constant(high: str, low: str) -> Ball:
    """A real number given by its first two doubles in hexadecimal."""
    h, l = float.fromhex(high), float.fromhex(low)
    return Ball(np.array([h]), np.array([l]), 0.0, 2.0**-106)


INFINITY = Ball(np.array([np.inf]))
PI = constant("0x1.921fb54442d18p+1", "0x1.1a62633145c07p-53")
E = constant("0x1.5bf0a8b145769p+1", "0x1.4d57ee2b1013ap-53")
