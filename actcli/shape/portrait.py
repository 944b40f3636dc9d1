"""What a function is like in a few lines: extremes, zeros, slopes, bends, means, as far as proven in time."""

from fractions import Fraction
from typing import NamedTuple

from actcli.catalog.entries import Function
from actcli.errors import NoAnswerError
from actcli.language.calculus import LARGEST_POWER, derivative
from actcli.language.trees import Node, postorder
from actcli.numerics.exact import alone
from actcli.numerics.exact.cells import CellReader
from actcli.shape.extremes import Extreme, range_of
from actcli.shape.inverse import End, Inverse, is_interval, solution_text
from actcli.shape.means import FIGURES, means_of

MOST_PARTS = 250
OPEN = Extreme("nan")
EVERYWHERE = (float("-inf"), float("inf"))


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


def portrait_of(function: Function, digits: int = 6, seconds: float = 0.25) -> Portrait:
    """Return what is proven, with so many seconds for each question; nothing of what is very long."""
    if not _is_manageable(function):
        return Portrait(OPEN, OPEN, OPEN, OPEN, None, None, dict.fromkeys(FIGURES[1:-2], "nan"))
    of_g, of_slope = (_range(tree, digits, seconds) for tree in (function.formula, function.slope))
    zeros = _solutions(function.formula, digits, seconds)
    bends = _bends(derivative(function.slope), digits, seconds)
    return Portrait(*of_g, *of_slope, zeros, bends, means_of(function, digits=digits, seconds=seconds)[0])


def _is_manageable(function: Function) -> bool:
    """Tell whether reading the formula and its slopes takes little time."""
    powers = [n.children[1].value or Fraction(0) for n in postorder(function.formula) if n.op == "^"]
    if any(abs(power) > LARGEST_POWER for power in powers):
        return False
    return all(map(_is_brief, (function.formula, function.slope))) and _is_brief(derivative(function.slope))


def _is_brief(tree: Node) -> bool:
    return len(list(postorder(tree))) <= MOST_PARTS


def _range(tree: Node, digits: int, seconds: float) -> tuple[Extreme, Extreme]:
    try:
        found = range_of(tree, *EVERYWHERE, digits, seconds)
    except NoAnswerError:
        return OPEN, OPEN
    return found.least, found.greatest


def _solutions(tree: Node, digits: int, seconds: float) -> tuple[str, ...] | None:
    try:
        found = Inverse(tree, seconds=seconds).solutions(Fraction(0), digits)
    except NoAnswerError:
        return None
    return tuple(solution_text(z, digits) for z in found)


def _bends(second: Node, digits: int, seconds: float) -> tuple[str, ...] | None:
    """Return where g'' changes its sign: of its zeros, those with both signs beside them."""
    try:
        inverse = Inverse(second, seconds=seconds)
        found = [z for z in inverse.solutions(Fraction(0), digits) if not is_interval(z)]
    except NoAnswerError:
        return None
    turns = [end for run in inverse.runs for end in (run.low, run.high)] + [end for z in found for end in z]
    with alone():
        reader = CellReader(128, seconds)
        bends = [z for z in found if _changes(reader, second, z, turns)]
    return tuple(solution_text(z, digits) for z in bends)


def _changes(reader: CellReader, second: Node, z: tuple[End, End], turns: list[End]) -> bool:
    """Tell whether g'' has two signs beside a zero, nearer to it than anything else that happens."""
    low, high = (Fraction(end) for end in z)
    others = [
        abs(Fraction(end) - low) for end in turns if not isinstance(end, float) and not low <= end <= high
    ]
    gap = min([*others, Fraction(1)]) / 2
    signs = {reader.sign(second, low - gap), reader.sign(second, high + gap)}
    return signs == {-1, 1}
