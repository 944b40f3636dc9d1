"""The command solve: where a function takes a value, proven."""

import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import IO, TYPE_CHECKING, Annotated, NamedTuple

import typer

from actcli.errors import ActcliError, NoAnswerError
from actcli.language.texts import shortest
from actcli.language.words import HIGHEST_ORDER
from actcli.shell.commands.range import interval
from actcli.shell.intake import standard_input
from actcli.shell.messages import tell
from actcli.shell.missing import tell_lost
from actcli.shell.options import (
    MOST_DIGITS_PROVEN,
    FunctionName,
    Written,
    find_function,
    one_of,
    reader,
    whole,
)
from actcli.shell.output import Output, opened, output
from actcli.shell.progress import shown_progress

if TYPE_CHECKING:
    from actcli.language.limits import Array
    from actcli.language.texts import Cell
    from actcli.numerics.answers import Lost
    from actcli.shape.inverse import Inverse

BRANCH = "Only the z on this side of the minimum: left or right."


def command(
    function: FunctionName,
    tokens: Annotated[
        list[str] | None,
        typer.Argument(metavar="A... [LO:HI]", help="Values of g; - reads them from standard input."),
    ] = None,
    order: Annotated[
        int | None, whole("--order", most=HIGHEST_ORDER, help="Ask about the N-th derivative, not g.")
    ] = None,
    digits: Annotated[
        int | None, whole("--digits", most=MOST_DIGITS_PROVEN, help="How many digits, each of them proven.")
    ] = None,
    branch: Annotated[str, one_of("--branch", values=("left", "right"), metavar="SIDE", help=BRANCH)] = "",
    *,
    written: Written,
) -> None:
    """Print every z with g(z) = A, proven, a line for each A.

    \b
    actcli solve sigmoid 0.9
    actcli solve gelu -- -0.1 0.5
    actcli solve relu 0                                 -inf..0
    seq -0.15 0.01 0 | actcli solve gelu --branch right

    No z is an empty line, and stderr says so; a whole interval is LO..HI.
    """
    from actcli.shape.extremes import of_order
    from actcli.shape.inverse import Inverse

    spans = [token for token in tokens or [] if ":" in token]
    values = [token for token in tokens or [] if ":" not in token] or ["-"]
    if len(spans) > 1 or ("-" in values and len(values) > 1):
        raise ActcliError("solve takes values, or - for those on standard input, and one LO:HI")
    if re.fullmatch(r"[^=<>!:]+=\s*-?[\d.]+\s*", function):
        raise ActcliError(f"{function}: write the value apart: actcli solve {' '.join(function.split('='))}")
    tree = of_order(find_function(function), order or 0)
    asked = ToSolve(Inverse(tree, *interval(spans[0] if spans else "-inf:inf")), branch, digits)
    out = output(written, "plain")
    if values == ["-"]:
        _stream(asked, out)
    else:
        _write(out, [(text, _solved(asked, _value(text), len(values) == 1)) for text in values])


class ToSolve(NamedTuple):
    """What is asked of each value."""

    inverse: "Inverse"
    branch: str
    digits: int | None


def _value(text: str) -> Fraction | float:
    found: Fraction | float = reader().point(text, exact=True)
    return found


def _solved(asked: ToSolve, a: Fraction | float, alone: bool) -> list[str]:
    """Return the z of one value as texts; what is not proven is nan, and an error where it is all."""
    from actcli.shape.inverse import solution_text

    inverse, branch, digits = asked
    try:
        if isinstance(a, float):
            raise ActcliError(f"{a}: write a finite number")
        exact = a if digits else Fraction(float(a))
        found = [
            solution_text(z, digits)
            for z in (inverse.branch(branch) if branch else inverse).solutions(exact, digits)
        ]
    except NoAnswerError as fault:
        if alone:
            raise
        tell(f"g = {float(a):.6g}: {fault}")
        return ["nan"]
    if not found:
        tell(f"note: g is never {shortest(float(a))}{' there' if branch else ''}")
    return found


def _write(out: Output, rows: Iterable[tuple[str, list[str]]]) -> None:
    from actcli.language.texts import Digits

    if out.format == "plain":
        out.write(["z"], lambda file: _flushed(file, ((" ".join(found),) for _, found in rows)))
    else:
        out.write(["a", "z"], lambda _: [(Digits(a), _cell(z)) for a, found in rows for z in found or [""]])


def _cell(z: str) -> "Cell":
    from actcli.language.texts import Digits

    return z if ".." in z or not z else Digits(z)


def _flushed(file: IO[bytes], rows: "Iterable[Sequence[Cell]]") -> "Iterator[Sequence[Cell]]":
    for row in rows:
        yield row
        file.flush()


def _stream(asked: ToSolve, out: Output) -> None:
    """Answer the values on standard input: many at once where each has one z at most."""
    if asked.digits or out.format != "plain" or not (asked.branch or asked.inverse.is_monotone):
        _write(out, _lines(asked, standard_input(out)))
        return
    from actcli.shape.inverses import inverse_array
    from actcli.streams.lines import Lines, Task
    from actcli.streams.pump import pump
    from actcli.streams.writers import ColumnWriter

    branch = asked.inverse.branch(asked.branch)

    def columns(a: "Array", lost: dict[int, str]) -> "list[Array]":
        reasons: Lost = {}
        z = inverse_array(branch, a, reasons)
        for i in (z != z).nonzero()[0].tolist():
            lost[i] = str(reasons.get(float(a[i]), f"g is never {shortest(float(a[i]))} there"))
        return [z]

    source = standard_input(out)
    with opened(out.path) as file, shown_progress(source, not out.is_seen) as watch:
        counts = pump(source, Lines(Task(columns, "empty"), ColumnWriter("plain", ["z"])), file, watch)
    if counts.lost:
        tell_lost(f"{counts.lost:,}", counts.lost == 1, "left empty", counts.why)


def _lines(asked: ToSolve, source: int) -> Iterator[tuple[str, list[str]]]:
    from actcli.streams.proven import lines

    for place, line in enumerate(lines(source), 1):
        text = line.decode("utf-8", "replace").strip()
        if text and not text.startswith("#"):
            try:
                yield text, _solved(asked, _value(text), alone=False)
            except ActcliError as fault:
                raise ActcliError(f"standard input, line {place}: {fault}") from None
