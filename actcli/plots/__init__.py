"""Draw curves as text: plain data in, a string out.

plotext turns the curves into characters; the frame, ticks, axes and legend around them are set
here. It sees nothing but whole dots inside its canvas, because a nan or a far point is fatal to it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from actcli.plots.ink import (
    ASCII,
    BRAILLE,
    COLOURS,
    FAINT,
    Ink,
    Line,
    centred,
    indented,
    letters,
    paint,
    swatch,
    wrapped,
)
from actcli.plots.strokes import pattern, trace, unit
from actcli.plots.ticks import Array, Limits, Tick, default_limits, sane, ticks


@dataclass(frozen=True)
class Curve:
    """Samples of one curve in increasing z, with what to call it and where it may jump.

    A nan in y leaves a gap. Samples left and right of a break are never joined. `points` are
    marked one by one, in the colour of the curve.
    """

    label: str
    z: Array
    y: Array
    breaks: tuple[float, ...] = ()
    points: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Picture:
    """What to draw; `ylim` None shows all there is. `marks` are kinks, `shaded` saturated parts."""

    curves: tuple[Curve, ...]
    xlim: Limits
    ylim: Limits | None = None
    title: str = ""
    marks: tuple[float, ...] = ()
    shaded: tuple[Limits, ...] = ()


CELL = (2, 4)  # dots across and up in which everything is placed, whatever the ink can show
INK_DOTS = 8000  # plotext needs about 10 us for each; more would be a black smear anyway


def draw(
    picture: Picture,
    *,
    width: int = 80,
    height: int = 24,
    ascii: bool = False,
    color: bool = False,
) -> str:
    """Return the picture as text of at most `width` columns and `height` lines.

    What does not fit is left out: first the title, then the legend, the labels, the frame.
    Colour only adds escape codes: the characters are the same without it.
    """
    ink = ASCII if ascii else BRAILLE
    view = View.of(picture)
    page = plan(picture, view, ink, max(width, 1), max(height, 1))
    lines = [*page.head, *framed(picture, view, page, ink), *page.foot]
    return "".join(paint(line, color) + "\n" for line in lines)


def sample_points(lo: float, hi: float, width: int, breaks: Iterable[float] = ()) -> Array:
    """Return where to sample a curve: four points a column, each break and its two neighbours."""
    share = np.linspace(0.0, 1.0, 4 * max(width, 1) + 1)
    even = lo * (1 - share) + hi * share  # hi - lo may overflow
    edges = np.array([b for b in breaks if lo <= b <= hi])
    near = np.concatenate([np.nextafter(edges, -np.inf), edges, np.nextafter(edges, np.inf)])
    return np.unique(np.clip(np.concatenate([even, near]), lo, hi))


def sparkline(y: Array, *, ascii: bool = False) -> str:
    """Return y as one line of bars, a character for each value; what is not finite is blank."""
    levels = '_.-"' if ascii else "▁▂▃▄▅▆▇█"
    finite = np.isfinite(y)
    if not finite.any():
        return " " * len(y)
    share = unit(y, sane((float(y[finite].min()), float(y[finite].max()))))
    rungs = np.where(finite, np.minimum(share * len(levels), len(levels) - 1), 0).astype(int)
    return "".join(levels[k] if ok else " " for k, ok in zip(rungs, finite, strict=True))


# -- what is shown -----------------------------------------------------------------------


@dataclass(frozen=True)
class View:
    """The limits of the picture, mended: both finite, the second above the first."""

    x: Limits
    y: Limits

    @staticmethod
    def of(picture: Picture) -> "View":
        """Take the limits asked for, or see what is there between the x limits."""
        x = sane(picture.xlim)
        return View(x, sane(picture.ylim or default_limits(heights(picture.curves, x))))


def heights(curves: Iterable[Curve], xlim: Limits) -> Iterable[Array]:
    """Yield the y values that lie between the x limits."""
    for curve in curves:
        z, y = np.asarray(curve.z, float), np.asarray(curve.y, float)
        yield y[(z >= xlim[0]) & (z <= xlim[1])]
        yield np.array([b for a, b in curve.points if xlim[0] <= a <= xlim[1]])


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


# -- the canvas --------------------------------------------------------------------------


def canvas(picture: Picture, view: View, cols: int, rows: int, ink: Ink) -> list[Line]:
    """Return the inside of the frame: zero axes, over them the curves, over them the points."""
    cells = zero_axes(view, cols, rows, ink)
    for row, line in enumerate(rasterise(picture, view, cols, rows, ink)):
        for col, (glyph, colour) in enumerate(line):
            if glyph != " ":
                cells[row][col] = (glyph, colour)
    for index, curve in enumerate(picture.curves):
        for z, y in curve.points:
            for col in columns([z], view, cols):
                for row in lines_of([y], view, rows):
                    cells[row][col] = (ink.point, COLOURS[index % len(COLOURS)])
    return cells


def zero_axes(view: View, cols: int, rows: int, ink: Ink) -> list[Line]:
    """Return a blank canvas with the lines z = 0 and y = 0, unless they run along the frame."""
    across = set(lines_of([0.0], view, rows)) - {0, rows - 1}
    along = set(columns([0.0], view, cols)) - {0, cols - 1}
    kinds = {(0, 0): " ", (1, 0): ink.axes[0], (0, 1): ink.axes[1], (1, 1): ink.axes[2]}
    return [[(kinds[row in across, col in along], FAINT) for col in range(cols)] for row in range(rows)]


def rasterise(picture: Picture, view: View, cols: int, rows: int, ink: Ink) -> list[Line]:
    """Let plotext turn the curves into characters; the first curve lies on top."""
    import plotext  # type: ignore[import-untyped]

    size = (cols * CELL[0], rows * CELL[1])
    coarse = np.append(np.floor_divide(CELL, ink.dots), 1)
    figure = blank_figure(plotext, cols, rows, ink)
    most = max(INK_DOTS // max(len(picture.curves), 1), 1000)
    for index, curve in reversed(list(enumerate(picture.curves))):
        stroke = ink.strokes[index % len(ink.strokes)]
        z, y = np.asarray(curve.z, float), np.asarray(curve.y, float)
        path = pattern(trace(z, y, curve.breaks, (view.x, view.y), size), stroke.dashes, most)
        pixel = plotext.pixel(foreground=COLOURS[index % len(COLOURS)])
        marker = plotext.marker(stroke.marker, pixel=pixel)
        x, up, lifted = (path // coarse).T
        signal = figure.signal((x + 0.5).tolist(), (up + 0.5).tolist(), marker=marker).lines()
        for start in np.flatnonzero(lifted).tolist():
            signal.line(start, False)
        figure.draw(signal)
    return [decode(line) for line in figure.build().string().splitlines()]


def blank_figure(plotext: Any, cols: int, rows: int, ink: Ink) -> Any:
    """Return plotext's one global figure, emptied: a bare canvas of whole dots."""
    plotext.terminal.limit(False, False)
    figure = plotext.figure.clear()
    figure.theme("colorless")
    figure.plot_size(cols, rows).axes(False).legend(False)
    for axis, length in (("x", cols * ink.dots[0]), ("y", rows * ink.dots[1])):
        figure.ruler(axis).frequency(0).lim(0, length).alignment(lim="edge")
    return figure


