"""The range of a formula: published figures, traps, and no value at a random point outside it."""

import math
from fractions import Fraction

import oracle
import pytest
from functions import every_entry
from hypothesis import given, settings
from hypothesis import strategies as st

from actcli.catalog import CATALOG, function
from actcli.errors import UndecidedError
from actcli.shape.extremes import range_of

LINE = (-math.inf, math.inf)
LADDER = (
    "abs(where(z >= 5, 1, where(z >= 2.375, z/32 + 27/32, where(z >= 1, z/8 + 5/8, z/4 + 1/2))) - sigmoid(z))"
)


def proven(text, low=LINE[0], high=LINE[1], slope=False):
    f = function(text)
    ends = (end if math.isinf(end) else Fraction(end) for end in (low, high))
    return range_of(f.slope if slope else f.formula, *ends)


@pytest.mark.parametrize(
    "text, slope, value, place",
    [
        ("silu", False, "-0.2784645427610738", "-1.278464542761074"),
        ("gelu", False, "-0.1699712074799037", "-0.7517915246935645"),
        ("silu", True, "1.099839320128867", "2.399357280515468"),
        ("gelu", True, "1.128904145185155", "1.414213562373095"),
    ],
)
def test_published_extremes(text, slope, value, place):
    found = proven(text, slope=slope)[slope]
    assert float(found.value) == pytest.approx(float(value), rel=1e-15)
    assert [how for _, how in found.places] == ["taken"]
    assert float(found.places[0][0]) == pytest.approx(float(place), rel=1e-15)


def test_the_difference_of_two_gelus():
    least, greatest = proven("gelu_tanh(z) - gelu(z)", -8, 8)
    assert least.value.startswith("-0.00023367063") and greatest.value.startswith("0.00047323552")
    assert [float(z) for z, _ in greatest.places] == pytest.approx([-2.69894138, 2.69894138])


def test_a_ladder_beside_the_sigmoid():
    least, greatest = proven(LADDER, 0, 8)
    assert greatest.value.startswith("0.01894142") and greatest.places == (("1", "taken"),)
    assert least.value == "0"


def test_a_jump_narrower_than_any_grid_is_seen():
    greatest = proven("tanh(z) + where(abs(z - 0.30001) < 0.000001, 1, 0)", 0, 1).greatest
    assert greatest.value.startswith("1.291322678925") and greatest.places == (("0.300011", "approached"),)


@pytest.mark.parametrize(
    "text, least, greatest",
    [
        ("where(z >= 100, 1, 2)", "1", "2"),
        ("where(z == 1, 5, 0)", "0", "5"),
        ("where(z >= 3000, 7, 0)", "0", "7"),
        ("erf", "-1", "1"),
        ("floor(z)", "-inf", "inf"),
        ("z + floor(sin(z))", "-inf", "inf"),
        ("exp(-z^2)", "0", "1"),
        ("exp(-exp(-z)) - tanh(exp(z))", "-0.39908060439934078", "0"),
        ("z*sin(z)", "-inf", "inf"),
        ("2 + sin(3z + 1)", "1", "3"),
        ("z*phi(1e6*z)", "-2.4197072451914335e-7", "2.4197072451914335e-7"),
        ("z/(pi*(1 + abs(z))) - 1/pi", "-0.63661977236758134", "0"),
        ("1.7159*tanh(2/3*z)", "-1.7159000000000000", "1.7159000000000000"),
        ("0.3*z^5/(0.1*z^4 + 1) - 3z", "-3.0402003483158274", "3.0402003483158274"),
    ],
)
def test_ranges_of_the_whole_line(text, least, greatest):
    try:
        assert [end.value for end in proven(text)] == [least, greatest]
    except UndecidedError:
        assert "3000" in text


def test_a_limit_is_not_said_to_be_taken():
    assert [how for end in proven("erf") for _, how in end.places] == ["approached"] * 2
    step = proven("where(z >= 0, 1, 0)", -1, 1)
    assert step.least.places == (("-1..0", "taken except at 0"),)
    assert step.greatest.places == (("0..1", "taken"),)


