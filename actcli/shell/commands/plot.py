"""The command plot: g and g', or data, as a picture."""

import contextlib
import io
import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from actcli.errors import ActcliError
from actcli.language.points import parse_limits
from actcli.pictures import FIGURE_SAMPLES, KINDS
from actcli.shell.messages import tell
from actcli.shell.options import (
    Color,
    DecimalComma,
    Delimiter,
    HeaderIn,
    OnError,
    find_functions,
    flag,
    functions_and_points,
    is_point,
    output_file,
    reader,
    text,
    whole,
)
from actcli.shell.output import Surface, write_text
from actcli.shell.vectorwise import slices, values_at

if TYPE_CHECKING:
    from actcli.catalog.entries import Function
    from actcli.pictures.data import Measured
    from actcli.pictures.plots import Picture

TANGENT = "Draw the tangent at Z, touching g there; as often as you like."
KEEP = f"Keep the picture: FILE{', '.join(KINDS)}."
DATA_FILES = (".csv", ".tsv", ".txt", ".dat")
LEAST_FRAMED = 5  # columns and lines
LEAST_STACKED = 11  # lines
LARGEST_SIDE = 1_000  # columns or lines of a picture
SATURATED = "Mark on the z axis where |g'| is below EPS."


@dataclass(frozen=True, repr=False, eq=False)
class FromData:
    """Which data are drawn, and how they are read."""

    data: Annotated[
        Path | None, text("--data", metavar="FILE", help="Draw the columns of a CSV file, too.")
    ] = None
    follow: Annotated[bool, flag("--follow", "Draw again while the data grow, until Ctrl-C.")] = False
    header_in: HeaderIn = None
    delimiter: Delimiter = ""
    decimal_comma: DecimalComma = False
    column: Annotated[
        list[str] | None,
        text("--column", metavar="NAME|N", help="Take this column of data, z=NAME for z; repeatable."),
    ] = None
    on_error: OnError = ""
    points: Annotated[
        bool | None, typer.Option("--points/--lines", help="Draw data as points, or as lines.")
    ] = None

    def taken(self, words: list[str]) -> "tuple[list[str], FromData]":
        """Return the words without a FILE of data, and with it what is read."""
        files = [
            word for word in words if word.endswith(DATA_FILES) or ("." in word and Path(word).is_file())
        ]
        if len(files) + (self.data is not None) > 1:
            raise ActcliError(f"{' and '.join(files)}: the data come from one file, columns side by side")
        rest = [word for word in words if word not in files]
        return rest, replace(self, data=Path(files[0])) if files else self

    @contextlib.contextmanager
    def opened(self, from_stdin: bool) -> Iterator[IO[bytes] | None]:
        """Open what holds the data, if there are any."""
        if self.column and not (from_stdin or self.data):
            raise ActcliError("--column names a column of data: give --data FILE or -")
        if self.follow and not (from_stdin or self.data):
            raise ActcliError("--follow draws data that grow: give --data FILE or -")
        if from_stdin and self.data:
            raise ActcliError("- and --data: the data come from one place")
        if from_stdin or str(self.data) == "-":
            if sys.stdin is None:
                raise OSError("standard input is closed")
            yield sys.stdin.buffer
        elif self.data:
            with self.data.open("rb") as file:
                yield file
        else:
            yield None

    @property
    def path(self) -> Path | None:
        """The file of the data; none is standard input."""
        return None if str(self.data) == "-" else self.data

    def measured(self, file: IO[bytes]) -> "Measured":
        """Read the data."""
        from actcli.streams.csv_heads import Wanted
        from actcli.streams.csv_tables import read_columns

        ordered = sorted(self.column or [], key=lambda text: not text.startswith("z="))
        wanted = Wanted(
            [text.removeprefix("z=").removeprefix("y=") for text in ordered],
            self.delimiter.encode(),
            self.header_in,
            decimal_comma=self.decimal_comma,
        )
        return read_columns(file, str(self.path or "standard input"), wanted, self.on_error)


