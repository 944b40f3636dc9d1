"""Fixtures: the command line run in this process, or as a program of its own."""

import subprocess
import sys
from dataclasses import dataclass

import pytest
from hypothesis import settings

from actcli.shell import app as cli

# A clock on the wall may not fail a test: timings live in the benchmarks.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@dataclass
class Result:
    """What one run left: its exit status, and what it wrote."""

    status: int
    out: str
    err: str

    @property
    def lines(self):
        return self.out.splitlines()


@pytest.fixture
def actcli(capfd, monkeypatch):
    """Run a command line in this process; its input is empty."""
    monkeypatch.delenv("FORCE_COLOR", raising=False)

    def run(*arguments):
        capfd.readouterr()
        status = cli.run([str(a) for a in arguments])
        return Result(status, *capfd.readouterr())

    return run


@pytest.fixture
def program():
    """Run a command line as a program of its own, with bytes as its input."""

    def run(*arguments, input=b"", env=None, check_err=True):
        command = [sys.executable, "-m", "actcli", *map(str, arguments)]
        done = subprocess.run(command, input=input, capture_output=True, env=env, timeout=60)
        assert b"Traceback" not in done.stderr
        return Result(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run
