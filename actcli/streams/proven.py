"""Numbers in, proven digits out, line by line."""

import os
from collections.abc import Iterator

from actcli.errors import ActcliError
from actcli.language.points import parse_number
from actcli.language.texts import Cell
from actcli.streams.columns import Sheet
from actcli.streams.lines import BOM
from actcli.streams.pump import Counts
from actcli.streams.workers import LONGEST

CHUNK = 1 << 16


def answered(source: int, sheet: Sheet, counts: Counts, name: str) -> Iterator[tuple[Cell, ...] | str]:
    """Yield a row for each number on the lines of a file descriptor, and other lines as they are.

    The counts are kept up to date. A line that is no number, or one that the sheet refuses, raises
    ActcliError with its place, after the rows before it.
    """
    for line in lines(source):
        counts.lines += 1
        counts.bytes += len(line) + 1
        if counts.lines == 1:
            line = line.removeprefix(BOM)
        text = line.decode("utf-8", "replace").strip()
        if not text or text.startswith("#"):
            yield text
            continue
        try:
            point = parse_number(text)
            sheet.accept(point)
            yield from sheet.rows([point])
        except ActcliError as fault:
            raise ActcliError(f"{name}, line {counts.lines}: {fault}") from None
        counts.rows += 1


def lines(source: int) -> Iterator[bytes]:
    """Yield the lines that arrive at a file descriptor, each as soon as it is there, without its end."""
    rest = b""
    while chunk := os.read(source, CHUNK):
        *complete, rest = (rest + chunk).split(b"\n")
        yield from complete
        if len(rest) > LONGEST:
            raise ActcliError(f"standard input has a line longer than {LONGEST:,} bytes")
    if rest:
        yield rest
