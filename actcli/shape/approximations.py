"""The best polynomials on segments of an interval, and how far they are off, proven for every z."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from actcli.errors import ActcliError
from actcli.language.texts import on_screen, shortest
from actcli.language.trees import Node
from actcli.numerics.dtypes import DTYPES, rounded
from actcli.numerics.exact import alone
from actcli.numerics.exact.cells import CellReader, fraction_of
from actcli.numerics.exact.reals import ball_of
from actcli.numerics.exact.residuals import RESOLVED, Residual, not_proven
from actcli.shape.fits import DENSE, Sampled, Spacing, fitted
from actcli.shape.knots import MOST_SEGMENTS, Search
from actcli.shape.links import Tube, linked
from actcli.shape.pieces import Stretch, pieces

BITS = 128
PATIENCE = 10.0
DIGITS = 8  # of an error that is printed, rounded up


@dataclass(frozen=True)
class Grid:
    """The numbers that coefficients may be: those of a format, or multiples of 2^-places of so many bits."""

    name: str
    places: int | None = None
    largest: Fraction = Fraction(0)

    @property
    def is_single(self) -> bool:
        """Whether every number is one of float32, too."""
        return self.places is None and DTYPES[self.name].precision <= 24

    @property
    def spacing(self) -> Spacing | None:
        """How far apart they are next to a number; None where that is too fine to matter."""
        if self.places is not None:
            return lambda _, step=2.0**-self.places: step  # type: ignore[misc]
        form = DTYPES[self.name]
        if form.precision > 50:
            return None
        least, digits = form.least, form.precision
        return lambda c: float(2.0 ** max(math.frexp(c)[1] - digits, least))

    def nearest(self, value: Fraction | float) -> Fraction:
        """Return the number next to a coefficient; ActcliError where it is too large."""
        if self.places is None:
            found = rounded(value, self.name)
            if math.isfinite(found):
                return Fraction(found)
        else:
            near = Fraction(round(Fraction(value) * 2**self.places), 2**self.places)
            if -self.largest - Fraction(1, 2**self.places) <= near <= self.largest:
                return near
        raise ActcliError(
            f"--coefficients {self.name}: {on_screen(float(value))} is too large for it: write more bits"
        )


@dataclass(frozen=True)
class Segment:
    """Powers of z from low to high (not included but by the last), and a bound on the error, proven."""

    low: float
    high: float
    powers: tuple[Fraction, ...]
    error: Fraction = Fraction(0)


@dataclass(frozen=True)
class Approximation:
    """Segments side by side; `real` where the bounds hold at every real z, else at every float64."""

    segments: tuple[Segment, ...]
    real: bool = True

    @property
    def error(self) -> Fraction:
        """A bound on the error of them all."""
        return max(segment.error for segment in self.segments)

    @property
    def sentence(self) -> str:
        """What is proven."""
        ends = ", ".join(on_screen(z) for z in (self.segments[0].low, self.segments[-1].high))
        which = "every z" if self.real else "every float64 z"
        return f"proven: the error is at most {upward(self.error)} for {which} in [{ends}]"


def upward(bound: Fraction) -> str:
    """Return a bound in a few digits, rounded up."""
    from decimal import ROUND_CEILING, Context, Decimal

    context = Context(prec=DIGITS, rounding=ROUND_CEILING)
    return shortest(float(context.divide(Decimal(bound.numerator), Decimal(bound.denominator))))


def stretches_of(tree: Node, low: Fraction, high: Fraction) -> list[Stretch]:
    """Return the smooth stretches between two ends; UndecidedError where they are too many."""
    with alone():
        return pieces(CellReader(BITS, PATIENCE), tree, low, high)


def proven(stretches: Sequence[Stretch], segments: Sequence[Segment]) -> Approximation:
    """Return the segments with a bound on the error of each, for every z in it."""
    with alone():
        found, real = [], True
        for i, segment in enumerate(segments):
            bound, whole = _bound(stretches, segment, i == len(segments) - 1)
            found.append(replace(segment, error=bound))
            real = real and whole
        return Approximation(tuple(found), real)


def _bound(stretches: Sequence[Stretch], segment: Segment, last: bool) -> tuple[Fraction, bool]:
    """Return a bound on the error of a segment, and whether it holds between the float64, too."""
    start, stop = Fraction(segment.low), Fraction(segment.high)
    reader, worst, real = CellReader(BITS, PATIENCE), Fraction(0), True
    narrow = []
    for piece in stretches:
        low, high = max(piece.low, start), min(piece.high, stop)
        if low > high or (low == high and (piece.low < piece.high or (high == stop and not last))):
            continue
        if piece.torn or not _holds_float64(piece, low, high):
            narrow.append((piece, low, high))
            continue
        worst = max(worst, _over(reader, piece, low, high, segment.powers, worst))
    for piece, low, high in narrow:
        bound = _over(reader, piece, low, high, segment.powers, worst)
        if bound <= worst * Fraction(1_000_001, 1_000_000) or _holds_float64(piece, low, high):
            worst = max(worst, bound)
        else:
            real = False
    return worst, real


def _over(reader: CellReader, piece: Stretch, low: Fraction, high: Fraction,
          powers: Sequence[Fraction], worst: Fraction) -> Fraction:  # fmt: skip
    if not piece.torn:
        return Residual(reader, piece.tree, powers).bound(low, high, max(worst, RESOLVED))
    cell = ball_of(low).union(ball_of(high))
    total = ball_of(Fraction(0))
    for power in reversed(powers):
        total = total * cell + ball_of(power)
    ball = abs(reader.over(piece.tree, low, high) - total)
    if not ball.is_finite():
        raise not_proven(float(low))
    return fraction_of(ball.upper())


def _holds_float64(piece: Stretch, low: Fraction, high: Fraction) -> bool:
    """Tell whether a number of float64 is in this part of a piece; a stretch is without its own ends."""
    first = float(low)
    open_ = piece.low == low < high and not piece.torn
    if Fraction(first) < low or (open_ and Fraction(first) == low):
        first = math.nextafter(first, math.inf)
    return Fraction(first) < high or Fraction(first) == low


# ---------------------------------------------------------------------------- the best


@dataclass(frozen=True)
class Wish:
    """What is asked for: so many segments, or as few as an error allows; their degree, knots, coefficients.

    `knots` are free, uniform, aligned (to whole multiples of a power of two), or numbers. Lines may be asked
    to be `continuous`, and to go `through` a point.
    """

    segments: int | None
    error: Fraction | None
    degree: int = 1
    knots: str | tuple[float, ...] = "free"
    grid: Grid = Grid("float64")
    continuous: bool = False
    through: tuple[float, float] | None = None


def approximate(tree: Node, low: Fraction, high: Fraction, wish: Wish) -> Approximation:
    """Return the best approximation between two ends, proven; ActcliError where there is none as wished."""
    stretches = stretches_of(tree, low, high)
    refuse_poles(stretches)
    g = Sampled(stretches, wish.through)
    if not math.isfinite(g.scale):
        raise ActcliError(
            f"the function is beyond float64 in [{on_screen(g.low)}, {on_screen(g.high)}]:"
            " write ends that are nearer"
        )
    if wish.segments or wish.error is None:
        return _proven_cuts(stretches, g, wish, wish.segments or 0)
    segments = fewest(g, wish, float(wish.error))
    for count in range(segments, segments + 4):
        found = _proven_cuts(stretches, g, wish, count)
        if found.error <= wish.error:
            return found
    raise ActcliError(
        f"--max-error {float(wish.error)}: not reached, {upward(found.error)} with {count} segments"
    )


def refuse_poles(stretches: Sequence[Stretch]) -> None:
    """Raise ActcliError where a function has no bound, or no value."""
    with alone():
        reader = CellReader(BITS, PATIENCE)
        for piece in stretches:
            for z in {piece.low, (piece.low + piece.high) / 2, piece.high}:
                if not piece.torn and not reader.over(piece.tree, z, z).is_finite():
                    place = f"no finite value at z = {on_screen(float(z))}"
                    raise ActcliError(f"no polynomial is near it: {place}: leave that z out")


def search_of(g: Sampled, wish: Wish, segments: int) -> Search:
    """Return the search for knots as they are wished."""
    lattice = 0.0
    if wish.knots == "aligned":
        places = wish.grid.places
        fine = 2.0 ** math.floor(math.log2((g.high - g.low) / (16 * max(segments, 1))))
        lattice = fine if places is None else 2.0**-places
    return Search(g, wish.degree, wish.grid.spacing, lattice)


def knots_of(g: Sampled, wish: Wish, segments: int) -> list[float]:
    """Return so many segments' knots as they are wished."""
    if isinstance(wish.knots, tuple):
        return [g.low, *wish.knots, g.high]
    if wish.knots == "uniform":
        low, high = Fraction(g.low), Fraction(g.high)
        return [float(low + (high - low) * i / segments) for i in range(segments + 1)]
    return search_of(g, wish, segments).best(segments).knots


