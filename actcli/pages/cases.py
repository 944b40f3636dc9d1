"""Choices as people write them: one value a line, and when it holds; a line holds where none above does."""

import contextlib
import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from actcli.language.calculus import over
from actcli.language.tidy import expanded, factor_of, likeness, tidied
from actcli.language.trees import (
    ZERO,
    Node,
    Z,
    is_short,
    number,
    postorder,
    rebuilt,
    replaced,
    substitute,
    write,
)
from actcli.language.words import RELATIONS
from actcli.numerics.answers import Question, answer_or_nan

MOST_LOOKED_AT = 300  # of a formula that is taken apart
MOST_CHOICES = 4  # that are drawn apart; beyond, and beyond so many characters, a choice stays in the formula
MOST_TEXT = 1_000
OPPOSITE = {">": "<=", ">=": "<", "<": ">=", "<=": ">"}
MIRRORED = {">": "<", ">=": "<=", "<": ">", "<=": ">=", "==": "==", "!=": "!="}


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
    for opened in (rebuilt(node, _as_choice), node):
        if spans := _stretches_of(opened, -math.inf, math.inf):
            return _flipped(_in_rows(_joined(spans)))
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


def as_choices(node: Node) -> Node:
    """Return a choice as its cases, one where in another, if that is shorter to write."""
    *cases, last = cases_of(node)
    whole = last.value
    for case in reversed(cases):
        inside = case.value
        for condition in reversed(case.conditions):
            inside = Node("where", condition, inside, whole)
        whole = inside
    return whole if len(write(whole)) <= len(write(node)) else node


def stretches(node: Node) -> tuple[object, ...]:
    """Return what two formulas share that have the same pieces between numbers; nothing for one piece."""
    opened = rebuilt(node, _as_choice)
    spans = _joined(_stretches_of(opened, -math.inf, math.inf)) if _chooses(opened) else []
    return tuple((*span[:2], span.closed, likeness(span.value)) for span in spans) if len(spans) > 1 else ()


def _as_choice(n: Node) -> Node:
    if n.op in ("max", "min"):
        return Node("where", Node(">=" if n.op == "max" else "<=", *n.children), *n.children)
    if n.op == "abs":
        return Node("where", Node(">=", n.children[0], ZERO), n.children[0], Node("neg", n.children[0]))
    return n


# ---------------------------------------------------------------------------- choices by z and numbers


class CaseSpan(NamedTuple):
    """An interval of z, or a point, and the formula that holds there."""

    low: Fraction | float
    high: Fraction | float
    value: Node
    closed: tuple[bool, bool] = (False, False)


def _stretches_of(node: Node, low: Fraction | float, high: Fraction | float) -> list[CaseSpan]:
    """Return the open intervals and points between two ends on which each choice between z and a number is
    decided; none where something else is compared.
    """
    choices = [n for n in postorder(node) if n.op == "where" and not _chooses(n.children[0])]
    if not choices:
        found = tidied(expanded(tidied(rebuilt(node, _worked_out))))
        return [CaseSpan(low, high, found, (low == high,) * 2)]
    op, (left, right) = (c := _simpler(choices[0].children[0])).op, c.children
    if right.value is None or (left is not Z and left.value is None) or len(postorder(node)) > MOST_LOOKED_AT:
        return []
    at = left.value if left.value is not None else low if low == high else None
    if at is None and low < right.value < high:
        m = right.value
        parts = [_stretches_of(node, *ends) for ends in ((low, m), (m, m), (m, high))]
        return [span for part in parts for span in part] if all(parts) else []
    side = at - right.value if at is not None else 1 if right.value <= low else -1
    taken = choices[0].children[1 if RELATIONS[op](side, 0) else 2]
    return _stretches_of(replaced(node, {choices[0]: taken}), low, high)


def _joined(spans: Sequence[CaseSpan]) -> list[CaseSpan]:
    """Return spans, from the right, with those put together that meet and have one formula."""
    found = [*spans[-1:]]
    for span in spans[-2::-1]:
        last = found[-1]
        if last.value is span.value or (span.low == span.high and _agree(last, span)):
            found[-1] = CaseSpan(span.low, last.high, last.value, (span.closed[0], last.closed[1]))
        elif last.low == last.high and _agree(span, last):
            found[-1] = CaseSpan(span.low, last.high, span.value, (span.closed[0], True))
        else:
            found.append(span)
    return found


def _agree(span: CaseSpan, point: CaseSpan) -> bool:
    """Tell whether the formula of a span is, at a point, the number that is asked for there."""
    z = number(Fraction(point.low))
    at_it = [tidied(substitute(each.value, {"z": z})) for each in (span, point)]
    if at_it[0] is at_it[1]:
        return True
    with contextlib.suppress(KeyError, OverflowError):  # of names that have no value, of places far out
        here, there = (
            answer_or_nan(Question("", each, None), float(point.low)) for each in (span[2], point[2])
        )
        return here == there
    return False


