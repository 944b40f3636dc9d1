"""Round numbers for an axis: where the ticks go, what they say, which limits to show.

Ticks are integers times a power of ten and positions are fractions, so nothing here can
overflow, vanish or print as 0.30000000000000004, whether an axis spans 1e-320 or 1e308.
"""

import math
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from actcli.language.limits import Array, Limits

HUGE = sys.float_info.max
SLACK = Fraction(1, 10**6)  # of a step: the double next to 0.3 still gets the tick 0.3
PLAIN = 7  # characters up to which 0.00001 is easier to read than 1e-5


@dataclass(frozen=True)
class Tick:
    """One tick: its place on the axis, from 0 to 1, and its label."""

    place: float
    label: str


def ticks(limits: Limits, about: int, log: bool = False) -> list[Tick]:
    """Return about so many ticks at multiples of 1, 2 or 5 times a power of ten; where `log`, at decades."""
    lo, hi = map(Fraction, limits)
    factor, power = step(limits, about, log)
    counts = multiples(lo, hi, factor, power)
    names = labels([count * factor for count in counts], power, log)
    values = [count * factor * Fraction(10) ** power for count in counts]
    return [
        Tick(min(max(float((value - lo) / (hi - lo)), 0.0), 1.0), name)
        for value, name in zip(values, names, strict=True)
    ]


def named_ticks(names: Sequence[tuple[float, str]], limits: Limits) -> list[Tick]:
    """Return ticks at given places of an axis."""
    lo, hi = limits
    return [Tick((place - lo) / (hi - lo), name) for place, name in names if lo <= place <= hi]


@dataclass(frozen=True)
class Axis:
    """An axis in cells: what its first and its last dot stand for, and its ticks."""

    limits: Limits
    cells: int
    ticks: Sequence[Tick] = ()
    apart: int = 1  # cells from tick to tick
    waste: float = 0.0  # the share of the dots that is not used, and a tenth where steps are of 2.5

    def cost(self, ideal: float) -> float:
        """Tell how bad it is: wasted dots, ticks too near or too far, less than three ticks, or than two."""
        missing = {0: 5.0, 1: 4.0, 2: 0.25}.get(len(self.ticks), 0.0)
        return missing + self.waste + abs(math.log(self.apart / ideal)) / 5


def log10(size: Fraction) -> float:
    """Return the logarithm of a fraction, however large or small."""
    return math.log10(size.numerator) - math.log10(size.denominator)


def axis(
    limits: Limits,
    room: tuple[int, int],
    ideal: float,
    tight: bool = False,
    log: bool = False,
    fits: Callable[[Axis], bool] = lambda found: True,
) -> Axis:
    """Return a straight axis: ticks on dots, a whole number of cells apart, `ideal` where that goes.

    `room` is how many cells there are, and the dots of each. A `tight` axis ends within a dot of the
    limits and may leave cells over; another one has them all, and shows what is beyond the limits.
    """
    ends = Fraction(limits[0]), Fraction(limits[1])
    power = math.floor(log10(ends[1] - ends[0]))
    tried = []
    for rung in [(factor, power + up) for up in range(-3, 3) for factor in (1, 2, 5, 25)]:
        if log and rung[1] < 0:
            continue
        most = math.floor(room[0] * rung[0] * Fraction(10) ** rung[1] / (ends[1] - ends[0]))
        tried += [_straight(ends, rung, k, room, tight, log) for k in range(max(most - 2, 1), most + 1)]
    good = [found for found in tried if found and fits(found)]
    return min(good, key=lambda found: found.cost(ideal), default=Axis(limits, room[0]))


