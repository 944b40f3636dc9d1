"""Floating-point formats: numbers rounded to one, as its bits, and written so that they read back.

Numbers of a format are held as the floats that they are, one by one or in arrays of float64.
"""

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from actcli.errors import ActcliError
from actcli.language.once import once

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from actcli.language.limits import Array
    from actcli.numerics.balls.arrays import Places

DOUBLE = "float64"


@dataclass(frozen=True, repr=False, eq=False)
class DType:
    """A binary format: its bits in all, the significant ones (precision), whether it has infinities.

    A format without them has nan alone beyond its finite numbers, and one finite number more. `by_cast`:
    NumPy has the format, and rounds to it. `spellings` are what else it is called.
    """

    name: str
    width: int
    precision: int
    infinite: bool = True
    by_cast: bool = False
    spellings: tuple[str, ...] = ()
    largest_at_hand: Fraction | None = None

    @once
    def bias(self) -> int:
        """What is added to an exponent in the bits; also that of the largest power of two with infinities."""
        return int(2 ** (self.width - self.precision - 1)) - 1

    @once
    def least(self) -> int:
        """The exponent of the least subnormal number."""
        return 2 - self.bias - self.precision

    @once
    def tiny(self) -> float:
        """The least normal number."""
        return math.ldexp(1.0, 1 - self.bias)

    @once
    def most(self) -> int:
        """The exponent of the largest numbers."""
        return _exponent(self.largest)

    @once
    def largest(self) -> Fraction:
        """The largest finite number."""
        if self.largest_at_hand is not None:
            return self.largest_at_hand
        missing = 1 if self.infinite else 2  # all ones are nan, where that is all that the exponent has
        mantissa = 2 - Fraction(missing, 1 << (self.precision - 1))
        return mantissa * (1 << (self.bias + missing - 1))

    @once
    def beyond(self) -> float:
        """What is larger than the largest number."""
        return math.inf if self.infinite else math.nan

    @once
    def finer(self) -> "DType":
        """The format of the middles between numbers of this one, these themselves, and where it overflows."""
        step = Fraction(2) ** (self.most - self.precision)
        return replace(
            self, width=self.width + 1, precision=self.precision + 1, by_cast=False,
            largest_at_hand=self.largest + step,
        )  # fmt: skip


DTYPES = {
    dtype.name: dtype
    for dtype in (
        DType(DOUBLE, 64, 53, by_cast=True, spellings=("double", "fp64", "f64")),
        DType("float32", 32, 24, by_cast=True, spellings=("single", "torch.float", "fp32", "f32")),
        DType("float16", 16, 11, by_cast=True, spellings=("half", "fp16", "f16")),
        DType("bfloat16", 16, 8, spellings=("bf16",)),
        DType("float8_e4m3fn", 8, 4, infinite=False, spellings=("fp8_e4m3fn", "e4m3fn")),
        DType("float8_e5m2", 8, 3, spellings=("fp8_e5m2", "e5m2")),
    )
}


def dtype_named(text: str) -> str:
    """Return the name of a format from any of its spellings (torch.half, BF16); ActcliError for none."""
    plain = text.rpartition(".")[2].casefold()
    for name, dtype in DTYPES.items():
        if plain == name or plain in dtype.spellings or text in dtype.spellings:
            return name
    if plain == "float":
        two = "32 bits in C and PyTorch, 64 in Python and NumPy"
        raise ActcliError(f"{text} has {two}: write float32 or float64")
    raise ActcliError(f"{text}: write one of {', '.join(DTYPES)}")


# ---------------------------------------------------------------------------- rounded


def rounded(value: Fraction | float, dtype: str) -> float:
    """Return the number of a format nearest to a value, ties to even; `beyond` where that is too large."""
    form = DTYPES[dtype]
    if isinstance(value, float) and (not value or not math.isfinite(value)):
        return math.copysign(form.beyond, value) if math.isinf(value) else value
    exact = Fraction(value)
    step = Fraction(2) ** max(_exponent(abs(exact)) - form.precision + 1, form.least)
    found = round(exact / step) * step
    size = form.beyond if abs(found) > form.largest else float(abs(found))
    return -size if value < 0 else size


def _exponent(size: Fraction) -> int:
    """Return k with 2^k <= size < 2^(k + 1); a size of 0 counts as 1."""
    k = size.numerator.bit_length() - size.denominator.bit_length()
    return k - (size < Fraction(2) ** k)


def rounded_array(values: "Array", dtype: str) -> "Array":
    """Return `rounded` of each number of an array, in its shape; nan stays nan."""
    import numpy as np

    form = DTYPES[dtype]
    with np.errstate(all="ignore"):
        if form.by_cast:
            return values.astype(dtype).astype(np.float64)
        return _to_bits(values, form)


def _to_bits(x: "Array", form: DType) -> "Array":
    """Round by the bits of float64: those that are cut off carry into the others, ties to even.

    Below the least normal number steps are even, and adding 1.5*2^(52 + least) cuts there.
    """
    import numpy as np

    cut = 53 - form.precision
    bits = np.ascontiguousarray(x).view(np.int64)
    normal = ((bits + ((1 << (cut - 1)) - 1) + ((bits >> cut) & 1)) & -(1 << cut)).view(np.float64)
    magic = 1.5 * 2.0 ** (52 + form.least)
    subnormal = np.copysign(np.abs((x + magic) - magic), x)
    found = np.where(np.abs(x) < form.tiny, subnormal, normal)
    found = np.where(np.abs(found) > float(form.largest), np.copysign(form.beyond, x), found)
    return np.where(np.isnan(x), x, found)


