"""The commands as they are typed: each once for success, each refusal once."""

import json
import math
import os
import re
import signal
import subprocess
import sys

import pytest

ACTCLI = [sys.executable, "-m", "actcli"]


# ---------------------------------------------------------------------------- the lecture


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        ("eval sigmoid -10 0 10", ["4.5397868702434395e-5", "0.5", "0.9999546021312976"]),
        ("deriv relu 0", ["1"]),
        ("deriv relu 0 --kink left", ["0"]),
        ("deriv relu 0 --kink mean", ["0.5"]),
        ("deriv leaky_relu 0", ["1"]),
        ("deriv leaky_relu 0 --kink left", ["0.01"]),
        ("deriv sigmoid --from-a 0.5", ["0.25"]),
        ("deriv relu --from-a 0 3", ["0", "1"]),
        ("eval leaky_relu:slope=0.2 -10", ["-2"]),
        ("eval LeakyReLU:negative_slope=0.2 -10", ["-2"]),
        ("eval sigmoid -inf inf nan", ["0", "1", "nan"]),
        ("deriv tanh inf -inf", ["0", "0"]),
        ("deriv sigmoid 40", ["4.248354255291589e-18"]),
        ("eval relu -1:1:0.5", ["0", "0", "0", "0.5", "1"]),
        ("eval relu -.5 -1e-3 -0", ["0", "0", "0"]),
        ("eval -z^2 -3", ["-9"]),
    ],
)
def test_values_and_slopes(actcli, arguments, lines):
    assert actcli(*arguments.split()).lines == lines


def test_the_lecture_is_the_table_without_arguments(actcli):
    result = actcli("table")
    assert result.lines[0] == "z,sigmoid,d_sigmoid,tanh,d_tanh,relu,d_relu,leaky_relu,d_leaky_relu"
    assert [line.split(",")[0] for line in result.lines[1:]] == ["-10", "0", "10"]
    assert result.lines[2] == "0,0.5,0.25,0,1,0,1,0,1"


def test_a_table_takes_functions_and_points_in_any_order(actcli):
    assert actcli("table", "-1:1:1", "relu", "--no-deriv", "leaky_relu:slope=0.5").lines == [
        "z,relu,leaky_relu:slope=0.5",
        "-1,0,-0.5",
        "0,0,0",
        "1,1,1",
    ]


@pytest.mark.parametrize("format", ["csv", "tsv", "json", "jsonl", "md", "plain", "table"])
def test_every_format_of_every_command_that_writes_rows(actcli, format):
    for command in (["eval", "relu", "1"], ["deriv", "relu", "1"], ["table", "relu", "1"], ["list"]):
        short, long = actcli(*command, f"--{format}"), actcli(*command, "--format", format)
        assert short.status == 0 and short.out == long.out != ""


def test_json_can_be_read(actcli):
    rows = json.loads(actcli("table", "relu", "1", "inf", "--json").out)
    assert rows == [{"z": 1, "relu": 1, "d_relu": 1}, {"z": "Infinity", "relu": "Infinity", "d_relu": 1}]


def test_a_file_is_written_whole_or_not_at_all(actcli, tmp_path):
    path = tmp_path / "out.csv"
    assert actcli("table", "relu", "1", "--csv", "-o", path).out == ""
    assert path.read_text() == "z,relu,d_relu\n1,1,1\n"
    assert actcli("deriv", "sigmoid", "--from-a", "0.1", "7", "-o", path).status == 2
    assert path.read_text() == "z,relu,d_relu\n1,1,1\n"
    assert list(tmp_path.iterdir()) == [path]


def test_info_tells_all_about_every_entry(actcli):
    for name in (line.split(",")[0] for line in actcli("list", "--csv", "--no-header").lines):
        page = actcli("info", name).out
        assert all(len(line) <= 80 for line in page.splitlines())
        of_vectors = "  dg_i/dz_j " in page  # they have no limits or kinks of one number
        of_numbers = () if of_vectors else ("g'(z)", "g' from a", "limits", "kinks")
        for title in ("g(z)", "range", "reference", *of_numbers):
            assert f"  {title}" in page


# ---------------------------------------------------------------------------- pictures


def test_a_plot_is_a_page_that_fits(actcli):
    lines = actcli("plot", "gelu").lines
    assert len(lines) == 24 and 70 < max(map(len, lines)) <= 80
    assert "gelu   " in lines[-1] and lines[-1].endswith("gelu'")
    lines = actcli("plot", "gelu", "silu", "-3:3", "--width", "40", "--height", "12", "--ascii").lines
    assert len(lines) == 12 and max(map(len, lines)) == 40 and all(line.isascii() for line in lines)


