"""The commands: what is typed is read, answered and printed. The only file that prints."""

import contextlib
import itertools
import math
import os
import re
import shutil
import stat
import string
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from actcli import __version__
from actcli.errors import ActcliError
from actcli.language.points import Points, looks_like_points, parse_limits, parse_number, parse_points
from actcli.numerics.dtypes import FORMATS

if TYPE_CHECKING:
    from actcli.catalog.entries import Activation, Function
    from actcli.language.limits import Array
    from actcli.language.texts import Cell
    from actcli.numerics.answers import Question
    from actcli.pages.tables import Remarks
    from actcli.pictures.data import Measured
    from actcli.pictures.plots import Picture
    from actcli.streams import Counts, Filter, Watch
    from actcli.streams.columns import Sheet
    from actcli.streams.lines import Columns, Task

FORMAT_NAMES = ("table", "plain", "csv", "tsv", "json", "jsonl", "md")
MOST_DIGITS, HIGHEST_ORDER = 10_000, 100
BRAILLE_AND_BOX = "\u283f\u250c"
FRAMEWORK = "What it has, under its names: pytorch, jax, keras, tensorflow, onnx, huggingface ..."
CURVE = 11  # columns of a curve in a list
SMALL = (64, 13)  # columns and lines of the picture below a page
PAGE = (80, 24)  # columns and lines of a picture where there is no terminal to fill
TANGENT = "Draw the tangent at Z, touching g there; as often as you like."
KEEP = "Keep the picture: FILE.svg, .html or .txt."
SATURATED = "Mark on the z axis where |g'| is below EPS."
FUNCTION = "A name, or a formula in z: see actcli --help."
POINT = "A number, LO:HI, LO:HI:STEP or -: see actcli --help."
BOTH = "In any order: see actcli --help."
LECTURE = ("sigmoid", "tanh", "relu", "leaky_relu")
LECTURE_POINTS = ("-10", "0", "10")
WORD = string.ascii_letters + string.digits

USAGE, FAILURE, INTERRUPTED, CLOSED_PIPE = 2, 1, 130, 141


# ---------------------------------------------------------------------------- the command line's grammar

_NUMBER = re.compile(r"-(?:\.?\d.*|(?:inf(?:inity)?|nan)(?:[:,].*)?)", re.I)
_FORMULA = re.compile(r"-(?:[zx]$|[a-zA-Z]?\w*[*/^+(\s].*|[zx][-].*|\(.*)")


class NumericCommand(TyperCommand):
    """A command whose arguments may be negative numbers (`-10`, `-6:6:0.5`) or formulas (`-z^2`).

    Such words are moved behind a `--`; everything else that starts with a dash stays an option, so
    that a mistyped one is still an error. No short option here starts a number or a formula.
    `--csv` and the other formats' names are short for `--format csv`.
    """

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Sort the words into options and data before the usual parsing."""
        options: list[str] = []
        data: list[str] = []
        words = iter(args)
        for word in words:
            if word == "--":
                data += list(words)
            elif word == "-" or not word.startswith("-") or _is_data(word):
                data.append(word)
            elif word[2:] in FORMAT_NAMES:
                options.append(f"--format={word[2:]}")
            else:
                options.append(word)
                options += self._values(ctx, word, words)
        _check_formats(options)
        return super().parse_args(ctx, [*options, "--", *data])

    def collect_usage_pieces(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """Return the words of the usage line, what must be given without the braces that Typer puts there."""
        return [piece.removeprefix("{").removesuffix("}") for piece in super().collect_usage_pieces(ctx)]

    def _values(self, ctx: typer.Context, option: str, words: Iterator[str]) -> list[str]:
        """Take the value of an option that has one from the words that follow it."""
        if not self._takes_value(ctx, option):
            return []
        value = next(words, None)
        if value is None and not ctx.resilient_parsing:
            raise typer.BadParameter(f"{option} needs a value after it")
        return [] if value is None else [value]

    def _takes_value(self, ctx: typer.Context, option: str) -> bool:
        for parameter in self.get_params(ctx):
            if option in parameter.opts:
                return not getattr(parameter, "is_flag", False)
        return False


def _is_data(word: str) -> bool:
    return bool(_NUMBER.fullmatch(word) or _FORMULA.fullmatch(word))


def _check_formats(options: Sequence[str]) -> None:
    given = {after for word, after in itertools.pairwise([*options, ""]) if word in ("-f", "--format")}
    given |= {word.removeprefix("--format=") for word in options if word.startswith("--format=")}
    if len(given) > 1:
        raise ActcliError(f"{' and '.join(sorted(given))}: only one format can be written at a time")


class OrderedGroup(TyperGroup):
    """The commands in the order in which one learns them."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """Return the commands as they stand in this file."""
        return list(self.commands)


app = typer.Typer(
    cls=OrderedGroup,
    rich_markup_mode=None,  # help and errors as plain text, the same in a pipe as on a terminal
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "terminal_width": 80},
)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit status; faults become one line on stderr."""
    try:
        _check_stdout()
        _complete_plainly()
        status = app(args=arguments, prog_name="actcli", standalone_mode=False)
        sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except SystemExit as end:  # of completion
        return end.code if isinstance(end.code, int) else 0
    except ActcliError as fault:
        return _told(str(fault), USAGE)
    except typer.TyperException as fault:
        return _told(_plain(fault), USAGE)
    except KeyboardInterrupt:
        return _silenced(INTERRUPTED)
    except BrokenPipeError:
        return _silenced(CLOSED_PIPE)
    except OSError as fault:
        _silenced(FAILURE)
        where = f" {fault.filename}" if fault.filename else ""
        return _told(f"input or output failed:{where} {fault.strerror or fault}", FAILURE)


