"""Examples in a text: console lines after a $, run again and their output made anew."""

import os
import re
import subprocess
import sys
from pathlib import Path

FENCED = re.compile(r"(?<=```console\n)(.*?)(?=```)", re.S)
INDENTED = re.compile(r"^    \$ .*\n(?:    .*\n|\n(?=    ))*", re.M)


def printed(command):
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    environment.pop("FORCE_COLOR", None)
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, env=environment, timeout=60
    )
    return done.stdout + done.stderr


def fenced_anew(text):
    """Return a page with the output of every console block made anew."""
    return FENCED.sub(lambda block: _anew(block[0]), text)


def indented_anew(text):
    """Return a topic of the help with the output of every indented example made anew."""

    def run(block):
        plain = re.sub(r"^    ", "", block[0], flags=re.M)
        return "".join(f"    {line}".rstrip() + "\n" for line in _anew(plain).splitlines())

    return INDENTED.sub(run, text)


def _anew(block):
    commands = [line[2:] for line in block.splitlines() if line.startswith("$ ")]
    return "".join(f"$ {command}\n{printed(command)}" for command in commands)
