"""A picture as a figure for a paper: lines, areas and texts laid out on a sheet, for any printer."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from actcli.errors import ActcliError
from actcli.language.limits import Limits
from actcli.pictures.legends import (
    LINE,
    Row,
    free_corner,
    height_of,
    legend,
    legend_above,
    legend_in,
    rows_of,
)
from actcli.pictures.plots.picture import Curve, Panel, Picture, panels
from actcli.pictures.plots.strokes import unit
from actcli.pictures.plots.ticks import Tick, named_ticks, sane, step, ticks
from actcli.pictures.sheets import (
    MARKS,
    ON_DARK,
    Figure,
    Frame,
    Lettering,
    Line,
    Look,
    dot,
    folded,
    is_lone,
    polylines,
    spot,
    style_of,
    text_width,
)

LEAST_SIDE = 12.0  # px of a frame
LEAST_ROOM = 0.3  # of the height, for frames; where a legend would leave less there is none


def figure(picture: Picture, look: Look) -> Figure:
    """Lay a picture out on a sheet."""
    shown = [_with_margin(panel, look.margin) for panel in panels(picture, apart=True)]
    items = [list(legend(picture, panel, first=panel is shown[0])) for panel in shown]
    frames = _frames(picture, shown, look, 0.0)
    if min(side for frame in frames for side in (frame.width, frame.height)) < LEAST_SIDE:
        raise ActcliError(
            "the sheet has no room beside its title and labels: shorten them, or choose a larger --size"
        )
    free = [free_corner(frame, each, look) for frame, each in zip(frames, items, strict=True)]
    boxes, is_named, rows = [box for box in free if box is not None], True, list[Row]()
    if len(boxes) < len(free):  # the legend stands above the frame
        rows = rows_of([item for each in items for item in each], frames[0].width, look.letters)
        above = _frames(picture, shown, look, height_of(rows, look.letters))
        is_named = sum(frame.height for frame in above) > LEAST_ROOM * look.size[1]
        frames, rows, boxes = above if is_named else frames, rows if is_named else [], []
    parts: list[Line | Lettering] = []
    for index, frame in enumerate(frames):
        before = index and len(picture.curves)
        parts += _panel(picture, frame, look, before, last=index == len(frames) - 1)
    parts += _titles(picture, frames, look)
    parts += legend_above(rows, frames[0], look)
    for box, each in zip(boxes, items, strict=False):
        parts += legend_in(box, each, look)
    if look.dark:
        parts = [replace(part, color=ON_DARK.get(part.color, part.color)) for part in parts]
    return Figure(look.size, look.paper, parts, frames, boxes, is_named)


def _with_margin(panel: Panel, margin: float) -> Panel:
    low, high = panel.view.y
    room = margin * (high - low)
    wider = sane((low - room, high + room)) if math.isfinite(room) else (low, high)
    return replace(panel, view=replace(panel.view, y=wider))


def _frames(picture: Picture, shown: Sequence[Panel], look: Look, above: float) -> list[Frame]:
    """Share the sheet out to the panels, with room for labels, titles and a legend `above`."""
    (width, height), letter = look.size, look.letters
    titles, below, beside = map(len, _texts(picture, look))
    top = letter * (0.8 + 1.5 * titles) + above
    gap = letter * 0.9
    room = (height - top - letter * (2.1 + LINE * below) - gap * (len(shown) - 1)) / len(shown)
    left = letter * (1.0 + 0.62 * _widest(shown, _about(room)) + LINE * beside)
    right = letter * 1.2
    for tick in _across(picture, shown[0].view.x, width - left - right, letter):
        half, inner = text_width(tick.label, letter) / 2 + 0.3 * letter, width - left - right
        left, right = max(left, half - tick.place * inner), max(right, half - (1 - tick.place) * inner)
    inner = width - left - right
    return [Frame(panel, left, top + k * (room + gap), inner, room) for k, panel in enumerate(shown)]


def _texts(picture: Picture, look: Look) -> tuple[list[str], list[str], list[str]]:
    """Return the lines of the title, and of the names of the horizontal and of the vertical axis."""
    (width, height), size = look.size, look.letters
    return (
        folded(picture.title, 1.15 * size, width - 2 * size) if picture.title else [],
        folded(picture.xlabel, size, 0.8 * width),
        folded(picture.ylabel, size, 0.7 * height) if picture.ylabel else [],
    )


def _about(height: float) -> int:
    """Return how many ticks go well with an axis so high."""
    return max(int(height / 32), 2)


def _across(picture: Picture, limits: Limits, width: float, letter: float) -> list[Tick]:
    """Return the ticks of the horizontal axis, as many as have room for their labels."""
    return named_ticks(picture.xnames, limits) or ticks(limits, _about_across(limits, width, letter))


def _about_across(limits: Limits, width: float, letter: float) -> int:
    fits = (
        about for about in range(int(width / 62), 2, -1)
        if sum(text_width(f"{tick.label}  ", letter) for tick in ticks(limits, about)) < width
    )  # fmt: skip
    return next(fits, 2)


def _widest(shown: Sequence[Panel], about: int) -> float:
    marks = [tick for panel in shown for tick in ticks(panel.view.y, about, panel.view.log)]
    return max((len(text) + 0.7 * len(power) for text, power in (powered(t.label) for t in marks)), default=1)


# ---------------------------------------------------------------------------- one panel


def _panel(picture: Picture, frame: Frame, look: Look, before: int, last: bool) -> Iterator[Line | Lettering]:
    view = frame.panel.view
    about_y = _about(frame.height)
    yield from _zero_lines(frame, look)
    yield from _shaded(picture, frame, look)
    names = _across(picture, view.x, frame.width, look.letters)
    about_x = _about_across(view.x, frame.width, look.letters)
    columns = [(t.place, True) for t in names] if picture.xnames else list(_tick_places(view.x, about_x))
    rows = list(_tick_places(view.y, about_y, view.log))
    if picture.grid:
        yield from _ticked(frame, columns, look, across=True, grid=True)
        yield from _ticked(frame, rows, look, across=False, grid=True)
    named = [(curve, index, frame, f"c{index + before}") for index, curve in enumerate(frame.panel.curves)]
    yield from (part for each in named for part in _curve(*each))
    yield from _ticked(frame, columns, look, across=True)
    yield from _ticked(frame, rows, look, across=False)
    corners = [frame.at(*corner) for corner in ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))]
    yield Line(np.array(corners), look.ink, 0.9)
    yield from (part for each in named for part in _points(*each))
    yield from _labels(frame, ticks(view.y, about_y, view.log), look, across=False)
    if last:
        yield from _labels(frame, names, look, across=True)
        for share in unit(view.remarks(picture)[0], view.x).tolist():
            x, y = frame.at(share, 0)
            yield replace(dot(x, y + 2.9, (3, True), 2.7, look.ink), name="aside")


def _zero_lines(frame: Frame, look: Look) -> Iterator[Line]:
    view = frame.panel.view
    for limits, across in ((view.x, False), (view.y, True)):
        if limits[0] < 0 < limits[1] and not (across and view.log):
            share = float(unit([0.0], limits)[0])
            ends = [(0, share), (1, share)] if across else [(share, 0), (share, 1)]
            yield Line(np.array([frame.at(*end) for end in ends]), look.faint, 0.7)


def _shaded(picture: Picture, frame: Frame, look: Look) -> Iterator[Line]:
    view = frame.panel.view
    for part in view.remarks(picture)[1]:
        ends = [frame.at(x, 0) for x in unit(part, view.x).tolist()]
        yield Line(np.array(ends) - [0, 1.8], look.faint, 3.6, name="aside")


def _ticked(
    frame: Frame, places: Sequence[tuple[float, bool]], look: Look, across: bool, grid: bool = False
) -> Iterator[Line]:
    """Yield ticks at both sides of the frame, pointing inward, small ones between them; or lines across."""
    for share, large in places:
        if grid and large:
            ends = [(share, 0), (share, 1)] if across else [(0, share), (1, share)]
            yield Line(np.array([frame.at(*end) for end in ends]), look.faint, 0.4)
        elif not grid:
            length = 4.0 if large else 2.2
            for side in (0, 1):
                x, y = frame.at(share, side) if across else frame.at(side, share)
                dx, dy = (0, length * (1 if side else -1)) if across else (length * (-1 if side else 1), 0)
                yield Line(np.array([(x, y), (x + dx, y + dy)]), look.ink, 0.8 if large else 0.6)


def _tick_places(limits: Limits, about: int, log: bool = False) -> Iterator[tuple[float, bool]]:
    """Yield the shares of an axis where ticks stand, and whether they are large; a decade has nine."""
    factor, power = step(limits, about, log)
    size = factor * Fraction(10) ** power
    if log and size == 1:
        for k in range(math.floor(limits[0]), math.ceil(limits[1]) + 1):
            places = unit([k + math.log10(digit) for digit in range(1, 10)], limits).tolist()
            yield from ((place, not i) for i, place in enumerate(places) if 0 <= place <= 1)
        return
    parts = int(size) if log and size <= 10 else {1: 5, 2: 4, 5: 5}[factor]  # each decade, if there are few
    lo, hi = map(Fraction, limits)
    first, last = math.ceil(lo * parts / size), math.floor(hi * parts / size)
    for k in range(first, last + 1):
        yield float((k * size / parts - lo) / (hi - lo)), k % parts == 0


def _labels(frame: Frame, marks: Sequence[Tick], look: Look, across: bool) -> Iterator[Lettering]:
    size = look.letters
    for tick in marks:
        label, power = powered(tick.label)
        x, y = frame.at(tick.place, 0) if across else frame.at(0, tick.place)
        x, y = (x, y + size * 1.45) if across else (x - size * 0.45, y + size * 0.36)
        if power:  # not every renderer sets a part of a text higher
            wide = text_width(power, 0.7 * size)
            x += (text_width(label, size) - wide) / 2 if across else -wide
            yield Lettering(x + wide / 2, y - 0.42 * size, power, look.ink, 0.7 * size)
        yield Lettering(x, y, label, look.ink, size, "middle" if across and not power else "end")


def powered(label: str) -> tuple[str, str]:
    """Return a tick's label as a text and a power: 1.5e43 is 1.5 times 10, and 43."""
    factor, e, power = label.replace("-", "\N{MINUS SIGN}").partition("e")
    if not e:
        return factor, ""
    return (factor[:-1] if factor.strip("\N{MINUS SIGN}") == "1" else f"{factor}\N{MIDDLE DOT}") + "10", power


