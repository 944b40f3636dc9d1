"""A picture as a figure for a paper: lines, areas and texts with their places on a sheet, for any printer.

Units are px of 1/96 inch, y grows downward. Curves are paths through their samples, cut to the frame, with
no more points than the eye needs.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from actcli.language.limits import Array, Limits
from actcli.pictures.plots.picture import Curve, Panel, Picture, panels
from actcli.pictures.plots.strokes import FAR, clipped, joints, jumps, unit
from actcli.pictures.plots.ticks import Tick, named_ticks, sane, step, ticks

# M. Okabe and K. Ito, Color Universal Design, 2008: told apart by the colour-blind; dashes differ, too.
INKS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C510A", "#666666")
ON_DARK = {"#0072B2": "#3b9fe0", "#8C510A": "#c98d3f", "#666666": "#a8a8a8"}
DASHES: tuple[tuple[float, ...], ...] = (
    (), (7, 3), (2, 2.4), (8, 2.5, 2, 2.5), (12, 4), (3.5, 3), (8, 2.5, 2, 2.5, 2, 2.5), (12, 3, 5, 3),
    (1, 4.5),
)  # fmt: skip
MARKS: tuple[tuple[int, bool], ...] = (
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
    """A text at a place: `anchor` start, middle or end, `turned` upward along an axis."""

    x: float
    y: float
    text: str
    color: str
    size: float
    anchor: str = "middle"
    turned: bool = False


@dataclass(frozen=True)
class Figure:
    """A sheet with what is drawn on it, the first below all else."""

    size: tuple[float, float]
    paper: str
    parts: list["Line | Lettering"]
    frames: list["Frame"]


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


def figure(picture: Picture, look: Look) -> Figure:
    """Lay a picture out on a sheet."""
    shown = [_with_margin(panel, look.margin) for panel in panels(picture, apart=True)]
    items = [list(legend(picture, panel, first=panel is shown[0])) for panel in shown]
    frames = _frames(picture, shown, look, 0.0)
    boxes = [_legend_box(frame, each, look) for frame, each in zip(frames, items, strict=True)]
    rows: list[Row] = []
    if None in boxes:  # no corner is free: the legend stands above the frame
        rows = _rows([item for each in items for item in each], frames[0].width, look.letters)
        frames = _frames(picture, shown, look, look.letters * (1.5 * len(rows) + 0.4))
    parts: list[Line | Lettering] = []
    for index, frame in enumerate(frames):
        before = index and len(picture.curves)
        parts += _panel(picture, frame, look, before, last=index == len(frames) - 1)
    parts += _titles(picture, frames, look)
    parts += _legend_above(rows, frames[0], look)
    for box, each in zip(boxes if not rows else [], items, strict=False):
        parts += _legend_in(box, each, look) if box else ()
    if look.dark:
        parts = [replace(part, color=ON_DARK.get(part.color, part.color)) for part in parts]
    return Figure(look.size, look.paper, parts, frames)


def _with_margin(panel: Panel, margin: float) -> Panel:
    low, high = panel.view.y
    room = margin * (high - low)
    wider = sane((low - room, high + room)) if math.isfinite(room) else (low, high)
    return replace(panel, view=replace(panel.view, y=wider))


def _frames(picture: Picture, shown: Sequence[Panel], look: Look, above: float) -> list[Frame]:
    """Share the sheet out to the panels, with room for labels, titles and a legend `above`."""
    (width, height), letter = look.size, look.letters
    top = letter * (2.4 if picture.title else 0.8) + above
    gap = letter * 0.9
    room = (height - top - letter * 3.4 - gap * (len(shown) - 1)) / len(shown)
    left = letter * (1.0 + 0.62 * _widest(shown, _about(room)) + (1.5 if picture.ylabel else 0))
    right = letter * 1.2
    for tick in _across(picture, shown[0].view.x, width - left - right, letter):
        half, inner = text_width(tick.label, letter) / 2, width - left - right
        left, right = max(left, half - tick.place * inner), max(right, half - (1 - tick.place) * inner)
    inner = width - left - right
    return [Frame(panel, left, top + k * (room + gap), inner, room) for k, panel in enumerate(shown)]


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
    for index, curve in enumerate(frame.panel.curves):
        yield from _curve(curve, index, frame, f"c{index + before}")
    yield from _ticked(frame, columns, look, across=True)
    yield from _ticked(frame, rows, look, across=False)
    corners = [frame.at(*corner) for corner in ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))]
    yield Line(np.array(corners), look.ink, 0.9)
    yield from _labels(frame, ticks(view.y, about_y, view.log), look, across=False)
    if last:
        yield from _labels(frame, names, look, across=True)
        for share in unit([z for z in picture.marks if view.x[0] <= z <= view.x[1]], view.x).tolist():
            x, y = frame.at(share, 0)
            yield replace(_shape(x, y + 3.6, 3, 3.2, look.ink, filled=True), name="aside")


def _zero_lines(frame: Frame, look: Look) -> Iterator[Line]:
    view = frame.panel.view
    for limits, across in ((view.x, False), (view.y, True)):
        if limits[0] < 0 < limits[1] and not (across and view.log):
            share = float(unit([0.0], limits)[0])
            ends = [(0, share), (1, share)] if across else [(share, 0), (share, 1)]
            yield Line(np.array([frame.at(*end) for end in ends]), look.faint, 0.7)


def _shaded(picture: Picture, frame: Frame, look: Look) -> Iterator[Line]:
    lo, hi = frame.panel.view.x
    for a, b in picture.shaded:
        if max(a, lo) < min(b, hi):
            ends = unit([max(a, lo), min(b, hi)], (lo, hi)).tolist()
            yield Line(np.array([frame.at(x, 0) for x in ends]) - [0, 1.8], look.faint, 3.6, name="aside")


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
    parts = {1: 5, 2: 4, 5: 5}[factor]
    lo, hi = map(Fraction, limits)
    first, last = math.ceil(lo * parts / size), math.floor(hi * parts / size)
    for k in range(first, last + 1):
        yield float((k * size / parts - lo) / (hi - lo)), k % parts == 0


def _labels(frame: Frame, marks: Sequence[Tick], look: Look, across: bool) -> Iterator[Lettering]:
    size = look.letters
    for tick in marks:
        label, power = powered(tick.label)
        x, y = frame.at(tick.place, 0) if across else frame.at(0, tick.place)
        x, y = (x, y + size * 1.35) if across else (x - size * 0.45, y + size * 0.36)
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
    middle, size = first.left + first.width / 2, look.letters
    if picture.title:
        yield Lettering(middle, size * 1.6, picture.title, look.ink, size * 1.15)
    yield Lettering(middle, last.top + last.height + size * 2.75, picture.xlabel, look.ink, size)
    if picture.ylabel:
        y = (first.top + last.top + last.height) / 2
        yield Lettering(size * 1.25, y, picture.ylabel, look.ink, size, turned=True)


# ---------------------------------------------------------------------------- curves


def _curve(curve: Curve, index: int, frame: Frame, name: str) -> Iterator[Line | Lettering]:
    color, dashes = INKS[index % len(INKS)], DASHES[index % len(DASHES)]
    for line in polylines(curve, frame):
        x, y = line[0].tolist()
        alone = bool((line == line[0]).all())
        shown = _shape(x, y, 24, 1.8, color, True) if alone else Line(line, color, CURVE_WIDTH, dashes)
        yield replace(shown, name=name, filled=shown.filled or curve.filled)
    (left, right), (low, high) = frame.panel.view.x, frame.panel.view.y
    corners, filled = MARKS[0 if len(curve.z) else index % len(MARKS)]
    for z, y in curve.points:
        if left <= z <= right and low <= y <= high:
            yield replace(_shape(*spot((z, y), frame), corners, 3.0, color, filled), name=name)


def _shape(x: float, y: float, corners: int, size: float, color: str, filled: bool) -> Line:
    """Return a mark: a polygon with a corner above, or with a side, if it has four."""
    turns = np.arange(corners + 1) * 2 * math.pi / corners + (math.pi / 4 if corners == 4 else 0)
    return Line(
        np.column_stack([x + size * np.sin(turns), y - size * np.cos(turns)]), color, 1.1, filled=filled
    )


def polylines(curve: Curve, frame: Frame) -> list[Array]:
    """Return the pieces of a curve within a frame, in px: apart where it jumps, is not defined, or leaves."""
    z, y = np.asarray(curve.z, float), np.asarray(curve.y, float)
    if not len(z):
        return []
    view, size = frame.panel.view, np.array([frame.width, frame.height])
    with np.errstate(over="ignore"):
        spots = np.column_stack([unit(z, view.x), unit(y, view.y)]) * size
    spots[:, 1] = np.clip(spots[:, 1], -FAR, FAR)
    start, end = joints(spots, jumps(z, curve.breaks), size)
    first, last = clipped(spots[start], spots[end], size)
    cuts = np.flatnonzero((np.abs(first[1:] - last[:-1]) > 1e-9).any(axis=1)) + 1
    found = []
    for a, b in zip(np.split(first, cuts), np.split(last, cuts), strict=True):
        if len(a):
            line = simplified(np.vstack([a, b[-1:]]))
            found.append(np.column_stack([frame.left + line[:, 0], frame.top + frame.height - line[:, 1]]))
    return found


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


# ---------------------------------------------------------------------------- the legend

Item = tuple[str, str, tuple[float, ...], tuple[int, bool] | None]  # name, colour, dashes, mark
Row = list[tuple[Item, float]]  # the items of a line, each with its place from the left


def legend(picture: Picture, panel: Panel, first: bool) -> Iterator[Item]:
    """Yield the names of a panel's curves with how they look, then what else is to be explained."""
    for index, curve in enumerate(panel.curves):
        mark = None if len(curve.z) else MARKS[index % len(MARKS)]
        yield curve.label, INKS[index % len(INKS)], DASHES[index % len(DASHES)], mark
    lo, hi = panel.view.x
    if first and any(lo <= z <= hi for z in picture.marks):
        yield "kink", "", (), (3, True)
    if first and any(max(a, lo) < min(b, hi) for a, b in picture.shaded):
        yield picture.shaded_as, "faint", (), None


