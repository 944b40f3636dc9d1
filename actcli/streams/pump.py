"""A long input, chunk by chunk, in constant memory: what has arrived is answered at once.

A slow producer sees each answer before its next line; a fast one is served in large chunks, by all cores.
"""

import contextlib
import io
import mmap
import re
import select
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import IO, Protocol

from actcli.errors import ActcliError
from actcli.streams.workers import CHUNK, LONGEST, Crew, Piece, Slot

_PART = 1 << 16  # bytes of a row that is too long, at once
_SET_PIPE_SIZE = 1031  # F_SETPIPE_SZ of Linux
_PACKED = {
    b"\x1f\x8b": ("gzip data", "zcat"),
    b"BZh": ("bzip2 data", "bzcat"),
    b"\xfd7zXZ": ("xz data", "xzcat"),
    b"\x28\xb5\x2f\xfd": ("zstd data", "zstdcat"),
    b"PK\x03\x04": ("a zip archive", "unzip -p"),
    b"\xff\xfe": ("text in UTF-16", "iconv -f UTF-16 -t UTF-8"),
    b"\xfe\xff": ("text in UTF-16", "iconv -f UTF-16 -t UTF-8"),
}


class Filter(Protocol):
    """What is done to an input: see Lines and Fields.

    `chunk` is how many bytes are best answered at once, `joint` how many join rows to rows before them.
    """

    chunk: int
    joint: int

    @property
    def longest(self) -> int:
        """How many bytes of a row are held."""

    @property
    def passes_long(self) -> bool:
        """Whether a longer row is passed by, part by part, and does not end the run."""

    def begin(self, chunk: bytes) -> tuple[bytes, int]:
        """Return what is written before all rows, and how many bytes of the first chunk are not rows."""

    def cut(self, data: mmap.mmap, size: int) -> int:
        """Return how many of the bytes read so far are complete rows."""

    def answer(self, chunk: bytes) -> Piece:
        """Return the answers to a chunk of complete rows."""

    def pass_by(self, data: bytes, last: bool) -> tuple[Piece, int]:
        """Return what is written of the next bytes of a row that is too long, and where in them it ends.

        That is -1 where it goes on; `last`: these are the last bytes of the input.
        """

    def end(self, some: bool) -> bytes:
        """Return what is written after all rows, of which there were some or none."""


@dataclass
class Counts:
    """How far a run has come: bytes, lines, rows written, bad numbers, points without an answer (and why)."""

    bytes: int = 0
    lines: int = 0
    rows: int = 0
    bad: int = 0
    lost: int = 0
    why: str = ""


Watch = Callable[[Counts], None]


def pump(
    source: int,
    work: Filter,
    sink: IO[bytes],
    watch: Watch | None = None,
    workers: int | None = None,
    name: str = "standard input",
) -> Counts:
    """Answer all that a file descriptor gives, in order, and return the counts.

    `watch` is told the counts after each piece; `workers` is how many processes help with a long input,
    by default one a core; `name` is
    that of the input. Raises ActcliError with its line for what stops the run, after the rows before it
    are written and flushed.
    """
    with Crew(work.answer, workers) as crew:
        return _Run(source, work, sink, watch, crew, name).all()


class Feed:
    """Reads chunks of complete rows; the incomplete end of one is the start of the next."""

    def __init__(
        self, source: int, work: Filter, idle: Callable[[], None], long: Callable[[bytes, bool], int]
    ) -> None:
        """`idle` is called where reading may have to wait, `long` with parts of a row that is too long."""
        self.work, self.idle, self.long = work, idle, long
        self.source, self.file = source, io.FileIO(source, closefd=False)
        self.rest = b""
        self.ended = False
        self.fault: OSError | str | None = None
        with contextlib.suppress(OSError, ImportError, AttributeError):
            import fcntl

            fcntl.fcntl(source, _SET_PIPE_SIZE, CHUNK)

    def fill(self, slot: Slot) -> bool:
        """Read into a slot until a chunk is full or no more has arrived; False at the end or at a fault."""
        size, slot.input = len(self.rest), slot.shared
        while len(slot.input) < size:
            slot.grow()
        slot.input[:size] = self.rest
        while not (complete := self._complete(slot, size)) and not self.ended:
            if size <= self.work.longest:
                if size == len(slot.input):
                    slot.grow()
                size = self._gather(slot, size)
            elif self.work.passes_long:
                size = self._passed_by(slot, size)
            else:
                self.fault, self.ended = f": the row is longer than {self.work.longest:,} bytes", True
                break
        self.rest = slot.input[complete:size]
        slot.size = complete
        return complete > 0 and not self.fault

    def _complete(self, slot: Slot, size: int) -> int:
        """Return how many of the bytes read so far are complete rows."""
        return size if self.ended or not size else self.work.cut(slot.input, size)

    def _passed_by(self, slot: Slot, size: int) -> int:
        """Read on to the end of a row that is too long, part by part; return how much is read behind it."""
        end, place = -1, 0
        while end < 0:
            if place == size and not self.ended:
                size, place = self._gather(slot, 0), 0
            part = slot.input[place : min(place + _PART, size)]
            end = self.long(part, self.ended and place + len(part) == size)
            place += len(part) if end < 0 else end
        slot.input.move(0, place, size - place)
        return size - place

    def _gather(self, slot: Slot, size: int) -> int:
        """Read on from `size` bytes and return how many there are then: a full chunk, or what is there."""
        most = min(len(slot.input), LONGEST + CHUNK)
        room = min(max(self.work.chunk, 2 * size), most)  # more, where no row has ended yet
        with memoryview(slot.input) as memory:
            while size < room:
                self.idle()
                got = self._read(memory[size:room])
                size += got
                self.ended = not got
                if self.ended or not ready([self.source], 0):
                    break
        return size

    def _read(self, memory: memoryview) -> int:
        with memory:
            try:
                while (got := self.file.readinto(memory)) is None:  # told not to wait by who opened it
                    ready([self.source], None)
            except OSError as fault:
                self.fault = fault
                return 0
        return got


