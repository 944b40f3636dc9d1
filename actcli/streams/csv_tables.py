"""Rows of CSV from a file, in batches, and whole tables of numbers: for those who write no CSV."""

from collections.abc import Iterator, Sequence
from typing import IO

import numpy as np

from actcli.errors import ActcliError
from actcli.language.limits import Array
from actcli.pictures.data import Measured
from actcli.streams.csv_heads import Head, Wanted, find_head
from actcli.streams.csv_records import RecordRows, with_point
from actcli.streams.floats import numbers
from actcli.streams.pump import refuse_packed
from actcli.streams.workers import LONGEST_RECORD

BYTES = 1 << 20  # that are read at once
MOST_ROWS = 1_000_000  # of a whole table


def begun(text: bytes, wanted: Wanted) -> Head:
    """Return the head of a table from its first BYTES, or fewer where there are no more."""
    refuse_packed(text, "this")
    head = find_head(text, wanted)
    if not head.end and len(text) == BYTES:
        raise ActcliError(f"the first line is longer than {BYTES:,} bytes")
    return head


def batches(file: IO[bytes], head: Head, text: bytes) -> Iterator[tuple[int, RecordRows]]:
    """Yield rows after the head, and how many lines stand before them. ActcliError for an odd row."""
    line, rest = text.count(head.dialect.end, 0, head.rows), text[head.rows :]
    ended = False
    while not (ended and not rest):
        more = b"" if ended else file.read(BYTES)
        ended = not more
        cut = len(rest) if ended else head.dialect.cut(rest, len(rest))
        if cut:
            rows = head.dialect.rows(rest[:cut], len(head.names), head.chosen)
            for place, what in rows.odd.items():
                raise ActcliError(f"line {line + rows.line(place) + 1}{what}")
            yield line, rows
            line += rows.line(len(rows.bodies))
        rest = rest[cut:] + more
        if len(rest) > LONGEST_RECORD + BYTES:
            raise ActcliError(f"line {line + 1}: longer than {LONGEST_RECORD:,} bytes")


def read_columns(file: IO[bytes], source: str, wanted: Wanted) -> Measured:
    """Return the columns of CSV: z first, a line of names or none; of one column alone z is the row's number.

    Raises ActcliError with line and column.
    """
    try:
        head = begun(text := file.read(BYTES), wanted)
        chosen = head.chosen or range(len(head.names))
        tables, count = [np.empty((0, len(chosen)))], 0
        for line, rows in batches(file, head, text):
            count += len(rows.bodies)
            if count > MOST_ROWS:
                raise ActcliError(f"there are over {MOST_ROWS:,} lines, more than a picture can show")
            tables.append(_numbers(rows, line, wanted))
    except ActcliError as fault:
        raise ActcliError(f"{source}{', ' if str(fault).startswith('line ') else ': '}{fault}") from None
    table = np.concatenate(tables)
    if not len(table):
        raise ActcliError(f"{source} has no rows of numbers")
    names = [_shown(head.names[k]) if head.named else f"column {k + 1}" for k in chosen]
    if len(names) == 1:
        names, table = ["row", *names], np.column_stack([np.arange(1, len(table) + 1), table])
    table = table[np.argsort(table[:, 0], kind="stable")]
    return Measured(tuple(names), tuple(map(tuple, table.T.tolist())))


def _shown(name: bytes) -> str:
    return name.decode("utf-8", "replace")


def _numbers(rows: RecordRows, line: int, wanted: Wanted) -> Array:
    columns: list[Array] = []
    faults: list[tuple[int, str]] = []
    for k, texts in enumerate(rows.texts, 1):
        found, bad, sentence = numbers(_decimals(texts, wanted.decimal_comma))
        columns.append(found)
        faults += [(rows.line(rows.at[i]), f", column {k}: {sentence}") for i in bad[:1]]
    for place, what in sorted(faults)[:1]:
        raise ActcliError(f"line {line + place + 1}{what}")
    return np.column_stack(columns)


def _decimals(texts: Sequence[bytes], comma: bool) -> list[bytes]:
    read = [text.strip() or b"nan" for text in texts]
    return [with_point(text) for text in read] if comma else read
