"""Points that are constant expressions: the nearest float64 to each, and what is none told what to type."""

from fractions import Fraction

import oracle
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp

from actcli.errors import ActcliError
from actcli.language.formula import parse
from actcli.language.points import parse_number, parse_points
from actcli.numerics.constants import is_constant, point

TEXTS = (
    *("1/3", "-2pi", "log(2)", "2^-10", "pi/6", "e", "-e^2", "sqrt(2)/3", "2^0.5", "1/3 - 1/4", "Phi(1)"),
    *("2π", "log2(10)", "e^-700", "2^-1074", "10^300*pi", "1 + 2^-53", "1 + 3*2^-53", "cbrt(-2)", "3*(1/3)"),
    *("1 + 2^-53 + exp(-1000)", "pi - 3.141592653589793", "exp(1e-40) - 1"),
)


@pytest.mark.parametrize("text", TEXTS)
def test_a_constant_is_the_nearest_float64(text):
    with mp.workdps(700):
        true = oracle.once(parse(text), {})
    assert float(point(text)) == float(true)


@given(st.integers(-99, 99), st.integers(1, 99), st.sampled_from(["pi", "e", "log(3)", "1"]))
def test_multiples_are_exact_beside_each_other(count, parts, unit):
    steps = list(parse_points(f"{-parts}*{unit}:{parts}*{unit}:{unit}", read=point).floats())
    assert len(steps) == 2 * parts + 1 and steps[parts] == 0
    assert steps == [-z + 0.0 for z in reversed(steps)]
    assert float(point(f"{count}*{unit}/{parts}")) == float(Fraction(count, parts) * point(unit))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_hexadecimal_is_exact(z):
    assert parse_number(z.hex()) == Fraction(z)
    assert parse_number(z.hex().upper()) == Fraction(z)


@pytest.mark.parametrize("text", ["0x1.8p3", "-0x1p-3", "0x.8p0", "0xap0"])
def test_hexadecimal_as_c_writes_it(text):
    assert parse_number(text) == Fraction(float.fromhex(text))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("0x3f80", "as in 0x3f80p0"),
        ("0x1p5000", "too large"),
        ("1/0", "no finite number"),
        ("10^400*2", "no finite number"),
        ("log(-1)", "no finite number"),
        ("1,000", "write 1000"),
        ("1,234,567", "write 1234567"),
        ("0,1,2", "write the points apart: 0 1 2"),
        ("0 1 2", "write the points apart: 0 1 2"),
        ("[0;1]", "write the points apart: 0 1"),
        ("{0,1}", "write the points apart: 0 1"),
        ("1,000.5", "write 1000.5"),
        ("1.000,5", "write 1000.5, or two points: 1.000 5"),
        ("-5..5", "a range is written -5:5"),
        ("-5 to 5", "a range is written -5:5"),
        ("z=1", "without its name: 1"),
        ("alpha=2", "is a parameter"),
        ("tanh", "is a function"),
        ("data.csv", "there is no such file"),
        ("z^2", "is not a number"),
    ],
)
def test_what_is_no_point_is_told_what_to_type(text, told):
    with pytest.raises(ActcliError, match=told.replace("(", r"\(")):
        point(text)


def test_proven_digits_take_fractions_alone():
    assert point("2^-3/3", exact=True) == Fraction(1, 24)
    with pytest.raises(ActcliError, match="as in pi\\*z"):
        point("pi", exact=True)


def test_points_are_told_from_functions():
    assert all(map(is_constant, ("pi", "-2pi:2pi", "1/3", "e", "2^3", "log(2):3:0.1")))
    assert not any(map(is_constant, ("z", "sigmoid", "elu:alpha=2", "2z", "sqrt", "foo(2)", "", "1:")))
