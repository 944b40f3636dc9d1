"""Columns of someone's own: the text of a CSV file to numbers, each fault told with its place."""

import csv
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from actcli.errors import ActcliError
from actcli.language.points import parse_number

MOST_ROWS = 1_000_000


@dataclass(frozen=True)
class Measured:
    """The columns of a file: their names, and their numbers, the first column's in increasing order.

    An empty cell is nan.
    """

    names: tuple[str, ...]
    columns: tuple[tuple[float, ...], ...]

    @property
    def series(self) -> list[tuple[str, tuple[float, ...]]]:
        """The columns after the first (z), each with its name."""
        return list(zip(self.names[1:], self.columns[1:], strict=True))

    @property
    def has_slopes(self) -> bool:
        """Whether a column is called as one of slopes."""
        return any(map(is_slope, self.names[1:]))


def is_slope(name: str) -> bool:
    """Tell whether a column's name says that it holds slopes: d_gelu, gelu'."""
    return name.startswith("d_") or name.endswith("'")


def read_columns(lines: Iterable[str], source: str) -> Measured:
    """Return the columns of CSV lines: z first, a line of names or none; tabs and ';' part cells, too.

    Blank lines and those that begin with # are skipped. Raises ActcliError with line and column.
    """
    rows = list(_cells(lines, source))
    if not rows:
        raise ActcliError(f"{source} has no rows: write z and at least one more column")
    names = [] if _is_number(rows[0][1][0]) else rows.pop(0)[1]
    count = len(names or rows[0][1])
    if count < 2:
        raise ActcliError(f"{source} has one column only: z comes first, then what was measured")
    numbers = sorted((_numbers(cells, count, f"{source}, line {line}") for line, cells in rows), key=_by_z)
    columns = tuple(zip(*numbers, strict=True)) or ((),) * count
    return Measured(tuple(names) or tuple(f"column {k + 1}" for k in range(count)), columns)


def _cells(lines: Iterable[str], source: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of each line, with its number."""
    delimiter = ""
    for number, line in enumerate(lines, 1):
        text = line.removeprefix("\ufeff").strip()
        if not text or text.startswith("#"):
            continue
        if number > MOST_ROWS:
            raise ActcliError(f"{source} has over {MOST_ROWS:,} lines, more than a picture can show")
        delimiter = delimiter or next((mark for mark in "\t;" if mark in text), ",")
        yield number, [cell.strip() for cell in next(csv.reader([text], delimiter=delimiter))]


_PLAIN = re.compile(r"-?\d{1,15}(?:\.\d{1,20})?(?:e-?\d{1,2})?", re.ASCII)


def _numbers(cells: list[str], count: int, where: str) -> tuple[float, ...]:
    if len(cells) != count:
        raise ActcliError(f"{where}: there should be {count} columns, as in the first line, not {len(cells)}")
    return tuple(_number(cell, f"{where}, column {k}") for k, cell in enumerate(cells, 1))


def _number(cell: str, where: str) -> float:
    if not cell:
        return math.nan
    if _PLAIN.fullmatch(cell):  # as parse_number reads it, ten times as fast
        return float(cell)
    try:
        return float(parse_number(cell))
    except ActcliError as fault:
        raise ActcliError(f"{where}: {fault}") from None


def _is_number(cell: str) -> bool:
    try:
        parse_number(cell)
    except ActcliError:
        return not cell
    return True


def _by_z(row: tuple[float, ...]) -> float:
    return math.inf if math.isnan(row[0]) else row[0]
