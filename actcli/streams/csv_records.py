"""CSV as bytes: where its records and fields end, with quotes that may hold delimiters and line ends.

The marks of a whole chunk are found at once; where rows are not all alike, or quotes stand in odd
places, it is read record by record. Both give what Python's csv module sees with skipinitialspace.
"""

import mmap
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from actcli.numerics.balls.arrays import Places
from actcli.streams.floats import Text

LF, CR = b"\n", b"\r"
_PART = 1 << 20  # bytes whose marks are looked for at once, as each mark takes the memory of eight
_LONGEST_CELL, _TOO_LONG = 1 << 22, b'"(a cell of more than 4 MiB)"'
_QUOTE, _RETURN, _BLANK = b'"\r '
NEVER_CLOSED = "a quote is opened and never closed"
_QUOTED = re.compile(rb' *+"((?:[^"]++|"")*+)("?)(.*)', re.DOTALL)


@dataclass
class RecordRows:
    """The rows of a chunk: what stands on each, and how its line ends.

    `texts` are the chosen fields, column by column, of the rows `at`. The others are in `odd`, with what is
    wrong with them, or are blank or comments and are left as they are (`blank`). `quoted`: there are quotes.
    """

    bodies: list[bytes] = field(default_factory=list)
    ends: list[bytes] = field(default_factory=list)
    texts: list[list[bytes]] = field(default_factory=list)
    at: Sequence[int] = ()
    odd: dict[int, str] = field(default_factory=dict)
    blank: list[int] = field(default_factory=list)
    quoted: bool = True
    end: bytes = LF

    def line(self, row: int) -> int:
        """Return how many lines stand before a row; a quoted field may hold several."""
        return row + (sum(body.count(self.end) for body in self.bodies[:row]) if self.quoted else 0)


