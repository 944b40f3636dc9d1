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