def _plain(fault: typer.TyperException) -> str:
    message = getattr(fault, "format_message", lambda: str(fault))()
    return message.replace("\n", " ") or "'actcli --help' shows what can be typed"


def _check_stdout() -> None:
    if sys.stdout is None:
        raise OSError("standard output is closed")


def _complete_plainly() -> None:
    """Let Typer take rich for not installed while it completes a word.

    It would read the descriptions as markup, which eats brackets and doubles the time that each TAB takes.
    """
    if "_ACTCLI_COMPLETE" in os.environ:
        sys.modules["rich"] = None  # type: ignore[assignment]


def _told(message: str, status: int) -> int:
    with contextlib.suppress(OSError, AttributeError):
        sys.stderr.write(f"actcli: {message}\n")
    return status


def _silenced(status: int) -> int:
    """Give stdout a place where the interpreter's last flush cannot fail."""
    with contextlib.suppress(OSError, AttributeError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return status


# ---------------------------------------------------------------------------- output


@dataclass(frozen=True)
class Output:
    """Where the answers go and how they are written."""

    format: str
    header: bool
    path: Path | None
    color: bool

    @contextlib.contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open stdout, or a temporary file that takes the place of `path` once all is written."""
        if self.path is None:
            sys.stdout.flush()
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
            return
        import tempfile

        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
            os.chmod(name, 0o666 & ~_umask())
            os.replace(name, self.path)
        except BaseException:
            os.unlink(name)
            raise

    def write(
        self,
        header: Sequence[str],
        rows: Callable[[IO[bytes]], Iterable[Sequence[Any]]],
        remarks: "Remarks | None" = None,
    ) -> None:
        """Write rows as they come; `rows` is given the file so that it can flush before it waits.

        A table for people shows the remarks, too.
        """
        from actcli.pages import tables

        with self.open() as file:
            if self.format == "table":
                file.write(self._screen(header, rows(file), remarks).encode())
                return
            names = header if self.header or "json" in self.format else None
            try:
                for piece in tables.FORMATS[self.format](names, rows(file)):
                    file.write(piece.encode("utf-8", "surrogateescape"))
            except ActcliError:
                file.flush()
                raise

    def _screen(self, header: Sequence[str], rows: Iterable[Sequence[Any]], remarks: "Remarks | None") -> str:
        from actcli.pages import tables

        return tables.screen(
            header, rows, width=self.width, color=self.color, ascii=self.ascii, remarks=remarks
        )

    @property
    def width(self) -> int:
        """The columns of a table: the terminal's, 80 in a file."""
        return terminal_width() if self.path is None else 80

    @property
    def ascii(self) -> bool:
        """Whether there are only ASCII characters to write with; a file has all."""
        return self.path is None and not encodes("\u256d\u2581")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def terminal_width() -> int:
    """Return the terminal's columns, 80 where there is none; COLUMNS counts only on a terminal."""
    if not sys.stdout.isatty():
        return 80
    return shutil.get_terminal_size((80, 24)).columns or 80


def terminal_height() -> int:
    """Return the lines of a picture: the terminal's less one for the prompt, 24 where there is none."""
    if not sys.stdout.isatty():
        return 24
    return max(shutil.get_terminal_size((80, 24)).lines or 24, 6) - 1


def encodes(text: str) -> bool:
    """Tell whether stdout can print a text."""
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def wants_color(choice: str) -> bool:
    """Tell whether to colour: --color first, then NO_COLOR, FORCE_COLOR, TERM=dumb, a terminal or not."""
    if choice not in ("auto", "always", "never"):
        raise ActcliError(f"--color {choice}: write auto, always or never")
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


Format = Annotated[
    str,
    typer.Option(
        "--format",
        "-f",
        metavar="NAME",
        help=f"{', '.join(FORMAT_NAMES)}; --csv is short for --format csv, and so on.",
    ),
]
NoHeader = Annotated[bool, typer.Option("--no-header", help="Leave out the line of column names.")]
OutputPath = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to FILE.")]
Color = Annotated[str, typer.Option("--color", metavar="WHEN", help="auto, always or never.")]
Kink = Annotated[str, typer.Option("--kink", metavar="SIDE", help="At a kink: right, left or mean.")]
Num = Annotated[int | None, typer.Option("--num", metavar="N", help="Points of a range LO:HI.")]
DigitCount = Annotated[
    int | None, typer.Option("--digits", metavar="N", help="N significant digits, each of them proven.")
]


def complete_function(incomplete: str) -> list[tuple[str, str]]:
    """Return the activations whose name starts with what has been typed, with their formulas."""
    from actcli.catalog import CATALOG

    typed = incomplete.casefold().replace("-", "_")
    return [
        (entry.name, entry.definition or entry.formula) for entry in CATALOG if entry.name.startswith(typed)
    ]


DataType = Annotated[
    str,
    typer.Option(
        "--dtype",
        metavar="NAME",
        help=f"{', '.join(FORMATS)}: points are rounded to it first, answers once.",
    ),
]
FunctionName = Annotated[
    str,
    typer.Argument(metavar="FUNCTION", help=FUNCTION, autocompletion=complete_function),
]
ColumnNames = Annotated[
    list[str] | None,
    typer.Option("--column", metavar="NAME|N", help="Read CSV and answer this column; repeatable."),
]
NewNames = Annotated[
    list[str] | None, typer.Option("--name", metavar="NAME", help="Name of a new column; repeatable.")
]
NoHeaderIn = Annotated[bool, typer.Option("--no-header-in", help="The CSV that is read has no header.")]
Delimiter = Annotated[str, typer.Option("--delimiter", metavar="CHAR", help="Of the CSV: , or ; or tab.")]
OnError = Annotated[str, typer.Option("--on-error", metavar="WHAT", help="Bad numbers: stop, nan or skip.")]
NoProgress = Annotated[bool, typer.Option("--no-progress", help="No progress line on stderr.")]
PointTexts = Annotated[list[str] | None, typer.Argument(metavar="[POINT]...", help=POINT)]


def output(name: str, no_header: bool, path: Path | None, color: str, default: str) -> Output:
    """Return the output that the options ask for."""
    if name and name not in FORMAT_NAMES:
        raise ActcliError(f"--format {name}: write one of {', '.join(FORMAT_NAMES)}")
    return Output(name or default, not no_header, path, wants_color(color))


# ---------------------------------------------------------------------------- what is asked, and its rows


def read_points(tokens: Sequence[str], count: int | None) -> list[Points] | None:
    """Return the points on the command line, or None where they are to come from standard input."""
    if "-" in tokens:
        if len(tokens) > 1:
            raise ActcliError("'-' reads the points from standard input, so no other points can be given")
        return None
    return [parse_points(token, count) for token in tokens]


def points_or_stdin(tokens: Sequence[str], count: int | None) -> list[Points] | None:
    """Return the points, or None for standard input; with no points and a terminal there, refuse."""
    if not tokens and sys.stdin is not None and sys.stdin.isatty():
        raise ActcliError("no points were given: add some (-10 0 10, or -6:6:0.5), or pipe numbers in")
    return read_points(tokens, count) if tokens else None


def ask(
    out: Output,
    sheet: "Sheet",
    points: list[Points] | None,
    intake: "Intake",
    remarks: "Remarks | None" = None,
) -> None:
    """Write the answers at the points, or at the numbers that arrive on standard input."""
    if points is not None:
        intake.check_unused()
        _answer_points(out, sheet, points, remarks)
    elif sheet.digits:
        intake.check_unused()
        out.write(sheet.header, lambda file: _proven(sheet, file, out), remarks)
    elif out.format == "table":
        out.write(sheet.header, lambda _: intake.rows(sheet), remarks)
    else:
        _stream(out, intake.filter(sheet, out), intake)


BLOCK = 16_384
FEW = 200  # rows that are printed one by one


def _answer_points(out: Output, sheet: "Sheet", points: list[Points], remarks: "Remarks | None") -> None:
    if sheet.takes_exact_points or out.format == "table" or sum(group.count for group in points) <= FEW:
        out.write(sheet.header, lambda _: _rows(sheet, points), remarks)
        return
    from actcli.streams.writers import Form

    form = Form(out.format, sheet.header, out.header)
    with out.open() as file:
        file.write(form.header)
        joint = form.joint
        for block in _blocks(sheet, points):
            file.write(form.rows(sheet.columns(block))[joint:])
            joint = 0
        file.write(form.end(True))


def _blocks(sheet: "Sheet", points: list[Points]) -> Iterator["Array"]:
    import numpy as np

    for group in points:
        z = np.array(group.floats(), dtype=np.float64)
        for point in z.tolist() if sheet.bounded else ():
            sheet.accept(point)
        for start in range(0, len(z), BLOCK):
            yield z[start : start + BLOCK]


def _rows(sheet: "Sheet", points: list[Points]) -> Iterator[Sequence["Cell"]]:
    for group in points:
        rest = iter(group.exact() if sheet.takes_exact_points else group.floats())
        while block := list(itertools.islice(rest, BLOCK)):
            for point in block:
                sheet.accept(point)
            yield from sheet.rows(block)


# ---------------------------------------------------------------------------- standard input


def _proven(sheet: "Sheet", file: IO[bytes], out: Output) -> Iterator[Sequence["Cell"]]:
    """Yield proven digits row by row; blank lines and comments pass through the plain format."""
    from actcli.streams import Counts
    from actcli.streams.proven import answered

    counts = Counts()
    with _shown_progress(source := _stdin(out), out, wanted=True) as watch:
        for row in answered(source, sheet, counts):
            if isinstance(row, tuple):
                yield row
            elif out.format == "plain":
                yield [row]
            file.flush()
            if watch:
                watch(counts)


def _stream(out: Output, work: "Filter", intake: "Intake") -> None:
    """Let all of standard input through a filter, and tell how many numbers were bad."""
    from actcli.streams import pump

    source = _stdin(out)
    with out.open() as file, _shown_progress(source, out, intake.progress) as watch:
        counts = pump(source, work, file, watch)
    intake.tell(counts.bad)


def _stdin(out: Output) -> int:
    """Return the descriptor of standard input, which must not be the file that is written."""
    if sys.stdin is None:
        raise OSError("standard input is closed")
    source = sys.stdin.fileno()
    if out.path and out.path.exists() and os.path.samestat(os.fstat(source), out.path.stat()):
        raise ActcliError(f"-o {out.path}: this is the file that is read; write to another")
    return source


@contextlib.contextmanager
def _shown_progress(source: int, out: Output, wanted: bool) -> Iterator["Watch | None"]:
    """Show on stderr how far a run has come, where stderr is a terminal that shows no answers."""
    if not (wanted and sys.stderr and sys.stderr.isatty()) or (out.path is None and sys.stdout.isatty()):
        yield None
        return
    progress = Progress(_bytes_ahead(source))
    try:
        yield progress
    finally:
        progress.wipe()


def _bytes_ahead(source: int) -> int | None:
    """Return how many bytes of a file are still to be read; None for a pipe."""
    state = os.fstat(source)
    return state.st_size - os.lseek(source, 0, os.SEEK_CUR) if stat.S_ISREG(state.st_mode) else None


class Progress:
    """A line on stderr that is written anew five times a second, from the first second on."""

    def __init__(self, total: int | None) -> None:
        """`total` is how many bytes are to be read, where that is known."""
        self.total, self.start, self.last = total, time.monotonic(), 0.0

    def __call__(self, counts: "Counts") -> None:
        """Show the counts, if it is time to."""
        seconds = time.monotonic() - self.start
        if seconds >= 1 and seconds - self.last >= 0.2:
            from actcli.streams.progress import line

            self.last = seconds
            sys.stderr.write(f"\r{line(counts.bytes, counts.rows, seconds, self.total)}\x1b[K")
            sys.stderr.flush()

    def wipe(self) -> None:
        """Leave the line empty."""
        if self.last:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


@dataclass(frozen=True)
class Intake:
    """How standard input is read: as lines of numbers, or as CSV with numbers in some columns."""

    columns: Sequence[str]
    names: Sequence[str]
    header: bool
    delimiter: str
    policy: str
    progress: bool

    def filter(self, sheet: "Sheet", out: Output) -> "Filter":
        """Return what is done to standard input: lines of numbers, or CSV with answers added."""
        if not self.columns:
            from actcli.streams.lines import Lines
            from actcli.streams.writers import Form

            self.check_unused()
            return Lines(self._task(sheet, sheet.columns), Form(out.format, sheet.header, out.header))
        from actcli.streams.csv_columns import Choice, Fields

        if out.format not in ("csv", "tsv"):
            raise ActcliError(f"--column keeps CSV or TSV as it is, so it cannot write {out.format}")
        delimiter = (self.delimiter or ("\t" if out.format == "tsv" else ",")).encode()
        choice = Choice(self.columns, sheet.labels, self.names, delimiter, self.header, out.header)
        return Fields(self._task(sheet, sheet.without_points().columns), choice)

    def _task(self, sheet: "Sheet", columns: "Columns") -> "Task":
        from actcli.streams.lines import Task

        return Task(columns, self.policy, sheet.accept if sheet.bounded else None, sheet.dtype)

    def rows(self, sheet: "Sheet") -> list[Sequence[float]]:
        """Return all rows, for a table that is laid out as a whole."""
        from actcli.streams import pump
        from actcli.streams.lines import Lines
        from actcli.streams.writers import Form

        self.check_unused()
        found: list[Sequence[float]] = []

        def kept(z: "Array") -> list["Array"]:
            found.extend(_transposed(sheet.columns(z)))
            return [z]

        nowhere = Output("plain", False, Path(os.devnull), False)
        with open(os.devnull, "wb") as file:
            work = Lines(self._task(sheet, kept), Form("plain", ["z"], False))
            counts = pump(_stdin(nowhere), work, file, workers=0)
        self.tell(counts.bad)
        return found

    def check_unused(self) -> None:
        """Refuse what only makes sense for columns where none is named."""
        given = {"--column": self.columns, "--name": self.names, "--delimiter": self.delimiter}
        for option, value in [*given.items(), ("--no-header-in", not self.header)]:
            if value:
                raise ActcliError(f"{option} is for CSV on standard input: give --column, and no points")

    def tell(self, bad: int) -> None:
        """Tell how many numbers were bad."""
        if bad:
            what = "skipped" if self.policy == "skip" else "answered with nan"
            sys.stderr.write(f"actcli: {bad:,} bad {'number' if bad == 1 else 'numbers'} {what}\n")


def _intake(
    columns: list[str] | None,
    names: list[str] | None,
    no_header: bool,
    delimiter: str,
    on_error: str,
    no_progress: bool,
) -> Intake:
    """Return how standard input is to be read, as the options ask."""
    if on_error not in ("stop", "nan", "skip"):
        raise ActcliError(f"--on-error {on_error}: write stop, nan or skip")
    delimiter = {"tab": "\t", "\\t": "\t"}.get(delimiter, delimiter)
    if delimiter and (len(delimiter) > 1 or not delimiter.isascii() or delimiter in '"+-.\r\n\0' + WORD):
        raise ActcliError(f"--delimiter {delimiter!r}: write one character such as , or ; or tab")
    return Intake(columns or [], names or [], not no_header, delimiter, on_error, not no_progress)


def _transposed(columns: list["Array"]) -> Iterator[Sequence[float]]:
    return zip(*(column.tolist() for column in columns), strict=True)


def find_function(text: str) -> "Function":
    """Return the function that a FUNCTION argument means."""
    from actcli.catalog import function

    return function(text)


# ---------------------------------------------------------------------------- the commands


@app.callback(invoke_without_command=True)
def actcli(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
) -> None:
    """Neural-network activation functions at the shell: values, slopes, tables, pictures.

    \b
    actcli table                       the lecture: four functions at -10, 0, 10
    actcli eval sigmoid -10 0 10       g(z), one number per line
    actcli deriv tanh 0.5              g'(z)
    actcli plot relu leaky_relu        curves in the terminal
    actcli info sigmoid                formula, derivative, range, kinks

    \b
    FUNCTION  a name (sigmoid, LeakyReLU), a name with parameters
              (leaky_relu:slope=0.2), or a formula in z ('z*sigmoid(1.702z)'):
              + - * / ^, exp log sqrt abs min max erf where(z > 0, z, 0) ...,
              and every activation as in 'elu(z, alpha=0.5)^2'
    POINT     a number (-10, 2e-3, inf), a range with both its ends (LO:HI or
              LO:HI:STEP, such as -6:6:0.5), or - for numbers on standard input
    """
    if version:
        print("actcli", __version__)
    elif context.invoked_subcommand is None:
        print(context.get_help())


@app.command("eval", cls=NumericCommand)
def eval_(
    function: FunctionName,
    points: PointTexts = None,
    digits: DigitCount = None,
    dtype: DataType = "float64",
    num: Num = None,
    format: Format = "",
    no_header: NoHeader = False,
    output_path: OutputPath = None,
    column: ColumnNames = None,
    name: NewNames = None,
    no_header_in: NoHeaderIn = False,
    delimiter: Delimiter = "",
    on_error: OnError = "stop",
    no_progress: NoProgress = False,
) -> None:
    """Print g(z), one number per line.

    \b
    actcli eval sigmoid -10 0 10
    actcli eval leaky_relu:slope=0.2 -6:6:0.5
    seq -10 10 | actcli eval sigmoid
    actcli eval gelu --column z < data.csv

    Blank lines and lines that start with # pass through (plain format).
    """
    from actcli.numerics.answers import value

    intake = _intake(column, name, no_header_in, delimiter, on_error, no_progress)
    out = output(format, no_header, output_path, "auto", "csv" if column else "plain")
    question = value(find_function(function))
    _ask_one(question, out, points_or_stdin(points or [], num), intake, digits, dtype)


@app.command(cls=NumericCommand)
def deriv(
    function: FunctionName,
    points: PointTexts = None,
    kink: Kink = "right",
    order: Annotated[int, typer.Option("--order", metavar="N", help="The N-th derivative, N to 100.")] = 1,
    from_a: Annotated[bool, typer.Option("--from-a", help="The points are values a = g(z).")] = False,
    digits: DigitCount = None,
    dtype: DataType = "float64",
    num: Num = None,
    format: Format = "",
    no_header: NoHeader = False,
    output_path: OutputPath = None,
    column: ColumnNames = None,
    name: NewNames = None,
    no_header_in: NoHeaderIn = False,
    delimiter: Delimiter = "",
    on_error: OnError = "stop",
    no_progress: NoProgress = False,
) -> None:
    """Print g'(z), the slope of g at z, one number per line.

    \b
    actcli deriv tanh -10 0 10
    actcli deriv relu 0 --kink left
    actcli deriv sigmoid --from-a 0.5

    At a kink it is the slope on the right, as in relu'(0) = 1 ("1 if z >= 0").
    """
    intake = _intake(column, name, no_header_in, delimiter, on_error, no_progress)
    out = output(format, no_header, output_path, "auto", "csv" if column else "plain")
    question = _slope_question(find_function(function), kink, order, from_a)
    _ask_one(question, out, points_or_stdin(points or [], num), intake, digits, dtype)


def _ask_one(
    question: "Question",
    out: Output,
    points: list[Points] | None,
    intake: Intake,
    digits: int | None,
    dtype: str,
) -> None:
    """Write the answers to one question; at a point of its own, one that has none is an error."""
    from actcli.streams.columns import Sheet

    strict = points is not None and all(group.count == 1 for group in points)
    sheet = Sheet((question,), out.format != "plain", count_of(digits), strict)
    ask(out, in_format(sheet, dtype), points, intake)


def _slope_question(function: "Function", kink: str, order: int = 1, from_a: bool = False) -> "Question":
    from actcli.numerics.answers import SIDES, slope, slope_from_value

    if kink not in SIDES:
        raise ActcliError(f"--kink {kink}: write right, left or mean")
    if not 1 <= order <= HIGHEST_ORDER:
        raise ActcliError(f"--order {order}: from 1 to {HIGHEST_ORDER}")
    if from_a and order > 1:
        raise ActcliError("--from-a gives the first derivative only, not --order")
    return slope_from_value(function) if from_a else slope(function, kink, order)


def count_of(digits: int | None) -> int | None:
    """Return the number of digits asked for, checked."""
    if digits is not None and not 1 <= digits <= MOST_DIGITS:
        raise ActcliError(f"--digits {digits}: from 1 to {MOST_DIGITS:,}")
    return digits


def in_format(sheet: "Sheet", dtype: str) -> "Sheet":
    """Return the sheet with its numbers in the format that --dtype names, checked."""
    if dtype not in FORMATS:
        raise ActcliError(f"--dtype {dtype}: write one of {', '.join(FORMATS)}")
    if sheet.digits and dtype != "float64":
        raise ActcliError("--digits gives as many digits as it says, so no --dtype can be given as well")
    return replace(sheet, dtype=dtype)


@app.command(cls=NumericCommand)
def table(
    tokens: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FUNCTION]... [POINT]...", help=BOTH, autocompletion=complete_function),
    ] = None,
    kink: Kink = "right",
    deriv: Annotated[bool, typer.Option("--deriv/--no-deriv", help="Columns of g' too.")] = True,
    digits: DigitCount = None,
    dtype: DataType = "float64",
    num: Num = None,
    format: Format = "",
    no_header: NoHeader = False,
    output_path: OutputPath = None,
    color: Color = "auto",
    column: ColumnNames = None,
    name: NewNames = None,
    no_header_in: NoHeaderIn = False,
    delimiter: Delimiter = "",
    on_error: OnError = "stop",
    no_progress: NoProgress = False,
) -> None:
    """Show z, g(z) and g'(z) side by side.

    \b
    actcli table
    actcli table sigmoid tanh -6:6:0.5
    actcli table sigmoid -6:6:0.5 --csv | column -s, -t

    A table on a terminal, CSV in a pipe. Without a FUNCTION the lecture's four:
    sigmoid, tanh, relu and leaky_relu; without a POINT -10, 0 and 10.
    """
    from actcli.pages.footnotes import OfFunctions

    intake = _intake(column, name, no_header_in, delimiter, on_error, no_progress)
    on_terminal = output_path is None and sys.stdout.isatty() and not column
    out = output(format, no_header, output_path, color, "table" if on_terminal else "csv")
    names = [token for token in tokens or [] if not _is_point(token)] or list(LECTURE)
    points = [token for token in tokens or [] if _is_point(token)]
    points = points or (["-"] if column else list(LECTURE_POINTS))
    functions = [find_function(name) for name in names]
    sheet = _sheet(functions, kink, deriv, count_of(digits))
    remarks = OfFunctions([(f, is_slope) for f in functions for is_slope in (False, True)[: 1 + deriv]])
    ask(out, in_format(sheet, dtype), read_points(points, num), intake, remarks)


