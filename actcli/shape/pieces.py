"""A formula cut where its comparisons turn: smooth stretches, the points between them, and what is torn.

A comparison is decided over a whole stretch by the zeros of its difference, never by a look at a point.
"""

from fractions import Fraction
from typing import NamedTuple

from actcli.errors import UndecidedError
from actcli.language.texts import on_screen
from actcli.language.trees import ZERO, Node, name, number, rebuilt
from actcli.language.words import COMPARISONS, RELATIONS
from actcli.numerics.exact.cells import Bracket, CellReader, is_constant
from actcli.numerics.exact.reals import with_wheres

MOST_PIECES = 400
LARGEST_WHOLE = 2.0**52


class Stretch(NamedTuple):
    """A stretch between two ends and the smooth formula that g is on it; a point, where they are the same.

    A torn piece holds a place where a comparison turns, or could not be decided; its formula still compares.
    """

    low: Fraction
    high: Fraction
    tree: Node
    torn: bool = False


class TurnsError(Exception):
    """A comparison turns inside the stretch, in these cells."""

    def __init__(self, cells: list[Bracket]) -> None:
        self.cells = cells


def pieces(reader: CellReader, tree: Node, low: Fraction, high: Fraction) -> list[Stretch]:
    """Return the pieces from low to high; UndecidedError where there are too many."""
    tree = with_wheres(tree)
    todo = [Stretch(low, high, tree)]
    found: list[Stretch] = []
    while todo:
        piece = todo.pop()
        cell = Bracket(piece.low, piece.high)
        if len(found) > MOST_PIECES or reader.is_late:
            why = "not in time" if reader.is_late else f"more than {MOST_PIECES} pieces"
            raise UndecidedError(f"not proven: {why}, up to z = {place(cell)}")
        try:
            found.append(piece if piece.torn else piece._replace(tree=decided(reader, tree, cell)))
        except TurnsError as turns:
            todo += reversed(_cut(piece, turns.cells))
    return found


def _cut(piece: Stretch, turns: list[Bracket]) -> list[Stretch]:
    """Return the parts of a stretch that is cut at some cells, these among them."""
    found, start = [], piece.low
    for low, high in turns:
        found += [piece._replace(low=start, high=low)] if start < low else []
        found.append(Stretch(low, high, piece.tree, torn=low < high))
        start = high
    return found + ([piece._replace(low=start)] if start < piece.high else [])


def decided(reader: CellReader, tree: Node, cell: Bracket) -> Node:
    """Return the formula with every comparison decided inside a stretch, or at a point."""

    def step(n: Node) -> Node:
        parts = n.children
        if n.op in COMPARISONS:
            return number(int(RELATIONS[n.op](_side(reader, Node("-", *parts), cell), 0)))
        if n.op == "where":
            return parts[1] if parts[0].value else parts[2]
        if n.op == "atan" and parts[0].op == "/" and parts[0].children[0].value:
            return _turned(reader, n, cell)
        if n.op == "floor":
            return number(_whole(reader, parts[0], cell))
        gone = n.op == "*" and ZERO in parts and all(reader.is_real(part, *cell) for part in parts)
        return ZERO if gone else n

    return rebuilt(tree, step)


def _side(reader: CellReader, difference: Node, cell: Bracket) -> int:
    """Return the sign of a difference all over the inside of a stretch."""
    middle = (cell.low + cell.high) / 2
    if not is_constant(difference) and cell.low < cell.high:
        found, left = reader.zeros(difference, *cell)
        inside = sorted({*[z for z in found if cell.low < z.high and z.low < cell.high], *left})
        if inside and inside != [cell]:
            raise TurnsError(inside)
    sign = reader.sign(difference, middle)
    if sign is None:
        raise UndecidedError(f"not proven: a comparison is not decided at z = {place(cell)}")
    return sign


def _turned(reader: CellReader, tree: Node, cell: Bracket) -> Node:
    """Return atan(c/u) as pi/2 - atan(u/c), or -pi/2 - atan(u/c), which may go on where u is 0 at an end."""
    c, u = tree.children[0].children
    if cell.low == cell.high or reader.over(tree, *cell).is_finite():
        return tree
    half = Node("/", name("pi"), number(2 * (1 if (c.value or 0) > 0 else -1) * _side(reader, u, cell)))
    return Node("-", half, Node("atan", Node("/", u, c)))


def _whole(reader: CellReader, tree: Node, cell: Bracket) -> int:
    """Return the whole number that floor is all over a stretch."""
    if cell.low == cell.high and (exact := reader.exact(tree, cell.low)) is not None:
        return exact.__floor__()
    ends = reader.over(tree, *cell)
    if not ends.is_finite() or ends.rad() > MOST_PIECES:
        raise UndecidedError(f"not proven: floor takes too many values at z = {place(cell)}")
    if abs(ends).upper() > LARGEST_WHOLE:
        raise UndecidedError(f"not proven: floor is too large at z = {place(cell)}")
    first, last = (int(float(end.floor())) for end in (ends.lower(), ends.upper()))
    for whole in range(first, last + 1):
        if whole == last or _side(reader, Node("-", tree, number(whole + 1)), cell) < 0:
            return whole
    raise AssertionError


def place(cell: Bracket) -> str:
    """Return a cell as a message shows it."""
    low, high = (on_screen(float(end)) for end in cell)
    return low if low == high else f"{low} .. {high}"
