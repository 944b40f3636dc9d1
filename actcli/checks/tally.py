"""A run of any length as one record: quantiles, shares, mistakes, regions, the worst inputs, the verdict."""

import heapq
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from actcli.checks.profile import Profile
from actcli.checks.ulps import MISTAKES, SLICE, Compared, keys
from actcli.language.limits import Array
from actcli.numerics.balls import Bools
from actcli.numerics.balls.arrays import Places
from actcli.numerics.dtypes import DTYPES

BINS_BELOW = 12  # bits of float32 left out: quantiles are right to 2^-11
ALIKE = 1.5  # neighbouring binades of z are one region where their largest errors differ by less
BINADES = 0x1002  # binades of float64 with their signs, subnormal numbers as two
PERCENTS = (99.9, 99.0, 50.0)
COUNTED = (
    "points", "open", "above", "excused", "total", "signed", "finite", "rounded", "faithful", "within_one",
    "falls", "mistakes", "bins",
)  # fmt: skip


@dataclass(frozen=True)
class Tolerance:
    """What passes: at most so many ulp (or steps), or an absolute error; how many of the worst are kept."""

    most: float | None = None
    atol: float = 0.0
    worst: int = 5


@dataclass(order=True)
class Worst:
    """One input with a large error: by how much, and what was got."""

    size: float
    order: int
    z: float = field(compare=False)
    got: float = field(compare=False)
    exact: float = field(compare=False)
    rounded: float = field(compare=False)
    error: float = field(compare=False)


@dataclass
class Region:
    """The points of some binades of z of one sign: their number, errors and worst point."""

    low: float
    high: float
    points: int = 0
    largest: float = 0.0
    total: float = 0.0
    signed: float = 0.0
    finite: int = 0
    rounded: int = 0
    worst: float = math.nan

    @property
    def mean(self) -> float:
        """The mean of |error|."""
        return self.total / max(self.finite, 1)

    @property
    def bias(self) -> float:
        """The mean error along the sign of the exact value."""
        return self.signed / max(self.finite, 1)

    def joined(self, other: "Region") -> "Region":
        """Return both as one."""
        larger = self if self.largest >= other.largest else other
        names = ("points", "total", "signed", "finite", "rounded")
        sums = {name: getattr(self, name) + getattr(other, name) for name in names}
        return replace(larger, low=min(self.low, other.low), high=max(self.high, other.high), **sums)


