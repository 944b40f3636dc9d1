"""The options that several commands share, each once: its values, its check, what is offered at a TAB.

Those that always come together are the fields of a group (see grammar.spread).
"""

import string
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from actcli.errors import ActcliError
from actcli.language.points import looks_like_points
from actcli.language.words import MOST_DIGITS_ASKED
from actcli.numerics.dtypes import DTYPES, dtype_named
from actcli.shell.messages import tell
from actcli.shell.offers import complete_function
from actcli.streams.formats import FORMATS

if TYPE_CHECKING:
    from fractions import Fraction
    from types import ModuleType

    from actcli.catalog.entries import Function

FORMAT_NAMES = ("table", *FORMATS)
SOURCE_NAMES = ("c", "python", "verilog")
MEMORY_NAMES = ("c", "hex", "mif", "coe")
KINK_SIDES = ("right", "left", "mean")
KINKS = (*KINK_SIDES, "pytorch", "jax", "tensorflow", "keras", "mlx")
MOST_DIGITS_PROVEN = 1_000  # of means and zeros, whose proofs cost more than a value's


# ---------------------------------------------------------------------------- kinds of options

TYPED = "actcli.typed"  # the words of a command line, for messages


def one_of(*spellings: str, values: Sequence[str], metavar: str, help: str) -> Any:
    """Return an option that takes one of a few words."""

    def checked(context: typer.Context, text: str) -> str:
        if text and text not in values:
            typed = [word.partition("=")[0] for word in context.meta.get(TYPED, ())]
            option = next((each for each in spellings if each in typed), spellings[0])
            raise ActcliError(f"{option} {text}: write {alternatives(values)}")
        return text

    return typer.Option(
        *spellings, metavar=metavar, help=help, callback=checked, autocompletion=offering(values)
    )


def named_option(spelling: str, read: Callable[[str], str], values: Sequence[str], help: str) -> Any:
    """Return an option that takes a name under any of its spellings."""

    def checked(text: str) -> str:
        try:
            return read(text)
        except ActcliError as fault:
            raise ActcliError(f"{spelling} {fault}") from None

    return typer.Option(
        spelling, metavar="NAME", help=help, callback=checked, autocompletion=offering(values)
    )


def offering(values: Sequence[str]) -> Callable[[str], list[str]]:
    """Return what offers some words at a TAB."""

    def offered(incomplete: str) -> list[str]:
        return [value for value in values if value.startswith(incomplete)]

    return offered


def alternatives(values: Sequence[str]) -> str:
    """Return words as a sentence offers them."""
    if len(values) > 3:
        return f"one of {', '.join(values)}"
    return f"{', '.join(values[:-1])} or {values[-1]}"


def whole(*spellings: str, most: int, help: str, metavar: str = "N") -> Any:
    """Return an option that takes a whole number from 1 up."""

    def checked(number: int | None) -> int | None:
        if number is not None and not 1 <= number <= most:
            raise ActcliError(f"{spellings[0]} {number}: from 1 to {most:,}")
        return number

    return typer.Option(*spellings, metavar=metavar, help=help, callback=checked)


def text(
    *spellings: str,
    metavar: str,
    help: str,
    check: Callable[[Any], Any] | None = None,
    offers: Callable[[str], list[str]] | None = None,
) -> Any:
    """Return an option that takes any text, or what a check makes of it; some texts may be offered."""
    return typer.Option(*spellings, metavar=metavar, help=help, callback=check, autocompletion=offers)


def flag(spelling: str, help: str) -> Any:
    """Return an option that is given or not."""
    return typer.Option(spelling, help=help)


# ---------------------------------------------------------------------------- what is asked about


def find_function(text: str, vectors: bool = False, free: Iterable[str] = (), by: str = "") -> "Function":
    """Return the one function that a FUNCTION argument means, as `find_functions` does."""
    found = find_functions([text], vectors, free, by)
    if len(found) > 1:
        raise ActcliError(f"{text} are {len(found)} functions: table, plot and stats take several")
    return found[0]


def find_functions(
    texts: Sequence[str], vectors: bool = False, free: Iterable[str] = (), by: str = ""
) -> "list[Function]":
    """Return the functions that FUNCTION arguments mean; those of vectors only where these are taken.

    The values of the parameters `free` come with the points; `by` stays a name, too.
    """
    return [found for text in texts for found in _family(text, vectors, tuple(free), by)]


