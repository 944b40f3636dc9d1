"""The page around the canvases: frame, ticks, labels, title and legend, as far as they fit."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from actcli.language.limits import Limits
from actcli.pictures.plots.canvas import canvas, point_mark
from actcli.pictures.plots.ink import (
    ASCII,
    COLOURS,
    Ink,
    Line,
    centred,
    cut,
    indented,
    letters,
    swatch,
    wrapped,
)
from actcli.pictures.plots.picture import CELL, Panel, Picture, View, column, columns, line_of, panels
from actcli.pictures.plots.ticks import Axis, Tick, axis, named_ticks

STACKABLE = 11  # lines that two panels take: two of frame, one between, three of curve each, labels, legend


@dataclass(frozen=True)
class Strip:
    """A panel with its place on the page: so many lines, and the ticks beside them."""

    panel: Panel
    rows: int
    ticks: Sequence[Tick]


@dataclass(frozen=True)
class Page:
    """What fits: the canvases, and of the parts around them those there is room for."""

    cols: int
    strips: list[Strip]
    frame: bool
    margin: int = 0  # columns left of the frame, for the labels of y
    x: Sequence[Tick] = ()
    head: list[Line] = field(default_factory=list)
    foot: list[Line] = field(default_factory=list)
    banner: list[Line] = field(default_factory=list)  # what stands in the frame's upper line


def plan(picture: Picture, ink: Ink, width: int, height: int) -> Page:
    """Share out the lines and columns, giving up the least useful part first."""
    shown = panels(picture, apart=width >= 5 and height >= STACKABLE)
    names = legend(picture, shown, ink)
    foot = wrapped(names, width, max(height // 3, 1), ink.more)
    frame = 2 if width >= 5 else 0
    needs = dict.fromkeys(picture.titles(), 1) | {"foot": len(foot), "labels": frame // 2, "frame": frame}
    kept = fitting(needs, height, 4 * len(shown) - 1)
    frame, rows = kept.get("frame", 0), height - sum(kept.values())
    strips = shared_out(shown, rows, frame > 0)
    margin = widest(strips) if width - widest(strips) - frame >= max(10, widest(strips)) else 0
    room, xlim = width - margin - frame, shown[0].view.x
    across = Axis(xlim, room, named_ticks(picture.xnames, xlim)) if picture.xnames else level(xlim, room)
    if kept.get("labels") and not across.ticks:  # no label fits below the frame: the line is the curve's
        strips = shared_out(shown, rows + 1, frame > 0)
    cols, x = across.cells, across.ticks if kept.get("labels") else ()
    strips = [replace(s, panel=replace(s.panel, view=replace(s.panel.view, x=across.limits))) for s in strips]
    head, below = _texts(picture, kept, ink, margin, cols + frame)
    return Page(
        cols=cols, strips=strips, frame=frame > 0, margin=margin, x=x, head=head,
        foot=[*tick_line(x, margin, cols), *below, *indented(foot[: kept.get("foot", 0)], margin, width)],
        banner=[
            *(letters(text, ink is ASCII) for name, text in picture.titles().items() if name not in kept),
            *(() if "foot" in kept else names),
        ],
    )  # fmt: skip


def _texts(
    picture: Picture, kept: Collection[str], ink: Ink, margin: int, width: int
) -> tuple[list[Line], list[Line]]:
    """Return the title and the name of the vertical axis, and the name of the horizontal one."""
    texts = {name: letters(text, ink is ASCII) for name, text in picture.titles().items() if name in kept}
    lines = {name: centred(text, margin, width, ink.more) for name, text in texts.items()}
    if "ylabel" in texts:
        lines["ylabel"] = cut(texts["ylabel"], margin + width, ink.more)
    above, below = (
        [lines[name] for name in names if name in lines] for names in (("title", "ylabel"), ("xlabel",))
    )
    return above, below


def widest(strips: list[Strip]) -> int:
    """Return how many columns the labels of y take."""
    return max((len(tick.label) for strip in strips for tick in strip.ticks), default=0)


def shared_out(shown: list[Panel], rows: int, labelled: bool) -> list[Strip]:
    """Give each panel its lines, the upper ones first, with a line between two of them."""
    rows -= len(shown) - 1
    sizes = [(rows + k) // len(shown) for k in range(len(shown))][::-1]
    strips = []
    for panel, size in zip(shown, sizes, strict=True):
        found = axis(panel.view.y, (size, CELL[1]), min(max(size / 4, 2), 4), log=panel.view.log)
        view = replace(panel.view, y=found.limits)
        strips.append(Strip(replace(panel, view=view), size, found.ticks if labelled else ()))
    return strips


def fitting(needs: dict[str, int], room: int, least: int) -> dict[str, int]:
    """Drop parts from the first on until they leave at least `least` of the room."""
    for count in range(len(needs) + 1):
        kept = dict(list(needs.items())[count:])
        if room - sum(kept.values()) >= least:
            return kept
    return {}


def level(limits: Limits, cols: int) -> Axis:
    """Choose an axis of z that has two blanks between its labels, or one if that makes them two."""

    def fits(found: Axis, gap: int) -> bool:
        spans = tick_spans(found.ticks, found.cells)
        apart = all(end + gap <= start for (_, end), (start, _) in pairwise(spans))
        return apart and max((end for _, end in spans), default=0) <= found.cells + 1

    room = (cols, CELL[0])
    chosen = axis(limits, room, 9, True, fits=lambda found: fits(found, 2))
    return chosen if len(chosen.ticks) > 1 else axis(limits, room, 9, True, fits=lambda found: fits(found, 1))


def tick_spans(chosen: Sequence[Tick], cols: int) -> list[tuple[int, int]]:
    """Return where each label starts and ends, centred under its tick, counted from the canvas."""
    sizes = [len(tick.label) for tick in chosen]
    middles = [column(tick.place, cols) for tick in chosen]
    starts = [
        max(min(middle - size // 2, cols + 1 - size), -1) for middle, size in zip(middles, sizes, strict=True)
    ]
    return [(start, start + size) for start, size in zip(starts, sizes, strict=True)]


def tick_line(chosen: Sequence[Tick], margin: int, cols: int) -> list[Line]:
    """Return the line of labels below the frame, if there are any."""
    line = ""
    for tick, (start, _) in zip(chosen, tick_spans(chosen, cols), strict=True):
        line = line.ljust(margin + 1 + start) + tick.label
    return [letters(line)] if line else []


def framed(picture: Picture, page: Page, ink: Ink) -> list[Line]:
    """Return the canvases with the frame and the labels of y around them."""
    insides = [
        canvas(strip.panel, page.cols, strip.rows, ink, tick_cells(strip, page) if picture.grid else ([], []))
        for strip in page.strips
    ]
    if not page.frame:
        return insides[0]
    indent = " " * page.margin
    ends = [ink.joint] * (len(insides) - 1) + [ink.corners[2:]]
    top = cut([cell for item in page.banner for cell in (*letters(f"{ink.bars[0]} "), *item, *letters(" "))],
              page.cols, ink.more)  # fmt: skip
    top += letters(ink.bars[0] * (page.cols - len(top)))
    lines = [[*letters(indent + ink.corners[0]), *top, *letters(ink.corners[1])]]
    for strip, inside, end in zip(page.strips, insides, ends, strict=True):
        lines += walled(strip, inside, page, ink)
        lines.append(letters(indent + end[0] + ground(picture, strip.panel.view, page, ink) + end[1]))
    return lines


def tick_cells(strip: Strip, page: Page) -> tuple[list[int], list[int]]:
    """Return the columns and the lines at which the ticks are."""
    return [column(t.place, page.cols) for t in page.x], [line_of(t.place, strip.rows) for t in strip.ticks]


def walled(strip: Strip, inside: list[Line], page: Page, ink: Ink) -> list[Line]:
    """Put the frame and the labels of y to the left and right of a canvas."""
    shown = strip.ticks if page.margin else []
    labels = {line_of(tick.place, strip.rows): tick.label for tick in shown}
    wall = ink.bars[1]
    return [
        letters(labels.get(row, "").rjust(page.margin) + (ink.ytick if row in labels else wall))
        + line
        + letters(wall)
        for row, line in enumerate(inside)
    ]


def ground(picture: Picture, view: View, page: Page, ink: Ink) -> str:
    """Return the z axis: heavy where the curve is saturated, with its ticks and kinks."""
    line = [ink.bars[0]] * page.cols
    kinks, parts = view.remarks(picture)
    for first, last in (columns(part, view, page.cols) for part in parts):
        line[first : last + 1] = ink.heavy * (last + 1 - first)
    for tick in page.x:
        col = column(tick.place, page.cols)
        line[col] = ink.xtick[line[col] == ink.heavy]
    for col in columns(kinks, view, page.cols):
        line[col] = ink.kink
    return "".join(line)


# -- the legend --------------------------------------------------------------------------


def legend(picture: Picture, shown: list[Panel], ink: Ink) -> list[Line]:
    """Name each curve beside a sample of its stroke or its mark, then explain the marks that are there."""
    items = []
    for panel, where in zip(shown, ("", " (below)"), strict=False):
        for index, curve in enumerate(panel.curves):
            stroke, colour = ink.strokes[index % len(ink.strokes)], COLOURS[index % len(COLOURS)]
            sample = swatch(stroke) if len(curve.z) else point_mark(curve, index, ink)
            name = letters(f" {curve.label}{where}", ink is ASCII)
            items.append([*((glyph, colour) for glyph in sample), *name])
    kinks, parts = shown[0].view.remarks(picture)
    if kinks:
        items.append(letters(f"{ink.kink} kink"))
    if parts:
        items.append(letters(f"{ink.heavy * 2} {picture.shaded_as}", ink is ASCII))
    return items
