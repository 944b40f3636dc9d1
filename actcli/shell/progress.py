"""How far a long run has come: a line on stderr that is written anew while it lasts."""

import contextlib
import os
import stat
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from actcli.shell.signals import limit_work

if TYPE_CHECKING:
    from actcli.streams.pump import Counts, Watch


@contextlib.contextmanager
def shown_progress(source: int, wanted: bool) -> Iterator["Watch | None"]:
    """Show on stderr how far a run has come, where that is wanted and stderr is a terminal.

    Each number that arrives has its own limit of time, and all of them have none.
    """
    limit_work(False)
    if not (wanted and sys.stderr and sys.stderr.isatty()):
        yield None
        return
    progress = Progress(_bytes_ahead(source))
    try:
        yield progress
    finally:
        progress.wipe()


def _bytes_ahead(source: int) -> int | None:
    """Return how many bytes of a file are still to be read; None for a pipe."""
    state = os.fstat(source)
    return state.st_size - os.lseek(source, 0, os.SEEK_CUR) if stat.S_ISREG(state.st_mode) else None


class Progress:
    """A line on stderr that is written anew five times a second, from the first second on."""

    def __init__(self, total: int | None) -> None:
        """`total` is how many bytes are to be read, where that is known."""
        self.total, self.start, self.last = total, time.monotonic(), 0.0

    def __call__(self, counts: "Counts") -> None:
        """Show the counts, if it is time to."""
        seconds = time.monotonic() - self.start
        if seconds >= 1 and seconds - self.last >= 0.2:
            self.last = seconds
            sys.stderr.write(f"\r{line(counts.bytes, counts.rows, seconds, self.total)}\x1b[K")
            sys.stderr.flush()

    def wipe(self) -> None:
        """Leave the line empty."""
        if self.last:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def line(done: int, rows: int, seconds: float, total: int | None = None) -> str:
    """Return a line for so many bytes read and rows written in so many seconds.

    `total` is how many bytes there are, where that is known; then it tells the time left too.
    """
    speed = f"{rows:,} rows, {rows / seconds:,.0f} a second"
    if not total:
        return f"{size(done)}, {speed}"
    left = max(total - done, 0) * seconds / max(done, 1)
    return f"{min(100, 100 * done // total)}% of {size(total)}, {speed}, {clock(left)} left"


def size(count: int) -> str:
    """Return a number of bytes in the unit that suits it: 999 B, 1.5 MB."""
    value = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.3g} {unit}"
        value /= 1000
    return f"{value:,.1f} TB"


def clock(seconds: float) -> str:
    """Return a time as minutes and seconds, with hours where there are any: 0:05, 1:02:03."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
