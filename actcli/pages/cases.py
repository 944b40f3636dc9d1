"""Choices as people write them: one value a line, and when it holds; a line holds where none above does."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from actcli.language.calculus import over
from actcli.language.tidy import factor_of, likeness, tidied
from actcli.language.trees import ZERO, Node, Z, is_short, number, postorder, rebuilt, write
from actcli.language.words import RELATIONS
from actcli.numerics.answers import Question, answer_or_nan

MOST_CHOICES = 4  # that are drawn apart; beyond, and beyond so many characters, a choice stays in the formula
MOST_TEXT = 1_000
OPPOSITE = {">": "<=", ">=": "<", "<": ">=", "<=": ">"}
MIRRORED = {">": "<", ">=": "<=", "<": ">", "<=": ">="}


class Case(NamedTuple):
    """A value, and the conditions under which it holds: none for all else."""

    value: Node
    conditions: tuple[Node, ...] = ()

    @property
    def when(self) -> str:
        """The conditions as text."""
        return f"if {' and '.join(map(write, self.conditions))}" if self.conditions else "otherwise"


def cases_of(node: Node) -> list[Case]:
    """Return the values of a choice with their conditions; of another formula the formula alone."""
    if not any(n.op == "where" for n in postorder(node)):
        return [Case(node)]
    plain = rebuilt(node, lambda n: _simpler(n) if n.op in RELATIONS else n)
    if len({n.children[0] for n in postorder(plain) if n.op == "where"}) <= MOST_CHOICES:
        found = list(_apart(plain))
        while len(found) > 1 and found[-1].value is found[-2].value:
            found[-2:] = [Case(found[-1].value)]
        if sum(len(write(case.value)) for case in found) <= MOST_TEXT:
            return _flipped(found)
    found = []
    while node.op == "where":
        condition, value, node = node.children
        found.append(Case(value, (condition,)))
    return _flipped([*found, Case(node)])


def two_pieces(node: Node) -> tuple[str, ...]:
    """Return a text for each of two pieces that meet at a number, and where; formulas alike share them."""
    found = cases_of(rebuilt(node, _as_choice))
    if len(found) != 2 or not found[1].conditions:
        return ()
    condition = found[0].conditions[0]
    left, right = condition.children
    above, below = (case.value for case in (found if condition.op[0] == ">" else found[::-1]))
    if left is not Z or right.value is None:
        return ()
    try:
        ends = [answer_or_nan(Question("", each, None), float(right.value)) for each in (above, below)]
    except KeyError:  # names that have no value
        return ()
    joined = ends[0] == ends[1]
    return likeness(above), likeness(below), write(right), "" if joined else str(condition.op in (">=", "<"))


def _as_choice(n: Node) -> Node:
    if n.op in ("max", "min"):
        return Node("where", Node(">=" if n.op == "max" else "<=", *n.children), *n.children)
    return n


def _flipped(found: list[Case]) -> list[Case]:
    """Say of two cases when the second holds, too."""
    if len(found) == 2 and len(found[0].conditions) == 1:
        condition = found[0].conditions[0]
        if flipped := OPPOSITE.get(condition.op):
            found[1] = Case(found[1].value, (Node(flipped, *condition.children),))
    return found


def _apart(node: Node, known: tuple[Node, ...] = ()) -> Iterator[Case]:
    """Yield the cases of a formula, those first where its first choice holds."""
    wheres = [n for n in postorder(node) if n.op == "where"]
    if not wheres:
        yield Case(tidied(node), _strongest(known))
        return
    outer = next((n for n in reversed(wheres) if not _chooses(n.children[0])), wheres[0])
    condition = outer.children[0]
    opposite = condition.op in OPPOSITE and Node(OPPOSITE[condition.op], *condition.children)
    for place in (1, 2):
        taken = {condition: place, opposite: 3 - place}
        chosen = rebuilt(
            node,
            lambda n, t=taken: n.children[t[n.children[0]]] if _is_one_of(n, t) else n,  # type: ignore[misc]
        )
        yield from _apart(rebuilt(chosen, _worked_out), (condition, *known) if place == 1 else known)


def _is_one_of(n: Node, conditions: Collection[object]) -> bool:
    return n.op == "where" and n.children[0] in conditions


def _worked_out(n: Node) -> Node:
    """Return the number that an operation on numbers is, and the branch that is taken."""
    if n.op == "where":
        left, right = (side.value for side in n.children[0].children)
        if left is not None and right is not None:
            return n.children[1 if RELATIONS[n.children[0].op](left, right) else 2]
    return number(n.value) if n.value is not None and is_short(n.value) else n


def _chooses(node: Node) -> bool:
    return any(n.op == "where" for n in postorder(node))


def _strongest(conditions: tuple[Node, ...]) -> tuple[Node, ...]:
    """Return conditions without those that follow from another one, what is above first."""
    needed = [c for c in conditions if not any(_follows(c, other) for other in conditions if other is not c)]
    return tuple(sorted(needed, key=lambda c: c.op[0] != ">"))


def _follows(condition: Node, other: Node) -> bool:
    """Tell whether z >= 1 follows from z >= 3: the same side, the same direction, a bound beyond."""
    (u, m), (v, n) = condition.children, other.children
    if (
        u is not v
        or m.value is None
        or n.value is None
        or condition.op[0] != other.op[0]
        or condition.op not in OPPOSITE
    ):
        return False
    return n.value > m.value if condition.op[0] == ">" else n.value < m.value


def _simpler(condition: Node) -> Node:
    """Return a comparison with a number as one of what is simpler: 2*(z + 3)/3 >= 0 as z >= -3."""
    (left, right), op = condition.children, condition.op
    if right.value is None:
        apart = tidied(Node("-", left, right))
        shorter = len(write(apart)) <= len(write(left) + write(right))  # 0.01*z > z is z < 0
        return _simpler(Node(op, apart, ZERO)) if shorter else condition
    if left.op in ("max", "min") and (inner := _within(left, op, right)):
        return _simpler(Node(op, inner, right))
    factor = factor_of(left)
    if factor not in (0, 1) and op in MIRRORED:
        side = MIRRORED[op] if factor < 0 else op
        return _simpler(Node(side, tidied(over(left, number(factor))), number(right.value / factor)))
    if left.op in ("+", "-"):
        first, second = left.children
        sign = 1 if left.op == "+" else -1
        if second.value is not None:
            return _simpler(Node(op, first, number(right.value - sign * second.value)))
        if first.value is not None and op in MIRRORED:
            return _simpler(
                Node(op if sign > 0 else MIRRORED[op], second, number(sign * (right.value - first.value)))
            )
        if sign < 0 and right.value == 0 and op in MIRRORED and Z in (first, second):
            return Node(op, first, second) if first is Z else Node(MIRRORED[op], second, first)
    return Node(op, left, right)


def _within(choice: Node, op: str, right: Node) -> Node | None:
    """Return u of max(u, n) < m where n is below m, as n then decides nothing."""
    for u, n in (choice.children, choice.children[::-1]):
        if n.value is not None and right.value is not None:
            below = n.value < right.value if choice.op == "max" else n.value > right.value
            return u if below and op in OPPOSITE else None
    return None