@dataclass(frozen=True, repr=False, eq=False)
class Drawn:
    """What the picture looks like, and where it goes."""

    width: Annotated[
        int | None,
        whole("--width", most=LARGEST_SIDE, metavar="COLUMNS", help="Of the picture: the terminal's, or 80."),
    ] = None
    height: Annotated[
        int | None,
        whole("--height", most=LARGEST_SIDE, metavar="LINES", help="Of the picture: the terminal's, or 24."),
    ] = None
    ascii: Annotated[bool, flag("--ascii", "Use ASCII characters only.")] = False
    title: Annotated[str, text("--title", metavar="TEXT", help="A title above the picture.")] = ""
    xlabel: Annotated[str, text("--xlabel", metavar="TEXT", help="What the horizontal axis is called.")] = ""
    ylabel: Annotated[str, text("--ylabel", metavar="TEXT", help="What the vertical axis is called.")] = ""
    grid: Annotated[bool, flag("--grid", "Draw lines across the picture at its ticks.")] = False
    size: Annotated[
        str, text("--size", metavar="WxH", help="The size of a figure: 12x8cm, 85x60mm, 640x420.")
    ] = ""
    background: Annotated[
        str, text("--background", metavar="COLOR", help="The ground of a figure; transparent without.")
    ] = ""
    dark: Annotated[bool, flag("--dark", "A figure for a dark ground.")] = False
    output: Annotated[Path | None, output_file(KEEP)] = None
    color: Color = "auto"

    def __post_init__(self) -> None:
        """Refuse what is for figures where there is none."""
        if self.suffix == ".txt" and (self.size or self.background or self.dark):
            raise ActcliError("--size, --background and --dark are for figures: add -o FILE.svg")

    @property
    def suffix(self) -> str:
        """The suffix of the file to write, that of a text for the terminal."""
        if not self.output:
            return ".txt"
        from actcli.pictures.exports import suffix_of

        return suffix_of(self.output)

    @property
    def surface(self) -> Surface:
        """What a text is drawn on: the terminal as large as it is now, or a file."""
        return Surface.of(self.width, self.height, self.ascii, self.color, self.output)

    def named(self, picture: "Picture") -> "Picture":
        """Return a picture with its title, labels and grid."""
        xlabel = self.xlabel or picture.xlabel
        return replace(picture, title=self.title, xlabel=xlabel, ylabel=self.ylabel, grid=self.grid)

    def write(self, picture: "Picture") -> None:
        """Write a picture to the terminal or its file; with limits of its own it needs no margin."""
        if self.suffix == ".txt":
            if min(self.surface.width, self.surface.height) < LEAST_FRAMED:
                tell(f"note: below {LEAST_FRAMED} lines or columns a picture has no frame, labels or legend")
            elif picture.lower and self.surface.height < LEAST_STACKED:
                tell(f"note: --stack needs {LEAST_STACKED} lines: both are in one panel")
            write_text(self.surface.drawn(picture), self.output)
            return
        from actcli.pictures.exports import exported, looked
        from actcli.streams.programs import javascript

        look = looked(self.size, self.background, self.dark, margin=picture.ylim is None)
        write_text(exported(picture, self.suffix, look, javascript, tell), self.output)


def command(
    words: Annotated[list[str] | None, functions_and_points("FUNCTION... [LO:HI] [FILE] [-]")] = None,
    deriv: Annotated[bool | None, typer.Option("--deriv/--no-deriv", help="Draw g' too, or not.")] = None,
    deriv_only: Annotated[bool, flag("--deriv-only", "Draw g' and not g.")] = False,
    stack: Annotated[bool, flag("--stack", "Draw g' below g, each in its own scale.")] = False,
    log: Annotated[bool, flag("--log", "|g| and |g'| on a decimal logarithmic axis.")] = False,
    tangent: Annotated[list[str] | None, text("--tangent", metavar="Z", help=TANGENT)] = None,
    saturated: Annotated[str, text("--saturated", metavar="EPS", help=SATURATED)] = "",
    xlim: Annotated[str, text("--xlim", metavar="LO:HI", help="The same as a LO:HI argument.")] = "",
    ylim: Annotated[
        str, text("--ylim", metavar="LO:HI", help="The values of g from the lower edge to the upper.")
    ] = "",
    *,
    read: FromData,
    form: Drawn,
) -> None:
    """Draw g and g' of one function, several functions together, or data.

    \b
    actcli plot sigmoid
    actcli plot relu leaky_relu:slope=0.2 -3:3
    actcli plot tanh --tangent 0 --tangent 2 --saturated 0.01
    actcli plot gelu --stack -o gelu.svg
    actcli plot gelu measured.csv
    actcli plot softmax 1 2 3              a bar for each entry
    actcli plot softmax z 1 2              curves, while one entry moves
    actcli table gelu -4:4 --csv | actcli plot -

    Without LO:HI the range shows every kink, minimum and maximum, and goes on until the curves are
    nearly straight; with data it is the data's.

    The first column of data is z, each further one a curve, or points where there are few rows;
    columns called d_NAME or NAME' are slopes. - is standard input instead of a FILE.
    """
    from actcli.pictures.scenes import Scene, bars, picture

    words, read = read.taken(words or [])
    functions, values, tokens = _asked(words)
    given = "-" in tokens or read.data is not None
    if not (functions or values or given):
        raise ActcliError("plot needs a FUNCTION: a name such as sigmoid, or a formula in z")
    if values and (deriv or deriv_only or stack or tangent or saturated or tokens or xlim or given):
        raise ActcliError("bars are the values of one vector: no slopes, no tangents, no range, no data")
    _refuse_tangents(bool(tangent), log, deriv_only and bool(tangent or stack or deriv is False))
    scene = Scene(
        xlim=_limits(tokens, xlim, bool(tangent)),
        ylim=parse_limits(ylim, "--ylim", reader().point) if ylim else None,
        values=not deriv_only,
        apart=stack,
        tangents=tuple(_finite(z, "--tangent") for z in tangent or []),
        saturated=_above_zero(saturated, "--saturated") if saturated else None,
        as_points=read.points,
        log=log,
        width=form.surface.width if form.suffix == ".txt" else FIGURE_SAMPLES,
    )

    def shown(data: "Measured | None") -> "Picture":
        slopes = deriv_only or _with_slopes(deriv, stack, len(functions), data)
        whole = replace(scene, data=data, slopes=slopes)
        return form.named(bars(values, scene.ylim) if values else picture(functions, whole))

    _write(read, form, shown, from_stdin="-" in tokens)