def text_width(text: str, size: float) -> float:
    """Return about how wide a text is in a sans-serif font; wide letters of the East count double."""
    from rich.cells import cell_len

    return 0.56 * size * cell_len(text)


def _legend_box(frame: Frame, items: Sequence[Item], look: Look) -> tuple[float, float] | None:
    """Return the upper left of a free corner of a frame; None where a curve runs through each."""
    letter, pad = look.letters, look.letters * 0.8
    width = max((text_width(name, letter) for name, *_ in items), default=0) + letter * 3.6
    height = letter * 1.45 * len(items) + letter * 0.5
    taken = [line for curve in frame.panel.curves for line in polylines(curve, frame)]
    taken += [np.array([spot(point, frame)]) for curve in frame.panel.curves for point in curve.points]
    for x in (frame.left + pad, frame.left + frame.width - width - pad):
        for y in (frame.top + pad, frame.top + frame.height - height - pad):
            inside = x >= frame.left and y >= frame.top
            if inside and not any(_runs_through(line, x, y, width, height) for line in taken):
                return x, y
    return None


def spot(point: tuple[float, float], frame: Frame) -> tuple[float, float]:
    """Return the place of a point on the sheet."""
    view = frame.panel.view
    return frame.at(float(unit([point[0]], view.x)[0]), float(unit([point[1]], view.y)[0]))


