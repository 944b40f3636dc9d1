"""Points without an answer in pipes and columns: they cost no other its own, and are told."""

import subprocess
import sys

import pytest

INPUT = b"-1\n0\n1\n"


@pytest.mark.parametrize(
    ("options", "status", "out", "told"),
    [
        ("", 0, "0\nnan\n0\n", "1 point has no answer, nan is written: the slope of"),
        ("--on-error nan", 0, "0\nnan\n0\n", "1 point has no answer, nan is written"),
        ("--on-error skip", 0, "0\n0\n", "1 point has no answer, skipped"),
        ("--on-error empty", 0, "0\n\n0\n", "1 point has no answer, left empty"),
        ("--on-error stop", 2, "0\n", "standard input, line 2: the slope of"),
    ],
)
def test_lines_without_an_answer(program, options, status, out, told):
    result = program("deriv", "heaviside", *options.split(), input=INPUT)
    assert (result.status, result.out) == (status, out) and told in result.err


@pytest.mark.parametrize(
    ("options", "status", "out"),
    [
        ("", 0, "a,z,g\n1,-1,0\n2,0,nan\n3,1,0\n"),
        ("--on-error skip", 0, "a,z,g\n1,-1,0\n3,1,0\n"),
        ("--on-error empty", 0, "a,z,g\n1,-1,0\n2,0,\n3,1,0\n"),
        ("--on-error stop", 2, "a,z,g\n1,-1,0\n"),
    ],
)
def test_columns_without_an_answer(program, options, status, out):
    arguments = ("deriv", "heaviside", "--column", "z", "--name", "g", *options.split())
    result = program(*arguments, input=b"a,z\n1,-1\n2,0\n3,1\n")
    assert (result.status, result.out) == (status, out)
    assert "line 3, column 'z'" in result.err if status else "no answer" in result.err


def test_a_true_nan_is_no_missing_answer(program):
    result = program("eval", "log(z)", "--on-error", "empty", input=b"-1\n1\n")
    assert (result.out, result.err) == ("nan\n0\n", "")


def test_an_empty_cell_of_json_is_null(program):
    result = program("deriv", "heaviside", "--on-error", "empty", "--jsonl", input=b"0\n1\n")
    assert result.lines == ['{"z": 0, "d_heaviside": null}', '{"z": 1, "d_heaviside": 0}']


def test_workers_tell_of_points_without_an_answer(program):
    rows = b"".join(b"%d\n" % (i % 1000) for i in range(200_000))
    result = program("deriv", "heaviside", input=rows)
    assert result.out.count("nan\n") == 200
    assert "200 points have no answer" in result.err


def test_short_rows_are_padded(program):
    data = b"a,z,c\n1\n1,2,3\n"
    assert program("eval", "relu", "--column", "z", "--on-error", "nan", input=data).out == (
        "a,z,c,relu\n1,,,nan\n1,2,3,2\n"
    )
    assert program("eval", "relu", "--column", "z", "--on-error", "empty", input=data).out == (
        "a,z,c,relu\n1,,,\n1,2,3,2\n"
    )
    assert "line 2: too few fields" in program("eval", "relu", "--column", "z", input=data).err


def test_names_that_come_twice_are_told_apart(actcli):
    assert actcli("eval", "z", "1", "--jsonl").lines == ['{"z": 1, "z_2": 1}']
    assert actcli("table", "relu", "relu", "1", "--csv").lines[0] == "z,relu,d_relu,relu_2,d_relu_2"


def test_where_no_process_can_be_forked_one_does_the_work():
    """The limit of processes is that of the whole user, so the fork itself is made to fail."""
    code = (
        "import os, sys\n"
        "def fork(): raise BlockingIOError(11, 'no process')\n"
        "os.fork = fork\n"
        "os.sched_getaffinity = lambda _: {0, 1, 2, 3}\n"
        "from actcli.shell.app import run\n"
        "sys.exit(run(['eval', 'sigmoid']))"
    )
    data = "".join(f"{k / 1000}\n" for k in range(400_000)).encode()
    done = subprocess.run([sys.executable, "-c", code], input=data, capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
    assert (
        done.stdout
        == subprocess.run(
            [sys.executable, "-m", "actcli", "eval", "sigmoid"], input=data, capture_output=True, timeout=60
        ).stdout
    )


JUMP = "deriv heaviside"


@pytest.mark.parametrize(
    ("policy", "rows", "status"),
    [
        ("nan", ["0", "nan", "0"], 0),
        ("skip", ["0", "0"], 0),
        ("empty", ["0", "", "0"], 0),
        ("stop", ["0"], 2),
    ],
)
@pytest.mark.parametrize("digits", [[], ["--digits", "3"]])
def test_points_that_are_typed_and_digits_in_a_pipe_obey_the_policy(program, policy, rows, status, digits):
    asked = [*JUMP.split(), *digits, "--on-error", policy]
    for more, lines in (([-1, 0, 1], b""), ([], b"-1\n0\n1\n")):
        result = program(*asked, *more, input=lines)
        assert (result.lines, result.status) == (rows, status)
        assert ("line 2: " in result.err) == (status == 2 and not more)
        assert "does not exist" in result.err


def test_a_point_alone_obeys_it_too(actcli):
    assert actcli(*JUMP.split(), 0, "--on-error", "nan").out == "nan\n"
    assert actcli(*JUMP.split(), 0).status == 2
    found = actcli(*JUMP.split(), -1, 0, "--on-error", "empty", "--json").out
    assert found.endswith('"d_heaviside": null}\n]\n')


def test_bad_numbers_among_digits_obey_the_policy(program):
    run = ["eval", "relu", "--digits", "2", "--csv", "--no-header", "--on-error"]
    for policy, rows in (("nan", ["1,1.0", "nan,nan"]), ("skip", ["1,1.0"]), ("empty", ["1,1.0", ","])):
        result = program(*run, policy, input=b"1\rx\r")
        assert result.lines == rows and "1 bad number" in result.err
