"""Round numbers for an axis: where the ticks go, what they say, which limits to show.

Ticks are integers times a power of ten and positions are fractions, so nothing here can
overflow, vanish or print as 0.30000000000000004, whether an axis spans 1e-320 or 1e308.
"""

import math
import sys
from collections.abc import Iterable
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


def ticks(limits: Limits, about: int) -> list[Tick]:
    """Return about so many ticks at multiples of 1, 2 or 5 times a power of ten."""
    lo, hi = map(Fraction, limits)
    factor, power = step(limits, about)
    counts = multiples(lo, hi, factor, power)
    names = labels([count * factor for count in counts], power)
    values = [count * factor * Fraction(10) ** power for count in counts]
    return [
        Tick(min(max(float((value - lo) / (hi - lo)), 0.0), 1.0), name)
        for value, name in zip(values, names, strict=True)
    ]


def step(limits: Limits, about: int) -> tuple[int, int]:
    """Return the 1, 2 or 5 and the power of ten that put about so many ticks in the limits."""
    lo, hi = map(Fraction, limits)
    span = (hi - lo) / about
    power = math.floor(math.log10(span.numerator) - math.log10(span.denominator))
    ladder = [(factor, power + up) for up in (0, 1) for factor in (1, 2, 5)]
    return min(ladder, key=lambda rung: abs(len(multiples(lo, hi, *rung)) - about))


def multiples(lo: Fraction, hi: Fraction, factor: int, power: int) -> range:
    """Return the whole numbers k for which k * factor * 10**power lies within the limits."""
    size = factor * Fraction(10) ** power
    return range(math.ceil(lo / size - SLACK), math.floor(hi / size + SLACK) + 1)


def labels(counts: list[int], power: int) -> list[str]:
    """Name the numbers counts * 10**power, all in the shorter of the two notations."""
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


def default_limits(parts: Iterable[Array]) -> Limits:
    """Choose y limits that show all the parts, rounded outward; a pole does not count."""
    ends = [end for part in parts for end in tick_bulk(part[np.isfinite(part)])]
    if not ends:
        return -1.0, 1.0
    lo, hi = min(ends), max(ends)
    if hi - lo <= 1e-14 * max(abs(lo), abs(hi)):  # rounding noise is not a shape
        return sane((lo, lo))
    return rounded_to(lo, hi)


def tick_bulk(y: Array) -> tuple[float, ...]:
    """Return the least and greatest of y, leaving out the far ends of a pole.

    A pole is told from a narrow peak and from exponential growth by its slow tail: the 95th
    percentile of |y| is near the 90th, four times it for a double pole, and the greatest far beyond.
    """
    if not y.size:
        return ()
    size = np.sort(np.abs(y))
    near, far = size[int(0.90 * y.size)], size[int(0.95 * y.size)]
    if near < far and far / 5 <= near and size[-1] / 6 > far:
        y = y[np.abs(y) <= far]
    return float(y.min()), float(y.max())


def rounded_to(lo: float, hi: float) -> Limits:
    """Move both limits outward to the next fifth of a tick step."""
    factor, power = step((lo, hi), 6)
    grid = factor * Fraction(10) ** power / 5
    below = math.floor(Fraction(lo) / grid + SLACK) * grid
    above = math.ceil(Fraction(hi) / grid - SLACK) * grid
    return float(max(below, Fraction(-HUGE))), float(min(above, Fraction(HUGE)))
