"""What is to be drawn: curves, the picture they are in, and the panels it falls into."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import ceil, floor

import numpy as np

from actcli.catalog.entries import Function
from actcli.language.limits import Array, Limits
from actcli.pictures.plots.strokes import unit
from actcli.pictures.plots.ticks import default_limits, sane

CELL = (2, 4)  # dots across and up in which everything is placed, whatever the ink can show
CALM, CALM_LOG = 1 / 8, 1 / 100  # of the width: farther than this from what runs away all is shown


@dataclass(frozen=True)
class Curve:
    """Samples of one curve in increasing z, with what to call it and where it may jump.

    A nan in y leaves a gap. Samples left and right of a break are never joined. `points` are
    marked one by one, in the colour of the curve; a curve may consist of nothing else. Of a "function"
    the far ends of poles may be left out of sight, of "data" nothing, and a "line" may leave the picture.
    `asked`: which derivative it shows of which function; `sign`: that of y where |y| is shown.
    `far`: where y runs out of sight, at poles, and at zeros of what is shown as logarithms.
    """

    label: str
    z: Array
    y: Array
    breaks: tuple[float, ...] = ()
    points: tuple[tuple[float, float], ...] = ()
    kind: str = "function"
    asked: tuple[Function, int] | None = None
    sign: int = 0
    filled: bool = False
    far: tuple[float, ...] = ()

    def in_sight(self, xlim: Limits, log: bool) -> Iterator[Array]:
        """Yield the y of samples and of points between x limits, without the far ends of what runs away."""
        z, y = np.asarray(self.z, float), np.asarray(self.y, float)
        inside = (z >= xlim[0]) & (z <= xlim[1]) & np.isfinite(y)
        z, y = z[inside], y[inside]
        if self.far and len(y):
            away = np.abs(np.subtract.outer(z / 2, np.divide(self.far, 2))).min(1)
            calm = y[away > (xlim[1] / 2 - xlim[0] / 2) * (CALM_LOG if log else CALM)]
            most = max(3 * np.sort(np.abs(y))[int(0.75 * len(y))], np.abs(calm).max(initial=0))
            y = (calm if len(calm) else y) if log else np.clip(y, -most, most)
        yield y
        yield np.array([b for a, b in self.points if xlim[0] <= a <= xlim[1]])


@dataclass(frozen=True)
class Picture:
    """What to draw; `ylim` None shows all there is. `marks` are kinks, `shaded` saturated parts.

    `xnames` are ticks of the z axis with their names, where it is no axis of numbers.
    The curves of `lower` have a panel of their own below the others, over the same z axis; they look
    like those above, one by one.
    """

    curves: tuple[Curve, ...]
    xlim: Limits
    ylim: Limits | None = None
    title: str = ""
    marks: tuple[float, ...] = ()
    shaded: tuple[Limits, ...] = ()
    shaded_as: str = "saturated"
    lower: tuple[Curve, ...] = ()
    xlabel: str = "z"
    xnames: tuple[tuple[float, str], ...] = ()
    ylabel: str = ""
    log: bool = False  # y are decimal logarithms
    grid: bool = False

    def titles(self) -> dict[str, str]:
        """Return the texts around the picture, the least needed first; z alone needs no name."""
        texts = {"ylabel": self.ylabel, "xlabel": self.xlabel, "title": self.title}
        return {name: text for name, text in texts.items() if text and (name, text) != ("xlabel", "z")}


@dataclass(frozen=True)
class View:
    """The limits of a panel, mended: both finite, the second above the first."""

    x: Limits
    y: Limits
    log: bool = False  # y are decimal logarithms

    @staticmethod
    def of(curves: tuple[Curve, ...], picture: Picture, ylim: Limits | None) -> "View":
        """Take the limits asked for, or see what is there between the x limits."""
        x = sane(picture.xlim)
        parts, data = (
            [part for curve in curves if curve.kind == kind for part in curve.in_sight(x, picture.log)]
            for kind in ("function", "data")
        )
        if picture.log and not ylim:
            low, high = default_limits([], [*parts, *data])
            ylim = (low, high) if high - low > 2 else (floor(low), max(ceil(high), floor(low) + 1))
        return View(x, sane(ylim or default_limits(parts, data)), picture.log)

    def remarks(self, picture: Picture) -> tuple[list[float], list[Limits]]:
        """Return the kinks and the saturated parts in sight."""
        lo, hi = self.x
        parts = [(max(a, lo), min(b, hi)) for a, b in picture.shaded]
        return [z for z in picture.marks if lo <= z <= hi], [(a, b) for a, b in parts if a < b]

    def points(self, curve: Curve) -> list[tuple[float, float]]:
        """Return the points of a curve in sight."""
        (left, right), (low, high) = self.x, self.y
        return [(z, y) for z, y in curve.points if left <= z <= right and low <= y <= high]


@dataclass(frozen=True)
class Panel:
    """Curves that share a canvas, and the limits of what it shows; their order decides how they look."""

    curves: tuple[Curve, ...]
    view: View


def panels(picture: Picture, apart: bool) -> list[Panel]:
    """Return the panels from top to bottom: one with all the curves unless they are kept apart."""
    upper, lower = picture.curves, picture.lower
    if not lower or not apart:
        return [Panel((*upper, *lower), View.of((*upper, *lower), picture, picture.ylim))]
    return [
        Panel(upper, View.of(upper, picture, picture.ylim)),
        Panel(lower, View.of(lower, picture, None)),
    ]


def column(place: float, cols: int) -> int:
    """Return the column, from the left, of a place between 0 and 1."""
    return int(place * (cols * CELL[0] - 1) + 0.5) // CELL[0]


def line_of(place: float, rows: int) -> int:
    """Return the line, from the top, of a place between 0 and 1."""
    return rows - 1 - int(place * (rows * CELL[1] - 1) + 0.5) // CELL[1]


def columns(values: Iterable[float], view: View, cols: int) -> list[int]:
    """Return the columns of the values that lie within the limits."""
    lo, hi = view.x
    return [column(place, cols) for place in unit([z for z in values if lo <= z <= hi], view.x)]


def lines_of(values: Iterable[float], view: View, rows: int) -> list[int]:
    """Return the lines of the values that lie within the limits."""
    lo, hi = view.y
    return [line_of(place, rows) for place in unit([y for y in values if lo <= y <= hi], view.y)]
