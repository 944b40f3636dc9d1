"""Functions of vectors at the shell."""

import pytest

SOFTMAX = ["0.09003057317038046", "0.24472847105479764", "0.6652409557748219"]


def test_the_entries_of_a_vector_are_answered(actcli):
    assert actcli("eval", "softmax", 1, 2, 3).lines == SOFTMAX
    assert actcli("eval", "exp(z)/sum(exp(z))", "1:3:1").lines == SOFTMAX
    assert actcli("eval", "nn.LogSoftmax", 0, 0).lines == ["-0.6931471805599453"] * 2
    assert actcli("eval", "logsumexp", 0, 0).lines == ["0.6931471805599453"]
    assert (
        actcli("eval", "softmax:T=0.5", 0, "-inf", "--json").out
        == '[\n{"softmax:T=0.5": 1},\n{"softmax:T=0.5": 0}\n]\n'
    )


def test_the_jacobian_is_printed_row_by_row(actcli):
    assert actcli("deriv", "softmax", 0, 0).lines == ["0.25 -0.25", "-0.25 0.25"]
    assert actcli("deriv", "softmax", 0, 0, "--csv").lines[0] == "d_softmax_1,d_softmax_2"
    assert actcli("deriv", "crelu", 1, -2).lines == ["1 0", "0 0", "0 0", "0 -1"]
    assert actcli("deriv", "softmax", 0, 0, "--vjp", "1,0").lines == ["0.25", "-0.25"]
    assert actcli("deriv", "glu", 1, 0, "--jvp", "1 2").lines == ["1"]
    assert actcli("deriv", "maxout", 1, 1, "--kink", "left").lines == ["0 0"]


def test_numbers_are_as_the_options_ask(actcli):
    digits = actcli("eval", "softmax", "1/3", 2, "--digits", 30).lines
    assert digits == ["0.158869104880915151375033486023", "0.841130895119084848624966513977"]
    assert actcli("eval", "softmax", 1, 2, "--dtype", "bfloat16", "--bits").lines == ["0x3e8a", "0x3f3b"]
    assert actcli("eval", "softmax", 1, "nan").lines == ["nan", "nan"]


def test_a_jump_has_no_slope(actcli):
    done = actcli("deriv", "hardmax", 1, 1)
    assert done.lines == ["0 nan", "0 nan"] and "2 points have no answer" in done.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("eval glu 1 2 3", "a vector of 3 entries has no halves"),
        ("eval z+first(z) 1 2", "vectors of 1 and 2 entries meet"),
        ("eval simplex(z,3) 1 2", "the powers p = 1 and p = 2 only"),
        ("deriv softmax 1 2 --vjp 1,2,3", "--vjp 1,2,3: 3 entries, where 2 are needed"),
        ("deriv softmax 1 2 --vjp 1,x", "'x'"),
        ("deriv softmax 1 2 --vjp 1,0 --jvp 1,0", "ask for one of them"),
        ("deriv softmax 1 2 --order 2", "no --order"),
        ("deriv relu 1 --vjp 1", "relu is one of numbers"),
        ("range softmax", "softmax is a function of a vector, not of one number"),
        ("eval sum(z 1 2", "never closed"),
        ("eval sum(z,2) 1 2", "sum takes 1 argument, not 2"),
        ("eval z-mean 1", "'mean' has no value"),
        ("eval softmax:T=0 1 2", "softmax takes temperature in (0, inf)"),
        ("eval softmax 1:2000:1", "1,000 entries at most"),
    ],
)
def test_what_does_not_fit_is_told(actcli, words, told):
    done = actcli(*words.split())
    assert done.status == 2 and told in done.err and not done.out


# ---------------------------------------------------------------------------- standard input


def test_a_vector_a_line_and_what_stands_between(program):
    done = program("eval", "softmax", input=b"1 2 3\n0,0\n\n# c\n0\t0 0,0\n")
    assert done.lines == [" ".join(SOFTMAX), "0.5 0.5", "", "# c", "0.25 0.25 0.25 0.25"]
    assert program("eval", "softmax", "-", "--csv", input=b"0 0\r\n1 1").lines == ["0.5,0.5"] * 2
    assert program("deriv", "softmax", input=b"0 0\n").lines == ["0.25 -0.25 -0.25 0.25"]
    assert program("deriv", "softmax", "--vjp", "1,0", input=b"0 0\n").lines == ["0.25 -0.25"]
    bits = program("eval", "softmax", "--dtype", "bfloat16", "--bits", input=b"0x3f80 0x4000\n")
    assert bits.lines == ["0x3e8a 0x3f3b"]