@dataclass
class Tally:
    """What a check has found so far; units are ulps, or steps where these were asked for."""

    limits: Tolerance
    points: int = 0
    open: int = 0
    above: int = 0
    excused: int = 0
    excused_most: float = 0.0
    largest: float = 0.0
    total: float = 0.0
    signed: float = 0.0
    finite: int = 0
    rounded: int = 0
    faithful: int = 0
    within_one: int = 0
    falls: int = 0
    mistakes: Counter[str] = field(default_factory=Counter)
    profile: Profile | None = None
    binades: "Binades" = field(default_factory=lambda: Binades())
    worst: list[Worst] = field(default_factory=list)
    bins: Places = field(default_factory=lambda: np.zeros(1 << (31 - BINS_BELOW), np.int64))

    @property
    def passed(self) -> bool:
        """The verdict: nothing above the limit; without one, no mistake."""
        return not (self.above or (self.limits.most is None and self.failures))

    @property
    def failures(self) -> int:
        """How many points have a mistake that is always one."""
        return sum(self.mistakes[name] for name in MISTAKES)

    @property
    def mean(self) -> float:
        """The mean of |error| where it is a number."""
        return self.total / max(self.finite, 1)

    @property
    def bias(self) -> float:
        """The mean error along the sign of the exact value: +0.5 for what always rounds away from 0."""
        return self.signed / max(self.finite, 1)

    def quantile(self, percent: float) -> float:
        """Return what so many percent of the errors do not exceed, to 2^-11 of it."""
        place = int(np.searchsorted(np.cumsum(self.bins), math.ceil(self.bins.sum() * percent / 100)))
        edge = np.array([place << BINS_BELOW], np.uint32).view(np.float32)
        return min(float(edge[0]), self.largest)

    def regions(self) -> list[Region]:
        """Return the regions of z from the least to the largest, alike ones as one."""
        found: list[Region] = []
        for region in self.binades.regions():
            if found and _alike(found[-1], region):
                found[-1] = found[-1].joined(region)
            else:
                found.append(region)
        return found

    # ------------------------------------------------------------------------ one chunk more

    def add(self, run: Compared) -> None:
        """Take in some points."""
        self.falls += _falls(run)
        with np.errstate(all="ignore"):
            for part in run.parts():
                self._take(part)

    def join(self, other: "Tally") -> None:
        """Take in what another tally found of the points that come next."""
        later = [replace(worst, order=worst.order - self.points) for worst in other.worst]
        self.worst = heapq.nlargest(self.limits.worst, [*self.worst, *later])
        for name in COUNTED:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("largest", "excused_most"):
            setattr(self, name, max(getattr(self, name), getattr(other, name)))
        self.binades.join(other.binades)
        if self.profile and other.profile:
            self.profile.join(other.profile)

    def _take(self, run: Compared) -> None:
        error, size = run.error, np.abs(run.error)
        known, finite = None if run.plain else ~run.true.open, np.isfinite(size)
        self.points += len(size)
        self.open += 0 if known is None else _count(~known)
        for name, where in run.mistakes.items():
            self.mistakes[name] += _count(where)
        self._judge(run, size)
        signed = np.copysign(error, error * run.true.high)
        numbers = size
        if not finite.all():
            signed, numbers = np.where(finite, signed, 0.0), np.where(finite, size, 0.0)
        self.total += float(numbers.sum())
        self.signed += float(signed.sum())
        self.finite += _count(finite)
        self.rounded += _count(run.same, known)
        self.faithful += _count(run.faithful, known)
        self.within_one += _count(size <= 1)
        self.largest = max(self.largest, float(np.fmax.reduce(size, initial=0.0)))
        self._sort_in(size if known is None else size[known])
        self.binades.add(run, size, [numbers, signed, finite, run.same])
        if self.profile:
            self.profile.add(run.z, size)
        self._keep_worst(run, size)

    def _sort_in(self, size: Array) -> None:
        """Count errors in the bins from the least to the largest that is not 0, and those that are."""
        of = size.astype(np.float32).view(np.int32) >> BINS_BELOW
        some = of[of > 0]
        self.bins[0] += len(of) - len(some)
        if len(some):
            least = int(some.min())
            counts = np.bincount(some - least)
            self.bins[least : least + len(counts)] += counts

    def _judge(self, run: Compared, size: Array) -> None:
        if self.limits.most is None:
            return
        failed = size > self.limits.most
        for name in MISTAKES if run.mistakes else ():
            failed |= run.mistakes[name]
        if self.limits.atol:
            near = np.abs(run.y - run.true.high) <= self.limits.atol
            saved = failed & near
            self.excused += _count(saved)
            self.excused_most = max(self.excused_most, float(size[saved].max(initial=0.0)))
            failed &= ~near
        self.above += _count(failed)

    def _keep_worst(self, run: Compared, size: Array) -> None:
        shown = np.where(np.isnan(size) | run.same, -1.0, size)
        least = self.worst[-1].size if len(self.worst) == self.limits.worst else 0.0
        some = np.flatnonzero(shown > least)
        for i in some[np.argsort(-shown[some], kind="stable")][: self.limits.worst].tolist():
            cells = (a[i] for a in (run.z, run.y, run.true.high, run.true.rounded, run.error))
            self.worst.append(Worst(float(shown[i]), -self.points + len(size) - i, *map(float, cells)))
        self.worst = heapq.nlargest(self.limits.worst, self.worst)