def _straight(
    ends: tuple[Fraction, Fraction],
    rung: tuple[int, int],
    apart: int,
    room: tuple[int, int],
    tight: bool,
    log: bool,
) -> Axis | None:
    """Return the axis with ticks every factor * 10**power, so many cells apart, if there is room for it."""
    (cells, dots), between = room, apart * room[1]
    dot = rung[0] * Fraction(10) ** rung[1] / between
    first, last = math.floor(ends[0] / dot + SLACK), math.ceil(ends[1] / dot - SLACK)
    over = cells * dots - (last - first + 1)
    if over < 0:
        return None
    if tight:
        cells -= over // dots
    else:  # ticks in the middle of a cell, if that goes
        first -= min(range(over + 1), key=lambda k: (((k - first) % dots) not in (1, 2), abs(2 * k - over)))
    last = first + cells * dots - 1
    counts = range(-(-first // between), last // between + 1)
    names = labels([k * rung[0] for k in counts], rung[1], log)
    places = [(k * between - first) / (last - first) for k in counts]
    low, high = (float(min(max(end * dot, Fraction(-HUGE)), Fraction(HUGE))) for end in (first, last))
    waste = over / (room[0] * dots) + 0.1 * (rung[0] == 25)
    return Axis((low, high), cells, list(map(Tick, places, names)), apart, waste)


def step(limits: Limits, about: int, log: bool = False) -> tuple[int, int]:
    """Return the 1, 2 or 5 and the power of ten that put about so many ticks in the limits.

    Where these are logarithms they are whole.
    """
    lo, hi = map(Fraction, limits)
    span = (hi - lo) / about
    power = math.floor(log10(span))
    power = max(power, 0) if log else power
    ladder = [(factor, power + up) for up in (0, 1) for factor in (1, 2, 5)]
    return min(ladder, key=lambda rung: abs(len(multiples(lo, hi, *rung)) - about))


def multiples(lo: Fraction, hi: Fraction, factor: int, power: int) -> range:
    """Return the whole numbers k for which k * factor * 10**power lies within the limits."""
    size = factor * Fraction(10) ** power
    return range(math.ceil(lo / size - SLACK), math.floor(hi / size + SLACK) + 1)


def labels(counts: list[int], power: int, log: bool = False) -> list[str]:
    """Name the numbers counts * 10**power, all in the shorter of the two notations; or 10 to these powers."""
    if log:
        decades = [count * 10**power for count in counts]
        near = all(-4 < k < 4 for k in decades)
        return [fixed(1, k) if near or not k else f"1e{k}" for k in decades]
    plain = [fixed(count, power) for count in counts]
    short = [scientific(count, power) for count in counts]
    longest = max(map(len, plain), default=0)
    return plain if longest <= max(PLAIN, *map(len, short), 0) else short


def fixed(count: int, power: int) -> str:
    """Write count * 10**power with its decimals: fixed(-5, -1) is '-0.5'."""
    if power >= 0:
        return str(count * 10**power)
    digits = str(abs(count)).zfill(1 - power)
    return f"{'-' * (count < 0)}{digits[:power]}.{digits[power:]}"


def scientific(count: int, power: int) -> str:
    """Write count * 10**power as briefly as it goes: scientific(150, 41) is '1.5e43'."""
    if count == 0:
        return "0"
    digits = str(abs(count))
    exponent = power + len(digits) - 1
    lead, rest = digits[0], digits[1:].rstrip("0")
    return f"{'-' * (count < 0)}{lead}{'.' * bool(rest)}{rest}e{exponent}"


def sane(limits: Limits) -> Limits:
    """Mend limits that are reversed, equal, infinite or nan, so that they span something."""
    lo, hi = sorted(float(limit) for limit in np.nan_to_num(limits))
    if lo == hi:
        lo, hi = sorted((0.0, 2 * lo)) if lo else (-1.0, 1.0)
    return max(lo, -HUGE), min(hi, HUGE)


def default_limits(parts: Iterable[Array], data: Iterable[Array] = ()) -> Limits:
    """Choose y limits that show all the parts and data, rounded outward."""
    measured, computed = (np.concatenate([[], *each]) for each in (data, parts))
    ends = np.concatenate([measured, computed])
    ends = ends[np.isfinite(ends)]
    if not ends.size:
        return -1.0, 1.0
    lo, hi = float(ends.min()), float(ends.max())
    noise = 0.0 if np.isfinite(measured).any() else 1e-14 * max(abs(lo), abs(hi))  # rounding is not a shape
    if hi - lo <= noise:
        return sane((lo, lo))
    return rounded_to(lo, hi)


def rounded_to(lo: float, hi: float) -> Limits:
    """Move both limits outward to the next fifth of a tick step."""
    factor, power = step((lo, hi), 6)
    grid = factor * Fraction(10) ** power / 5
    below = math.floor(Fraction(lo) / grid + SLACK) * grid
    above = math.ceil(Fraction(hi) / grid - SLACK) * grid
    return min(float(max(below, Fraction(-HUGE))), lo), max(float(min(above, Fraction(HUGE))), hi)
