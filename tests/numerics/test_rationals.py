"""Zeros and poles of rational functions: all of them, rational ones exactly."""

from fractions import Fraction

import pytest

from actcli.language.formula import parse
from actcli.numerics.exact import alone
from actcli.numerics.exact.cells import CellReader
from actcli.numerics.exact.rationals import zeros_and_poles


@pytest.mark.parametrize(
    ("text", "zeros", "poles"),
    [
        ("(z^2 - 2)*(3*z - 1)^2/(z^2 + 1)", [-(2**0.5), Fraction(1, 3), 2**0.5], []),
        ("1/(z - 1) - 1/(z + 1)", [], [-1, 1]),
        ("z/z", [0], [0]),
        ("z^5 - z - 1", [1.1673039782614187], []),
        ("1/(1 + z/(z - 2))", [2], [1, 2]),
    ],
)
def test_zeros_and_poles_are_all_found(text, zeros, poles):
    with alone():
        found = zeros_and_poles(parse(text), 128)
    for roots, known in zip(found, (zeros, poles), strict=True):
        assert sorted(map(float, roots)) == pytest.approx([float(z) for z in known])
        assert sum(isinstance(root, Fraction) for root in roots) == sum(
            not isinstance(z, float) for z in known
        )


@pytest.mark.parametrize("text", ["z - z", "sin(z)", "pi*z", "z^0.5", "z^41", "1/(z - z)", "abs(z)"])
def test_what_is_not_seen_to_be_rational_is_left_alone(text):
    with alone():
        assert zeros_and_poles(parse(text), 128) is None


def test_a_stretch_with_a_pole_is_not_told_to_have_no_zero():
    with alone():
        reader, ends = CellReader(128, 1), (Fraction(-1), Fraction(1))
        assert reader.zeros(parse("1/z"), *ends)[1]
        assert reader.zeros(parse("z/(z - 3)"), *ends) == ([(0, 0)], [])


def test_an_entry_with_long_quotients_is_decided_in_the_time_of_info(actcli):
    assert "values      from -1.71590 (not taken) to 1.71590" in actcli("info", "rational_tanh").out