def _family(text: str, vectors: bool, free: tuple[str, ...], by: str) -> "list[Function]":
    from actcli.catalog.families import family
    from actcli.language.trees import names_in

    if twice := [name for name in free if f":{name}=" in text.replace(" ", "")]:
        raise ActcliError(f"{text}: {twice[0]} has a value, and a column, too: leave one out")
    found = family(text, vectors, [*free, *({by} - {"", *free})])
    if found[0].entry is None and "z" not in names_in(found[0].formula):
        tell(f"note: {text} has no z: it is the same at every point")
    return found


def vector_of(option: str, typed: str, count: int) -> "list[Fraction | float]":
    """Return the vector that an option is given, such as 1,0,0; it must have so many entries."""
    entries = [reader().point(entry, exact=True) for entry in typed.replace(",", " ").split()]
    if len(entries) != count:
        raise ActcliError(f"{option} {typed}: {len(entries)} entries, where {count} are needed")
    return entries


def is_point(token: str) -> bool:
    """Tell whether an argument is a POINT rather than a FUNCTION."""
    return token == "-" or looks_like_points(token) or reader().is_constant(token)


def reader() -> "ModuleType":
    """Return the reader of points that are constant expressions, which needs the catalog."""
    from actcli.numerics import constants

    return constants


FUNCTION = "A name, or a formula in z: see actcli --help."
POINT = "A number, LO:HI, LO:HI:STEP, FILE or -: see actcli --help."
BOTH = "In any order: see actcli --help."

FunctionName = Annotated[
    str, typer.Argument(metavar="FUNCTION", help=FUNCTION, autocompletion=complete_function)
]
PointTexts = Annotated[list[str] | None, typer.Argument(metavar="[POINT]...", help=POINT)]


def functions_and_points(metavar: str) -> Any:
    """Return the argument that takes both, in any order."""
    return typer.Argument(metavar=metavar, help=BOTH, autocompletion=complete_function)


# ---------------------------------------------------------------------------- single options

Color = Annotated[
    str,
    one_of("--color", values=("auto", "always", "never"), metavar="WHEN", help="auto, always or never."),
]
KinkSide = Annotated[
    str,
    one_of(
        "--kink",
        values=KINKS,
        metavar="SIDE",
        help="The slope at a kink: right, left or mean, or that of pytorch, jax, tensorflow, keras or mlx.",
    ),
]


def _named_file(path: Path | None) -> Path | None:
    """Return a file's name; `-` is standard output."""
    return None if path is None or str(path) in ("-", "/dev/stdout") else path


def output_file(help: str) -> Any:
    """Return the option that names the file to write."""
    return text("--output", "-o", metavar="FILE", help=help, check=_named_file)


OutputFile = Annotated[Path | None, output_file("Write to FILE; - is standard output.")]

# ---------------------------------------------------------------------------- groups


@dataclass(frozen=True, repr=False, eq=False)
class Numbers:
    """Which numbers are asked for."""

    digits: Annotated[
        int | None,
        whole("--digits", most=MOST_DIGITS_ASKED, help="Print N significant digits, each of them proven."),
    ] = None
    dtype: Annotated[
        str,
        named_option(
            "--dtype",
            dtype_named,
            values=tuple(DTYPES),
            help=f"The numbers' format: {', '.join(DTYPES)}.",
        ),
    ] = "float64"
    num: Annotated[int | None, text("--num", metavar="N", help="How many points a range LO:HI has.")] = None
    bits: Annotated[bool, flag("--bits", "Read and write numbers as their bits, 0x3f80.")] = False
    exact: Annotated[bool, flag("--exact", "Write every decimal digit of the numbers.")] = False

    def __post_init__(self) -> None:
        """Refuse two ways of rounding at once."""
        if self.digits and self.dtype != "float64":
            raise ActcliError("--digits gives as many digits as it says, so no --dtype can be given as well")
        asked = [f"--{name}" for name in ("digits", "bits", "exact") if getattr(self, name)]
        if len(asked) > 1:
            raise ActcliError(f"{' and '.join(asked)}: numbers are written in one way")

    @property
    def notation(self) -> str:
        """The notation of numbers; none is that of shortest decimals."""
        return "bits" if self.bits else "exact" if self.exact else ""

    def typed(self, tokens: Sequence[str]) -> list[str]:
        """Return arguments with numbers in place of bits, where bits are read."""
        if not self.bits:
            return list(tokens)
        from actcli.streams.notations import bits_read

        return [bits_read(token.encode("utf-8", "surrogateescape"), self.dtype).decode() for token in tokens]


