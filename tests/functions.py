"""The functions that every law of the catalog is held against, and where each of them has kinks.

They are the entries with their default parameters, and with others inside the bounds.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import permutations

import oracle
import pytest
from mpmath import mp, mpf

from actcli.catalog import CATALOG
from actcli.catalog.entries import Activation, Function, Interval, Number, Parameter, number_or_inf
from actcli.errors import ActcliError
from actcli.language.formula import parse
from actcli.language.trees import Node, bound_of, substitute, write

NEAR = Fraction(1, 10**30)


def settings(entry: Activation) -> Iterator[dict[str, Number]]:
    """Yield parameters inside the bounds: the defaults, small ones, large ones, the ends that are allowed."""
    yield {}
    if entry.parameters:
        for part in (Fraction(1, 3), Fraction(5, 2), Fraction(0)):
            yield next(
                found for order in permutations(entry.parameters) if (found := inside(entry, order, part))
            )


def inside(entry: Activation, order: tuple[Parameter, ...], part: Fraction) -> dict[str, Number]:
    values = entry.defaults()
    for parameter in order:
        nodes = {key: number_or_inf(value) for key, value in values.items()}
        values[parameter.name] = chosen(Interval.parse(parameter.bounds).within(nodes), part)
    try:
        return values if entry.bind(values).entry else {}
    except ActcliError:
        return {}


def chosen(interval: Interval, part: Fraction) -> Number:
    low, high = bound_of(interval.low), bound_of(interval.high)
    assert low is not None and high is not None
    if not part and not interval.open_low:
        return low
    if not part and not interval.open_high:
        return high
    part = part or Fraction(7, 5)
    if isinstance(low, Fraction):
        return low + (part * (high - low) / 3 if isinstance(high, Fraction) else part)
    return high - part if isinstance(high, Fraction) else Fraction(3, 2) - 2 * part


FUNCTIONS = [entry.bind(given) for entry in CATALOG for given in settings(entry)]


def described(function: Function) -> str:
    shown = (f"{key}={write(node)[:9]}" for key, node in function.parameters.items())
    return ":".join((function.label, *shown))


every_function = pytest.mark.parametrize("f", FUNCTIONS, ids=described)
every_entry = pytest.mark.parametrize("entry", CATALOG, ids=lambda entry: entry.name)


def entry_of(f: Function) -> Activation:
    assert f.entry is not None
    return f.entry


def in_z(f: Function, text: str) -> Node:
    return substitute(parse(text), f.parameters)


def kink_places(f: Function, reach: int = 30) -> list[Fraction]:
    """Return where the kinks are, to 50 digits, those of a series within the reach."""
    places = []
    for kink in entry_of(f).kinks:
        if f.satisfies(kink.when):
            first = rational(in_z(f, kink.at))
            period = rational(in_z(f, kink.every)) if kink.every else Fraction(0)
            places += [first + n * period for n in (range(-reach, reach) if kink.every else (0,))]
    return places


def jumps(f: Function) -> set[float]:
    """Return the points where the value jumps, seen from the right: there is no slope on that side."""
    return {float(z) for z in kink_places(f, reach=2) if z == Fraction(float(z)) and leaps(f.formula, z)}


def leaps(node: Node, z: Fraction) -> bool:
    return bool(abs(oracle.value(node, z + NEAR) - oracle.value(node, z)) > mpf(10) ** -20)


def rational(node: Node) -> Fraction:
    exact = node.value
    return exact if exact is not None else Fraction(mp.nstr(oracle.value(node), 55))


def jump(node: Node, z: Fraction) -> bool:
    left, at, right = (oracle.value(node, z + side * NEAR) for side in (-1, 0, 1))
    return bool(max(abs(left - right), abs(left - at), abs(right - at)) > mpf(10) ** -20 * (1 + abs(right)))