@pytest.mark.parametrize(
    ("policy", "second", "told"),
    [("nan", "nan nan", "answered with nan"), ("empty", " ", "left empty"), ("skip", None, "skipped")],
)
def test_a_bad_vector_is_told_like_any_other(program, policy, second, told):
    done = program("eval", "softmax", "--on-error", policy, input=b"0 0\n1 x\n0 0\n")
    assert done.lines == ["0.5 0.5", *([second] if second is not None else []), "0.5 0.5"]
    assert f"1 bad number {told}" in done.err


def test_a_bad_vector_stops(program):
    done = program("eval", "softmax", input=b"0 0\n1 x\n0 0\n")
    assert done.status == 2 and done.lines == ["0.5 0.5"] and "line 2: 'x' is not a number" in done.err
    assert "line 2: a vector of 1 entries" in program("eval", "glu", input=b"1 2\n3\n").err
    stopped = program("deriv", "hardmax", "--on-error", "stop", input=b"1 1\n")
    assert stopped.status == 2 and "line 1: " in stopped.err
    assert "1 point has no answer" in program("deriv", "hardmax", input=b"1 1\n").err


TABLE = b'id,a,b,c\n7,1,2,3\n8,"0",,0\n'


def test_columns_are_a_vector(program):
    done = program("eval", "softmax", "--columns", "a,c", input=TABLE)
    assert done.lines[0] == "id,a,b,c,softmax_a,softmax_c" and done.lines[2] == '8,"0",,0,0.5,0.5'
    done = program("deriv", "logsumexp", "--columns", "a,c", input=TABLE)
    assert done.lines[0] == "id,a,b,c,d_logsumexp_a,d_logsumexp_c" and done.lines[2].endswith(",0.5,0.5")
    assert program("eval", "maxout", "--columns", "1,4", input=TABLE).lines[1] == "7,1,2,3,7"
    done = program("eval", "softmax", "--columns", "a,b", input=TABLE)
    assert done.status == 2 and "line 3, column 'a,b': '' is not a number" in done.err
    skipped = program("eval", "softmax", "--columns", "a,b", "--on-error", "skip", input=TABLE)
    assert len(skipped.lines) == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("eval softmax --columns a,d", "no column 'd'"),
        ("eval relu --columns a,b", "--columns is for functions of vectors"),
        ("eval softmax --column a", "named together, as in --columns a,b,c"),
        ("eval softmax --json", "plain, csv, tsv, not json"),
        ("eval softmax --digits 9", "--digits takes a vector on the command line"),
        ("eval softmax 1 2 --columns a", "--columns is for CSV in a FILE or a pipe"),
        ("eval glu --columns a,b,c", "no halves"),
        ("deriv softmax --vjp 1,2,3 --columns a,b", "3 entries, where 2 are needed"),
        ("eval softmax --fixed Q3.12:Q0.15 1", "a function of a vector"),
    ],
)
def test_what_does_not_fit_a_stream_is_told(program, words, told):
    done = program(*words.split(), input=TABLE)
    assert done.status == 2 and told in done.err


def test_info_tells_the_jacobian_and_nothing_of_one_number(actcli):
    page = actcli("info", "maxout").out
    assert "dg_i/dz_j   1 for the largest entry, else 0" in page and "share 1 evenly" in page
    assert "kinks  " not in page and "limits" not in page
    assert "along v     v*sum(z) + sum(v)*z" in actcli("info", "z*sum(z)").out


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ("softmax 1 inf", "0 1"),
        ("softmax inf inf", "nan nan"),
        ("softmax 1 -inf -inf", "1 0 0"),
        ("log_softmax 1 inf", "-inf 0"),
        ("rms_norm 1 inf", "0 1.4142135623730951"),
        ("exp(z)/(sum(exp(z))+pi) inf inf", "nan nan"),
    ],
)
def test_an_infinite_entry_is_a_limit_and_two_may_be_none(actcli, words, values):
    assert actcli("eval", *words.split()).lines == values.split()


