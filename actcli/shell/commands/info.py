"""The command info: all about one function."""

from typing import Annotated

from actcli.shell.options import FunctionName, find_function, one_of
from actcli.shell.output import Surface, write_text
from actcli.shell.terminal import CORNER_AND_BAR, encodes, terminal_height, terminal_width

SMALL = (64, 13)  # columns and lines of the picture below a page, at most
LEAST = 9  # lines of a picture that shows anything


def command(
    function: FunctionName,
    format: Annotated[
        str,
        one_of(
            "--format",
            "-f",
            values=("text", "json"),
            metavar="NAME",
            help="text, or json with everything in it.",
        ),
    ] = "text",
) -> None:
    """Tell all about one activation or formula.

    \b
    actcli info leaky_relu
    actcli info 'z*tanh(softplus(z))'
    actcli info gelu --json

    Values, zeros, slopes, bends and means are proven, see actcli help shape.
    """
    from actcli.pages.info import facts, info_page
    from actcli.pictures.scenes import Scene, picture

    shown, width = find_function(function, vectors=True), terminal_width()
    if format == "json":
        import json

        write_text(json.dumps(facts(shown), indent=2, ensure_ascii=False) + "\n")
        return
    page = info_page(shown, width, ascii=not encodes(CORNER_AND_BAR))
    room = terminal_height() - page.count("\n") - 1
    if room < LEAST or shown.reads_vectors:
        write_text(page)
        return
    surface = Surface.of(min(width, SMALL[0]), min(room, SMALL[1]), False, "auto", None)
    write_text(f"{page}\n{surface.drawn(picture([shown], Scene(sure=False, width=surface.width)))}")
