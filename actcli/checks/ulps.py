"""How far numbers of a format lie from the truth: signed errors in ulp, and mistakes by name.

The ulp of an exact value x is 2^(e - p + 1), e the exponent of x within those of the format's normal numbers
and p its precision; the error of y is (y - x)/ulp(x), so that at most 0.5 is correctly rounded. An infinity
counts as 2^(emax + 1) where x reaches 2^emax (as for CUDA, HIP and JAX).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from actcli.checks.truth import Truth
from actcli.language.limits import Array
from actcli.language.once import once
from actcli.numerics.balls import Bools
from actcli.numerics.balls.arrays import Places
from actcli.numerics.dtypes import DTYPES, DType, from_bits, to_bits

MISTAKES = ("nan for a number", "number for nan", "inf for a number", "number for inf", "wrong sign",
            "normal lost to 0")  # fmt: skip
REPORTED = ("sign of zero", "subnormal flushed")
SLICE = 1 << 16  # points whose arrays a cache holds


def ulp(x: Array, form: DType) -> Array:
    """Return the ulp of each exact value; of 0 and beyond the normal numbers that of their ends."""
    _, exponent = np.frexp(x)
    least = 1 - form.bias
    exponent = np.where(x == 0, least, np.clip(exponent - 1, least, form.most))
    found: Array = np.ldexp(1.0, exponent - form.precision + 1)
    return found


def keys(values: Array, dtype: str) -> Places:
    """Return whole numbers in the order of the numbers of a format, neighbours one apart; -0 and 0 are 0."""
    bits = to_bits(values, dtype)
    if DTYPES[dtype].width == 64:
        return np.where(bits < 0, np.int64(-(2**63)) - bits, bits)
    top = 1 << (DTYPES[dtype].width - 1)
    found: Places = np.where(bits >= top, top - bits, bits)
    return found


def from_keys(places: Places, dtype: str) -> Array:
    """Return the numbers that have these keys."""
    top = np.int64(-(2**63)) if DTYPES[dtype].width == 64 else np.int64(1 << (DTYPES[dtype].width - 1))
    return from_bits(np.where(places < 0, top - places, places), dtype)


@dataclass(frozen=True)
class Compared:
    """Numbers y beside the truth at points z: the error of each in ulp (inf for a mistake), nan where open.

    `steps` counts from the rounded value instead. With `ftz` a zero for a subnormal result has no error.
    """

    z: Array
    y: Array
    true: Truth
    dtype: str
    ftz: bool = False
    steps: bool = False
    plain: bool = False

    def parts(self) -> Iterator["Compared"]:
        """Yield slices that a cache holds, in each the normal numbers where nothing odd can be apart."""
        for start in range(0, len(self.z), SLICE):
            part = self._at(slice(start, start + SLICE))
            plain = part._are_plain()
            if plain.all():
                yield replace(part, plain=True)
            elif not plain.any():
                yield part
            else:
                yield replace(part._at(plain), plain=True)
                yield part._at(~plain)

    def _at(self, where: "Bools | Places | slice") -> "Compared":
        return replace(self, z=self.z[where], y=self.y[where], true=self.true.at(where))

    def _are_plain(self) -> Bools:
        x, y, true = self.true.high, self.y, self.true
        tiny, large = self.form.tiny, 2.0**self.form.most
        size, got = np.abs(x), np.abs(y)
        with np.errstate(invalid="ignore"):
            found: Bools = (
                (size >= tiny) & (size < large) & (got >= tiny) & (got < large) & ((x < 0) == (y < 0))
            )
        found &= ~true.open
        if true.other is not x:
            found &= true.other == x
        return found

    @once
    def form(self) -> DType:
        """The format."""
        return DTYPES[self.dtype]

    @once
    def _beyond(self) -> tuple[Bools, Bools]:
        """Where y, and where the rounded truth, is what the format has beyond its largest number."""
        x, y, rounded = self.true.high, self.y, self.true.rounded
        if self.form.infinite:
            return np.isinf(y), np.isinf(rounded)
        large = np.abs(x) >= 2.0**self.form.most
        return np.isnan(y) & large, np.isnan(rounded) & ~np.isnan(x)

    @once
    def mistakes(self) -> dict[str, Bools]:
        """Where each mistake, and what is only reported, was made."""
        if self.plain:
            return {}
        x, y, rounded = self.true.high, self.y, self.true.rounded
        y_beyond, x_beyond = self._beyond
        near_the_end = np.abs(x) >= 2.0**self.form.most
        lost = (y == 0) & (rounded != 0) & ~np.isnan(rounded)
        found = {
            "nan for a number": np.isnan(y) & ~np.isnan(x) & ~y_beyond,
            "number for nan": np.isnan(x) & ~np.isnan(y),
            "inf for a number": y_beyond & ~x_beyond & ~near_the_end,
            "number for inf": np.isinf(x)
            & np.isinf(rounded)
            & ~np.isnan(y)
            & ~y_beyond
            & ~np.isfinite(self.z),
            "wrong sign": (np.sign(y) * np.sign(rounded) < 0),
            "normal lost to 0": lost & (np.abs(rounded) >= self.form.tiny),
            "sign of zero": (y == 0) & (rounded == 0) & (x != 0) & (np.signbit(y) != np.signbit(x)),
            "subnormal flushed": lost & (np.abs(rounded) < self.form.tiny),
        }
        either = self.at_kink
        return {name: where & ~self.true.open & ~either for name, where in found.items()}

    @once
    def at_kink(self) -> Bools:
        """Where y is the slope on the other side of a kink, or one between the two."""
        x, other = self.true.high, self.true.other
        if other is x:
            return np.zeros(x.shape, bool)
        differ = ~((x == other) | (np.isnan(x) & np.isnan(other)))
        low, high = np.fmin(x, other), np.fmax(x, other)
        found: Bools = differ & (low <= self.y) & (self.y <= high)
        return found

    @once
    def same(self) -> Bools:
        """Where y is the correctly rounded value; both signs of zero are."""
        y, rounded = self.y, self.true.rounded
        if self.plain:
            plainly: Bools = y == rounded
            return plainly
        y_beyond, x_beyond = self._beyond
        alike = (y == rounded) | (np.isnan(y) & np.isnan(self.true.high)) | self.at_kink
        found: Bools = alike | (
            y_beyond & x_beyond & (self.form.infinite <= (np.sign(y) == np.sign(rounded)))
        )
        return found

    @once
    def faithful(self) -> Bools:
        """Where y is one of the two neighbours of the exact value."""
        near = np.flatnonzero(~self.same)
        found = self.same.copy()
        if len(near):
            found[near] = self._at(near)._beside()
        return found

    def _beside(self) -> Bools:
        step = keys(self.y, self.dtype) - keys(self.true.rounded, self.dtype)
        with np.errstate(invalid="ignore"):
            side = np.sign(self.true.high - self.true.rounded) + np.sign(self.true.low)
        beside: Bools = (step == np.sign(side)) & (side != 0) & ~np.isnan(self.y)
        return beside

    @once
    def error(self) -> Array:
        """The signed error of each y, in ulp or in steps; inf at a mistake that no number tells."""
        with np.errstate(all="ignore"):
            error = self._steps() if self.steps else self._plainly() if self.plain else self._ulps()
        if self.plain:
            return error
        for name in ("nan for a number", "number for nan", "inf for a number", "number for inf"):
            error[self.mistakes[name]] = np.inf
        excused = (self.y == 0) & self.mistakes["subnormal flushed"] if self.ftz else self.same & self.steps
        error[excused | self.at_kink | (np.isnan(self.y) & np.isnan(self.true.high))] = 0.0
        error[self.true.open] = np.nan
        return error

    def _plainly(self) -> Array:
        form = self.form
        exponent = (self.true.high.view(np.int64) >> 52) & 0x7FF
        of_one = (2046 + form.precision - 1 - exponent) << 52  # 1/ulp is a power of two
        error: Array = (self.y - self.true.high) * of_one.view(np.float64)
        return error if form.precision < 53 else error - self.true.low

    def _ulps(self) -> Array:
        form, (y_beyond, x_beyond) = self.form, self._beyond
        top = 2.0**form.most * 2.0 if form.most < 1023 else np.inf
        x, y = self.true.high, self.y
        if top < np.inf:
            x = np.clip(np.where(x_beyond, np.copysign(top, x), x), -top, top)
            y = np.where(y_beyond, np.copysign(top, y if form.infinite else x), y)
        step = ulp(x, form)
        error = (y - x) / step - self.true.low * (np.spacing(np.abs(x)) / step)
        error[y_beyond & x_beyond & (y == x)] = 0.0
        found: Array = np.where(y == x, -self.true.low, error)
        return found

    def _steps(self) -> Array:
        return (keys(self.y, self.dtype) - keys(self.true.rounded, self.dtype)).astype(np.float64)
