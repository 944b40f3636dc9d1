"""Derivatives as formulas, against differences at many digits; sides of kinks; the reading over arrays."""

import math
import operator
from fractions import Fraction

import numpy as np
import oracle
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf

from actcli.catalog import defined
from actcli.language.calculus import (
    LEFT,
    RIGHT,
    RULES,
    Reading,
    derivative,
    evaluate,
    minus,
    negative,
    over,
    parameters_of,
    plus,
    rule,
    times,
)
from actcli.language.formula import parse
from actcli.language.trees import ONE, ZERO, Node, Z, number, write
from actcli.language.words import COMPARISONS, WORDS
from actcli.numerics.plain import ARRAYS

# ---------------------------------------------------------------------------- a reading in many digits

RELATIONS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


def _compare(op, a, b, side, lean):
    difference, order = a - b, 0
    while side and difference == 0 and order < 3:
        order += 1
        difference = side**order * lean(order)
    return RELATIONS[op](difference, 0)


MANY_DIGITS = Reading(
    number=lambda value: mpf(value.numerator) / value.denominator,
    constant={"pi": mp.pi, "e": mp.e, "inf": mp.inf}.__getitem__,
    words=oracle.WORDS,
    power=lambda z, n: z**n,
    real_power=lambda a, b: a**b,
    compare=_compare,
    where=lambda condition, a, b: a if condition else b,
)


def value(tree, z, side=0):
    return evaluate(tree, MANY_DIGITS, {"z": mpf(z)}, side)


def slope_by_differences(tree, z):
    """Return the slope by a central difference of steps so short that its error is far below a float64's."""
    step = mpf(10) ** -25
    with mp.workdps(100):
        return (value(tree, z + step) - value(tree, z - step)) / (2 * step)


def assert_close(found, expected, tolerance=1e-12):
    assert abs(found - expected) <= tolerance * (1 + abs(expected)), (found, expected)


@pytest.fixture(autouse=True)
def _digits():
    with mp.workdps(50):
        yield


# ---------------------------------------------------------------------------- rules

ABOVE_ONE, ABOVE_ZERO, BELOW_ONE = (1.25, 3), (0.125, 0.75, 2, 40), (-0.875, -0.25, 0.125, 0.5)
PLACES = {
    "log": ABOVE_ZERO,
    "sqrt": ABOVE_ZERO,
    "log1p": (-0.5, *ABOVE_ZERO),
    "acosh": ABOVE_ONE,
    "asin": BELOW_ONE,
    "acos": BELOW_ONE,
    "atanh": BELOW_ONE,
}


def test_every_word_of_one_argument_has_a_rule():
    assert set(RULES) == {word for word, said in WORDS.items() if said.arity == 1}


@pytest.mark.parametrize("word", RULES)
def test_the_rule_of_each_word(word):
    for z in PLACES.get(word, (-7.5, -1.25, -0.125, 0.375, 1.5, 6.25)):
        assert_close(value(rule(word), z), slope_by_differences(parse(f"{word}(z)"), z), 1e-20)


@pytest.mark.parametrize("word", RULES)
def test_the_chain_rule_with_each_word(word):
    tree = parse(f"{word}(0.3 + sin(z)/4)*z" if word != "acosh" else "acosh(2 + sin(z)/4)*z")
    for z in (-2.5, 0.125, 1.75):
        assert_close(value(derivative(tree), z), slope_by_differences(tree, z), 1e-20)


