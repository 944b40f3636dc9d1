"""Formulas as trees: their nodes, what can be settled in them, and a tree back to text."""

import math
import os
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from threading import Lock
from typing import Any, ClassVar
from weakref import WeakValueDictionary

from actcli.language.words import (
    ARITHMETIC,
    COMPARISONS,
    CONSTANTS,
    LARGEST_EXPONENT,
    LARGEST_FOLDED,
    LONGEST_TEXT,
    MOST_DIGITS,
    RELATIONS,
)

_one_makes = Lock()  # a node: of two threads that want the same new one, both get the first


def _renewed() -> None:
    """Give a forked child a lock of its own: the thread that held it is not there to let go."""
    global _one_makes
    _one_makes = Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renewed)


class Node:
    """One operation of a formula: `op` and its arguments; equal formulas share one node.

    `op` is `number` (argument: a Fraction), `name` (argument: `z`, a parameter or a constant), one of
    `+ - * / ^ neg`, a comparison, `where`, or a word. `children` are the arguments that are nodes, and
    `value` is the rational number that a node is by numbers and + - * /, or None where it is none.
    """

    __slots__ = ("__weakref__", "args", "children", "op", "value")
    _known: ClassVar["WeakValueDictionary[tuple[object, ...], Node]"] = WeakValueDictionary()

    op: str
    args: tuple["Node | Fraction | str", ...]
    children: tuple["Node", ...]
    value: Fraction | None

    def __new__(cls, op: str, *args: "Node | Fraction | str") -> "Node":
        """Return the node of this operation, the same object for the same operation."""
        key = (op, *args)
        node = cls._known.get(key)
        if node is None:
            node = super().__new__(cls)
            node.op, node.args = op, args
            node.children = tuple(a for a in args if isinstance(a, Node))
            node.value = _folded(node)
            with _one_makes:
                return cls._known.setdefault(key, node)
        return node

    def __repr__(self) -> str:
        return f"<{write(self)}>"


def _folded(node: Node) -> Fraction | None:
    if node.op not in ARITHMETIC:
        (value,) = node.args if node.op == "number" else (None,)
        return value if isinstance(value, Fraction) else None
    values = [child.value for child in node.children]
    if any(value is None for value in values) or (node.op == "/" and not values[1]):
        return None
    folded: Fraction = ARITHMETIC[node.op](*values)
    return folded if is_short(folded) else None


def is_short(value: Fraction) -> bool:
    """Tell whether a number is short enough to be worked with and written out."""
    return max(value.numerator.bit_length(), value.denominator.bit_length()) < LARGEST_FOLDED


def number(value: Fraction | int) -> Node:
    """Return the formula of an exact rational number: a decimal, or a quotient; with its sign before it."""
    value = Fraction(value)
    if _decimal(abs(value)) is None and value.denominator != 1:
        return Node("/", number(value.numerator), number(value.denominator))
    return Node("neg", number(-value)) if value < 0 else Node("number", value)


def name(text: str) -> Node:
    """Return the node of `z`, of a parameter or of a constant."""
    return Node("name", text)


