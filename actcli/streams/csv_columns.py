"""Numbers in columns of CSV or TSV in; the same rows with fields of answers added at their ends out."""

import mmap
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from actcli.errors import ActcliError
from actcli.language.limits import Array
from actcli.language.texts import cell_text
from actcli.streams.csv_heads import NoHeadError, Wanted, find_head
from actcli.streams.csv_records import CR, Dialect, LongRow, RecordRows, miscounted, quoted, with_point
from actcli.streams.floats import numbers, printed, sharpened
from actcli.streams.lines import Batch, Task, last_end, refused, too_long_for
from actcli.streams.workers import CHUNK, LONGEST, MOST_ROWS_AT_ONCE, Piece


@dataclass(frozen=True)
class Choice(Wanted):
    """Which columns are read and what is made of them.

    `labels` name the answers to each column, and `names`, where there are any, the new columns.
    `header_out`: whether the header is written.
    """

    labels: Sequence[str] = ()
    names: Sequence[str] = ()
    header_out: bool = True
    together: bool = False  # the columns are one vector, and labels name all its answers

    @property
    def read(self) -> Sequence[str]:
        """What is answered: each column, or all of them."""
        return [",".join(self.columns)] if self.together else self.columns

    def new_names(self) -> list[str]:
        """Return the names of the new columns, the answers to the first column first."""
        several = len(self.read) > 1
        names = [f"{label}_{of}" if several else label for of in self.read for label in self.labels]
        if self.names and len(self.names) != len(names):
            raise ActcliError(f"{len(self.names)} --name for {len(names)} new columns: give one for each")
        return list(self.names) or names


