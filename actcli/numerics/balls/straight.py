"""Straight lines in a formula, a z + b with rational a and b, as one fraction: (n z + m)/d.

z/6 + 1/2 falls on a tie of two float64s once in a hundred points. With a sixth rounded to a ball no
reading in balls decides those; a division by 6 that leaves no remainder does.
"""

from collections.abc import Callable
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from actcli.language.trees import Node, Z, is_short, number, postorder
from actcli.numerics.balls.ball import SHORT


class StraightLine(NamedTuple):
    """slope * z + offset."""

    slope: Fraction
    offset: Fraction


def straightened(tree: Node) -> Node:
    """Return the formula, equal for every real z, with its lines as fractions where that decides ties."""
    lines: dict[Node, StraightLine | None] = {}
    done: dict[Node, Node] = {}
    for n in postorder(tree):
        lines[n] = line = _line(n, [lines[child] for child in n.children])
        fraction = _fraction(line) if line and line.slope else None
        done[n] = fraction or (Node(n.op, *(done[child] for child in n.children)) if n.children else n)
    return done[tree]


def _line(n: Node, arguments: list[StraightLine | None]) -> StraightLine | None:
    """Return what line a node is, or None where it is none."""
    if n.value is not None:
        return StraightLine(Fraction(0), n.value)
    if n is Z:
        return StraightLine(Fraction(1), Fraction(0))
    rule = _RULES.get(n.op)
    line = rule(*arguments) if rule and None not in arguments else None
    return line if line and all(map(is_short, line)) else None


def _times(x: StraightLine, y: StraightLine) -> StraightLine | None:
    if x.slope and y.slope:
        return None
    return StraightLine(x.slope * y.offset + y.slope * x.offset, x.offset * y.offset)


def _over(x: StraightLine, y: StraightLine) -> StraightLine | None:
    return None if y.slope or not y.offset else StraightLine(x.slope / y.offset, x.offset / y.offset)


_RULES: dict[str, Callable[..., StraightLine | None]] = {
    "neg": lambda x: StraightLine(-x.slope, -x.offset),
    "+": lambda x, y: StraightLine(x.slope + y.slope, x.offset + y.offset),
    "-": lambda x, y: StraightLine(x.slope - y.slope, x.offset - y.offset),
    "*": _times,
    "/": _over,
}


def _fraction(line: StraightLine) -> Node | None:
    """Return (n z + m)/d, or None where it is long, or has no more bits than z and so is no tie."""
    bottom = lcm(line.slope.denominator, line.offset.denominator)
    slope, offset = (int(part * bottom) for part in line)
    odd = bottom // (bottom & -bottom)
    if odd == 1 or (not offset and abs(slope) <= odd):
        return None
    if max(part.bit_length() for part in (slope, offset, bottom)) > SHORT:
        return None
    top = Z if slope == 1 else Node("*", number(slope), Z)
    return Node("/", Node("+", top, number(offset)) if offset else top, number(bottom))