def fewest(g: Sampled, wish: Wish, error: float) -> int:
    """Return how few segments are off by no more than an error, as samples show it."""
    if wish.knots == "free":
        near, most = error * (1 - 1e-6), MOST_SEGMENTS
        knots = Tube(g).path(near, most) if wish.continuous else search_of(g, wish, 0).cover(near, most)
        few, many = 0, len(knots) - 1 if knots else MOST_SEGMENTS + 1
    else:
        search, few, many = Search(g, wish.degree, wish.grid.spacing), 0, 1
        while many <= MOST_SEGMENTS and _seen(search, g, wish, many) > error * (1 - 1e-6):
            few, many = many, 2 * many
        while many - few > 1 and many <= MOST_SEGMENTS:
            middle = (few + many) // 2
            enough = _seen(search, g, wish, middle) <= error * (1 - 1e-6)
            few, many = (few, middle) if enough else (middle, many)
    if many > MOST_SEGMENTS:
        raise ActcliError(
            f"--max-error {error:g}: not reached by {MOST_SEGMENTS:,} segments; write a larger error"
            " or a higher --degree"
        )
    return many


def _seen(search: Search, g: Sampled, wish: Wish, segments: int) -> float:
    try:
        if wish.continuous:
            return _links(g, wish, segments)[2]
        return search.error(knots_of(g, wish, segments))
    except ActcliError:
        return math.inf


