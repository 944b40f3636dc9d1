"""What every entry of the catalog promises, checked with an oracle of its own (oracle.py).

Each law is a loop over the catalog, with default parameters and with others inside the bounds
(functions.py).
"""

import ast
import inspect
import math
import re
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import oracle
import pytest
from functions import NEAR, entry_of, every_entry, every_function, in_z, jump, kink_places
from mpmath import mp, mpf

from actcli import catalog
from actcli.catalog import CATALOG, defined, find, function
from actcli.catalog.entries import NO_LIMIT, Activation, Function, normal, of_formula
from actcli.catalog.refused import REFUSED
from actcli.errors import ActcliError
from actcli.language.calculus import LEFT, RIGHT, derivative, evaluate
from actcli.language.formula import parse
from actcli.language.trees import Node, bound_of, name, names_in, number, write
from actcli.numerics.plain import ARRAYS

SIZES = ["1e-6", "1/7", "0.4", "0.6", "0.9", "1.25", "1.7", "2.25", "2.9", "3.25", "4.25", "12", "41", "700"]
POINTS = [sign * Fraction(size) for sign in (-1, 1) for size in SIZES]
MIDDLE = [z for z in POINTS if abs(z) <= 12]  # where no digits beyond the 1,500th matter


def smooth_points(f: Function, near: list[Fraction] = POINTS) -> list[Fraction]:
    kinks = kink_places(f, reach=400)
    return [z for z in near if all(abs(z - kink) > Fraction(1, 10**9) for kink in kinks)]


def close(a: Any, b: Any, digits: int = 28) -> bool:
    return bool(a == b or abs(a - b) <= mpf(10) ** -digits * max(abs(a), abs(b)))


# ---------------------------------------------------------------------------- derivative, definition, from a


@every_function
def test_the_derivative_is_the_slope_of_the_formula(f: Function) -> None:
    by_rules = derivative(f.formula)
    for z in smooth_points(f):
        told = oracle.value(f.slope, z)
        assert close(told, oracle.value(by_rules, z)), f"g'({float(z)}) = {told}, by the rules another"
        if z in MIDDLE:
            numeric = oracle.slope(f.formula, z)
            assert close(told, numeric, 25), f"g'({float(z)}) = {told}, numerically {numeric}"


@every_function
def test_at_a_kink_the_derivative_is_that_of_the_right_and_of_the_side_asked_for(f: Function) -> None:
    for kink in kink_places(f, reach=3):
        right, left = oracle.value(f.slope, kink + NEAR), oracle.value(f.slope, kink - NEAR)
        if Fraction(float(kink)) == kink and entry_of(f).name != "gelu_clipped":
            assert close(oracle.value(f.slope, kink), right, 20)
            assert float(at_side(f.slope, kink, RIGHT)) == pytest.approx(float(right), rel=1e-12)
            assert float(at_side(f.slope, kink, LEFT)) == pytest.approx(float(left), rel=1e-12)


def at_side(node: Node, z: Fraction, side: int) -> Any:
    with np.errstate(all="ignore"):
        return evaluate(node, ARRAYS, {"z": np.float64(float(z))}, side)


@every_function
def test_the_definition_is_the_formula(f: Function) -> None:
    if text := entry_of(f).definition:
        definition = in_z(f, text)
        for z in [Fraction(0), *MIDDLE]:
            told, computed = oracle.value(definition, z), oracle.value(f.formula, z)
            assert close(told, computed), f"at {float(z)} the definition is {told}, the formula {computed}"


@every_function
def test_the_derivative_from_a_is_the_derivative(f: Function) -> None:
    if f.from_value is None:
        return
    condition = in_z(f, f"where({entry_of(f).from_value_when or '0 == 0'}, 1, 0)")
    for z in smooth_points(f, MIDDLE):
        with mp.workdps(1500):
            a = oracle.once(f.formula, {"z": oracle.number(z)})
            if oracle.once(condition, {"z": oracle.number(z), "a": a}):
                told, true = (
                    oracle.once(f.from_value, {"a": a}),
                    oracle.once(f.slope, {"z": oracle.number(z)}),
                )
                assert close(told, true), f"at {float(z)}: from a {told}, g' is {true}"


# ---------------------------------------------------------------------------- kinks


@every_function
def test_kinks_are_real(f: Function) -> None:
    for kink in kink_places(f, reach=2):
        assert jump(f.formula, kink) or jump(f.slope, kink), f"nothing jumps at {float(kink)}"


@every_function
def test_kinks_are_complete(f: Function) -> None:
    known = kink_places(f)
    jumps = [z for node in (f.formula, f.slope) for z in steps(node)]
    candidates = {z for node in (f.formula, f.slope) for part in oracle.breaks(node) for z in crossings(part)}
    jumps += [z for z in candidates if jump(f.formula, z) or jump(f.slope, z)]
    for z in jumps:
        assert any(abs(z - kink) < 1e-9 for kink in known), f"there is a kink at {float(z)} that is not told"