class Dialect:
    """A delimiter, and the end of a line: LF (and CRLF with it), or CR."""

    def __init__(self, delimiter: bytes, end: bytes = LF) -> None:
        self.delimiter, self.end = delimiter, end
        blanks = b"" if delimiter == b" " else b" *+"
        inside = b'(?:%b"(?:[^"]++|"")*+"?)?+[^%b%b]*+' % (blanks, re.escape(delimiter), end)
        self._field = re.compile(inside)
        self._record = re.compile(b"%b(?:%b%b)*+" % (inside, re.escape(delimiter), inside))

    def cut(self, data: mmap.mmap | bytes, size: int) -> int:
        """Return how many of the bytes read so far are complete records."""
        end = data.rfind(self.end, 0, size)
        if end < 0 or data.find(b'"', 0, size) < 0:
            return end + 1
        text, complete, inside = np.frombuffer(data, np.uint8, size), 0, 0
        for start in range(0, size, _PART):
            part = text[start : start + _PART]
            quotes = np.flatnonzero(part == _QUOTE)
            if not self._tidy(text, start + quotes, inside):
                walked = self.walk(data[:size])
                return sum(len(body) + len(end) for body, end in walked if end.endswith(self.end))
            ends = np.flatnonzero(part == ord(self.end))
            ends = ends[(np.searchsorted(quotes, ends) + inside) % 2 == 0]
            complete = start + int(ends[-1]) + 1 if ends.size else complete
            inside = (inside + len(quotes)) % 2
        return complete

    def walk(self, chunk: bytes, place: int = 0) -> Iterator[tuple[bytes, bytes]]:
        """Yield each record and its line end, from a place on."""
        while place < len(chunk):
            found = self._record.match(chunk, place)
            assert found  # the pattern matches anything
            body, end = found[0], chunk[found.end() : found.end() + 1]
            place = found.end() + 1
            if self.end == LF and body.endswith(CR):
                body, end = body[:-1], CR + end
            yield body, end

    def fields(self, record: bytes) -> list[bytes]:
        """Return the fields of a record, as they are written."""
        if b'"' not in record:
            return record.split(self.delimiter)
        found, place = [], -1
        while place < len(record):
            match = self._field.match(record, place + 1)
            assert match  # the pattern matches anything
            found.append(match[0])
            place = match.end()
        return found

    def rows(self, chunk: bytes, width: int, chosen: Sequence[int]) -> RecordRows:
        """Return the rows of a chunk of complete records, each of `width` fields."""
        whole = chunk if chunk.endswith(self.end) else chunk + self.end
        grid = None if 0 in chosen and _has_comment(chunk, self.end) else self._grid(whole, width)
        if grid is None:
            return self._one_by_one(chunk, width, chosen)
        starts = np.concatenate([[0], grid[:-1, -1] + 1])
        rows = RecordRows(at=range(len(grid)), quoted=b'"' in chunk, end=self.end)
        plain = not rows.quoted and (CR not in chunk or self.end == CR)  # split does it, in half of the time
        rows.bodies = (
            whole.split(self.end)[:-1] if plain else _slices(whole, starts, self._stops(whole, grid))
        )
        rows.ends = self._ends(chunk, grid)
        before = np.column_stack([starts - 1, grid])
        stops = np.column_stack([grid[:, :-1], self._stops(whole, grid)])
        for column in chosen:
            rows.texts.append(_slices(whole, before[:, column] + 1, stops[:, column]))
        if rows.quoted:
            rows.texts = [[unquoted(text) for text in texts] for texts in rows.texts]
        return rows

    def _grid(self, chunk: bytes, width: int) -> Places | None:
        """Return where each field ends, shape (rows, width); None where rows are uneven, blank or untidy."""
        text = np.frombuffer(chunk, np.uint8)
        places = np.flatnonzero((text == ord(self.delimiter)) | (text == ord(self.end)))
        if b'"' in chunk:
            quotes = np.flatnonzero(text == _QUOTE)
            if len(quotes) % 2 or not self._tidy(text, quotes):
                return None
            places = places[np.searchsorted(quotes, places) % 2 == 0]
        if len(places) % width:
            return None
        grid = places.reshape(-1, width)
        is_end = text[grid] == ord(self.end)
        if not is_end[:, -1].all() or is_end[:, :-1].any():
            return None
        if width == 1 and b"" in _slices(chunk, np.r_[0, grid[:-1, 0] + 1], self._stops(chunk, grid)):
            return None
        return grid

    def _tidy(self, text: Text, quotes: Places, inside: int = 0) -> bool:
        """Tell whether quotes only open fields, close them, or stand doubled in between.

        The first of the quotes opens a field unless they begin `inside` one.
        """
        around = np.frombuffer(self.delimiter + self.end + b'"', np.uint8)
        opening, closing = quotes[inside::2], quotes[1 - inside :: 2]
        opening, closing = opening[opening > 0], closing[closing < len(text) - 1]
        after = np.append(around, _RETURN)
        before, blank = text[opening - 1], text[opening - 1] == _BLANK
        before = np.where(blank & (opening > 1), text[opening - 2], before)
        opened = np.isin(before, around) & ~(blank & (before == _QUOTE))
        return bool(opened.all() and np.isin(text[closing + 1], after).all())

    def _stops(self, chunk: bytes, grid: Places) -> Places:
        """Return where each row's text stops: before the CR of a CRLF."""
        ends = grid[:, -1]
        if self.end == CR or CR not in chunk:
            return ends
        text = np.frombuffer(chunk, np.uint8)
        stops: Places = ends - ((text[ends - 1] == _RETURN) & (ends > 0))
        return stops

    def _ends(self, chunk: bytes, grid: Places) -> list[bytes]:
        if (self.end == LF and CR in chunk) or not chunk.endswith(self.end):
            return _slices(chunk, self._stops(chunk + self.end, grid), grid[:, -1] + 1)
        return [self.end] * len(grid)

    def _one_by_one(self, chunk: bytes, width: int, chosen: Sequence[int]) -> RecordRows:
        rows = RecordRows(texts=[[] for _ in chosen], at=(at := []), end=self.end)
        for i, (body, end) in enumerate(self.walk(chunk)):
            rows.bodies.append(body)
            rows.ends.append(end)
            if not body:
                rows.blank.append(i)
                continue
            fields = self.fields(body)
            if body.lstrip().startswith(b"#") and (0 in chosen or len(fields) != width):
                rows.blank.append(i)
                continue
            if fault := _fault(fields, width):
                rows.odd[i] = fault
                continue
            at.append(i)
            for texts, column in zip(rows.texts, chosen, strict=True):
                texts.append(unquoted(fields[column]))
        return rows


