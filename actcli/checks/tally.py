"""A run of any length as one record: quantiles, shares, mistakes, regions, the worst inputs, the verdict."""

import heapq
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from actcli.checks.ulps import MISTAKES, Compared, keys
from actcli.language.limits import Array
from actcli.numerics.balls import Bools
from actcli.numerics.balls.arrays import Places

BINS_BELOW = 12  # bits of float32 left out: quantiles are right to 2^-11
HARD_MISTAKES = MISTAKES[:4]  # those that no distance excuses
ALIKE = 1.5  # neighbouring binades of z are one region where their largest errors differ by less
PERCENTS = (99.9, 99.0, 50.0)


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
    at: int = 0

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
        return replace(
            larger,
            low=min(self.low, other.low),
            high=max(self.high, other.high),
            points=self.points + other.points,
            total=self.total + other.total,
            signed=self.signed + other.signed,
            finite=self.finite + other.finite,
            rounded=self.rounded + other.rounded,
        )


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
    binades: dict[int, Region] = field(default_factory=dict)
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
        for _, region in sorted(self.binades.items()):
            if found and _alike(found[-1], region):
                found[-1] = found[-1].joined(region)
            else:
                found.append(region)
        return found

    # ------------------------------------------------------------------------ one chunk more

    def add(self, run: Compared) -> None:
        """Take in some points."""
        error, size = run.error, np.abs(run.error)
        known, finite = ~run.true.open, np.isfinite(size)
        self.points += len(size)
        self.open += int(run.true.open.sum())
        for name, where in run.mistakes.items():
            self.mistakes[name] += int(where.sum())
        self._judge(run, size)
        signed = np.where(finite, np.copysign(1.0, run.true.high) * error, 0.0)
        self.total += float(size[finite].sum())
        self.signed += float(signed.sum())
        self.finite += int(finite.sum())
        self.rounded += int((run.same & known).sum())
        self.faithful += int((run.faithful & known).sum())
        self.within_one += int((size <= 1).sum())
        self.falls += _falls(run)
        self.largest = max(self.largest, float(np.nanmax(size, initial=0.0)))
        with np.errstate(over="ignore"):
            of = size[known].astype(np.float32).view(np.uint32) >> BINS_BELOW
        self.bins += np.bincount(of, minlength=len(self.bins))
        self._region(run, size, signed)
        self._keep_worst(run, size)

    def _judge(self, run: Compared, size: Array) -> None:
        most = math.inf if self.limits.most is None else self.limits.most
        wrong = np.zeros(size.shape, bool)
        for name in MISTAKES:
            wrong |= run.mistakes[name]
        failed = (size > most) | (wrong & (self.limits.most is not None))
        if self.limits.atol:
            with np.errstate(all="ignore"):
                near = np.abs(run.y - run.true.high) <= self.limits.atol
            saved = failed & near
            self.excused += int(saved.sum())
            self.excused_most = max(self.excused_most, float(size[saved].max(initial=0.0)))
            failed &= ~near
        self.above += int(failed.sum())

    def _region(self, run: Compared, size: Array, signed: Array) -> None:
        at = np.flatnonzero(np.isfinite(run.z))
        _, exponent = np.frexp(run.z[at])
        key = np.where(run.z[at] == 0, 0, np.copysign(1.0, run.z[at]) * (exponent + 2000.0)).astype(np.int16)
        order = np.argsort(key, kind="stable")
        at, key = at[order], key[order]
        starts = np.flatnonzero(np.diff(key, prepend=-9999))
        for region in _regions(run, size[at], signed[at], at, starts):
            place = int(key[region.at])
            known = self.binades.get(place)
            self.binades[place] = known.joined(region) if known else region

    def _keep_worst(self, run: Compared, size: Array) -> None:
        count = min(self.limits.worst, len(size))
        shown = np.where(np.isnan(size) | run.same, -1.0, size)
        for i in np.argpartition(-shown, count - 1)[:count].tolist() if count else ():
            if shown[i] > 0:
                cells = (a[i] for a in (run.z, run.y, run.true.high, run.true.rounded, run.error))
                self.worst.append(Worst(float(shown[i]), -self.points + len(size) - i, *map(float, cells)))
        self.worst = heapq.nlargest(self.limits.worst, self.worst)


def _alike(one: Region, next_: Region) -> bool:
    low, high = sorted((one.largest, next_.largest))
    return (one.low < 0) == (next_.low < 0) and (high <= 1 or high <= ALIKE * low)


def _regions(run: Compared, size: Array, signed: Array, at: Places, starts: Places) -> Iterator[Region]:
    """Yield the points of each binade of z; those of one stand together, from each of `starts` on."""
    finite = np.isfinite(size)
    largest = np.maximum.reduceat(np.nan_to_num(size, nan=0.0, posinf=np.inf), starts)
    total, sums, known, rounded = (
        np.add.reduceat(part, starts).tolist()
        for part in (np.where(finite, size, 0.0), signed, finite.astype(int), run.same[at].astype(int))
    )
    firsts = np.flatnonzero(size == np.repeat(largest, np.diff(starts, append=len(at))))
    worst = run.z[at[firsts[np.searchsorted(firsts, starts).clip(max=len(firsts) - 1)]]].tolist()
    counts = np.diff(starts, append=len(at)).tolist()
    for i, start in enumerate(starts.tolist()):
        ends = _binade(float(run.z[at[start]]))
        yield Region(
            *ends, counts[i], float(largest[i]), total[i], sums[i], known[i], rounded[i], worst[i], start
        )


def _binade(z: float) -> tuple[float, float]:
    """Return the powers of two between which z lies, the one nearer to 0 among them; 0 is alone."""
    if not z:
        return 0.0, 0.0
    _, exponent = math.frexp(z)
    low, high = sorted(math.copysign(_two_to(exponent - 1 + i), z) for i in (0, 1))
    return low, high


def _two_to(power: int) -> float:
    return math.ldexp(1.0, power) if power < 1024 else math.inf


def _falls(run: Compared) -> int:
    """Count the neighbours in z between which the truth rises and y falls, or the other way round."""
    at = np.flatnonzero(np.isfinite(run.z))
    at = at[np.argsort(keys(run.z[at], run.dtype), kind="stable")]
    with np.errstate(invalid="ignore"):
        true, got = (np.sign(np.diff(values[at])) for values in (run.true.high, run.y))
    both: Bools = true * got < 0
    return int(both.sum())
