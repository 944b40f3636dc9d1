"""Which points tell most about a kernel: where its answers change their kind, found from the answers.

The encodings of the format are walked through in order of the numbers, all of them up to 16 bits, else some
with bisection between neighbours whose answers differ in kind.
"""

import math
from collections.abc import Iterator

import numpy as np

from actcli.catalog.entries import Function
from actcli.checks.ulps import from_keys, keys
from actcli.language.limits import Array
from actcli.numerics.answers import Question, array_answers, slope, value
from actcli.numerics.balls.arrays import Places
from actcli.numerics.dtypes import DTYPES, rounded
from actcli.numerics.exact import nearest

WALKED = 1 << 14  # encodings that are looked at first where there are more than 2^16

CHANGES = {
    "zero": "g becomes 0",
    "subnormal": "g becomes subnormal",
    "negative": "g changes its sign",
    "falling": "an extreme: g' changes its sign or becomes 0",
    "itself": "g(z) becomes z",
    "least": "g reaches its limit at -inf",
    "most": "g reaches its limit at inf",
}


def hard_points(function: Function, dtype: str, order: int = 0) -> list[tuple[float, str]]:
    """Return points in rising order, each with its reason; those on both sides of a change.

    With `order` 1 the answers are those of g', and its own slope is left out.
    """
    question = slope(function) if order else value(function)
    found: dict[int, str] = {}
    for key, reason in _all(function, question, dtype):
        found.setdefault(key, reason.replace("g", "g'", 1) if order and "g" in reason[:1] else reason)
    points = sorted(found.items())
    z = from_keys(np.array([key for key, _ in points], np.int64), dtype).tolist()
    return [(point, reason) for point, (_, reason) in zip(z, points, strict=True)]


def _all(function: Function, question: Question, dtype: str) -> Iterator[tuple[int, str]]:
    for kink in function.kinks:
        yield from ((key, "a kink") for key in _around(nearest(kink, 0.0), dtype))
    yield from _changes(function, question, dtype)
    yield from _specials(dtype)


def _around(z: float, dtype: str) -> Iterator[int]:
    key = int(keys(np.array([rounded(z, dtype)]), dtype)[0])
    yield from (key, key - 1, key + 1)


def _specials(dtype: str) -> Iterator[tuple[int, str]]:
    form = DTYPES[dtype]
    named = {
        0.0: "zero", form.tiny: "the least normal number", math.ldexp(1.0, form.least): "the least number",
        float(form.largest): "the largest number", form.beyond: "beyond the largest number",
    }  # fmt: skip
    named |= {
        2.0**k: f"a power of two, 2^{k}" for k in range(max(-10, 1 - form.bias), min(10, form.most) + 1)
    }
    for z, reason in named.items():
        for signed in (z, -z):
            if not math.isnan(signed):
                yield int(keys(np.array([signed]), dtype)[0]), reason


def _changes(function: Function, question: Question, dtype: str) -> Iterator[tuple[int, str]]:
    """Yield both neighbours of every change of kind that the walk sees."""
    most = int(keys(np.array([float(DTYPES[dtype].largest)]), dtype)[0])
    walk = np.arange(-most, most + 1) if most <= 1 << 16 else _spread(most)
    kinds = _kinds(function, question, walk, dtype)
    for name, states in kinds.items():
        at = np.flatnonzero(states[1:] != states[:-1])
        low, high = _bisected(function, question, name, walk[at], walk[at + 1], states[at], dtype)
        yield from ((key, CHANGES[name]) for key in np.concatenate([low, high]).tolist())


def _spread(most: int) -> Places:
    return np.array([most * i // (WALKED // 2) for i in range(-WALKED // 2, WALKED // 2 + 1)], np.int64)


def _kinds(function: Function, question: Question, places: Places, dtype: str) -> dict[str, Array]:
    z = from_keys(places, dtype)
    y = array_answers(question, z, dtype)
    found = {
        "zero": y == 0,
        "subnormal": (y != 0) & (np.abs(y) < DTYPES[dtype].tiny),
        "negative": np.sign(y),
        "itself": y == z,
    }
    if not question.order:
        found["falling"] = np.sign(array_answers(slope(function), z))
    for name, infinity in (("least", -math.inf), ("most", math.inf)):
        limit = array_answers(question, np.array([infinity]), dtype)[0]
        if math.isfinite(limit) and limit:
            found[name] = y == limit
    return found


def _bisected(
    function: Function, question: Question, name: str, low: Places, high: Places, state: Array, dtype: str
) -> tuple[Places, Places]:
    """Halve all stretches at once until their ends are neighbours."""
    while low.size and (high - low > 1).any():
        middle = low + (high - low) // 2
        same = _kinds(function, question, middle, dtype)[name] == state
        low, high = np.where(same, middle, low), np.where(same, high, middle)
        high = np.maximum(high, low + 1)
    return low, high
