"""Numbers in, proven digits out, line by line."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from actcli.errors import ActcliError, NoAnswerError
from actcli.language.points import parse_number
from actcli.language.texts import Cell, Digits
from actcli.streams.columns import Sheet
from actcli.streams.lines import BOM
from actcli.streams.pump import Counts, ready
from actcli.streams.workers import LONGEST

CHUNK = 1 << 16


def answered(
    source: int, sheet: Sheet, counts: Counts, name: str, policy: str
) -> Iterator[Sequence[Cell] | str]:
    """Yield a row for each number on the lines of a file descriptor, and other lines as they are.

    The counts are kept up to date. What is no number, or refused by the sheet, or has no answer is treated as
    the policy says (see lines.Task); what stops raises ActcliError with its place, after the rows before it.
    """
    gap: Cell = Digits("" if policy == "empty" else "nan")
    for line in lines(source):
        counts.lines += 1
        counts.bytes += len(line) + 1
        text = (line.removeprefix(BOM) if counts.lines == 1 else line).decode("utf-8", "replace").strip()
        if not text or text.startswith("#"):
            yield text
            continue
        row: Sequence[Cell] = [gap] * len(sheet.header)
        try:
            point = parse_number(text)
            sheet.accept(point)
            row, why = _row(sheet, point)
            if why and policy == "stop":
                raise ActcliError(why)
            row = [gap if cell == "nan" else cell for cell in row] if why else row
            counts.lost, counts.why = counts.lost + bool(why), counts.why or why
        except ActcliError as fault:
            if policy in ("", "stop"):
                raise ActcliError(f"{name}, line {counts.lines}: {fault}") from None
            counts.bad, why = counts.bad + 1, str(fault)
        if not (why and policy == "skip"):
            counts.rows += 1
            yield row


def _row(sheet: Sheet, point: Fraction | float) -> tuple[Sequence[Cell], str]:
    """Return the row at a point, and why it lacks an answer; "" where it does not."""
    try:
        return next(replace(sheet, strict=True).rows([point])), ""
    except NoAnswerError as fault:
        return next(sheet.rows([point])), str(fault)


def lines(source: int) -> Iterator[bytes]:
    """Yield the lines that arrive at a file descriptor, each as soon as it is there, without its end.

    LF, CRLF and CR end a line, a CR only when it is known what follows it.
    """
    held, size = [b""], 0  # what has come without a line end
    while ready([source], None) and (chunk := os.read(source, CHUNK)):
        apart = held[-1].endswith(b"\r") or b"\r" in chunk or b"\n" in chunk
        held.append(chunk)
        size += len(chunk)
        if apart:
            text, waits = b"".join(held), chunk.endswith(b"\r")
            text = (text[:-1] if waits else text).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            *complete, rest = text.split(b"\n")
            held = [rest + b"\r" * waits]
            size = len(held[0])
            yield from complete
        if size > LONGEST:
            raise ActcliError(f"standard input has a line longer than {LONGEST:,} bytes")
    if rest := b"".join(held):
        yield rest.removesuffix(b"\r")
