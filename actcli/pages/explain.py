"""A derivation as a lecture gives it: the definition, rule after rule, the form in a, and numbers.

The steps are read off the formula: each operation has its rule, and the slopes of its parts are put
together as the rule says. Parameters keep their names.
"""

import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from actcli.catalog.entries import Function
from actcli.errors import ActcliError
from actcli.language.calculus import RULES, minus, over, rule, slope_of, times
from actcli.language.formula import parse
from actcli.language.texts import on_screen
from actcli.language.trees import Node, names_in, number, postorder, substitute, write
from actcli.numerics.answers import Question, answer, slope, slope_from_value, value
from actcli.numerics.sides import right_sided
from actcli.pages.tables import aligned

POINTS = (-10.0, 0.0, 10.0)
INDENT = 4
LONG = 20  # for the title of a column


# ---------------------------------------------------------------------------- steps

LAWS: Mapping[str, tuple[str, str]] = {
    "+": ("sum rule", "(u + v)' = u' + v'"),
    "-": ("sum rule", "(u - v)' = u' - v'"),
    "neg": ("constant factor", "(-u)' = -u'"),
    "*": ("product rule", "(u*v)' = u'*v + u*v'"),
    "/": ("quotient rule", "(u/v)' = (u'*v - u*v')/v^2"),
    "^": ("power rule", "(u^v)' = v*u^(v - 1)*u' + u^v*log(u)*v'"),
    "max": ("the larger one", "max(u, v)' = u' where u > v, else v'"),
    "min": ("the smaller one", "min(u, v)' = u' where u < v, else v'"),
    "where": ("piece by piece", "where(c, u, v)' = u' where c holds, else v'"),
}
WITH_CONSTANT: Mapping[tuple[str, int], tuple[str, str]] = {  # the operation, and which part is constant
    ("*", 0): ("constant factor", "(c*v)' = c*v'"),
    ("*", 1): ("constant factor", "(u*c)' = u'*c"),
    ("/", 1): ("constant divisor", "(u/c)' = u'/c"),
    ("^", 1): ("power rule", "(u^n)' = n*u^(n - 1)*u'"),
}


BINDING = ("*", "/", "^", "neg", "number", "name", *RULES)  # what needs no brackets in a product


@dataclass(frozen=True)
class Step:
    """One rule applied: its name, what it says, the parts it was applied to, and what came out."""

    rule: str
    law: str
    parts: tuple[tuple[str, Node], ...]
    formula: Node
    slope: Node


def steps(formula: Node) -> list[Step]:
    """Return how the slope of a formula in z comes about, part by part, the whole formula last."""
    slopes: dict[Node, Node] = {}
    found = []
    for node in postorder(formula):
        slopes[node] = _slope(node, slopes)
        if node is formula or (slopes[node].children and slopes[node].value is None):
            found.append(Step(*_law(node), _parts(node), node, slopes[node]))
    return found


def _slope(node: Node, slopes: Mapping[Node, Node]) -> Node:
    """Return the slope of a formula from those of its parts; of a quotient as textbooks write it."""
    between = [slopes[child] for child in node.children]
    if node.op == "/" and _depends(node.children[1]):
        (u, v), (du, dv) = node.children, between
        return over(minus(times(du, v), times(u, dv)), Node("^", v, number(2)))
    if node.op in ("max", "min") and between[0] is not between[1]:
        return _chosen(node, between)
    return slope_of(node, between)


def _chosen(node: Node, slopes: Sequence[Node]) -> Node:
    """Return the slope of max or min: where both parts are equal, the one on the right of there."""
    (u, du), (v, dv) = sorted(zip(node.children, slopes, strict=True), key=lambda part: not _depends(part[0]))
    larger = node.op == "max"
    first = du.value is None or dv.value is None or (du.value > dv.value) == larger
    return Node("where", Node((">" if larger else "<") + "=" * first, u, v), du, dv)


def _depends(node: Node) -> bool:
    return "z" in names_in(node)


def _law(node: Node) -> tuple[str, str]:
    """Return the name of the rule for an operation, and what it says."""
    if node.op in RULES:
        slope = write(substitute(rule(node.op), {"z": Node("name", "u")}))
        if not node.children[0].children:
            return "known slope", f"{node.op}(z)' = {RULES[node.op]}"
        return "chain rule", f"{node.op}(u)' = {slope if rule(node.op).op in BINDING else f'({slope})'}*u'"
    fixed = [i for i, part in enumerate(node.children) if not _depends(part)]
    special = WITH_CONSTANT.get((node.op, fixed[0])) if len(fixed) == 1 else None
    return special or LAWS.get(node.op, ("slope", "z' = 1, c' = 0"))


def _parts(node: Node) -> tuple[tuple[str, Node], ...]:
    """Return what the letters of the rule stand for, where that does not go without saying."""
    names = list("cuv" if node.op == "where" else "uv")
    for i, part in enumerate(node.children):
        if (node.op, i) in WITH_CONSTANT and not _depends(part):
            names[i] = "n" if node.op == "^" else "c"
    if not any(part.children for part in node.children):
        return ()
    return tuple(zip(names, node.children, strict=False))


# ---------------------------------------------------------------------------- the page


