"""The command deriv: g'(z)."""

from typing import Annotated

from actcli.errors import ActcliError
from actcli.language.words import HIGHEST_ORDER
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
    text,
    whole,
)
from actcli.shell.vectorwise import Asking, ask_vector, check_alone


def command(
    function: FunctionName,
    points: PointTexts = None,
    kink: KinkSide = "right",
    order: Annotated[
        int, whole("--order", most=HIGHEST_ORDER, help=f"The N-th derivative, N from 1 to {HIGHEST_ORDER}.")
    ] = 1,
    by: Annotated[
        str, text("--by", metavar="NAME", help="The derivative by a parameter, as in --by u.")
    ] = "",
    from_a: Annotated[bool, flag("--from-a", "The points are values a = g(z), not z.")] = False,
    vjp: Annotated[
        str, text("--vjp", metavar="V", help="For a vector: V times the Jacobian, as in --vjp 1,0,0.")
    ] = "",
    jvp: Annotated[str, text("--jvp", metavar="V", help="For a vector: the Jacobian times V.")] = "",
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
    actcli deriv swish:beta=2 1 --by beta
    actcli deriv softmax 1 2 3             the Jacobian, row by row

    At a kink (see actcli help kink) it is the slope on the right: relu'(0) = 1.
    """
    from actcli.numerics.answers import slope, slope_from_value
    from actcli.numerics.rows import by_rows, slope_by

    if from_a and order > 1:
        raise ActcliError("--from-a gives the first derivative only, not --order")
    columns = read.of_parameters
    shown = find_function(function, True, columns, by)
    if shown.reads_vectors:
        check_alone(from_a, order, vjp, jvp)
        what = "vjp" if vjp else "jvp" if jvp else "jacobian"
        ask_vector(Asking(shown, what, vjp or jvp, kink), points, numbers, written, read)
        return
    if vjp or jvp:
        raise ActcliError(f"--vjp and --jvp are for functions of vectors: {function} is one of numbers")
    if from_a and shown.free:
        raise ActcliError(
            "--from-a takes parameters as numbers, and gives the slope by z: no column, no --by"
        )
    if from_a:
        question = slope_from_value(shown)
    elif by:
        question = slope_by(shown, by, kink, order, [*columns])
    else:
        question = by_rows(lambda function: slope(function, kink, order), shown)
    ask_one(question, points, numbers, written, read)
