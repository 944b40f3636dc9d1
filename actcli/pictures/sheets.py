"""A sheet for a figure: the lines, texts and frames on it, and where curves run in a frame.

Units are px of 1/96 inch, y grows downward. Curves are paths through their samples, cut to the frame, with
no more points than the eye needs.
"""

import math
import textwrap
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from actcli.language.limits import Array
from actcli.pictures.plots.ink import letters
from actcli.pictures.plots.picture import Curve, Panel
from actcli.pictures.plots.strokes import segments, unit

# M. Okabe and K. Ito, Color Universal Design, 2008: told apart by the colour-blind; dashes differ, too.
INKS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C510A", "#666666")
ON_DARK = {"#0072B2": "#3b9fe0", "#8C510A": "#c98d3f", "#666666": "#a8a8a8"}
DASHES: tuple[tuple[float, ...], ...] = (
    (), (7, 3), (2, 2.4), (8, 2.5, 2, 2.5), (12, 4), (3.5, 3), (8, 2.5, 2, 2.5, 2, 2.5), (12, 3, 5, 3),
    (1, 4.5),
)  # fmt: skip
MARKS: tuple[tuple[int, bool], ...] = (  # corners; filled or not
    (24, True), (24, False), (4, True), (4, False), (3, True), (3, False), (5, True)
)  # fmt: skip
CURVE_WIDTH = 1.6
UNSEEN = 0.04  # px that a path may differ from its samples: nothing at 400 %
FIGURE_SIZE = (453.5, 302.4)  # 12 cm by 8 cm


@dataclass(frozen=True)
class Look:
    """How large a figure is, in px, and what it is drawn with."""

    size: tuple[float, float] = FIGURE_SIZE
    letters: float = 11.0
    dark: bool = False
    ink: str = "#1a1a1a"
    faint: str = "#b8b8b8"
    paper: str = ""
    margin: float = 0.04  # of the frame's height, above and below what is shown


@dataclass(frozen=True)
class Line:
    """A path through points; closed ones are filled. `name`: c0 if of the first curve, aside if of a mark."""

    points: Array
    color: str
    width: float = 1.0
    dashes: tuple[float, ...] = ()
    filled: bool = False
    name: str = ""


@dataclass(frozen=True)
class Lettering:
    """A text at a place: `anchor` start, middle or end, `turned` upward along an axis; `name` as of lines."""

    x: float
    y: float
    text: str
    color: str
    size: float
    anchor: str = "middle"
    turned: bool = False
    name: str = ""


@dataclass(frozen=True)
class Figure:
    """A sheet with what is drawn on it, the first below all else; small ones have no legend."""

    size: tuple[float, float]
    paper: str
    parts: list["Line | Lettering"]
    frames: list["Frame"]
    boxes: list[Array]  # of the legends in them; none where one stands above them
    is_named: bool = True


