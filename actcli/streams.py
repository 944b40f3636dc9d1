"""A long input, chunk by chunk, in constant memory: lines of numbers in, rows of answers out.

What has been read is answered at once, so a slow producer sees each answer before its next line, and
a fast one is served in large chunks.
"""

import os
from collections.abc import Iterator
from fractions import Fraction

from actcli.answers import Sheet
from actcli.errors import ActcliError
from actcli.points import parse_number
from actcli.tables import Cell

CHUNK = 1 << 18


def lines(descriptor: int) -> Iterator[list[str]]:
    """Yield the lines that arrive at a file descriptor, as many as have arrived, without their ends."""
    rest = b""
    while chunk := os.read(descriptor, CHUNK):
        complete, newline, rest = (rest + chunk).rpartition(b"\n")
        if newline:
            yield _decoded(complete).split("\n")
    if rest:
        yield [_decoded(rest)]


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", errors="replace")


def answered(descriptor: int, sheet: Sheet) -> Iterator[list[tuple[Cell, ...] | str]]:
    """Yield, for each batch of lines, the rows: answers for a point, the text for a blank or a comment.

    A line that is no number, or one that the sheet refuses, raises ActcliError with its place, after
    the rows before it.
    """
    done = 0
    for batch in lines(descriptor):
        points, kept, fault = _read(batch, done, sheet)
        rows = sheet.rows(points)
        yield [text if text is not None else next(rows) for text in kept]
        if fault:
            raise fault
        done += len(batch)


def _read(
    batch: list[str], done: int, sheet: Sheet
) -> tuple[list[Fraction | float], list[str | None], ActcliError | None]:
    points: list[Fraction | float] = []
    kept: list[str | None] = []
    for i, line in enumerate(batch, done + 1):
        text = line.strip()
        if not text or text.startswith("#"):
            kept.append(text)
            continue
        try:
            point = parse_number(text)
            sheet.accept(point)
        except ActcliError as fault:
            return points, kept, ActcliError(f"standard input, line {i}: {fault}")
        points.append(point)
        kept.append(None)
    return points, kept, None
