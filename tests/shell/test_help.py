"""The help: examples that work, plain text, 80 columns, the same everywhere."""

import os
import re
import subprocess
import sys
from importlib import import_module

import numpy as np
import pytest

from actcli import gelu
from actcli.numerics.dtypes import numbers_of, rounded_array, to_bits
from actcli.shell import app

COMMANDS = subprocess.run(
    [sys.executable, "-m", "actcli", "--help"], capture_output=True, text=True, check=True
).stdout.partition("Commands:\n")[2]
COMMANDS = [line.split()[0] for line in COMMANDS.splitlines()]
PAGES = [[], *([command] for command in COMMANDS)]


def examples(page):
    body = page.partition("Options:")[0]
    return [line.strip() for line in body.splitlines() if re.match(r"  (actcli|seq|cat) ", line)]


@pytest.mark.parametrize("page", PAGES, ids=" ".join)
def test_examples_come_first_and_run(actcli, page, tmp_path):
    text = actcli(*page, "--help").out
    shown = examples(text)
    assert shown
    assert text.index(shown[0]) < text.index("Options:")
    for name in ("data.csv", "measured.csv"):
        (tmp_path / name).write_text("z,y\n-1,2\n0.5,3\n")
    y = rounded_array(gelu(numbers_of("bfloat16")), "bfloat16")
    to_bits(y, "bfloat16").astype("<u2").tofile(tmp_path / "out.bin")
    (tmp_path / "pairs.csv").write_text("gate,up\n1,2\n")
    (tmp_path / "out.csv").write_text("z,y,dy\n0,0,0.5\n")
    np.save(tmp_path / "out.npy", np.array([[0.0, 0.25]]))
    (tmp_path / "kernels.toml").write_text('[[kernel]]\nfunction = "gelu"\nfile = "out.csv"\n')
    for example in shown if page != ["explore"] else ():  # it needs a terminal: see test_explore.py
        command = example.split("   ")[0].replace("actcli", f"{sys.executable} -m actcli")
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", command],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert (done.returncode, done.stderr) == (0, ""), example


@pytest.mark.parametrize("page", PAGES, ids=" ".join)
def test_plain_text_of_80_columns_with_nothing_cut(actcli, page):
    text = actcli(*page, "-h").out
    assert text == actcli(*page, "--help").out
    assert max(map(len, text.splitlines())) <= 80
    assert "{" not in text
    assert not re.search(r"\w\.\.\.$", text.partition("Commands:")[2], re.M)
    arguments = text.partition("Arguments:")[2].partition("Options:")[0]
    assert page in ([], ["list"], ["help"]) or "actcli --help" in arguments


@pytest.mark.parametrize("page", PAGES, ids=" ".join)
def test_the_same_on_a_terminal(actcli, page):
    pty = pytest.importorskip("pty")
    ours, terminal = pty.openpty()
    env = {**os.environ, "COLUMNS": "132", "FORCE_COLOR": "1", "TERM": "xterm-256color", "PAGER": "cat"}
    command = [sys.executable, "-m", "actcli", *page, "--help"]
    process = subprocess.Popen(command, stdin=terminal, stdout=terminal, env=env)
    os.close(terminal)
    shown = _all_of(ours)
    assert process.wait() == 0
    assert shown.replace("\r\n", "\n") == actcli(*page, "--help").out


def _all_of(terminal):
    shown = b""
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # how Linux says that the other end is closed
            piece = b""
        if not piece:
            os.close(terminal)
            return shown.decode()
        shown += piece


def test_the_grammar_is_explained_once(actcli):
    pages = [actcli(*page, "--help").out for page in PAGES]
    assert "LO:HI:STEP" in pages[0]
    assert sum("where(z > 0, z, 0)" in page for page in pages) == 1


def test_the_sentence_of_a_command_is_the_first_of_its_page():
    assert list(app.COMMANDS) == COMMANDS
    for name, sentence in app.COMMANDS.items():
        page = import_module(f"actcli.shell.commands.{name}").command.__doc__
        assert page.partition("\n")[0] == sentence


def test_the_bare_program_fits_a_small_terminal(actcli):
    shown = actcli()
    assert shown.status == 0 and len(shown.lines) < 24
    assert "actcli explain sigmoid" in examples(shown.out)[3]
    assert all(f" {name}" in shown.out for name in COMMANDS)
