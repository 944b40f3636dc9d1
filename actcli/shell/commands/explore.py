"""The command explore: a curve under the arrow keys."""

from typing import Annotated

from actcli.shell.options import Color, FunctionName, flag
from actcli.shell.signals import limit_work
from actcli.shell.terminal import BRAILLE_AND_BOX, encodes, wants_color


def command(
    function: FunctionName = "sigmoid",
    ascii: Annotated[bool, flag("--ascii", "Use ASCII characters only.")] = False,
    color: Color = "auto",
) -> None:
    """Walk along a curve and its slope with the arrow keys.

    \b
    actcli explore sigmoid
    actcli explore elu:alpha=0.5

    The arrow keys move z and change a parameter, tab takes another function, l shows
    a logarithmic axis, s saves the figure, ? tells all keys, q leaves.
    """
    from actcli.shell.explorer import Explorer
    from actcli.shell.screen import pressed_keys, repaint, size, terminal_taken

    state = Explorer.of(function)
    plain, colored = ascii or not encodes(BRAILLE_AND_BOX), wants_color(color)
    with terminal_taken():
        shown = None
        while not state.over:
            limit_work()
            pressed: list[str] = pressed_keys() if shown else []
            for key in pressed:
                state.press(key)
            if pressed or shown != size():
                shown = size()
                repaint(state.lines(*shown, ascii=plain, color=colored))