def _in_rows(spans: Sequence[CaseSpan]) -> list[Case]:
    """Return spans as cases; what holds on several of them holds otherwise."""
    values = [span.value for span in spans]
    if often := next((v for v in values if values.count(v) > 1 and len(values) < 4), None):
        return [*(Case(s.value, _ends(s)) for s in spans if s.value is not often), Case(often)]
    firsts = [Case(s.value, _ends(s)[: 1 if s.low < s.high else 2]) for s in spans[:-1]]
    return [*firsts, Case(spans[-1].value)]


def _ends(span: CaseSpan) -> tuple[Node, ...]:
    if span.low == span.high:
        return (Node("==", Z, number(Fraction(span.low))),)
    above = [Node(">" + "=" * span.closed[0], Z, number(Fraction(span.low)))] if span.low > -math.inf else []
    below = [Node("<" + "=" * span.closed[1], Z, number(Fraction(span.high)))] if span.high < math.inf else []
    return (*above, *below)


# ---------------------------------------------------------------------------- other choices


def _flipped(found: list[Case]) -> list[Case]:
    """Say of two cases when the second holds, too."""
    if len(found) == 2 and len(found[0].conditions) == 1:
        condition = found[0].conditions[0]
        if flipped := OPPOSITE.get(condition.op):
            found[1] = Case(found[1].value, (Node(flipped, *condition.children),))
    return found


def _apart(node: Node, known: tuple[Node, ...] = (), facts: tuple[Node, ...] = ()) -> Iterator[Case]:
    """Yield the cases of a formula, those first where its first choice holds.

    `known` are the conditions that were met, `facts` these and the opposites of those that were not.
    """
    node = rebuilt(node, lambda n: _worked_out(_decided(n, facts)))
    wheres = [n for n in reversed(postorder(node)) if n.op == "where"]
    if not wheres:
        yield Case(tidied(node), _strongest(known))
        return
    inside = [{m.op for m in postorder(n.children[0])} for n in wheres]
    plain = [n for n, ops in zip(wheres, inside, strict=True) if not ops & {"where", "max", "min"}]
    outer = (plain or [n for n, ops in zip(wheres, inside, strict=True) if "where" not in ops])[0]
    condition = outer.children[0]
    opposite = Node(OPPOSITE[condition.op], *condition.children) if condition.op in OPPOSITE else None
    yield from _apart(replaced(node, {outer: outer.children[1]}), (condition, *known), (condition, *facts))
    rest = (opposite, *facts) if opposite else facts
    yield from _apart(replaced(node, {outer: outer.children[2]}), known, rest)


def _decided(n: Node, facts: tuple[Node, ...]) -> Node:
    """Return a choice as what it is where some comparisons hold."""
    if n.op == "where":
        condition, then, otherwise = n.children
        if then is otherwise or _is_told(condition, facts):
            return then
        opposite = OPPOSITE.get(condition.op)
        return otherwise if opposite and _is_told(Node(opposite, *condition.children), facts) else n
    if n.op in ("max", "min"):
        for u, v in (n.children, n.children[::-1]):
            if _is_told(Node(">=" if n.op == "max" else "<=", u, v), facts):
                return u
    return n


def _is_told(condition: Node, facts: tuple[Node, ...]) -> bool:
    """Tell whether a comparison follows from one of those that hold."""
    left, right = condition.children
    mirrored = Node(MIRRORED[condition.op], right, left) if condition.op in MIRRORED else condition
    return any(
        fact is each or (fact.children == each.children and f"{fact.op}=" == each.op) or _follows(each, fact)
        for fact in facts
        for each in (condition, mirrored)
    )


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
    if left.value is not None and right.value is None:
        return _simpler(Node(MIRRORED[op], right, left))
    if right.value is None:
        apart = tidied(Node("-", left, right))
        shorter = len(write(apart)) <= len(write(left) + write(right))  # 0.01*z > z is z < 0
        return _simpler(Node(op, apart, ZERO)) if shorter else condition
    if left.op in ("max", "min") and (inner := _within(left, op, right)):
        return _simpler(Node(op, inner, right))
    factor = factor_of(left)
    if factor not in (0, 1):
        side = MIRRORED[op] if factor < 0 else op
        return _simpler(Node(side, tidied(over(left, number(factor))), number(right.value / factor)))
    if left.op in ("+", "-"):
        first, second = left.children
        sign = 1 if left.op == "+" else -1
        if second.value is not None:
            return _simpler(Node(op, first, number(right.value - sign * second.value)))
        if first.value is not None:
            return _simpler(
                Node(op if sign > 0 else MIRRORED[op], second, number(sign * (right.value - first.value)))
            )
        if sign < 0 and right.value == 0 and Z in (first, second):
            return Node(op, first, second) if first is Z else Node(MIRRORED[op], second, first)
    return Node(op, left, right)


def _within(choice: Node, op: str, right: Node) -> Node | None:
    """Return u of max(u, n) < m where n is below m, as n then decides nothing."""
    for u, n in (choice.children, choice.children[::-1]):
        if n.value is not None and right.value is not None:
            below = n.value < right.value if choice.op == "max" else n.value > right.value
            return u if below and op in OPPOSITE else None
    return None