@pytest.mark.parametrize(
    "text",
    [
        "z + 2z - 3",
        "z*sin(z)",
        "sin(z)/(2 + cos(z))",
        "1/(2 + z^2)",
        "sin(z)/7",
        "(2 + sin(z))^3",
        "(2 + z^2)^-2",
        "(2 + z^2)^0.3",
        "(2 + z^2)^z",
        "2^z",
        "(2 + z^2)^sin(z)",
        "z^0",
        "z^1",
        "5^2",
        "(1 + z^2)^(2^0.5)",
        "-z^2",
        "-(-sin(z))",
        "pi*z + e",
        "1e40*z*1e-40",
        "exp(-z^2/2)/sqrt(2pi)",
        "z*z*z*z*z*z*z*z*z*z*z*z/3/4/5/6/7/8/9/2/z",
        "min(z, 3, z^2 + 7)",
        "max(z, -9, z - 1)",
        "clip(z, -7, 7)",
        "where(z > -99, z^2, z)",
        "abs(2 - sin(z))",
    ],
)
def test_the_rules_of_operations(text):
    tree = parse(text)
    for z in (-2.5, 0.75, 1.5):
        assert_close(value(derivative(tree), z), slope_by_differences(tree, z), 1e-20)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("3", "0"),
        ("b*pi", "0"),
        ("z + z", "2"),
        ("5 - z", "-1"),
        ("z^2", "2*z"),
        ("z^-1", "-z^-2"),
        ("z^(1/3)", "1/3*z^(-2/3)"),
        ("z*sigmoid(1.702z)", "sigmoid(1.702*z) + 1.702*z*sigmoid(1.702*z)*sigmoid(-(1.702*z))"),
        ("log(1 + z^2)", "2*z/(1 + z^2)"),
        ("1/(1 + exp(-z))", "exp(-z)/(1 + exp(-z))/(1 + exp(-z))"),
        ("exp(-z^2/2)", "-exp(-z^2/2)*z"),
        ("sin(cos(3 - 2z))", "2*cos(cos(3 - 2*z))*sin(3 - 2*z)"),
        ("max(0, z)", "where(0 >= z, 0, 1)"),
        ("floor(z) + sign(z)", "0"),
    ],
)
def test_a_derivative_reads_as_a_person_would_write_it(text, written):
    assert write(derivative(parse(text))) == written


def test_numbers_that_grow_too_long_are_not_multiplied():
    big = parse("9e3900")
    assert times(parse("9e3900*z"), parse("9e3900*z")).children[0].value is None
    assert times(big, big).value is None


def test_the_slope_of_a_quotient_does_not_overflow_where_it_is_small():
    slope = derivative(parse("1/(1 + exp(-z))"))
    assert evaluate(slope, ARRAYS, {"z": np.float64(-400.0)}) == pytest.approx(math.exp(-400.0), rel=1e-13)


FACTORS = st.recursive(
    st.one_of(st.just(Z), st.fractions(-9, 9, max_denominator=9).map(number), st.just(parse("sin(z)"))),
    lambda trees: st.one_of(
        st.builds(lambda op, a, b: Node(op, a, b), st.sampled_from("+-*/"), trees, trees),
        st.builds(lambda a: Node("neg", a), trees),
    ),
    max_leaves=14,
)


@pytest.mark.parametrize(
    ("build", "operation"),
    [(plus, operator.add), (minus, operator.sub), (times, operator.mul), (over, operator.truediv)],
    ids=["plus", "minus", "times", "over"],
)
@given(a=FACTORS, b=FACTORS)
def test_simplified_sums_and_products_are_the_same_numbers(build, operation, a, b):
    with mp.workdps(50):
        try:
            expected = operation(value(a, 0.7), value(b, 0.7))
        except ZeroDivisionError:
            return
        assert_close(value(build(a, b), 0.7), expected, 1e-30)


@given(FACTORS)
def test_a_sign_is_turned(a):
    with mp.workdps(50):
        try:
            assert_close(value(negative(a), 0.7), -value(a, 0.7), 1e-30)
        except ZeroDivisionError:
            return
    assert negative(ZERO) is ZERO


# ---------------------------------------------------------------------------- random formulas

SMOOTH = sorted(set(RULES) - {"abs", "sign", "floor"})
LEAVES = st.one_of(
    st.just(Z), st.just(Z), st.sampled_from([ONE, number(2), parse("pi"), number(Fraction(3, 10))])
)


def _smooth(trees):
    return st.one_of(
        st.builds(Node, st.sampled_from(["neg", *SMOOTH]), trees),
        st.builds(Node, st.sampled_from("+-*/"), trees, trees),
        st.builds(lambda a, b: Node("^", Node("+", number(2), Node("sin", a)), b), trees, trees),
        st.builds(lambda a, n: Node("^", a, number(n)), trees, st.sampled_from([-2, -1, 0, 1, 2, 5])),
    )