def on_arrays(node: Node, z: Any) -> Any:
    with np.errstate(all="ignore"):
        return np.broadcast_to(evaluate(node, ARRAYS, {"z": z}), np.shape(z))


def steps(node: Node) -> list[Fraction]:
    """Return where a function steps: the difference over an interval stays as the interval is halved."""
    low = np.linspace(-9.01, 9.03, 700)[:-1]
    high = low + 18.04 / 699
    for _ in range(36):
        middle = (low + high) / 2
        left, at, right = (on_arrays(node, z) for z in (low, middle, high))
        nearer = np.abs(at - left) > np.abs(right - at)
        low, high = np.where(nearer, low, middle), np.where(nearer, middle, high)
    left, right = on_arrays(node, low), on_arrays(node, high)
    found = np.abs(right - left) > 1e-6 * (1 + np.abs(left))
    return [Fraction(float(z)) for z in low[found]]


def crossings(node: Node) -> set[Fraction]:
    """Return where a difference changes its sign, to 45 digits."""
    grid = np.sinh(np.linspace(-4, 4, 400)) + 1e-3
    signs = np.sign(on_arrays(node, grid))
    found = set()
    for i in np.nonzero(signs[1:] * signs[:-1] < 0)[0][:12]:
        low, high = Fraction(float(grid[i])), Fraction(float(grid[i + 1]))
        first = oracle.value(node, low) > 0
        while high - low > Fraction(1, 10**45):
            middle = (low + high) / 2
            low, high = (middle, high) if (oracle.value(node, middle) > 0) == first else (low, middle)
        found.add(low)
    return {z.limit_denominator(10**20) if abs(z.limit_denominator(10**20) - z) < 1e-44 else z for z in found}


# ---------------------------------------------------------------------------- range and limits


@every_function
def test_the_range_holds_every_value(f: Function) -> None:
    if f.range is None:
        return
    low, high = oracle.value(f.range.low), oracle.value(f.range.high)
    for z in [Fraction(0), *POINTS, *kink_places(f, reach=2), *extremes(f)]:
        a = oracle.value(f.formula, z)
        strict = abs(z) < 3
        reached = close(low, a, 35) and not (strict and f.range.open_low)
        assert low < a or reached, f"g({float(z)}) = {a}, below {low}"
        reached = close(high, a, 35) and not (strict and f.range.open_high)
        assert a < high or reached, f"g({float(z)}) = {a}, above {high}"


@every_function
def test_the_range_is_tight(f: Function) -> None:
    if f.range is None:
        return
    reached = [oracle.value(f.formula, z) for z in [*POINTS, *extremes(f)]]
    reached += [
        oracle.value(f.formula, kink + side * NEAR) for kink in kink_places(f, 1) for side in (-1, 0, 1)
    ]
    reached += [oracle.value(limit) for limit in f.at_infinity(0) if limit is not NO_LIMIT]
    waves = {-mp.inf, mp.inf} if NO_LIMIT in f.at_infinity(0) and max(map(abs, reached)) > 100 else set()
    for told, found in ((f.range.low, min(reached)), (f.range.high, max(reached))):
        end = oracle.value(told)
        assert end == found or end in waves or abs(end - found) <= mpf(10) ** -17, (
            f"the range ends at {end}, the values at {found}"
        )


def extremes(f: Function) -> list[Fraction]:
    """Return where g is smallest and largest, each to 20 digits."""
    grid = np.sinh(np.linspace(-6, 6, 2001))
    values = on_arrays(f.formula, grid)
    return [narrowed(f.formula, grid, int(pick(values))) for pick in (np.nanargmin, np.nanargmax)]


def narrowed(node: Node, grid: Any, i: int) -> Fraction:
    sign = 1 if i in (0, len(grid) - 1) or on_arrays(node, grid[i]) <= on_arrays(node, grid[i - 1]) else -1
    low, high = (Fraction(float(grid[min(max(j, 0), len(grid) - 1)])) for j in (i - 1, i + 1))
    with mp.workdps(60):
        for _ in range(62):
            thirds = low + (high - low) * 9 / 20, low + (high - low) * 11 / 20
            first, second = (sign * oracle.once(node, {"z": oracle.number(z)}) for z in thirds)
            low, high = (low, thirds[1]) if first < second else (thirds[0], high)
            low, high = (Fraction(int(z * 10**40), 10**40) for z in (low, high))
    return (low + high) / 2


@every_function
@pytest.mark.parametrize("order", [0, 1], ids=["limits", "slopes"])
def test_limits_are_where_the_function_goes(f: Function, order: int) -> None:
    for sign, told in zip((-1, 1), f.at_infinity(order), strict=True):
        node = f.slope if order else f.formula
        far = [oracle.value(node, sign * z) for z in (10**3, 10**4, 10**6, 10**300)]
        if told is NO_LIMIT:
            near = [oracle.value(node, sign * (1000 + Fraction(n, 7))) for n in range(40)]
            assert max(near) - min(near) > 0.1, f"it tends to something: {far}"
        elif bound_of(told) in (math.inf, -math.inf):
            toward = [v * (1 if bound_of(told) == math.inf else -1) for v in far]
            assert toward == sorted(toward) and toward[-1] > 100, f"it does not tend to {write(told)}: {far}"
        else:
            limit = oracle.value(told)
            assert abs(far[-1] - limit) <= mpf(10) ** -38 * (1 + abs(limit)), (
                f"it tends to {far[-1]}, not {limit}"
            )
            assert abs(far[-2] - limit) <= abs(far[0] - limit) + mpf(10) ** -38 * (1 + abs(limit))


