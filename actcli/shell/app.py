"""The top of the command line: which commands there are, and how a run ends."""

import contextlib
import os
import sys
import textwrap
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated

import typer

from actcli import __version__
from actcli.errors import ActcliError
from actcli.shell.completion import ASKED, load_scripts, reply, typed_words
from actcli.shell.grammar import NumericCommand, OrderedGroup, spread
from actcli.shell.guesses import told
from actcli.shell.messages import tell
from actcli.shell.signals import LateError, Stopped, limit_work, stop_by_signals

COMMANDS = {
    "eval": "Print g(z), one number per line.",
    "deriv": "Print g'(z), the slope of g at z, one number per line.",
    "table": "Show z, g(z) and g'(z) side by side.",
    "range": "Prove the least and the greatest value on an interval.",
    "solve": "Print every z with g(z) = A, proven, a line for each A.",
    "stats": "Prove means, gains, minimum and Lipschitz constant.",
    "approx": "Find the best table, lines or polynomials, with its proof.",
    "code": "Write g and g' as code that keeps the digits, measured.",
    "plot": "Draw g and g' of one function, several functions together, or data.",
    "explore": "Walk along a curve and its slope with the arrow keys.",
    "list": "List the activations with their formulas: all, or those that match.",
    "info": "Tell all about one activation or formula.",
    "explain": "Derive g' step by step: definition, rules, the form in a, numbers.",
    "points": "Print points to feed a kernel: all, some, or the hard ones.",
    "check": "Judge a kernel's numbers: errors in ulp, mistakes, one verdict.",
    "help": "Show the longer reading on a topic, what a word means, or a page.",
}
"""Each a file in `commands` and its first sentence, in the order in which one learns them.

The sentence is here too so that a list of all commands needs none of their files.
"""

_COMMANDS_ALONE = (
    textwrap.fill(f"Commands: {' '.join(COMMANDS)}", 78, subsequent_indent=" " * 10)
    + """
'actcli --help' says what each does, 'actcli COMMAND --help' all about one,
'actcli help WORD' what a word means: kink, gain, saturation, ulp ..."""
)
USAGE, FAILURE, INTERRUPTED, CLOSED_PIPE = 2, 1, 130, 141


def actcli(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", "-V", help="Show the version.")] = False,
) -> None:
    """Neural-network activation functions: values, slopes, tables, pictures.

    \b
    actcli table                       the lecture: four functions at -10, 0, 10
    actcli eval sigmoid -10 0 10       g(z), one number per line
    actcli deriv tanh 0.5              g'(z), its slope
    actcli explain sigmoid             g' step by step, as a lecturer derives it
    actcli plot relu leaky_relu        curves in the terminal
    actcli info sigmoid                formula, derivative, range, kinks

    \b
    FUNCTION  a name (sigmoid, LeakyReLU), a name with parameters
              (leaky_relu:slope=0.2), or a formula in z ('z*sigmoid(1.702z)'):
              + - * / ^, exp log sqrt abs min max erf where(z > 0, z, 0) ...,
              and every activation as in 'elu(z, alpha=0.5)^2'
    POINT     a number (-10, 2e-3, inf), a range with both its ends (LO:HI or
              LO:HI:STEP, such as -6:6:0.5), or - for numbers on standard input
    """
    if version:
        print("actcli", __version__)
    elif context.invoked_subcommand is None:
        print(context.get_help().partition("Options:")[0] + _COMMANDS_ALONE)


def app_of(names: Sequence[str]) -> typer.Typer:
    """Return the command line with some of its commands; of the others there is the sentence."""
    app = typer.Typer(
        cls=OrderedGroup,
        rich_markup_mode=None,  # help and errors as plain text, the same in a pipe as on a terminal
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "terminal_width": 80},
    )
    app.callback(invoke_without_command=True)(actcli)
    for name, sentence in COMMANDS.items():
        if name in names:
            command = import_module(f"actcli.shell.commands.{name}").command
            app.command(name, cls=NumericCommand)(spread(command))
        else:
            app.command(name, help=sentence)(_listed)
    return app


def _listed() -> None:
    """Stand for a command that is not typed."""


def needed(words: Sequence[str]) -> Sequence[str]:
    """Return the commands that a command line needs: its own, and those that `help` may show."""
    return tuple(COMMANDS) if words[:1] == ["help"] else words[:1]


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit status; faults become one line on stderr."""
    try:
        return _run(arguments)
    except Stopped as stop:  # also amid another end, as SIGPIPE comes with a BrokenPipeError
        return _silenced(128 + stop.signal)
    except KeyboardInterrupt:
        return _silenced(INTERRUPTED)


def _run(arguments: Sequence[str] | None) -> int:
    words = sys.argv[1:] if arguments is None else list(arguments)
    words = ["--version"] if words == ["version"] else words
    try:
        stop_by_signals()
        limit_work()
        _check_stdout()
        load_scripts()
        if ASKED in os.environ:
            words = typed_words()
            print(reply(typer.main.get_command(app_of(needed(words))), words))
            return 0
        status = app_of(needed(words))(args=words, prog_name="actcli", standalone_mode=False)
        sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except SystemExit as end:  # of completion
        return end.code if isinstance(end.code, int) else 0
    except ActcliError as fault:
        return _told(str(fault), USAGE)
    except typer.TyperException as fault:
        return _told(told(fault, words), USAGE)
    except (LateError, MemoryError) as end:
        return _told(str(end) or "there is not enough memory for this", _flushed(FAILURE))
    except BrokenPipeError:
        return _silenced(CLOSED_PIPE)
    except OSError as fault:
        return _told(_what_failed(fault), _flushed(FAILURE))
    finally:
        limit_work(False)


def _what_failed(fault: OSError) -> str:
    if isinstance(fault, FileNotFoundError) and fault.filename:
        folder = os.path.dirname(os.fspath(fault.filename))
        if folder and not os.path.isdir(folder):
            return f"{fault.filename}: there is no such folder {folder}"
        return f"{fault.filename}: there is no such file"
    if isinstance(fault, IsADirectoryError):
        return f"{fault.filename}: this is a folder, not a file"
    what = fault.strerror or str(fault)
    return f"{fault.filename}: {what}" if fault.filename else f"input or output failed: {what}"


def _check_stdout() -> None:
    if sys.stdout is None:
        raise OSError("standard output is closed")


def _told(message: str, status: int) -> int:
    tell(message)
    return status


def _flushed(status: int) -> int:
    """Write what is left; where that fails again, silence it."""
    try:
        sys.stdout.flush()
    except (OSError, AttributeError, ValueError):
        return _silenced(status)
    return status


def _silenced(status: int) -> int:
    """Give stdout a place where the interpreter's last flush cannot fail."""
    with contextlib.suppress(OSError, AttributeError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return status