def _proven_cuts(stretches: Sequence[Stretch], g: Sampled, wish: Wish, segments: int) -> Approximation:
    made = []
    if wish.continuous:
        knots, values, _ = _links(g, wish, segments)
        for (a, b), (p, q) in zip(pairwise(knots), pairwise(map(Fraction, values)), strict=True):
            slope = (q - p) / (Fraction(b) - Fraction(a))
            powers = [wish.grid.nearest(c) for c in (p - slope * Fraction(a), slope)]
            made.append(Segment(a, b, tuple(powers)))
        return proven(stretches, made)
    knots = knots_of(g, wish, segments)
    for a, b in pairwise(knots):
        fit = fitted(g, a, b, wish.degree, wish.grid.spacing, DENSE)
        powers = [wish.grid.nearest(c) for c in fit.powers]
        made.append(Segment(a, b, tuple(powers)))
    return proven(stretches, made)


def _links(g: Sampled, wish: Wish, segments: int) -> tuple[list[float], list[float], float]:
    """Return the knots and values of lines that meet, and their error: never less than that of others."""
    apart = replace(wish, continuous=False)
    knots = knots_of(g, apart, segments)
    least = search_of(g, apart, segments).error(knots)
    return linked(g, None if wish.knots == "free" else knots, segments, least)
