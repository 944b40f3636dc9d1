"""What a function does to z ~ N(mean, std), proven: the means of g, g^2, g' and g'^2, and gains from them.

The line is cut into smooth pieces up to REACH standard deviations, each integrated with proof; beyond, g is
held by exp(z^2/4) with its tail (numerics/exact/tails.py).
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

from actcli.catalog.entries import Function
from actcli.errors import UndecidedError
from actcli.language.calculus import times
from actcli.language.formula import parse
from actcli.language.trees import Node, Z, number, postorder, substitute
from actcli.numerics.exact import alone
from actcli.numerics.exact import digits as proven
from actcli.numerics.exact.cells import CellReader, digits_between, fraction_of, is_constant
from actcli.numerics.exact.integrals import against_bell, beyond
from actcli.numerics.exact.reals import ball_of, with_wheres
from actcli.shape.extremes import EVERYWHERE, of_order, range_of
from actcli.shape.moments import closed_mean
from actcli.shape.parity import EVEN, ODD, parity
from actcli.shape.pieces import Stretch, pieces

ROUNDS = 3  # of doubled precision
FALLS = parse("exp(-z^2/4)")


class Stats(NamedTuple):
    """One figure each, as proven digits, nan where it is not proven; `why` tells the places of these.

    For z ~ N(mean, std): the mean and std of g, E[g^2], 1/std and 1/rms of g, E[g'], E[g'^2], and chi =
    E[g'^2]/E[g^2]. Over all z: the least value, and the Lipschitz constant, the largest |g'|.
    """

    function: str
    mean: str
    std: str
    mean_square: str
    gain_std: str
    gain_rms: str
    mean_slope: str
    mean_square_slope: str
    chi: str
    minimum: str
    lipschitz: str
    why: tuple[str, ...] = ()


FIGURES = Stats._fields[:-1]


def stats_of(function: Function, mean: Fraction = Fraction(0), std: Fraction = Fraction(1), digits: int = 17,
             seconds: float = 3) -> Stats:  # fmt: skip
    """Return the figures of a function, each of them to so many proven digits."""
    least, lipschitz, why = _bounds(function, digits, seconds / 4)
    known, reasons = means_of(function, mean, std, digits, seconds / 2)
    known |= {"minimum": least, "lipschitz": lipschitz}
    return Stats(function.label, **known, why=tuple(dict.fromkeys(why + reasons)))


def means_of(function: Function, mean: Fraction = Fraction(0), std: Fraction = Fraction(1), digits: int = 17,
             seconds: float = 2.5, slopes: bool = True) -> tuple[dict[str, str], list[str]]:  # fmt: skip
    """Return the figures that are means or follow from them, by name, and what is not proven of them.

    Without `slopes` those of g alone are asked for; the others are nan.
    """
    argument = Node("+", times(number(std), Z), number(mean)) if mean else times(number(std), Z)
    trees = [of_order(function, order) for order in (0, 1)]
    if argument is not Z:
        trees = [substitute(tree, {"z": argument}) for tree in trees]
    with alone():
        reader = CellReader(4 * digits + 24, seconds)
        for k in range(ROUNDS):
            reader.bits = (4 * digits + 24) << k
            found, reasons = _figures(reader, trees if slopes else trees[:1])
            texts = [_text(ball, digits) for ball in found]
            if None not in texts or any(not ball.is_finite() for ball in found):
                break
    names = FIGURES[1:-2]
    texts += [None] * (len(names) - len(texts))
    why = [reasons.get(name, f"{name} is not proven") for name, t in zip(names, texts, strict=True) if not t]
    return {name: text or "nan" for name, text in zip(names, texts, strict=True)}, why


def _bounds(function: Function, digits: int, seconds: float) -> tuple[str, str, list[str]]:
    """Return the least value and the largest |g'|, and what is not proven of them."""
    why: list[str] = []

    def known(order: int, name: str, pick: Callable[..., tuple[str, str]]) -> str:
        base = function.formula if order else None
        try:
            text, reason = pick(*range_of(of_order(function, order), *EVERYWHERE, digits, seconds, base))
        except UndecidedError as fault:
            text, reason = "nan", str(fault)
        why.extend([f"{name}: {reason}"] if text == "nan" else [])
        return text

    def largest(least: Any, greatest: Any) -> tuple[str, str]:
        sizes = [end.value.removeprefix("-") for end in (least, greatest)]
        return ("nan", least.why or greatest.why) if "nan" in sizes else (max(sizes, key=float), "")

    minimum = known(0, "minimum", lambda least, _: (least.value, least.why))
    return minimum, known(1, "lipschitz", largest), why


def _figures(reader: CellReader, trees: list[Node]) -> tuple[list[Any], dict[str, str]]:
    """Return the figures as balls in the order of Stats, nan where not proven, and why by name."""
    reasons: dict[str, str] = {}

    def mean(name: str, tree: Node, square: bool) -> Any:
        try:
            return gaussian_mean(reader, tree, square)
        except UndecidedError as fault:
            reasons[name] = f"{name}: {fault}"
            return ball_of(Fraction(0)) / 0

    first, second = (
        mean(name, trees[0], square) for name, square in (("mean", False), ("mean_square", True))
    )
    deviation = (second - first * first).sqrt()
    of_g = [first, deviation, second, 1 / deviation, 1 / second.sqrt()]
    if not trees[1:]:
        return of_g, reasons
    rise = mean("mean_slope", trees[1], False)
    if parity(trees[0]) >= EVEN and rise.is_finite():
        rise = ball_of(Fraction(0))
    rises = mean("mean_square_slope", trees[1], True)
    return [*of_g, rise, rises, rises / second], reasons


def _text(ball: Any, digits: int) -> str | None:
    if not ball.is_finite():
        return None
    if ball == 0:
        return "0"
    return digits_between(fraction_of(ball.lower()), fraction_of(ball.upper()), digits)


def gaussian_mean(reader: CellReader, tree: Node, square: bool = False) -> Any:
    """Return a ball around E[g(Z)], or E[g(Z)^2], for Z ~ N(0, 1); UndecidedError with the place."""
    reach = _reach(reader)
    total = _tails(reader, tree, reach, square)
    cut = pieces(reader, tree, -reach, reach)
    whole = _is_whole(reader, tree, reach)
    closed = closed_mean(cut, square) if whole else None
    if closed is not None:
        return closed
    for low, high, smooth, torn in cut:
        if low < high and not (is_constant(smooth) and reader.exact(smooth, low) == 0):
            total += (
                _torn(reader, smooth, low, high, square) if torn else _part(reader, smooth, low, high, square)
            )
    odd = not square and (parity(tree) >= ODD or (whole and _is_odd(reader, cut)))
    return ball_of(Fraction(0)) if odd else total  # of what is proven to have a mean


def _is_whole(reader: CellReader, tree: Node, reach: Fraction) -> bool:
    """Tell whether nothing turns beyond a reach: the pieces up to it are all."""
    turns = any(n.op == "floor" for n in postorder(tree))
    return not turns and all(reader.has_tail(tree, reach, side) for side in (-1, 1))


def _is_odd(reader: CellReader, cut: list[Stretch]) -> bool:
    """Tell whether each piece is seen to be another one turned about the origin."""
    for left, right in zip(cut[: (len(cut) + 1) // 2], reversed(cut), strict=False):
        both = Node("+", left.tree, substitute(right.tree, {"z": Node("neg", Z)}))
        ends_alike = (left.low, left.high) == (-right.high, -right.low)
        one_place = left.low == left.high or is_constant(both)
        if left.torn or not (ends_alike and one_place and reader.exact(both, left.low) == 0):
            return False
    return True


def _reach(reader: CellReader) -> Fraction:
    """Return from where on exp(-z^2/4) is lost beside what the bits tell."""
    reach = 12
    while reach * reach < 3 * reader.bits:
        reach += 4
    return Fraction(reach)


def _part(reader: CellReader, smooth: Node, low: Fraction, high: Fraction, square: bool) -> Any:
    found = against_bell(reader, Node("*", smooth, smooth) if square else smooth, low, high)
    if not found.is_finite():
        raise UndecidedError(f"not proven between z = {float(low):.6g} and {float(high):.6g}")
    return found


def _torn(reader: CellReader, tree: Node, low: Fraction, high: Fraction, square: bool) -> Any:
    """Return what a narrow cell with a turn in it may add."""
    hull = reader.over(tree, low, high)
    if not hull.is_finite():
        raise UndecidedError(f"not proven at z = {float(low):.6g}")
    most = abs(hull * hull if square else hull).upper() * ball_of(high - low)
    return most.union(-most)


def _tails(reader: CellReader, tree: Node, reach: Fraction, square: bool) -> Any:
    whole = with_wheres(Node("*", tree, tree) if square else tree)
    total = ball_of(Fraction(0))
    for side in (-1, 1):
        bound = abs(reader.tail_hull(Node("*", whole, FALLS), reach, side)).upper()
        if not bound.is_finite():
            raise UndecidedError(
                f"not proven: no bound is known {'below' if side < 0 else 'above'} z = {side * reach}"
            )
        total += beyond(reach, bound)
    return total


def calculate_gain(function: Function, digits: int) -> str:
    """Return the gain that torch.nn.init.calculate_gain has for an entry; nothing where it has none."""
    if function.entry is None or not function.entry.gain:
        return ""
    return proven(substitute(parse(function.entry.gain), function.parameters), Fraction(0), digits)