def _write(
    read: FromData, form: Drawn, shown: "Callable[[Measured | None], Picture]", from_stdin: bool
) -> None:
    """Draw the picture with the data in it, if there are any; again and again if they are followed."""
    from actcli.shell.following import watch

    with read.opened(from_stdin) as file:
        if file and read.follow:
            if form.output:
                raise ActcliError("--follow draws on a terminal: leave out -o")
            watch(file, read.path, lambda text: form.surface.drawn(shown(read.measured(io.BytesIO(text)))))
            return
        data = read.measured(file) if file else None
    if data and data.left_out:
        tell(f"note: left out, as there are no numbers in them: {', '.join(data.left_out)}")
    if empty := [name for name, y in data.series if not any(map(math.isfinite, y))] if data else []:
        tell(f"note: no number that can be drawn is in {', '.join(empty)}")
    form.write(shown(data))


def _refuse_tangents(tangents: bool, log: bool, without_g: bool) -> None:
    if without_g:
        raise ActcliError("--deriv-only leaves out g: --tangent, --stack and --no-deriv do not go with it")
    if log and tangents:
        raise ActcliError("--log bends straight lines: --tangent does not go with it")


def _asked(words: list[str]) -> "tuple[list[Function], list[tuple[str, list[float]]], list[str]]":
    """Return the functions to draw, or the values of some of vectors, and the words that are no functions.

    Of functions of vectors the other words are the entries: with a z among them each value is a curve.
    """
    words = [word for word in words if word not in ("from", "to")]  # a range is told how it is written
    found = {word: find_functions([word], True) for word in words if not is_point(word)}
    vectors = {word: few for word, few in found.items() if any(one.reads_vectors for one in few)}
    if not vectors:
        functions = [one for word in words for one in found.get(word, [])]
        return functions, [], [word for word in words if word not in found]
    several = [one for few in vectors.values() for one in few]
    entries = [word for word in words if word not in vectors and not (is_point(word) and ":" in word)]
    rest = [word for word in words if word not in vectors and word not in entries]
    if set(entries) <= set(found) or "-" in entries:
        raise ActcliError(
            "a picture of a function of vectors needs their entries: 1 2 3, or z 1 2 with z moving"
        )
    if all(map(is_point, entries)):
        return [], values_at(several, entries), rest
    return slices(several, entries), [], rest


def _limits(tokens: list[str], xlim: str, tangent: bool) -> tuple[float, float] | None:
    """Return the limits of z that were typed, in one place or the other."""
    ranges = [xlim] * bool(xlim) + [token for token in tokens if is_point(token) and token != "-"]
    if len(ranges) > 1:
        meant = ":".join(ranges) if len(ranges) == 2 and ":" not in "".join(ranges) else "LO:HI"
        raise ActcliError(f"{' and '.join(ranges)}: a plot has one range {meant}")
    if ranges and tangent and ":" not in ranges[0]:
        raise ActcliError(f"{ranges[0]}: a further tangent has its own --tangent, a range is written LO:HI")
    return parse_limits(ranges[0], "range", reader().point) if ranges else None


def _with_slopes(asked: bool | None, stack: bool, functions: int, data: "Measured | None") -> bool:
    """Tell whether to draw g': one function's, if it was not said; with data only if they have slopes."""
    if asked is not None or stack:
        return asked is not False
    return functions == 1 and (data is None or data.has_slopes)


def _finite(text: str, option: str) -> float:
    number = float(reader().point(text))
    if not math.isfinite(number):
        raise ActcliError(f"{option} {text}: write a finite number")
    return number


def _above_zero(text: str, option: str) -> float:
    number = _finite(text, option)
    if number <= 0:
        raise ActcliError(f"{option} {text}: write a number above 0")
    return number
