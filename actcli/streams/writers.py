"""Columns of numbers as the bytes of a format, in pieces: the same text that `tables` writes row by row."""

import json
from collections.abc import Sequence

from actcli.language.limits import Array
from actcli.pages import tables
from actcli.streams.floats import JSON_NONFINITE, NONFINITE, printed
from actcli.streams.workers import CHUNK

_BETWEEN = {"plain": b" ", "csv": b",", "tsv": b"\t"}


class Form:
    """How rows are written in one format (plain, csv, tsv, json, jsonl or md).

    `header` is what stands above all rows; `keeps_comments` tells whether lines that hold no number pass
    through; `chunk` is how many bytes of input are best answered at once, `joint` how many bytes join rows.
    """

    def __init__(self, format: str, names: Sequence[str], header: bool = True) -> None:
        """`names` are the columns' names, `header` whether they are written."""
        self.keeps_comments = format == "plain"
        self.joint = 1 if format == "json" else 0  # the comma before an element
        self.chunk = max(CHUNK // 16, min(CHUNK // 2, 30 * CHUNK // sum(30 + len(name) for name in names)))
        self._between = _BETWEEN.get(format)
        self._template = _template(format, names)
        self._nonfinite = JSON_NONFINITE if format.startswith("json") else NONFINITE
        self._array = format == "json"
        self.header = _header(format, names if header else None)

    def rows(self, columns: Sequence[Array]) -> bytes:
        """Return the rows as lines, each with its end."""
        if not len(columns[0]):
            return b""
        if self._between:
            return printed(columns, self._between)
        cells = printed(columns, nonfinite=self._nonfinite).replace(b"\n", b",").split(b",")
        return self._template * len(columns[0]) % tuple(cells[:-1])

    def end(self, some: bool) -> bytes:
        """Return what closes the text, after `some` rows or none."""
        if not self._array:
            return b""
        return b"\n]\n" if some else b"]\n"


def _header(format: str, names: Sequence[str] | None) -> bytes:
    if format.startswith("json"):
        return b"[" if format == "json" else b""
    return "".join(tables.FORMATS[format](names, [])).encode("utf-8", "surrogateescape")


def _template(format: str, names: Sequence[str]) -> bytes:
    """Return one row with %b for each number; an element of a JSON array starts with the comma before it."""
    if format == "md":
        return b"| " + b" | ".join([b"%b"] * len(names)) + b" |\n"
    pairs = ", ".join(f"{json.dumps(name)}: ".replace("%", "%%") + "%b" for name in names)
    line = f"{{{pairs}}}".encode()
    return b",\n" + line if format == "json" else line + b"\n"