@pytest.mark.parametrize(
    ("arguments", "legend"),
    [
        ("sigmoid", "sigmoid sigmoid'"),
        ("sigmoid --no-deriv", "sigmoid"),
        ("sigmoid --deriv-only", "sigmoid'"),
        ("sigmoid tanh", "sigmoid tanh"),
        ("sigmoid tanh --deriv", "sigmoid tanh sigmoid' tanh'"),
        ("sigmoid tanh --deriv-only", "sigmoid' tanh'"),
        ("sigmoid tanh --stack", "sigmoid tanh sigmoid' (below) tanh' (below)"),
    ],
)
def test_which_curves_a_plot_has(actcli, arguments, legend):
    result = actcli("plot", *arguments.split())
    assert [word for word in result.lines[-1].split() if word.isascii()] == legend.split()


def test_tangents_and_saturation_are_told_in_the_legend(actcli):
    text = actcli("plot", "tanh", "--tangent", "0", "--tangent=-2", "--saturated", "0.01").out
    assert "tangent at z = 0: g = 0, slope 1" in text
    assert "tangent at z = -2: g = -0.964028, slope 0.0706508" in text
    assert "saturated: |tanh'| < 0.01" in text


@pytest.mark.parametrize("kind", ["svg", "html", "txt"])
def test_a_picture_is_kept_as_its_name_says(actcli, tmp_path, kind):
    path = tmp_path / f"gelu.{kind}"
    assert actcli("plot", "gelu", "-o", path).out == ""
    starts = {"svg": "<svg ", "html": "<!DOCTYPE html>", "txt": actcli("plot", "gelu").out}
    assert path.read_text().startswith(starts[kind])
    assert list(tmp_path.iterdir()) == [path]


def test_a_picture_that_fails_leaves_no_file(actcli, tmp_path):
    assert actcli("plot", "gelu", "-o", tmp_path / "gelu.gif").status == 2
    assert actcli("plot", "gelu", "--tangent", "x", "-o", tmp_path / "gelu.svg").status == 2
    assert not list(tmp_path.iterdir())


def test_a_text_is_not_coloured_unless_that_is_asked_for(actcli, tmp_path):
    actcli("plot", "relu", "-o", tmp_path / "a.txt")
    assert "\x1b" not in (tmp_path / "a.txt").read_text()
    actcli("plot", "relu", "--color", "always", "-o", tmp_path / "a.txt")
    assert "\x1b[38;5;33m" in (tmp_path / "a.txt").read_text()


def test_a_table_can_be_drawn(program):
    rows = program("table", "gelu", "-4:4:0.5", "--csv").out.encode()
    text = program("plot", "-", input=rows).out
    assert "● gelu   ○ d_gelu" in text and "-4 " in text
    over = program("plot", "gelu", "-", input=rows).out
    assert "gelu'" in over and "■ gelu   □ d_gelu" in over