class _Run:
    """One input on its way: chunks are sent out and settled in the same order."""

    def __init__(
        self, source: int, work: Filter, sink: IO[bytes], watch: Watch | None, crew: Crew, name: str
    ) -> None:
        self.source, self.work, self.sink, self.watch, self.crew = source, work, sink, watch, crew
        self.name = name
        self.counts = Counts()
        self.feed = Feed(source, work, self._settle_while_waiting, self._pass_by)
        self.pending: deque[tuple[int, int]] = deque()  # turns, and the bytes of their chunks
        self.turn = 0
        self.begun = False

    def all(self) -> Counts:
        """Answer everything; a fault is told after the rows before it, and after what closes them."""
        try:
            self._first()
            while self.feed.fill(self._slot()):
                self._pass_on(self._slot())
            self._settle(0)
            if self.feed.fault:
                raise self._told(self.feed.fault)
        except ActcliError:
            self._close()
            raise
        self._close()
        return self.counts

    def _close(self) -> None:
        if self.begun:
            self.sink.write(self.work.end(self.counts.rows > 0))
            self.sink.flush()

    def _slot(self) -> Slot:
        """Return the slot of this turn, free of what it held before."""
        slots = self.crew.slots
        self._settle(len(slots) - 1)
        return slots[self.turn % len(slots)]

    def _first(self) -> None:
        """Answer the first chunk, which alone can have a header."""
        slot = self._slot()
        some = self.feed.fill(slot)
        chunk = slot.chunk() if some else b""
        start = 0 if self.begun else self._begin(chunk)
        if chunk[start:]:
            self._write(self.work.answer(chunk[start:]), len(chunk))

    def _begin(self, chunk: bytes) -> int:
        """Write what stands before all rows, and return how many bytes of the first chunk are none."""
        refuse_packed(chunk or self.feed.rest, self.name)
        try:
            text, start = self.work.begin(chunk)
        except ActcliError as fault:
            raise (self._told(self.feed.fault) if self.feed.fault else fault) from None
        self.sink.write(text)
        self.begun = True
        self.counts.lines = chunk.count(b"\n", 0, start)
        return start

    def _pass_by(self, data: bytes, last: bool) -> int:
        """Write what is written of a part of a row that is too long, and return where in it the row ends."""
        if not self.begun:
            self._begin(data)
        self._settle(0)
        piece, end = self.work.pass_by(data, last)
        self._write(piece, len(data) if end < 0 else end)
        return end

    def _pass_on(self, slot: Slot) -> None:
        """Send a chunk to a worker where they are worth it, or answer it here."""
        if not self.crew.working:
            if slot.size < self.work.chunk // 2:  # a slow producer
                self._write(self.work.answer(slot.chunk()), slot.size)
                return
            self.crew.start()
        if not self.crew.working or not slot.is_shared:
            self._settle(0)
            self._write(self.work.answer(slot.chunk()), slot.size)
            return
        self.crew.send(self.turn)
        self.pending.append((self.turn, slot.size))
        self.turn += 1

    def _settle(self, most: int) -> None:
        """Write answers until at most so many chunks are pending."""
        while len(self.pending) > most:
            turn, size = self.pending.popleft()
            self._write(self.crew.receive(turn), size)

    def _settle_while_waiting(self) -> None:
        """Write what is answered, until there is more to read."""
        while self.pending:
            reply = self.crew.replies(self.pending[0][0])
            if reply not in ready([self.source, reply], None):
                return
            self._settle(len(self.pending) - 1)

    def _write(self, piece: Piece, size: int) -> None:
        text = piece.text
        self.counts.lost += piece.lost
        self.counts.why = self.counts.why or piece.why
        self.sink.write(text[self.work.joint :] if piece.rows and not self.counts.rows else text)
        self.sink.flush()
        if piece.fault:
            line, sentence = piece.fault
            self.counts.lines += line
            self.counts.rows += piece.rows
            raise self._told(sentence)
        self.counts.bytes += size
        self.counts.lines += piece.lines
        self.counts.rows += piece.rows
        self.counts.bad += piece.bad
        if self.watch:
            self.watch(self.counts)

    def _told(self, fault: OSError | str) -> Exception:
        if isinstance(fault, OSError):
            return fault
        if not self.counts.lines:  # words at the top are a header
            instead = r"\1: of CSV, name a column: --column NAME"
            fault = re.sub(r"([A-Za-z].*' is not a number): write one.*", instead, fault)
        return ActcliError(f"{self.name}, line {self.counts.lines + 1}{fault}")


def ready(descriptors: Sequence[int], wait: int | None) -> set[int]:
    """Return the descriptors that can be read without waiting, after at most `wait` milliseconds."""
    if not hasattr(select, "poll"):  # Windows: nothing is known, so each read is answered by itself
        return set() if wait == 0 else set(descriptors)
    poll = select.poll()
    for descriptor in descriptors:
        poll.register(descriptor, select.POLLIN)
    return {descriptor for descriptor, _ in poll.poll(wait)}


def refuse_packed(start: bytes, name: str) -> None:
    """Refuse what is not text by the bytes it starts with."""
    for mark, (what, opener) in _PACKED.items():
        if start.startswith(mark):
            raise ActcliError(f"{name} is {what}: unpack it first, as in {opener} FILE | actcli")
    if b"\0\0" in (start[0:4:2], start[1:4:2]):
        raise ActcliError(f"{name} has zeros between its letters, as UTF-16 without a mark: convert it first")
