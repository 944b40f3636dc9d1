"""What the terminal is like: its size, its characters, whether it wants colour."""

import os
import shutil
import sys

BRAILLE_AND_BOX = "\u283f\u250c"
CORNER_AND_BAR = "\u256d\u2581"


def terminal_width() -> int:
    """Return the terminal's columns, 80 where there is none; COLUMNS counts only on a terminal."""
    if not sys.stdout.isatty():
        return 80
    return shutil.get_terminal_size((80, 24)).columns or 80


def terminal_height() -> int:
    """Return the lines of a picture: the terminal's less one for the prompt, 24 where there is none."""
    if not sys.stdout.isatty():
        return 24
    return max(shutil.get_terminal_size((80, 24)).lines or 24, 6) - 1


def encodes(text: str) -> bool:
    """Tell whether stdout can print a text."""
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def wants_color(choice: str) -> bool:
    """Tell whether to colour: --color first, then NO_COLOR, FORCE_COLOR, TERM=dumb, a terminal or not."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
