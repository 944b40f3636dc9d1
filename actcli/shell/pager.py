"""Long pages on a terminal: through PAGER, or less where there is one."""

import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import sys

from actcli.shell.output import write_text


def show(text: str) -> None:
    """Write a text; on a terminal that it does not fit through a pager, unless PAGER is empty or cat."""
    pager = shlex.split(os.environ.get("PAGER", "less -R" if shutil.which("less") else ""))
    room = shutil.get_terminal_size((80, 24)).lines
    plain = pager in ([], ["cat"]) or os.environ.get("TERM") == "dumb"
    if plain or text.count("\n") < room or not _at_terminal():
        write_text(text)
        return
    interrupt = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the pager's
    try:
        subprocess.run(pager, input=text.encode(), check=False)
    except OSError:  # there is no such program
        write_text(text)
    finally:
        signal.signal(signal.SIGINT, interrupt)


def _at_terminal() -> bool:
    with contextlib.suppress(AttributeError, ValueError):
        return sys.stdin.isatty() and sys.stdout.isatty()
    return False