@settings(max_examples=300)
@given(st.recursive(LEAVES, _smooth, max_leaves=12), st.sampled_from([-1.375, -0.25, 0.625, 1.75]))
@example(parse("(2 + z^2)^(z*sin(z))"), 0.625)
def test_the_derivative_of_a_random_formula(tree, z):
    """Compared wherever the formula is real and tame in a neighbourhood."""
    with mp.workdps(60):
        try:
            expected = slope_by_differences(tree, mpf(z))
            again = slope_by_differences(tree, mpf(z) + mpf(10) ** -20)
            found = value(derivative(tree), z)
        except (ValueError, ZeroDivisionError, OverflowError, TypeError):  # outside the real numbers
            assume(False)
        tame = isinstance(expected, mpf) and mp.isfinite(expected) and abs(expected) < 1e8
        assume(tame and isinstance(again, mpf) and abs(again - expected) < 1e-8)
        assert_close(found, expected, 1e-10)


# ---------------------------------------------------------------------------- kinks


def _kinked(trees):
    return st.one_of(
        st.builds(Node, st.sampled_from(["abs", "neg"]), trees),
        st.builds(Node, st.sampled_from(["min", "max", "+", "-", "*"]), trees, trees),
        st.builds(
            lambda op, a, b, c, d: Node("where", Node(op, a, b), c, d),
            st.sampled_from([op for op in COMPARISONS if op not in ("==", "!=")]),
            trees,
            trees,
            trees,
            trees,
        ),
    )


PIECES = st.recursive(
    st.sampled_from([Z, Z, ZERO, ONE, number(-1), parse("2*z"), parse("-z"), parse("z^2"), parse("z - 1")]),
    _kinked,
    max_leaves=10,
)


@settings(max_examples=400)
@given(PIECES, st.sampled_from([0, 1, -1]), st.sampled_from([LEFT, RIGHT]))
@example(parse("max(max(0, z), z/2)"), 0, LEFT)
@example(parse("max(0, max(0, max(0, z)))"), 0, LEFT)
@example(parse("where(z^3 >= 0, z, -z)"), 0, LEFT)
@example(parse("where(0 <= z, z, 3z)"), 0, LEFT)
@example(parse("where(z < 0, 3z, z)"), 0, RIGHT)
@example(parse("abs(abs(z) - 1)"), 1, LEFT)
@example(parse("where(-z + (z - 1) <= -1, z, 0)"), 0, LEFT)
def test_a_slope_at_a_kink_is_the_slope_beside_it(tree, z, side):
    with mp.workprec(4000):  # enough for sums and products of dyadic numbers to be exact
        h = side * mpf(2) ** -66
        beside, further = value(tree, z + h), value(tree, z + 2 * h)
        assume(abs(value(tree, z) - beside) < 1e-15)  # no jump
        found = evaluate(derivative(tree), ARRAYS, {"z": np.array([float(z)])}, side)
        assert_close(float(np.broadcast_to(found, 1)[0]), (further - beside) / h, 1e-12)
        assert_close(value(derivative(tree), z, side), (further - beside) / h, 1e-12)


@pytest.mark.parametrize(
    "text",
    [
        "where(z >= 0, z, 3z)",
        "where(0 <= z, z, 3z)",
        "where(z < 0, 3z, z)",
        "where(0 > z, 3z, z)",
        "where(z > 0, z, 3z)",
        "where(2z <= z, 3z, z)",
    ],
)
def test_a_side_does_not_depend_on_how_a_comparison_is_written(text):
    slope = derivative(parse(text))
    zero = {"z": np.array([-1.0, 0.0, 1.0])}
    assert evaluate(slope, ARRAYS, zero, RIGHT).tolist() == [3, 1, 1]
    assert evaluate(slope, ARRAYS, zero, LEFT).tolist() == [3, 3, 1]


