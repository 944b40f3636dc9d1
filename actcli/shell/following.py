"""Data that grow, drawn again and again on a page of the terminal."""

import contextlib
import os
import select
import stat
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from actcli.errors import ActcliError
from actcli.shell.output import write_text
from actcli.shell.screen import GLANCE, page_taken, repaint, size
from actcli.shell.signals import limit_work

MOST_BYTES = 1 << 28  # that are followed
NO_TERMINAL = "--follow draws on a terminal of Linux or macOS; without it plot draws one picture anywhere"


def watch(file: IO[bytes], path: Path | None, drawn: Callable[[bytes], str]) -> None:
    """Draw what a file or pipe holds whenever there is more; the last picture stays on the terminal.

    What cannot be drawn yet is told in its place; ActcliError for it where a pipe ends so.
    """
    if os.name != "posix" or not sys.stdout.isatty():
        raise ActcliError(NO_TERMINAL)
    last, shown, fault = "", None, None
    try:
        with page_taken():
            for text in grown(file, path):
                limit_work()
                if (text, size()) != shown:
                    shown, fault = (text, size()), None
                    try:
                        last = drawn(text)
                    except ActcliError as found:
                        fault = found
                    repaint([str(fault)] if fault else last.splitlines())
    finally:
        write_text(last)
    if fault:
        raise fault


def grown(file: IO[bytes], path: Path | None) -> Iterator[bytes]:
    """Yield the complete lines of a file again and again; of a pipe until it ends, and then all it held."""
    source, ended, text, known = file.fileno(), False, b"", (0, 0, 0)
    regular = stat.S_ISREG(os.fstat(source).st_mode)
    while not ended:
        if regular:  # it may be another file by now, or gone until there is another
            with contextlib.suppress(FileNotFoundError):
                now = os.stat(path or source)
                if (now.st_ino, now.st_size, now.st_mtime_ns) != known:
                    text = path.read_bytes() if path else os.pread(source, now.st_size, 0)
                    known = (now.st_ino, now.st_size, now.st_mtime_ns)
        else:
            more, ended = _arrived(source)
            text += more
        if len(text) > MOST_BYTES:
            raise ActcliError(f"--follow: over {MOST_BYTES:,} bytes, more than a picture can show")
        yield text if ended else text[: text.rfind(b"\n") + 1]
        if regular:
            time.sleep(GLANCE)


def _arrived(source: int) -> tuple[bytes, bool]:
    """Return what a pipe brings until the next glance, and whether it has ended."""
    until, found = time.monotonic() + GLANCE, []
    while (wait := until - time.monotonic()) > 0 and select.select([source], [], [], wait)[0]:
        found.append(os.read(source, 1 << 20))
        if not found[-1]:
            return b"".join(found), True
    return b"".join(found), False
