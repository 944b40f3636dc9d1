"""Sines and cosines, proven: values at their peaks, and a formula far out at some of their phases."""

from collections.abc import Iterator
from fractions import Fraction
from functools import reduce
from math import gcd

from actcli.language.calculus import derivative
from actcli.language.formula import parse
from actcli.language.trees import Node, Z, names_in, number, postorder, replaced, substitute
from actcli.numerics.exact.cells import Bracket, CellReader

PHASES = [parse(f"{k}*pi/4") for k in range(8)]


def _waves(tree: Node) -> list[Node]:
    return [n for n in postorder(tree) if n.op in ("sin", "cos") and "z" in names_in(n)]


def phases(tree: Node) -> Iterator[Node]:
    """Yield formulas that the formula is at z = (theta + 2 pi k)/q for all whole k, for a few theta each.

    Nothing, where its sines and cosines are not of linear arguments with rational slopes.
    """
    waves = _waves(tree)
    rates = [derivative(wave.children[0]).value for wave in waves]
    known = [rate for rate in rates if rate]
    if not waves or len(known) < len(rates):
        return
    over = reduce(lambda a, b: a * b // gcd(a, b), (rate.denominator for rate in known))
    base = Fraction(reduce(gcd, (abs(int(rate * over)) for rate in known)), over)
    for theta in PHASES:
        at = {"z": Node("/", theta, number(base))}
        yield replaced(tree, {wave: Node(wave.op, substitute(wave.children[0], at)) for wave in waves})


def swings(reader: CellReader, tree: Node, reach: Fraction, side: int) -> bool:
    """Tell whether a formula is continuous beyond a reach and changes its sign there again and again."""
    if any(n.op in ("where", "floor") for n in postorder(tree)) or not reader.has_tail(tree, reach, side):
        return False
    return {-1, 1} <= {reader.tail_sign(fixed, reach, side) for fixed in phases(tree)}


def at_peak(reader: CellReader, tree: Node, turn: Bracket) -> Fraction | None:
    """Return the value at a turn of f(sin(u)), if it is seen that |sin(u)| is 1 there."""
    waves = _waves(tree)
    if len(waves) != 1:
        return None
    (wave,) = waves
    outer, size = replaced(tree, {wave: Node("name", "wave")}), reader.over(wave, *turn)
    if "z" in names_in(outer) or not (size > 0 or size < 0):
        return None
    outer, peak = substitute(outer, {"wave": Z}), Fraction(1 if size > 0 else -1)
    steep = reader.over(derivative(outer), min(peak / 2, peak), max(peak / 2, peak))
    moves = reader.over(derivative(wave.children[0]), *turn)
    sure = (steep > 0 or steep < 0) and (moves > 0 or moves < 0) and abs(size) > 0.5
    return reader.exact(outer, peak) if sure else None