class Binades:
    """What was found in each binade of z, of both signs: the exponent's bits of z are its place.

    The rows are those of Region: points, largest error and so on; the subnormal z stand behind the others.
    """

    def __init__(self) -> None:
        """Start with nothing."""
        self.sums = np.zeros((5, BINADES))
        self.largest, self.worst = np.full(BINADES, -1.0), np.full(BINADES, np.nan)

    def add(self, run: Compared, size: Array, rows: "Sequence[Array | Bools]") -> None:
        """Take in some points, by the sizes of their errors and what the other rows are the sums of."""
        key = (run.z.view(np.int64) >> 52) & 0xFFF
        if (zero := (key & 0x7FF) == 0).any():
            key = np.where((run.z != 0) & zero, 0x1000 + (key >> 11), np.where(run.z == 0, 0, key))
        z, starts = run.z, _starts(key)
        if len(starts) > BINADES or len(set(key[starts].tolist())) < len(starts):
            order = np.argsort(key.astype(np.int16), kind="stable")
            key, z, size, rows = key[order], z[order], size[order], [row[order] for row in rows]
            starts = _starts(key)
        places, counts = key[starts], np.diff(starts, append=len(key))
        self.sums[:, places] += [counts, *(np.add.reduceat(row, starts, dtype=np.float64) for row in rows)]
        self._keep_worst(z, size, places, starts, counts)

    def _keep_worst(self, z: Array, size: Array, places: Places, starts: Places, counts: Places) -> None:
        """Keep the first of the largest errors of each binade."""
        most = np.fmax.reduceat(size, starts)
        risen = most > self.largest[places]
        if not risen.any():
            return
        hits = np.flatnonzero(size == np.repeat(np.where(risen, most, np.nan), counts))[::-1]
        self.worst[places[np.searchsorted(starts, hits, "right") - 1]] = z[hits]
        self.largest[places[risen]] = most[risen]

    def join(self, other: "Binades") -> None:
        """Take in what was found of other points."""
        self.sums += other.sums
        larger = other.largest > self.largest
        self.largest[larger], self.worst[larger] = other.largest[larger], other.worst[larger]

    def regions(self) -> list[Region]:
        """Return the binades of finite z in which there were points, from the least z to the largest."""
        places = [i for i in np.flatnonzero(self.sums[0]).tolist() if i & 0x7FF != 0x7FF]
        return sorted((self._region(i) for i in places), key=lambda region: (region.low, region.high))

    def _region(self, place: int) -> Region:
        points, total, signed, finite, rounded = self.sums[:, place].tolist()
        low, high = _binade(place)
        return Region(
            low, high, int(points), max(float(self.largest[place]), 0.0), total, signed, int(finite),
            int(rounded), float(self.worst[place]),
        )  # fmt: skip


def _starts(key: Places) -> Places:
    """Return where runs of equal numbers start."""
    return np.concatenate(([0], np.flatnonzero(key[1:] != key[:-1]) + 1))


def _count(where: Bools, known: Bools | None = None) -> int:
    return int(np.count_nonzero(where if known is None else where & known))


def _alike(one: Region, next_: Region) -> bool:
    low, high = sorted((one.largest, next_.largest))
    return (one.low < 0) == (next_.low < 0) and (high <= 1 or high <= ALIKE * low)


def _binade(place: int) -> tuple[float, float]:
    """Return the powers of two between which z lies; 0 is alone."""
    exponent, negative = place & 0x7FF, place >> 11 == 1 or place == 0x1001
    ends = (0.0, 2.0**-1022) if place >= 0x1000 else (_two_to(exponent - 1023), _two_to(exponent - 1022))
    if place == 0:
        return 0.0, 0.0
    return (-ends[1], -ends[0]) if negative else ends


def _two_to(power: int) -> float:
    return math.ldexp(1.0, power) if power < 1024 else math.inf


def _falls(run: Compared) -> int:
    """Count the neighbours in z between which the truth rises and y falls, or the other way round."""
    true, got = run.true.high, run.y
    at = _ascending(run.z, run.dtype)
    if at is not None:
        true, got = true[at], got[at]
    count = 0
    for start in range(0, len(true), SLICE):
        x, y = (column[start : start + SLICE + 1] for column in (true, got))
        with np.errstate(invalid="ignore"):
            count += _count(np.diff(x) * np.sign(np.diff(y)) < 0)
    return count


def _ascending(z: Array, dtype: str) -> Places | None:
    """Return the order in which finite z ascend; none where they rise or fall as they stand.

    Up to 32 bits a number and its place are sorted as one, which is faster than sorting places.
    """
    if np.isfinite(z).all() and ((steps := z[1:] >= z[:-1]).all() or not steps.any()):
        return None
    at = np.flatnonzero(np.isfinite(z))
    key = keys(z[at], dtype)
    if DTYPES[dtype].width == 64:
        order = np.argsort(key, kind="stable")
    else:
        both = (key << 32) | np.arange(len(key))
        both.sort()
        order = both & 0xFFFFFFFF
    return at[order]