def decode(line: str) -> Line:
    """Split a line of plotext's into characters and the colours that say whose they are."""
    parts = re.findall(r"\x1b\[(?:0|38;5;(\d+))m([^\x1b]*)", line)
    return [(glyph, int(code) if code else None) for code, text in parts for glyph in text]


# -- the page around it ------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """What fits: the canvas, and of the parts around it those there is room for."""

    cols: int
    rows: int
    frame: bool
    margin: int = 0  # columns left of the frame, for the labels of y
    x: list[Tick] = field(default_factory=list)
    y: list[Tick] = field(default_factory=list)
    head: list[Line] = field(default_factory=list)
    foot: list[Line] = field(default_factory=list)


def plan(picture: Picture, view: View, ink: Ink, width: int, height: int) -> Page:
    """Share out the lines and columns, giving up the least useful part first."""
    foot = wrapped(legend(picture, view, ink), width, max(height // 3, 1), ink.more)
    frame = 2 if width >= 5 else 0
    needs = {"title": min(len(picture.title), 1), "foot": len(foot), "labels": frame // 2}
    kept = fitting(needs | {"frame": frame}, height, 3)
    frame = kept.get("frame", 0)
    rows = height - sum(kept.values())
    y = y_ticks(view, rows) if frame else []
    margin = max((len(tick.label) for tick in y), default=0)
    margin = margin if width - margin - frame >= max(10, margin) else 0
    cols = width - margin - frame
    x = x_ticks(view, cols) if kept.get("labels") else []
    head = [centred(letters(picture.title, ink is ASCII), margin, cols + frame, ink.more)]
    return Page(
        cols=cols, rows=rows, frame=frame > 0, margin=margin, x=x, y=y if margin else [],
        head=head[: kept.get("title", 0)],
        foot=[*tick_line(x, margin, cols), *indented(foot[: kept.get("foot", 0)], margin, width)],
    )  # fmt: skip


def fitting(needs: dict[str, int], room: int, least: int) -> dict[str, int]:
    """Drop parts from the first on until they leave at least `least` of the room."""
    for count in range(len(needs) + 1):
        kept = dict(list(needs.items())[count:])
        if room - sum(kept.values()) >= least:
            return kept
    return {}


def y_ticks(view: View, rows: int) -> list[Tick]:
    """Choose ticks about three rows apart, each on a line of its own."""
    for about in range(min(max(rows // 3 + 1, 3), 9), 0, -1):
        chosen = ticks(view.y, about)
        if len({line_of(tick.place, rows) for tick in chosen}) == len(chosen):
            break
    return chosen[:rows]


def x_ticks(view: View, cols: int) -> list[Tick]:
    """Choose as many ticks as have two blanks between their labels."""
    for about in range(min(cols // 9 + 1, 13), 0, -1):
        chosen = ticks(view.x, about)
        spans = tick_spans(chosen, cols)
        if all(end + 2 <= start for (_, end), (start, _) in pairwise(spans)):
            break
    return chosen if max((end for _, end in spans), default=0) <= cols + 1 else []


def tick_spans(chosen: list[Tick], cols: int) -> list[tuple[int, int]]:
    """Return where each label starts and ends, centred under its tick, counted from the canvas."""
    sizes = [len(tick.label) for tick in chosen]
    middles = [column(tick.place, cols) for tick in chosen]
    starts = [
        max(min(middle - size // 2, cols + 1 - size), -1) for middle, size in zip(middles, sizes, strict=True)
    ]
    return [(start, start + size) for start, size in zip(starts, sizes, strict=True)]


def tick_line(chosen: list[Tick], margin: int, cols: int) -> list[Line]:
    """Return the line of labels below the frame, if there are any."""
    line = ""
    for tick, (start, _) in zip(chosen, tick_spans(chosen, cols), strict=True):
        line = line.ljust(margin + 1 + start) + tick.label
    return [letters(line)] if line else []


def framed(picture: Picture, view: View, page: Page, ink: Ink) -> list[Line]:
    """Return the canvas with the frame and the labels of y around it."""
    inside = canvas(picture, view, page.cols, page.rows, ink)
    if not page.frame:
        return inside
    names = {line_of(tick.place, page.rows): tick.label for tick in page.y}
    wall, indent = ink.bars[1], " " * page.margin
    top = indent + ink.corners[0] + ink.bars[0] * page.cols + ink.corners[1]
    middle = [
        letters(names.get(row, "").rjust(page.margin) + (ink.ytick if row in names else wall))
        + line
        + letters(wall)
        for row, line in enumerate(inside)
    ]
    bottom = indent + ink.corners[2] + floor(picture, view, page, ink) + ink.corners[3]
    return [letters(top), *middle, letters(bottom)]


def floor(picture: Picture, view: View, page: Page, ink: Ink) -> str:
    """Return the z axis: heavy where the curve is saturated, with its ticks and kinks."""
    line = [ink.bars[0]] * page.cols
    for ends in picture.shaded:
        for col in range(*span(ends, view, page.cols)):
            line[col] = ink.heavy
    for tick in page.x:
        col = column(tick.place, page.cols)
        line[col] = ink.xtick[line[col] == ink.heavy]
    for col in columns(picture.marks, view, page.cols):
        line[col] = ink.kink
    return "".join(line)


def span(ends: Limits, view: View, cols: int) -> tuple[int, int]:
    """Return the first cell of an interval and the one after its last; empty if out of sight."""
    lo, hi = max(ends[0], view.x[0]), min(ends[1], view.x[1])
    if not lo < hi:
        return 0, 0
    first, last = columns([lo, hi], view, cols)
    return first, last + 1


# -- the legend --------------------------------------------------------------------------


def legend(picture: Picture, view: View, ink: Ink) -> list[Line]:
    """Name each curve beside a sample of its stroke, then explain the marks that are there."""
    items = []
    for index, curve in enumerate(picture.curves):
        sample = swatch(ink.strokes[index % len(ink.strokes)])
        colour = COLOURS[index % len(COLOURS)]
        name = letters(f" {curve.label}", ink is ASCII)
        items.append([*((glyph, colour) for glyph in sample), *name])
    if columns(picture.marks, view, 1):
        items.append(letters(f"{ink.kink} kink"))
    if any(span(ends, view, 1)[1] for ends in picture.shaded):
        items.append(letters(f"{ink.heavy * 2} saturated"))
    return items
