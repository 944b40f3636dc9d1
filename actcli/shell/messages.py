"""Messages on stderr, one style for all: the program's name, one sentence, wrapped at words."""

import contextlib
import shutil
import sys
import textwrap


def tell(message: str) -> None:
    """Tell something on stderr; what a terminal would obey in a name or a header is shown as a question mark.

    The first line is wrapped where it is longer than the terminal; lines below it show a place and are not.
    """
    sentence, *place = harmless(f"actcli: {message}").replace("\r", "?").split("\n")
    with contextlib.suppress(OSError, AttributeError):
        width = shutil.get_terminal_size((80, 24)).columns if sys.stderr.isatty() else len(sentence)
        lines = textwrap.wrap(sentence, max(width, 20), break_long_words=False, break_on_hyphens=False)
        sys.stderr.write("\n".join([*lines, *place]) + "\n")


def harmless(text: str) -> str:
    """Return a text with question marks for what a terminal would obey, but for line ends and tabs."""
    return "".join(c if c.isprintable() or c in "\n\r\t" else "?" for c in text)
