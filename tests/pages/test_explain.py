"""Derivations: each step follows by its rule, the last is the slope, and the numbers are the program's."""

import math
import random
import re

import pytest
from formulas import any_formula

from actcli.catalog import CATALOG, function
from actcli.catalog.entries import Function
from actcli.errors import ActcliError
from actcli.language.calculus import derivative
from actcli.language.formula import parse
from actcli.language.texts import on_screen
from actcli.language.trees import Node, substitute, write
from actcli.numerics.answers import answer, slope, value
from actcli.numerics.exact import nearest
from actcli.pages.explain import explanation
from actcli.pages.steps import LAWS, steps

POINTS = (-2.7182, -0.3, 0.4142, 1.6180, 5.1)
LECTURE = ("sigmoid", "tanh", "relu", "leaky_relu")


def number_at(tree, z):
    try:
        return nearest(tree, z)
    except ActcliError:
        return math.nan


def textbook(entry):
    bound = entry.bind()
    return substitute(parse(entry.definition or entry.formula), bound.parameters)


def like(a, b):
    return math.isclose(a, b, rel_tol=1e-12, abs_tol=1e-300) or (math.isnan(a) and math.isnan(b))


@pytest.mark.parametrize("entry", CATALOG, ids=lambda entry: entry.name)
def test_the_last_step_is_the_slope(entry):
    (*_, last) = steps(textbook(entry))
    for z in POINTS:
        assert like(number_at(last.slope, z), answer(slope(entry.bind()), z)), (write(last.slope), z)


@pytest.mark.parametrize("name", LECTURE)
def test_the_lecture_holds_at_the_kink_too(name):
    (*_, last) = steps(textbook(function(name).entry))
    assert nearest(last.slope, 0.0) == answer(slope(function(name)), 0.0)


@pytest.mark.parametrize("seed", range(20))
def test_every_step_is_the_slope_of_its_formula(seed):
    chance = random.Random(seed)
    for step in (step for _ in range(5) for step in steps(parse(any_formula(chance)))):
        expected = derivative(step.formula)
        for z in POINTS:
            known = number_at(expected, z)
            assert math.isnan(known) or like(number_at(step.slope, z), known), write(step.formula)


def operations():
    """Yield a formula for each operation that has a rule."""
    u, v = parse("sin(z)"), parse("exp(z)")
    for op in LAWS:
        condition = [parse("where(z > 0, 1, 0)").children[0]] if op == "where" else []
        yield Node(op, *condition, *([u] if op == "neg" else [u, v]))


@pytest.mark.parametrize("formula", list(operations()), ids=lambda formula: formula.op)
def test_the_law_is_what_was_done(formula):
    (*_, step) = steps(formula)
    assert (step.rule, step.law) == LAWS[formula.op]
    named = {name: part for name, part in step.parts}
    assert formula.children == tuple(named.values()) or formula.op in ("neg", "where")


CHOICES = {"max": max, "min": min}
RULE = re.compile(r"(max|min)\(u, v\)' = u' where u ([<>]) v, else v'")


@pytest.mark.parametrize("op", CHOICES)
def test_the_law_of_a_choice_is_that_of_its_slope(op):
    """Of u = 1 and v = 2, and the other way round, the sentence picks the one that the choice picks."""
    told, relation = RULE.fullmatch(LAWS[op][1]).groups()
    assert told == op
    for u, v in ((1, 2), (2, 1)):
        picked = u if (u < v if relation == "<" else u > v) else v
        assert picked == CHOICES[op](u, v)


def test_the_lecture_on_sigmoid():
    lines = explanation(function("sigmoid"), 80).split("\n")
    for line in (
        "a = g(z) = 1/(1 + exp(-z))",
        "(exp(-z))' = -exp(-z)",
        "g'(z) = exp(-z)/(1 + exp(-z))^2",
        "g'(z) = 1/(1 + exp(-z))*(exp(-z)/(1 + exp(-z)))",
        "= a*(1 - a)",
        "-10   4.53979e-5   4.53958e-5   4.53958e-5",
        "0   0.5          0.25         0.25",
        "10   0.999955     4.53958e-5   4.53958e-5",
    ):
        assert line in map(str.strip, lines)
    assert any("quotient rule" in line for line in lines) and any("chain rule" in line for line in lines)


def test_the_lecture_on_tanh():
    text = explanation(function("tanh"), 200)
    assert "u = exp(z) - exp(-z), v = exp(z) + exp(-z)" in text
    assert "= 1 - a^2\n" in text and "= 1 - ((exp(z) - exp(-z))/(exp(z) + exp(-z)))^2\n" in text


def test_what_is_written_shorter_is_explained():
    text = explanation(function("gelu"), 80)
    assert text.index("g'(z) = Phi(z) + z*phi(z)") < text.index("Phi(z) is the normal distribution")


def test_the_lecture_on_relu():
    text = explanation(function("relu"), 80)
    assert "g'(z) = 1  if z >= 0\n            0  if z < 0\n" in text and "on its right" in text
    assert "different slopes" in text, "a = 0 does not tell g'(0) = 1 from g'(-1) = 0"


@pytest.mark.parametrize("entry", CATALOG, ids=lambda entry: entry.name)
def test_every_entry_has_a_derivation_with_numbers(entry):
    shown = entry.bind()
    text = explanation(shown, 80)
    has_form = bool(re.search(r"\ba\b", entry.from_value))
    assert ("in terms of a" in text) == has_form
    rows = [line.split() for line in text[text.index("at -10, 0 and 10") :].split("\n")[2:5]]
    for z, row in zip((-10.0, 0.0, 10.0), rows, strict=True):
        assert row[0] == on_screen(z) and len(row) == 3 + has_form
        assert [row[1], row[-1]] == [shown_at(ask(shown), z) for ask in (value, slope)]