def are_middles(values: "Array", dtype: str) -> "NDArray[np.bool_]":
    """Tell which numbers lie in the middle of two of a format, or where it overflows."""
    found: NDArray[np.bool_] = _to_bits(values, DTYPES[dtype].finer) == values
    found &= rounded_array(values, dtype) != values
    return found


# ---------------------------------------------------------------------------- bits


def numbers_of(dtype: str) -> "Array":
    """Return what each pattern of bits of a format of at most 16 bits is, in the order of the patterns."""
    import numpy as np

    form = DTYPES[dtype]
    return from_bits(np.arange(1 << form.width, dtype=np.int64), dtype)


def from_bits(bits: "Places", dtype: str) -> "Array":
    """Return the numbers that patterns of bits are, as float64 in their shape."""
    import numpy as np

    form = DTYPES[dtype]
    if dtype == DOUBLE:
        return bits.astype(np.int64).view(np.float64)
    if form.by_cast:
        with np.errstate(invalid="ignore"):  # signalling nans
            return bits.astype(f"u{form.width // 8}").view(dtype).astype(np.float64)
    fraction = bits & ((1 << (form.precision - 1)) - 1)
    exponent = (bits >> (form.precision - 1)) & (2 * form.bias + 1)
    whole = np.where(exponent == 0, fraction, fraction + (1 << (form.precision - 1)))
    size = np.ldexp(whole.astype(np.float64), np.maximum(exponent, 1) - 1 + form.least)
    if form.infinite:
        odd = exponent == 2 * form.bias + 1
        size = np.where(odd, np.where(fraction == 0, np.inf, np.nan), size)
    else:
        size = np.where(size > float(form.largest), np.nan, size)
    return np.where(bits >> (form.width - 1) & 1 == 1, -size, size)


def to_bits(values: "Array", dtype: str) -> "Places":
    """Return the patterns of bits of numbers of a format, as int64; every nan is the quiet one."""
    import numpy as np

    form = DTYPES[dtype]
    if dtype == DOUBLE:
        return np.where(np.isnan(values), np.nan, values).view(np.int64)
    if form.by_cast:
        cast = np.where(np.isnan(values), np.nan, values).astype(dtype)
        return cast.view(f"u{form.width // 8}").astype(np.int64)
    size = np.where(np.isfinite(values), np.abs(values), 0.0)
    _, exponent = np.frexp(size)
    power = np.where(size > 0, np.maximum(exponent - form.precision, form.least), form.least)
    whole = np.ldexp(size, -power).astype(np.int64)
    bits = whole + ((power - form.least) << (form.precision - 1))
    odd = (2 * form.bias + 1) << (form.precision - 1)
    quiet = odd | (1 << (form.precision - 2) if form.infinite else (1 << (form.precision - 1)) - 1)
    bits = np.where(np.isinf(values), odd, np.where(np.isnan(values), quiet, bits))
    found: Places = bits | (np.signbit(values).astype(np.int64) << (form.width - 1))
    return found


# ---------------------------------------------------------------------------- written


def as_written(value: float, dtype: str) -> float:
    """Return the float64 whose text is the shortest that reads back to this number of a format.

    Of several such texts it is the one nearest to the number, of two as near the even one.
    """
    if dtype == DOUBLE or not value or not math.isfinite(value):
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
    """Return `as_written` of each number of a format, in a flat array."""
    import numpy as np

    if DTYPES[dtype].width > 16 and DTYPES[dtype].by_cast:  # NumPy writes the numbers of its formats so
        return values.astype(dtype).astype(str).astype(np.float64)
    known, places = np.unique(np.abs(values), return_inverse=True)
    return np.copysign(_shortest(known, dtype)[places.reshape(values.shape)], values)


def _shortest(sizes: "Array", dtype: str) -> "Array":
    """Return `as_written` of positive numbers, many at once.

    Except at powers of two what reads back to a number lies evenly around it, so that where the nearest
    decimal of so many digits does not, none does. A decimal whose float64 is a middle is not decided by it.
    """
    import numpy as np

    found = sizes.copy()
    fractions, _ = np.frexp(sizes)
    plain = np.isfinite(sizes) & (sizes != 0)
    by_hand = plain & (fractions == 0.5)
    rest = np.flatnonzero(plain & ~by_hand)
    for digits in range(1, 18):
        if not rest.size:
            break
        texts = [f"{size:.{digits - 1}e}" for size in sizes[rest].tolist()]
        tried = np.array(list(map(float, texts)))
        open_ = are_middles(tried, dtype)
        by_hand[rest[open_]] = True
        done = ~open_ & (rounded_array(tried, dtype) == sizes[rest])
        found[rest[done]] = tried[done]
        rest = rest[~(done | open_)]
    for place in np.flatnonzero(by_hand).tolist():
        found[place] = as_written(float(sizes[place]), dtype)
    return found
