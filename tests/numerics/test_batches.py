"""Many vectors at once, in balls, give what each entry gives alone, to the last bit."""

import math

import numpy as np
import pytest

import actcli
from actcli import activation, catalog, logsumexp, softmax
from actcli.catalog.vectors import VECTORS
from actcli.errors import ActcliError, NoAnswerError
from actcli.numerics.jacobians import many, product, rows

FORMULAS = (
    *(entry.name for entry in VECTORS), "softmax:T=0.3", "sign(z)*sum(z)", "sqrt(z)*mean(z)",
    "where(z > mean(z), z, 1)", "floor(z) + largest(z)", "log(sum(z))", "sum(1)*z",
    "sum(z)*0 + largest(abs(z))",
    "mean(first(z))*second(z)", "join(second(z), first(z))*2 + sum(3)", "simplex(z/3, 1)*sum(sum(z))",
    "join(sum(z), z)*mean(sum(z))",
)  # fmt: skip


def number(entry):
    try:
        return entry.number()
    except NoAnswerError:
        return math.nan


def vectors():
    rng = np.random.default_rng(7)
    z = rng.normal(size=(8, 6)) * 3
    z[0, 3] = z[0].max()  # a tie
    z[1], z[2, 0], z[3, 1] = 0, -math.inf, math.nan
    z[4], z[5] = np.round(z[4]), z[5] * 300
    return z, rng


@pytest.mark.parametrize("text", FORMULAS)
def test_balls_and_entries_agree(text):
    f = catalog.function(text, vectors=True)
    z, rng = vectors()
    found = many(f, "value", z)
    true = [[number(entry) for (entry,) in rows(f, "value", row.tolist())] for row in z]
    np.testing.assert_array_equal(found, true)
    for what, size in (("jvp", 6), ("vjp", found.shape[1])):
        by = rng.normal(size=(8, size))
        by[6] = 0
        true = [
            [number(entry) for entry in product(f, what, row.tolist(), v.tolist())]
            for row, v in zip(z, by, strict=True)
        ]
        np.testing.assert_array_equal(many(f, what, z, by), true)


def test_balls_decide_nearly_all():
    from actcli.numerics import jacobians

    z = np.random.default_rng(1).normal(size=(128, 128)) * 3
    for name in ("softmax", "log_softmax", "layer_norm", "sparsemax", "entmax15"):
        f = catalog.function(name, vectors=True)
        assert jacobians._in_balls(f, "value", z, None, "float64")[1].mean() < 1e-3
        assert jacobians._in_balls(f, "vjp", z, z[::-1], "float64")[1].mean() < 1e-2


def test_axes_shapes_and_types():
    z = np.arange(24, dtype=np.float32).reshape(2, 3, 4) / 7
    assert softmax(z).dtype == np.float32 and softmax(z).shape == z.shape
    np.testing.assert_array_equal(softmax(z, axis=1), np.moveaxis(softmax(np.moveaxis(z, 1, -1)), -1, 1))
    assert softmax.jacobian(z, axis=1).shape == (2, 4, 3, 3)
    np.testing.assert_array_equal(softmax.jacobian(z)[1, 2], softmax.jacobian(z[1, 2]))
    assert isinstance(logsumexp([1, 2]), float) and logsumexp(z).shape == (2, 3)
    assert logsumexp.vjp(z, np.ones((2, 3))).shape == z.shape
    assert activation("glu")(z).shape == (2, 3, 2)
    assert repr(softmax) == "actcli.activation('softmax')" and softmax.formula == "exp(z)/sum(exp(z))"
    assert "softmax" in dir(actcli)


def test_answers_there_are_not():
    assert np.isnan(activation("hardmax").jacobian([1, 1])).tolist() == [[False, True], [False, True]]
    with pytest.raises(ActcliError, match=r"vector 0: .*the value jumps"):
        activation("hardmax").vjp([1, 1], [1, 0], errors="raise")


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: softmax(1.0), "holds no vectors"),
        (lambda: softmax([[1.0]], axis=2), "axis=2"),
        (lambda: softmax([]), "holds no vectors"),
        (lambda: softmax.vjp([1, 2], [1, 2, 3]), "2 entries are needed"),
        (lambda: softmax.jvp([1, 2], 1.0), "2 entries are needed"),
        (lambda: softmax([1, 2], errors="x"), "nan or raise"),
        (lambda: activation("glu")([1, 2, 3]), "no halves"),
        (lambda: actcli.check([1.0], "softmax"), "a function of a vector"),
    ],
)
def test_what_python_refuses(call, told):
    with pytest.raises(ActcliError, match=told):
        call()