def _runs_through(line: Array, x: float, y: float, width: float, height: float) -> bool:
    """Tell whether a path comes into a box, looked at every 2 px of it."""
    steps = np.append(0, np.cumsum(np.hypot(*np.diff(line, axis=0).T)))
    along = np.linspace(0, steps[-1], int(steps[-1] / 2) + 2)
    xs, ys = (np.interp(along, steps, line[:, k]) for k in (0, 1))
    return bool(((x - 4 < xs) & (xs < x + width + 4) & (y - 4 < ys) & (ys < y + height + 4)).any())


def _sample(item: Item, x: float, y: float, look: Look) -> Iterator[Line | Lettering]:
    name, color, dashes, mark = item
    letter = look.letters
    ink = {"": look.ink, "faint": look.faint}.get(color, color)
    if mark:
        yield _shape(x + letter * 1.1, y - letter * 0.35, mark[0], 3.2, ink, mark[1])
    else:
        ends = np.array([(x, y - letter * 0.35), (x + letter * 2.2, y - letter * 0.35)])
        yield Line(ends, ink, 3.6 if color == "faint" else CURVE_WIDTH, dashes)
    yield Lettering(x + letter * 2.7, y, name, look.ink, letter, "start")


def _legend_in(box: tuple[float, float], items: Sequence[Item], look: Look) -> Iterator[Line | Lettering]:
    for k, item in enumerate(items):
        yield from _sample(item, box[0], box[1] + look.letters * (1.15 + 1.45 * k), look)


def _rows(items: Sequence[Item], room: float, letter: float) -> list[Row]:
    """Share the legend's items out to lines."""
    rows: list[Row] = [[]]
    x = 0.0
    for item in items:
        width = text_width(item[0], letter) + letter * 4.2
        if rows[-1] and x + width > room:
            rows.append([])
            x = 0.0
        rows[-1].append((item, x))
        x += width
    return rows


def _legend_above(rows: Sequence[Row], frame: Frame, look: Look) -> Iterator[Line | Lettering]:
    start = frame.top - look.letters * (1.5 * len(rows) + 0.4)
    for k, row in enumerate(rows):
        for item, x in row:
            yield from _sample(item, frame.left + x, start + look.letters * (1.0 + 1.5 * k), look)


def darkened(look: Look) -> Look:
    """Return the look for a dark ground."""
    return replace(look, dark=True, ink="#e8e8e8", faint="#5a5a5a", paper=look.paper or "#16181d")
