"""The least and the greatest value of a formula over an interval, with every place, proven.

Between two turns (zeros of the slope) a smooth piece is monotone: it is extreme at its ends and turns only.
Beyond REACH the sign of the slope is proven for all z, or all its values are held in a ball (tails.py).
"""

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

from actcli.catalog.entries import Function
from actcli.errors import UndecidedError
from actcli.language.calculus import derivative
from actcli.language.stable import in_words
from actcli.language.texts import on_screen
from actcli.language.trees import Node, number, postorder, write
from actcli.numerics.domains import may_be_missing, span
from actcli.numerics.exact import alone
from actcli.numerics.exact.cells import (
    Bracket,
    CellReader,
    digits_between,
    exact_digits,
    fraction_of,
    is_constant,
)
from actcli.numerics.exact.reals import ball_of, with_wheres
from actcli.shape.pieces import Stretch, TurnsError, decided, pieces
from actcli.shape.waves import at_peak, phases

NARROW = Fraction(1, 2**40)  # a cell around one number
OSCILLATING = Fraction(16)
EVERYWHERE = (-math.inf, math.inf)
REACHES = tuple(map(Fraction, (2, 4, 8, 16, 64, 1024)))
Ends = tuple[Fraction | float, Fraction | float]


class Held(NamedTuple):
    """Values of g at a place, from low to high (numbers of Arb); `how` is taken, approached, or open."""

    low: Any
    high: Any
    at: Ends
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


def of_order(function: Function, order: int) -> Node:
    """Return the formula of a derivative, in the words that it spells out; of order 0 it is g."""
    entry = order and function.entry  # whose derivative is one that people chose
    tree = in_words(function.slope if entry else function.formula)
    for _ in range(1 if entry else 0, order):
        tree = in_words(derivative(tree))
    return tree


def range_of(tree: Node, low: float | Fraction, high: float | Fraction, digits: int = 17,
             seconds: float = 2.5, slope_of: Node | None = None) -> Range:  # fmt: skip
    """Return the range from low to high, each of which may be infinite; UndecidedError with the place.

    A formula that is written without all of what it is the `slope_of` is one only where that has a value.
    """
    with alone():
        reader = CellReader(max(128, digits * 4 + 64), seconds)
        if slope_of is not None and may_be_missing(slope_of, tree):
            _check_values(reader, slope_of, low, high)
        found = [_clipped(tree, value) for value in values(reader, tree, low, high)]
        return Range(*(_extreme(found, sign, digits) for sign in (-1, 1)))


def _check_values(reader: CellReader, tree: Node, low: float | Fraction, high: float | Fraction) -> None:
    """Refuse an interval on which a formula is not seen to have a value everywhere."""
    reaches = reaches_of(reader, tree, low, high)
    start, stop = (
        reach if isinstance(end, float) else end for end, reach in zip((low, high), reaches, strict=True)
    )
    for piece in pieces(reader, tree, start, stop) if start < stop else []:
        if not reader.is_real(piece.tree, piece.low, piece.high):
            raise UndecidedError(f"not proven: g may have no value at z = {_shown(piece[:2], 6)}")
    for end, reach, side in ((low, start, -1), (high, stop, 1)):
        if isinstance(end, float) and not reader.has_tail(tree, abs(reach), side):
            raise UndecidedError(f"not proven: g may have no value beyond z = {_shown((reach, reach), 6)}")


def reaches_of(
    reader: CellReader, tree: Node, low: float | Fraction, high: float | Fraction
) -> tuple[Fraction, Fraction]:
    """Return between which numbers a formula is to be cut; what is left of an interval are tails."""
    start, stop = -_reach(reader, tree, -1, low), _reach(reader, tree, 1, high)
    return Fraction(min(start, high)), Fraction(max(stop, low))


def _reach(reader: CellReader, tree: Node, side: int, end: float | Fraction) -> Fraction:
    """Return from where on the tail before an end is read: a monotone one, or else a bounded one.

    It is the end itself where that is nearer, or no tail is monotone before it.
    """
    wheres = with_wheres(tree)
    farthest = max((abs(n.value) for n in postorder(tree) if n.value is not None), default=Fraction(0))
    reaches = [reach for reach in (*REACHES, 2 * farthest + 1) if reach < side * end]
    for reach in reaches:
        if reader.tail_slope(wheres, reach, side) is not None:
            return reach
    if isinstance(end, Fraction):
        return side * end
    farther = [reach for reach in reaches if reach >= OSCILLATING]
    known = (r for r in farther if not reader.tail_ends(tree, r, side, torn=False)[0].is_nan())
    return next(known, OSCILLATING)


