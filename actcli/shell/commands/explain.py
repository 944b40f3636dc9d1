"""The command explain: g' step by step."""

import sys
from typing import Annotated

from actcli.errors import ActcliError
from actcli.shell.intake import read_points
from actcli.shell.options import FunctionName, Numbers, PointTexts, find_function, one_of
from actcli.shell.pager import show
from actcli.shell.terminal import terminal_width, wants_color
from actcli.shell.vectorwise import Cells

PAGE_FORMATS = ("text", "md", "latex")
MOST_SHOWN_AT = 100


def command(
    function: FunctionName,
    points: PointTexts = None,
    format: Annotated[
        str, one_of("--format", "-f", values=PAGE_FORMATS, metavar="FORMAT", help="text, md or latex.")
    ] = "text",
) -> None:
    """Derive g' step by step: definition, rules, the form in a, numbers.

    \b
    actcli explain sigmoid
    actcli explain leaky_relu:slope=0.2 -1 3
    actcli explain tanh -f latex
    actcli explain softmax 1 2 3

    The numbers are at -10, 0 and 10 unless you give POINTs. LaTeX needs amsmath.
    """
    from actcli.pages.explain import POINTS, explanation

    shown, bold = find_function(function, vectors=True), sys.stdout.isatty() and wants_color("auto")
    if shown.reads_vectors:
        from actcli.pages.derivations import vector_explanation

        vector = Cells(Numbers()).read(points) if points else None
        show(vector_explanation(shown, terminal_width(), vector or (), format, bold))
        return
    groups = read_points(points or [], Numbers())
    if groups is None:
        raise ActcliError("explain takes its points on the command line: write them in place of '-'")
    if sum(group.count for group in groups) > MOST_SHOWN_AT:
        raise ActcliError(f"explain shows {MOST_SHOWN_AT} points at most; actcli table takes more")
    at = [float(z) for group in groups for z in group.floats()] or [*POINTS]
    show(explanation(shown, terminal_width(), at, format, bold))
