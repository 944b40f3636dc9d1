"""Questions to rows: the answers at the points that were typed, or at the numbers that arrive."""

import sys
import time
from collections.abc import Iterator, Sequence
from typing import IO, TYPE_CHECKING, cast

from actcli.errors import ActcliError
from actcli.language.points import Points
from actcli.shell.intake import Intake, named_file, points_or_stdin
from actcli.shell.messages import harmless
from actcli.shell.missing import Missing, tell_missing
from actcli.shell.options import Numbers, Read, Written
from actcli.shell.output import Output, Seen, opened, output
from actcli.shell.progress import shown_progress
from actcli.shell.signals import limit_work

if TYPE_CHECKING:
    from actcli.language.limits import Array
    from actcli.language.texts import Cell
    from actcli.numerics.answers import Question
    from actcli.pages.tables import Remarks
    from actcli.streams.columns import Sheet
    from actcli.streams.pump import Counts, Filter


def ask_one(
    question: "Question", points: Sequence[str] | None, numbers: Numbers, written: Written, read: Read
) -> None:
    """Write the answers to one question; at a point alone, one that has none is an error."""
    from actcli.streams.columns import Sheet

    out = output(written, "csv" if read.column else "plain")
    file = named_file(points or [], read)
    given = None if file else points_or_stdin(numbers.typed(points or []), numbers)
    strict = given is not None and read.on_error in ("", "stop") and sum(group.count for group in given) == 1
    sheet = Sheet((question,), out.format != "plain", numbers.digits, strict, numbers.dtype, numbers.notation)
    ask(out, sheet, given, Intake(read, file))


def ask(
    out: Output,
    sheet: "Sheet",
    points: list[Points] | None,
    intake: Intake,
    remarks: "Remarks | None" = None,
) -> None:
    """Write the answers at the points, or at the numbers that arrive on standard input."""
    if intake.asked.columns:
        raise ActcliError("--columns is for functions of vectors: give --column for each of them")
    if points is not None:
        intake.check_unused()
        _answer_points(out, sheet, points, intake, remarks)
    elif sheet.digits:
        from actcli.streams.pump import Counts

        intake.check_unused()
        counts = Counts()
        out.write(sheet.header, lambda file: _proven(sheet, file, out, intake, counts), remarks)
        sys.stdout.flush()
        intake.tell(counts)
    elif out.is_table:
        stream(out, intake.drawn(sheet, out, remarks), intake)
    else:
        stream(out, intake.filter(sheet, out), intake)


# ---------------------------------------------------------------------------- points that were typed


def _answer_points(
    out: Output, sheet: "Sheet", points: list[Points], intake: Intake, remarks: "Remarks | None"
) -> None:
    from actcli.numerics.answers import FEW

    missing = Missing(sheet.questions, sheet.dtype, intake.asked.on_error)
    if (
        missing.policy not in ("", "nan")
        or sheet.digits
        or out.is_table
        or sum(group.count for group in points) <= FEW
    ):
        out.write(sheet.header, lambda _: _rows(sheet, points, missing), remarks)
    else:
        _write_columns(out, sheet, points, missing)
    tell_missing(missing, intake.treated)


def _write_columns(out: Output, sheet: "Sheet", points: list[Points], missing: "Missing") -> None:
    import numpy as np

    from actcli.streams.writers import ColumnWriter

    writer = ColumnWriter(out.format, sheet.header, out.header, sheet.spelled)
    with opened(out.path) as file:
        file.write(writer.header)
        some = False
        try:
            for block in _blocks(sheet, points):
                columns = sheet.columns(block)
                file.write(writer.rows(columns)[0 if some else writer.joint :])
                some = True
                asked = columns[-len(sheet.questions) :]
                at = np.flatnonzero(np.isnan(asked).any(axis=0))
                missing.note(block[at].tolist(), [column[at].tolist() for column in asked])
        finally:
            file.write(writer.end(some))


def _blocks(sheet: "Sheet", points: list[Points]) -> Iterator["Array"]:
    """Yield arrays of float64s that round to the sheet's format as the points do."""
    import numpy as np

    from actcli.numerics.dtypes import DOUBLE, are_middles, rounded

    for part in _parts(points):
        z = np.array(part.floats(), dtype=np.float64)
        for point in z.tolist() if sheet.bounded else ():
            sheet.accept(point)
        if sheet.dtype != DOUBLE and (middles := np.flatnonzero(are_middles(z, sheet.dtype))).size:
            exact = list(part.exact())
            z[middles] = [rounded(exact[i], sheet.dtype) for i in middles.tolist()]
        yield z


def _rows(sheet: "Sheet", points: list[Points], missing: "Missing") -> Iterator[Sequence["Cell"]]:
    for part in _parts(points):
        block = list(part.exact()) if sheet.takes_exact_points else part.floats()
        for point in block:
            sheet.accept(point)
        rows = list(sheet.rows(block))
        if missing.policy in ("", "nan"):
            yield from map(sheet.shown, rows)
            missing.note([float(z) for z in block], list(zip(*rows, strict=True))[-len(sheet.questions) :])
        else:
            yield from missing.treated([float(z) for z in block], rows, sheet.shown)


def _parts(points: list[Points]) -> Iterator[Points]:
    """Yield the points in parts, small ones as long as they take their time; each has the limit anew."""
    from actcli.numerics.answers import BLOCK, FEW

    size = FEW
    for group in points:
        first = 0
        while first < group.count:
            start = time.process_time()
            limit_work()
            yield group.part(first, size)
            first += size
            size = min(4 * size, BLOCK) if time.process_time() < start + 0.5 else max(size // 8, 4)


# ---------------------------------------------------------------------------- standard input


def _proven(
    sheet: "Sheet", file: IO[bytes], out: Output, intake: Intake, counts: "Counts"
) -> Iterator[Sequence["Cell"]]:
    """Yield proven digits row by row; blank lines and comments pass through the plain format."""
    from actcli.streams.proven import answered

    with intake.opened(out) as source, shown_progress(source, not out.is_seen) as watch:
        for row in answered(source, sheet, counts, intake.name, intake.asked.on_error):
            if not isinstance(row, str):
                yield row
            elif out.format == "plain":
                yield [harmless(row) if out.is_seen else row]
            file.flush()
            if watch:
                watch(counts)


def stream(out: Output, work: "Filter", intake: Intake) -> None:
    """Let all of an input through a filter, and tell how many numbers were bad."""
    from actcli.streams.pump import pump

    with (
        intake.opened(out) as source,
        opened(out.path) as file,
        shown_progress(source, intake.progress and not out.is_seen) as watch,
    ):
        sink = cast("IO[bytes]", Seen(file)) if out.is_seen and not out.is_table else file
        counts = pump(source, work, sink, watch, 0 if out.is_table else None, intake.name)
    intake.tell(counts)