def test_data_from_a_file_are_laid_over_the_truth(actcli, tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("z,kernel\n-1,-0.2\n0,0\n1,0.8\n")
    text = actcli("plot", "gelu", "--data", path).out
    assert "gelu   ○ kernel" in text and "gelu'" not in text
    assert "gelu'" in actcli("plot", "gelu", "--deriv", "--data", path).out
    path.write_bytes(b"z,kernel\n1,2\n\xff,1\n")
    assert f"{path}, line 3, column 1: '\\xff' is not text in UTF-8" in actcli("plot", "--data", path).err


def test_info_ends_with_a_picture_where_there_is_room(actcli):
    page, picture = actcli("info", "z*erf(z)").out.split("\n\n")
    assert "z ~ N(0, 1)" in page and "(z*erf(z))'" in picture
    assert len(actcli("info", "z*erf(z)").lines) <= 24


@pytest.mark.parametrize("name", ["gelu", "sigmoid", "tanh", "relu", "silu", "elu", "softplus", "hard_swish"])
def test_info_fits_a_terminal(actcli, name):
    lines = actcli("info", name).lines
    assert len(lines) <= 24 and max(map(len, lines)) <= 80


def test_info_tells_what_is_proven(actcli):
    text = actcli("info", "gelu").out
    for line in (
        "values      from -0.169971 at z = -0.751792 to inf",
        "slopes      from -0.128904 at z = -1.41421 to 1.12890 at z = 1.41421",
        "bends       z = -1.41421, 1.41421",
        "z ~ N(0, 1) mean 0.282095, std 0.587915; gain 1/std 1.70093, 1/rms 1.53353",
    ):
        assert f"  {line}\n" in text
    assert "g'(z)       sigmoid(z)*(1 - sigmoid(z))\n  computed as" in actcli("info", "sigmoid").out
    assert "bends       infinitely many\n" in actcli("info", "sin(z)").out
    assert "not decided" in actcli("info", "tan(z)").out


def test_info_as_json_has_all_of_it(actcli):
    found = json.loads(actcli("info", "leaky_relu:slope=0.2", "--json").out)
    assert found["minimum"]["value"] == "-inf" and found["zeros"] == ["0"] and found["bends"] == []
    assert found["parameters"][0]["value"] == "0.2" and found["frameworks"]["onnx"] == ["LeakyRelu"]
    assert found["kinks"][0]["left"] == "0.2" and found["gain_rms"] == pytest.approx((2 / 1.04) ** 0.5)
    assert json.loads(actcli("info", "abs(z - 1)", "-f", "json").out)["kinks"] == [
        {"z": 1.0, "jumps": False, "left": -1.0, "right": 1.0}
    ]


def test_a_list_for_people_shows_each_curve(actcli):
    rows = {
        line.split("│")[1].strip(): line for line in actcli("list", "relu6", "--table").lines if "│" in line
    }
    assert re.search("[▁▂▃▄▅▆▇█]{11}", rows["relu6"])
    assert not re.search("[▁▂▃▄▅▆▇█]", actcli("list", "relu6").out)
    framed = actcli("list", "relu6", "--framework", "pytorch", "--table").out
    assert re.search(r"│ relu6 +│ [▁▂▃▄▅▆▇█]{11} │", framed)


def test_explain_derives_the_slope(actcli):
    text = actcli("explain", "sigmoid").out
    assert "quotient rule" in text
    assert (
        """    g'(z) = 1/(1 + exp(-z))*(exp(-z)/(1 + exp(-z)))
          = 1/(1 + exp(-z))*(1 - 1/(1 + exp(-z)))
          = a*(1 - a)
"""
        in text
    )


def test_a_table_for_people_tells_of_kinks_and_calls_slopes_by_their_name(actcli):
    text = actcli("table", "relu", "sigmoid", "-10", "0", "--table", "--color", "always").out
    assert "relu'" in text and "d_relu" not in text and "1*" in text
    assert "* relu has a kink at z = 0: slope 0 on the left, 1 on the right" in text
    assert "\x1b[2m4.53958e-5" in text
    again = actcli("table", "stair", "1", "2", "2.5", "3", "--table").out
    assert again.count("* stair has a kink at z = ") == 3
    formula = actcli("table", "abs(z-1)", "0", "1", "--no-deriv", "--table").out
    assert "0*" in formula and "abs(z-1) has a kink at z = 1: slope -1 on the left" in formula
    jump = actcli("table", "heaviside", "0", "1", "--no-deriv", "--table").out
    assert "* heaviside jumps at z = 0, where it has no slope" in jump
    ends = actcli("table", "log(z)", "-2", "0", "--table").out
    assert "kink" not in ends and "jumps" not in ends


# ---------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("eval sigmod 0", "there is no activation called 'sigmod'; did you mean sigmoid"),
        ("eval sigmoid 1,5", "'1,5' is not a number: write 1.5, or two points: 1 5"),
        ("eval sigmoid 1e400", "'1e400' is too large for a float64"),
        ("eval sigmoid abc", "'abc' is not a number"),
        ("eval sigmoid 3:1", "'3:1' is empty"),
        ("eval sigmoid 0:1:0", "must not be 0"),
        ("eval sigmoid 0:1:-1", "is empty"),
        ("eval sigmoid 0:1:1e-8", "at most 10,000,000"),
        ("eval sigmoid 0 --formt csv", "there is no --formt; did you mean --format?"),
        ("eval sigmoid 0 -q", "there is no -q;"),
        ("eval sigmoid 0 --format cvs", "--format cvs: write one of table, plain"),
        ("eval sigmoid 0 --csv --json", "csv and json: only one format"),
        ("eval sigmoid 0 -o", "-o needs a value"),
        ("eval leaky_relu:slope=x 0", "slope=x: 'x' is not a number"),
        ("eval leaky_relu:slop=1 0", "did you mean slope?"),
        ("eval leaky_relu:slope 0", "write it as NAME=NUMBER"),
        ("eval celu:alpha=0 0", "celu takes alpha in (-inf, 0) or (0, inf]"),
        ("eval celu(z,alpha=0) 0", "celu takes alpha in (-inf, 0) or (0, inf]"),
        ("eval sigmoid:slope=1 0", "sigmoid has no parameters"),
        ("deriv tanh --from-a 2", "tanh takes values between -1 and 1"),
        ("deriv relu 0 --kink up", "--kink up: write one of right, left, mean, pytorch"),
        ("table --color blue", "--color blue: write auto, always or never"),
        ("eval sigmoid - 1", "no other points"),
        ("plot", "plot needs a FUNCTION"),
        ("plot -3:3", "plot needs a FUNCTION"),
        ("plot relu -3:3 0:1", "-3:3 and 0:1: a plot has one range LO:HI"),
        ("plot relu 3:-3", "'3:-3' is empty"),
        ("plot relu --tangent inf", "--tangent inf: write a finite number"),
        ("plot relu --saturated 0,1", "'0,1' is not a number"),
        ("plot relu --deriv-only --stack", "--deriv-only leaves out g"),
        ("plot relu --deriv-only --tangent 0", "--deriv-only leaves out g"),
        ("plot relu -o relu.gif", "a picture is kept as .svg, .png, .pdf"),
        ("plot - --data mine.csv", "the data come from one place"),
        ("evl sigmoid 0", "there is no command 'evl'; did you mean eval"),
        ("eval", "eval needs a FUNCTION"),
        ("info 1,5", "','"),
        ("eval relu 1 --digits 0", "--digits 0: from 1 to 10,000"),
        ("eval relu 1 --digits 10001", "--digits 10001: from 1 to 10,000"),
        ("deriv relu 1 --order 0", "--order 0: from 1 to 100"),
        ("deriv relu 1 --order 101", "--order 101: from 1 to 100"),
        ("deriv tanh 0.5 --from-a --order 2", "--from-a gives the first derivative only"),
        ("deriv relu 0 --kink mean --digits 20", "the mean has no proven digits; ask for left and right"),
        ("eval relu 1 --dtype float12", "--dtype float12: write one of float64, float32"),
        ("eval relu 1 --on-error x", "--on-error x: write one of stop, nan, skip, empty"),
        ("eval relu --column a --delimiter xx", "--delimiter 'xx': write one character"),
        ("eval relu --column a --format json", "so it cannot write json"),
        ("eval relu 1 --column a", "--column is for CSV in a FILE or a pipe"),
        ("eval relu 1 --name a", "--name is for CSV in a FILE or a pipe"),
        ("eval relu --column a --name b --name c", "2 --name for 1 new columns"),
        ("eval z*2:q=1 0", "'z*2:q=1' has no parameter called 'q'"),
        ("plot relu --width 1001", "--width 1001: from 1 to 1,000"),
        ("plot relu --height 1000000", "--height 1000000: from 1 to 1,000"),
        ("list --framework caffe", "no framework called 'caffe' is known: coreml"),
        ("plot relu --ylim 1", "'1' is not a --ylim: write LO:HI"),
        (f"eval relu {'x' * 90}", f"'{'x' * 37}...' is not a number"),
    ],
)
def test_a_wrong_input_is_told_in_one_line(actcli, arguments, sentence):
    result = actcli(*arguments.split())
    assert result.status == 2 and result.out == ""
    first, *rest = result.err.splitlines()
    assert first.startswith("actcli: ") and sentence in first
    assert len(rest) in (0, 2), "one line, or one with the formula and a caret below"


