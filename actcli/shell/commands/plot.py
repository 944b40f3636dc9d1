"""The command plot: g and g', or data, as a picture."""

import math
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from actcli.errors import ActcliError
from actcli.language.points import parse_limits
from actcli.pictures import FIGURE_SAMPLES, KINDS
from actcli.shell.options import (
    Color,
    DecimalComma,
    Delimiter,
    find_functions,
    flag,
    functions_and_points,
    is_point,
    output_file,
    reader,
    text,
)
from actcli.shell.output import Surface, write_text
from actcli.shell.vectorwise import slices, values_at

if TYPE_CHECKING:
    from actcli.catalog.entries import Function
    from actcli.pictures.data import Measured

TANGENT = "Draw the tangent at Z, touching g there; as often as you like."
KEEP = f"Keep the picture: FILE{', '.join(KINDS)}."
LARGEST_PICTURE = 1_000  # columns or lines of a picture
SATURATED = "Mark on the z axis where |g'| is below EPS."


def command(
    words: Annotated[list[str] | None, functions_and_points("FUNCTION... [LO:HI] [-]")] = None,
    deriv: Annotated[bool | None, typer.Option("--deriv/--no-deriv", help="Draw g' too, or not.")] = None,
    deriv_only: Annotated[bool, flag("--deriv-only", "Draw g' and not g.")] = False,
    stack: Annotated[bool, flag("--stack", "Draw g' below g, each in its own scale.")] = False,
    log: Annotated[bool, flag("--log", "|g| and |g'| on a decimal logarithmic axis.")] = False,
    tangent: Annotated[list[str] | None, text("--tangent", metavar="Z", help=TANGENT)] = None,
    saturated: Annotated[str, text("--saturated", metavar="EPS", help=SATURATED)] = "",
    data: Annotated[
        Path | None, text("--data", metavar="FILE", help="Draw the columns of a CSV file, too.")
    ] = None,
    delimiter: Delimiter = "",
    decimal_comma: DecimalComma = False,
    column: Annotated[
        list[str] | None,
        text("--column", metavar="NAME|N", help="Take this column of data, z=NAME for z; repeatable."),
    ] = None,
    points: Annotated[
        bool | None, typer.Option("--points/--lines", help="Draw data as points, or as lines.")
    ] = None,
    xlim: Annotated[str, text("--xlim", metavar="LO:HI", help="The same as a LO:HI argument.")] = "",
    ylim: Annotated[
        str, text("--ylim", metavar="LO:HI", help="The values of g from the lower edge to the upper.")
    ] = "",
    width: Annotated[
        int | None,
        typer.Option(
            "--width",
            metavar="COLUMNS",
            min=1,
            max=LARGEST_PICTURE,
            help="Of the picture: the terminal's, or 80.",
        ),
    ] = None,
    height: Annotated[
        int | None,
        typer.Option(
            "--height",
            metavar="LINES",
            min=1,
            max=LARGEST_PICTURE,
            help="Of the picture: the terminal's, or 24.",
        ),
    ] = None,
    ascii: Annotated[bool, flag("--ascii", "Use ASCII characters only.")] = False,
    title: Annotated[str, text("--title", metavar="TEXT", help="A title above the picture.")] = "",
    xlabel: Annotated[
        str, text("--xlabel", metavar="TEXT", help="What a figure's horizontal axis is called.")
    ] = "",
    ylabel: Annotated[
        str, text("--ylabel", metavar="TEXT", help="What a figure's vertical axis is called.")
    ] = "",
    size: Annotated[
        str, text("--size", metavar="WxH", help="The size of a figure: 12x8cm, 85x60mm, 640x420.")
    ] = "",
    grid: Annotated[bool, flag("--grid", "Draw lines across a figure at its ticks.")] = False,
    background: Annotated[
        str, text("--background", metavar="COLOR", help="The ground of a figure; transparent without.")
    ] = "",
    dark: Annotated[bool, flag("--dark", "A figure for a dark ground.")] = False,
    output: Annotated[Path | None, output_file(KEEP)] = None,
    color: Color = "auto",
) -> None:
    """Draw g and g' of one function, several functions together, or data.

    \b
    actcli plot sigmoid
    actcli plot relu leaky_relu:slope=0.2 -3:3
    actcli plot tanh --tangent 0 --tangent 2 --saturated 0.01
    actcli plot gelu --stack -o gelu.svg
    actcli plot gelu --data measured.csv
    actcli plot softmax 1 2 3              a bar for each entry
    actcli plot softmax z 1 2              curves, while one entry moves
    actcli table gelu -4:4 --csv | actcli plot -

    Without LO:HI the range shows every kink, minimum and maximum, and goes on until the curves are
    nearly straight; with data it is the data's.

    The first column of data is z, each further one a curve, or points where there are few rows;
    columns called d_NAME or NAME' are slopes. - is the data on standard input.
    """
    from actcli.pictures.scenes import Scene, bars, picture

    suffix = _suffix(output, size or grid or background or dark)
    functions, values, tokens = _asked(words or [])
    limits = _limits(tokens, xlim, bool(tangent))
    surface = Surface.of(width, height, ascii, color, output)
    measured = _measured("-" in tokens, data, column or [], delimiter, decimal_comma)
    if not functions and not measured and not values:
        raise ActcliError("plot needs a FUNCTION: a name such as sigmoid, or a formula in z")
    if values and (deriv or deriv_only or stack or tangent or saturated or measured or limits):
        raise ActcliError("bars are the values of one vector: no slopes, no tangents, no range, no data")
    _refuse_tangents(bool(tangent), log, deriv_only and bool(tangent or stack or deriv is False))
    scene = Scene(
        xlim=limits,
        ylim=parse_limits(ylim, "--ylim", reader().point) if ylim else None,
        values=not deriv_only,
        slopes=deriv_only or _with_slopes(deriv, stack, len(functions), measured),
        apart=stack,
        tangents=tuple(_finite(z, "--tangent") for z in tangent or []),
        saturated=_above_zero(saturated, "--saturated") if saturated else None,
        data=measured,
        as_points=points,
        log=log,
        width=FIGURE_SAMPLES if suffix not in ("", ".txt") else surface.width,
    )
    drawn = bars(values, scene.ylim) if values else picture(functions, scene)
    shown = replace(drawn, title=title, xlabel=xlabel or drawn.xlabel, ylabel=ylabel)
    if suffix in ("", ".txt"):
        write_text(surface.drawn(shown), output)
        return
    from actcli.pictures.exports import exported, looked

    write_text(exported(shown, suffix, looked(size, grid, background, dark, margin=not ylim)), output)


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


