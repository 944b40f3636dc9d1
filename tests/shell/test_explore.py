"""explore in a terminal of its own: keys in, screen out; the terminal is left as it was."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time

import pytest

from actcli.shell.explorer import Explorer
from actcli.shell.screen import SEQUENCES

SEQUENCE = {name: text for text, name in SEQUENCES.items()}


class Terminal:
    """A pseudo-terminal with the program in it."""

    def __init__(self, *arguments, columns=80, rows=24, cwd=None):
        self.main, self.side = pty.openpty()
        self.resize(columns, rows)
        self.before = termios.tcgetattr(self.side)
        command = [sys.executable, "-m", "actcli", "explore", *arguments]
        environment = {**os.environ, "TERM": "xterm", "COLUMNS": "", "LINES": "", "PYTHONPATH": os.getcwd()}
        self.process = subprocess.Popen(
            command, stdin=self.side, stdout=self.side, stderr=self.side, cwd=cwd, env=environment
        )
        self.told = b""

    def resize(self, columns, rows):
        fcntl.ioctl(self.side, termios.TIOCSWINSZ, struct.pack("4H", rows, columns, 0, 0))

    def press(self, *keys):
        for key in keys:
            os.write(self.main, SEQUENCE.get(key, key.encode()))
            time.sleep(0.02)

    @property
    def text(self):
        return self.told.decode("utf-8", "replace")  # a character may come in two parts

    def screen(self, awaited, seconds=20):
        """Return the last page once it shows a text."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if select.select([self.main], [], [], 0.1)[0]:
                self.told += os.read(self.main, 1 << 16)
                continue  # a page may come in parts
            page = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.text.rpartition("\x1b[H")[2])
            if awaited in page:
                return page.replace("\r", "").split("\n")
        self.process.kill()
        self.process.wait()
        raise AssertionError(f"{awaited!r} is not in\n{self.text[-2000:]}")

    def ended(self):
        status = self.process.wait(20)
        while select.select([self.main], [], [], 0.2)[0]:
            self.told += os.read(self.main, 1 << 16)
        assert termios.tcgetattr(self.side) == self.before
        assert self.text.endswith("\x1b[?25h\x1b[?1049l") and "\x1b[?1049h" in self.text
        os.close(self.main)
        os.close(self.side)
        return status


def test_keys_move_the_point_and_change_the_function(tmp_path):
    terminal = Terminal("sigmoid", cwd=tmp_path)
    lines = terminal.screen("z = 0 ")
    assert len(lines) == 24 and "a = g(z) = 0.5   g'(z) = 0.25 = a*(1 - a)" in lines[-2]
    terminal.press("right", "right")
    terminal.screen("z = 1   a = g(z) = 0.7310585786300049   g'(z) = 0.19661193324148185")
    terminal.press("-", "1", "0", "enter")
    terminal.screen("a = g(z) = 4.5397868702434395e-5   g'(z) = 4.5395807735951673e-5")
    terminal.press("tab", "e", "l", "u")
    assert " > elu" in "\n".join(terminal.screen("function: elu_"))
    terminal.press("enter")
    terminal.screen("[alpha = 1]")
    terminal.press("up")
    terminal.screen("elu:alpha=1.05")
    terminal.press("l")
    terminal.screen("|g| and |g'| in decades: elu:alpha=1.05")
    terminal.press("?")
    terminal.screen("save the figure as SVG")
    terminal.press("s")
    terminal.screen("saved elu_alpha=1.05.svg")
    assert (tmp_path / "elu_alpha=1.05.svg").read_text().startswith("<svg")
    terminal.resize(100, 30)
    assert len(terminal.screen("elu")) and terminal.process.poll() is None
    terminal.press("q")
    assert terminal.ended() == 0


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_leaves_the_terminal_as_it_was(number, status):
    terminal = Terminal("gelu")
    terminal.screen("gelu'")
    terminal.process.send_signal(number)
    assert terminal.ended() == status


def test_a_small_and_a_wide_terminal():
    for columns, rows in ((40, 12), (160, 50)):
        terminal = Terminal("mish", columns=columns, rows=rows)
        lines = terminal.screen("left right z")
        assert len(lines) <= rows and max(map(len, lines)) <= columns
        terminal.press("q")
        assert terminal.ended() == 0


def test_without_a_terminal_it_says_so(program):
    done = program("explore", "sigmoid", input=b"q")
    assert (
        done.status == 2 and done.err == "actcli: explore needs a terminal; plot draws a picture anywhere\n"
    )


def test_wrong_keys_are_told_and_change_nothing():
    state = Explorer.of("gelu")
    state.press("up")
    assert state.message == "gelu has no parameter"
    for key in ("1", "e", "9", "9", "9", "9", "enter"):
        state.press(key)
    assert state.message and state.z == 0
    state.press("\x00")
    state.press("+")
    assert state.limits[1] - state.limits[0] == 5
    for key in ("tab", "x", "q", "q", "enter", "escape"):
        state.press(key)
    assert state.function.label == "gelu" and not state.over
    assert all(len(line) <= 80 for line in state.lines(80, 24, ascii=True, color=False))


def test_a_formula_is_explored_with_its_parameter():
    state = Explorer.of("z*sigmoid(b*z):b=1.702")
    state.press("down")
    assert state.function.label.endswith("b=1.6") and "0.5" in state.lines(80, 24, True, False)[-2]
