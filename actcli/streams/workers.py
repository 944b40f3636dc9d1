"""Chunks in, pieces out, in order, by processes that share memory with this one.

A worker is forked, so it needs nothing that can be pickled, and lives until its pipe is closed. It only
computes; reading, writing and faults stay here: a worker that fails leaves its chunk to be answered here.
"""

import contextlib
import mmap
import os
import signal
import socket
import struct
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

LONGEST = 1 << 25  # bytes of a row
CHUNK = 1 << 20
MOST_ROWS_AT_ONCE = 1 << 16  # as a row takes more memory than its bytes
ROOM = 16 * CHUNK  # for the answers to a chunk; only what is written to takes memory

_ORDER = struct.Struct("2q")  # slot, bytes
_REPLY = struct.Struct(
    "6q"
)  # bytes of text (or TURNED_DOWN) and of the reason after it; then lines, rows, bad, lost
TURNED_DOWN = -1


@dataclass(frozen=True)
class Piece:
    """The answers to one chunk: its text, the lines read, the rows written, how many numbers were bad.

    `lost` is how many points have no answer, `why` the reason for the first.
    A `fault` is the line (0 the first of the chunk) and the sentence of the first bad number, where that
    is to stop the run; `text` then holds the rows before it.
    """

    text: bytes | memoryview
    lines: int
    rows: int
    bad: int = 0
    lost: int = 0
    why: str = ""
    fault: tuple[int, str] | None = None

    def then(self, rest: "Callable[[], Piece]") -> "Piece":
        """Return this piece and the one after it as one; nothing comes after a fault."""
        if self.fault:
            return self
        more = rest()
        fault = more.fault and (self.lines + more.fault[0], more.fault[1])
        lines, rows = self.lines + more.lines, self.rows + more.rows
        bad, lost, why = self.bad + more.bad, self.lost + more.lost, self.why or more.why
        return Piece(b"".join((self.text, more.text)), lines, rows, bad, lost, why, fault)


Answer = Callable[[bytes], Piece]


class Slot:
    """Shared memory for one chunk and its answers; for a long row it is memory of this process alone."""

    def __init__(self) -> None:
        self.input = self.shared = mmap.mmap(-1, ROOM)
        self.output = mmap.mmap(-1, ROOM)
        self.size = 0

    def grow(self) -> None:
        """Take twice the room."""
        more = mmap.mmap(-1, 2 * len(self.input))
        more[: len(self.input)] = self.input
        self.input = more

    @property
    def is_shared(self) -> bool:
        """Tell whether a worker can see the chunk."""
        return self.input is self.shared

    def chunk(self) -> bytes:
        """Return the chunk that was read into this slot."""
        return self.input[: self.size]


@dataclass(frozen=True)
class _Worker:
    process: int
    line: socket.socket  # orders go out, replies come in


class Crew:
    """Forked processes that answer chunks in turn; none until `start`."""

    def __init__(self, answer: Answer, size: int | None = None) -> None:
        """`size` is the number of processes, by default one for each core, none where there is only one."""
        self.answer = answer
        self.size = cores_here() if size is None else size
        self.slots = [Slot() for _ in range(2 * self.size or 1)]
        self._workers: list[_Worker] = []

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, *_: object) -> None:
        """End the processes: they hold nothing that could be lost."""
        for worker in self._workers:
            worker.line.close()
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker.process, signal.SIGKILL)
        for worker in self._workers:
            os.waitpid(worker.process, 0)
        self._workers = []

    @property
    def working(self) -> bool:
        """Tell whether there are processes."""
        return bool(self._workers)

    def start(self) -> None:
        """Fork the processes, once; without a second core, or where none can be forked, this does nothing.

        What one point in some hundred thousand needs is loaded before, so that not each of them does it.
        """
        if self.size and not self._workers:
            import actcli.numerics.exact  # noqa: F401
        while len(self._workers) < self.size:
            try:
                self._workers.append(self._forked())
            except OSError:  # as many as there are will do
                self.size = len(self._workers)

    def _forked(self) -> _Worker:
        here, there = socket.socketpair()
        held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        process = -1
        try:
            with warnings.catch_warnings():  # other threads are NumPy's, which are prepared for a fork
                warnings.simplefilter("ignore", DeprecationWarning)
                process = os.fork()
        finally:
            if process < 0:
                signal.pthread_sigmask(signal.SIG_SETMASK, held)
                here.close()
                there.close()
        if not process:
            for line in (here, *(worker.line for worker in self._workers)):
                line.close()
            self._serve(there)
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
        there.close()
        return _Worker(process, here)

    # ------------------------------------------------------------------------ in the worker

    def _serve(self, line: socket.socket) -> NoReturn:
        """Answer until the orders end, in a process that can neither read nor print. SIGINT stays blocked."""
        status = 1
        try:
            null = os.open(os.devnull, os.O_RDWR)
            for standard in (0, 1, 2):
                os.dup2(null, standard)
            while order := line.recv(_ORDER.size):
                line.sendall(self._reply(*_ORDER.unpack(order)))
            status = 0
        finally:
            os._exit(status)

    def _reply(self, place: int, size: int) -> bytes:
        slot = self.slots[place]
        piece = self.answer(slot.input[:size])
        why = piece.why.encode()
        length = len(piece.text)
        if piece.fault or length + len(why) > ROOM:
            return _REPLY.pack(TURNED_DOWN, 0, 0, 0, 0, 0)
        slot.output[:length], slot.output[length : length + len(why)] = piece.text, why
        return _REPLY.pack(length, len(why), piece.lines, piece.rows, piece.bad, piece.lost)

    # ------------------------------------------------------------------------ in this process

    def send(self, turn: int) -> None:
        """Order the answers to the chunk of a turn; turns count up and take the slots in rotation."""
        place = turn % len(self.slots)
        order = _ORDER.pack(place, self.slots[place].size)
        with contextlib.suppress(OSError):  # the worker is dead; `receive` finds out
            self._line(turn).send(order, socket.MSG_NOSIGNAL)

    def replies(self, turn: int) -> int:
        """Return the descriptor that becomes readable when the chunk of a turn is answered."""
        return self._line(turn).fileno()

    def receive(self, turn: int) -> Piece:
        """Wait for the answers of a turn; what a worker could not do is done here, faults and all."""
        slot = self.slots[turn % len(self.slots)]
        reply = b""
        with contextlib.suppress(OSError):
            reply = self._line(turn).recv(_REPLY.size)
        length, said, lines, rows, bad, lost = _REPLY.unpack(reply) if reply else (TURNED_DOWN, 0, 0, 0, 0, 0)
        if length == TURNED_DOWN:
            return self.answer(slot.chunk())
        why = slot.output[length : length + said].decode()
        return Piece(memoryview(slot.output)[:length], lines, rows, bad, lost, why)

    def _line(self, turn: int) -> socket.socket:
        return self._workers[turn % self.size].line


def cores_here() -> int:
    """Return how many workers pay: none on one core, or where forking is not safe (macOS, Windows)."""
    if sys.platform != "linux":
        return 0
    cores = len(os.sched_getaffinity(0))
    return min(cores, 8) if cores > 1 else 0
