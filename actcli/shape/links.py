"""Lines that meet, as near to a function as can be: links of a path through the tube g - E .. g + E.

Of free knots a path takes each link as far as any line from the last one reaches; that takes the fewest.
Between knots that are given the values at them are followed from left to right. E is bisected; samples
guess, as in fits.
"""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from actcli.errors import ActcliError
from actcli.language.limits import Array
from actcli.language.texts import on_screen
from actcli.shape.fits import Sampled

ALONG = 3001  # of the interval
STARTS = 25  # from which a link is tried
PIN = 1e-13  # of the scale: how wide the tube is at a point that is given


class Tube:
    """A function at many points, with the one that a path must go through."""

    def __init__(self, g: Sampled) -> None:
        """Refuse jumps, which no path follows."""
        if g.jumps:
            raise ActcliError(
                f"--continuous: the function jumps at z = {on_screen(g.jumps[0])}: leave that z out"
            )
        even = np.linspace(g.low, g.high, ALONG)
        pin = [g.through[0]] if g.through else []
        self.x = np.unique(np.concatenate([even, g.spread(g.low, g.high, ALONG), pin]))
        self.y, self.least = np.array(g.between(g.low, g.high, self.x)), 4e-16 * g.scale
        self.width = np.ones(len(self.x))
        if g.through:
            at = int(np.searchsorted(self.x, g.through[0]))
            self.y[at], self.width[at] = g.through[1], 0.0
        self.pin = PIN * g.scale

    def ends(self, error: float) -> tuple[Array, Array]:
        """Return the lower and the upper end of the tube at each point."""
        half = np.maximum(error * self.width, self.pin)
        return self.y - half, self.y + half

    # ------------------------------------------------------------------------ free knots

    def path(self, error: float, most: int) -> list[float] | None:
        """Return the knots of the path with the fewest links, None where they are more than so many."""
        low, high = self.ends(error)
        xs, ys = np.full(STARTS, self.x[0]), np.linspace(low[0], high[0], STARTS)
        knots: list[float] = []
        for _ in range(most):
            found = self._best(xs, ys, low, high)
            if found is None:
                return None
            x, y, last, slope = found
            knots.append(x)
            if last == len(self.x) - 1:
                return [*knots, float(self.x[-1])]
            first = int(np.searchsorted(self.x, x, side="right"))
            line = y + slope * (self.x[first : last + 1] - x)
            gap = np.minimum(high[first : last + 1] - line, line - low[first : last + 1])
            contact = self.x[first + int(gap.argmin())]
            xs = np.linspace(contact if contact < self.x[last] else x, self.x[last], STARTS)
            xs = xs[xs > x]
            ys = y + slope * (xs - x)
        return None

    def _best(self, xs: Array, ys: Array, low: Array, high: Array) -> tuple[float, float, int, float] | None:
        """Return the start on a line from which a link reaches farthest, how far, and its slope."""
        best: tuple[int, float, int, float] | None = None
        for turn in range(3):
            rated = [(*self._reach(x, y, low, high), i) for i, (x, y) in enumerate(zip(xs, ys, strict=True))]
            last, _, slope, i = max(rated)
            if last < 0:
                return None
            best = (i, float(xs[i]), last, slope)
            start = float(xs[i]), float(ys[i])
            if last == len(self.x) - 1 or turn == 2 or len(xs) < 3:
                break
            a, b = max(i - 1, 0), min(i + 1, len(xs) - 1)
            xs, ys = (np.linspace(v[a], v[b], STARTS) for v in (xs, ys))
        return (*start, best[2], best[3]) if best else None

    def _reach(self, x: float, y: float, low: Array, high: Array) -> tuple[int, float, float]:
        """Return the last point that a line from a point passes, how free its slope is, and its slope."""
        first = int(np.searchsorted(self.x, x, side="right"))
        if first >= len(self.x):
            return -1, 0.0, 0.0
        far = self.x[first:] - x
        most = np.minimum.accumulate((high[first:] - y) / far)
        least = np.maximum.accumulate((low[first:] - y) / far)
        passed = int(np.searchsorted(least > most, True))
        if not passed:
            return -1, 0.0, 0.0
        a, b = float(least[passed - 1]), float(most[passed - 1])
        return first + passed - 1, b - a, (a + b) / 2

    # ------------------------------------------------------------------------ given knots

    def values(self, error: float, knots: Sequence[float]) -> list[float] | None:
        """Return the values at knots of a path in the tube; None where there is none."""
        low, high = self.ends(error)
        at = int(np.searchsorted(self.x, knots[0]))
        windows = [(float(low[at]), float(high[at]))]
        parts = [self._part(a, b, low, high) for a, b in pairwise(knots)]
        for t, below, above in parts:
            window = _passed(windows[-1], t, below, above)
            if window is None:
                return None
            windows.append(window)
        found = [sum(windows[-1]) / 2]
        for (t, below, above), window in zip(parts[::-1], windows[-2::-1], strict=True):
            inner = t < 1
            rest = 1 - t[inner]
            least = max(window[0], float(((below[inner] - found[-1] * t[inner]) / rest).max()))
            most = min(window[1], float(((above[inner] - found[-1] * t[inner]) / rest).min()))
            found.append((least + most) / 2)
        return found[::-1]

    def _part(self, a: float, b: float, low: Array, high: Array) -> tuple[Array, Array, Array]:
        inside = slice(np.searchsorted(self.x, a), np.searchsorted(self.x, b, side="right"))
        return (self.x[inside] - a) / (b - a), low[inside], high[inside]


