"""The largest error along the encodings, from the least z to the largest, and its picture."""

import math

import numpy as np

from actcli.checks.ulps import from_keys, keys
from actcli.errors import ActcliError
from actcli.language.limits import Array
from actcli.numerics.balls.arrays import Places
from actcli.numerics.dtypes import DTYPES
from actcli.pictures.plots import Curve, Picture

BINS_BITS = 13  # of the encodings that have a height of their own; alike in all of them are the rest
SHOWN = 400  # heights of a picture, at most
LEAST_DRAWN = 1e-3  # ulp that are drawn
NAMES_A_SIDE = 3  # powers of ten on the axis, of either sign
NONE = -1.0  # where no point was


class Profile:
    """Largest errors by encoding: `heights` in the order of z, infinite for a mistake that has no ulp."""

    def __init__(self, dtype: str) -> None:
        """Start with nothing."""
        self.dtype, self.shift = dtype, max(DTYPES[dtype].width - BINS_BITS, 0)
        self.heights = np.full((1 << DTYPES[dtype].width - self.shift) + 1, NONE)

    def add(self, z: Array, size: Array) -> None:
        """Take in the errors at some points; those at an infinity or nan have no place."""
        known = np.isfinite(z) & ~np.isnan(size)
        np.maximum.at(self.heights, self._bin(z[known]) + (len(self.heights) >> 1), size[known])

    def join(self, other: "Profile") -> None:
        """Take in what was found of other points."""
        np.maximum(self.heights, other.heights, out=self.heights)

    def picture(self, label: str, limit: float | None, unit: str) -> Picture:
        """Return |error| over z in the order of its encodings, with the limit as a line."""
        at = np.flatnonzero(self.heights != NONE)
        if not at.size:
            raise ActcliError("--plot: there is no finite z to draw an error over")
        places, heights = _thinned(at - (len(self.heights) >> 1), self.heights[at])
        ends = float(places[0]), float(max(places[-1], places[0] + 1))
        lost, size = np.isinf(heights), np.log10(np.clip(heights, LEAST_DRAWN, None))
        top = float(max(math.ceil(size[~lost].max(initial=0.0)), 0) + 1)
        size[lost] = np.nan
        curves = [Curve(f"largest |error| in {unit}", places.astype(float), size, kind="data")]
        if lost.any():
            points = tuple((float(x), top) for x in places[lost])
            curves.append(Curve("no number", np.array([]), np.array([]), points=points, kind="data"))
        if limit:
            level = np.full(2, math.log10(limit))
            curves.append(Curve(f"{limit:g} {unit}", np.array(ends), level, kind="line"))
        return Picture(
            tuple(curves), ends, (math.log10(LEAST_DRAWN), top), log=True, title=f"{label} in {self.dtype}",
            xlabel="z, in the order of its encodings", ylabel=unit, xnames=self._names(ends),
        )  # fmt: skip

    def _bin(self, z: Array) -> Places:
        """Return the places of numbers along the axis: that of 0 is 0."""
        found: Places = keys(z, self.dtype) >> self.shift
        return found

    def _names(self, ends: tuple[float, float]) -> tuple[tuple[float, str], ...]:
        """Return some powers of ten in view, and 0, with their places; of a narrow view other numbers."""
        least, most = (math.log10(x) for x in (DTYPES[self.dtype].tiny, float(DTYPES[self.dtype].largest)))
        apart = math.ceil((most - least) / NAMES_A_SIDE)
        powers = [k for k in range(-400, 400) if not k % apart and least <= k <= most]
        z = np.array(["0", *(f"{sign}1e{k}" for k in powers for sign in ("", "-"))], float)
        places = np.sort(self._bin(z))
        seen = places[(places >= ends[0]) & (places <= ends[1])]
        if len(seen) < NAMES_A_SIDE:
            seen = np.linspace(*ends, NAMES_A_SIDE + 1).astype(np.int64)
            z = from_keys(seen << self.shift, self.dtype)
        names = dict(zip(self._bin(z).tolist(), z.tolist(), strict=True))
        return tuple((float(place), f"{names[place]:.3g}".replace("e+", "e")) for place in seen.tolist())


def _thinned(places: Places, heights: Array) -> tuple[Places, Array]:
    """Return the largest of neighbours, so that few are left."""
    starts = np.arange(0, len(places), math.ceil(len(places) / SHOWN))
    return places[starts], np.maximum.reduceat(heights, starts)
