"""solve: every z with g(z) = a, against mpmath and against g itself; what is not proven is refused."""

import json
from fractions import Fraction

import numpy as np
import pytest
from functions import every_entry
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf

import actcli as package
from actcli.catalog import function
from actcli.errors import NoAnswerError
from actcli.numerics.exact import nearest
from actcli.shape.inverse import Inverse, solution_text
from actcli.shape.inverses import inverse_array


def solutions(text, a, digits=None):
    inverse = Inverse(function(text).formula)
    return [solution_text(z, digits) for z in inverse.solutions(Fraction(a), digits)]


@pytest.mark.parametrize(
    ("name", "a", "found"),
    [
        ("sigmoid", "0.5", ["0"]),
        ("sigmoid", "1", []),
        ("sigmoid", "1.2", []),
        ("tanh", "1e-300", ["1e-300"]),
        ("softplus", "1e-300", ["-690.7755278982137"]),
        ("silu", "-0.3", []),
        ("hard_swish", "-0.375", ["-1.5"]),
        ("mish", "0", ["0"]),
        ("relu", "0", ["-inf..0"]),
        ("relu", "-1", []),
        ("relu6", "6", ["6..inf"]),
        ("leaky_relu", "-0.05", ["-5"]),
        ("stair", "1", ["2..3"]),
        ("identity", "1e300", ["1e300"]),
        ("z^2", "4", ["-2", "2"]),
        ("abs(z)", "0", ["0"]),
        ("where(z >= 1, 5, z)", "5", ["1..inf"]),
        ("where(z > 1, 5, z)", "1", ["1"]),
        ("where(z >= 1, z + 1, z)", "1.5", []),
        ("tanh(z) + where(abs(z - 0.30001) < 0.000001, 1, 0)", "1.2913217", ["0.30001"]),
    ],
)
def test_known_solutions(name, a, found):
    texts = solutions(name, a)
    assert len(texts) == len(found)
    for text, expected in zip(texts, found, strict=True):
        assert text == expected or abs(float(text) - float(expected)) < 2e-6


@pytest.mark.parametrize(
    ("name", "a"), [("gelu", "-0.1"), ("silu", "-0.2"), ("logcosh", "1"), ("mish", "-0.3")]
)
def test_digits_are_those_of_mpmath(name, a):
    plain = {
        "gelu": lambda z: z * mp.ncdf(z),
        "silu": lambda z: z / (1 + mp.exp(-z)),
        "logcosh": lambda z: mp.log(mp.cosh(z)),
        "mish": lambda z: z * mp.tanh(mp.log1p(mp.exp(z))),
    }[name]
    with mp.workdps(60):
        for text in solutions(name, a, 40):
            root = mp.findroot(lambda z: plain(z) - mpf(a), mpf(text))
            assert abs(root - mpf(text)) < mpf(10) ** -39 * abs(root)


@every_entry
@settings(max_examples=4)
@given(z=st.floats(-20, 20))
def test_a_value_is_solved_by_its_point(entry, z):
    """One of the intervals around the solutions holds the point, or it is refused."""
    f = function(entry.name)
    a = nearest(f.formula, z)
    try:
        found = Inverse(f.formula).solutions(Fraction(a))
    except NoAnswerError:
        return
    slope = abs(nearest(f.slope, z))
    if slope < 1e-3:  # a is rounded: the z of it may be far away, or nowhere
        return
    assert found, (z, a)
    room = abs(a) * 2.0**-52 / slope + 2.0**-50 * abs(z) + 1e-6
    assert min(max(low - Fraction(z), Fraction(z) - high, 0) for low, high in found) <= room


@pytest.mark.parametrize(
    ("name", "side"), [("sigmoid", "left"), ("gelu", "right"), ("silu", "left"), ("tanh", "right")]
)
def test_arrays_are_rounded_as_single_values(name, side):
    branch = Inverse(function(name).formula).branch(side)
    a = package.activation(name)(np.random.default_rng(3).normal(0, 5, 3000))
    found = inverse_array(branch, a)
    for i in range(0, 3000, 50):
        one = branch.solution(Fraction(float(a[i])))
        assert found[i] == one or (one != one and found[i] != found[i])


