"""Where answers go, and how: rows in a format, texts, pictures; on stdout or in a file."""

import contextlib
import io
import itertools
import os
import select
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, BinaryIO, NamedTuple

from actcli.errors import ActcliError
from actcli.shell.files import kept
from actcli.shell.messages import harmless
from actcli.shell.options import Written
from actcli.shell.signals import renew_limit
from actcli.shell.terminal import (
    BRAILLE_AND_BOX,
    CORNER_AND_BAR,
    encodes,
    terminal_height,
    terminal_width,
    wants_color,
)
from actcli.streams.formats import FORMATS, written

if TYPE_CHECKING:
    from actcli.pages.tables import Remarks
    from actcli.pictures.plots import Picture

SHOWN_EACH = 1.0  # seconds between which rows are shown that come slowly
SIZE = (80, 24)  # columns and lines of a picture where there is no terminal to fill


class _Patient(io.RawIOBase):
    """Standard output that was made non-blocking: what it does not take yet waits until it does."""

    def __init__(self, descriptor: int) -> None:
        """`descriptor` is that of the open file."""
        self.descriptor = descriptor

    def writable(self) -> bool:
        """Tell that it can be written to."""
        return True

    def write(self, data: Any) -> int:
        """Write what is taken now, at least one byte, and return how many they are."""
        while True:
            try:
                return os.write(self.descriptor, data)
            except BlockingIOError:
                select.select([], [self.descriptor], [])


def _whole(out: BinaryIO) -> contextlib.AbstractContextManager[IO[bytes]]:
    """Return a file that writes all that it is given, or fails."""
    if os.name != "posix" or os.get_blocking(out.fileno()):
        return contextlib.nullcontext(out)
    return io.BufferedWriter(_Patient(out.fileno()))


@contextlib.contextmanager
def opened(path: Path | None = None) -> Iterator[IO[bytes]]:
    """Open stdout or a file."""
    if path is None:
        sys.stdout.flush()
        with _whole(sys.stdout.buffer) as out:
            yield out
            out.flush()
        return
    with kept(path) as file:
        yield file


class Seen(NamedTuple):
    """A terminal that is sent someone's data: nothing of them that it would obey."""

    file: IO[bytes]

    def write(self, data: Any) -> None:
        """Write complete rows."""
        text = bytes(data).decode("utf-8", "surrogateescape")
        self.file.write(harmless(text).encode("utf-8", "surrogateescape"))

    def flush(self) -> None:
        """Show what is written."""
        self.file.flush()


def write_text(text: str | bytes, path: Path | None = None) -> None:
    """Write a text, or what a file holds, to stdout or a file."""
    with opened(path) as file:
        file.write(text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text)


# ---------------------------------------------------------------------------- rows


class Output(NamedTuple):
    """Where rows of answers go and how they are written."""

    format: str
    header: bool
    path: Path | None
    color: bool

    @property
    def is_seen(self) -> bool:
        """Whether the rows come to a terminal."""
        return self.path is None and sys.stdout.isatty()

    @property
    def is_table(self) -> bool:
        """Whether the rows are for people."""
        return self.format == "table"

    def write(
        self,
        header: Sequence[str],
        rows: Callable[[IO[bytes]], Iterable[Sequence[Any]]],
        remarks: "Remarks | None" = None,
    ) -> None:
        """Write rows as they come; `rows` is given the file so that it can flush before it waits.

        A table for people shows the remarks, too.
        """
        with opened(self.path) as file:
            if self.is_table:
                self._draw(file, header, _coming(rows(file), file), remarks)
                return
            try:
                for piece in written(FORMATS[self.format], header, _coming(rows(file), file), self.header):
                    file.write(piece.encode("utf-8", "surrogateescape"))
            except ActcliError:
                file.flush()
                raise

    def _draw(
        self, file: IO[bytes], header: Sequence[str], rows: Iterator[Sequence[Any]], remarks: "Remarks | None"
    ) -> None:
        """Write tables for people, of so many rows each; where a fault ends them, of those before it."""
        from actcli.streams.writers import MOST_DRAWN

        part: list[Sequence[Any]] = [()]
        to_draw = False
        while part:
            first, part = part == [()], []
            try:
                part += itertools.islice(rows, MOST_DRAWN)
                to_draw = first
            finally:
                if part or to_draw:
                    file.write(self.screen(header, part, remarks).encode())
                to_draw = False

    def screen(self, header: Sequence[str], rows: Iterable[Sequence[Any]], remarks: "Remarks | None") -> str:
        """Return a table for people."""
        from actcli.pages.tables import screen

        return screen(header, rows, width=self.width, color=self.color, ascii=self.ascii, remarks=remarks)

    @property
    def width(self) -> int:
        """The columns of a table: the terminal's, 80 in a file."""
        return terminal_width() if self.path is None else 80

    @property
    def ascii(self) -> bool:
        """Whether there are only ASCII characters to write with; a file has all."""
        return self.path is None and not encodes(CORNER_AND_BAR)


def _coming(rows: Iterable[Sequence[Any]], file: IO[bytes]) -> Iterator[Sequence[Any]]:
    """Yield rows; each second those before are shown, and the limit of work begins anew."""
    shown = time.monotonic()
    for row in rows:
        yield row
        if (now := time.monotonic()) > shown + SHOWN_EACH:
            file.flush()
            renew_limit()
            shown = now


def output(asked: Written, default: str, color: str = "auto") -> Output:
    """Return the output that the options ask for, in the default format where they name none."""
    return Output(asked.format or default, not asked.no_header, asked.output, wants_color(color))


def table_or_csv(asked: Written, color: str) -> Output:
    """Return an output for people on a terminal, for programs elsewhere."""
    return output(asked, "table" if on_terminal(asked) else "csv", color)


def on_terminal(asked: Written) -> bool:
    """Tell whether rows go to a terminal."""
    return asked.output is None and sys.stdout.isatty()


# ---------------------------------------------------------------------------- pictures


class Surface(NamedTuple):
    """What a picture is drawn on: so many columns and lines of a terminal, or a file."""

    width: int
    height: int
    ascii: bool
    color: str
    path: Path | None

    @staticmethod
    def of(width: int | None, height: int | None, ascii: bool, color: str, path: Path | None) -> "Surface":
        """Take the size that is asked for, or the terminal's; a file has always the same."""
        if path is None:
            ascii = ascii or not encodes(BRAILLE_AND_BOX)
            return Surface(width or terminal_width(), height or terminal_height(), ascii, color, None)
        return Surface(width or SIZE[0], height or SIZE[1], ascii, color, path)

    def drawn(self, shown: "Picture") -> str:
        """Return the picture as text."""
        from actcli.pictures.plots import draw

        color = self.color if self.color != "auto" or self.path is None else "never"
        size = {"width": self.width, "height": self.height}
        return draw(shown, **size, ascii=self.ascii, color=wants_color(color))


def write_picture(shown: "Picture", color: str, path: Path | None) -> None:
    """Draw a picture on the terminal or in a text file, or keep it as the figure that the name says."""
    from actcli.pictures.exports import exported, looked, suffix_of

    suffix = suffix_of(path) if path else ".txt"
    if suffix == ".txt":
        write_text(Surface.of(None, None, False, color, path).drawn(shown), path)
    else:
        write_text(exported(shown, suffix, looked()), path)