@dataclass(frozen=True)
class Frame:
    """A panel with its place on the sheet: left, top, width, height."""

    panel: Panel
    left: float
    top: float
    width: float
    height: float

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return the place of shares of both axes."""
        return self.left + x * self.width, self.top + (1 - y) * self.height

    def in_data(self, line: Array) -> Array:
        """Return the numbers that places on the sheet stand for."""
        (left, right), (low, high) = self.panel.view.x, self.panel.view.y
        x, y = (line[:, 0] - self.left) / self.width, 1 - (line[:, 1] - self.top) / self.height
        found = np.column_stack([left + x * (right - left), low + y * (high - low)])
        found[np.abs(found) < 1e-9 * np.array([right - left, high - low])] = 0.0
        return found


def darkened(look: Look) -> Look:
    """Return the look for a dark ground."""
    return replace(look, dark=True, ink="#e8e8e8", faint="#5a5a5a", paper=look.paper or "#16181d")


# ---------------------------------------------------------------------------- curves


class Style(NamedTuple):
    """How a curve looks: its colour, the width and the dashes of its stroke, and the mark of its points."""

    color: str
    width: float = 0.0
    dashes: tuple[float, ...] = ()
    mark: tuple[int, bool] | None = None


def style_of(curve: Curve, index: int) -> Style:
    """Return how a curve looks in its place among others; what is laid over others is thin."""
    mark = MARKS[0 if len(curve.z) else index % len(MARKS)]
    width = 1.0 if curve.kind == "line" else CURVE_WIDTH
    return Style(INKS[index % len(INKS)], width, DASHES[index % len(DASHES)], mark)


def dot(x: float, y: float, mark: tuple[int, bool], size: float, color: str) -> Line:
    """Return a mark: a polygon with a corner above, or with a side, if it has four; filled or not."""
    corners, filled = mark
    turns = np.arange(corners + 1) * 2 * math.pi / corners + (math.pi / 4 if corners == 4 else 0)
    points = np.column_stack([x + size * np.sin(turns), y - size * np.cos(turns)])
    return Line(points, color, 1.1, filled=filled)


def spot(point: tuple[float, float], frame: Frame) -> tuple[float, float]:
    """Return the place of a point on the sheet."""
    view = frame.panel.view
    return frame.at(float(unit([point[0]], view.x)[0]), float(unit([point[1]], view.y)[0]))


def polylines(curve: Curve, frame: Frame) -> list[Array]:
    """Return the pieces of a curve within a frame, in px: apart where it jumps, is not defined, or leaves."""
    z, y = np.asarray(curve.z, float), np.asarray(curve.y, float)
    if not len(z):
        return []
    view, size = frame.panel.view, np.array([frame.width, frame.height])
    first, last = segments(z, y, curve.breaks, (view.x, view.y), size)
    cuts = np.flatnonzero((np.abs(first[1:] - last[:-1]) > 1e-9).any(axis=1)) + 1
    found = []
    for a, b in zip(np.split(first, cuts), np.split(last, cuts), strict=True):
        if len(a):
            line = simplified(np.vstack([a, b[-1:]]))
            found.append(np.column_stack([frame.left + line[:, 0], frame.top + frame.height - line[:, 1]]))
    whole = [line for line in found if not is_lone(line)]
    ends = np.array([line[k] for line in whole for k in (0, -1)]).reshape(-1, 2)
    lone = [line for line in found if is_lone(line) and not (np.abs(ends - line[0]) < 0.5).all(axis=1).any()]
    return whole + lone  # a value on a jump may be one of its sides


def is_lone(line: Array) -> bool:
    """Tell whether a piece of a curve is a point."""
    return bool((line == line[0]).all())


def simplified(line: Array, within: float = UNSEEN) -> Array:
    """Return a path without the points that lie on it anyway (Douglas and Peucker 1973)."""
    keep = np.zeros(len(line), bool)
    keep[[0, -1]] = True
    todo = [(0, len(line) - 1)]
    while todo:
        a, b = todo.pop()
        if b - a < 2:
            continue
        along = line[b] - line[a]
        off = line[a + 1 : b] - line[a]
        length = math.hypot(*along)
        far = np.abs(along[0] * off[:, 1] - along[1] * off[:, 0]) / length if length else np.hypot(*off.T)
        if far.max() > within:
            middle = a + 1 + int(far.argmax())
            keep[middle] = True
            todo += [(a, middle), (middle, b)]
    return line[keep]


# ---------------------------------------------------------------------------- texts


def text_width(text: str, size: float) -> float:
    """Return about how wide a text is in a sans-serif font; wide letters of the East count double."""
    return 0.56 * size * len(letters(text))


def folded(text: str, size: float, room: float) -> list[str]:
    """Break a text into lines that are about so wide, between words where that goes."""
    wide = text_width(text, size)
    return [text] if wide <= room else textwrap.wrap(text, max(int(room * len(text) / wide), 1))
