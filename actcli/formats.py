"""Narrow floating-point formats: a number rounded to one, and written so that it reads back.

Numbers of a format are held as the Python floats that they are.
"""

import math
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple


class Format(NamedTuple):
    """A binary format: significant bits, exponent of the least subnormal, and of what overflows."""

    precision: int
    least: int
    overflow: int


FORMATS = {
    "float64": Format(53, -1074, 1024),
    "float32": Format(24, -149, 128),
    "float16": Format(11, -24, 16),
    "bfloat16": Format(8, -133, 128),
}


def rounded(value: Fraction | float, dtype: str) -> float:
    """Return the number of a format nearest to a value, ties to even; beyond the largest, infinity."""
    if isinstance(value, float) and (not value or not math.isfinite(value)):
        return value
    exact, form = Fraction(value), FORMATS[dtype]
    step = Fraction(2) ** max(_exponent(abs(exact)) - form.precision + 1, form.least)
    found = round(exact / step) * step
    if abs(found) >= Fraction(2) ** form.overflow:
        return math.copysign(math.inf, value)
    return math.copysign(float(found), value)


def _exponent(size: Fraction) -> int:
    """Return k with 2^k <= size < 2^(k + 1); a size of 0 counts as 1."""
    k = size.numerator.bit_length() - size.denominator.bit_length()
    return k - (size < Fraction(2) ** k)


@lru_cache(1 << 16)
def as_written(value: float, dtype: str) -> float:
    """Return the float64 whose text is the shortest that reads back to this number of a format.

    Of several such texts it is the one nearest to the number.
    """
    if dtype == "float64" or not value or not math.isfinite(value):
        return value
    exact = Fraction(value)
    for digits in range(1, 18):
        found = [text for text in _decimals(exact, digits) if rounded(text, dtype) == value]
        if found:
            return float(min(found, key=lambda text: abs(text - exact)))
    return value


def _decimals(exact: Fraction, digits: int) -> Iterator[Fraction]:
    """Yield the decimals of so many digits next to a number, below and above."""
    tens = int(f"{float(abs(exact)):e}".partition("e")[2])
    step = Fraction(10) ** (tens - digits + 1)
    below = exact // step
    yield from (below * step, (below + 1) * step)
