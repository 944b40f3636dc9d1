"""What an approximation may be: its segments or its error, degree, knots and coefficients."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated

from actcli.errors import ActcliError
from actcli.language.points import parse_number
from actcli.shell.options import flag, offering, text, whole

if TYPE_CHECKING:
    from actcli.shape.approximations import Grid, Wish

KNOTS = ("free", "uniform", "aligned")
MOST_ASKED = 4096
MOST_DEGREE = 3


@dataclass(frozen=True, repr=False, eq=False)
class Wished:
    """The options of the command approx that say what is best."""

    segments: Annotated[int | None, whole("--segments", most=MOST_ASKED, help="How many segments.")] = None
    max_error: Annotated[
        str, text("--max-error", metavar="E", help="As few segments as an error of E allows.")
    ] = ""
    degree: Annotated[
        int, text("--degree", metavar="N", help="0 for a table, 1 for lines, 2 or 3 for curves.")
    ] = 1
    knots: Annotated[
        str,
        text(
            "--knots",
            metavar="WHERE",
            help="Where segments meet: free (the best), uniform, aligned (to a power of 2), or A,B,...",
            offers=offering(KNOTS),
        ),
    ] = "free"
    coefficients: Annotated[
        str,
        text(
            "--coefficients",
            metavar="NAME",
            offers=offering(("float64", "float32", "float16", "bfloat16")),
            help="What coefficients are rounded to: float64, float32, float16, bfloat16 or Qm.n.",
        ),
    ] = "float64"

    continuous: Annotated[bool, flag("--continuous", "Lines that meet.")] = False
    through: Annotated[str, text("--through", metavar="Z,V", help="Lines with the value V at Z.")] = ""

    def __post_init__(self) -> None:
        """Refuse a degree beyond those that there are."""
        if not 0 <= self.degree <= MOST_DEGREE:
            raise ActcliError(f"--degree {self.degree}: from 0 to {MOST_DEGREE}; more segments are near, too")

    def words(self) -> Iterator[object]:
        """Yield the options as they are typed."""
        yield from ("--segments", self.segments) if self.segments else ()
        yield from ("--max-error", self.max_error) if self.max_error else ()
        yield from ("--degree", self.degree) if self.degree != 1 else ()
        yield from ("--knots", self.knots) if self.knots != "free" else ()
        yield from ("--continuous",) if self.continuous else ()
        yield from ("--through", self.through) if self.through else ()
        yield from ("--coefficients", self.coefficients) if self.coefficients != "float64" else ()

    def wish(self, ends: tuple[Fraction, Fraction]) -> "Wish":
        """Return what is wished for an interval."""
        from actcli.shape.approximations import Wish

        cuts = _knots(self.knots, ends)
        self._one_of_them(isinstance(cuts, tuple))
        through, grid = _point(self.through, ends), grid_of(self.coefficients)
        if (through or self.continuous) and (self.degree != 1 or self.coefficients != "float64"):
            raise ActcliError(
                "--continuous and --through are of lines in float64: leave --degree and --coefficients out"
            )
        error = _error(self.max_error)
        return Wish(self.segments, error, self.degree, cuts, grid, self.continuous, through)

    def for_whole(self, step: Fraction) -> tuple[int | None, int, Fraction]:
        """Return segments, degree and error for lines in whole numbers of a step."""
        self._one_of_them(False)
        if (
            self.continuous
            or self.through
            or self.degree > 1
            or self.knots not in ("free", "uniform")
            or self.coefficients != "float64"
        ):
            raise ActcliError(
                "--fixed: uniform lines of whole numbers, so --degree 0 or 1, and none of the others"
            )
        error = _error(self.max_error) or Fraction(0)
        if self.max_error and error < step / 2:
            raise ActcliError(
                f"--max-error {self.max_error}: below half a step of the output, {float(step / 2):g}:"
                " write that or more"
            )
        return self.segments, self.degree, error

    def _one_of_them(self, cuts: bool) -> None:
        if (self.segments is not None) + bool(self.max_error) + cuts != 1:
            raise ActcliError("write --segments N, or --max-error E, or --knots A,B,...: one of them")


def _error(text: str) -> Fraction | None:
    error = parse_number(text) if text else None
    if error is not None and (isinstance(error, float) or error <= 0):
        raise ActcliError(f"--max-error {text}: a number above 0")
    return error


def _point(text: str, ends: tuple[Fraction, Fraction]) -> tuple[float, float] | None:
    if not text:
        return None
    cells = text.split(",")
    if len(cells) != 2:
        raise ActcliError(f"--through {text}: write Z,V such as 0,0")
    z, value = (parse_number(cell) for cell in cells)
    if not ends[0] <= z <= ends[1] or isinstance(value, float):
        raise ActcliError(f"--through {text}: a Z in the interval, and a number V")
    return float(z), float(value)


def _knots(text: str, ends: tuple[Fraction, Fraction]) -> str | tuple[float, ...]:
    if text in KNOTS:
        return text
    if not re.search(r"\d", text):
        raise ActcliError(f"--knots {text}: write {', '.join(KNOTS)}, or numbers A,B,...")
    cuts = [parse_number(part) for part in text.split(",")]
    if any(not a < b for a, b in pairwise([ends[0], *cuts, ends[1]])):
        raise ActcliError(f"--knots {text}: rising numbers inside the interval")
    return tuple(map(float, cuts))


def grid_of(name: str) -> "Grid":
    """Return the numbers that coefficients may be."""
    from actcli.numerics.dtypes import dtype_named
    from actcli.shape.approximations import Grid

    if match := re.fullmatch(r"[qQ](\d{1,2})\.(\d{1,2})", name):
        whole_bits, places = map(int, match.groups())
        if 1 + whole_bits + places > 53:
            raise ActcliError(f"--coefficients {name}: at most 53 bits")
        return Grid(name.upper(), places, 2**whole_bits - Fraction(1, 2**places))
    try:
        return Grid(dtype_named(name))
    except ActcliError:
        raise ActcliError(f"--coefficients {name}: write float32, float16, bfloat16 or Qm.n") from None
