"""The command eval: g(z)."""

from actcli.shell.asking import ask_one
from actcli.shell.fixedwise import in_fixed_point, write_fixed
from actcli.shell.options import FunctionName, Numbers, PointTexts, Read, WrittenOrMemory, find_function


def command(
    function: FunctionName,
    points: PointTexts = None,
    *,
    numbers: Numbers,
    written: WrittenOrMemory,
    read: Read,
) -> None:
    """Print g(z), one number per line.

    \b
    actcli eval sigmoid -10 0 10
    actcli eval leaky_relu:slope=0.2 -6:6:0.5
    seq -10 10 | actcli eval sigmoid
    actcli eval gelu --column z data.csv
    actcli eval swiglu --column z=gate --column u=up < pairs.csv
    actcli eval softmax 1 2 3              the entries of one vector
    actcli eval tanh --fixed Q3.12:Q0.15 -f hex -o tanh.hex

    Blank lines and lines that start with # pass through (plain format).
    """
    from actcli.numerics.answers import value
    from actcli.numerics.rows import by_rows

    shown = find_function(function, not in_fixed_point(written), read.of_parameters)
    if in_fixed_point(written):
        write_fixed([shown], points or [], numbers, written, "plain")
    elif shown.reads_vectors:
        from actcli.shell.vectorwise import Asking, ask_vector

        ask_vector(Asking(shown, "value"), points, numbers, written, read)
    else:
        ask_one(by_rows(value, shown), points, numbers, written, read)
