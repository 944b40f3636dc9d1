"""What series in 1/|z|, and slopes beside ties, decide over arrays is what Arb finds at each point."""

import math
import random
from fractions import Fraction

import numpy as np
import pytest
from formulas import any_formula
from functions import every_entry

from actcli.catalog import function
from actcli.errors import ActcliError, UndecidedError
from actcli.numerics.answers import answer, answer_or_nan, array_answers, slope, value
from actcli.numerics.blocks import _beyond_domain, _by_stretch, in_balls, over_arrays
from actcli.numerics.expansions import far_out

DTYPES = ("float64", "float32", "float16", "bfloat16", "float8_e5m2")
TIES = np.array([-4, -3, -2, -1.5, -1, -0.5, 0, 0.25, 0.5, 1, 1.5, 2, 2.5, 3, 4], dtype=np.float64)


def far_points(chance):
    """Numbers beyond 2^7 of few and of many bits, a hundred on each side."""
    sizes = [
        chance.choice((1.0, 1.5, chance.uniform(1, 2)))
        * 2.0 ** chance.choice((chance.randint(8, 40), chance.randint(8, 1020)))
        for _ in range(200)
    ]
    return np.array(sizes) * np.repeat((-1, 1), 100)


def same(found, true):
    return found == true and math.copysign(1, found) == math.copysign(1, true)


@every_entry
def test_series_far_out_decide_what_arb_does(entry):
    chance = random.Random(entry.name)
    dtype, points = chance.choice(DTYPES), far_points(chance)
    for question in (value(entry.bind()), slope(entry.bind())):
        series, stretches = far_out(question, points, dtype), _by_stretch(question, points, dtype)
        for i in chance.sample(range(200), 20):
            true = answer_or_nan(question, float(points[i]), dtype)
            assert all(unsure[i] or same(found[i], true) for found, unsure in (series, stretches))


@pytest.mark.parametrize("text, has_series", [
    ("z + (sqrt(z^2 + 1) - 1)/2", True), ("z*tanh(exp(z))", True), ("atan(1/z) - z/(1 + z^2)", True),
    ("z/(1 + z^2)", True), ("sqrt(z)", False), ("sin(z)", False), ("floor(z)", False),
])  # fmt: skip
def test_which_formulas_have_a_series(text, has_series):
    _, unsure = far_out(value(function(text)), far_points(random.Random(text)), "bfloat16")
    assert (~unsure[100:]).sum() in (range(95, 101) if has_series else (0,))


@pytest.mark.parametrize("seed", range(40))
def test_slopes_beside_ties_are_those_of_one_point(seed):
    chance = random.Random(seed)
    for _ in range(6):
        try:
            question = slope(function(any_formula(chance)), chance.choice(("right", "left", "mean")))
        except ActcliError:
            continue
        found, unsure = in_balls(question, TIES)
        for z, got in zip(TIES[~unsure].tolist(), np.broadcast_to(found, TIES.shape)[~unsure], strict=True):
            true = answer_or_nan(question, z)
            assert got == true or math.isnan(true) == math.isnan(got), (question.label, z, question.sides)


def test_a_tie_of_slopes_that_meet_is_decided_over_arrays():
    points = np.arange(-64.0, 64)
    _, unsure = in_balls(slope(function("stair")), points)
    assert not unsure.any()
    _, unsure = in_balls(slope(function("where(z >= 0, 2*z + 1, z)")), points)
    assert unsure[64]  # a jump is no kink


def test_there_is_no_slope_at_a_jump_far_out():
    points = 2.0 ** np.arange(21, 121)
    assert np.isnan(array_answers(slope(function("floor(z)"), "left"), points)).all()


def test_the_logarithm_of_phi_is_known_where_phi_is_0():
    points = np.array([-35.99, -36.0, -36.01, *-np.geomspace(38, 1e150, 60)])
    found, unsure = in_balls(value(function("log(Phi(z))")), points)
    assert not unsure.any()
    assert found.tolist() == [answer_or_nan(value(function("log(Phi(z))")), z) for z in points.tolist()]


