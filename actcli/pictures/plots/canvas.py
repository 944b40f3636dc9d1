"""The inside of the frame: zero axes, curves that plotext turns into characters, and points.

plotext sees nothing but whole dots inside its canvas, because a nan or a far point is fatal to it.
"""

import re
import sys
from types import ModuleType
from typing import Any

import numpy as np

from actcli.pictures.plots.ink import COLOURS, FAINT, Ink, Line
from actcli.pictures.plots.picture import CELL, Curve, Panel, View, columns, lines_of
from actcli.pictures.plots.strokes import Dots, pattern, share, trace

INK_DOTS = 8000  # plotext needs about 10 us for each; more would be a black smear anyway


def canvas(panel: Panel, cols: int, rows: int, ink: Ink, grid: tuple[list[int], list[int]]) -> list[Line]:
    """Return the inside of the frame: zero axes and grid, over them the curves, over them the points."""
    cells = zero_axes(panel.view, cols, rows, ink, grid)
    for row, line in enumerate(rasterise(panel, cols, rows, ink)):
        for col, (glyph, colour) in enumerate(line):
            if glyph != " ":
                cells[row][col] = (glyph, colour)
    for index, curve in enumerate(panel.curves):
        mark = (point_mark(curve, index, ink), COLOURS[index % len(COLOURS)])
        z, y = np.array(panel.view.points(curve)).reshape(-1, 2).T.tolist()
        for row, col in zip(lines_of(y, panel.view, rows), columns(z, panel.view, cols), strict=True):
            cells[row][col] = mark
    return cells


def point_mark(curve: Curve, index: int, ink: Ink) -> str:
    """Return the mark of a curve's points; one that has nothing but points has a mark of its own."""
    return ink.points[0 if len(curve.z) else index % len(ink.points)]


def zero_axes(view: View, cols: int, rows: int, ink: Ink, grid: tuple[list[int], list[int]]) -> list[Line]:
    """Return a blank canvas with the lines z = 0 and y = 0 and a grid, unless they run along the frame."""
    across = {*lines_of([] if view.log else [0.0], view, rows), *grid[1]} - {0, rows - 1}
    along = {*columns([0.0], view, cols), *grid[0]} - {0, cols - 1}
    kinds = {(0, 0): " ", (1, 0): ink.axes[0], (0, 1): ink.axes[1], (1, 1): ink.axes[2]}
    return [[(kinds[row in across, col in along], FAINT) for col in range(cols)] for row in range(rows)]


def rasterise(panel: Panel, cols: int, rows: int, ink: Ink) -> list[Line]:
    """Let plotext turn the curves into characters; the first curve lies on top."""
    plotext = _plotext()
    coarse = np.append(np.floor_divide(CELL, ink.dots), 1)
    figure = blank_figure(plotext, cols, rows, ink)
    most = max(INK_DOTS // max(len(panel.curves), 1), 1000)
    paths = share([path_of(curve, panel.view, cols, rows) for curve in panel.curves], most)
    for index, path in reversed(list(enumerate(paths))):
        stroke = ink.strokes[index % len(ink.strokes)]
        pixel = plotext.pixel(foreground=COLOURS[index % len(COLOURS)])
        marker = plotext.marker(stroke.marker, pixel=pixel)
        x, up, lifted = (pattern(path, stroke.dashes, most) // coarse).T
        signal = figure.signal((x + 0.5).tolist(), (up + 0.5).tolist(), marker=marker).lines()
        for start in np.flatnonzero(lifted).tolist():
            signal.line(start, False)
        figure.draw(signal)
    return [decode(line) for line in figure.build().string().splitlines()]


def _plotext() -> Any:
    """Import plotext without its manual, which it would write at every start in two thirds of its time."""
    if "plotext" not in sys.modules:
        manual = ModuleType("plotext._doc.doc")
        manual.docs = None  # type: ignore[attr-defined]
        sys.modules.setdefault(manual.__name__, manual)
    import plotext  # type: ignore[import-untyped]

    return plotext


def path_of(curve: Curve, view: View, cols: int, rows: int) -> Dots:
    """Return the path of a curve over a canvas."""
    z, y = np.asarray(curve.z, float), np.asarray(curve.y, float)
    return trace(z, y, curve.breaks, (view.x, view.y), (cols * CELL[0], rows * CELL[1]))


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
