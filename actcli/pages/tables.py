"""A table for people: aligned columns in a frame, in blocks where they do not fit, footnotes below."""

import io
import re
import textwrap
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from actcli.language.texts import Cell, Digits, cell_text, is_rounded, on_screen

Rows = Iterable[Sequence[Cell]]

ROUNDED = "six digits: rounded, -f csv has all; fewer: exactly the float64"
WIDE = 10_000  # columns of a page on which everything fits


class Remarks:
    """What a table for people says about its cells besides their numbers: here nothing."""

    of_points = False  # whether the first column is what was typed, and shown so

    def titles(self, header: Sequence[str]) -> Sequence[str]:
        """Return what the columns are called on a screen."""
        return header

    def sets_off(self, row: Sequence[Cell]) -> bool:
        """Tell whether a row stands between lines of its own."""
        return False

    def stars(self, row: Sequence[Cell], column: int) -> bool:
        """Tell whether a footnote belongs to a cell."""
        return False

    def dims(self, row: Sequence[Cell], column: int) -> bool:
        """Tell whether a cell is as good as nothing."""
        return False

    def notes(self, rows: Sequence[Sequence[Cell]]) -> Sequence[str]:
        """Return the footnotes."""
        return ()


@dataclass(frozen=True)
class Headed(Remarks):
    """A table with headings in it: rows whose first cell is one of some titles."""

    headings: Collection[str]

    def sets_off(self, row: Sequence[Cell]) -> bool:
        """Set off a heading."""
        return row[0] in self.headings


@dataclass(frozen=True)
class Column:
    """A column as it is printed: its title, its cells and their styles, how wide it may be.

    Decimal points are aligned where there is room for that; what is wider than the room is folded.
    """

    title: str
    cells: list[str]
    styles: list[str]
    is_text: bool
    room: int = WIDE

    @cached_property
    def least(self) -> int:
        """The width that folds nothing."""
        return max(map(len, (self.title, *self.cells)))

    @cached_property
    def lines(self) -> list[str]:
        """The cells, aligned if that fits."""
        lines = self.cells if self.is_text else aligned(self.cells)
        return lines if max(map(len, lines), default=0) <= self.room else self.cells

    @cached_property
    def width(self) -> int:
        """The width that is taken."""
        return min(max(map(len, (self.title, *self.lines))), self.room)


ROOMY = 64  # wide enough for texts to be folded beside each other
FRAME = 7  # of a table of two columns
NARROWEST = 4
CODES = {"dim": 2, "cyan": 36}  # of ANSI


def screen(
    header: Sequence[str],
    rows: Rows,
    *,
    width: int,
    color: bool,
    ascii: bool = False,
    remarks: Remarks | None = None,
) -> str:
    """Return a table no wider than `width`: columns that do not fit go into a further block below.

    No number is cut; one that is wider than the screen is folded, as texts are on most screens before
    anything goes into a block below. The first column (z) is repeated in every block. Footnotes come last.
    """
    said, kept = remarks or Remarks(), [tuple(row) for row in rows]
    apart = [said.sets_off(row) for row in kept] if len(kept) > 1 else [False] * len(kept)
    columns = [_column(title, i, kept, said) for i, title in enumerate(said.titles(header))]
    in_one = any(column.is_text for column in columns) and width >= ROOMY
    blocks = [[*range(len(columns))]] if in_one else _blocks(columns, width)
    shown = [_block([columns[i] for i in block], apart, width, color, ascii) for block in blocks]
    told = [ROUNDED] if any(is_rounded(cell) for row in kept for cell in row[said.of_points :]) else []
    notes = "".join(
        textwrap.fill(note, width, subsequent_indent="  ") + "\n" for note in [*said.notes(kept), *told]
    )
    return "\n".join(shown) + notes


