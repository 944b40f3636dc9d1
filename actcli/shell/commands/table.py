"""The command table: z, g(z) and g'(z) side by side."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from actcli.shell.asking import ask
from actcli.shell.fixedwise import in_fixed_point, write_fixed
from actcli.shell.intake import Intake, read_points, something_piped
from actcli.shell.options import (
    Color,
    KinkSide,
    Numbers,
    Read,
    WrittenOrMemory,
    find_functions,
    functions_and_points,
    is_point,
)
from actcli.shell.output import output, table_or_csv
from actcli.shell.vectorwise import table_of_vectors

if TYPE_CHECKING:
    from actcli.catalog.entries import Function
    from actcli.numerics.answers import Question

LECTURE = ("sigmoid", "tanh", "relu", "leaky_relu")
LECTURE_POINTS = ("-10", "0", "10")
LONGEST_WAIT = 1.0  # seconds for which a table without a word waits for a pipe, which may be nobody's


def command(
    tokens: Annotated[list[str] | None, functions_and_points("[FUNCTION]... [POINT]...")] = None,
    kink: KinkSide = "right",
    deriv: Annotated[
        bool, typer.Option("--deriv/--no-deriv", help="Show columns of g', too, or not.")
    ] = True,
    *,
    numbers: Numbers,
    written: WrittenOrMemory,
    color: Color = "auto",
    read: Read,
) -> None:
    """Show z, g(z) and g'(z) side by side.

    \b
    actcli table
    actcli table sigmoid tanh -6:6:0.5
    actcli table sigmoid -6:6:0.5 --csv | column -s, -t

    actcli table softmax 1 2 3             with the Jacobian

    A table on a terminal, CSV in a pipe. Without a FUNCTION the lecture's four:
    sigmoid, tanh, relu and leaky_relu; without a POINT those in a pipe or FILE, else -10, 0
    and 10.
    """
    from actcli.pages.footnotes import OfFunctions
    from actcli.streams.columns import Sheet

    out = output(written, "csv", color) if read.column else table_or_csv(written, color)
    given = numbers.typed(tokens or [])
    if in_fixed_point(written):
        named = find_functions([token for token in given if not is_point(token)])
        write_fixed(named, [token for token in given if is_point(token)], numbers, written, out.format)
        return
    points = [token for token in given if is_point(token)]
    names = [token for token in given if not is_point(token)]
    file = next((Path(name) for name in names if not points and _is_file(name)), None)
    names = [name for name in names if name != str(file)] or list(LECTURE)
    piped = (
        file
        or read.column
        or (not points and something_piped(LONGEST_WAIT if names == list(LECTURE) else None))
    )
    points = points or (["-"] if piped else list(LECTURE_POINTS))
    functions = find_functions(names, True, read.of_parameters)
    if any(function.reads_vectors for function in functions):
        table_of_vectors(functions, points, numbers, out, kink, deriv, read)
        return
    questions = _questions(functions, kink, deriv)
    sheet = Sheet(questions, True, numbers.digits, dtype=numbers.dtype, notation=numbers.notation)
    remarks = OfFunctions([(f, is_slope) for f in functions for is_slope in (False, True)[: 1 + deriv]])
    ask(out, sheet, read_points(points, numbers), Intake(read, file), remarks)


def _questions(functions: "Sequence[Function]", kink: str, deriv: bool) -> "tuple[Question, ...]":
    from actcli.numerics.answers import slope, value
    from actcli.numerics.rows import by_rows

    asked = (value, lambda f: slope(f, kink))[: 1 + deriv]
    return tuple(by_rows(ask, f) for f in functions for ask in asked)


def _is_file(name: str) -> bool:
    """Tell whether an argument is a FILE: it is there, and no activation is written so."""
    path = Path(name)
    return bool(path.suffix) and path.is_file()