def _passed(window: tuple[float, float], t: Array, below: Array, above: Array) -> tuple[float, float] | None:
    """Return the values at the right end of a link that begins in a window: the least and the greatest.

    From a lower begin a line may end higher: both ends of what is open fall as the begin rises.
    """
    t, below, above = t[t > 0], below[t > 0], above[t > 0]

    def room(p: float) -> tuple[float, float]:
        rest = p * (1 - t)
        return float(((below - rest) / t).max()), float(((above - rest) / t).min())

    def free(p: float) -> float:
        least, most = room(p)
        return most - least

    a, b = window
    for _ in range(60):
        third = (b - a) / 3
        a, b = (a + third, b) if free(a + third) < free(b - third) else (a, b - third)
    middle = (a + b) / 2
    if free(middle) < 0:
        return None
    ends = []
    for end in window:
        good, bad = middle, end
        if free(end) >= 0:
            good = end
        for _ in range(50 if good != end else 0):
            half = (good + bad) / 2
            good, bad = (half, bad) if free(half) >= 0 else (good, half)
        ends.append(good)
    return room(ends[1])[0], room(ends[0])[1]


def linked(
    g: Sampled, knots: Sequence[float] | None, segments: int, least: float
) -> tuple[list[float], list[float], float]:
    """Return knots, or those that are given, the values of the nearest lines that meet, and their error.

    No error is less than `least`.
    """
    tube = Tube(g)
    least = max(least, tube.least)
    cuts = knots if knots else _bisected(least, lambda error: tube.path(error, segments), 1 + 1e-4)[0]
    values, error = _bisected(least * (1 - 1e-9), lambda error: tube.values(error, cuts), 1 + 1e-9)
    return list(cuts), values, error


def _bisected(
    low: float, made: Callable[[float], list[float] | None], close: float
) -> tuple[list[float], float]:
    """Return what is made with the least error that allows it, and that error."""
    best, error, step = made(low), low, 1.02
    if best is not None:
        return best, low
    while best is None:
        low, error, step = error, error * step, min(step * step, 4.0)
        best = made(error)
        if error > 1e300:
            raise ActcliError("no lines that meet are near it: write more segments")
    while error > low * close:
        middle = math.sqrt(low * error)
        found = made(middle)
        best, low, error = (best, middle, error) if found is None else (found, low, middle)
    return best, error
