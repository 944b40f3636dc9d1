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
