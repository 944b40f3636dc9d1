"""Tiny points of what cancels at 0: many at once by a series, each as Arb has it alone."""

import numpy as np
import pytest

from actcli.catalog import function
from actcli.numerics import answers, blocks
from actcli.numerics.answers import array_answers, slope, value
from actcli.numerics.dtypes import rounded_array

CANCELLING = (
    "z - tanh(z)", "b_silu", "gelu_tanh(z) - gelu(z)", "(exp(z) - 1 - z)/z", "1 - cos(z)",
    "sigmoid(z) - 0.5 - z/4", "sqrt(1 + z) - 1 - z/2", "erf(z) - 2/sqrt(pi)*z", "1e-30 + z - tanh(z)",
    "z^3 - tan(z)^3", "log1p(z) - z",
)  # fmt: skip


@pytest.mark.parametrize("dtype", ["float64", "float16", "bfloat16"])
@pytest.mark.parametrize("text", CANCELLING)
def test_a_series_gives_what_each_point_gives_alone(text, dtype):
    rng = np.random.default_rng(5)
    z = np.ldexp(rng.uniform(1, 2, 400) * rng.choice([-1, 1], 400), rng.integers(-120, -18, 400))
    z = rounded_array(z, dtype)
    for question in (value(function(text)), slope(function(text))):
        found = array_answers(question, z, dtype)
        for i in range(0, 400, 40):
            alone = answers.answer_or_nan(question, float(z[i]), dtype)
            assert repr(float(found[i])) == repr(float(alone)), z[i]


def test_few_points_go_one_by_one(monkeypatch):
    alone = []
    one_by_one = blocks._one_by_one
    monkeypatch.setattr(blocks, "_one_by_one", lambda *a: alone.extend(a[1]) or one_by_one(*a))
    array_answers(value(function("z - tanh(z)")), np.ldexp(1.0, -np.arange(25.0, 250.0).astype(int)))
    assert len(alone) < 20


def test_a_jump_at_zero_is_no_series(program):
    line = ("deriv", "floor(z) + z - tanh(z)", "--kink", "left", "--on-error", "nan")
    assert set(program(*line, input=b"0\n" * 200).lines) == {"nan"}
    assert set(program(*line[:2], input=b"0\n" * 200).lines) == {"0"}
