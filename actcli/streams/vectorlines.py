"""A vector a line in, its answers on one line out; the entries stand apart by blanks, commas or tabs."""

import mmap
from dataclasses import dataclass, field

import numpy as np

from actcli.errors import ActcliError
from actcli.language.limits import Array
from actcli.language.texts import cell_text
from actcli.streams.floats import numbers, printed, sharpened
from actcli.streams.lines import BOM, Task, last_end, line_ends, passed_by, split
from actcli.streams.workers import CHUNK, MOST_ROWS_AT_ONCE, Piece


@dataclass
class _Found:
    """What the lines of a chunk came to: their texts, and which hold a bad vector or have no answer."""

    texts: list[bytes]
    bad: dict[int, str] = field(default_factory=dict)
    lost: dict[int, str] = field(default_factory=dict)


class VectorLines:
    """The filter for one vector a line; blank lines and # comments pass through."""

    joint = 0
    chunk, longest = CHUNK, 1 << 22

    def __init__(self, task: Task, delimiter: bytes) -> None:
        """`task.columns` answers vectors of one length, in rows; `delimiter` stands between the answers."""
        self.task, self.delimiter, self.passes_long = task, delimiter, not task.stops

    def begin(self, chunk: bytes) -> tuple[bytes, int]:
        """Return nothing, as vectors have no header, and how many bytes of the first chunk are not lines."""
        return b"", len(BOM) if chunk.startswith(BOM) else 0

    def cut(self, data: mmap.mmap, size: int) -> int:
        """Return how many of the bytes read so far are complete lines."""
        return last_end(data, size)

    def answer(self, chunk: bytes) -> Piece:
        """Return the answers to the lines of a chunk; where they are many and short, in halves."""
        if line_ends(chunk) > MOST_ROWS_AT_ONCE and (half := last_end(chunk, len(chunk) // 2)):
            return self.answer(chunk[:half]).then(lambda: self.answer(chunk[half:]))
        return self._answered(chunk)

    def pass_by(self, data: bytes, last: bool) -> tuple[Piece, int]:
        """Pass by a part of a line that is too long."""
        return passed_by(self, data, last)

    def _answered(self, chunk: bytes) -> Piece:
        lines = split(self.task.read(chunk))
        fields = {i: line.replace(b",", b" ").split() for i, line in enumerate(lines) if not _passes(line)}
        found = self._found(lines, fields)
        faults = {**(found.lost if self.task.policy == "stop" else {})}
        faults |= found.bad if self.task.stops else {}
        if faults:
            first = min(faults)
            rows = sum(i < first for i in fields)
            return Piece(_lines(found.texts[:first]), 0, rows, fault=(first, f": {faults[first]}"))
        out = {*found.bad, *found.lost} if self.task.policy == "skip" else {*()}
        text = _lines([line for i, line in enumerate(found.texts) if i not in out])
        why = next(iter(found.lost.values()), "")
        return Piece(text, len(lines), len(fields) - len(out), len(found.bad), len(found.lost), why)

    def _found(self, lines: list[bytes], fields: dict[int, list[bytes]]) -> _Found:
        texts = [text for row in fields.values() for text in row]
        values, bad, sentence = numbers(texts)
        values = sharpened(values, lambda: texts, self.task.dtype)
        ends = np.cumsum([0, *map(len, fields.values())])
        where = [*fields]
        found = _Found(list(lines))
        for place in bad:
            found.bad.setdefault(where[int(np.searchsorted(ends, place, "right")) - 1], sentence)
        sizes = np.diff(ends)
        for size in set(sizes.tolist()):
            rows = np.flatnonzero(sizes == size)
            matrix = values[ends[rows][:, None] + np.arange(size)]
            self._answer(found, [where[i] for i in rows.tolist()], matrix)
        return found

    def _answer(self, found: _Found, at: list[int], matrix: Array) -> None:
        """Put in the answers to the vectors of one length."""
        lost: dict[int, str] = {}
        try:
            columns = self.task.columns(matrix, lost)
        except ActcliError as fault:
            found.bad |= dict.fromkeys(at, str(fault))
            texts = [b"" if self.task.policy == "empty" else b"nan"] * len(at)
        else:
            found.lost |= {at[row]: why for row, why in lost.items()}
            texts = self._written(columns)
        for i, text in zip(at, texts, strict=True):
            empty = self.task.policy == "empty" and (i in found.bad or i in found.lost)
            found.texts[i] = text.replace(b"nan", b"") if empty else text

    def _written(self, columns: list[Array]) -> list[bytes]:
        if not self.task.spelled:
            return printed(columns, self.delimiter).splitlines()
        cells = [map(cell_text, self.task.spelled(column.tolist())) for column in columns]
        return [self.delimiter.join(map(str.encode, row)) for row in zip(*cells, strict=True)]

    def end(self, some: bool) -> bytes:
        """Return what is written after all rows: nothing."""
        return b""


def _passes(line: bytes) -> bool:
    return not line.strip() or line.lstrip().startswith(b"#")


def _lines(texts: list[bytes]) -> bytes:
    return b"".join(text + b"\n" for text in texts)
