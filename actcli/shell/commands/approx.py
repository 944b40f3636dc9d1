"""The command approx: the best polynomials on segments, and how far they are off, proven."""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any

import typer

from actcli.errors import ActcliError
from actcli.language.points import parse_number, shown
from actcli.shell.commands.range import interval
from actcli.shell.messages import tell
from actcli.shell.options import Color, FunctionName, Written, find_function, text, whole
from actcli.shell.output import table_or_csv

if TYPE_CHECKING:
    from actcli.shape.approximations import Approximation, Wish

KNOTS = ("free", "uniform", "aligned")
MOST_ASKED = 4096


def command(
    function: FunctionName,
    between: Annotated[str, typer.Argument(metavar="LO:HI", help="The interval, finite.")],
    segments: Annotated[int | None, whole("--segments", most=MOST_ASKED, help="So many segments.")] = None,
    max_error: Annotated[str, text("--max-error", metavar="E", help="As few as E allows.")] = "",
    degree: Annotated[int, text("--degree", metavar="N", help="Of each polynomial, 0 to 3.")] = 1,
    knots: Annotated[
        str, text("--knots", metavar="WHERE", help="free, uniform, aligned (to a power of 2), or A,B,...")
    ] = "free",
    coefficients: Annotated[
        str, text("--coefficients", metavar="NAME", help="float64, float32, float16, bfloat16 or Qm.n.")
    ] = "float64",
    color: Color = "auto",
    *,
    written: Written,
) -> None:
    """Find the best table, lines or polynomials, with its proof.

    \b
    actcli approx gelu -4:4 --segments 8 --table
    actcli approx tanh 0:4 --max-error 1e-3 --degree 2 --table
    actcli approx sigmoid -8:8 --segments 4 --coefficients Q2.12 --table

    On a segment z goes from `from` up to `to`, and c0 + c1*z + ... is off by
    max_error at most, at every z: proven, not sampled. See actcli help approx.
    """
    from actcli.shape.approximations import approximate

    low, high = finite(between)
    wish = _wish(segments, max_error, degree, knots, coefficients, (low, high))
    found = approximate(find_function(function).formula, low, high, wish)
    out = table_or_csv(written, color)
    names = ("segment", "from", "to", *(f"c{k}" for k in range(degree + 1)), "max_error")
    out.write(names, lambda _: rows_of(found), _remarks(found.sentence) if out.is_table else None)
    if not out.is_table:
        tell(found.sentence)


def finite(text: str) -> tuple[Fraction, Fraction]:
    """Return two finite ends of float64."""
    ends = interval(text)
    if not all(isinstance(end, Fraction) for end in ends):
        raise ActcliError(f"{shown(text)}: the ends must be finite, as no polynomial is near farther out")
    low, high = (Fraction(float(end)) for end in ends)
    return low, high


def rows_of(found: "Approximation") -> Iterator[tuple[Any, ...]]:
    """Yield the segments as rows."""
    from actcli.language.texts import Digits
    from actcli.shape.approximations import upward

    for i, s in enumerate(found.segments, 1):
        yield (Digits(str(i)), s.low, s.high, *map(float, s.powers), Digits(upward(s.error)))


def _remarks(sentence: str) -> Any:
    from actcli.pages.tables import Remarks

    class Proof(Remarks):
        def notes(self, rows: Sequence[Sequence[Any]]) -> Sequence[str]:
            return (sentence,)

    return Proof()


def _wish(segments: int | None, max_error: str, degree: int, knots: str, coefficients: str,
          ends: tuple[Fraction, Fraction]) -> "Wish":  # fmt: skip
    from actcli.shape.approximations import HIGHEST_DEGREE, Wish

    if not 0 <= degree <= HIGHEST_DEGREE:
        raise ActcliError(f"--degree {degree}: from 0 to {HIGHEST_DEGREE}; more segments are near, too")
    cuts = _knots(knots, ends)
    given = isinstance(cuts, tuple)
    if (segments is not None) + bool(max_error) + given != 1:
        raise ActcliError("write --segments N, or --max-error E, or knots A,B,...: one of them")
    return Wish(segments, _error(max_error), degree, cuts, grid_of(coefficients))


def _error(text: str) -> Fraction | None:
    error = parse_number(text) if text else None
    if error is not None and (isinstance(error, float) or error <= 0):
        raise ActcliError(f"--max-error {text}: a number above 0")
    return error


def _knots(text: str, ends: tuple[Fraction, Fraction]) -> str | tuple[float, ...]:
    if text in KNOTS:
        return text
    if not re.search(r"\d", text):
        raise ActcliError(f"--knots {text}: write {', '.join(KNOTS)}, or numbers A,B,...")
    cuts = [parse_number(part) for part in text.split(",")]
    inside = [*ends[:1], *cuts, *ends[1:]]
    if any(not a < b for a, b in pairwise(inside)):
        raise ActcliError(f"--knots {text}: rising numbers inside the interval")
    return tuple(map(float, cuts))


def grid_of(name: str) -> Any:
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
