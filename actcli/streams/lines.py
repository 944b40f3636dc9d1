"""One number a line in, one row of answers a line out."""

import mmap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from actcli.errors import ActcliError
from actcli.language.limits import Array
from actcli.numerics.balls.arrays import Places
from actcli.streams.floats import numbers, parsed_in_bulk, sharpened
from actcli.streams.notations import bits_read
from actcli.streams.pump import Filter
from actcli.streams.workers import LONGEST, MOST_ROWS_AT_ONCE, Piece
from actcli.streams.writers import ColumnWriter, Spelled

Columns = Callable[[Array, dict[int, str]], list[Array]]
Accept = Callable[[float], None]
_PASSING = {b"", *(b"%c" % byte for byte in b"# \t\n\r\v\f")}  # begin lines that may hold no number
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Batch:
    """The lines of one chunk: the numbers, on which lines they stand, and the lines that hold none.

    `bad` are the places in `numbers` of those that could not be read or accepted (they are nan there),
    `sentence` what is wrong with the first.
    """

    numbers: Array
    at: Places
    passed: Sequence[tuple[int, bytes]]
    lines: int
    bad: Sequence[int] = ()
    sentence: str = ""

    def upto(self, end: int) -> "Batch":
        """Return the batch as if it had stopped before its number `end`."""
        line = self.at[end]
        passed = [(place, text) for place, text in self.passed if place < line]
        return Batch(self.numbers[:end], self.at[:end], passed, int(line))

    def without(self, places: Sequence[int]) -> "Batch":
        """Return the batch without some of its numbers."""
        return replace(self, numbers=np.delete(self.numbers, places), at=np.delete(self.at, places))


@dataclass(frozen=True)
class Task:
    """What is done with numbers, wherever they stand.

    `columns` makes the answers, and tells the places of those there are not, and why. `policy` is what is
    done there and at bad numbers: stop, nan, skip or empty; with "" bad numbers alone stop. `accept` raises
    ActcliError for a number that is to be refused; between two that are not, none is. `dtype` is the format
    to which `columns` will round the numbers; `spelled` makes cells of numbers, where they are not to be
    decimals, and with `bits` numbers may be read as their bits.
    """

    columns: Columns
    policy: str = "stop"
    accept: Accept | None = None
    dtype: str = "float64"
    spelled: Spelled | None = None
    bits: bool = False

    @property
    def stops(self) -> bool:
        """Whether a bad number ends the run."""
        return self.policy in ("", "stop")

    def read(self, text: bytes) -> bytes:
        """Return a text with decimals for all numbers."""
        return bits_read(text, self.dtype) if self.bits else text


class Lines:
    """The filter for one number a line; blank lines and # comments pass through where the form keeps them."""

    longest = LONGEST

    def __init__(self, task: Task, form: ColumnWriter) -> None:
        """`form` is how the rows are written."""
        self.task, self.form, self.passes_long = task, form, not task.stops
        self.chunk, self.joint = form.chunk, form.joint

    def begin(self, chunk: bytes) -> tuple[bytes, int]:
        """Return what is written before all rows, and how many bytes of the first chunk are not lines."""
        return self.form.header, len(BOM) if chunk.startswith(BOM) else 0

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
        batch = refused(read_numbers(self.task.read(chunk), self.task.dtype), self.task.accept)
        lines, bad = batch.lines, len(batch.bad)
        fault = None
        if bad and self.task.stops:
            fault = (int(batch.at[batch.bad[0]]), f": {batch.sentence}")
            batch, bad = batch.upto(batch.bad[0]), 0
        lost: dict[int, str] = {}
        columns = self.task.columns(batch.numbers, lost)
        odd = sorted({*batch.bad, *lost})
        if lost and self.task.policy == "stop":
            first = min(lost)
            fault = (int(batch.at[first]), f": {lost[first]}")
            batch, columns, odd = batch.upto(first), [column[:first] for column in columns], []
        elif odd and self.task.policy == "skip":
            batch, columns, odd = batch.without(odd), [np.delete(column, odd) for column in columns], []
        rows = self.form.rows(columns, odd if self.task.policy == "empty" else ())
        if batch.passed and self.form.keeps_comments:
            rows = b"".join(_woven(rows.splitlines(keepends=True), batch))
        return Piece(rows, lines, len(batch.numbers), bad, len(lost), next(iter(lost.values()), ""), fault)

    def end(self, some: bool) -> bytes:
        """Return what is written after all rows."""
        return self.form.end(some)


