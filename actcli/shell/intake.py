"""Where points come from: the command line, or standard input as lines of numbers or as CSV."""

import contextlib
import os
import select
import stat
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from actcli.errors import ActcliError
from actcli.language.points import Points, parse_points
from actcli.shell.messages import tell
from actcli.shell.missing import tell_lost
from actcli.shell.options import Numbers, Read, is_point, reader
from actcli.shell.output import Output

if TYPE_CHECKING:
    from actcli.pages.tables import Remarks
    from actcli.streams.columns import Sheet
    from actcli.streams.lines import Columns, Task
    from actcli.streams.pump import Counts, Filter

KEEPS = "--column keeps CSV or TSV as it is, so it cannot write"


def read_points(tokens: Sequence[str], numbers: Numbers) -> list[Points] | None:
    """Return the points on the command line, or None where they are to come from standard input."""
    if "-" in tokens:
        if len(tokens) > 1:
            raise ActcliError("'-' reads the points from standard input, so no other points can be given")
        return None
    read = partial(reader().point, exact=bool(numbers.digits))
    points = [parse_points(token, numbers.num, read) for token in tokens]
    if numbers.num and not any(":" in token for token in tokens):
        tell(f"note: --num {numbers.num} is of a range LO:HI, and there is none")
    for token, found in zip(tokens, points, strict=True):
        if token.count(":") == 2 and found.count <= 2:
            _tell_few(found, *token.split(":"))
    return points


def _tell_few(found: Points, low: str, second: str, third: str) -> None:
    """Tell of a step that takes a range nowhere, as where LO:STEP:HI was meant."""
    last = float(found.start + (found.count - 1) * found.step)
    if last != float(reader().point(second)):
        many = "1 point" if found.count == 1 else f"{found.count} points"
        tell(f"note: {low}:{second}:{third} is {many}, as the step comes last: {low}:{third}:{second}?")


def points_or_stdin(tokens: Sequence[str], numbers: Numbers) -> list[Points] | None:
    """Return the points, or None for standard input; with no points and a terminal there, refuse."""
    if not tokens and sys.stdin is not None and sys.stdin.isatty():
        raise ActcliError("no points were given: add some (-10 0 10, or -6:6:0.5), or pipe numbers in")
    return read_points(tokens, numbers) if tokens else None


def named_file(tokens: Sequence[str], asked: Read) -> Path | None:
    """Return the FILE that is the only argument: no POINT, and it is there or columns are asked of it."""
    if len(tokens) != 1 or not tokens[0] or is_point(tokens[0]):
        return None
    path = Path(tokens[0])
    return path if asked.column or asked.columns or path.exists() else None


def something_piped(patience: float | None = None) -> bool:
    """Tell whether standard input is a pipe or a file with something in it; wait for a pipe to be either.

    After `patience`, in seconds, a pipe that is open and silent is taken to have nothing, and that is told.
    """
    try:
        source = sys.stdin.fileno()
        state = os.fstat(source)
    except (OSError, ValueError, AttributeError):
        return False
    if stat.S_ISREG(state.st_mode):
        return state.st_size > os.lseek(source, 0, os.SEEK_CUR)
    if not stat.S_ISFIFO(state.st_mode) or not hasattr(select, "poll"):
        return False
    poll = select.poll()
    poll.register(source, select.POLLIN)
    events = poll.poll(None if patience is None else 1000 * patience)
    if not events:
        tell("note: the pipe is silent, so points of our own are shown; '-' as the POINT waits for it")
    return any(event & select.POLLIN for _, event in events)


def standard_input(out: Output) -> int:
    """Return the descriptor of standard input, which must not be the file that is written."""
    if sys.stdin is None:
        raise OSError("standard input is closed")
    return _apart(sys.stdin.fileno(), out)


def _apart(source: int, out: Output) -> int:
    if out.path and out.path.exists() and os.path.samestat(os.fstat(source), out.path.stat()):
        raise ActcliError(f"-o {out.path}: this is the file that is read; write to another")
    return source


class Intake(NamedTuple):
    """How standard input, or a file, is read, as the options ask."""

    asked: Read
    file: Path | None = None

    @property
    def name(self) -> str:
        """What is read, for messages."""
        return str(self.file) if self.file else "standard input"

    @contextlib.contextmanager
    def opened(self, out: Output) -> Iterator[int]:
        """Give the descriptor of what is read."""
        if not self.file:
            yield standard_input(out)
            return
        with self.file.open("rb") as file:
            yield _apart(file.fileno(), out)

    @property
    def progress(self) -> bool:
        """Whether to tell how far it has come."""
        return not self.asked.no_progress

    def filter(self, sheet: "Sheet", out: Output) -> "Filter":
        """Return what is done to standard input: lines of numbers, or CSV with answers added."""
        if not self.asked.column:
            from actcli.streams.lines import Lines
            from actcli.streams.writers import ColumnWriter

            self.check_unused()
            return Lines(
                self._task(sheet, sheet.columns),
                ColumnWriter(out.format, sheet.header, out.header, sheet.spelled),
            )
        from actcli.streams.csv_columns import Choice, Fields

        if out.format not in ("csv", "tsv"):
            raise ActcliError(f"{KEEPS} {out.format}")
        columns = [*self.asked.of_points, *self.asked.of_parameters.values()]
        dialect, names = self.asked.dialect(out.format), self.asked.name or []
        rows = bool(self.asked.of_parameters)
        choice = Choice(columns, *dialect, sheet.labels, names, out.header, rows)
        return Fields(self._task(sheet, sheet.without_points().columns), choice)

    def _task(self, sheet: "Sheet", columns: "Columns") -> "Task":
        from actcli.streams.lines import Task

        return Task(
            columns,
            self.asked.on_error,
            sheet.accept if sheet.bounded else None,
            sheet.dtype,
            sheet.spelled,
            sheet.notation == "bits",
        )

    def drawn(self, sheet: "Sheet", out: Output, remarks: "Remarks | None") -> "Filter":
        """Return what makes tables for people of lines of numbers."""
        from actcli.streams.lines import Lines
        from actcli.streams.writers import TableWriter

        if self.asked.column:
            raise ActcliError(f"{KEEPS} table")
        self.check_unused()
        form = TableWriter(sheet.header, lambda rows: out.screen(sheet.header, rows, remarks), sheet.shown)
        return Lines(self._task(sheet, sheet.columns), form)

    def check_unused(self) -> None:
        """Refuse what only makes sense for columns where none is named."""
        given = {
            "--column": self.asked.column,
            "--columns": self.asked.columns,
            "--name": self.asked.name,
            "--delimiter": self.asked.delimiter,
            "--decimal-comma": self.asked.decimal_comma,
            "--header-in or --no-header-in": self.asked.header_in is not None,
        }
        for option, value in given.items():
            if value:
                raise ActcliError(f"{option} is for CSV in a FILE or a pipe: give --column, and no points")

    @property
    def treated(self) -> str:
        """What is done where there is no answer."""
        return {"skip": "skipped", "empty": "left empty"}.get(self.asked.on_error, "nan is written")

    def tell(self, counts: "Counts") -> None:
        """Tell how many numbers were bad, and how many points have no answer."""
        if counts.bad:
            what = {"skip": "skipped", "empty": "left empty"}.get(self.asked.on_error, "answered with nan")
            tell(f"{counts.bad:,} bad {'number' if counts.bad == 1 else 'numbers'} {what}")
        if counts.lost:
            tell_lost(f"{counts.lost:,}", counts.lost == 1, self.treated, counts.why)
