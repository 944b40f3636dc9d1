"""Narrow floating-point formats: a number rounded to one, and written so that it reads back.

Numbers of a format are held as the floats that they are, one by one or in arrays of float64.
"""

import math
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]


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


def as_written(value: float, dtype: str) -> float:
    """Return the float64 whose text is the shortest that reads back to this number of a format.

    Of several such texts it is the one nearest to the number, of two as near the even one.
    """
    if dtype == "float64" or not value or not math.isfinite(value):
        return value
    return _as_written(value, dtype)


@lru_cache(1 << 16)
def _as_written(value: float, dtype: str) -> float:
    for digits in range(1, 18):
        found = [text for text in _decimals(Fraction(value), digits) if rounded(text, dtype) == value]
        if found:
            return float(found[0])
    return value


def _decimals(exact: Fraction, digits: int) -> list[Fraction]:
    """Return the decimals of so many digits below and above a number, the nearer first, of two the even."""
    tens = int(f"{float(abs(exact)):e}".partition("e")[2])
    step = Fraction(10) ** (tens - digits + 1)
    whole = exact // step
    both = sorted((whole, whole + 1), key=lambda n: (abs(n * step - exact), n % 2))
    return [n * step for n in both]


def all_as_written(values: "Array", dtype: str) -> "Array":
    """Return `as_written` of each number of a format."""
    import numpy as np

    if dtype != "bfloat16":  # NumPy writes the numbers of its formats so
        return values.astype(dtype).astype(str).astype(np.float64)
    known, places = np.unique(values.view(np.int64), return_inverse=True)  # 65,536 at most
    texts = [as_written(value, dtype) for value in known.view(np.float64).tolist()]
    return np.array(texts)[places]
