"""Every answer is the true value rounded once, ties to even: which is more than the 4 (ulp(g) + |g'| ulp(z))
that were asked for, and leaves 0, inf and nan to the points where the truth rounds to them.

pytest tests/numerics/test_accuracy.py                    some fifty points per function
ACTCLI_LONG=1000 pytest tests/numerics/test_accuracy.py   that many points per function and kind

The truth is the entry's text read with mpmath (oracle.py): for the slope that is `derivative`, while single
points are answered by the power series of `formula`, so that the two texts are held against each other too.
"""

import math
import os
import random
import struct
from collections.abc import Iterator

import numpy as np
import oracle
import pytest
from functions import described, every_function, jumps, kink_places

from actcli.catalog import function
from actcli.catalog.entries import NO_LIMIT, Function
from actcli.errors import UndefinedError
from actcli.language.trees import Node
from actcli.numerics.answers import Question, answer, answer_or_nan, array_answers, slope, value

POINTS = int(os.environ.get("ACTCLI_LONG", "0")) or 3
TINIEST, HUGEST = 5e-324, 1.7976931348623157e308

# Ties but for e^-|z|, which the truth of mpmath takes for ties: the answer by hand.
ALL_BUT_TIES = [
    ("tanhshrink", 1e16, 1e16),
    ("tanhshrink", -1e16, -1e16),
    ("eswish", 5896738993135000.0, 10230842153089224.0),
    ("xielu:alpha_n=1", -18014398509481988.0, 9007199254740994.0),
]

orders = pytest.mark.parametrize("order", [0, 1], ids=["value", "slope"])


def asked(f: Function, order: int) -> tuple[Question, Node]:
    return (slope(f), f.slope) if order else (value(f), f.formula)


# ---------------------------------------------------------------------------- where


def points(f: Function) -> list[float]:
    """Return points of every kind, the same ones for a function in every run."""
    rng = random.Random(described(f))
    found = {0.0, TINIEST, -TINIEST, HUGEST, -HUGEST, *beside_kinks(f)}
    for _ in range(POINTS):
        found |= {rng.uniform(-12, 12), rng.uniform(-800, 800), random_bits(rng)}
        found |= {sign * 10 ** rng.uniform(-323, 308) for sign in (-1, 1)}
        found |= {sign * 10 ** rng.uniform(-10, 3) for sign in (-1, 1)}
    return sorted(found)


def random_bits(rng: random.Random) -> float:
    while not math.isfinite(z := struct.unpack("d", rng.randbytes(8))[0]):
        pass
    return float(z)


def beside_kinks(f: Function) -> Iterator[float]:
    for kink in map(float, kink_places(f, reach=2)):
        yield from (math.nextafter(kink, -math.inf), kink, math.nextafter(kink, math.inf))


# ---------------------------------------------------------------------------- how accurate


@orders
@every_function
def test_an_answer_is_the_truth_rounded_once(f: Function, order: int) -> None:
    """Where the value jumps there is no slope: that point is left to the next test."""
    question, truth = asked(f, order)
    zs = [z for z in points(f) if not order or z not in jumps(f)]
    for z, many in zip(zs, array_answers(question, np.array(zs)), strict=True):
        true, one = oracle.nearest(truth, z), answer(question, z)
        assert one == true or tie(truth, z, one, true), f"at {z!r} it is {true!r}; answered {one!r}"
        assert same(many, one), f"at {z!r} it is {true!r}; answered {one!r}, in an array {many!r}"


def tie(node: Node, z: float, one: float, other: float) -> bool:
    """Tell whether mpmath cannot tell two numbers apart: the truth is halfway, but for some e^-|z|."""
    with oracle.mp.workdps(400):
        true, half = oracle.once(node, {"z": oracle.mpf(z)}), (oracle.mpf(one) + oracle.mpf(other)) / 2
        return abs(z) > 100 and bool(abs(true - half) <= abs(true) * oracle.mpf(10) ** -40)


def same(a: float, b: float) -> bool:
    """Tell whether two numbers are the same float64, the sign of zero included."""
    return float(a).hex() == float(b).hex()


@every_function
def test_where_the_value_jumps_there_is_no_slope(f: Function) -> None:
    for z in jumps(f):
        with pytest.raises(UndefinedError):
            answer(slope(f), z)
        assert math.isnan(array_answers(slope(f), np.array([z]))[0])


@pytest.mark.parametrize(("text", "z", "true"), ALL_BUT_TIES)
def test_a_tie_but_for_an_exponential_goes_to_its_side(text: str, z: float, true: float) -> None:
    question = value(function(text))
    assert answer(question, z) == array_answers(question, np.array([z]))[0] == true


@orders
@every_function
def test_at_infinity_the_answer_is_the_limit_and_at_nan_it_is_nan(f: Function, order: int) -> None:
    question, _ = asked(f, order)
    zs = [-math.inf, math.inf, math.nan]
    true = [math.nan if end in (None, NO_LIMIT) else oracle.nearest(end) for end in (*question.ends, None)]
    assert list(map(same, map(answer, [question] * 3, zs), true)) == [True] * 3
    assert list(map(same, array_answers(question, np.array(zs)), true)) == [True] * 3


@pytest.mark.parametrize(
    "text", ["floor(z)", "2*floor(z/2)", "z-floor(z)", "z*floor(z)", "floor(z)^2", "exp(floor(-z))"]
)
def test_the_steps_of_a_floor_are_seen_over_arrays(text: str) -> None:
    """Where the value jumps there is no slope on one side, though the slope of a floor is written 0."""
    zs, missing = np.arange(-6, 6.5, 0.5), 0
    for side in ("left", "right"):
        question = slope(function(text), side)
        one = [answer_or_nan(question, z) for z in zs.tolist()]
        np.testing.assert_array_equal(array_answers(question, zs), one)
        missing += np.isnan(one).sum()
    assert missing >= 6


@pytest.mark.parametrize("order", [2, 3])
@pytest.mark.parametrize(
    "text", ["gelu", "mish", "relu", "elu:alpha=0.5", "softsign", "max(z^3,z)", "abs(z)^2.5", "floor(z)*z"]
)
def test_higher_orders_over_arrays_are_those_of_one_point(text: str, order: int) -> None:
    zs = np.repeat([-40.0, -3.0, -1.0, -1e-5, 0.0, 0.5, 1.0, 2.5, 40.0], 30)
    for side in ("left", "right"):
        question = slope(function(text), side, order)
        one = [answer_or_nan(question, z) for z in zs[::30].tolist()]
        np.testing.assert_array_equal(array_answers(question, zs)[::30], one)
