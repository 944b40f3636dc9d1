"""An inverse over arrays: bisection among the float64 numbers, and a proof in balls for each of them."""

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np

from actcli.errors import NoAnswerError
from actcli.language.calculus import RIGHT, derivative, evaluate
from actcli.language.limits import Array
from actcli.language.trees import Node
from actcli.numerics.answers import BLOCK, Lost
from actcli.numerics.balls import Ball, Bools, compare, quiet, read
from actcli.numerics.balls.arrays import Places
from actcli.numerics.exact import alone
from actcli.numerics.exact.cells import CellReader
from actcli.numerics.plain import ARRAYS
from actcli.shape.inverse import BITS, End, OneBranch

LARGEST_DOUBLE = np.finfo(np.float64).max
CELLS, STEPS, NUDGES = 1024, 8, 4  # of a table, of Newton's method, to a neighbour afterwards
HALVINGS = 64


def inverse_array(branch: OneBranch, values: Array, lost: Lost | None = None) -> Array:
    """Return the z of a branch with g(z) = a for each a, correctly rounded, in its shape; nan for none.

    `lost` is told which values are not decided, and why.
    """
    flat = np.ascontiguousarray(values, np.float64).ravel()
    found = np.empty_like(flat)
    for start in range(0, flat.size, BLOCK):
        found[start : start + BLOCK] = _block(branch, flat[start : start + BLOCK], lost)
    return found.reshape(np.shape(values))


def _block(branch: OneBranch, a: Array, lost: Lost | None) -> Array:
    with quiet(), np.errstate(all="ignore"):
        z = _guessed(branch, a)
        open_ = ~_nudged(branch, a, z)
        if open_.any():
            some = z[open_]
            some[:] = _bisected(branch, a[open_])
            done = _nudged(branch, a[open_], some)
            z[open_] = some
            open_[open_] = ~done
    asked = dict(zip(a[open_].tolist(), z[open_].tolist(), strict=True))
    known = {value: _alone(branch, value, near, lost) for value, near in asked.items()}
    z[open_] = [known[value] for value in a[open_].tolist()]
    return z


def _alone(branch: OneBranch, a: float, near: float, lost: Lost | None) -> float:
    """Return the z of one value: by signs halfway between numbers from a near one on, or from scratch."""
    if math.isinf(a) or a != a:
        return math.nan
    try:
        found = by_signs(branch, Fraction(a), near)
        return branch.solution(Fraction(a)) if found is None else found
    except NoAnswerError as fault:
        if lost is not None:
            lost[a] = fault
        return math.nan


def by_signs(branch: OneBranch, a: Fraction, near: float) -> float | None:
    """Return the float64 z between whose neighbours' middles g passes a; None where it is not seen."""
    with alone():
        reader = CellReader(BITS[0], branch.whole.seconds)

        def passed(place: int) -> bool:
            ends = _number(np.array([place, place + 1])).tolist()
            middle = (Fraction(ends[0]) + Fraction(ends[1])) / 2
            return reader.sign_above(branch.whole.tree, middle, a) * branch.rises > 0

        low, high = _order(branch.low), _order(branch.high)
        start, step = min(max(_order(near), low), high - 1), 1
        try:
            up = not passed(start)
            while low < start < high - 1 and passed(start) != up:
                start, step = start + (step if up else -step), 2 * step
            start = min(max(start, low), high - 1)
            least, most = sorted((start, start - step if up else start + step))
            return _between(passed, max(least, low), min(most, high - 1))
        except NoAnswerError:
            return None


def _between(passed: Callable[[int], bool], low: int, high: int) -> float | None:
    """Return the number above the last middle that is not passed, where there are both kinds of middles."""
    if passed(low) or not passed(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if passed(middle) else (middle, high)
    return float(_number(np.array([high]))[0])


def _guessed(branch: OneBranch, a: Array) -> Array:
    """Return a z for each value by Newton's method in plain float64, from a table over all numbers."""
    rises, tree = branch.rises, branch.whole.tree
    slope = derivative(tree)
    table = _number(np.linspace(_order(branch.low), _order(branch.high), CELLS + 1).astype(np.int64))
    heights = np.maximum.accumulate(np.nan_to_num(_plainly(tree, table) * rises, nan=-np.inf))
    at = np.searchsorted(heights, a * rises).clip(1, CELLS)
    low, high = table[at - 1], table[at]
    z: Array = low + (high - low) / 2
    for _ in range(STEPS):
        step = (_plainly(tree, z) - a) / _plainly(slope, z)
        z = np.where(np.isfinite(step), np.clip(z - step, low, high), z)
    return z


def _plainly(tree: Node, z: Array) -> Array:
    found: Array = np.broadcast_to(evaluate(tree, ARRAYS, {"z": z}, RIGHT), z.shape)
    return found


def _bisected(branch: OneBranch, a: Array) -> Array:
    """Return the largest float64 of the branch at which g has not passed a, as far as balls tell."""
    low, high = (np.full(a.shape, _order(end), np.int64) for end in (branch.low, branch.high))
    for _ in range(HALVINGS):
        middle = (low >> 1) + (high >> 1) + (low & high & 1)
        ball = read(branch.whole.tree, _number(middle))
        passed = ((ball.h - a) + ball.l) * branch.rises > 0
        high = np.where(passed, middle, high)
        low = np.where(passed, low, middle)
    return _number(low)


def _nudged(branch: OneBranch, a: Array, z: Array) -> Bools:
    """Move each z to the nearest one, a few numbers at most, and tell where it is proven to be it."""
    proven = np.zeros(z.shape, bool)
    for _ in range(NUDGES):
        at = np.flatnonzero(~proven)
        if not at.size:
            break
        x = z[at]
        below, above = (_passes(branch, x, np.nextafter(x, end), a[at]) for end in (-np.inf, np.inf))
        proven[at] = (below == -1) & (above == 1)
        step = (above == -1).astype(np.int64) - (below == 1)
        z[at] = np.where(step == 0, x, np.nextafter(x, step * np.inf))
    return proven & np.isfinite(z)


def _passes(branch: OneBranch, z: Array, neighbour: Array, a: Array) -> Places:
    """Return whether g halfway to a neighbour lies beyond a (1) or before it (-1), as far as balls tell."""
    half = Ball(z, (neighbour - z) / 2, 0.0)
    given = Ball.exact(a)
    ball = read(branch.whole.tree, half)
    (more, open_), (less, _) = compare(">", ball, given), compare("<", ball, given)
    inside = (float(branch.low) < z) & (z < float(branch.high)) & ~open_
    found: Places = np.where(inside, more.astype(np.int64) - less, 0) * branch.rises
    return found


def _order(end: End) -> int:
    """Return the place of an end among the float64 numbers, those of finite ones."""
    bits = int(np.clip([float(end)], -LARGEST_DOUBLE, LARGEST_DOUBLE).view(np.int64)[0])
    return bits if bits >= 0 else -(1 << 63) - bits


def _number(order: Places) -> Array:
    return np.where(order < 0, np.int64(-(2**63)) - order, order).view(np.float64)