def too_long_for(most: int) -> str:
    """Return what is wrong with a row that has more bytes."""
    return f"the row is longer than {most:,} bytes"


def passed_by(work: Filter, data: bytes, last: bool) -> tuple[Piece, int]:
    """Return what stands for a line of which some bytes are the next: nothing until it ends, and its end."""
    end = data.find(b"\n") + 1
    if not end and not last:
        return Piece(b"", 0, 0), -1
    piece = replace(work.answer(b"(too long)\n"), bad=0, lost=1, why=too_long_for(work.longest))
    return piece, end or len(data)


def line_ends(chunk: bytes) -> int:
    """Return how many LF there are, in a tenth of the time of bytes.count."""
    return int(np.count_nonzero(np.frombuffer(chunk, np.uint8) == ord("\n")))


def last_end(data: mmap.mmap | bytes, size: int) -> int:
    """Return the place after the last line end; where there is no LF, a CR that is not the last byte."""
    return data.rfind(b"\n", 0, size) + 1 or data.rfind(b"\r", 0, size - 1) + 1


def read_numbers(chunk: bytes, dtype: str = "float64") -> Batch:
    """Read the lines of a chunk; LF, CRLF and CR end a line, the last may have no end.

    The numbers are float64s that round to the format `dtype` as the texts do.
    """
    whole = parsed_in_bulk(chunk)
    if whole is not None:
        whole = sharpened(whole, lambda: split(chunk), dtype)
        return Batch(whole, np.arange(len(whole)), (), len(whole))
    lines = split(chunk)
    passed = [(i, line) for i, line in enumerate(lines) if line[:1] in _PASSING and _passes(line)]
    at = np.delete(np.arange(len(lines)), [i for i, _ in passed])
    texts = [lines[i] for i in at.tolist()] if passed else lines
    found, bad, sentence = numbers(texts)
    return Batch(sharpened(found, lambda: texts, dtype), at, passed, len(lines), bad, sentence)


def split(chunk: bytes) -> list[bytes]:
    """Return the lines of a chunk, without their ends."""
    return chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n").removesuffix(b"\n").split(b"\n")


def _passes(line: bytes) -> bool:
    return line.lstrip()[:1] in (b"", b"#")


def refused(batch: Batch, accept: Accept | None) -> Batch:
    """Add to the bad numbers those that `accept` refuses: none, where it takes the least and the greatest."""
    if accept is None or not _sentences(accept, _extremes(batch.numbers)):
        return batch
    faults = _sentences(accept, batch.numbers.tolist())
    numbers = batch.numbers.copy()
    numbers[list(faults)] = np.nan
    first = min(faults)
    sentence = batch.sentence if batch.bad and batch.bad[0] < first else faults[first]
    return replace(batch, numbers=numbers, bad=sorted({*batch.bad, *faults}), sentence=sentence)


def _extremes(values: Array) -> list[float]:
    known = values[~np.isnan(values)]
    return [float(known.min()), float(known.max())] if len(known) else []


def _sentences(accept: Accept, values: Sequence[float]) -> dict[int, str]:
    faults = {}
    for i, value in enumerate(values):
        try:
            accept(value)
        except ActcliError as fault:
            faults[i] = str(fault)
    return faults


def _woven(rows: list[bytes], batch: Batch) -> Iterator[bytes]:
    """Yield the rows with the lines that pass through in their places."""
    done = 0
    befores = np.searchsorted(batch.at, [line for line, _ in batch.passed])
    for before, (_, text) in zip(befores.tolist(), batch.passed, strict=True):
        yield from rows[done:before]
        yield text + b"\n"
        done = before
    yield from rows[done:]
