"""Awkward formulas: each gets an answer that no value contradicts, or is refused with the place, in time."""

import math
from fractions import Fraction

import pytest
from mpmath import mpf
from oracle import once

from actcli.catalog import function
from actcli.errors import NoAnswerError
from actcli.shape.extremes import range_of
from actcli.shape.inverse import Inverse
from actcli.shape.means import stats_of

AWKWARD = [
    "tanh(z) + where(abs(z - 0.30001) < 0.000001, 1, 0)",  # jumps that no grid meets
    "tanh(z) + where(abs(z - 1/3) < 1e-9, -3, 0)",
    "where(z == 1e-300, 1, 0)",
    "1/(1 + exp(-1e9*z))",
    "1/z",  # poles
    "1/(z^2 - 2)",
    "tan(z)",
    "where(z > 0, 1/z, 0)",
    "atan(1/(z - 1))",
    "log(z)",  # stretches without a value
    "sqrt(z^2 - 1)",
    "acos(z)",
    "z^z",
    "where(sin(z) - sin(z + 1e-30) > 0, 1, 2)",  # comparisons that are hard to decide
    "where(exp(z) - expm1(z) == 1, 3, 0)",
    "where(sin(z) > 0.999999, 5, z/100)",
    "abs(abs(abs(z) - 1) - 1/2)",  # one within another
    "abs(where(z >= 1/3, where(z >= 2/3, 1, z), where(z < -1, -1, z)))",
    "max(sin(z), cos(z))",
    "floor(z) - z",
    "floor(exp(z))",
    "z^2*sin(z)",  # tails that swing
    "sin(z^2)",
    "exp(-z)*cos(20z)",
    "z*cos(z)^2",
    "sin(1/z)",
    "exp(-1/z^2)",
    "(z - 1)^20*exp(-z^2)",  # many zeros at one place
    "(z^2 - 2)^2",
    "sin(z)/z",
    "tanh(z) - tanh(z + 1e-20)",
]
POINTS = [mpf(k) / 61 + mpf("0.00007") for k in range(-180, 180)]


@pytest.mark.parametrize("text", AWKWARD)
def test_no_value_contradicts_what_is_proven(text):
    tree = function(text).formula
    try:
        found = range_of(tree, Fraction(-3), Fraction(3), seconds=0.2)
    except NoAnswerError as fault:
        assert "not proven" in str(fault) and "z = " in str(fault)
        return
    assert all("z = " in end.why for end in found if end.value == "nan")
    values = [once(tree, {"z": z}) for z in POINTS]
    low, high = map(float, found)
    slack = 1e-15 * (1 + max(map(abs, values)))
    assert math.isnan(low) or min(values) >= low - slack
    assert math.isnan(high) or max(values) <= high + slack


@pytest.mark.parametrize("text", AWKWARD)
def test_zeros_and_means_end_in_an_answer_or_in_a_place(text):
    shown = function(text)
    try:
        Inverse(shown.formula, seconds=0.1).solutions(Fraction(1, 4))
    except NoAnswerError as fault:
        assert "not proven" in str(fault) or "infinitely often" in str(fault)
    found = stats_of(shown, seconds=0.2)
    assert ("nan" in found) == bool(found.why)
