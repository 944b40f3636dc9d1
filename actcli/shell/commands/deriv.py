"""The command deriv: g'(z)."""

from typing import Annotated

from actcli.errors import ActcliError
from actcli.shell.asking import ask_one
from actcli.shell.options import (
    FunctionName,
    KinkSide,
    Numbers,
    PointTexts,
    Read,
    Written,
    find_function,
    flag,
    whole,
)

HIGHEST_ORDER = 100


def command(
    function: FunctionName,
    points: PointTexts = None,
    kink: KinkSide = "right",
    order: Annotated[
        int, whole("--order", most=HIGHEST_ORDER, help=f"The N-th derivative, N to {HIGHEST_ORDER}.")
    ] = 1,
    from_a: Annotated[bool, flag("--from-a", "The points are values a = g(z).")] = False,
    *,
    numbers: Numbers,
    written: Written,
    read: Read,
) -> None:
    """Print g'(z), the slope of g at z, one number per line.

    \b
    actcli deriv tanh -10 0 10
    actcli deriv relu 0 --kink left
    actcli deriv sigmoid --from-a 0.5

    At a kink it is the slope on the right, as in relu'(0) = 1 ("1 if z >= 0").
    """
    from actcli.numerics.answers import slope, slope_from_value

    if from_a and order > 1:
        raise ActcliError("--from-a gives the first derivative only, not --order")
    shown = find_function(function)
    question = slope_from_value(shown) if from_a else slope(shown, kink, order)
    ask_one(question, points, numbers, written, read)
