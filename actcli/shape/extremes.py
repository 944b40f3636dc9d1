"""The least and the greatest value of a formula over an interval, with every place, proven.

Between two turns (zeros of the slope) a smooth piece is monotone: it is extreme at its ends and turns only.
Beyond REACH the sign of the slope is proven for all z, or all its values are held in a ball (tails.py).
"""

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

from actcli.errors import UndecidedError
from actcli.language.calculus import derivative
from actcli.language.texts import on_screen
from actcli.language.trees import Node, number, write
from actcli.numerics.exact import alone
from actcli.numerics.exact.cells import (
    Reader,
    ball_of,
    digits_between,
    exact_digits,
    fraction_of,
    is_constant,
)
from actcli.numerics.exact.reals import with_wheres
from actcli.shape.pieces import Piece, pieces

NARROW = Fraction(1, 2**40)  # a cell around one number
REACHES = (Fraction(16), Fraction(1024))
Span = tuple[Fraction | float, Fraction | float]


class Value(NamedTuple):
    """Values of g at a place, from low to high (numbers of Arb); `how` is taken, approached, or open."""

    low: Any
    high: Any
    at: Span
    how: str


class Extreme(NamedTuple):
    """The least or greatest value, as proven digits, and where: each place, and if it is taken or approached.

    Where it is not proven the value is nan, and `why` a sentence with the place.
    """

    value: str
    places: tuple[tuple[str, str], ...] = ()
    why: str = ""

    def __float__(self) -> float:
        return float(self.value)


class Range(NamedTuple):
    """All values of a function over an interval lie between these two."""

    least: Extreme
    greatest: Extreme


def range_of(tree: Node, low: float | Fraction, high: float | Fraction, digits: int = 17,
             seconds: float = 2.5) -> Range:  # fmt: skip
    """Return the range from low to high, each of which may be infinite; UndecidedError with the place."""
    with alone():
        reader = Reader(max(128, digits * 4 + 64), seconds)
        found = list(values(reader, tree, low, high))
        return Range(*(_extreme(found, sign, digits) for sign in (-1, 1)))


def reach_of(reader: Reader, tree: Node, low: float | Fraction, high: float | Fraction) -> Fraction:
    """Return from where on the tails of an interval are read as a whole: where most of them are known."""
    sides = [side for side, end in ((-1, low), (1, high)) if isinstance(end, float)]
    for reach in REACHES:
        if all(reader.tail_hull(tree, reach, side).is_finite()
               or reader.tail_sign(derivative(tree), reach, side) is not None for side in sides):  # fmt: skip
            return reach
    return REACHES[0]


def values(reader: Reader, tree: Node, low: float | Fraction, high: float | Fraction) -> Iterator[Value]:
    """Yield what holds all values of g between two ends, those at ends and turns among them."""
    reach = reach_of(reader, tree, low, high)
    start = -reach if isinstance(low, float) else low
    stop = reach if isinstance(high, float) else high
    for side, end in ((-1, low), (1, high)):
        if isinstance(end, float):
            yield _far(reader, tree, reach, side)
    for end in (start, stop):
        yield _point(reader, tree, end)
    for piece in pieces(reader, tree, start, stop) if start < stop else []:
        yield from _on(reader, tree, piece)


def _value(ball: Any, at: Span, how: str = "taken", exact: Fraction | None = None) -> Value:
    if not ball.is_finite() and not ball.is_exact():
        raise UndecidedError(f"not proven: no real number, or no bound, is known at z = {_shown(at, 6)}")
    if exact is not None:
        ball = ball_of(exact)
    return Value(ball.lower(), ball.upper(), at, how)


def _far(reader: Reader, tree: Node, reach: Fraction, side: int) -> Value:
    span: Span = (reach, math.inf) if side > 0 else (-math.inf, -reach)
    sign = reader.tail_sign(derivative(with_wheres(tree)), reach, side)
    limit = reader.limit(tree, side)
    if sign == 0:
        return _value(reader.ball(tree, side * reach), span)
    if sign is not None and not limit.is_nan():
        return _value(limit, (side * math.inf,) * 2, "approached")
    return _value(reader.tail_hull(tree, reach, side), span, "open")


def _point(reader: Reader, tree: Node, z: Fraction) -> Value:
    return _value(reader.ball(tree, z), (z, z))


