"""Where the table in CSV begins: what stands before it, its delimiter, its header or none, its columns.

Nothing is guessed that could be read in two ways and would give other answers: that is refused.
"""

import contextlib
import difflib
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from actcli.errors import ActcliError
from actcli.streams.csv_records import CR, LF, NEVER_CLOSED, Dialect, is_open, unquoted, with_point
from actcli.streams.floats import number_in
from actcli.streams.lines import BOM

DELIMITERS_FOUND = (b",", b";", b"\t", b"|")  # delimiters that are found without being told
MOST_BEFORE = 1_000  # records that are looked through for the header


class NoHeadError(ActcliError):
    """There is no such column; `final`: nor would there be if more of the text were known."""

    final = True


class DoubtError(NoHeadError):
    """There are two ways of reading that give other answers."""


@dataclass(frozen=True)
class Wanted:
    """Columns by name or by number from 1, none for all; a delimiter or "", a header or not: None to see."""

    columns: Sequence[str]
    delimiter: bytes = b""
    header: bool | None = None
    decimal_comma: bool = False  # 0,5 is read for 0.5, and written

    def place(self, column: str, names: Sequence[bytes]) -> int:
        """Return the place of a column by its name or, where none is called so, its number."""
        name = column.encode("utf-8", "surrogateescape").strip()
        number = int(column) if column.isascii() and column.isdigit() and len(column) < 9 else 0
        numbered = 1 <= number <= len(names)
        if self.header is not False and (count := names.count(name)):
            if count > 1:
                raise DoubtError(f"{count} columns are called {column!r}: give its number")
            found = names.index(name)
            if self.header is None and numbered and found != number - 1:
                raise DoubtError(
                    f"column {number} is not the one called {number}: "
                    "add --header-in for the name, --no-header-in if all rows are data"
                )
            return found
        if not numbered:
            raise NoHeadError(f"there is no column {column!r}{self._hint(column, names)}")
        return number - 1

    def _hint(self, column: str, names: Sequence[bytes]) -> str:
        if self.header is False:
            return f": without a header, columns are numbers from 1 to {len(names)}"
        shown = [name.decode("utf-8", "replace") for name in names]
        alike = {name.casefold(): name for name in shown}
        near = [alike[name] for name in difflib.get_close_matches(column.casefold(), alike, 1)]
        if near:
            return f"; did you mean {near[0]}?"
        listed = ", ".join(shown) or "none"
        return (
            f": the header has {listed if len(listed) <= 200 else listed[:196].rpartition(', ')[0] + ', ...'}"
        )


@dataclass(frozen=True)
class Head:
    """The header, or the first row where there is none: where it starts, its text, its end, its fields."""

    dialect: Dialect
    start: int
    record: bytes
    end: bytes
    names: Sequence[bytes]
    chosen: Sequence[int] = ()
    named: bool = True

    @property
    def rows(self) -> int:
        """Where the rows start."""
        return self.start + (len(self.record) + len(self.end) if self.named else 0)

    @property
    def comment(self) -> bool:
        """Whether it starts as comments do."""
        return self.record.lstrip().startswith(b"#")


def find_head(chunk: bytes, wanted: Wanted) -> Head:
    """Return the head of a table that has the columns; NoHeadError where there is none, or more than one."""
    end = CR if CR in chunk and LF not in chunk else LF
    dialects = [
        Dialect(mark, end) for mark in ((wanted.delimiter,) if wanted.delimiter else DELIMITERS_FOUND)
    ]
    found, faults = [], []
    for dialect in dialects:
        try:
            found.append(_head(dialect, chunk, wanted))
        except NoHeadError as fault:
            faults.append((_width(dialect, chunk), fault))
    doubts = [fault for fault in faults if isinstance(fault[1], DoubtError)]
    if doubts or not found:
        raise max(doubts or faults, key=lambda fault: fault[0])[1]
    wide = [one for one in found if len(one.names) > 1] or found[:1]
    if len(wide) > 1:
        wide = [one for one in wide if goes_on(one, chunk)] or wide
    first, *others = sorted(wide, key=lambda one: one.start)
    if others and others[0].start == first.start:
        both = " and ".join(repr(one.dialect.delimiter.decode()) for one in (first, others[0]))
        doubt = DoubtError(f"the first line has columns by {both}: add --delimiter")
        doubt.final = first.rows < len(chunk)
        raise doubt
    return first


