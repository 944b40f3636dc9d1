"""Polynomials fitted to a function in float64, for the least largest error; samples guess, nothing is proven.

The exchange algorithm of Remez on Chebyshev points and kinks; coefficients of a grid one after the other.
"""

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from actcli.language.calculus import evaluate
from actcli.language.limits import Array
from actcli.numerics.plain import ARRAYS
from actcli.shape.pieces import Stretch

SPARSE = 65  # at which a segment is looked at
DENSE = 385  # where its coefficients are the ones to be kept
Spacing = Callable[[float], float]  # between the coefficients that there are, next to one


class Fit(NamedTuple):
    """The largest error seen and the coefficients of the powers of z, the constant first."""

    error: float
    powers: Sequence[Fraction | float]


class Sampled:
    """A function as float64 on stretches where it is smooth, one-sided at their ends."""

    def __init__(self, stretches: Sequence[Stretch], through: tuple[float, float] | None = None) -> None:
        """Keep what has a length; `through` is a point that lines must go through."""
        self.through = through
        long = [s for s in stretches if s.low < s.high and not s.torn]
        self.trees = [s.tree for s in long]
        self.breaks = np.array([self._first(s.high) for s in long[:-1]])
        self.low, self.high = float(long[0].low), float(long[-1].high)
        self.scale = float(np.abs(self.between(self.low, self.high, self.spread(self.low, self.high))).max())
        self.jumps = [k for k in self.breaks.tolist() if self._jumps(k)]
        for piece in (s for s in stretches if s.low == s.high and s.low in self.jumps):
            self._belongs(piece, self.jumps.index(float(piece.low)))

    @staticmethod
    def _first(at: Fraction) -> float:
        """Return the first float64 that is not below a break."""
        near = float(at)
        return near if Fraction(near) >= at else math.nextafter(near, math.inf)

    def _belongs(self, piece: Stretch, i: int) -> None:
        """Let a segment begin after a jump, where the value at it is that of the stretch before."""
        k = self.jumps[i]
        here = float(evaluate(piece.tree, ARRAYS, {"z": np.float64(k)}))
        left, right = (self.between(a, b, np.array([k]))[0] for a, b in ((self.low, k), (k, self.high)))
        if abs(here - left) < abs(here - right):
            self.breaks[self.breaks == k] = self.jumps[i] = math.nextafter(k, math.inf)

    def _jumps(self, k: float) -> bool:
        left, right = (self.between(a, b, np.array([k]))[0] for a, b in ((self.low, k), (k, self.high)))
        return bool(abs(left - right) > 1e-9 * (self.scale + abs(left) + abs(right)))

    def spread(self, a: float, b: float, count: int = SPARSE) -> Array:
        """Return Chebyshev points of an interval, its ends and the kinks inside among them."""
        inside = self.breaks[(self.breaks > a) & (self.breaks < b)]
        z = (a + b) / 2 + (b - a) / 2 * _nodes(count)
        z[0], z[-1] = a, b
        return np.asarray(np.unique(np.concatenate([z, inside])) if len(inside) else z)

    def between(self, a: float, b: float, z: Array) -> Array:
        """Return the values at points from a to b; at these two, as seen from between them."""
        first = int(np.searchsorted(self.breaks, a, side="right"))
        last = int(np.searchsorted(self.breaks, b, side="left"))
        with np.errstate(all="ignore"):
            found = [self._read(i, z) for i in range(first, last + 1)]
        for i, at in enumerate(self.breaks[first:last], 1):
            found[0] = np.where(z >= at, found[i], found[0])
        return found[0]

    def _read(self, i: int, z: Array) -> Array:
        value = np.asarray(evaluate(self.trees[i], ARRAYS, {"z": z}), dtype=float)
        return np.broadcast_to(value, z.shape)


@lru_cache(8)
def _nodes(count: int) -> Array:
    return np.asarray(-np.cos(np.pi * np.arange(count) / (count - 1)))


@lru_cache(8)
def _vandermonde(count: int, degree: int) -> Array:
    return np.asarray(np.polynomial.chebyshev.chebvander(_nodes(count), degree), dtype=np.float64)


def fitted(
    g: Sampled, a: float, b: float, degree: int, spacing: Spacing | None = None, count: int = SPARSE
) -> Fit:
    """Return the best polynomial on a segment, its coefficients real, or those of a grid."""
    z = g.spread(a, b, count)
    y = g.between(a, b, z)
    if not np.isfinite(y).all():
        return Fit(math.inf, [0.0] * (degree + 1))
    if g.through and degree == 1 and a <= g.through[0] <= b and (g.through[0] < b or b == g.high):
        return _pinned(z, y, *g.through)
    if spacing:
        return _on_grid(z, y, degree, spacing)
    error, series = minimax(z, y, degree)
    return Fit(error, _powers(series, a, b))


