"""Where to cut an interval so that polynomials on its segments are off by as little as can be.

With free knots the segments that one error allows are laid from the left, each as long as it can be, which
takes the fewest; the error is bisected until these are as many as are asked for.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from actcli.errors import ActcliError
from actcli.language.texts import on_screen
from actcli.shape.fits import Fit, Sampled, Spacing, fitted

MOST_SEGMENTS = 4096
CLOSE = 1 + 1e-5  # how near to the least error is near enough


class Cuts(NamedTuple):
    """A largest error and the knots with which it was seen."""

    error: float
    knots: list[float]


class Search:
    """Looks for knots: anywhere, or at whole multiples of `lattice` where that is not 0."""

    def __init__(self, g: Sampled, degree: int, spacing: Spacing | None = None, lattice: float = 0.0) -> None:
        """Segments end at the jumps of g anyway."""
        self.g, self.degree, self.spacing, self.lattice = g, degree, spacing, lattice
        self.parts = [g.low, *g.jumps, g.high]
        self.tolerance = 1e-9 * (g.high - g.low)
        self.least = 2e-15 * g.scale

    def fit(self, a: float, b: float) -> Fit:
        """Return the best polynomial of a segment."""
        return fitted(self.g, a, b, self.degree, self.spacing)

    def error(self, knots: Sequence[float]) -> float:
        """Return the largest error over all segments."""
        return max(self.fit(a, b).error for a, b in pairwise(knots))

    def best(self, segments: int) -> Cuts:
        """Return the knots of so many segments with the least error; ActcliError where jumps need more."""
        if len(self.parts) - 1 > segments:
            raise ActcliError(
                f"--segments {segments}: the {len(self.parts) - 2} jumps, the first at z ="
                f" {on_screen(self.parts[1])}, need {len(self.parts) - 1} segments"
            )
        best = Cuts(self.error(self.parts), self.parts)
        low, error = 0.0, best.error / max(segments - len(self.parts) + 2, 1) ** (self.degree + 1)
        for _ in range(60):
            if best.error <= max(self.least, low * CLOSE):
                break
            knots = self.cover(max(error, self.least), segments)
            if knots:
                seen = self.error(knots)
                best = min(best, Cuts(seen, knots))
            else:
                low = max(error, self.least)
            error = math.sqrt(best.error * max(low, best.error / 16)) if low else best.error / 4
        return best

    def cover(self, error: float, most: int) -> list[float] | None:
        """Return knots with which no segment passes an error; None where they are more than so many."""
        knots = [self.g.low]
        for end in self.parts[1:]:
            step = (self.g.high - self.g.low) / 8
            while knots[-1] < end:
                if len(knots) > most:
                    return None
                start = knots[-1]
                after = (self._along if self.lattice else self._reach)(start, end, error, step)
                if after <= start:
                    return None
                knots.append(after)
                step = after - start
        return knots

    def _along(self, start: float, end: float, error: float, step: float) -> float:
        """Return the farthest multiple of the lattice that a segment reaches."""
        if self.fit(start, end).error <= error:
            return end
        first = math.floor(start / self.lattice)
        low, high, jump = 0, math.ceil((end - start) / self.lattice), max(round(step / self.lattice), 1)
        while high - low > 1:
            middle = min(low + jump, high - 1) if jump else (low + high) // 2
            to = (first + middle) * self.lattice
            if to <= start or self.fit(start, to).error <= error:
                low, jump = middle, 2 * jump if to > start else jump
            else:
                high, jump = middle, 0
        return max((first + low) * self.lattice, start)

    def _reach(self, start: float, end: float, error: float, step: float) -> float:
        """Return how far a segment reaches with an error."""
        high, most = end, self.fit(start, end).error
        if most <= error:
            return end
        low, least, at = start, 0.0, min(start + step, (start + end) / 2 if start + step >= end else end)
        for turn in range(80):
            if not low < at < high:
                at = (low + high) / 2
            seen = self.fit(start, at).error
            low, least = (at, seen) if seen <= error else (low, least)
            high, most = (high, most) if seen <= error else (at, seen)
            if high - low < self.tolerance or 0 <= error - least < 1e-7 * error:
                break
            at = self._next(start, at, (low, least), (high, most), error, seen, turn)
        inside = [k for k in self.g.breaks if abs(k - low) <= 2e-6 * (self.g.high - self.g.low) and k > start]
        return next((k for k in inside if self.fit(start, k).error <= error * (1 + 1e-9)), low)

    def _next(self, start: float, at: float, below: tuple[float, float], above: tuple[float, float],
              error: float, seen: float, turn: int) -> float:  # fmt: skip
        """Return where to look next: by the power law between two errors, or in the middle."""
        (low, least), (high, most) = below, above
        if turn % 3 == 2:
            return (low + high) / 2
        if least <= 1e-3 * error:
            size = float((error / max(seen, 1e-300)) ** (1 / (self.degree + 1)))
            return start + (at - start) * min(4.0, max(0.25, size))
        if not most > least or math.isinf(most):
            return (low + high) / 2
        share = math.log(error / least) / math.log(most / least)
        to = start + (low - start) * math.pow((high - start) / (low - start), share)
        return to + (1e-3 if turn % 3 else -1e-3) * (to - low)