def _is_point(token: str) -> bool:
    return token == "-" or looks_like_points(token)


def _sheet(functions: "Sequence[Function]", kink: str, deriv: bool, digits: int | None) -> "Sheet":
    from actcli.numerics.answers import value
    from actcli.streams.columns import Sheet

    questions: list[Question] = []
    for function in functions:
        questions.append(value(function))
        if deriv:
            questions.append(_slope_question(function, kink))
    return Sheet(tuple(questions), with_points=True, digits=digits)


@app.command(cls=NumericCommand)
def plot(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="FUNCTION... [LO:HI] [-]", help=BOTH, autocompletion=complete_function),
    ] = None,
    deriv: Annotated[bool | None, typer.Option("--deriv/--no-deriv", help="Draw g' too, or not.")] = None,
    deriv_only: Annotated[bool, typer.Option("--deriv-only", help="Draw g' and not g.")] = False,
    stack: Annotated[bool, typer.Option("--stack", help="Draw g' below g, each in its own scale.")] = False,
    tangent: Annotated[list[str] | None, typer.Option("--tangent", metavar="Z", help=TANGENT)] = None,
    saturated: Annotated[str, typer.Option("--saturated", metavar="EPS", help=SATURATED)] = "",
    data: Annotated[Path | None, typer.Option("--data", metavar="FILE", help="Draw CSV columns too.")] = None,
    xlim: Annotated[str, typer.Option("--xlim", metavar="LO:HI", help="The same as a LO:HI argument.")] = "",
    ylim: Annotated[str, typer.Option("--ylim", metavar="LO:HI", help="From where to where up.")] = "",
    width: Annotated[
        int | None, typer.Option("--width", metavar="COLUMNS", min=1, help="The terminal's, or 80.")
    ] = None,
    height: Annotated[
        int | None, typer.Option("--height", metavar="LINES", min=1, help="The terminal's, or 24.")
    ] = None,
    ascii: Annotated[bool, typer.Option("--ascii", help="Use ASCII characters only.")] = False,
    output_path: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help=KEEP)] = None,
    color: Color = "auto",
) -> None:
    """Draw g and g' of one function, several functions together, or data.

    \b
    actcli plot sigmoid
    actcli plot relu leaky_relu:slope=0.2 -3:3
    actcli plot tanh --tangent 0 --tangent 2 --saturated 0.01
    actcli plot gelu --stack -o gelu.svg
    actcli plot gelu --data measured.csv
    actcli table gelu -4:4 --csv | actcli plot -

    Without LO:HI the range is where the functions do something: their kinks and extrema, and as far as
    their slopes come within a twentieth of their limits, plus two fifths of that; with data, the data's.

    The first column of data is z, each further one a curve, or points where there are few rows;
    columns called d_NAME or NAME' are slopes. - is the data on standard input.
    """
    from actcli.pictures.scenes import Scene, picture

    tokens = words or []
    functions = [find_function(token) for token in tokens if not _is_point(token)]
    ranges = [token for token in tokens if _is_point(token) and token != "-"] + [xlim] * bool(xlim)
    if len(ranges) > 1:
        raise ActcliError(f"{' and '.join(ranges)}: a plot has one range LO:HI")
    page = Page.of(width, height, ascii, color, output_path)
    measured = _measured("-" in tokens, data)
    if not functions and not measured:
        raise ActcliError("plot needs a FUNCTION: a name such as sigmoid, or a formula in z")
    if deriv_only and (tangent or stack or deriv is False):
        raise ActcliError("--deriv-only leaves out g: --tangent, --stack and --no-deriv do not go with it")
    scene = Scene(
        xlim=parse_limits(ranges[0], "range") if ranges else None,
        ylim=parse_limits(ylim, "--ylim") if ylim else None,
        values=not deriv_only,
        slopes=deriv_only or _with_slopes(deriv, stack, len(functions), measured),
        apart=stack,
        tangents=tuple(_finite(z, "--tangent") for z in tangent or []),
        saturated=_finite(saturated, "--saturated") if saturated else None,
        data=measured,
        width=page.width,
    )
    page.write(picture(functions, scene))


