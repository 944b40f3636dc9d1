"""Pairs: a number as the unevaluated sum hi + lo of two doubles, about 106 bits.

Every step is either exact or adds one rounding of u = 2^-53; the comment of each says how they sum
up (Dekker, Numerische Mathematik 18, 1971; Joldes, Muller and Popescu, ACM TOMS 44, 2017).
"""

import numpy as np

from actcli.numerics.balls.arrays import Array, Pair, Part

ONES = np.array([1.0])


def two_sum(a: Array, b: Array) -> Pair:
    """a + b as its rounded sum and the error (Knuth)."""
    s = a + b
    t = s - a
    e = a - (s - t)
    e += b - t
    return s, e


def fast_two_sum(a: Array, b: Array) -> Pair:
    """The same for |a| >= |b| (Dekker); otherwise the error is short of at most 2u|b|."""
    s = a + b
    e = s - a
    np.subtract(b, e, out=e)
    return s, e


_HEAD = -1 << 27


def head(a: Array) -> Array:
    """The first 26 bits of a: |a - head| < 2^-25 |a|, the products of two heads are exact."""
    return (a.view(np.int64) & _HEAD).view(np.float64)


def product(ah: Array, al: Part, bh: Array, bl: Part) -> Pair:
    """(ah + al)(bh + bl), relative error 14 * 2^-78 < 2^-74.1.

    With heads a1, b1 and rests a2, b2 (lows folded in): a1 b1 is exact; a1 b2 + a2 bh <= 2^-24
    carries six roundings of 2^-78 and leaves out a2 bl <= 2^-25 2^-50.
    """
    a1, b1 = head(ah), head(bh)
    a2, b2 = ah - a1, bh - b1
    if not isinstance(al, float):
        a2 += al
    if not isinstance(bl, float):
        b2 += bl
    low = a1 * b2
    low += a2 * bh
    return fast_two_sum(a1 * b1, low)


def square_of(xh: Array, xl: Part) -> Pair:
    """(xh + xl)^2 with an error below 2^-102 xh^2: Dekker's exact square, then 2 xh xl."""
    x1 = head(xh)
    x2 = xh - x1
    p = xh * xh
    e = x1 * x1
    e -= p
    e += 2 * x1 * x2
    e += x2 * x2
    return p, e if isinstance(xl, float) else e + 2 * xh * xl


def quotient(ah: Array, al: Part, bh: Array, bl: Part) -> Pair:
    """(ah + al)/(bh + bl), relative error 11 * 2^-78 < 2^-74.5.

    A 26-bit quotient leaves an exact remainder of 2^-25 |a|; three roundings of it (2^-78 each)
    and bl, left out of the second divisor (2^-25 2^-50), make up the error.
    """
    q = head(ah / bh)
    b1 = head(bh)
    rest = ah - q * b1
    rest -= q * (bh - b1)
    if not isinstance(bl, float):
        rest -= q * bl
    if not isinstance(al, float):
        rest += al
    rest /= bh
    return fast_two_sum(q, rest)


def reciprocal(bh: Array, bl: Part) -> Pair:
    """1/(bh + bl), relative error 12 * 2^-78 < 2^-74.4: as `quotient`, with one division."""
    inverse = 1 / bh
    q = head(inverse)
    b1 = head(bh)
    rest = 1 - q * b1
    rest -= q * (bh - b1)
    if not isinstance(bl, float):
        rest -= q * bl
    rest *= inverse
    return fast_two_sum(q, rest)


def root(xh: Array, xl: Part) -> Pair:
    """sqrt(xh + xl), relative error 6 * 2^-78 < 2^-75.

    s1 is a 26-bit root with an exact remainder; sqrt(x) = s1 + (x - s1^2)/(s1 + sqrt(x)).
    """
    s = np.sqrt(xh)
    s1 = head(s)
    rest = xh - s1 * s1
    if not isinstance(xl, float):
        rest += xl
    s += s1
    rest /= s
    return fast_two_sum(s1, rest)