def _pinned(z: Array, y: Array, at: float, value: float) -> Fit:
    """Return the best line through a point: its slope is where two of the errors are alike."""

    def size(slope: float) -> float:
        return float(np.abs(y - value - slope * (z - at)).max())

    reach = float(np.abs(z - at).max())
    least, most = -2 * float(np.abs(y - value).max()) / reach, 2 * float(np.abs(y - value).max()) / reach
    for _ in range(100):
        third = (most - least) / 3
        if size(least + third) < size(most - third):
            most -= third
        else:
            least += third
    slope = (least + most) / 2
    return Fit(size(slope), [Fraction(value) - Fraction(slope) * Fraction(at), slope])


def minimax(z: Array, y: Array, degree: int) -> tuple[float, Array]:
    """Return the least largest error over points and the Chebyshev series on their interval."""
    if degree == 0:
        return float(np.ptp(y)) / 2, np.array([(y.max() + y.min()) / 2])
    if smooth := len(z) in (SPARSE, DENSE):
        V = _vandermonde(len(z), degree)
    else:
        V = np.polynomial.chebyshev.chebvander((2 * z - z[0] - z[-1]) / (z[-1] - z[0]), degree)
    count, best = degree + 2, (math.inf, np.zeros(degree + 1))
    at = np.round(np.arange(count) / (count - 1) * (len(z) - 1)).astype(int)
    signs = (-1.0) ** np.arange(count)
    for _ in range(30):
        solved = np.linalg.solve(np.column_stack([V[at], signs]), y[at])
        off = y - V @ solved[:-1]
        size = float(np.abs(off).max())
        best = min(best, (size, solved[:-1]), key=lambda found: found[0])
        if size <= abs(solved[-1]) * (1 + 1e-9) + 4e-16 * np.abs(y).max():
            break
        peaks = _peaks(off, count)
        if len(peaks) < count or (peaks == at).all():
            break
        at = peaks
    return (_between_points(np.abs(y - V @ best[1])), best[1]) if smooth else best


def _between_points(size: Array) -> float:
    """Return the largest error of a smooth function, between the points too: the vertex of a parabola."""
    i = int(size.argmax())
    if not 0 < i < len(size) - 1:
        return float(size[i])
    left, here, right = size[i - 1 : i + 2].tolist()
    bend = 2 * here - left - right
    return float(here + ((right - left) ** 2 / bend / 8 if bend > 0 else 0.0))


def _peaks(off: Array, count: int) -> "np.ndarray[tuple[int], np.dtype[np.intp]]":
    """Return where errors of alternating sign are largest, no more than so many."""
    size, above = np.abs(off), off >= 0
    cuts = [0, *(np.flatnonzero(above[1:] != above[:-1]) + 1), len(off)]
    peaks = np.array([p + int(size[p:q].argmax()) for p, q in pairwise(cuts)])
    while len(peaks) > count:
        least = int(size[peaks].argmin())
        if len(peaks) == count + 1 or least in (0, len(peaks) - 1):
            peaks = peaks[1:] if size[peaks[0]] < size[peaks[-1]] else peaks[:-1]
        else:
            beside = least - 1 if size[peaks[least - 1]] < size[peaks[least + 1]] else least + 1
            peaks = np.delete(peaks, [least, beside])
    return peaks


def _powers(series: Array, a: float, b: float) -> list[Fraction]:
    """Return the coefficients of powers of z of a Chebyshev series on an interval, exactly."""
    scale, shift = 2 / (Fraction(b) - Fraction(a)), (Fraction(a) + Fraction(b)) / (Fraction(a) - Fraction(b))
    before, now = [Fraction(0)], [Fraction(1)]
    total = [Fraction(0)] * len(series)
    for k, c in enumerate(series.tolist()):
        for i, term in enumerate(now):
            total[i] += Fraction(c) * term
        factor = 1 if k == 0 else 2
        longer = [factor * (shift * term) for term in now] + [Fraction(0)]
        for i, term in enumerate(now):
            longer[i + 1] += factor * scale * term
        for i, term in enumerate(before if k else []):
            longer[i] -= term
        before, now = now, longer
    return total


def _on_grid(z: Array, y: Array, degree: int, spacing: Spacing) -> Fit:
    """Return the best coefficients of a grid: the highest next to the best real one, then the others."""
    if degree == 0:
        return _constants(y[None, :], spacing)[0]
    _, series = minimax(z, y, degree)
    highest = float(_powers(series, z[0], z[-1])[-1])
    step = spacing(highest)
    near = np.round(highest / step) * step + step * np.arange(
        -4 if degree == 1 else -1, 5 if degree == 1 else 2
    )
    if degree == 1:
        fits = _constants(y - near[:, None] * z, spacing)
    else:
        fits = [_on_grid(z, y - c * z**degree, degree - 1, spacing) for c in near]
    best = min(range(len(fits)), key=lambda i: fits[i].error)
    return Fit(fits[best].error, [*fits[best].powers, float(near[best])])


def _constants(rests: Array, spacing: Spacing) -> list[Fit]:
    """Return the best constant for each of several rows."""
    top, bottom = rests.max(axis=1), rests.min(axis=1)
    found = []
    for middle, half in zip((top + bottom) / 2, (top - bottom) / 2, strict=True):
        step = spacing(float(middle))
        near = float(np.round(middle / step) * step)
        found.append(Fit(float(half + abs(middle - near)), [near]))
    return found