@pytest.mark.parametrize("name, power", [("isru", 3), ("softsign", 2), ("xatlu", 3), ("squareplus", 2)])
def test_subnormal_results_far_out_are_rounded_once(name, power):
    chance, question = random.Random(name), slope(function(name))
    points = -(2.0 ** np.array([chance.uniform(1000, 1080) / power for _ in range(150)]))
    found, unsure = far_out(question, points, "float64")
    assert unsure.sum() < 10  # in the binade below the least normal number
    for z, got in chance.sample(list(zip(points[~unsure].tolist(), found[~unsure], strict=True)), 40):
        assert same(got, answer_or_nan(question, z))


@pytest.mark.parametrize("text, ends", [
    ("exp(exp(0.3)^z)", (math.inf, math.inf)), ("exp(-exp(z))", (0.0, -0.0)),
    ("-exp(exp(z))", (-math.inf, -math.inf)),
])  # fmt: skip
def test_towers_of_exponentials_are_answered_at_a_point_as_in_arrays(text, ends):
    for question, end in zip((value(function(text)), slope(function(text))), ends, strict=True):
        many = array_answers(question, np.full(300, 1e20))
        assert all(same(g, end) for g in (answer(question, 1e20), many[0], many[-1]))


@pytest.mark.parametrize("text", ["bent_identity", "1.5*z + 1/z", "5*z/4 - atan(1/z)"])
def test_a_little_beside_the_middle_of_two_numbers_tells_how_it_is_rounded(text):
    chance, question = random.Random(text), value(function(text))
    points = [(2 * chance.randrange(2**51, 2**52) + 1) * 2.0 ** chance.randint(80, 700) for _ in range(120)]
    found, unsure = far_out(question, np.array(points), "float64")
    assert not unsure.any()
    assert all(same(g, answer_or_nan(question, z)) for g, z in zip(found, points, strict=True))


def test_a_number_beyond_float64_is_refused_where_its_answer_is_not_decided():
    with pytest.raises(UndecidedError):
        answer(value(function("exp(exp(z))")), Fraction(10**400))


OUTWEIGHED = (
    "z - tanh(z)", "z/4 + exp(-abs(z))", "0.75*z*Phi(z) + z/4", "softplus(z)/2", "z - z*sigmoid(-z)",
    "erf(z) - z", "1 - expm1(-abs(z))*z", "max(z, z + exp(-z^2))", "abs(z - erfc(abs(z)))",
    "where(tanh(z) < 1, z/4, z)",
)  # fmt: skip


@pytest.mark.parametrize("text", OUTWEIGHED)
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_what_is_outweighed_tips_a_tie(text, dtype):
    sizes = np.arange(1027, 2048, 7) * 2.0 ** np.arange(1, 5)[:, None]
    points = np.concatenate([sizes.ravel(), -sizes.ravel()])
    question = value(function(text))
    found, unsure = over_arrays(question, points, dtype)
    assert unsure.mean() < 0.01
    for i in range(0, points.size, 37):
        assert unsure[i] or same(found[i], answer(question, float(points[i]), dtype)), points[i]


@pytest.mark.parametrize("text", [
    "sin(z)*cos(z)", "sin(z + pi/4)^2", "cos(z - 1/3) + sin(z)", "log1p(z^2)", "log1p((z/3)^4)", "asinh(z)",
    "acosh(abs(z))", "log(Phi(-abs(z)^0.5))",
    "phi(-abs(z)^0.5)/Phi(-abs(z)^0.5)", "log(cosh(z))", "log(1 + exp(z))", "log(z^2 + 1)", "log((z - 1)^4)",
])  # fmt: skip
def test_far_angles_and_logarithms_are_decided_over_arrays(text):
    question, points = value(function(text)), far_points(random.Random(text))
    found, unsure = over_arrays(question, points, "float64")
    assert unsure.mean() < 0.02
    for i in range(0, 200, 8):
        assert unsure[i] or same(found[i], answer(question, float(points[i]))), points[i]


