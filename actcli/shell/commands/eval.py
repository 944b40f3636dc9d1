"""The command eval: g(z)."""

from actcli.shell.asking import ask_one
from actcli.shell.options import FunctionName, Numbers, PointTexts, Read, Written, find_function


def command(
    function: FunctionName, points: PointTexts = None, *, numbers: Numbers, written: Written, read: Read
) -> None:
    """Print g(z), one number per line.

    \b
    actcli eval sigmoid -10 0 10
    actcli eval leaky_relu:slope=0.2 -6:6:0.5
    seq -10 10 | actcli eval sigmoid
    actcli eval gelu --column z < data.csv

    Blank lines and lines that start with # pass through (plain format).
    """
    from actcli.numerics.answers import value

    ask_one(value(find_function(function)), points, numbers, written, read)
