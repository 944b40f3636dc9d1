"""Families and labels: one argument that means several functions, or a function by a name of one's own."""

import pytest


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("elu:alpha=0.5,1,2", ["elu:alpha=0.5", "elu:alpha=1", "elu:alpha=2"]),
        ("elu:alpha=0:1:0.25", [f"elu:alpha={a}" for a in ("0", "0.25", "0.5", "0.75", "1")]),
        ("elu:alpha=0:1:0.5,3", [f"elu:alpha={a}" for a in ("0", "0.5", "1", "3")]),
        ("z*sigmoid(b*z):b=1,2", ["z*sigmoid(b*z):b=1", "z*sigmoid(b*z):b=2"]),
        ("mine=z*erf(softplus(z))", ["mine"]),
        ("mine=elu:alpha=1,2", ["mine:alpha=1", "mine:alpha=2"]),
        ("hard_tanh:min=-2,-1:max=1,2", [f"hard_tanh:min={a}:max={b}" for a in (-2, -1) for b in (1, 2)]),
    ],
)
def test_an_argument_may_be_several_functions(actcli, text, labels):
    assert actcli("table", text, "1", "--csv", "--no-deriv").lines[0] == ",".join(["z", *labels])
    assert [
        line.split(",")[0] for line in actcli("stats", text, "--csv", "--digits", "4").lines[1:]
    ] == labels
    drawn = actcli("plot", text, "--width", "120", "--height", "30").out
    assert all(label in drawn for label in labels)


def test_each_is_the_function_that_it_says(actcli):
    alone = [actcli("eval", f"elu:alpha={a}", "-1").lines[0] for a in ("0.5", "2")]
    assert actcli("table", "elu:alpha=0.5,2", "-1", "--csv", "--no-deriv").lines[1] == ",".join(
        ["-1", *alone]
    )
    assert actcli("deriv", "mine=z^2", "3", "--csv").lines == ["z,d_mine", "3,6"]
    assert "mine'" in actcli("plot", "mine=z^2").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("eval elu:alpha=1,2 1", "elu:alpha=1,2 are 2 functions: table, plot and stats take several"),
        ("plot elu:alpha=0:1:0.001", "1,001 values"),
        ("plot elu:alpha=1,x", "alpha=x"),
        ("plot elu:alpha=0:1", "'1' in 'elu:alpha=0:1' is no parameter"),
        ("eval z=2 1", "may stand only after a parameter's name"),
        ("table mine=", "="),
    ],
)
def test_what_is_no_family_is_refused(actcli, words, said):
    found = actcli(*words.split())
    assert found.status == 2 and said in found.err


def test_a_comparison_is_no_label(actcli):
    assert actcli("eval", "where(z==1,2,3)", "1").out == "2\n"