@pytest.mark.parametrize(
    "text", ["tanh(z^2000)/z", "tanh(z^1e9)/z", "sigmoid(-z^1025)/z", "z^1e9/(z^1e9 + 1)"]
)
def test_large_powers_keep_their_parity(text):
    points = -np.linspace(300, 3000, 80)
    found = array_answers(value(function(text)), points)
    assert all(same(g, answer(value(function(text)), float(z))) for g, z in zip(found, points, strict=True))


@pytest.mark.parametrize("line, told", [
    (("eval", "where(expm1(z) > expm1(z), 1, 2)", "3", "1e300"), ["2", "2"]),
    (("eval", "where(log(z) >= log(z), 1, 2)", "-1", "0", "3"), ["2", "1", "1"]),
    (("deriv", "where(log(z) >= log(z), z, 2*z)", "-1", "-1e9", "3"), ["2", "2", "1"]),
    (("deriv", "where(sqrt(z) <= sqrt(z), 1/2, abs(z))", "-1", "-1e9", "3"), ["-1", "-1", "0"]),
    (("deriv", "abs(max(z, 1)) - max(pi*floor(z/2 + 1/4), pi)", "2", "3"), ["1", "1"]),
])  # fmt: skip
def test_a_part_compared_with_itself_is_equal(program, line, told):
    assert program(*line).lines == told
    many = program(*line[:2], input="\n".join(line[2:] * 150).encode()).lines
    assert many == told * 150


@pytest.mark.parametrize("text", [
    "floor(1 - z)", "floor(z/2 + 1/4)", "2^(e^2 - 1) + floor(1 - z)", "floor(3*z + 1) - z",
    "floor(z - 2^-90)", "stair",
])  # fmt: skip
def test_floors_of_pairs_are_those_of_one_point(text):
    chance = random.Random(text)
    points = [chance.randint(-(2**k), 2**k) / 4 for k in (3, 6, 54, 56, 100) for _ in range(16)]
    for question in (value(function(text)), slope(function(text)), slope(function(text), "left")):
        found = array_answers(question, np.array(points))
        true = [answer_or_nan(question, z) for z in points]
        assert all(same(g, t) or (g != g and t != t) for g, t in zip(found, true, strict=True))
    steps = np.arange(-400, 400) / 2
    assert not in_balls(value(function(text)), steps)[1].any()


@pytest.mark.parametrize("text", [
    "sqrt(z)", "max(sqrt(z), 1)", "0*asin(z)", "z^1.5", "abs(log(z))", "acosh(z)", "where(log(z) > 0, 1, 2)",
    "z^z", "where(z < 0, z, sqrt(z))", "(-z)^(1/3)", "log1p(sin(z) - 1)",
])  # fmt: skip
def test_points_outside_a_domain_have_no_value_over_arrays_either(text):
    points = np.arange(-30, 31) / 4
    for question in (value(function(text)), slope(function(text))):
        found, unsure = _beyond_domain(question, points, "float64")
        alone = [answer_or_nan(question, float(z)) for z in points]
        assert all(undecided or g != g for g, undecided in zip(alone, unsure, strict=True))
        assert np.isnan(found).all() and unsure.all() == ("where" in text or text == "z^z")


def test_a_slope_is_refused_where_the_value_may_jump(program):
    formula = "where(floor(z) + softplus(z) > 2*z, 1/z, relu(z - 1))"
    for z, why in (("100", "jumps on the left"), ("1e9", "not decided")):
        assert program("deriv", formula, z).status == 0
        assert why in program("deriv", formula, z, "--kink", "left").err