def values(reader: CellReader, tree: Node, low: float | Fraction, high: float | Fraction) -> Iterator[Held]:
    """Yield what holds all values of g between two ends, those at ends and turns among them."""
    start, stop = reaches_of(reader, tree, low, high)
    wheres = with_wheres(tree)
    for side, end, reach in ((-1, low, start), (1, high, stop)):
        if isinstance(end, float):
            yield from _far(reader, tree, abs(reach), side)
        for z in dict.fromkeys((end, reach)):
            if isinstance(z, Fraction):
                yield _value(reader.ball(decided(reader, wheres, Bracket(z, z)), z), (z, z))
    for piece in pieces(reader, tree, start, stop) if start < stop else []:
        yield from _on(reader, tree, piece)


def _value(ball: Any, at: Ends, how: str = "taken", exact: Fraction | None = None) -> Held:
    if not ball.is_finite() and (how != "approached" or ball.is_nan()):
        raise UndecidedError(f"not proven: no real number, or no bound, is known at z = {_shown(at, 6)}")
    if exact is not None:
        ball = ball_of(exact)
    return Held(ball.lower(), ball.upper(), at, how)


def _far(reader: CellReader, tree: Node, reach: Fraction, side: int) -> Iterator[Held]:
    span: Ends = (reach, math.inf) if side > 0 else (-math.inf, -reach)
    end: Ends = (side * math.inf,) * 2
    sign = reader.tail_slope(with_wheres(tree), reach, side)
    limit = reader.limit(tree, side)
    if sign == 0:
        yield _value(reader.ball(tree, side * reach), span)
    elif sign is not None and not limit.is_nan():
        yield _value(limit, end, "approached")
    else:
        low, high = reader.tail_ends(tree, reach, side)
        far = [reader.limit(fixed, side) for fixed in phases(tree)] if low.is_nan() else []
        for one in [value for value in far if not value.is_finite() and not value.is_nan()]:
            yield Held(one, one, end, "approached")
        if {"-inf", "inf"} <= {str(float(one)) for one in far} and reader.has_tail(tree, reach, side):
            return
        for one, other in ((low, high), (high, low)):
            if not one.is_finite() and not one.is_nan():
                yield Held(one, one, end, "approached")
                low = high = other
        if limit.is_finite():
            yield _value(limit, end, "approached")
        yield _value(low.union(high), span, "open")


def _on(reader: CellReader, tree: Node, piece: Stretch) -> Iterator[Held]:
    low, high, smooth, torn = piece
    if low == high:
        yield _value(reader.ball(smooth, low), (low, high))
    elif torn:
        if tree.op == "abs" and _crosses(reader, tree.children[0], Bracket(low, high)):
            zero = ball_of(Fraction(0))
            yield Held(zero, zero, (low, high), "taken")
        yield _value(reader.over(tree, low, high), (low, high), "open")
    elif is_constant(smooth):
        same = all(_is_on(reader, tree, smooth, end) for end in (low, high))
        yield _value(reader.ball(smooth, (low + high) / 2), (low, high), "taken" if same else "taken inside")
    else:
        yield from _on_smooth(reader, tree, piece)


def _on_smooth(reader: CellReader, tree: Node, piece: Stretch) -> Iterator[Held]:
    low, high, smooth, _ = piece
    turns, left = reader.zeros(derivative(smooth), low, high)
    for cell in left:
        yield _value(reader.over(smooth, *cell), cell, "open")
    for turn in [turn for turn in turns if turn not in ((low, low), (high, high))]:
        exact = turn.low == turn.high
        value = reader.ball(smooth, turn.low) if exact else reader.over(smooth, *turn)
        known = Fraction(0) if _touches_zero(reader, smooth, turn) else at_peak(reader, smooth, turn)
        yield _value(value, turn, exact=known)
    for end in (low, high):
        same = _is_on(reader, tree, smooth, end)
        yield _value(reader.ball(smooth, end), (end, end), "taken" if same else "approached")