# ---------------------------------------------------------------------------- streams and pipes


def test_standard_input_is_answered_line_by_line(program):
    result = program("eval", "relu", input=b"-1\n\n# a comment\r\n 2.5 \n3")
    assert result.lines == ["0", "", "# a comment", "2.5", "3"]


def test_a_bad_line_is_named_after_the_answers_before_it(program):
    result = program("eval", "relu", input=b"1\n2\n1,5\n4\n")
    assert (result.status, result.lines) == (2, ["1", "2"])
    assert "standard input, line 3: '1,5' is not a number" in result.err


def test_a_table_of_standard_input(program):
    result = program("table", "relu", "-", input=b"1\n# c\n-2\n")
    assert result.out == "z,relu,d_relu\n1,1,1\n-2,0,0\n"


def test_a_slow_producer_sees_each_answer_at_once():
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"}
    with subprocess.Popen([*ACTCLI, "eval", "relu"], stdin=-1, stdout=-1, env=environment) as process:
        for line in (b"1\n", b"2\n"):
            process.stdin.write(line)
            process.stdin.flush()
            assert process.stdout.readline() == line
        process.stdin.close()
        assert process.wait(10) == 0


@pytest.mark.parametrize("command", [["eval", "relu", "0:1000000:1"], ["table", "relu", "0:1000000:1"]])
def test_a_closed_pipe_ends_it_quietly(command):
    with subprocess.Popen([*ACTCLI, *command], stdout=-1, stderr=-1) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) in (141, -signal.SIGPIPE)


