"""Rows of CSV from a file, in batches, and whole tables of numbers: for those who write no CSV."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import IO

import numpy as np

from actcli.errors import ActcliError
from actcli.language.limits import Array
from actcli.pictures.data import Measured
from actcli.streams.csv_heads import DoubtError, Head, NoHeadError, Wanted, find_head, goes_on, is_number
from actcli.streams.csv_records import RecordRows, with_point
from actcli.streams.floats import numbers
from actcli.streams.pump import refuse_packed
from actcli.streams.workers import MOST_ROWS_AT_ONCE

BYTES = 1 << 20  # that are read at once
LONGEST_DRAWN = 1 << 23  # of a row, as one of many fields or quotes takes ten times its size
MOST_ROWS, MOST_NUMBERS = 1_000_000, 3_000_000  # of a whole table
MOST_COLUMNS, MOST_SEEN = 100, 10_000  # of numbers in a picture, and those they are found among
MANY_COLUMNS = f"over {MOST_COLUMNS} columns of numbers, more than a picture can show: name some by --column"
LONGEST_NAME = 200  # letters that are shown
BLANK = b" "  # as a delimiter it is any number of blanks and tabs
_BLANKS = re.compile(rb"[ \t]*(\r?\n)[ \t]*(#?)[ \t]*|[ \t]+")
_NEARLY = re.compile(rb"[-+]?\d[\d.,_' ]*(?:e[-+]?\d+)?%?", re.IGNORECASE)  # mistyped numbers, no words


def begun(file: IO[bytes], wanted: Wanted) -> tuple[Head, bytes]:
    """Return the head of a table, and the bytes that were read to know it."""
    text = more = file.read(BYTES)
    head = _head(text, wanted)
    while not head.end and more and len(text) < LONGEST_DRAWN:
        more = file.read(len(text))
        text += more
        head = _head(text, wanted)
    return head, text


def _head(text: bytes, wanted: Wanted) -> Head:
    """Return the head that the first bytes of a table show.

    Cells that nothing else parts are parted by blanks.
    """
    refuse_packed(text, "this")
    fault, found = None, None
    try:
        found = find_head(text, wanted) if wanted.delimiter != BLANK else None
    except DoubtError:
        raise
    except NoHeadError as no_head:
        fault = no_head
    single = found is None or len(found.names) == 1
    decimal = wanted.decimal_comma and found and found.dialect.delimiter == b"," and b'"' not in text
    if wanted.delimiter in (b"", BLANK) and (single or decimal):
        try:
            even = squeezed(text)
            head = find_head(even, replace(wanted, delimiter=BLANK))
            found = head if found is None or (len(head.names) > 1 and goes_on(head, even)) else found
        except NoHeadError as no_head:
            fault = fault or no_head
    if found is None:
        raise fault or NoHeadError("there are no rows")
    return found


def squeezed(text: bytes) -> bytes:
    """Return lines with one blank between their cells and none around them."""
    even = _BLANKS.sub(lambda found: found[1] + found[2] if found[1] else BLANK, text.lstrip(b" \t"))
    return re.sub(rb"\A# ", b"#", even)


def batches(
    file: IO[bytes], head: Head, text: bytes, lenient: bool = False
) -> Iterator[tuple[int, RecordRows]]:
    """Yield rows after the head, and how many lines stand before them.

    An odd row is left out where `lenient`, else an ActcliError.
    """
    even = squeezed if head.dialect.delimiter == BLANK else bytes
    text = even(text)
    line, rest = text.count(head.dialect.end, 0, head.rows), text[head.rows :]
    ended = False
    while rest or not ended:
        if cut := _cut(rest, head, ended):
            rows = head.dialect.rows(rest[:cut], len(head.names), head.chosen)
            for place, what in () if lenient else rows.odd.items():
                raise ActcliError(f"line {line + rows.line(place) + 1}{what}")
            yield line, rows
            line += rows.line(len(rows.bodies))
            rest = rest[cut:]
            continue
        ended = not (more := file.read(min(max(BYTES, len(rest)), LONGEST_DRAWN + 2 * BYTES - len(rest))))
        rest = even((rest + more).rstrip(b" \t") if ended else rest + more)
        if len(rest) > LONGEST_DRAWN + BYTES:
            raise ActcliError(f"line {line + 1}: longer than {LONGEST_DRAWN:,} bytes")


def _cut(rest: bytes, head: Head, ended: bool) -> int:
    """Return how many bytes are complete records, not more than are answered at once if these are short."""
    short = min(len(rest), MOST_ROWS_AT_ONCE)
    return head.dialect.cut(rest, short) or head.dialect.cut(rest, len(rest)) or ended * len(rest)


def read_columns(file: IO[bytes], source: str, wanted: Wanted, on_error: str = "") -> Measured:
    """Return the columns of CSV: z first, a line of names or none; of one column alone z is the row's number.

    Columns of words are left out unless they are `wanted`. Raises ActcliError with line and column, or does
    what `on_error` says: "skip" leaves the row out, "nan" and "empty" the number.
    """
    lenient = on_error not in ("", "stop")
    try:
        head, text = begun(file, wanted)
        chosen = list(head.chosen or range(len(head.names)))
        if len(chosen) > MOST_SEEN:
            raise ActcliError(f"over {MOST_SEEN:,} columns: name some by --column")
        tables, count, left = [], 0, list[int]()
        for line, rows in batches(file, head, text, lenient):
            if not count and not wanted.columns:
                left = _without_numbers(rows, wanted.decimal_comma)
                left = [] if len(left) == len(chosen) else left
                _sure_of_names([head.names[k] for k in chosen if k not in left] if left else [], head, wanted)
            count += len(rows.bodies)
            if count > MOST_ROWS:
                raise ActcliError(f"there are over {MOST_ROWS:,} lines, more than a picture can show")
            if len(chosen) - len(left) > MOST_COLUMNS:
                raise ActcliError(MANY_COLUMNS)
            kept = {chosen[k] + 1: texts for k, texts in enumerate(rows.texts) if k not in left}
            if count * len(kept) > MOST_NUMBERS:
                raise ActcliError(f"there are over {MOST_NUMBERS:,} numbers: name fewer columns by --column")
            tables.append(_numbers(rows, kept, line, wanted.decimal_comma, on_error if lenient else ""))
    except ActcliError as fault:
        raise ActcliError(f"{source}{', ' if str(fault).startswith('line ') else ': '}{fault}") from None
    if not any(len(table[0]) for table in tables):
        raise ActcliError(f"{source} has no rows of numbers")
    names = [_shown(head.names[k]) if head.named else f"column {k + 1}" for k in chosen]
    return _ordered(
        [names[k] for k in range(len(names)) if k not in left], tables, tuple(names[k] for k in left)
    )


def _sure_of_names(names: Sequence[bytes], head: Head, wanted: Wanted) -> None:
    if names and head.named and wanted.header is None and all(is_number(name, wanted) for name in names):
        raise DoubtError("line 1 may be names or numbers: add --header-in or --no-header-in")


def _ordered(names: list[str], tables: Sequence[list[Array]], left_out: tuple[str, ...]) -> Measured:
    columns = [np.concatenate([table.pop(0) for table in tables]) for _ in names]
    if len(names) == 1:
        names, columns = ["row", *names], [np.arange(1.0, len(columns[0]) + 1), *columns]
    order = np.argsort(columns[0], kind="stable")
    for k, column in enumerate(columns):
        columns[k] = column[order]
    return Measured(tuple(names), tuple(columns), left_out)


def _shown(name: bytes) -> str:
    text = name.decode("utf-8", "replace")
    return text if len(text) <= LONGEST_NAME else text[:LONGEST_NAME] + "\u2026"


def _without_numbers(rows: RecordRows, comma: bool) -> list[int]:
    """Return which columns hold words, of the first that have no more numbers than are shown."""
    left: list[int] = []
    for k, texts in enumerate(rows.texts):
        left += [k] if _words(texts, comma) else []
        if k - len(left) > MOST_COLUMNS:
            break
    return left


def _words(texts: Sequence[bytes], comma: bool) -> bool:
    """Tell whether a column holds words: no number, and nothing that may be meant as one."""
    told = [text for text in _decimals(texts, comma) if text != b"nan"]
    return bool(told) and len(numbers(told)[1]) == len(told) and not any(map(_NEARLY.fullmatch, told))


def _numbers(
    rows: RecordRows, columns: Mapping[int, Sequence[bytes]], line: int, comma: bool, on_error: str
) -> list[Array]:
    found: list[Array] = []
    faults: list[tuple[int, str]] = []
    lost: set[int] = set()
    for k, texts in columns.items():
        column, bad, sentence = numbers(_decimals(texts, comma))
        found.append(column)
        lost |= set(bad)
        faults += [(rows.line(rows.at[i]), f", column {k}: {sentence}") for i in bad[:1]]
    for place, what in sorted(faults)[:1] if not on_error else ():
        raise ActcliError(f"line {line + place + 1}{what}")
    return [np.delete(column, sorted(lost)) for column in found] if on_error == "skip" else found


def _decimals(texts: Sequence[bytes], comma: bool) -> list[bytes]:
    read = [text.strip() or b"nan" for text in texts]
    return [with_point(text) for text in read] if comma else read
