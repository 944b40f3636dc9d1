"""Balls: a pair and a radius, and the four operations on them, which keep the true value inside."""

# ruff: noqa: E741 (h, l and r are the parts of a ball)

import math
from fractions import Fraction

import numpy as np

from actcli.balls.arrays import Array, Bools, Part, filled, plus, refuse
from actcli.balls.pairs import fast_two_sum, product, quotient, two_sum

GROW = 1 + 2.0**-40  # outweighs the roundings of a radius, and |l| against |h|
TINY = 2.0**-1072  # outweighs a few results rounded below 2^-1022
FLOOR = 2.0**-960  # from here up no step of a product or quotient falls below 2^-1074
OPERATION = 2.0**-74  # relative error of a product, quotient or square root


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


def known_zero(x: Ball, size: Array) -> Bools:
    """Where x is exactly 0; `size` is |x.h|."""
    return np.equal(plus(size, x.r), 0.0)


def _add(a: Ball, b: Ball) -> Ball:
    """a + b. Sum of heads exact; the lows' two sums round by u|w| and u|t|.

    The last step loses at most 2u|t| where heads cancel down to their lows. 8u covers it, and the
    rounding of the bound itself next to 2^-1074 (below 2^-1021 sums are exact).
    """
    s, t = two_sum(a.h, b.h)
    w, r = plus(a.l, b.l), plus(a.r, b.r)
    if isinstance(w, float):
        return Ball(s, t, r if isinstance(r, float) else filled(r * GROW, s))
    t += w
    own = np.abs(t)
    own += np.abs(w)
    own *= 2.0**-50
    if not isinstance(r, float):
        own += r
        own *= GROW
    return Ball(*fast_two_sum(s, t), own)


def _power_of_two(x: Ball) -> bool:
    """Tell whether x is one exact power of two, by which products are exact."""
    exact = x.h.size == 1 and isinstance(x.l, float) and isinstance(x.r, float)
    return exact and abs(math.frexp(x.h.item())[0]) == 0.5


def scale(x: Ball, c: float) -> Ball:
    """Multiply x by c, a power of two: exact, but for parts that fall below 2^-1022 (TINY)."""
    h = x.h * c
    l = 0.0 if isinstance(x.l, float) else x.l * c
    r = 0.0 if isinstance(x.r, float) else x.r * abs(c) + np.minimum(x.r, 2.0**-1074)
    size = np.abs(h)
    if abs(c) < 1 and not size.min() >= FLOOR:
        r = filled(r, h)
        r[(size < FLOOR) & ~known_zero(x, np.abs(x.h))] += TINY
    return Ball(h, l, r)


def _multiply(a: Ball, b: Ball) -> Ball:
    """a * b. |ab - h - l| <= |a| rb + |b| ra + ra rb + OPERATION |h|; see also `_faint`."""
    if _power_of_two(b):
        return scale(a, b.h.item())
    if _power_of_two(a):
        return scale(b, a.h.item())
    h, l = product(a.h, a.l, b.h, b.l)
    size_a, size_b = np.abs(a.h), np.abs(b.h)
    r = np.abs(h)
    r *= OPERATION
    if not isinstance(b.r, float):
        r += plus(size_a, a.r) * b.r
    if not isinstance(a.r, float):
        r += size_b * a.r
    r *= GROW
    if not (size_a.min() >= 2.0**-480 and size_b.min() >= 2.0**-480):
        zero = known_zero(a, size_a) | known_zero(b, size_b)
        _faint(h, r, np.minimum(size_a, size_b), zero)
    return Ball(h, l, r)


def _faint(h: Array, r: Array, least: Array, zero: Bools) -> None:
    """Widen products below FLOOR, whose seven steps round by 2^-1075; known zeros stay exact.

    Factors below 2^-1022 have no 26-bit heads: not known.
    """
    r[(np.abs(h) < FLOOR) & ~zero] += TINY
    refuse(r, (least < 2.0**-1022) & ~zero)


def _divide(a: Ball, b: Ball) -> Ball:
    """a / b. |a/b - h - l| <= (ra + |h| rb)/(|b| - rb) + OPERATION |h|; rb up to |b|/2."""
    h, l = quotient(a.h, a.l, b.h, b.l)
    size = np.abs(h)
    r = size * OPERATION
    spread = a.r if isinstance(b.r, float) else plus(size * b.r, a.r)
    if not isinstance(spread, float):
        size_b = np.abs(b.h)
        least = size_b if isinstance(b.r, float) else size_b - b.r
        r += spread / least
        refuse(r, np.broadcast_to(~(least > 0.5 * size_b), r.shape))
    r *= GROW
    size_a = np.abs(a.h)
    if not (size.min() >= FLOOR and size_a.min() >= FLOOR):
        refuse(r, ((size < FLOOR) | (size_a < FLOOR)) & ~known_zero(a, size_a))
    return Ball(h, l, r)


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


def constant(high: str, low: str) -> Ball:
    """A real number given by its first two doubles in hexadecimal."""
    h, l = float.fromhex(high), float.fromhex(low)
    return Ball(np.array([h]), np.array([l]), np.array([abs(h) * 2.0**-106]))


PI = constant("0x1.921fb54442d18p+1", "0x1.1a62633145c07p-53")
E = constant("0x1.5bf0a8b145769p+1", "0x1.4d57ee2b1013ap-53")