@pytest.mark.parametrize("name", ["sine", "gcu", "z + 2sin(2z)", "cos(z/3 + 1)*sin(z)"])
def test_infinitely_many_are_told(actcli, name):
    done = actcli("solve", name, "--order", 1, "0")
    assert done.status and "infinitely often" in done.err and "LO:HI" in done.err


@pytest.mark.parametrize(
    ("name", "bends"),
    [
        ("softsign", ["0"]),  # where g'' jumps
        ("relu", []),
        (
            "min(z*Phi(z), 10)",
            ["-1.4142135623730950", "1.4142135623730950"],
        ),  # a corner at no rational number
        ("sine", ["infinitely many"]),
        ("log_ndtr", []),
    ],
)
def test_bends(actcli, name, bends):
    assert json.loads(actcli("info", name, "--json").out)["bends"] == bends


def test_at_the_shell(actcli, program):
    assert (
        actcli("solve", "gelu", "-0.1", "0.5").out
        == "-1.5016540973658448 -0.24893969426947485\n0.6683959705421602\n"
    )
    none = actcli("solve", "sigmoid", "1", "0.5")
    assert none.out == "\n0\n" and "g is never 1" in none.err and none.status == 0
    far = actcli("solve", "pflu", "-2.172923689951e-311").out
    assert far == "-1.1505236063105742e310 -4.345847379902e-311\n"  # no float64 is so far left
    many = actcli("solve", "sine", "0.5")
    assert many.status == 2 and "give LO:HI" in many.err and not many.out
    assert (
        actcli("solve", "sine", "0.5", "0:7").out
        == "0.5235987755982989 2.6179938779914944 6.806784082777885\n"
    )
    assert actcli("solve", "gelu", "1", "--order", "1").out.startswith("0.7517915246935645")
    assert actcli("solve", "gelu", "-0.1", "--csv").lines == [
        "a,z", "-0.1,-1.5016540973658448", "-0.1,-0.24893969426947485",
    ]  # fmt: skip
    piped = program("solve", "gelu", "--branch", "right", input=b"-0.1\n-5\n\n0\n")
    assert piped.out == "-0.24893969426947485\n\n\n0\n" and "1 point has no answer" in piped.err
    lines = program("solve", "silu", "-", input=b"-0.2\n1\nx\n")
    assert lines.out == "-2.3961385060760683 -0.5448804401599816\n1.2784645427610737\n"
    assert lines.status == 2 and "line 3" in lines.err


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("gelu", "x"), "not a number"),
        (("gelu", "0", "3:1"), "is no interval"),
        (("sine", "0.1", "--branch", "left"), "not proven"),
        (("z^3 - z", "0.1", "--branch", "left"), "one turn"),
        (("gelu", "1", "-"), "solve takes"),
        (("gelu", "inf"), "finite number"),
    ],
)
def test_refusals(actcli, asked, said):
    done = actcli("solve", *asked)
    assert done.status == 2 and said in done.err and not done.out


def test_from_python():
    relu, silu = package.activation("relu"), package.activation("silu")
    assert relu.solve(0) == ((-np.inf, 0.0),) and relu.solve(2.5) == (2.5,) and relu.solve(-1) == ()
    assert silu.solve(-0.2, branch="left") == -2.3961385060760683
    assert silu.solve(1, order=1) and np.isnan(silu.solve(-1, branch="left"))
    assert package.sigmoid.solve(np.array([[0.5, 0.25]], np.float32)).tolist() == [[0.0, -1.0986123085021973]]
    with pytest.raises(package.ActcliError, match="'left' or 'right'"):
        silu.solve(1, branch="up")
