"""A program in a terminal of its own: keys in, screen out."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time

from actcli.shell.screen import SEQUENCES

SEQUENCE = {name: text for text, name in SEQUENCES.items()}


class Terminal:
    """A pseudo-terminal with the program in it."""

    def __init__(self, *arguments, columns=80, rows=24, cwd=None, stdin=None):
        self.main, self.side = pty.openpty()
        self.resize(columns, rows)
        self.before = termios.tcgetattr(self.side)
        command = [sys.executable, "-m", "actcli", *map(str, arguments)]
        environment = {**os.environ, "TERM": "xterm", "COLUMNS": "", "LINES": "", "PYTHONPATH": os.getcwd()}
        self.process = subprocess.Popen(
            command, stdin=stdin or self.side, stdout=self.side, stderr=self.side, cwd=cwd, env=environment
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

    @property
    def left(self):
        """What stands on the terminal after all."""
        return self.text.rpartition("\x1b[?1049l")[2].replace("\r", "")

    def ended(self):
        status = self.process.wait(20)
        while select.select([self.main], [], [], 0.2)[0]:
            self.told += os.read(self.main, 1 << 16)
        assert termios.tcgetattr(self.side) == self.before
        assert "\x1b[?1049h" in self.text and self.text.count("\x1b[?25h\x1b[?1049l") == 1
        os.close(self.main)
        os.close(self.side)
        return status
