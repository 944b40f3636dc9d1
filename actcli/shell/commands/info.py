"""The command info: all about one function."""

from actcli.shell.options import FunctionName, find_function
from actcli.shell.output import Surface, write_text
from actcli.shell.terminal import terminal_width

SMALL = (64, 13)  # columns and lines of the picture below a page


def command(function: FunctionName) -> None:
    """Tell all about one activation or formula.

    \b
    actcli info leaky_relu
    actcli info 'z*tanh(softplus(z))'
    """
    from actcli.pages.info import info_page
    from actcli.pictures.scenes import Scene, picture

    shown, width = find_function(function), terminal_width()
    surface = Surface.of(min(width, SMALL[0]), SMALL[1], False, "auto", None)
    drawn = surface.drawn(picture([shown], Scene(width=surface.width)))
    write_text(f"{info_page(shown, width)}\n{drawn}")