def shown_at(question, z):
    """Return an answer as it is shown: a dash where the function jumps."""
    try:
        return on_screen(answer(question, z))
    except ActcliError:
        return "-"


def test_a_parameter_keeps_its_name_and_tells_its_value():
    text = explanation(function("leaky_relu:slope=0.2"), 80)
    assert "with slope = 0.2" in text and "slope  if z < 0" in text


def test_a_form_that_does_not_hold_at_a_point_leaves_it_out():
    lines = explanation(function("gaussian"), 80).split("\n")
    row = next(line for line in lines if line.strip().startswith("-10"))
    assert row.split()[2] == "-"


def test_a_formula_is_derived_too():
    text = explanation(function("z*sigmoid(z + 1)"), 80)
    assert "product rule" in text and "in terms of a" not in text
    assert isinstance(function("z"), Function) and "g'(z) = 1" in explanation(function("z + 1"), 80)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("hard_sigmoid", ["= alpha  if alpha*z + beta >= 0 and alpha*z + beta < 1\n", "0      otherwise\n"]),
        ("hard_swish", ["(max(z + 3, 0))' = 1  if z >= -3\n", "(2*z + 3)/6  if z >= -3\n"]),
        ("selu", ["g'(z) = scale               if z >= 0\n", "scale*alpha*exp(z)  if z < 0\n"]),
        ("rational_tanh", ["(abs(2*z/3))' = 2/3   if z >= 0\n"]),
        ("mish", ["tanh(u)' = (1 - tanh(u)^2)*u'\n"]),
        ("gelu", ["g'(z) = (1 + erf(z/sqrt(2)))/2 + z*exp(-z^2/2)/(sqrt(2)*sqrt(pi))\n"]),
        ("poly_relu", ["(z*(a2 + z*a3))' = a2 + 2*a3*z\n"]),
        ("tanh", ["known slope\n    exp(z)' = exp(z)\n"]),
    ],
)
def test_slopes_are_written_as_lecturers_do(name, lines):
    page = explanation(function(name), 80)
    assert not [line for line in lines if line not in page]


@pytest.mark.parametrize("name", [entry.name for entry in CATALOG])
def test_choices_are_cases_and_lines_fit(name):
    for line in explanation(function(name), 80).splitlines():
        assert len(line) <= 80 and not re.search(r"['\)] = where\(|^ +where\(", line)


def test_cases_in_latex_have_both_conditions(actcli):
    assert r"\alpha \cdot z + \beta < 1" in actcli("explain", "hard_sigmoid", "-f", "latex").out
    assert (
        r"1 & \text{if } z \ge 0 \text{ and } z < 6 \\ 0 & \text{otherwise}"
        in actcli("explain", "relu6", "-f", "md").out
    )


@pytest.mark.parametrize(
    ("formula", "told"),
    [
        ("max(0.01z,z)", "this is leaky_relu\n"),
        ("where(z>0,z,exp(z)-1)", "this is elu\n"),
        ("where(z>0,z,0.2z)", "this is leaky_relu:slope=0.2\n"),
        ("where(z>0,1,0)", "= 1  if z > 0\n"),
        ("tanh(z/2)", "= tanh(z/2)\n"),
        ("min(max(z,-1),1)", "1  if a > -1 and a < 1\n"),
        ("z/(1+exp(-1.5z))", "sigmoid(1.5*z)*(1 + 1.5*z*(1 - sigmoid(1.5*z)))\n"),
        ("exp(z)/(1+exp(z))", "this is sigmoid\n"),
        ("(1-exp(-2z))/(1+exp(-2z))", "this is tanh\n"),
        ("max(0,min(z,6))", "this is relu6\n"),
        ("max(0,1-abs(z))", "0   if z >= 1\n            -1  if z >= 0\n            1   if z >= -1\n"),
        ("hard_tanh", "1  if z >= min_val and z < max_val\n"),
        ("hard_swish", "(2*z + 3)/6  if z >= -3\n"),
        ("hard_shrink", "1  if abs(z) > lambd\n            0  if abs(z) <= lambd\n"),
        ("threshold", "g jumps at z = 1, where it has no slope\n"),
        ("apl", "            1       if z >= 0\n            0       otherwise\n"),
        ("celu", "1             if z >= 0\n            exp(z/alpha)  if z < 0\n"),
        ("isru", "          = 1/sqrt(1 + alpha*z^2)^3\n"),
        ("(z^2+1)/(z^2-1)", "          = -4*z/(z^2 - 1)^2\n"),
        ("2^z", "(c^v)' = c^v*log(c)*v'\n    g'(z) = log(2)*2^z\n"),
        ("sinlu", "\n    g(z) = (z + a*sin(b*z))*sigmoid(z)\n"),
        ("sin(z)^2+cos(z)^2", "g'(z) = 0\n"),
        ("abs(z)/(1+abs(z))", "-1/(1 - z)^2  if z < 0\n"),
    ],
)
def test_what_is_typed_is_shown_and_recognised(formula, told):
    page = explanation(function(formula), 80)
    assert told in page and ("this is heaviside" in page) is False


def test_a_derivation_that_nobody_could_follow_is_not_written():
    page = explanation(function("*".join(f"sin({k}z)" for k in range(1, 60))), 80)
    assert "steps, where 60 can be followed" in page and "at -10, 0 and 10" in page and len(page) < 3000