def test_a_table_has_the_jacobian_beside_the_vector(actcli):
    done = actcli("table", "softmax", 0, 0)
    assert done.lines == ["z,softmax,d_softmax_1,d_softmax_2", "0,0.5,0.25,-0.25", "0,0.5,-0.25,0.25"]
    assert actcli("table", "logsumexp", 0, 0).lines[1:] == ["0.6931471805599453,0.5,0.5"]
    assert actcli("table", "softmax", "sparsemax", 0, 3, "--no-deriv", "--digits", 3).lines[1:] == [
        "0,0.0474,0",
        "3.00,0.953,1.00",
    ]
    assert "takes these alone" in actcli("table", "softmax", "relu", 1).err
    assert "equally many" in actcli("table", "softmax", "logsumexp", 1, 2).err


def test_explain_derives_softmax_as_a_lecturer_does(actcli):
    page = actcli("explain", "softmax", 0, 1).out
    parts = [
        "dp_i/dz_i = (exp(z_i)*S - exp(z_i)*exp(z_i))/S^2",
        "= p_i*(1 - p_i)",
        "dp_i/dz_j = (0*S - exp(z_i)*exp(z_j))/S^2",
        "= -p_i*p_j",
        "dg_i/dz_j = p_i*(delta_ij - p_j)",
        "= p_j - y_j",
        "g(z) = (0.268941, 0.731059)",
        " 0.196612  -0.196612",
        "p - y = (0.268941, -0.268941) for y = (0, 1)",
    ]
    places = [page.index(part) for part in parts]
    assert places == sorted(places)
    assert "= p_i*(1 - p_i)/T" in actcli("explain", "softmax:T=2").out
    assert "= p_i*p_j" in actcli("explain", "softmin", 1, 2).out
    assert actcli("explain", "z/sum(exp(z))", 1, 2, "-f", "md").out.startswith("# z/sum(exp(z))")


def test_info_tells_a_program_about_a_function_of_vectors(actcli):
    import json

    told = json.loads(actcli("info", "softmax:T=2", "-f", "json").out)
    assert told["of"] == "vectors" and told["jacobian"].startswith("p_i*(delta_ij - p_j)")
    assert told["parameters"][0]["value"] == "2" and "Softmax" in told["frameworks"]["onnx"]
    assert told["formula"] == "exp(z/2)/sum(exp(z/2))" and told["kinks"] == []
    assert json.loads(actcli("info", "z/sum(z)", "-f", "json").out)["of"] == "vectors"


def test_a_vector_is_drawn_as_bars_and_a_moving_entry_as_curves(actcli):
    bars = actcli("plot", "softmax", 1, 2, 3, "--width", 70, "--height", 14).lines
    heights = [
        min(i for i, line in enumerate(bars) if "\u2800" < line[at : at + 1] <= "\u28ff")
        for at in (12, 32, 52)
    ]
    assert heights == sorted(heights, reverse=True) and len(set(heights)) == 3
    curves = actcli("plot", "softmax", "z", 1, 2, "-4:6", "--width", 70).out
    assert all(f"softmax_{i}" in curves for i in (1, 2, 3)) and "-4" in curves
    assert "logsumexp'" in actcli("plot", "logsumexp", "z", 0).out
    assert "bars are the values" in actcli("plot", "softmax", 1, 2, "--tangent", 0).err
    assert "needs their entries" in actcli("plot", "softmax").err
    assert "needs their entries" in actcli("plot", "softmax", "z").err


@pytest.mark.parametrize(
    ("policy", "status", "rows", "told"),
    [
        ("stop", 2, [], "does not exist"),
        ("nan", 0, ["0,nan", "0,nan"], "nan is written"),
        ("skip", 0, [], "skipped"),
        ("empty", 0, ["0,", "0,"], "left empty"),
    ],
)
def test_a_typed_vector_without_an_answer_obeys_on_error(actcli, policy, status, rows, told):
    for words, first in ((["deriv"], 0), (["table"], 2)):
        found = actcli(*words, "hardmax", "1", "1", "--csv", "--on-error", policy)
        assert found.status == status and told in found.err
        assert [",".join(line.split(",")[first:]) for line in found.lines[1:]] == rows
