"""The formats of rows for programs, a record each, and the writer of a few rows.

Cells are floats or texts. Numbers are the shortest text that reads back to the same float64.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from actcli.language.texts import Cell, Digits, shortest

Names = Sequence[str]


class Format(NamedTuple):
    """How rows are written: what stands around cells, around rows and around them all.

    `head` makes the line of names from them, `text` a cell from a text. With `keyed` each cell follows its
    column's name. `row` stands before, between and after the cells of a row; `joint` between two rows,
    `opening` before the first; `closing` after the last, and where there was none. `nonfinite` are the words
    for nan, inf and -inf. A format that `keeps_comments` lets lines without a number pass through.
    """

    name: str
    head: Callable[[Names], str]
    text: Callable[[str], str] = str
    keyed: bool = False
    row: tuple[str, str, str] = ("", " ", "\n")
    joint: str = ""
    opening: str = ""
    closing: tuple[str, str] = ("", "")
    nonfinite: tuple[str, str, str] = ("nan", "inf", "-inf")
    keeps_comments: bool = False

    def keys(self, names: Names) -> list[str]:
        """Return what stands right before each cell of a row."""
        return [f"{_json(name)}: " if self.keyed else "" for name in names]

    def cell(self, cell: Cell) -> str:
        """Return a number or a text as a cell."""
        if isinstance(cell, str):
            return self._digits(cell) if isinstance(cell, Digits) else self.text(cell)
        if math.isfinite(cell):
            return shortest(cell)
        return self.nonfinite[0 if math.isnan(cell) else 1 + (cell < 0)]

    def _digits(self, digits: str) -> str:
        if not digits:
            return "null" if self.keyed else ""
        words = dict(zip(("nan", "inf", "-inf"), self.nonfinite, strict=True))
        return words.get(digits, digits)

    def line(self, names: Names, cells: Sequence[Cell]) -> str:
        """Return one row."""
        before, between, after = self.row
        keys = self.keys(names or [str(i) for i in range(1, len(cells) + 1)])
        return before + between.join(map(str.__add__, keys, map(self.cell, cells))) + after


def _no_names(names: Names) -> str:
    return ""


def _blank_separated(names: Names) -> str:
    """Return names above several columns; a single column has none, so that it stays a list of numbers."""
    return " ".join(name.replace(" ", "") for name in names) + "\n" if len(names) > 1 else ""


def _separated(name: str, delimiter: str) -> Format:
    """Return a format with that delimiter: quotes only where needed, LF line ends."""

    def quoted(*texts: str) -> str:
        import csv
        import io

        buffer = io.StringIO()
        csv.writer(buffer, delimiter=delimiter, lineterminator="").writerow(texts)
        return buffer.getvalue()

    def head(names: Names) -> str:
        return quoted(*names) + "\n" if names else ""

    return Format(name, head, lambda text: text and quoted(text), row=("", delimiter, "\n"))


def _markdown_head(names: Names) -> str:
    return f"| {' | '.join(map(_unpiped, names))} |\n| {' | '.join(['---:'] * len(names))} |\n"


def _json(text: str) -> str:
    import json

    return json.dumps(text)


def _unpiped(text: str) -> str:
    return text.replace("|", "\\|")


_OBJECT = Format(
    "jsonl", _no_names, _json, keyed=True, row=("{", ", ", "}\n"),
    nonfinite=('"NaN"', '"Infinity"', '"-Infinity"'),
)  # fmt: skip
_LIST = Format(
    "json", _no_names, _json, keyed=True, row=("\n{", ", ", "}"), joint=",",
    opening="[", closing=("\n]\n", "]\n"), nonfinite=_OBJECT.nonfinite,
)  # fmt: skip

FORMATS = {
    format.name: format
    for format in (
        Format("plain", _blank_separated, keeps_comments=True),
        _separated("csv", ","),
        _separated("tsv", "\t"),
        _LIST,
        _OBJECT,
        Format("md", _markdown_head, _unpiped, row=("| ", " | ", " |\n")),
    )
}


def written(form: Format, names: Names, rows: Iterable[Sequence[Cell]], headed: bool = True) -> Iterator[str]:
    """Yield the text of rows as they come; what was opened is closed too where a fault ends them."""
    if head := form.head(names if headed else []):
        yield head
    before = form.opening
    some = False
    try:
        for row in rows:
            yield before + form.line(names, row)
            before, some = form.joint, True
    except BaseException as fault:
        if some and not isinstance(fault, GeneratorExit):
            yield form.closing[0]
        raise
    yield form.closing[0] if some else before + form.closing[1]
