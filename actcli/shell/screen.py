"""A terminal as a screen: keys as they are pressed, a page that is painted over; left as it was found."""

import contextlib
import os
import select
import shutil
import sys
from collections.abc import Iterator, Sequence

from actcli.errors import ActcliError

OPEN, SHUT = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"
SEQUENCES = {
    b"\x1b[A": "up", b"\x1b[B": "down", b"\x1b[C": "right", b"\x1b[D": "left",
    b"\x1bOA": "up", b"\x1bOB": "down", b"\x1bOC": "right", b"\x1bOD": "left",
    b"\x1b[1;2C": "shift-right", b"\x1b[1;2D": "shift-left", b"\x1b": "escape",
    b"\t": "tab", b"\r": "enter", b"\n": "enter", b"\x7f": "backspace", b"\x08": "backspace", b"\x04": "q",
}  # fmt: skip
GLANCE = 0.2  # seconds after which the size is looked at again


@contextlib.contextmanager
def terminal_taken() -> Iterator[None]:
    """Take the terminal over, and give it back whatever happens; ActcliError where there is none."""
    if not (sys.stdin and sys.stdin.isatty() and sys.stdout.isatty()):
        raise ActcliError("explore needs a terminal; plot draws a picture anywhere")
    try:
        import termios
        import tty
    except ImportError:
        raise ActcliError(
            "explore needs a terminal of Linux or macOS; plot draws a picture anywhere"
        ) from None
    source = sys.stdin.fileno()
    before = termios.tcgetattr(source)
    try:
        tty.setcbreak(source)
        taken = termios.tcgetattr(source)
        for key in (termios.VSUSP, termios.VQUIT):  # Ctrl-Z and Ctrl-\ would leave the page as it is
            taken[6][key] = b"\x00"
        termios.tcsetattr(source, termios.TCSADRAIN, taken)
        with page_taken():
            yield
    finally:
        with contextlib.suppress(OSError, termios.error):
            termios.tcsetattr(source, termios.TCSADRAIN, before)


@contextlib.contextmanager
def page_taken() -> Iterator[None]:
    """Write on a page of its own, and show again at the end what was there."""
    try:
        _write(OPEN)
        yield
    finally:
        with contextlib.suppress(OSError):
            _write(SHUT)


def size() -> tuple[int, int]:
    """Return the columns and lines of the terminal."""
    found = shutil.get_terminal_size((80, 24))
    return max(found.columns, 20), max(found.lines, 8)


def repaint(lines: Sequence[str]) -> None:
    """Write a page over the one before."""
    _write("\x1b[H" + "\x1b[K\r\n".join(lines) + "\x1b[K\x1b[J")


def _write(text: str) -> None:
    rest = text.encode(sys.stdout.encoding or "utf-8", "replace")
    while rest:
        rest = rest[os.write(sys.stdout.fileno(), rest) :]


def pressed_keys() -> list[str]:
    """Return the keys that were pressed, none after a while; the end of input is q."""
    source = sys.stdin.fileno()
    if not select.select([source], [], [], GLANCE)[0]:
        return []
    data = os.read(source, 1024)
    return list(_told(data)) if data else ["q"]


def _told(data: bytes) -> Iterator[str]:
    """Yield the keys in some bytes; a sequence of which nothing is known is left out."""
    while data:
        known = next((length for length in (6, 3, 1) if data[:length] in SEQUENCES), 0)
        if known == 1 and data[0] == 0x1B and data[1:2] in (b"[", b"O"):
            end = next((i for i, byte in enumerate(data[2:], 3) if 0x40 <= byte <= 0x7E), len(data))
            data = data[end:]
        elif known:
            yield SEQUENCES[data[:known]]
            data = data[known:]
        else:
            length = next((n for n in (1, 2, 3, 4) if _is_text(data[:n])), 1)
            yield data[:length].decode("utf-8", "replace")
            data = data[length:]


def _is_text(data: bytes) -> bool:
    try:
        return bool(data.decode())
    except UnicodeDecodeError:
        return False
