"""Where a function has its kinks and jumps: declared by its entry, or found in its formula."""

import math

import numpy as np

from actcli.catalog.entries import Function, Kink
from actcli.language.calculus import evaluate
from actcli.language.formula import parse
from actcli.language.limits import Array, Limits
from actcli.language.trees import Node, postorder, substitute
from actcli.numerics.plain import ARRAYS

SCAN = 2_001
MOST = 1_000  # kinks of one kind: more would fill the axis


def breaks(function: Function, xlim: Limits) -> tuple[float, ...]:
    """Return the kinks of a function between the limits: declared, or found where a comparison turns."""
    if function.entry:
        found = {z for kink in function.entry.kinks for z in _declared(function, kink, xlim)}
    else:
        found = {z for node in postorder(function.formula) for z in _turns(node, xlim)}
    return tuple(sorted(z for z in found if xlim[0] <= z <= xlim[1]))


def _declared(function: Function, kink: Kink, xlim: Limits) -> list[float]:
    """Return where a kink is, and where it comes again between the limits."""
    if not function.satisfies(kink.when):
        return []
    z, every = (_value(function, text) for text in (kink.at, kink.every or "0"))
    if not every:
        return [z]
    first, last = (math.ceil((xlim[0] - z) / every), math.floor((xlim[1] - z) / every))
    return [z + k * every for k in range(first, min(last, first + MOST) + 1)]


def _value(function: Function, text: str) -> float:
    return float(evaluate(substitute(parse(text), function.parameters), ARRAYS, {}))


def _turns(node: Node, xlim: Limits) -> list[float]:
    """Return where the two things that a node compares change places."""
    if node.op == "where":
        left, right = node.children[0].children
    elif node.op in ("min", "max"):
        left, right = node.children
    elif node.op in ("abs", "sign"):
        (left,), right = node.children, None
    else:
        return []
    difference = left if right is None else Node("-", left, right)
    return _sign_changes(difference, xlim)


def _sign_changes(difference: Node, xlim: Limits) -> list[float]:
    z = np.linspace(*xlim, SCAN)
    above = _sign(difference, z)
    exact = z[above == 0]
    turns = np.flatnonzero(above[:-1] * above[1:] < 0)
    low, high = z[turns], z[turns + 1]
    for _ in range(80):
        middle = low + (high - low) / 2
        same = _sign(difference, middle) == above[turns]
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return [*map(float, exact), *map(float, high)]


def _sign(difference: Node, z: Array) -> Array:
    with np.errstate(all="ignore"):
        found: Array = np.sign(np.broadcast_to(evaluate(difference, ARRAYS, {"z": z}), z.shape))
    return found
