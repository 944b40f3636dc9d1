"""Text to numbers: strictly, exactly, and with a sentence for what is none."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actcli.errors import ActcliError
from actcli.language.points import looks_like_points, parse_number, parse_points


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-10", -10),
        ("-.5", Fraction(-1, 2)),
        ("5.", 5),
        ("+2e-3", Fraction(2, 1000)),
        ("0.1", Fraction(1, 10)),
        ("\u22128", -8),
        (" 7 ", 7),
        ("inf", math.inf),
        ("-Infinity", -math.inf),
    ],
)
def test_a_number_is_read_exactly(text, value):
    assert parse_number(text) == value


def test_nan_is_a_number_here():
    assert math.isnan(parse_number("nan"))


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("1,5", "write 1.5, or two points: 1 5"),
        ("-2,25", "write -2.25, or two points: -2 25"),
        ("1e400", "too large"),
        ("-1e309", "too large"),
        ("1_000", "write 1000"),
        ("abc", "not a number"),
        ("", "not a number"),
        ("--1", "not a number"),
        ("+-inf", "not a number"),
        ("0x10", "not a number"),
        ("\u0661\u0662", "not a number"),
        ("1e", "not a number"),
        ("1 2", "not a number"),
        ("1e-99999999999", "too small"),
    ],
)
def test_what_is_no_number_is_refused_with_a_hint(text, hint):
    with pytest.raises(ActcliError, match=hint):
        parse_number(text)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float64_comes_back(z):
    assert float(parse_number(repr(z))) == z
    assert parse_points(repr(z)).floats() == [z]


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("0:1:0.1", [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]),
        ("-1:1:0.5", [-1, -0.5, 0, 0.5, 1]),
        ("1:-1:-1", [1, 0, -1]),
        ("0:1:0.4", [0, 0.4, 0.8]),
        ("2:2", [2]),
        ("0:1", [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]),
        ("-6:6", list(range(-6, 7))),
    ],
)
def test_a_range_holds_both_ends_and_no_drift(text, points):
    assert parse_points(text).floats() == points


@given(
    st.decimals(-1000, 1000, places=3),
    st.integers(1, 200),
    st.decimals("0.001", 3, places=3),
)
def test_range_points_are_the_nearest_doubles(low, count, step):
    high = low + (count - 1) * step
    points = parse_points(f"{low}:{high}:{step}")
    assert points.floats() == [float(Fraction(low) + i * Fraction(step)) for i in range(count)]
    assert [float(z) for z in points.exact()] == points.floats()


def test_num_gives_the_count_of_a_range():
    assert parse_points("0:1", 5).floats() == [0, 0.25, 0.5, 0.75, 1]


def test_extreme_ranges_are_points_too():
    assert parse_points("-1.7e308:1.7e308", 3).floats() == [-1.7e308, 0, 1.7e308]
    assert len(parse_points("5e-324:1e-320").floats()) >= 2


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("5:1", "write 1:5"),
        ("0:1:0", "must not be 0"),
        ("0:1:-1", "is empty"),
        ("1:0:1", "is empty"),
        ("0:1:1e-9", "at most 10,000,000"),
        ("1:2:3:4", "LO:HI"),
        (":1", "LO:HI"),
        ("0:inf", "must be finite"),
        ("0:x", "not a number"),
    ],
)
def test_a_wrong_range_is_refused_with_a_hint(text, hint):
    with pytest.raises(ActcliError, match=hint):
        parse_points(text)


@pytest.mark.parametrize(("count", "text"), [(1, "0:1"), (0, "0:1"), (5, "0:1:0.1")])
def test_a_count_must_fit_the_range(count, text):
    with pytest.raises(ActcliError, match="--num"):
        parse_points(text, count)


@pytest.mark.parametrize(
    "token", ["1", "-1", ".5", "-inf", "nan", "1:2", "-6:6:.5", "1,5", "1e400", "1_0", "inf:3"]
)
def test_points_are_told_from_functions(token):
    assert looks_like_points(token)


@pytest.mark.parametrize("token", ["sigmoid", "2z", "-z^2", "1.702z", "3(z+1)", "elu:alpha=1", "(z)", "info"])
def test_functions_are_told_from_points(token):
    assert not looks_like_points(token)
