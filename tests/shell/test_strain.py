"""Hard input: what is long, doubled or strange gets an answer or one plain line, never a traceback."""

import json
import os
import subprocess
import sys
import time

import pytest

LONG = "1" * 5_000


@pytest.mark.parametrize(
    "words",
    [
        ["eval", "relu", f"0.{LONG}"],
        ["eval", "relu", f"0:0.{LONG}"],
        ["eval", "relu", f"0:1:0.{LONG}"],
        ["plot", "relu", "--xlim", f"0:0.{LONG}"],
        ["plot", "relu", "--tangent", f"0.{LONG}"],
        ["plot", "relu", "--saturated", f"0.{LONG}"],
    ],
)
def test_a_number_of_5000_digits_is_refused_in_one_line(actcli, words):
    result = actcli(*words)
    assert result.status == 2 and "too many digits" in result.err and len(result.err) < 200


def test_a_number_of_a_million_digits_in_a_pipe_is_refused(program):
    result = program("eval", "relu", "--digits", "5", input=b"0." + b"1" * 1_000_000 + b"\n")
    assert result.status == 2 and "line 1" in result.err


@pytest.mark.parametrize(
    "name", ["leaky_relu:slope=0.1:slope=0.9", "leaky_relu:slope=0.1:negative_slope=0.9"]
)
def test_a_parameter_given_twice_is_refused(actcli, name):
    result = actcli("eval", name, "1")
    assert result.status == 2 and "twice" in result.err


def test_proven_digits_of_what_is_not_finite_are_json(program):
    out = program("eval", "z", "--digits", "5", "--json", "-", input=b"nan\ninf\n-inf\n1\n").out
    values = [list(row.values())[-1] for row in json.loads(out, parse_constant=pytest.fail)]
    assert values == ["NaN", "Infinity", "-Infinity", 1]


def test_a_byte_order_mark_before_proven_digits_is_skipped(program):
    assert program("eval", "relu", "--digits", "2", input=b"\xef\xbb\xbf1\n2\n").lines == ["1.0", "2.0"]


def test_a_reader_that_is_slow_gets_every_row_from_a_pipe_that_does_not_block(tmp_path):
    (tmp_path / "in").write_text("".join(f"{k / 1000}\n" for k in range(60_000)))
    read, write = os.pipe()
    os.set_blocking(write, False)
    with (tmp_path / "in").open("rb") as source:
        done = subprocess.Popen([sys.executable, "-m", "actcli", "eval", "relu"], stdin=source, stdout=write)
    os.close(write)
    time.sleep(1)  # until the pipe is full
    with os.fdopen(read, "rb") as out:
        rows = out.read().count(b"\n")
    assert (done.wait(60), rows) == (0, 60_000)


HOSTILE = "\x1b[2J\x07\x9b31m\u202e</text><script>"


@pytest.mark.parametrize(
    "line",
    [
        "plot relu --title {}",
        "plot --data {}.csv",
        "eval relu --column 3 {}.csv",
        "eval relu {}.csv",
        "list {}",
        "info {}",
        "table {} 1",
        "eval relu --dtype {}",
    ],
)
def test_what_a_terminal_would_obey_reaches_none(actcli, tmp_path, monkeypatch, line):
    monkeypatch.chdir(tmp_path)
    name = HOSTILE.replace("/", "")
    (tmp_path / f"{name}.csv").write_text(f"z,y{HOSTILE}\n0,1\n1,2\n")
    result = actcli(*[word.replace("{}", name) for word in line.split()])
    assert not set(HOSTILE[:11]) & set("\x1b\x07\x9b\u202e") & set(result.out + result.err)


@pytest.mark.parametrize("suffix", ["svg", "html"])
def test_names_and_headers_are_text_in_figures(actcli, tmp_path, suffix):
    (tmp_path / "d.csv").write_text(f"z,y{HOSTILE}\n0,1\n1,2\n")
    out = tmp_path / f"x.{suffix}"
    asked = ("--title", HOSTILE, "--xlabel", "<i>", "--ylabel", '"&', "-o", out)
    assert actcli("plot", "--data", tmp_path / "d.csv", *asked).status == 0
    text = out.read_text()
    assert "</text><script>" not in text and "<i>" not in text and not set("\x1b\x07\x9b\u202e") & set(text)


def nested(word, times):
    return f"{word}(" * times + "z" + ")" * times


LATE = """
import sys
from actcli.shell import app, signals
signals.MOST_WORK = 0.05
print([app.run([command, sys.argv[1]]) for command in ("info", "explain", "code", "stats")])
app.run(["eval", "relu", "1"])
"""


def test_no_command_works_without_end():
    done = subprocess.run(
        [sys.executable, "-c", LATE, nested("rational_tanh", 24)], capture_output=True, text=True
    )
    told = "actcli: no answer in 0.05 s of work, the limit: a shorter formula, a narrower interval"
    assert "[1, 1, 1, 1]" in done.stdout and done.stderr.count(told) == 4
    assert done.stdout.endswith("1\n")  # its own limit is a new one


@pytest.mark.parametrize(
    ("words", "status", "what"),
    [
        (["range", nested("rational_tanh", 18)], 2, "not proven: no real number"),
        (["range", nested("gelu", 26)], 0, "greatest,inf"),
        (["explain", nested("tanh", 30)], 0, "0.220097"),
        (["code", "1e999*z"], 0, "inf"),
    ],
)
def test_parts_that_many_share_are_read_once(actcli, words, status, what):
    found = actcli(*words)
    assert found.status == status and what in found.out + found.err


def test_rows_that_come_are_not_late(actcli, monkeypatch):
    renewed = []
    monkeypatch.setattr("actcli.shell.output.renew_limit", lambda: renewed.append(1))
    monkeypatch.setattr("actcli.shell.output.SHOWN_EACH", -1.0)
    for line in ("eval softmax 1 2 3", "table relu 1:3:1 --table", "eval relu 1:3:1 --digits 9"):
        assert actcli(*line.split()).status == 0 and len(renewed) == 3
        renewed.clear()


def test_there_is_a_limit_without_a_timer_too():
    code = (
        "import signal; del signal.setitimer; from actcli.shell import app, signals; signals.MOST_WORK = 0.2;"
    )
    code += "app.run(['stats', 'sin(exp(z))*tanh(z^3)', '--json'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60)
    assert done.stdout == b"" and b"no answer in 0.2 s" in done.stderr


def test_a_fault_in_the_first_row_draws_no_empty_table(actcli):
    found = actcli("table", "heaviside", "0", "1", "--on-error", "stop", "--table")
    assert found.status == 2 and found.out == ""


def test_fractions_are_points_of_a_drawn_table(actcli):
    assert "1/3" in actcli("table", "relu", "0:1:1/3", "--digits", "9", "--table").out


def test_a_column_with_a_name_without_end_can_be_drawn(actcli, tmp_path):
    (tmp_path / "d.csv").write_text("z," + "L" * 100_000 + "\n1,2\n2,3\n3,1\n")
    assert len(actcli("plot", "--data", tmp_path / "d.csv").out) < 10_000
    assert len(actcli("plot", "y" * 5000 + "=tanh(z)").out) < 10_000
    assert actcli("plot", "y" * 5000 + "=tanh(z)", "-o", tmp_path / "f.tex").status == 0
    assert max(map(len, (tmp_path / "f.tex").read_text().splitlines())) < 3_000
