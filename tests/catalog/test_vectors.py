"""Functions of vectors: value and Jacobian of every entry, and of random formulas, against mpmath."""

import math
from fractions import Fraction

import mpmath
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from actcli import catalog
from actcli.catalog.vectors import VECTORS
from actcli.errors import ActcliError, UndecidedError
from actcli.numerics.jacobians import length, product, rows

mpmath.mp.dps = 60
mpf = mpmath.mpf


def function(text):
    return catalog.function(text, vectors=True)


def softmax(z):
    grown = [mpmath.exp(x) for x in z]
    return [x / mpmath.fsum(grown) for x in grown]


def mean(z):
    return mpmath.fsum(z) / len(z)


def norm(z, eps):
    return [x / mpmath.sqrt(mean([y * y for y in z]) + eps) for x in z]


def thinned(z, power):
    """Return max(z - t, 0)^power with the t for which they sum to 1, found by halving."""
    low, high = min(z) - 1, max(z)
    for _ in range(220):
        middle = (low + high) / 2
        above = mpmath.fsum(max(x - middle, 0) ** power for x in z) > 1
        low, high = (middle, high) if above else (low, middle)
    return [max(x - low, mpf(0)) ** power for x in z]


TRUTHS = {
    "softmax": softmax,
    "log_softmax": lambda z: [mpmath.log(p) for p in softmax(z)],
    "softmin": lambda z: softmax([-x for x in z]),
    "logsumexp": lambda z: [mpmath.log(mpmath.fsum(map(mpmath.exp, z)))],
    "logmeanexp": lambda z: [mpmath.log(mean(list(map(mpmath.exp, z))))],
    "softmax1": lambda z: softmax([*z, mpf(0)])[:-1],
    "sparsemax": lambda z: thinned(z, 1),
    "entmax15": lambda z: thinned([x / 2 for x in z], 2),
    "hardmax": lambda z: [mpf(i == max(range(len(z)), key=lambda j: z[j])) for i in range(len(z))],
    "maxout": lambda z: [max(z)],
    "rms_norm": lambda z: norm(z, mpf("1e-6")),
    "layer_norm": lambda z: norm([x - mean(z) for x in z], mpf("1e-5")),
    "poly_norm": lambda z: [
        mpmath.fsum(terms) / 3
        for terms in zip(*(norm([x**k for x in z], mpf("1e-6")) for k in (1, 2, 3)), strict=True)
    ],
    "crelu": lambda z: [*(max(x, mpf(0)) for x in z), *(max(-x, mpf(0)) for x in z)],
    "glu": lambda z: [
        a / (1 + mpmath.exp(-b)) for a, b in zip(z[: len(z) // 2], z[len(z) // 2 :], strict=True)
    ],
}
POINTS = [
    [0.5, -1.25], [1.0, 2.0, 3.5, -0.75], [0.1, 0.1000001, -3.0, 0.3], [30.0, -30.0, 2.0, 700.0],
    [0.3, 0.25, 0.125, -0.5, 0.0625, 0.45],
]  # fmt: skip


def close(found, true):
    """Tell whether a float64 is that of a number known to about 25 digits."""
    return abs(mpf(found) - true) <= abs(true) * mpf(2) ** -53 * (1 + mpf(10) ** -9) + mpf(10) ** -25


def numbers(asked):
    return [one.number() for row in asked for one in row]


def test_every_vector_entry_has_its_truth():
    assert {entry.name for entry in VECTORS} == set(TRUTHS)


@pytest.mark.parametrize("name", TRUTHS)
@pytest.mark.parametrize("z", POINTS)
def test_values_against_mpmath(name, z):
    found = numbers(rows(function(name), "value", list(map(Fraction, z))))
    true = TRUTHS[name](list(map(mpf, z)))
    assert len(found) == len(true) == length(function(name), z)
    assert all(map(close, found, true)), (found, true)


def moved(z, j, step):
    return [mpf(x) + (step if i == j else 0) for i, x in enumerate(z)]


def differences(truth, z):
    """Return the Jacobian by differences, row by row: right to about 30 digits where it is smooth."""
    step = mpf(10) ** -16
    columns = []
    for j in range(len(z)):
        far = [truth(moved(z, j, k * step)) for k in (-2, -1, 1, 2)]
        columns.append([(a - 8 * b + 8 * c - d) / (12 * step) for a, b, c, d in zip(*far, strict=True)])
    return [list(row) for row in zip(*columns, strict=True)]


@pytest.mark.parametrize("name", TRUTHS)
@pytest.mark.parametrize("z", POINTS)
def test_jacobians_against_mpmath(name, z):
    found = numbers(rows(function(name), "jacobian", list(map(Fraction, z))))
    with mpmath.workdps(90):
        true = [x for row in differences(TRUTHS[name], z) for x in row]
    assert len(found) == len(true) and all(map(close, found, true)), (found, true)


@pytest.mark.parametrize("name", TRUTHS)
def test_the_formula_for_arrays_is_the_definition(name):
    entry = next(entry for entry in VECTORS if entry.name == name)
    if entry.definition:
        asked = [1.5, -2.25, 0.75, 300.0]
        plain = numbers(rows(function(entry.formula + _settings(entry)), "value", asked))
        assert plain == numbers(rows(function(name), "value", asked))


def _settings(entry):
    return "".join(f":{p.name}={p.default}" for p in entry.parameters)


VECTOR = st.lists(st.floats(-4, 4).map(lambda x: round(x, 3)), min_size=2, max_size=5)


@given(VECTOR, st.lists(st.integers(-3, 3), min_size=5, max_size=5))
@settings(max_examples=25)
def test_products_are_those_of_the_jacobian(z, weights):
    shown = function("softmax:temperature=2")
    exact = [[mpf(one.digits(40)) for one in row] for row in rows(shown, "jacobian", list(map(Fraction, z)))]
    by = weights[: len(z)]
    for what, matrix in (("vjp", list(zip(*exact, strict=True))), ("jvp", exact)):
        true = [mpmath.fsum(v * x for v, x in zip(by, row, strict=True)) for row in matrix]
        found = [
            one.number() for one in product(shown, what, list(map(Fraction, z)), list(map(Fraction, by)))
        ]
        assert all(map(close, found, true))


# ---------------------------------------------------------------------------- random formulas

INNER = ("z", "z^2", "exp(z)", "sigmoid(z)", "max(z, 0.25)", "z/3 - 1", "tanh(2z)")
WORDS = {"sum": mpmath.fsum, "mean": mean, "largest": max}
OUTER = ("{u}*{s}", "{u} - {s}", "{u}/(1 + {s}^2)", "exp({u} - abs({s}))", "{u} + where({s} > 0.5, {s}, 1)")


def truth_of(outer, inner, word, within, z):
    words = {
        "exp": mpmath.exp, "tanh": mpmath.tanh, "max": max, "abs": abs, "sum": mpmath.fsum,
        "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)), "where": lambda c, a, b: a if c else b,
    }  # fmt: skip

    def at(text, **names):
        text = text.replace("^", "**").replace("2z", "2*z").replace("0.25", "mpf(0.25)")
        return mpf(eval(text, {**words, "mpf": mpf, **names}))

    s = WORDS[word]([at(within, z=mpf(x)) for x in z])
    return s, [at(outer.format(u=f"({inner})", s="s"), z=mpf(x), s=s) for x in z]


@given(
    st.sampled_from(OUTER), st.sampled_from(INNER), st.sampled_from([*WORDS]), st.sampled_from(INNER), VECTOR
)
@example(OUTER[-1], "z", "mean", "sigmoid(z)", [1.0, -1.0])
@settings(max_examples=150)
def test_random_formulas_of_vectors_against_mpmath(outer, inner, word, within, z):
    """A refusal is right where a comparison is a tie of irrational numbers, and only there."""
    text = outer.format(u=f"({inner})", s=f"{word}({within})")
    s, true = truth_of(outer, inner, word, within, z)
    try:
        found = numbers(rows(function(text), "value", list(map(Fraction, z))))
    except UndecidedError:
        assert "where" in outer and abs(s - 0.5) < 1e-25
    else:
        assert all(map(close, found, true))


# ---------------------------------------------------------------------------- beside the smooth


def test_masks_ties_and_what_has_no_value():
    inf = math.inf
    assert numbers(rows(function("softmax"), "value", [0.0, -inf, 0.0])) == [0.5, 0, 0.5]
    assert all(map(math.isnan, numbers(rows(function("softmax"), "value", [-inf, -inf]))))
    assert all(map(math.isnan, numbers(rows(function("softmax"), "value", [1.0, math.nan]))))
    assert numbers(rows(function("hardmax"), "value", [1.0, 3.0, 3.0])) == [0, 1, 0]
    for kink, slope in (("right", 1), ("left", 0), ("mean", 0.5)):
        assert numbers(rows(function("maxout"), "jacobian", [2.0, 2.0, 1.0], kink)) == [slope, slope, 0]


@pytest.mark.parametrize("text", ["glu", "z + first(z)", "simplex(z, 3)"])
def test_vectors_that_do_not_fit_are_refused(text):
    with pytest.raises(ActcliError):
        length(function(text), [1.0, 2.0, 3.0])