def _with_slopes(asked: bool | None, stack: bool, functions: int, data: "Measured | None") -> bool:
    """Tell whether to draw g': one function's, if it was not said; with data only if they have slopes."""
    if asked is not None or stack:
        return asked is not False
    return functions == 1 and (data is None or data.has_slopes)


def _finite(text: str, option: str) -> float:
    number = float(parse_number(text))
    if not math.isfinite(number):
        raise ActcliError(f"{option} {text}: write a finite number")
    return number


def _measured(from_stdin: bool, path: Path | None) -> "Measured | None":
    """Read the data that are to be drawn, if any."""
    from actcli.pictures.data import read

    if from_stdin and path:
        raise ActcliError("- and --data: the data come from one place")
    if from_stdin:
        if sys.stdin is None:
            raise OSError("standard input is closed")
        return read(_decoded(sys.stdin.buffer, "standard input"), "standard input")
    if path:
        with path.open("rb") as file:
            return read(_decoded(file, str(path)), str(path))
    return None


def _decoded(file: IO[bytes], source: str) -> Iterator[str]:
    for number, line in enumerate(file, 1):
        try:
            yield line.decode()
        except UnicodeDecodeError:
            raise ActcliError(f"{source}, line {number}: this is not text in UTF-8") from None


@dataclass(frozen=True)
class Page:
    """What a picture is drawn on: so many columns and lines of a terminal, or a file."""

    width: int
    height: int
    ascii: bool
    color: str
    path: Path | None

    @staticmethod
    def of(width: int | None, height: int | None, ascii: bool, color: str, path: Path | None) -> "Page":
        """Take the size that is asked for, or the terminal's; a file has always the same."""
        if path is None:
            ascii = ascii or not encodes(BRAILLE_AND_BOX)
            return Page(width or terminal_width(), height or terminal_height(), ascii, color, None)
        return Page(width or PAGE[0], height or PAGE[1], ascii, color, path)

    def drawn(self, shown: "Picture") -> str:
        """Return the picture as text, or as what the file's name says."""
        from actcli.pictures.plots import draw

        size = {"width": self.width, "height": self.height}
        if self.path is None:
            return draw(shown, **size, ascii=self.ascii, color=wants_color(self.color))
        from actcli.pictures.exports import exported, suffix_of

        suffix = suffix_of(self.path)
        color = self.color if self.color != "auto" else "never" if suffix == ".txt" else "always"
        return exported(draw(shown, **size, ascii=self.ascii, color=wants_color(color)), suffix)

    def write(self, shown: "Picture") -> None:
        """Draw the picture where it belongs."""
        text = self.drawn(shown)
        with Output("plain", True, self.path, False).open() as file:
            file.write(text.encode())


