"""Numbers beyond float64 against Arb: what they decide is right, in tails, at subnormals, far out."""

import math
import random

import numpy as np
import pytest
from formulas import any_formula

from actcli.catalog import CATALOG, function
from actcli.errors import ActcliError
from actcli.numerics.answers import answer_or_nan, slope, value
from actcli.numerics.balls.wide import decide_wide, read_wide

DTYPES = ("float64", "float32", "float16", "bfloat16", "float8_e4m3fn", "float8_e5m2")


def far_points(chance, count):
    sizes = [10 ** chance.uniform(-310, 308) for _ in range(count // 2)]
    sizes += [10 ** chance.uniform(-3, 4) for _ in range(count // 2)]
    return np.array([size * chance.choice((-1, 1)) for size in sizes])


def check(question, points, dtype):
    """Compare what is decided with the answers of Arb; return how many those were."""
    side = question.sides[-1] if question.order else 0
    found, unsure = decide_wide(read_wide(question.tree, points, side), dtype)
    for z, got in zip(points[~unsure].tolist(), found[~unsure].tolist(), strict=True):
        true = answer_or_nan(question, z, dtype)
        if not math.isnan(true):  # no slope at a jump, which the slope's formula does not know of
            assert got == true and math.copysign(1, got) == math.copysign(1, true), (question.label, z, dtype)
    return (~unsure).sum()


@pytest.mark.parametrize("entry", CATALOG, ids=lambda entry: entry.name)
def test_what_is_decided_of_the_entries_is_right(entry):
    chance, decided = random.Random(entry.name), 0
    for question in (value(function(entry.name)), slope(function(entry.name))):
        for part in (0.0, -1e9, 1e9):  # near 0, and in each tail alone, where exponentials are factors
            points = far_points(chance, 24)
            points = points if not part else np.copysign(np.abs(points) + 64, part)
            points = points[np.isfinite(points)]
            decided += check(question, points, chance.choice(DTYPES[1:]))
            check(question, points, "float64")
    assert decided > 5


@pytest.mark.parametrize("seed", range(60))
def test_what_is_decided_of_random_formulas_is_right(seed):
    chance = random.Random(seed)
    for _ in range(5):
        try:
            f = function(any_formula(chance))
        except ActcliError:
            continue
        for question in (value(f), slope(f)):
            check(question, far_points(chance, 12), chance.choice(DTYPES))


def test_tails_are_decided_with_their_sign():
    for text, z, sign in (("gelu", -1e30, -1), ("mish", -1e20, -1), ("sigmoid", -1e300, 1)):
        found, unsure = decide_wide(read_wide(slope(function(text)).tree, np.array([z])), "bfloat16")
        assert not unsure[0] and found[0] == 0 and math.copysign(1, found[0]) == sign