def explanation(function: Function, width: int) -> str:
    """Return the derivation of a function's slope, its lines at most `width` wide where words allow it."""
    derived = [_at_kinks(step, function) for step in steps(_textbook(function))]
    names = [*(f"({write(step.formula)})'" for step in derived[:-1]), "g'(z)"]
    told = map(_told, derived, names)
    sections = [_definition(function), *told, *_in_a(function), *_computed(function, derived[-1].slope)]
    text = f"{function.label}\n"
    for i, (title, lines) in enumerate([*sections, _numbers(function, width)], 1):
        text += "\n" + textwrap.fill(f"{i:2}  {title}", width, subsequent_indent=" " * INDENT) + "\n"
        text += "".join(_wrapped(line, width) for line in lines)
    return text


def _at_kinks(step: Step, function: Function) -> Step:
    """Return a step whose slope, typed back, is at a kink that on the right."""
    return replace(step, slope=right_sided(step.slope, step.formula, function.parameters))


Section = tuple[str, Sequence[str]]


def _wrapped(line: str, width: int) -> str:
    hanging = " " * (INDENT + (line.index("= ") + 2 if "= " in line[: width // 2] else 2))
    return textwrap.fill(line, width, initial_indent=" " * INDENT, subsequent_indent=hanging,
                         break_long_words=False, break_on_hyphens=False) + "\n"  # fmt: skip


def _textbook(function: Function) -> Node:
    """Return the formula as textbooks write it, with the names of its parameters."""
    entry = function.entry
    return parse(entry.definition or entry.formula) if entry else function.formula


def _definition(function: Function) -> Section:
    names = ", ".join(f"{name} = {write(given)}" for name, given in function.parameters.items())
    return "definition", [f"a = g(z) = {write(_textbook(function))}", *([f"with {names}"] if names else [])]


def _told(step: Step, name: str) -> Section:
    letters = ", ".join(f"{letter} = {write(part)}" for letter, part in step.parts)
    return f"{step.rule}: {step.law}", [*([letters] if letters else []), f"{name} = {write(step.slope)}"]


def _in_a(function: Function) -> Iterator[Section]:
    """Give the form in a, and what it says once a is put back."""
    entry = function.entry
    if not entry or not entry.from_value:
        return
    form = parse(entry.from_value)
    back = substitute(form, {"a": _textbook(function)})
    condition = f" (for {entry.from_value_when})" if entry.from_value_when else ""
    again = [f"      = {write(back)}"] if back is not form else []
    yield f"the same in terms of a = g(z){condition}", [f"g'(z) = {entry.from_value}", *again]


def _computed(function: Function, derived: Node) -> Iterator[Section]:
    """Tell how the slope is computed, where that is not as it was derived."""
    exact = right_sided(function.slope, function.formula)
    text = function.entry.derivative if function.entry else write(exact)
    if parse(text) is not derived:
        yield "as it is computed, so that no digit is lost", [f"g'(z) = {text}"]


# ---------------------------------------------------------------------------- numbers


def _numbers(function: Function, width: int) -> Section:
    """Evaluate g, the form in a and g' at the lecture's points."""
    form = function.entry.from_value if function.entry else ""
    columns = [("z", [on_screen(z) for z in POINTS]), ("a = g(z)", _at(function, value))]
    title = form if len(form) <= LONG else "g' from a"
    columns += [(title, [_from_a(function, z) for z in POINTS])] if form else []
    columns.append(("g'(z)", _at(function, slope)))
    return "at -10, 0 and 10", [*_set_out(columns, width), *_remarks(function, columns)]


def _remarks(function: Function, columns: Sequence[tuple[str, Sequence[str]]]) -> Iterator[str]:
    """Say why two columns may differ, and what the slope at a kink is."""
    if len(columns) > 3 and any(a not in ("-", b) for a, b in zip(columns[2][1], columns[3][1], strict=True)):
        yield "where the two differ, the value a comes from several z with different slopes"
    if function.kinks:
        yield "at a kink, g' is the slope on its right"


def _at(function: Function, ask: Callable[[Function], Question]) -> list[str]:
    return [_answered(ask(function), z) for z in POINTS]


def _answered(question: Question, z: float) -> str:
    """Return the answer at a point as text; a dash where there is none, as the value jumps."""
    try:
        return on_screen(answer(question, z))
    except ActcliError:
        return "-"


def _from_a(function: Function, z: float) -> str:
    """Return the form in a at a = g(z), which is rounded; a dash where the form does not hold."""
    if not _holds(function, z):
        return "-"
    return _answered(slope_from_value(function), answer(value(function), z))


def _holds(function: Function, z: float) -> bool:
    from actcli.numerics.exact import nearest

    condition = function.entry.from_value_when if function.entry else ""
    known = {**function.parameters, "z": number(Fraction(z))}
    return not condition or nearest(substitute(parse(f"where({condition}, 1, 0)"), known), 0.0) == 1


def _set_out(columns: Sequence[tuple[str, Sequence[str]]], width: int) -> list[str]:
    """Return columns of numbers under their titles, decimal points aligned; on a narrow page, equations."""
    set_out = []
    for title, cells in columns:
        numbers = aligned(cells)
        wide = max(len(title), len(numbers[0]))
        set_out.append([title.rjust(wide), *(cell.rjust(wide) for cell in numbers)])
    lines = ["   ".join(row).rstrip() for row in zip(*set_out, strict=True)]
    if max(map(len, lines)) + INDENT <= width:
        return lines
    rows = zip(*([f"{title} = {cell}" for cell in cells] for title, cells in columns), strict=True)
    return [", ".join(row) for row in rows]