@app.command("list", cls=NumericCommand)
def list_(
    text: Annotated[
        str, typer.Argument(metavar="[TEXT]", help="Only those with TEXT in name or formula.")
    ] = "",
    framework: Annotated[str, typer.Option("--framework", metavar="NAME", help=FRAMEWORK)] = "",
    format: Format = "",
    no_header: NoHeader = False,
    output_path: OutputPath = None,
    color: Color = "auto",
) -> None:
    """List the activations with their formulas: all, or those that match.

    \b
    actcli list
    actcli list shrink
    actcli list --framework pytorch
    """
    from actcli.catalog import listed, under

    on_terminal = output_path is None and sys.stdout.isatty()
    out = output(format, no_header, output_path, color, "table" if on_terminal else "csv")
    entries = listed(text)
    header = ["name", "formula", "range"]
    rows = [[entry.name, entry.definition or entry.formula, entry.range] for entry in entries]
    if out.format == "table":
        header, rows = _with_curves(header, rows, entries, out.ascii)
    if framework:
        names = under(framework, entries)
        header, rows = (
            [framework, *header],
            [[name, *row] for row, found in zip(rows, names, strict=True) for name in found],
        )
    out.write(header, lambda _: rows)


def _with_curves(
    header: list[str], rows: list[list[str]], entries: "Sequence[Activation]", ascii: bool
) -> tuple[list[str], list[list[str]]]:
    """Put a small picture of each entry after its name."""
    from actcli.pictures.scenes import small_sparkline

    curves = [small_sparkline(entry.bind(), CURVE, ascii=ascii) for entry in entries]
    return (
        [header[0], "z -4 to 4", *header[1:]],
        [[row[0], curve, *row[1:]] for row, curve in zip(rows, curves, strict=True)],
    )


@app.command(cls=NumericCommand)
def info(function: FunctionName) -> None:
    """Tell all about one activation or formula.

    \b
    actcli info leaky_relu
    actcli info 'z*tanh(softplus(z))'
    """
    from actcli.pages.info import page
    from actcli.pictures.scenes import Scene, picture

    shown, width = find_function(function), terminal_width()
    drawn = Page.of(min(width, SMALL[0]), SMALL[1], False, "auto", None)
    text = f"{page(shown, width)}\n{drawn.drawn(picture([shown], Scene(width=drawn.width)))}"
    with Output("plain", True, None, False).open() as file:
        file.write(text.encode())


@app.command(cls=NumericCommand)
def explain(function: FunctionName) -> None:
    """Derive g' step by step: definition, rules, the form in a, numbers.

    \b
    actcli explain sigmoid
    actcli explain leaky_relu:slope=0.2
    """
    from actcli.pages.explain import page

    with Output("plain", True, None, False).open() as file:
        file.write(page(find_function(function), terminal_width()).encode())