@pytest.mark.skipif(
    signal.getsignal(signal.SIGINT) == signal.SIG_IGN, reason="a background job has no Ctrl-C"
)
def test_ctrl_c_ends_it_quietly():
    with subprocess.Popen([*ACTCLI, "eval", "relu"], stdin=-1, stdout=-1, stderr=-1) as process:
        process.stdin.write(b"1\n")
        process.stdin.flush()
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(10) in (130, -signal.SIGINT)
        assert process.stderr.read() == b""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
@pytest.mark.parametrize("command", [["eval", "relu", "0"], ["table", "--table"], ["list"], ["info", "relu"]])
def test_a_full_disk_is_an_error(command):
    with open("/dev/full", "wb") as full:
        done = subprocess.run([*ACTCLI, *command], stdout=full, stderr=-1)
    assert done.returncode == 1
    assert done.stderr == b"actcli: input or output failed: No space left on device\n"


@pytest.mark.parametrize(("closing", "word"), [(">&-", "output"), ("<&-", "input")])
def test_a_closed_stream_is_an_error(closing, word):
    done = subprocess.run(
        f"{sys.executable} -m actcli eval relu {closing}", shell=True, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert f"standard {word} is closed" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "setting", [{"LC_ALL": "C"}, {"COLUMNS": "20"}, {"LANG": "de_DE.UTF-8"}, {"TERM": "dumb"}]
)
def test_output_in_a_pipe_is_the_same_everywhere(program, setting):
    for command in (["table"], ["eval", "sigmoid", "0.1"], ["list"], ["table", "--table"]):
        assert program(*command, env={**os.environ, **setting}).out == program(*command).out


def test_a_table_falls_back_to_ascii(program):
    assert program("table", "--table", env={**os.environ, "PYTHONIOENCODING": "ascii"}).out.isascii()


def test_no_points_on_a_terminal_is_refused_not_waited_for():
    pty = pytest.importorskip("pty")
    master, terminal = pty.openpty()
    done = subprocess.run(
        [*ACTCLI, "eval", "relu"], stdin=terminal, capture_output=True, text=True, timeout=20
    )
    os.close(terminal)
    os.close(master)
    assert done.returncode == 2 and "no points were given" in done.stderr


def test_a_terminal_gets_a_table():
    pty = pytest.importorskip("pty")
    master, terminal = pty.openpty()
    done = subprocess.run(
        [*ACTCLI, "table", "relu"], stdin=-3, stdout=terminal, stderr=-1, env={**os.environ, "NO_COLOR": "1"}
    )
    os.close(terminal)
    shown = os.read(master, 10_000).decode()
    os.close(master)
    assert done.returncode == 0 and "\u256d" in shown and "relu'" in shown


def test_help_is_the_same_with_and_without_arguments(actcli):
    assert actcli("--help").out == actcli("-h").out and len(actcli().lines) <= 24
    assert actcli("--version").out.startswith("actcli ")
    for command in ("eval", "deriv", "table", "plot", "list", "info", "explain"):
        page = actcli(command, "--help").out
        assert f"actcli {command}" in page and all(len(line) <= 80 for line in page.splitlines())


def test_nan_is_answered_with_nan(actcli):
    assert all(math.isnan(float(line)) for c in ("eval", "deriv") for line in actcli(c, "relu", "nan").lines)


