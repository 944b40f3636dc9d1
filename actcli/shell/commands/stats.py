"""The command stats: what functions do to normal numbers, and their bounds, proven."""

import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

import typer

from actcli.errors import ActcliError
from actcli.shell.messages import tell
from actcli.shell.offers import complete_function
from actcli.shell.options import (
    MOST_DIGITS_PROVEN,
    Color,
    Written,
    find_functions,
    flag,
    reader,
    text,
    whole,
)
from actcli.shell.output import table_or_csv
from actcli.shell.signals import limit_work

if TYPE_CHECKING:
    from actcli.catalog.entries import Function
    from actcli.language.texts import Cell

DIGITS, ON_SCREEN = 17, 6
SIDE_BY_SIDE = 3  # functions that a table shows side by side, where it is not
ACROSS = 130  # columns wide, which take all figures of a function


def command(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FUNCTION]...",
            help="Names or formulas, see actcli --help; without any all.",
            autocompletion=complete_function,
        ),
    ] = None,
    mean: Annotated[str, text("--mean", metavar="M", help="The mean of the normal z.")] = "0",
    std: Annotated[str, text("--std", metavar="S", help="The standard deviation of the normal z.")] = "1",
    digits: Annotated[
        int | None, whole("--digits", most=MOST_DIGITS_PROVEN, help="How many digits, each of them proven.")
    ] = None,
    pytorch: Annotated[bool, flag("--pytorch", "Show what torch.nn.init.calculate_gain says, too.")] = False,
    color: Color = "auto",
    *,
    written: Written,
) -> None:
    """Prove means, gains, minimum and Lipschitz constant.

    \b
    actcli stats relu gelu silu
    actcli stats 'z*erf(softplus(z))' --digits 30
    actcli stats tanh --std 2 --csv

    For z ~ N(mean, std): mean and std of g, E[g^2], gains 1/std and 1/rms,
    E[g'], E[g'^2], chi = E[g'^2]/E[g^2]; over all z the least g and the largest
    |g'|. See actcli help shape.
    """
    center, deviation = (Fraction(reader().point(text)) for text in (mean, std))
    if deviation <= 0:
        raise ActcliError(f"--std {std}: a number above 0")
    functions = _functions(names)
    out = table_or_csv(written, color)
    count = digits or (ON_SCREEN if out.is_table else DIGITS)
    rows = _rows(functions, center, deviation, count, pytorch)
    header = _header(pytorch)
    if out.is_table and (len(functions) <= SIDE_BY_SIDE or out.width < ACROSS):
        side_by_side = max((out.width - 22) // 12, 1) if out.path is None else len(functions)
        while block := list(itertools.islice(rows, side_by_side)):
            names_, *figures = zip(header, *block, strict=True)
            out.write([str(cell) for cell in names_], lambda _, figures=figures: figures)  # type: ignore[misc]
    else:
        out.write(header, lambda _: rows)


def _functions(names: list[str] | None) -> "list[Function]":
    from actcli.catalog import CATALOG, function

    return find_functions(names) if names else [function(entry.name) for entry in CATALOG]


def _header(pytorch: bool) -> list[str]:
    from actcli.shape.means import FIGURES

    return [*FIGURES, "pytorch_gain"] if pytorch else [*FIGURES]


def _rows(
    functions: "list[Function]", mean: Fraction, std: Fraction, digits: int, pytorch: bool
) -> "Iterator[tuple[Cell, ...]]":
    from actcli.language.texts import Digits
    from actcli.shape.means import calculate_gain, stats_of

    for function in functions:
        limit_work()
        found = stats_of(function, mean, std, digits)
        for sentence in found.why:
            tell(f"{function.label}: {sentence}")
        row = tuple(map(Digits, found[1:-1]))
        yield (found.function, *row, *([Digits(calculate_gain(function, digits))] if pytorch else ()))