def _on(reader: Reader, tree: Node, piece: Piece) -> Iterator[Value]:
    low, high, smooth, torn = piece
    if low == high:
        yield _point(reader, tree, low)
    elif torn:
        yield _clipped(tree, _value(reader.over(tree, low, high), (low, high), "open"))
    elif is_constant(smooth):
        yield _value(reader.ball(smooth, (low + high) / 2), (low, high))
    else:
        yield from _on_smooth(reader, tree, piece)


def _on_smooth(reader: Reader, tree: Node, piece: Piece) -> Iterator[Value]:
    low, high, smooth, _ = piece
    turns, left = reader.zeros(derivative(smooth), low, high)
    for cell in left:
        yield _clipped(tree, _value(reader.over(smooth, *cell), cell, "open"))
    for turn in turns:
        exact = turn.low == turn.high
        yield _value(reader.ball(smooth, turn.low) if exact else reader.over(smooth, *turn), turn)
    for end in (low, high):
        same = reader.sign(Node("-", smooth, tree), end) == 0
        yield _value(reader.ball(smooth, end), (end, end), "taken" if same else "approached")


def _clipped(tree: Node, value: Value) -> Value:
    """Return values no wider than what the outermost operation says: abs is never below 0."""
    numbers = [ball_of(n.value) for n in tree.children if n.value is not None]
    if tree.op == "abs" or (tree.op == "max" and numbers):
        least = numbers[0].lower() if numbers else ball_of(Fraction(0))
        return value._replace(low=max(value.low, least))
    if tree.op == "min" and numbers:
        return value._replace(high=min(value.high, numbers[0].upper()))
    return value


def _extreme(found: list[Value], sign: int, digits: int) -> Extreme:
    """Return the least (sign -1) or the greatest (1) of all values, if they tell its digits."""
    known = [value for value in found if value.how != "open"]
    inner = [value.low if sign > 0 else value.high for value in known]
    outer = [value.high if sign > 0 else value.low for value in found]
    pick = max if sign > 0 else min
    best, bound = pick(inner), pick(outer)
    text = _number(best, bound, digits)
    if text is None:
        places = {_shown(v.at, 6): None for v, end in zip(found, outer, strict=True) if end == bound}
        between = f"between {float(min(best, bound)):.6g} and {float(max(best, bound)):.6g}"
        name = "greatest" if sign > 0 else "least"
        return Extreme("nan", why=f"the {name} value is not proven: {between}, at z = {', '.join(places)}")
    reached = [value for value in known if (value.high >= best if sign > 0 else value.low <= best)]
    return Extreme(text, tuple(_places(reached, digits)))


def _number(best: Any, bound: Any, digits: int) -> str | None:
    if not (best.is_finite() and bound.is_finite()):
        return str(float(best)) if best == bound else None
    ends = fraction_of(best), fraction_of(bound)
    return rational_text(ends[0], digits) if ends[0] == ends[1] else digits_between(*ends, digits)


def _places(reached: list[Value], digits: int) -> Iterator[tuple[str, str]]:
    """Yield where values are taken, then where they are only approached."""
    spans: list[Span] = []
    for low, high in sorted({value.at for value in reached if value.how == "taken"}):
        if spans and low <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(high, spans[-1][1]))
        else:
            spans.append((low, high))
    yield from ((_shown(span, digits), "taken") for span in spans)
    for span in sorted({value.at for value in reached if value.how == "approached"}):
        if not any(low <= span[0] and span[1] <= high for low, high in spans):
            yield _shown(span, digits), "approached"


def _shown(span: Span, digits: int) -> str:
    low, high = span
    if isinstance(low, Fraction) and isinstance(high, Fraction) and low < high < low + NARROW:
        return digits_between(low, high, digits) or on_screen(float(low))
    ends = [rational_text(end, digits) if isinstance(end, Fraction) else str(end) for end in span]
    return ends[0] if low == high else "..".join(ends)


def rational_text(value: Fraction, digits: int) -> str:
    """Return a rational number: as it is, if it has few digits, else rounded to so many."""
    text = write(number(value))
    short = sum(c.isdigit() for c in text) <= digits and "/" not in text
    return text if short else exact_digits(value, digits)
