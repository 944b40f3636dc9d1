"""How the slope of a formula comes about: one rule after another, part by part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from actcli.language.calculus import RULES, minus, over, rule, slope_of, times
from actcli.language.formula import parse
from actcli.language.tidy import expanded, tidied
from actcli.language.trees import Node, names_in, number, postorder, substitute, write

LAWS: Mapping[str, tuple[str, str]] = {
    "+": ("sum rule", "(u + v)' = u' + v'"),
    "-": ("sum rule", "(u - v)' = u' - v'"),
    "neg": ("constant factor", "(-u)' = -u'"),
    "*": ("product rule", "(u*v)' = u'*v + u*v'"),
    "/": ("quotient rule", "(u/v)' = (u'*v - u*v')/v^2"),
    "^": ("power rule", "(u^v)' = v*u^(v - 1)*u' + u^v*log(u)*v'"),
    "max": ("the larger one", "max(u, v)' = u' where u > v, else v'"),
    "min": ("the smaller one", "min(u, v)' = u' where u < v, else v'"),
    "where": ("piece by piece", ""),
}
WITH_CONSTANT: Mapping[tuple[str, int], tuple[str, str]] = {  # the operation, and which part is constant
    ("*", 0): ("constant factor", "(c*v)' = c*v'"),
    ("*", 1): ("constant factor", "(u*c)' = u'*c"),
    ("/", 1): ("constant divisor", "(u/c)' = u'/c"),
    ("^", 1): ("power rule", "(u^n)' = n*u^(n - 1)*u'"),
    ("^", 0): ("exponential", "(c^v)' = c^v*log(c)*v'"),
}


# As lecturers write them; the rules that compute keep the digits that 1 - a^2 loses.
TEXTBOOK: Mapping[str, str] = {"tanh": "1 - tanh(z)^2", "sigmoid": "sigmoid(z)*(1 - sigmoid(z))"}
BINDING = ("*", "/", "^", "neg", "number", "name", *RULES)  # what needs no brackets in a product


@dataclass(frozen=True)
class Step:
    """One rule applied: its name, what it says, the parts it was applied to, and what came out."""

    rule: str
    law: str
    parts: tuple[tuple[str, Node], ...]
    formula: Node
    slope: Node
    before: Node | None  # its terms were put together


def steps(formula: Node) -> list[Step]:
    """Return how the slope of a formula in z comes about, part by part, the whole formula last."""
    slopes: dict[Node, Node] = {}
    found = []
    pieces = {
        part for n in postorder(formula) if n.op == "where" for part in n.children if part.op == "where"
    }
    for node in postorder(formula):
        before = tidied(_slope(node, slopes))
        slopes[node] = tidied(expanded(before))
        if node is formula or (depends_on_z(slopes[node]) and node not in pieces):
            raw = None if slopes[node] is before else before
            found.append(Step(*_law(node), _parts(node), node, slopes[node], raw))
    return found


def _slope(node: Node, slopes: Mapping[Node, Node]) -> Node:
    """Return the slope of a formula from those of its parts; of a quotient as textbooks write it."""
    between = [slopes[child] for child in node.children]
    if node.op == "/" and depends_on_z(node.children[1]):
        (u, v), (du, dv) = node.children, between
        return over(minus(times(du, v), times(u, dv)), Node("^", v, number(2)))
    if node.op in TEXTBOOK:
        return times(substitute(parse(TEXTBOOK[node.op]), {"z": node.children[0]}), between[0])
    if node.op in ("max", "min") and between[0] is not between[1]:
        return _chosen(node, between)
    return slope_of(node, between)


def _chosen(node: Node, slopes: Sequence[Node]) -> Node:
    """Return the slope of max or min: where both parts are equal, the one on the right of there."""
    (u, du), (v, dv) = sorted(
        zip(node.children, slopes, strict=True), key=lambda part: not depends_on_z(part[0])
    )
    larger = node.op == "max"
    first = du.value is None or dv.value is None or (du.value > dv.value) == larger
    return Node("where", Node((">" if larger else "<") + "=" * first, u, v), du, dv)


def depends_on_z(node: Node) -> bool:
    """Tell whether z is in a formula."""
    return "z" in names_in(node)


def _law(node: Node) -> tuple[str, str]:
    """Return the name of the rule for an operation, and what it says."""
    if node.op in RULES:
        known = parse(TEXTBOOK[node.op]) if node.op in TEXTBOOK else rule(node.op)
        slope = write(substitute(known, {"z": Node("name", "u")}))
        if not node.children[0].children:
            return "known slope", ""
        if node.op == "abs":
            return "chain rule", "abs(u)' = u' where u > 0, else -u'"
        return "chain rule", f"{node.op}(u)' = {slope if known.op in BINDING else f'({slope})'}*u'"
    fixed = [i for i, part in enumerate(node.children) if not depends_on_z(part)]
    special = WITH_CONSTANT.get((node.op, fixed[0])) if len(fixed) == 1 else None
    return special or LAWS.get(node.op, ("slope", "z' = 1, c' = 0"))


def _parts(node: Node) -> tuple[tuple[str, Node], ...]:
    """Return what the letters of the rule stand for, where that does not go without saying."""
    names = list("uv")
    for i, part in enumerate(node.children):
        if (node.op, i) in WITH_CONSTANT and not depends_on_z(part):
            names[i] = "n" if node.op == "^" else "c"
    if node.op == "where" or not any(part.children for part in node.children):
        return ()
    return tuple(zip(names, node.children, strict=False))