def test_higher_derivatives_go_everywhere_that_slopes_go(actcli, program):
    one = [actcli("deriv", "sigmoid", z, "--order", 2).out for z in ("1", "2", "3")]
    assert actcli("deriv", "sigmoid", "1:3:1", "--order", 2).out == "".join(one)
    assert program("deriv", "sigmoid", "--order", 2, input=b"1\n2\n3\n").out == "".join(one)
    many = actcli("deriv", "sigmoid", "1:3:0.005", "--order", 2).lines
    assert [many[0], many[200], many[400]] == [text.strip() for text in one]
    columns = program("deriv", "sigmoid", "--order", 2, "--column", "z", input=b"z,a\n1,x\n").lines
    assert columns == ["z,a,d2_sigmoid", f"1,x,{one[0].strip()}"]


# ---------------------------------------------------------------------------- colours, letters and ends


@pytest.mark.parametrize(
    ("variables", "coloured"),
    [
        ({}, False),
        ({"NO_COLOR": "1"}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ({"NO_COLOR": "", "FORCE_COLOR": "1"}, True),
    ],
)
def test_no_color_goes_before_force_color(actcli, monkeypatch, variables, coloured):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in actcli("plot", "relu").out) is coloured


def test_a_table_in_a_file_has_all_letters_whatever_the_terminal_can_show(program, tmp_path):
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    kept = tmp_path / "relu.txt"
    assert program("table", "relu", "0", "--table", "-o", kept, env=environment).status == 0
    assert "╭" in kept.read_text()
    assert "╭" not in program("table", "relu", "0", "--table", env=environment).out


def test_a_table_in_a_file_is_eighty_columns_wide(actcli, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "50")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    functions = ["sigmoid", "tanh", "relu", "gelu", "mish"]
    kept = tmp_path / "five.txt"
    actcli("table", *functions, "-10", "--table", "--color", "never", "-o", kept)
    assert 60 < max(map(len, kept.read_text().splitlines())) <= 80
    assert 30 < max(map(len, actcli("table", *functions, "-10", "--table", "--color", "never").lines)) <= 50


@pytest.mark.parametrize(("a", "refused"), [("-1", 0), ("1", 0), ("-1.5", 2), ("1.5", 2)])
def test_the_domain_of_a_value_has_two_ends(actcli, program, a, refused):
    assert actcli("deriv", "tanh", "--from-a", a).status == refused
    piped = program("deriv", "tanh", "--from-a", input=f"{a}\n".encode())
    assert piped.status == refused
    assert ("tanh takes values between -1 and 1" in piped.err) is bool(refused)


# ---------------------------------------------------------------------------- points without an answer


def test_a_point_without_an_answer_costs_no_other_its_own(actcli, program):
    """One rule: nan in the row and a note why; an error where one point alone was asked."""
    several = actcli("deriv", "heaviside", "-1", "0", "1")
    assert (several.status, several.lines) == (0, ["0", "nan", "0"])
    assert "1 point has no answer, nan is written: " in several.err and "the value jumps" in several.err
    assert program("deriv", "heaviside", input=b"-1\n0\n1\n").lines == several.lines
    long = actcli("deriv", "heaviside", "-1:1:0.001")
    assert long.lines.count("nan") == 1 and "1 point has no answer" in long.err
    table = actcli("table", "tanh(sin(z))", "1", "inf", "2")
    assert table.lines[2] == "inf,nan,nan" and "2 points have no answer" in table.err
    alone = actcli("deriv", "heaviside", "0")
    assert (alone.status, alone.out) == (2, "") and "the value jumps" in alone.err


def test_a_nan_that_is_the_answer_needs_no_note(actcli):
    result = actcli("eval", "log(z)", "-1", "1", "nan")
    assert (result.lines, result.err) == (["nan", "0", "nan"], "")


def test_a_file_that_is_missing_is_told_by_its_name(program):
    assert program("plot", "relu", "--data", "nofile.csv").err == (
        "actcli: nofile.csv: there is no such file\n"
    )


@pytest.mark.parametrize(
    "arguments", [["eval", "relu\x1b[31m", "1"], ["eval", "relu", "1", "-o", "a\x1b[31m/b"]]
)
def test_no_message_moves_the_terminal(program, arguments):
    result = program(*arguments)
    assert result.status and result.err.startswith("actcli: ") and "\x1b" not in result.err


def test_a_header_that_moves_the_terminal_is_told_tamed(program):
    told = program("eval", "relu", "--column", "z", input=b"a\x1b]0;pwn\x07,b\n1,2\n")
    assert told.status == 2 and "there is no column 'z': the header has a?]0;pwn?" in told.err