def goes_on(head: Head, chunk: bytes) -> bool:
    """Tell whether the record after the head, if there is one, has as many fields."""
    after = next(_heads(head.dialect, chunk, head.start + len(head.record) + len(head.end)), None)
    return after is None or after.comment or len(after.names) == len(head.names)


def _width(dialect: Dialect, chunk: bytes) -> int:
    with contextlib.suppress(NoHeadError):
        return len(next(_heads(dialect, chunk), _NONE).names)
    return len(chunk)


_NONE = Head(Dialect(b","), 0, b"", b"", ())


def _heads(dialect: Dialect, chunk: bytes, start: int = 0) -> Iterator[Head]:
    """Yield some records that are not blank, each as a head."""
    some = start > 0
    start = start or (len(BOM) if chunk.startswith(BOM) else 0)
    for record, end in itertools.islice(dialect.walk(chunk, start), MOST_BEFORE):
        fields = dialect.fields(record)
        names = [unquoted(field).strip() for field in fields]
        if not end and is_open(fields[-1]) and not some:
            fault = DoubtError(f"line {1 + chunk.count(dialect.end, 0, start)}: {NEVER_CLOSED}")
            fault.final = False
            raise fault
        if record.strip():
            yield (here := Head(dialect, start, record, end, names))
            some |= not here.comment
        start += len(record) + len(end)


def _head(dialect: Dialect, chunk: bytes, wanted: Wanted) -> Head:
    """Return the first record that has the columns; before it there may be comments and titles."""
    if not wanted.columns:
        return _whole(dialect, chunk, wanted)
    fault, before = None, _NONE
    for here in _heads(dialect, chunk):
        names = [here.names[0].lstrip(b"# "), *here.names[1:]] if here.comment else here.names
        try:
            chosen = [wanted.place(column, names) for column in wanted.columns]
        except DoubtError:
            raise
        except NoHeadError as found:
            fault = found if fault is None or before.comment else fault
            table = len(before.names) == len(names) > 1 and not before.comment
            if table or (wanted.header is False and not here.comment):
                raise fault from None
            before = here
            continue
        by_number = {column for column in wanted.columns if column.encode() not in names}
        if here.comment and by_number:
            before = here
            continue
        return _sure(replace(here, names=names, chosen=chosen), before, wanted)
    if before.comment and chunk.count(dialect.end) > MOST_BEFORE:
        raise NoHeadError(f"the first {MOST_BEFORE:,} lines have no column {wanted.columns[0]!r}")
    fault = fault or NoHeadError(f"there is no column {wanted.columns[0]!r}: there are no rows")
    fault.final = False
    raise fault


def _whole(dialect: Dialect, chunk: bytes, wanted: Wanted) -> Head:
    """Return the first record with all its columns, after comments and titles; named where it is no row."""
    heads, before = list(_heads(dialect, chunk)), _NONE
    for here, after in itertools.pairwise([*heads, *heads[-1:]]):
        data = is_number(here.names[0], wanted) if wanted.header is None else not wanted.header
        if here.comment or (not data and not after.comment and len(here.names) < len(after.names)):
            before = here
            continue
        if data and before.comment and len(before.names) == len(here.names) > 1:
            here, data = before, False
        names = [here.names[0].lstrip(b"# "), *here.names[1:]]
        return replace(here, names=names, chosen=range(len(names)), named=not data)
    raise NoHeadError("there are no rows")


def _sure(here: Head, before: Head, wanted: Wanted) -> Head:
    """Return the head where it is certainly the header, or the first row as it is told."""
    if wanted.header is False:
        return replace(here, named=False)
    if not all(is_number(here.names[place], wanted) for place in here.chosen):
        return here
    if before.comment and len(before.names) == len(here.names) > 1:  # as NumPy writes a header
        return replace(before, chosen=here.chosen)
    width = len(here.names)
    if wanted.header is None and all(c.isdigit() and 1 <= int(c[:9]) <= width for c in wanted.columns):
        raise DoubtError(
            f"the first row has numbers in column {', '.join(wanted.columns)}: "
            "add --no-header-in if it is data, --header-in if it is the header"
        )
    return here


def is_number(text: bytes, wanted: Wanted) -> bool:
    """Tell whether a cell holds a number."""
    with contextlib.suppress(ActcliError):
        number_in(with_point(text) if wanted.decimal_comma else text)
        return True
    return False
