"""The legend of a figure: in a corner that no curve runs through, or above the frames."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from actcli.language.limits import Array
from actcli.pictures.plots.picture import Panel, Picture
from actcli.pictures.sheets import (
    DASHES,
    INKS,
    MARKS,
    Frame,
    Lettering,
    Line,
    Look,
    dot,
    folded,
    polylines,
    spot,
    stroke_width,
    text_width,
)

SAMPLE, BEFORE = 2.2, 2.7  # how long the sample of a curve is, and where its name begins, in letters
LINE = 1.45  # from line to line, in letters


@dataclass(frozen=True)
class Item:
    """A name with how the curve looks: its colour ("" is the ink), stroke, and mark; 0 wide has no stroke."""

    name: str
    color: str
    width: float = 0.0
    dashes: tuple[float, ...] = ()
    mark: tuple[int, bool] | None = None


Row = list[tuple[Item, float]]  # the items of a line, each with its place from the left


def legend(picture: Picture, panel: Panel, first: bool) -> Iterator[Item]:
    """Yield the names of a panel's curves with how they look, then what else is to be explained."""
    for index, curve in enumerate(panel.curves):
        mark = None if len(curve.z) else MARKS[index % len(MARKS)]
        look = INKS[index % len(INKS)], stroke_width(curve), DASHES[index % len(DASHES)]
        yield Item(curve.label, *look, mark)
    lo, hi = panel.view.x
    if first and any(lo <= z <= hi for z in picture.marks):
        yield Item("kink", "", mark=(3, True))
    if first and any(max(a, lo) < min(b, hi) for a, b in picture.shaded):
        yield Item(picture.shaded_as, "faint", 3.6)


def free_corner(frame: Frame, items: Sequence[Item], look: Look) -> Array | None:
    """Return the corners of a box for a legend in a free corner of a frame; None where curves are in each."""
    letter, pad = look.letters, look.letters * 0.8
    width = max((text_width(item.name, letter) for item in items), default=0) + letter * (BEFORE + 0.9)
    height = letter * (LINE * len(items) + 0.5)
    taken = [line for curve in frame.panel.curves for line in polylines(curve, frame)]
    taken += [np.array([spot(point, frame)]) for curve in frame.panel.curves for point in curve.points]
    for x in (frame.left + pad, frame.left + frame.width - width - pad):
        for y in (frame.top + pad, frame.top + frame.height - height - pad):
            box = np.array([(x, y), (x + width, y + height)])
            if (box[0] >= (frame.left, frame.top)).all() and not any(
                _runs_through(line, box) for line in taken
            ):
                return box
    return None


def _runs_through(line: Array, box: Array) -> bool:
    """Tell whether a path comes into a box, looked at every 2 px of it."""
    steps = np.append(0, np.cumsum(np.hypot(*np.diff(line, axis=0).T)))
    along = np.linspace(0, steps[-1], int(steps[-1] / 2) + 2)
    places = np.column_stack([np.interp(along, steps, line[:, k]) for k in (0, 1)])
    room = 9 if len(line) == 1 else 4  # a mark is wider than a line
    return bool(((places > box[0] - room) & (places < box[1] + room)).all(axis=1).any())


def _sample(item: Item, x: float, y: float, look: Look) -> Iterator[Line | Lettering]:
    letter = look.letters
    ink = {"": look.ink, "faint": look.faint}.get(item.color, item.color)
    up = y - letter * 0.35
    if item.mark:
        yield dot(x + letter * SAMPLE / 2, up, item.mark, 3.2, ink)
    elif item.width:
        yield Line(np.array([(x, up), (x + letter * SAMPLE, up)]), ink, item.width, item.dashes)
    yield Lettering(x + letter * BEFORE, y, item.name, look.ink, letter, "start")


def legend_in(box: Array, items: Sequence[Item], look: Look) -> Iterator[Line | Lettering]:
    """Yield a legend in a box; with marks it has a border, so that they are not taken for data."""
    if any(item.mark and item.name != "kink" for item in items):
        (left, top), (right, bottom) = box - [look.letters * 0.4, 0]
        corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
        yield Line(np.array(corners), look.faint, 0.6)
    for k, item in enumerate(items):
        yield from _sample(item, box[0, 0], box[0, 1] + look.letters * (1.15 + LINE * k), look)


def rows_of(items: Sequence[Item], room: float, letter: float) -> list[Row]:
    """Share the legend's items out to lines; a name that is too long goes on below."""
    rows: list[Row] = [[]]
    x = 0.0
    for item in items:
        first, *more = folded(item.name, letter, room - letter * BEFORE) or [""]
        width = text_width(first, letter) + letter * 4.2
        if rows[-1] and x + width > room + letter * (4.2 - BEFORE):
            rows.append([])
            x = 0.0
        rows[-1].append((replace(item, name=first), x))
        x += width
        rows += [[(Item(part, ""), 0.0)] for part in more]
        x = room if more else x
    return rows


def height_of(rows: Sequence[Row], letter: float) -> float:
    """Return how much room lines above the frames take."""
    return letter * (LINE * len(rows) + 0.4) if rows else 0.0


def legend_above(rows: Sequence[Row], frame: Frame, look: Look) -> Iterator[Line | Lettering]:
    """Yield the lines of a legend above a frame."""
    start = frame.top - height_of(rows, look.letters)
    for k, row in enumerate(rows):
        for item, x in row:
            yield from _sample(item, frame.left + x, start + look.letters * (1.0 + LINE * k), look)