def format_option(values: Sequence[str]) -> Any:
    """Return the option that names a format."""
    help = f"{', '.join(values)}; --csv is short for --format csv, and so on."
    return one_of("--format", "-f", values=values, metavar="NAME", help=help)


@dataclass(frozen=True, repr=False, eq=False)
class Written:
    """How rows are written, and where."""

    format: Annotated[str, format_option(FORMAT_NAMES)] = ""
    no_header: Annotated[bool, flag("--no-header", "Leave out the line of column names.")] = False
    output: OutputFile = None


@dataclass(frozen=True, repr=False, eq=False)
class WrittenOrMemory(Written):
    """The same, or the files that memories are filled from."""

    format: Annotated[str, format_option((*FORMAT_NAMES, *MEMORY_NAMES))] = ""
    fixed: Annotated[
        str,
        text("--fixed", metavar="IN:OUT", help="In fixed point: Q3.12:Q0.15, or s0.05,z3:s0.01 for int8."),
    ] = ""


@dataclass(frozen=True, repr=False, eq=False)
class WrittenOrSource(Written):
    """The same, or the source of a program or circuit."""

    format: Annotated[str, format_option((*FORMAT_NAMES, *SOURCE_NAMES))] = ""


def _one_character(text: str) -> str:
    mark = {"tab": "\t", "\\t": "\t"}.get(text, text)
    no_marks = '"+-.\r\n\0' + string.ascii_letters + string.digits
    if mark and (len(mark) > 1 or not mark.isascii() or mark in no_marks):
        raise ActcliError(f"--delimiter {mark!r}: write one character such as , or ; or tab")
    return mark


Delimiter = Annotated[
    str,
    text(
        "--delimiter",
        metavar="CHAR",
        help="What stands between the cells of the CSV, if not found.",
        check=_one_character,
        offers=offering((",", ";", "tab")),
    ),
]
DecimalComma = Annotated[bool, flag("--decimal-comma", "CSV has 0,5 for 0.5.")]
HeaderIn = Annotated[
    bool | None, typer.Option("--header-in/--no-header-in", help="The CSV has a header, or none.")
]
OnError = Annotated[
    str,
    one_of(
        "--on-error",
        values=("stop", "nan", "skip", "empty"),
        metavar="WHAT",
        help="At a bad number or a point without an answer: stop, nan, skip or empty.",
    ),
]


@dataclass(frozen=True, repr=False, eq=False)
class Read:
    """How standard input is read: as lines of numbers, or as CSV with numbers in some columns."""

    column: Annotated[
        list[str] | None,
        text(
            "--column",
            metavar="NAME|N",
            help="Read CSV, take z from this column (u of u=NAME), add one with g; repeatable.",
        ),
    ] = None
    columns: Annotated[
        str, text("--columns", metavar="A,B,C", help="Read CSV, take vectors from these columns.")
    ] = ""
    name: Annotated[
        list[str] | None, text("--name", metavar="NAME", help="What the new column is called; repeatable.")
    ] = None
    header_in: HeaderIn = None
    delimiter: Delimiter = ""
    decimal_comma: DecimalComma = False
    on_error: OnError = ""
    no_progress: Annotated[bool, flag("--no-progress", "Show no progress.")] = False

    @property
    def of_parameters(self) -> dict[str, str]:
        """The columns that give parameters their values, by name: up for u of --column u=up."""
        return {
            name: column for name, column in map(_named_column, self.column or ()) if name not in ("z", "x")
        }

    @property
    def of_points(self) -> list[str]:
        """The other columns; where parameters have some, only one is left to be z."""
        given = [column for name, column in map(_named_column, self.column or ()) if name in ("z", "x")]
        if self.of_parameters and (len(given) != 1 or len(self.of_parameters) + 1 < len(self.column or ())):
            raise ActcliError("--column: give one column for z, and one for each parameter: z=gate and u=up")
        return given

    def dialect(self, format: str) -> tuple[bytes, bool | None, bool]:
        """Return the delimiter, none to find it, whether there is a header, and whether decimal commas."""
        mark = self.delimiter or ("\t" if format == "tsv" else "")
        return mark.encode(), self.header_in, self.decimal_comma


def _named_column(text: str) -> tuple[str, str]:
    """Return the name that a column is given to, z unless it is said, and the column."""
    name, equals, column = text.partition("=")
    return (name, column) if equals and name.isidentifier() else ("z", text)