class LongRow:
    """A row too long to be held, read part by part: how many fields and lines it has so far.

    `texts` are the chosen fields, `kept` is what its reader keeps of the rest.
    """

    def __init__(self, dialect: Dialect, chosen: Sequence[int]) -> None:
        """`chosen` are the fields whose texts are wanted."""
        self.dialect, self.fields, self.lines = dialect, 1, 1
        self.texts, self.kept = dict.fromkeys(chosen, b""), bytearray()
        self._before = self._held = b""  # what is as the row before the part is, and a CR that may be its end
        self._comment: bool | None = None

    def part(self, data: bytes, last: bool) -> tuple[bytes, bytes, int]:
        """Return the row's text in the next bytes, how its line ends, and where in them; -1 if nowhere."""
        body, end = next(self.dialect.walk(self._before + self._held + data), (b"", b""))
        before, held = len(self._before), len(self._held)
        fields = self.dialect.fields(body)
        if self._comment is None and (begun := body[before:].lstrip()):
            self._comment = begun.startswith(b"#")
        for place, text in enumerate(fields, self.fields - 1):
            if place in self.texts and len(self.texts[place]) <= _LONGEST_CELL:
                self.texts[place] += text[before * (place < self.fields) :]
        self.fields += len(fields) - 1
        self._before, self._held = _alike(fields[-1]), b""
        body = body[before:]
        self.lines += body.count(self.dialect.end)
        if last or end.endswith(self.dialect.end):
            return body, end, len(body) + len(end) - held
        self._held = end
        return body, b"", -1

    def short(self, width: int) -> bytes:
        """Return a short row that is answered as this one is; of fields above `width` it has one."""
        cells = [self.texts.get(place, b"x") for place in range(min(self.fields, width + 1))]
        cells[-1] = self.texts.get(self.fields - 1, self._before)
        cells = [_TOO_LONG if len(cell) > _LONGEST_CELL else cell for cell in cells]
        cells[0] = b"#" + cells[0] if self._comment else cells[0]
        return self.dialect.delimiter.join(cells)


def _alike(field: bytes) -> bytes:
    """Return a short field behind which all is read as behind a field that may go on."""
    quoted = _QUOTED.fullmatch(field)
    if quoted and not quoted[3]:
        return b'""' if quoted[2] else b'"'
    return b"x" if field.strip(b" ") else field[:1]


def _has_comment(chunk: bytes, end: bytes) -> bool:
    return b"#" in chunk and bool(re.search(rb"(?:\A|%b)\s*#" % end, chunk))


def _fault(fields: Sequence[bytes], width: int) -> str:
    if is_open(fields[-1]):
        return f": {NEVER_CLOSED}"
    return miscounted(len(fields), width)


def miscounted(count: int, width: int) -> str:
    """Return what is wrong with a row of so many fields; "" where nothing is."""
    many = f"{count} field" + ("s" if count > 1 else "")
    few = "too few fields: " if count < width else ""
    return "" if count == width else f": {few}the row has {many}, the first has {width}"


def is_open(field: bytes) -> bool:
    """Tell whether a field has a quote that opens it and none that closes it."""
    quoted = _QUOTED.fullmatch(field)
    return bool(quoted and not quoted[2])


def _slices(chunk: bytes, starts: Places, stops: Places) -> list[bytes]:
    return [chunk[start:stop] for start, stop in zip(starts.tolist(), stops.tolist(), strict=True)]


def unquoted(text: bytes) -> bytes:
    """Return what a field says, without its quotes."""
    quoted = _QUOTED.fullmatch(text)
    return quoted[1].replace(b'""', b'"') + quoted[3] if quoted else text


def quoted(text: bytes, delimiter: bytes) -> bytes:
    """Return a field that says a text, in quotes where it needs them."""
    if any(mark in text for mark in (delimiter, b'"', LF, CR)):
        return b'"' + text.replace(b'"', b'""') + b'"'
    return text


def with_point(text: bytes) -> bytes:
    """Return a number that is written with a decimal comma as it is written with a point."""
    return text + b" (where decimals have commas)" if b"." in text else text.replace(b",", b".", 1)