# ---------------------------------------------------------------------------- names and texts


def test_no_spelling_has_two_owners() -> None:
    owners = Counter(spelled for entry in CATALOG for spelled in set(map(normal, entry.names())))
    refused = set(catalog.refusals())
    assert {s: n for s, n in owners.items() if n > 1 and s not in refused} == {}
    assert not refused & {normal(entry.name) for entry in CATALOG}


def test_parameters_have_one_owner_of_each_spelling() -> None:
    for entry in CATALOG:
        spelled = Counter(s for p in entry.parameters for s in {normal(s) for s in (p.name, *p.aliases)})
        assert set(spelled.values()) <= {1}, entry.name


@every_entry
def test_every_name_finds_its_entry(entry: Activation) -> None:
    for spelled in entry.names():
        if normal(spelled) not in catalog.refusals():
            assert find(spelled) is entry


def test_a_refused_name_is_refused_with_its_reason() -> None:
    for names, why in REFUSED.items():
        for spelled in names.split():
            with pytest.raises(ActcliError, match=re.escape(why)):
                find(spelled)
            with pytest.raises(ActcliError, match=re.escape(why)):
                catalog.defined(spelled)


@every_entry
def test_every_text_is_in_the_language(entry: Activation) -> None:
    allowed = {parameter.name for parameter in entry.parameters}
    for text in (entry.formula, entry.derivative, entry.definition or "z"):
        assert names_of(text) <= allowed | {"z"}, text
    assert names_of(entry.from_value or "a") <= allowed | {"a"}
    ends = [*entry.limits, *entry.slopes, f"min({entry.range[1:-1]})"]
    ends += [f"min({p.bounds[1:-1]})" for p in entry.parameters]
    ends += [text for kink in entry.kinks for text in (kink.at, kink.every or "0")]
    for text in ends:
        assert names_of(text) <= allowed | {"nan"}, text
    for condition in (entry.from_value_when, *(kink.when for kink in entry.kinks)):
        assert names_of(f"where({condition or '0 == 0'}, 1, 0)") <= allowed | {"z", "a"}, condition


def names_of(text: str) -> set[str]:
    return names_in(parse(text))


@every_entry
def test_an_entry_says_what_it_says_once_and_whence(entry: Activation) -> None:
    assert len(entry.reference) > 10
    assert entry.definition != entry.formula
    assert entry.range[0] in "([" and entry.range[-1] in ")]"
    for parameter in entry.parameters:
        assert parameter.meaning
        assert bound_of(parse(parameter.default)) is not None
    for text in (*entry.aliases, entry.differs, entry.note, entry.reference, entry.name):
        assert all(c.isascii() or c in "\u03c3\u03bb" for c in text), text


def families() -> Iterator[tuple[str, ast.Module]]:
    folder = Path(inspect.getfile(catalog)).parent
    for file in sorted(folder.glob("*.py")):
        if file.stem not in ("__init__", "entries", "families", "frameworks", "refused"):
            yield file.stem, ast.parse(file.read_text())


def test_entries_are_short_and_family_files_hold_nothing_else() -> None:
    for family, tree in families():
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        entries = [call for call in calls if getattr(call.func, "id", "") == "Activation"]
        for entry in entries:
            lines = (entry.end_lineno or 0) - entry.lineno + 1
            assert 7 <= lines <= 18, f"{family}, line {entry.lineno}: {lines} lines"
        held = getattr(import_module(f"actcli.catalog.{family}"), family.upper())
        assert len(entries) == len(held)
        assert not [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.Lambda | ast.ClassDef)]


def test_an_infinite_parameter_leaves_the_formula() -> None:
    f = find("keras_relu").bind()
    assert name("inf") not in [n for n in f.formula.children]
    assert number(6) in find("keras_relu").bind({"max_value": Fraction(6)}).formula.children[1].children


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("swish(z,beta=2)", "swish"),
        ("elu(z, 0.5)", "elu"),
        ("leaky_relu( z, negative_slope = 0.2 )", "leaky_relu"),
        ("scaled_tanh(z, 2, beta=1)", "scaled_tanh"),
        ("elu(2z, 0.5)", None),
        ("elu(z, alpha=pi)", None),
        ("elu(z, alpha=0.5)+1", None),
    ],
)
def test_an_activation_of_z_with_numbers_is_that_activation(text, entry):
    f = function(text)
    assert (f.entry and f.entry.name) == entry
    assert f.formula is of_formula(text, parse(text, defined), {}).formula
