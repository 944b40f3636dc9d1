"""The command range: the least and the greatest value on an interval, proven."""

from fractions import Fraction
from typing import Annotated

import typer

from actcli.errors import ActcliError
from actcli.language.points import parse_limits, shown
from actcli.language.words import HIGHEST_ORDER, MOST_DIGITS_ASKED
from actcli.shell.messages import tell
from actcli.shell.options import Color, FunctionName, Written, find_function, reader, whole
from actcli.shell.output import table_or_csv


def interval(text: str) -> tuple[Fraction | float, Fraction | float]:
    """Return the two ends of LO:HI, either of which may be infinite."""
    if ":" not in text:
        parse_limits(text, "range", reader().point)
    ends = [reader().point(part) for part in text.split(":")]
    if len(ends) != 2 or not ends[0] < ends[1]:
        raise ActcliError(
            f"{shown(text)} is no interval: write LO:HI with LO below HI, such as -3:3 or 0:inf"
        )
    return ends[0], ends[1]


def command(
    function: FunctionName,
    between: Annotated[
        str, typer.Argument(metavar="[LO:HI]", help="An interval; without it all z.")
    ] = "-inf:inf",
    order: Annotated[
        int | None, whole("--order", most=HIGHEST_ORDER, help="Ask about the N-th derivative, not g.")
    ] = None,
    digits: Annotated[
        int, whole("--digits", most=MOST_DIGITS_ASKED, help="How many digits, each of them proven.")
    ] = 17,
    color: Color = "auto",
    *,
    written: Written,
) -> None:
    """Prove the least and the greatest value on an interval.

    \b
    actcli range silu -inf:inf
    actcli range 'gelu_tanh(z) - gelu(z)' -8:8
    actcli range gelu --order 1

    What is not proven is nan, and stderr tells the place.
    """
    from actcli.shape.extremes import of_order, range_of

    g = find_function(function)
    found = range_of(
        of_order(g, order or 0), *interval(between), digits, slope_of=g.formula if order else None
    )
    rows = [
        (name, end.value, place, how)
        for name, end in zip(("least", "greatest"), found, strict=True)
        for place, how in end.places or (("nan", "not proven"),)
    ]
    table_or_csv(written, color).write(("what", "value", "z", "how"), lambda _: rows)
    for end in found:
        if end.why:
            tell(end.why)