def _is_on(reader: CellReader, tree: Node, smooth: Node, end: Fraction) -> bool:
    """Tell whether the formula of a stretch is what g is at the end of it."""
    here = decided(reader, with_wheres(tree), Bracket(end, end))
    return here is smooth or reader.sign(Node("-", smooth, here), end) == 0


def _crosses(reader: CellReader, tree: Node, cell: Bracket) -> bool:
    """Tell whether a formula changes its sign in a cell where no comparison in it turns: it is 0 there."""
    try:
        smooth = decided(reader, with_wheres(tree), cell)
    except (TurnsError, UndecidedError):
        return False
    signs = {reader.sign(smooth, end) for end in cell}
    return signs == {-1, 1} and bool(reader.over(derivative(smooth), *cell).is_finite())


def _touches_zero(reader: CellReader, tree: Node, cell: Bracket) -> bool:
    """Tell whether a formula is, but for a factor, an even power of what changes its sign in a cell."""
    while tree.op in ("*", "/", "neg") and (known := [n for n in tree.children if n.value is None]):
        if len(known) > 1:
            return False
        (tree,) = known
    power = tree.children[1].value if tree.op == "^" else None
    whole = power is not None and power > 0 and power.denominator == 1
    return bool(whole and cell.low < cell.high and _crosses(reader, tree.children[0], cell))


def _clipped(tree: Node, value: Held) -> Held:
    """Return values no wider than what the outermost operations say: abs is never below 0."""
    least, most = (ball_of(end) if isinstance(end, Fraction) else end for end in span(tree)[:2])
    if not isinstance(least, float):
        value = value._replace(low=max(value.low, least.lower()), high=max(value.high, least.upper()))
    if not isinstance(most, float):
        value = value._replace(high=min(value.high, most.upper()), low=min(value.low, most.lower()))
    return value


def _extreme(found: list[Held], sign: int, digits: int) -> Extreme:
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
    reached = [value for value in found if (value.high >= best if sign > 0 else value.low <= best)]
    ends = [value.at[0] for value in known if isinstance(value.at[0], Fraction)]
    for far, end in ((math.inf, max(ends)), (-math.inf, min(ends))):
        if any(value.at == (far, far) for value in reached):  # from here on g only comes nearer to its limit
            reached = [value for value in reached if value.at != (end, end)]
    return Extreme(text, tuple(_places(reached, digits)))


def _number(best: Any, bound: Any, digits: int) -> str | None:
    if not (best.is_finite() and bound.is_finite()):
        return str(float(best)) if best == bound else None
    ends = fraction_of(best), fraction_of(bound)
    return rational_text(ends[0], digits) if ends[0] == ends[1] else digits_between(*ends, digits)


class Extent(NamedTuple):
    """A stretch on which one value is taken, and whether at its ends too."""

    low: Fraction | float
    high: Fraction | float
    at_low: bool
    at_high: bool


def _places(reached: list[Held], digits: int) -> Iterator[tuple[str, str]]:
    """Yield where values are taken, then where they are only approached."""
    spans = _joined(reached)
    yield from ((_shown(span[:2], digits), _how(span, digits)) for span in spans)
    for how in ("approached", "open"):
        for low, high in sorted({value.at for value in reached if value.how == how}):
            if not any(span.low - NARROW <= low and high <= span.high + NARROW for span in spans):
                yield _shown((low, high), digits), "perhaps" if how == "open" else how


def _joined(reached: list[Held]) -> list[Extent]:
    """Return the stretches of what is taken, in order; two are one where what parts them is taken too."""
    spans: list[Extent] = []
    for (low, high), inside in sorted((v.at, v.how != "taken") for v in reached if v.how.startswith("taken")):
        span = Extent(low, high, not inside, not inside)
        last = spans[-1] if spans else None
        if last and (low < last.high or (low == last.high and (last.at_high or span.at_low))):
            far = max(last, span, key=lambda one: (one.high, one.at_high))
            spans[-1] = last._replace(high=far.high, at_high=far.at_high)
        else:
            spans.append(span)
    return spans


def _how(span: Extent, digits: int) -> str:
    closed = [at or isinstance(end, float) for end, at in zip(span[:2], span[2:], strict=True)]
    if any(closed):
        left = "" if all(closed) else rational_text(Fraction(span[closed.index(False)]), digits)
        return f"taken except at {left}" if left else "taken"
    return "taken inside"


def _shown(span: Ends, digits: int) -> str:
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