class Fields:
    """The filter for columns of CSV."""

    joint = 0
    chunk = CHUNK

    def __init__(self, task: Task, choice: Choice) -> None:
        """`choice` is where the numbers stand, and what the new columns are called."""
        self.task, self.choice = task, choice
        self.names = [name.encode("utf-8", "surrogateescape") for name in choice.new_names()]
        self.dialect = Dialect(choice.delimiter or b",")
        self.width = 0
        self.chosen: Sequence[int] = ()
        self.long: LongRow | None = None

    # ------------------------------------------------------------------------ the header

    def begin(self, chunk: bytes) -> tuple[bytes, int]:
        """Learn the columns from the header; return what is written before the rows, and its length."""
        if not chunk and self.choice.header is False:
            return b"", 0
        found = find_head(chunk, self.choice)
        self.dialect, self.width, self.chosen = found.dialect, len(found.names), found.chosen
        if not found.named:
            return chunk[: found.rows], found.rows
        for name in self.names:
            if name in found.names:
                raise ActcliError(f"there is a column {name.decode()!r} already: add --name")
        delimiter = self.dialect.delimiter
        line = delimiter.join([found.record, *(quoted(name, delimiter) for name in self.names)])
        text = chunk[: found.start] + line + chunk[found.start + len(found.record) : found.rows]
        return text if self.choice.header_out else b"", found.rows

    # ------------------------------------------------------------------------ the rows

    def cut(self, data: mmap.mmap, size: int) -> int:
        """Return how many of the bytes read so far are complete records."""
        if not self.width and not self._learned(data, size):
            return 0
        return self.dialect.cut(data, size - (self.dialect.end == CR and not self.width))

    def _learned(self, data: mmap.mmap, size: int) -> bool:
        """Tell whether the lines read so far say by which delimiter the columns are parted."""
        if not (known := last_end(data, size)):
            return False
        try:
            self.dialect = find_head(data[:known], self.choice).dialect
        except NoHeadError as fault:
            return fault.final
        return True

    def answer(self, chunk: bytes) -> Piece:
        """Return the rows of a chunk with their answers; where they are many and short, in halves."""
        if chunk.count(self.dialect.end) > MOST_ROWS_AT_ONCE:
            half = self.dialect.cut(chunk, len(chunk) // 2)
            if half:
                return self.answer(chunk[:half]).then(lambda: self.answer(chunk[half:]))
        return self._answered(chunk)

    @property
    def longest(self) -> int:
        """How many bytes of a row are held: of one that is no header, no more than are answered at once."""
        return 2 * self.chunk if self.width else LONGEST

    @property
    def passes_long(self) -> bool:
        """Whether a longer row goes on in parts: not the header."""
        return self.width > 0

    def pass_by(self, data: bytes, last: bool) -> tuple[Piece, int]:
        """Pass on a part of a long row; one that may have to be left out is kept until it has ended."""
        row = self.long = self.long or LongRow(self.dialect, self.chosen)
        body, line_end, end = row.part(data, last)
        if self.task.policy not in ("nan", "empty"):
            row.kept += body[: LONGEST + 1 - len(row.kept)]
            body = b""
        too_long = len(row.kept) > LONGEST
        if too_long and self.task.policy != "skip":
            sentence = f": {too_long_for(LONGEST)}: --on-error nan, empty or skip goes on"
            return Piece(b"", 0, 0, fault=(0, sentence)), end
        if end < 0:
            return Piece(body, 0, 0), end
        self.long, short = None, row.short(self.width)
        if too_long:
            return Piece(b"", row.lines, 0, lost=1, why=too_long_for(LONGEST)), end
        piece = replace(self._answered(short + line_end), lines=row.lines)
        if piece.fault and row.fields > self.width:
            piece = replace(piece, fault=(0, miscounted(row.fields, self.width)))
        text = b"".join((row.kept, body, piece.text[len(short) :])) if piece.text else b""
        return replace(piece, text=text), end

    def _padding(self, fields: int) -> bytes:
        return self.dialect.delimiter * (self.width - fields)

    @property
    def _none(self) -> bytes:
        """What stands in place of answers."""
        return self.dialect.delimiter.join([b"" if self.task.policy == "empty" else b"nan"] * len(self.names))

    def _answered(self, chunk: bytes) -> Piece:
        rows = self.dialect.rows(chunk, self.width, self.chosen)
        batches = [self._batch(texts, rows) for texts in rows.texts]
        batches = [_joined(batches)] if self.choice.together else batches
        losses: list[dict[int, str]] = [{} for _ in batches]
        columns = [
            self.task.columns(batch.numbers, lost) for batch, lost in zip(batches, losses, strict=True)
        ]
        empty = [{*batch.bad, *lost} for batch, lost in zip(batches, losses, strict=True)]
        parts = self._parts(rows, columns, empty if self.task.policy == "empty" else [])
        bad = len(rows.odd) + sum(len(batch.bad) for batch in batches)
        lost, why = sum(map(len, losses)), next((why for lost in losses for why in lost.values()), "")
        written = len(rows.bodies) - len(rows.blank)
        if (bad and self.task.stops) or (lost and self.task.policy == "stop"):
            row, sentence = self._first_fault(rows, batches, losses if self.task.policy else [])
            fault = (rows.line(row), sentence)
            return Piece(b"".join(parts[: 4 * row]), 0, row - sum(i < row for i in rows.blank), fault=fault)
        if (bad or lost) and self.task.policy == "skip":
            written -= _drop(parts, {*rows.odd, *(rows.at[i] for places in empty for i in places)})
        return Piece(b"".join(parts), rows.line(len(rows.bodies)), written, bad, lost, why)

    def _batch(self, texts: Sequence[bytes], rows: RecordRows) -> Batch:
        texts = [self.task.read(text) for text in texts] if self.task.bits else texts
        texts = [with_point(text) for text in texts] if self.choice.decimal_comma else texts
        found, bad, sentence = numbers(texts)
        found = sharpened(found, lambda: texts, self.task.dtype)
        return refused(
            Batch(found, np.asarray(rows.at), (), len(rows.bodies), bad, sentence), self.task.accept
        )

    def _parts(
        self, rows: RecordRows, columns: Sequence[Sequence[Array]], empty: Sequence[set[int]]
    ) -> list[bytes]:
        """Return four parts for each row: the row, a delimiter, the answers, the line end."""
        parts = [self.dialect.delimiter] * (4 * len(rows.bodies))
        parts[::4], parts[3::4] = rows.bodies, rows.ends
        values = self._written(columns, empty)
        if len(values) == len(rows.bodies):
            parts[2::4] = values
            return parts
        for row, value in zip(rows.at, values, strict=True):
            parts[4 * row + 2] = value
        for row in rows.odd:
            parts[4 * row] += self._padding(len(self.dialect.fields(rows.bodies[row])))
            parts[4 * row + 2] = self._none
        for row in rows.blank:
            parts[4 * row + 1] = parts[4 * row + 2] = b""
        return parts

    def _written(self, columns: Sequence[Sequence[Array]], empty: Sequence[set[int]]) -> list[bytes]:
        """Return the answers of each row as they are written.

        `empty` are, column by column, the places where nan stands for no answer and is not to be written.
        """
        answers = [answer for found in columns for answer in found]
        delimiter, spelled = self.dialect.delimiter, self.task.spelled
        if spelled:
            cells = [map(cell_text, spelled(answer.tolist())) for answer in answers]
            values = [delimiter.join(map(str.encode, row)) for row in zip(*cells, strict=True)]
        else:
            values = printed(answers, delimiter).splitlines()
        for k, places in enumerate(empty):
            for i in places:
                row = values[i].split(delimiter)
                for j in range(k * len(columns[k]), (k + 1) * len(columns[k])):
                    row[j] = b"" if row[j] == b"nan" else row[j]
                values[i] = delimiter.join(row)
        if not self.choice.decimal_comma:
            return values
        return [
            delimiter.join(quoted(cell.replace(b".", b","), delimiter) for cell in value.split(delimiter))
            for value in values
        ]

    def _first_fault(
        self, rows: RecordRows, batches: Sequence[Batch], losses: Sequence[dict[int, str]]
    ) -> tuple[int, str]:
        """Return the first row with a fault, and what is wrong with it."""
        faults = list(rows.odd.items())[:1]
        for column, batch in zip(self.choice.read, batches, strict=True):
            if batch.bad:
                faults.append((rows.at[batch.bad[0]], f", column {column!r}: {batch.sentence}"))
        for column, lost in zip(self.choice.read, losses, strict=False):
            faults += [(rows.at[i], f", column {column!r}: {why}") for i, why in list(lost.items())[:1]]
        return min(faults, key=lambda fault: fault[0])

    def end(self, some: bool) -> bytes:
        """Return what is written after all rows: nothing."""
        return b""


def _joined(batches: Sequence[Batch]) -> Batch:
    """Return columns as one, of vectors: bad where one of them is."""
    bad = sorted({place for batch in batches for place in batch.bad})
    sentence = next((batch.sentence for batch in batches if batch.bad and batch.bad[0] == bad[0]), "")
    return replace(
        batches[0], numbers=np.column_stack([b.numbers for b in batches]), bad=bad, sentence=sentence
    )


def _drop(parts: list[bytes], rows: set[int]) -> int:
    """Take out rows, and return how many."""
    for row in rows:
        parts[4 * row : 4 * row + 4] = [b""] * 4
    return len(rows)