def _column(title: str, i: int, rows: Sequence[Sequence[Cell]], remarks: Remarks) -> Column:
    is_text = any(isinstance(row[i], str) and not isinstance(row[i], Digits) for row in rows)
    written = cell_text if i == 0 and remarks.of_points else on_screen
    cells = [written(row[i]) + "*" * remarks.stars(row, i) for row in rows]
    styles = ["dim" if remarks.dims(row, i) else "cyan" if i == 0 else "" for row in rows]
    return Column(title, cells, styles, is_text)


def aligned(cells: Sequence[str]) -> list[str]:
    """Return numbers with their decimal points in one column, blanks before and behind."""
    parts = [re.match(r"([-+]?\w*?)((?:\.|e|\*|$).*)", cell) for cell in cells]
    halves = [(part[1], part[2]) if part else (cell, "") for part, cell in zip(parts, cells, strict=True)]
    before, after = (max((len(half[k]) for half in halves), default=0) for k in (0, 1))
    return [left.rjust(before) + right.ljust(after) for left, right in halves]


def _blocks(columns: list[Column], width: int) -> list[list[int]]:
    """Return the columns of each block: as many as fit, at least one beside the first; fold what is wider."""
    room = max(width - FRAME, 2 * NARROWEST)
    widest = max((column.least for column in columns[1:]), default=0)
    first = replace(columns[0], room=max(room - widest, room // 2, min(columns[0].least, room // 2)))
    columns[:] = [first, *(replace(column, room=room - first.width) for column in columns[1:])]
    blocks = [[0]]
    left = room = width - first.width - 4
    for i, column in enumerate(columns[1:], 1):
        if column.width + 3 > left and len(blocks[-1]) > 1:
            blocks.append([0])
            left = room
        blocks[-1].append(i)
        left -= column.width + 3
    return blocks


def _block(columns: list[Column], apart: list[bool], width: int, color: bool, ascii: bool) -> str:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.ASCII if ascii else box.ROUNDED, header_style="bold", show_edge=True)
    for column in columns:
        title = column.title if column.is_text else column.title.rjust(column.width)
        table.add_column(_literal(title), overflow="fold", max_width=column.room)
    has_text = any(column.is_text for column in columns)
    folds = has_text or any(column.least > column.room for column in columns)
    for i, lonely in enumerate(apart if folds else apart[:1]):
        table.add_row(*(_cell(column, i) for column in columns), end_section=_ends(lonely, apart, i))
    out = io.StringIO()
    system: Any = "standard" if color else None
    console = Console(file=out, width=width if has_text else WIDE, color_system=system,
                      force_terminal=color, highlight=False)  # fmt: skip
    console.print(table)
    return out.getvalue() if folds or not apart else _filled(out.getvalue(), columns, apart, color)


def _ends(lonely: bool, apart: Sequence[bool], i: int) -> bool:
    """Tell whether a line stands below a row."""
    return i + 1 < len(apart) and (lonely or apart[i + 1])


def _filled(frame: str, columns: list[Column], apart: Sequence[bool], color: bool) -> str:
    """Return a table of one row with all rows in its place: a hundred times as fast as by rich."""
    top, titles, line, _, foot = frame.splitlines(keepends=True)
    bar = titles[0]
    cells = [[_coded(column, i, color) for i in range(len(apart))] for column in columns]
    rows = (f"{bar} {f' {bar} '.join(row)} {bar}\n" for row in zip(*cells, strict=True))
    drawn = (row + line * _ends(apart[i], apart, i) for i, row in enumerate(rows))
    return "".join([top, titles, line, *drawn, foot])


def _coded(column: Column, i: int, color: bool) -> str:
    text, style = column.lines[i].rjust(column.width), column.styles[i]
    return f"\x1b[{CODES[style]}m{text}\x1b[0m" if color and style else text


def _cell(column: Column, i: int) -> Any:
    return _literal(column.lines[i].rjust(0 if column.is_text else column.width), column.styles[i])


def _literal(text: str, style: str = "") -> Any:
    from rich.text import Text

    return Text(text, style=style)