@lru_cache(maxsize=64)
def _decimal(value: Fraction) -> str | None:
    """Return the decimal that is exactly this number, or None where it has no end or is too long."""
    rest = value.denominator
    twos = (rest & -rest).bit_length() - 1
    rest, fives = rest >> twos, 0
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    places = max(twos, fives)
    if rest != 1 or places > 2 * LARGEST_EXPONENT:
        return None
    # By way of Decimal, as Python's whole numbers refuse to become text beyond 4,300 digits.
    digits = str(Decimal(value.numerator * 10**places // value.denominator)).rjust(places + 1, "0")
    exponent = len(digits.lstrip("0")) - 1 - places
    if not -4 <= exponent < 16 or max(places, len(digits)) > 40:
        return _scientific(digits.strip("0"), exponent)
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


def _scientific(digits: str, exponent: int) -> str | None:
    point = "." if len(digits) > 1 else ""
    return f"{digits[0]}{point}{digits[1:]}e{exponent}" if len(digits) <= MOST_DIGITS else None


Z = name("z")
ZERO, ONE = number(0), number(1)


def postorder(node: Node) -> list[Node]:
    """Return every distinct node below and including this one, arguments before what they are in.

    From left to right, so that a long sum needs few of its terms at a time; but a condition comes after
    its branches, so that kinks within kinks are met from the inside.
    """
    order: dict[Node, None] = {}
    todo = [(node, False)]
    while todo:
        node, ready = todo.pop()
        if ready:
            order[node] = None
        elif node not in order:
            todo.append((node, True))
            children = node.children if node.op == "where" else reversed(node.children)
            todo.extend((child, False) for child in children)
    return list(order)


def names_in(node: Node) -> set[str]:
    """Return `z` and the parameters that a formula mentions, constants left out."""
    found = {str(n.args[0]) for n in postorder(node) if n.op == "name"}
    return found - set(CONSTANTS)


def substitute(node: Node, values: Mapping[str, Node]) -> Node:
    """Return the formula with names replaced by formulas, and settled where these are numbers."""
    return rebuilt(node, lambda n: values.get(str(n.args[0]), n) if n.op == "name" else settled(n))


def walked(node: Node, step: Callable[[Node, list[Any]], Any]) -> Any:
    """Return what a step makes of a formula, from what it makes of the arguments of each operation."""
    done: dict[Node, Any] = {}
    for n in postorder(node):
        done[n] = step(n, [done[child] for child in n.children])
    return done[node]


def rebuilt(node: Node, step: Callable[[Node], Node]) -> Node:
    """Return a formula in which every operation is what a step makes of it, from the innermost outwards."""
    found: Node = walked(node, lambda n, parts: step(Node(n.op, *parts) if parts else n))
    return found


def replaced(node: Node, known: Mapping[Node, Node]) -> Node:
    """Return a formula with some of its parts, none of which holds another, replaced by others."""
    return rebuilt(node, lambda n: known.get(n, n))


def settled(node: Node) -> Node:
    """Return what a choice between formulas comes to where numbers alone decide it, else the node itself.

    A `where` is the branch that it chooses; min and max are the argument they choose, and the other one
    beside an infinity that never is chosen; abs of a number is a number, and of two signs one is written.
    """
    if node.op == "where" and (chosen := _truth(node.children[0])) is not None:
        return node.children[1 if chosen else 2]
    if node.op in ("min", "max"):
        return _nearest_to(math.inf if node.op == "max" else -math.inf, node, *node.children)
    last = node.children[-1] if node.children else node
    if last.value is None:
        return node
    if node.op == "abs" or (node.op == "neg" and last.value < 0):
        return number(abs(last.value))
    if node.op in ("+", "-") and last.op in ("number", "neg") and last.value < 0:
        return Node("-" if node.op == "+" else "+", node.children[0], number(-last.value))
    return node


def bound_of(node: Node) -> Fraction | float | None:
    """Return the rational number or the infinity that a node is, or None where it is neither."""
    if node is name("inf"):
        return math.inf
    return -math.inf if node is Node("neg", name("inf")) else node.value


def _truth(comparison: Node) -> bool | None:
    left, right = (bound_of(n) for n in comparison.children)
    if comparison.op in (">", ">=") and right == math.inf:
        return False  # of no number; what is at an infinity is a limit
    return None if left is None or right is None else RELATIONS[comparison.op](left, right)


def _nearest_to(end: float, node: Node, a: Node, b: Node) -> Node:
    """Return which of the two arguments of min or max is nearer to its end, else the node itself."""
    first, second = bound_of(a), bound_of(b)
    if first == end or second == -end:
        return a
    if second == end or first == -end:
        return b
    if first is None or second is None:
        return node
    return a if (first > second) == (end > 0) else b


# ---------------------------------------------------------------------------- tree to text

_LEVEL = {"+": 1, "-": 1, "*": 2, "/": 2, "neg": 3, "^": 4}
_ATOM = 5


TOO_LONG = "(too long to write out)"


def write(node: Node) -> str:
    """Return the text of a formula, with no bracket that is not needed; parsing it gives the formula.

    A formula whose text would pass LONGEST_TEXT is written as TOO_LONG: equal parts share a node, so
    that a text can be exponentially longer than its tree.
    """
    pieces: list[str] = []
    room = LONGEST_TEXT
    todo: list[Node | str] = [node]
    while todo and room >= 0:
        piece = todo.pop()
        if isinstance(piece, Node):
            todo.extend(reversed(_laid_out(piece)))
        else:
            pieces.append(piece)
            room -= len(piece)
    return "".join(pieces) if room >= 0 else TOO_LONG


def _laid_out(node: Node) -> list[Node | str]:
    """Return the text of one operation, with its arguments in it as nodes."""
    if node.op == "number":
        return [_decimal(node.value or Fraction(0)) or "?"]
    if node.op == "name":
        return [str(node.args[0])]
    if node.op in _LEVEL:
        return _operation(node)
    between = f" {node.op} " if node.op in COMPARISONS else ", "
    laid: list[Node | str] = []
    for child in node.children:
        laid += [between, child] if laid else [child]
    return laid if node.op in COMPARISONS else [f"{node.op}(", *laid, ")"]


def _operation(node: Node) -> list[Node | str]:
    level = _LEVEL[node.op]
    if node.op == "neg":
        return ["-", *_bracketed(node.children[0], level)]
    left, right = node.children
    if node.op == "^":  # from right to left, and a sign may stand in an exponent
        return [*_bracketed(left, _ATOM), "^", *_bracketed(right, _LEVEL["neg"])]
    sign = f" {node.op} " if level == 1 else node.op
    return [*_bracketed(left, level), sign, *_bracketed(right, level + 1)]


def _bracketed(part: Node, least: int) -> list[Node | str]:
    return [part] if _LEVEL.get(part.op, _ATOM) >= least else ["(", part, ")"]