def _suffix(output: Path | None, of_figures: str | bool) -> str:
    """Return the suffix of the file to write, none for the terminal, where options of figures are refused."""
    from actcli.pictures.exports import suffix_of

    suffix = suffix_of(output) if output else ""
    if of_figures and suffix in ("", ".txt"):
        raise ActcliError("--size, --grid, --background and --dark are for figures: add -o FILE.svg")
    return suffix


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


def _measured(
    from_stdin: bool, path: Path | None, columns: list[str], delimiter: str, comma: bool
) -> "Measured | None":
    """Read the data that are to be drawn, if any."""
    from actcli.streams.csv_heads import Wanted
    from actcli.streams.csv_tables import read_columns

    if columns and not (from_stdin or path):
        raise ActcliError("--column names a column of data: give --data FILE or -")
    ordered = sorted(columns, key=lambda text: not text.startswith("z="))
    wanted = Wanted(
        [text.removeprefix("z=").removeprefix("y=") for text in ordered],
        delimiter.encode(),
        decimal_comma=comma,
    )
    if from_stdin and path:
        raise ActcliError("- and --data: the data come from one place")
    if from_stdin or str(path) == "-":
        if sys.stdin is None:
            raise OSError("standard input is closed")
        return read_columns(sys.stdin.buffer, "standard input", wanted)
    if path:
        with path.open("rb") as file:
            return read_columns(file, str(path), wanted)
    return None
