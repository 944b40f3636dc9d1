"""Columns to text: rich for people, plain, csv, tsv, json, jsonl and md for programs.

Cells are floats or texts. Machine formats print the shortest text that reads back to the same
float64, in one convention everywhere: no trailing `.0`, an exponent only below 1e-5 and from 1e+16 on.
"""

import io
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

Cell = float | str
Rows = Iterable[Sequence[Cell]]

SCREEN_DIGITS = 6


class Digits(str):
    """A number as text that is printed as it is, in JSON too."""


def shortest(value: float) -> str:
    """Return the shortest text that reads back to the same float64: 1, -0, 0.00005, 1e-6, 1e+16, nan."""
    text = repr(float(value))
    if "e" in text:
        mantissa, exponent = text.split("e")
        if exponent == "-05":
            return _shifted(mantissa)
        return f"{mantissa}e{int(exponent):+}"
    return text.removesuffix(".0")


def _shifted(mantissa: str) -> str:
    digits = mantissa.lstrip("-").replace(".", "")
    return f"{'-' if mantissa[0] == '-' else ''}0.0000{digits}"


def on_screen(value: Cell) -> str:
    """Return a number in six significant digits; fewer only where they say all of it."""
    if isinstance(value, str):
        return value
    text = shortest(value)
    if len(text.lstrip("-").replace(".", "").lstrip("0")) <= SCREEN_DIGITS or not math.isfinite(value):
        return text.replace("e+", "e")
    mantissa, _, exponent = f"{value:#.{SCREEN_DIGITS}g}".partition("e")
    return f"{mantissa}e{int(exponent)}" if exponent else mantissa.removesuffix(".")


def cell_text(cell: Cell) -> str:
    """Return a cell as machine formats print it."""
    return cell if isinstance(cell, str) else shortest(cell)


# ---------------------------------------------------------------------------- formats for programs


def plain(header: Sequence[str] | None, rows: Rows) -> Iterator[str]:
    """Yield one line a row, the cells with a blank between them, a header only above several columns."""
    if header and len(header) > 1:
        yield " ".join(name.replace(" ", "") for name in header) + "\n"
    for row in rows:
        yield " ".join(map(cell_text, row)) + "\n"


def separated(delimiter: str) -> Callable[[Sequence[str] | None, Rows], Iterator[str]]:
    """Return the writer of a format with that delimiter: quotes only where needed, LF line ends."""

    def write(header: Sequence[str] | None, rows: Rows) -> Iterator[str]:
        import csv

        buffer = io.StringIO()
        writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\n")
        for row in [header] if header else []:
            yield _line(writer, buffer, row)
        for cells in rows:
            yield _line(writer, buffer, [cell_text(cell) for cell in cells])

    return write


def _line(writer: Any, buffer: io.StringIO, cells: Sequence[str]) -> str:
    buffer.seek(0)
    buffer.truncate()
    writer.writerow(cells)
    return buffer.getvalue()


def json_lines(header: Sequence[str] | None, rows: Rows) -> Iterator[str]:
    """Yield one JSON object a row; nan and infinities are the strings "NaN", "Infinity", "-Infinity"."""
    for row in rows:
        yield _object(header, row) + "\n"


def json_array(header: Sequence[str] | None, rows: Rows) -> Iterator[str]:
    """Yield a JSON array of objects, one a line."""
    before = "["
    for row in rows:
        yield f"{before}\n{_object(header, row)}"
        before = ","
    yield "[]\n" if before == "[" else "\n]\n"


def _object(header: Sequence[str] | None, row: Sequence[Cell]) -> str:
    import json

    names = header or [str(i) for i in range(1, len(row) + 1)]
    pairs = (f"{json.dumps(name)}: {_json(cell)}" for name, cell in zip(names, row, strict=True))
    return "{" + ", ".join(pairs) + "}"


def _json(cell: Cell) -> str:
    if isinstance(cell, Digits):
        return cell
    if isinstance(cell, str):
        import json

        return json.dumps(cell)
    if math.isfinite(cell):
        return shortest(cell)
    return '"NaN"' if math.isnan(cell) else '"Infinity"' if cell > 0 else '"-Infinity"'


def markdown(header: Sequence[str] | None, rows: Rows) -> Iterator[str]:
    """Yield a Markdown table with the numbers set to the right."""
    names = header or []
    yield _piped([name.replace("|", "\\|") for name in names])
    yield _piped(["---:"] * len(names))
    for row in rows:
        yield _piped([cell_text(cell).replace("|", "\\|") for cell in row])


def _piped(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


FORMATS: Mapping[str, Callable[[Sequence[str] | None, Rows], Iterator[str]]] = {
    "plain": plain,
    "csv": separated(","),
    "tsv": separated("\t"),
    "json": json_array,
    "jsonl": json_lines,
    "md": markdown,
}


# ---------------------------------------------------------------------------- a table for people


def screen(header: Sequence[str], rows: Rows, *, width: int, color: bool, ascii: bool = False) -> str:
    """Return a table no wider than `width`: columns that do not fit go into a further block below.

    No number is ever cut. The first column (z) is repeated in every block.
    """
    cells = [[on_screen(cell) for cell in row] for row in rows]
    columns = [[name, *(row[i] for row in cells)] for i, name in enumerate(header)]
    blocks = _blocks([max(map(len, column)) for column in columns], width)
    return "\n".join(_block([columns[i] for i in block], color, ascii) for block in blocks)


def _blocks(widths: Sequence[int], width: int) -> list[list[int]]:
    """Return the columns of each block: as many as fit, at least one beside the first."""
    blocks = [[0]]
    room = width - widths[0] - 4
    left = room
    for i, needed in enumerate(widths[1:], 1):
        if needed + 3 > left and len(blocks[-1]) > 1:
            blocks.append([0])
            left = room
        blocks[-1].append(i)
        left -= needed + 3
    return blocks


def _block(columns: Sequence[Sequence[str]], color: bool, ascii: bool) -> str:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.ASCII if ascii else box.ROUNDED, header_style="bold", show_edge=True)
    for i, (name, *_) in enumerate(columns):
        table.add_column(_literal(name), justify="right", no_wrap=True, style="cyan" if i == 0 else "")
    for row in zip(*(column[1:] for column in columns), strict=True):
        table.add_row(*map(_literal, row))
    out = io.StringIO()
    system: Any = "standard" if color else None
    console = Console(file=out, width=10_000, color_system=system, force_terminal=color, highlight=False)
    console.print(table)
    return out.getvalue()


def _literal(text: str) -> Any:
    from rich.text import Text

    return Text(text)