@pytest.mark.parametrize(
    ("text", "left", "right"),
    [
        ("relu(z)", 0, 1),
        ("abs(z)", -1, 1),
        ("min(z, 0)", 1, 0),
        ("max(z, -z, 2z)", -1, 2),
        ("relu(relu(z))", 0, 1),
        ("z*relu(z)", 0, 0),
        ("abs(z)*abs(z)", 0, 0),
        ("relu(-z)", -1, 0),
        ("clip(z, 0, 1)", 0, 1),
        ("sqrt(z^2)", None, None),
    ],
)
def test_both_sides_of_a_kink(text, left, right):
    slope = derivative(parse(text, defined))
    with np.errstate(all="ignore"):
        found = [float(evaluate(slope, ARRAYS, {"z": np.float64(0)}, side)) for side in (LEFT, RIGHT)]
    assert all(map(math.isnan, found)) if left is None else found == [left, right]


def test_a_tie_within_a_tie_within_a_tie_takes_no_longer():
    tree = Z
    for _ in range(300):
        tree = Node("max", ZERO, tree)
    slope = derivative(tree)
    for side, expected in ((LEFT, [0, 0, 1]), (RIGHT, [0, 1, 1])):
        assert evaluate(slope, ARRAYS, {"z": np.array([-1.0, 0.0, 1.0])}, side).tolist() == expected


# ---------------------------------------------------------------------------- arrays


def test_arrays_of_any_shape_are_read():
    z = np.linspace(-2.0, 2.0, 12).reshape(3, 4)
    found = evaluate(parse("where(z >= 0, z^2, exp(z))"), ARRAYS, {"z": z})
    np.testing.assert_allclose(found, np.where(z >= 0, z**2, np.exp(z)), rtol=1e-15)
    assert evaluate(parse("2z + b"), ARRAYS, {"z": z, "b": np.float64(1)}).shape == (3, 4)


def test_the_points_are_not_changed():
    z = np.array([1.0, 2.0])
    evaluate(parse("z*z + z^4 - sigmoid(z) + max(z, 1)"), ARRAYS, {"z": z})
    assert z.tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3", 3),
        ("1/3 + 1/6", 0.5),
        ("0.1 + 0.2", 0.3),
        ("1e9999", math.inf),
        ("-1e9999", -math.inf),
        ("1e-9999", 0),
        ("1e9999/1e9999", 1),
        ("1/0", math.inf),
        ("-1/0", -math.inf),
        ("2pi", 2 * math.pi),
        ("2^10", 1024),
        ("2^-1", 0.5),
        ("4^0.5", 2),
        ("8^(1/3)", 2),
        ("0^0", 1),
        ("2^2000", math.inf),
        ("where(1 > 2, 3, 4)", 4),
    ],
)
def test_constant_formulas(text, expected):
    with np.errstate(all="ignore"):
        assert float(evaluate(parse(text), ARRAYS, {})) == pytest.approx(expected, rel=1e-15)
    assert derivative(parse(text)) is ZERO


def test_numbers_are_worked_out_exactly_before_they_are_rounded():
    assert evaluate(parse("(0.1 + 0.2 - 0.3)*z"), ARRAYS, {"z": np.float64(1)}) == 0


def test_nan_stays_nan():
    with np.errstate(all="ignore"):
        for text in ("max(z, 1)", "sigmoid(z)", "z^3", "softplus(z)", "Phi(z)", "phi(z)", "abs(z)"):
            assert math.isnan(evaluate(parse(text), ARRAYS, {"z": np.float64("nan")}))


def test_parameters_need_values():
    assert parameters_of(parse("b*z + c*e")) == {"b", "c"}
    with pytest.raises(KeyError, match="the formula's parameter b has no value"):
        evaluate(parse("b*z"), ARRAYS, {"z": np.float64(1)})


@given(st.integers(-40, 40))
def test_whole_powers(exponent):
    z = np.array([-1.5, -1.0, 0.75, 2.0])
    np.testing.assert_allclose(evaluate(parse(f"z^({exponent})"), ARRAYS, {"z": z}), z**exponent, rtol=1e-14)


def test_what_is_no_longer_needed_is_freed():
    """A long sum takes the memory of a few arrays, not of one for each term."""
    import tracemalloc

    tree = parse("+".join(f"sin({i}z)" for i in range(1, 200)))
    z = np.zeros(10_000)
    tracemalloc.start()
    evaluate(tree, ARRAYS, {"z": z})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 * z.nbytes
