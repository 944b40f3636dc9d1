"""The legend of a figure: in a corner that no curve runs through, or above the frames."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from actcli.language.limits import Array
from actcli.pictures.plots.picture import Panel, Picture
from actcli.pictures.sheets import (
    Frame,
    Lettering,
    Line,
    Look,
    Style,
    dot,
    folded,
    polylines,
    spot,
    style_of,
    text_width,
)

SAMPLE, BEFORE = 2.2, 2.7  # how long the sample of a curve is, and where its name begins, in letters
LINE = 1.45  # from line to line, in letters


Item = tuple[str, Style, str]  # a text, how what is called so looks, and the name of its parts
Row = list[tuple[Item, float]]  # the items of a line, each with its place from the left


def legend(picture: Picture, panel: Panel, first: bool) -> Iterator[Item]:
    """Yield the names of a panel's curves with how they look, then what else is to be explained."""
    for index, curve in enumerate(panel.curves):
        style = style_of(curve, index)
        name = "aside" if curve.kind == "line" else f"c{index + (0 if first else len(picture.curves))}"
        yield curve.label, style._replace(mark=None) if len(curve.z) else style, name
    kinks, parts = panel.view.remarks(picture)
    if first and kinks:
        yield "kink", Style("", mark=(3, True)), "aside"
    if first and parts:
        yield picture.shaded_as, Style("faint", 3.6), "aside"


def free_corner(frame: Frame, items: Sequence[Item], look: Look) -> Array | None:
    """Return the corners of a box for a legend in a free corner of a frame; None where curves are in each."""
    letter, pad = look.letters, look.letters * 0.8
    width = max((text_width(name, letter) for name, *_ in items), default=0) + letter * (BEFORE + 0.9)
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
    (text, style, name), letter = item, look.letters
    ink = {"": look.ink, "faint": look.faint}.get(style.color, style.color)
    up = y - letter * 0.35
    if style.mark:
        sample = dot(x + letter * SAMPLE / 2, up, style.mark, 3.2, ink)
        yield replace(sample, name="aside" if name == "aside" else "")
    elif style.width:
        ends = np.array([(x, up), (x + letter * SAMPLE, up)])
        yield Line(ends, ink, style.width, style.dashes, name="aside" if name == "aside" else "")
    yield Lettering(x + letter * BEFORE, y, text, look.ink, letter, "start", name=name)


def legend_in(box: Array, items: Sequence[Item], look: Look) -> Iterator[Line | Lettering]:
    """Yield a legend in a box; with marks it has a border, so that they are not taken for data."""
    if any(style.mark and style.color for _, style, _ in items):
        (left, top), (right, bottom) = box - [look.letters * 0.4, 0]
        corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
        yield Line(np.array(corners), look.faint, 0.6)
    for k, item in enumerate(items):
        yield from _sample(item, box[0, 0], box[0, 1] + look.letters * (1.15 + LINE * k), look)


def rows_of(items: Sequence[Item], room: float, letter: float) -> list[Row]:
    """Share the legend's items out to lines, in columns where that takes no more of them.

    A name that is too long goes on below.
    """
    rows: list[Row] = [[]]
    x, limit, wide = 0.0, room + letter * (4.2 - BEFORE), [_width(name, letter) for name, *_ in items]
    for text, style, name in items:
        first, *more = folded(text, letter, room - letter * BEFORE) or [""]
        if rows[-1] and x + _width(first, letter) > limit:
            rows, x = [*rows, []], 0.0
        rows[-1].append(((first, style, name), x))
        rows += [[((part, Style(""), name), 0.0)] for part in more]
        x = limit if more else x + _width(first, letter)
    every = int(limit / max(wide, default=limit))
    if len(items) > every * len(rows):
        return rows
    starts = range(0, len(items), every)
    return [[(item, max(wide) * k) for k, item in enumerate(items[i : i + every])] for i in starts]


def _width(name: str, letter: float) -> float:
    return text_width(name, letter) + letter * 4.2


def height_of(rows: Sequence[Row], letter: float) -> float:
    """Return how much room lines above the frames take."""
    return letter * (LINE * len(rows) + 0.4) if rows else 0.0


def legend_above(rows: Sequence[Row], frame: Frame, look: Look) -> Iterator[Line | Lettering]:
    """Yield the lines of a legend above a frame."""
    start = frame.top - height_of(rows, look.letters)
    for k, row in enumerate(rows):
        for item, x in row:
            yield from _sample(item, frame.left + x, start + look.letters * (1.0 + LINE * k), look)
