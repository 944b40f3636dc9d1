"""The command explain: g' step by step."""

from actcli.shell.options import FunctionName, find_function
from actcli.shell.output import write_text
from actcli.shell.terminal import terminal_width


def command(function: FunctionName) -> None:
    """Derive g' step by step: definition, rules, the form in a, numbers.

    \b
    actcli explain sigmoid
    actcli explain leaky_relu:slope=0.2
    """
    from actcli.pages.explain import explanation

    write_text(explanation(find_function(function), terminal_width()))
