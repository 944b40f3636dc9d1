"""What a function is like in a few lines: extremes, zeros, slopes, bends, means, as far as proven in time."""

from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from actcli.catalog.entries import Function
from actcli.errors import EndlessError, NoAnswerError
from actcli.language.calculus import LARGEST_POWER, derivative
from actcli.language.trees import Node, postorder
from actcli.numerics.exact import alone
from actcli.numerics.exact.cells import Bracket, CellReader, adjoined, is_constant
from actcli.numerics.exact.reals import with_wheres
from actcli.shape.extremes import EVERYWHERE, REACHES, Extreme, of_order, range_of
from actcli.shape.inverse import Inverse, is_interval, solution_text
from actcli.shape.means import FIGURES, means_of
from actcli.shape.pieces import pieces
from actcli.shape.waves import swings

MOST_PARTS = 250
INFINITELY_MANY = ("infinitely many",)
OPEN = Extreme("nan")


class Portrait(NamedTuple):
    """Extremes of g and g' over all z, where g is 0 and where it bends, and means for z ~ N(0, 1).

    What is not decided is nan, or None.
    """

    minimum: Extreme
    maximum: Extreme
    least_slope: Extreme
    greatest_slope: Extreme
    zeros: tuple[str, ...] | None
    bends: tuple[str, ...] | None
    means: dict[str, str]


def portrait_of(
    function: Function, digits: int = 6, seconds: float = 0.25, of_slopes: bool = True
) -> Portrait:
    """Return what is proven, with so many seconds for each question; nothing of what is very long.

    Means `of_slopes` take as long as those of g, and may be left out.
    """
    if not _is_manageable(function):
        return Portrait(OPEN, OPEN, OPEN, OPEN, None, None, dict.fromkeys(FIGURES[1:-2], "nan"))
    trees = [of_order(function, order) for order in (0, 1)]
    bases = None, function.formula
    of_g, of_slope = (_range(*of, digits, seconds) for of in zip(trees, bases, strict=True))
    zeros = _solutions(trees[0], digits, seconds)
    bends = _bends(derivative(trees[1]), digits, seconds)
    means, _ = means_of(function, digits=digits, seconds=seconds, slopes=of_slopes)
    return Portrait(*of_g, *of_slope, zeros, bends, means)


def _is_manageable(function: Function) -> bool:
    """Tell whether reading the formula and its slopes takes little time."""
    powers = [n.children[1].value or Fraction(0) for n in postorder(function.formula) if n.op == "^"]
    if any(abs(power) > LARGEST_POWER for power in powers):
        return False
    return all(map(_is_brief, (function.formula, function.slope))) and _is_brief(derivative(function.slope))


def _is_brief(tree: Node) -> bool:
    return len(list(postorder(tree))) <= MOST_PARTS


def _range(tree: Node, base: Node | None, digits: int, seconds: float) -> tuple[Extreme, Extreme]:
    try:
        found = range_of(tree, *EVERYWHERE, digits, seconds, base)
    except NoAnswerError:
        return OPEN, OPEN
    return found.least, found.greatest


def _solutions(tree: Node, digits: int, seconds: float) -> tuple[str, ...] | None:
    try:
        found = Inverse(tree, seconds=seconds).solutions(Fraction(0), digits)
    except EndlessError:
        return INFINITELY_MANY
    except NoAnswerError:
        return None
    return tuple(solution_text(z, digits) for z in found)


def _bends(second: Node, digits: int, seconds: float) -> tuple[str, ...] | None:
    """Return where g'' changes its sign: at some of its zeros, of its jumps, and of where it is torn."""
    second = with_wheres(second)
    with alone():
        reader = CellReader(max(128, 4 * digits + 64), seconds)
        reaches = [_of_one_sign(reader, second, side) for side in (-1, 1)]
        if None in reaches:
            endless = any(swings(reader, second, REACHES[-2], side) for side in (-1, 1))
            return INFINITELY_MANY if endless else None
        try:
            found = _places(reader, second, -Fraction(reaches[0] or 0), Fraction(reaches[1] or 0))
        except NoAnswerError:
            return None
        signs = _signs_between(reader, second, found)
    if None in signs or any(is_interval(z) for z in found):
        return None
    bends = [z for z, pair in zip(found, pairwise(signs), strict=True) if set(pair) == {-1, 1}]
    texts = tuple(solution_text(z, digits) for z in bends)
    return texts if all(texts) else None


def _of_one_sign(reader: CellReader, tree: Node, side: int) -> Fraction | None:
    known = (reach for reach in REACHES if reader.tail_sign(tree, reach, side) is not None)
    return next(known, None)


def _places(reader: CellReader, tree: Node, low: Fraction, high: Fraction) -> list[Bracket]:
    """Return all zeros between two ends, but for stretches of them, and all ends of pieces."""
    found: set[Bracket] = set()
    for piece in pieces(reader, tree, low, high):
        here = Bracket(piece.low, piece.high)
        if piece.torn:
            found.add(here)
        elif not is_constant(piece.tree):
            found.update(*reader.zeros(piece.tree, *here))
        found.update(Bracket(end, end) for end in here)
    return adjoined(sorted(found))


def _signs_between(reader: CellReader, tree: Node, places: list[Bracket]) -> list[int | None]:
    """Return the signs of a formula before, between and after some places."""
    between = [(a.high + b.low) / 2 for a, b in pairwise(places)]
    return [reader.sign(tree, z) for z in (places[0].low - 1, *between, places[-1].high + 1)]