def _titles(picture: Picture, frames: Sequence[Frame], look: Look) -> Iterator[Lettering]:
    first, last = frames[0], frames[-1]
    middle, size, ink = first.left + first.width / 2, look.letters, look.ink
    title, below, beside = _texts(picture, look)
    for k, line in enumerate(title):
        half = text_width(line, 1.15 * size) / 2
        x = min(max(middle, half + size / 2), look.size[0] - half - size / 2)
        yield Lettering(x, size * (1.6 + 1.5 * k), line, ink, size * 1.15)
    for k, line in enumerate(below):
        yield Lettering(middle, last.top + last.height + size * (2.85 + LINE * k), line, ink, size)
    for k, line in enumerate(beside):
        y = (first.top + last.top + last.height) / 2
        yield Lettering(size * (1.25 + LINE * k), y, line, ink, size, turned=True)


# ---------------------------------------------------------------------------- curves


def _curve(curve: Curve, index: int, frame: Frame, name: str) -> Iterator[Line]:
    style = style_of(curve, index)
    for line in polylines(curve, frame):
        stroke = Line(line, style.color, style.width, style.dashes, filled=curve.filled)
        x, y = line[0].tolist()
        yield replace(dot(x, y, (24, True), 1.8, style.color) if is_lone(line) else stroke, name=name)


def _points(curve: Curve, index: int, frame: Frame, name: str) -> Iterator[Line]:
    style = style_of(curve, index)
    for point in frame.panel.view.points(curve):
        yield replace(dot(*spot(point, frame), style.mark or MARKS[0], 3.0, style.color), name=name)