@pytest.mark.parametrize(
    ("name", "least", "greatest"),
    [
        ("leaky_relu", [("-inf..0", "taken except at 0")], [("0..inf", "taken")]),
        (
            "hard_sigmoid",
            [("-inf..-3", "taken except at -3"), ("3..inf", "taken")],
            [("-3..3", "taken except at 3")],
        ),
        (
            "hard_tanh",
            [("-inf..-1", "taken except at -1"), ("1..inf", "taken")],
            [("-1..1", "taken except at 1")],
        ),
    ],
)
def test_a_stretch_of_one_slope_is_one_place(actcli, name, least, greatest):
    rows = actcli("range", name, "-inf:inf", "--order", 1).lines[1:]
    found = [tuple(row.split(",")[i] for i in (0, 2, 3)) for row in rows]
    assert found == [("least", *place) for place in least] + [("greatest", *place) for place in greatest]


@pytest.mark.parametrize(
    "text",
    ["1/z", "tan(z)", "sin(1/z)", "log(z)", "z*sin(z)^2", "exp(-1/z^2)"],
)
def test_what_is_not_proven_is_refused(text):
    try:
        found = proven(text)
    except UndecidedError as fault:
        assert "not proven" in str(fault) and "z = " in str(fault)
    else:
        assert any(end.why for end in found)


@every_entry
@settings(max_examples=20)
@given(z=st.floats(-40, 40))
def test_no_value_lies_outside(entry, z):
    f = entry.bind()
    low, high = ranges(entry)
    with oracle.mp.workdps(60):
        value = oracle.once(f.formula, {"z": oracle.mpf(z)})
        slack = oracle.mpf(10) ** -15 * (1 + abs(value))
        assert math.isnan(low) or value >= low - slack
        assert math.isnan(high) or value <= high + slack


KNOWN = {}


def ranges(entry):
    if entry not in KNOWN:
        try:
            KNOWN[entry] = tuple(map(float, range_of(entry.bind().formula, *LINE)))
        except UndecidedError:
            KNOWN[entry] = (math.nan, math.nan)
    return KNOWN[entry]


def test_most_entries_are_proven():
    open_ones = [entry.name for entry in CATALOG if any(map(math.isnan, ranges(entry)))]
    assert len(open_ones) <= len(CATALOG) / 10, open_ones


def test_at_the_shell(actcli):
    done = actcli("range", "relu6", "--csv")
    assert done.out == "what,value,z,how\nleast,0,-inf..0,taken\ngreatest,6,6..inf,taken\n"
    assert actcli("range", "silu", "3:1").err == (
        "actcli: '3:1' is no interval: write LO:HI with LO below HI, such as -3:3 or 0:inf\n"
    )
    assert (
        actcli("range", "sigmoid", "0:1", "--digits", "30")
        .lines[2]
        .startswith("greatest,0.731058578630004879251159241822,1,")
    )
    refused = actcli("range", "1/z", "-1:1")
    assert refused.status == 2 and "not proven" in refused.err


def test_a_zero_of_the_slope_where_an_interval_is_halved(actcli):
    found = actcli("range", "z*exp(-z)", "-inf:inf")
    assert found.lines[-1] == "greatest,0.36787944117144232,1,taken"


@pytest.mark.parametrize(
    ("text", "between", "rows"),
    [
        ("where(z >= 0.3z, 1, z)^2", "-8:9", ["least,0,0,approached", "greatest,64,-8,taken"]),
        ("floor(z)*z^2", "-1:0", ["least,-1,-1,taken", "greatest,0,0,taken"]),
        ("where(z >= 0, 5 + z, -z^2)", "-1:1", ["least,-1,-1,taken", "greatest,6,1,taken"]),
    ],
)
def test_a_turn_at_the_end_of_a_piece_is_taken_where_the_piece_is(actcli, text, between, rows):
    assert actcli("range", text, between).lines[1:] == rows


@pytest.mark.parametrize(
    ("text", "between", "order", "sentence"),
    [
        ("0*log(z)", "-2:-1", 0, "no real number"),
        ("log(z)", "-2:-1", 1, "g may have no value at z = -2..-1"),
        ("sqrt(floor(z))", "-3:-2.5", 1, "g may have no value"),
        ("floor(sqrt(z))", "-8:3", 1, "not proven"),
        ("floor(2^1e9) + z", "-1:1", 0, "floor is too large"),
    ],
)
def test_a_slope_is_one_of_a_value(actcli, text, between, order, sentence):
    done = actcli("range", text, between, "--order", order) if order else actcli("range", text, between)
    assert done.status and sentence in done.err and not done.out
