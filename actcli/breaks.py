"""Where a function has its kinks and jumps: declared by its entry, or found in its formula."""

import numpy as np

from actcli.activation import Function
from actcli.calculus import evaluate
from actcli.formula import Node, postorder
from actcli.plots.ticks import Limits
from actcli.words import ARRAYS, Array

SCAN = 2_001


def breaks(function: Function, xlim: Limits) -> tuple[float, ...]:
    """Return the kinks of a function between the limits: declared, or found where a comparison turns."""
    if function.entry:
        found = {float(evaluate(kink, ARRAYS, {})) for kink in function.kinks}
    else:
        found = {z for node in postorder(function.formula) for z in _turns(node, xlim)}
    return tuple(sorted(z for z in found if xlim[0] <= z <= xlim[1]))


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
