"""A derivation as a lecture gives it: the definition, rule after rule, the form in a, and numbers.

The steps are read off the formula: each operation has its rule, and the slopes of its parts are put
together as the rule says. Parameters keep their names.
"""

import contextlib
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

from actcli.catalog import CATALOG
from actcli.catalog.entries import Function, normal
from actcli.errors import ActcliError
from actcli.language.calculus import RULES, minus, over, rule, slope_of, times
from actcli.language.formula import parse
from actcli.language.texts import cell_text, on_screen
from actcli.language.tidy import LONGHAND, in_steps, likeness, tidied
from actcli.language.trees import Node, Z, names_in, number, postorder, substitute, write
from actcli.language.words import CONSTANTS
from actcli.numerics.answers import Question, answer, slope, slope_from_value, value
from actcli.numerics.kinks import break_at
from actcli.numerics.sides import right_sided
from actcli.pages.cases import cases_of, two_pieces
from actcli.pages.latex import latex, latex_in_cases, sentence_of
from actcli.pages.tables import aligned

POINTS = (-10.0, 0.0, 10.0)
INDENT = 4
MOST_STEPS, MOST_NODES = 60, 200  # of a derivation, of a slope whose ties are looked at
LONG_TIES = 160  # characters: beyond, the slope of an entry leaves out what it is at ties if they double it
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
    "where": ("piece by piece", ""),
}
WITH_CONSTANT: Mapping[tuple[str, int], tuple[str, str]] = {  # the operation, and which part is constant
    ("*", 0): ("constant factor", "(c*v)' = c*v'"),
    ("*", 1): ("constant factor", "(u*c)' = u'*c"),
    ("/", 1): ("constant divisor", "(u/c)' = u'/c"),
    ("^", 1): ("power rule", "(u^n)' = n*u^(n - 1)*u'"),
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


def steps(formula: Node) -> list[Step]:
    """Return how the slope of a formula in z comes about, part by part, the whole formula last."""
    slopes: dict[Node, Node] = {}
    found = []
    pieces = {
        part for n in postorder(formula) if n.op == "where" for part in n.children if part.op == "where"
    }
    for node in postorder(formula):
        slopes[node] = tidied(_slope(node, slopes))
        if node is formula or (_depends(slopes[node]) and node not in pieces):
            found.append(Step(*_law(node), _parts(node), node, slopes[node]))
    return found


def _slope(node: Node, slopes: Mapping[Node, Node]) -> Node:
    """Return the slope of a formula from those of its parts; of a quotient as textbooks write it."""
    between = [slopes[child] for child in node.children]
    if node.op == "/" and _depends(node.children[1]):
        (u, v), (du, dv) = node.children, between
        return over(minus(times(du, v), times(u, dv)), Node("^", v, number(2)))
    if node.op in TEXTBOOK:
        return times(substitute(parse(TEXTBOOK[node.op]), {"z": node.children[0]}), between[0])
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
        known = parse(TEXTBOOK[node.op]) if node.op in TEXTBOOK else rule(node.op)
        slope = write(substitute(known, {"z": Node("name", "u")}))
        if not node.children[0].children:
            return "known slope", ""
        if node.op == "abs":
            return "chain rule", "abs(u)' = u' where u > 0, else -u'"
        return "chain rule", f"{node.op}(u)' = {slope if known.op in BINDING else f'({slope})'}*u'"
    fixed = [i for i, part in enumerate(node.children) if not _depends(part)]
    special = WITH_CONSTANT.get((node.op, fixed[0])) if len(fixed) == 1 else None
    return special or LAWS.get(node.op, ("slope", "z' = 1, c' = 0"))


def _parts(node: Node) -> tuple[tuple[str, Node], ...]:
    """Return what the letters of the rule stand for, where that does not go without saying."""
    names = list("uv")
    for i, part in enumerate(node.children):
        if (node.op, i) in WITH_CONSTANT and not _depends(part):
            names[i] = "n" if node.op == "^" else "c"
    if node.op == "where" or not any(part.children for part in node.children):
        return ()
    return tuple(zip(names, node.children, strict=False))


# ---------------------------------------------------------------------------- the page


BOLD = "\033[1m{}\033[0m"


class Equation(NamedTuple):
    """A line of a derivation: what is derived (a name, or a formula whose slope it is), and what it is."""

    left: Node | str
    right: Node


Section = tuple[str, Sequence[str | Equation]]


def explanation(
    function: Function, width: int, points: Sequence[float] = POINTS, form: str = "text", bold: bool = False
) -> str:
    """Return the derivation of a function's slope, its numbers at some points, as text, md or latex.

    Lines of text are at most `width` wide where words allow it, titles `bold` where wanted.
    """
    known = function if function.entry else recognised(function) or function
    formula = _textbook(function)
    if (many := sum(_depends(n) and bool(n.children) for n in postorder(formula))) > MOST_STEPS:
        why = f"too long: {many} steps, where {MOST_STEPS} can be followed; derive its parts"
        short = [_definition(function, known, Z), (why, []), _numbers(known, points, width)]
        return typeset(function.label, short, width, form, bold)
    derived = [_at_kinks(step, function) for step in steps(formula)]
    names: list[Node | str] = [*(step.formula for step in derived[:-1]), "g'(z)"]
    told = map(_told, derived, names)
    last = derived[-1].slope
    put = {} if function.entry else known.parameters  # names that this page has not told
    sections = [_definition(function, known, last), *told]
    sections += [*_in_a(known, last, put), *_shorter(known, last, put)]
    sections.append(_numbers(known, points, width))
    return typeset(function.label, sections, width, form, bold)


def typeset(label: str, sections: Sequence[Section], width: int, form: str, bold: bool) -> str:
    """Return sections as text with numbered titles, or as md or latex."""
    if form != "text":
        head = f"# {label}\n" if form == "md" else f"% {label}\n"
        return head + "".join(_marked_up(title, lines, form) for title, lines in sections)
    text = f"{label}\n"
    for i, (title, lines) in enumerate(sections, 1):
        heading = textwrap.fill(f"{i:2}  {title}", width, subsequent_indent=" " * INDENT)
        text += "\n" + (BOLD.format(heading) if bold else heading) + "\n"
        text += "".join(_wrapped(line, width) for each in lines for line in _as_lines(each, width))
    return text


def _marked_up(title: str, lines: Sequence[str | Equation], form: str) -> str:
    """Return a section in Markdown or LaTeX: formulas as formulas, all else as it is."""
    name, _, law = title.partition(": ")
    begin, end = ("```", "```") if form == "md" else (r"\begin{verbatim}", r"\end{verbatim}")
    opening, closing = ("$$", "$$") if form == "md" else (r"\[", r"\]")
    text = f"\n## {name}\n\n" if form == "md" else f"\n\\paragraph{{{name}}}\n"
    plain = [law] if law else []
    for line in [*lines, None]:
        if isinstance(line, str):
            plain.append(line)
            continue
        if plain:
            text += "\n".join([begin, *plain, end, ""])
            plain = []
        text += f"{opening} {_latex_left(line)} = {latex_in_cases(line.right)} {closing}\n" if line else ""
    return text


def _latex_left(line: Equation) -> str:
    return line.left if isinstance(line.left, str) else rf"\left({latex(line.left)}\right)'"


def _as_lines(line: str | Equation, width: int) -> list[str]:
    if isinstance(line, str):
        return [line]
    left = line.left if isinstance(line.left, str) else _slope_sign(line.left)
    found = [(write(case.value), case.when) for case in cases_of(line.right)]
    wide = max(len(value) for value, _ in found)
    if len(found) == 1:
        return [f"{left} = {found[0][0]}"]
    if len(left) + wide + max(len(when) for _, when in found) + INDENT + 5 <= width:
        starts = [f"{left} = ", *[" " * (len(left) + 3)] * len(found)]
        return [
            f"{start}{value.ljust(wide)}  {when}" for start, (value, when) in zip(starts, found, strict=False)
        ]
    return [
        f"{left} =",
        *(" " * deep + text for case in found for deep, text in zip((2, 6), case, strict=True)),
    ]


def _slope_sign(node: Node) -> str:
    """Return the sign of a slope: (z^2)', but exp(z)'."""
    return f"{write(node)}'" if node.op in RULES and node.children == (Z,) else f"({write(node)})'"


def _at_kinks(step: Step, function: Function) -> Step:
    """Return a step whose slope, typed back, is at a kink that on the right."""
    if len(postorder(step.slope)) > MOST_NODES:
        return step
    at_ties = right_sided(step.slope, step.formula, function.parameters)
    told = (
        not function.entry
        or len(write(at_ties)) < LONG_TIES
        or len(write(at_ties)) < 2 * len(write(step.slope))
    )
    return replace(step, slope=at_ties if told else step.slope)


def _wrapped(line: str, width: int) -> str:
    if len(line) + INDENT <= width:
        return " " * INDENT + line + "\n"
    start = re.match(r"[^=]* = |\s+", line)
    hanging = start.end() if start and start.end() < width // 2 else 2
    if max(map(len, line[hanging:].split())) + INDENT + hanging > width:
        hanging = 2
    return textwrap.fill(line, width, initial_indent=" " * INDENT, subsequent_indent=" " * (INDENT + hanging),
                         break_long_words=False, break_on_hyphens=False) + "\n"  # fmt: skip


def _textbook(function: Function) -> Node:
    """Return the formula as textbooks write it, its parameters by name; straight pieces as pieces."""
    entry = function.entry
    if not entry:
        return tidied(_as_typed(function))
    shown, pieces = parse(entry.definition or entry.formula), parse(entry.formula)
    straight = pieces.op == "where" and any(node.op in ("max", "min") for node in postorder(shown))
    return pieces if straight else shown


def _as_typed(function: Function) -> Node:
    """Return a formula of the user's with the names of its parameters, where its label tells them."""
    with contextlib.suppress(ActcliError):
        typed = parse(function.label.partition(":")[0])
        if substitute(typed, function.parameters) is function.formula:
            return typed
    return function.formula


def _typed(function: Function) -> Iterator[Node]:
    """Yield the formula that was typed, where it is no name."""
    entry = function.entry
    if not entry:
        yield _as_typed(function)
    elif normal(function.label.partition(":")[0]) not in map(normal, entry.names()):
        with contextlib.suppress(ActcliError):
            typed = parse(function.label)
            yield from [typed] if "z" in names_in(typed) else []


def _definition(function: Function, known: Function, slope: Node) -> Section:
    names = ", ".join(f"{name} = {write(given)}" for name, given in function.parameters.items())
    entry, worked = function.entry, _textbook(function)
    own = [parse(entry.definition or entry.formula)] if entry else []
    forms = dict.fromkeys([*_typed(function), *own, worked])
    lines: list[str | Equation] = [Equation("        " if i else "a = g(z)", n) for i, n in enumerate(forms)]
    if names:
        lines.append(f"with {names}")
    if known is not function:
        lines.append(f"this is {known.label}")
    elif entry and normal(function.label.partition(":")[0]) not in map(normal, entry.names()):
        lines.append(f"this is {entry.name}")
    words = {node.op for node in postorder(Node("+", worked, slope))}
    return "definition", [*lines, *(NAMED[word] for word in NAMED if word in words)]


NAMED = {
    "Phi": "Phi(z) is the normal distribution: how likely a standard normal number is below z",
    "phi": "phi(z) = Phi'(z) = exp(-z^2/2)/sqrt(2*pi) is its density",
}


def recognised(function: Function) -> Function | None:
    """Return the activation that a formula of the user's is, with the parameters that make it so."""
    wanted, pieces = likeness(function.formula), two_pieces(function.formula)
    numbers = {abs(n.value) for n in postorder(function.formula) if n.value is not None}
    for entry in CATALOG if wanted else ():
        values = {1 / n for n in numbers if n} | numbers if len(entry.parameters) == 1 else set()
        for given in [{}, *({entry.parameters[0].name: each} for each in sorted(values))]:
            with contextlib.suppress(ActcliError):
                bound = entry.bind(given)
                texts = [parse(text) for text in (entry.definition, entry.formula) if text]
                texts = [substitute(text, bound.parameters) for text in texts]
                alike = any(likeness(text) == wanted for text in texts)
                if alike or (pieces and two_pieces(texts[-1]) == pieces):
                    label = ":".join([entry.name, *(f"{k}={write(number(v))}" for k, v in given.items())])
                    return replace(bound, label=label)
    return None


def _told(step: Step, name: Node | str) -> Section:
    letters = ", ".join(f"{letter} = {write(part)}" for letter, part in step.parts)
    said = Equation(name, step.slope)
    return ": ".join(filter(None, (step.rule, step.law))), [*([letters] if letters else []), said]


def _in_a(function: Function, derived: Node, put: Mapping[str, Node]) -> Iterator[Section]:
    """Lead to the form in a."""
    entry = function.entry
    if not entry or not _has_form(function):
        return
    condition = f" (for {entry.from_value_when})" if entry.from_value_when and not put else ""
    form, worked = (substitute(tree, put) for tree in (parse(entry.from_value), _textbook(function)))
    found = in_steps(derived, tidied(form) if put else form, tidied(worked) if put else worked)
    lines = [Equation("g'(z)" if not i else "     ", node) for i, node in enumerate(found)]
    yield f"the same in terms of a = g(z){condition}", lines


def _has_form(function: Function) -> bool:
    """Tell whether a is in the form in a; where the slope is a number there is nothing to lead to."""
    form = function.entry.from_value if function.entry else ""
    return bool(form) and "a" in names_in(parse(form))


def _shorter(function: Function, derived: Node, put: Mapping[str, Node]) -> Iterator[Section]:
    """Say the slope in the words of the language, where that is shorter and there is no form in a."""
    algebra = parse(function.entry.from_value or "exp(a)") if function.entry else None
    if function.entry and any(n.op in RULES for n in postorder(algebra or derived)):
        short = tidied(substitute(parse(function.entry.derivative), put))
        longhand = next((w for w in ("sigmoid", "tanh") if any(n.op == w for n in postorder(short))), "")
        if len(write(short)) < len(write(derived)):
            where = [f"where {longhand}(z) = {LONGHAND[longhand]}"] if longhand else []
            words = {n.op for n in postorder(short)} - {n.op for n in postorder(derived)}
            where += [NAMED[word] for word in NAMED if word in words]
            yield "written shorter", [Equation("g'(z)", short), *where]


# ---------------------------------------------------------------------------- numbers


def _numbers(function: Function, points: Sequence[float], width: int) -> Section:
    """Evaluate g, the form in a and g' at some points."""
    form = function.entry.from_value if function.entry and _has_form(function) else ""
    columns = [("z", [cell_text(z) for z in points]), ("a = g(z)", _at(function, value, points))]
    told = form and len(form) <= LONG and names_in(parse(form)) <= {"a", *CONSTANTS} and "where" not in form
    title = form if told else "g' from a"
    columns += [(title, [_from_a(function, z) for z in points])] if form else []
    columns.append(("g'(z)", _at(function, slope, points)))
    return f"at {sentence_of([*points])}", [*_set_out(columns, width), *_remarks(function, columns, points)]


def _remarks(
    function: Function, columns: Sequence[tuple[str, Sequence[str]]], points: Sequence[float]
) -> Iterator[str]:
    """Say why two columns may differ, and what the slope at a kink is."""
    pairs = zip(columns[2][1], columns[-1][1], strict=True)
    if any(a != b and "-" not in (a, b) for a, b in pairs):
        yield "where the two differ, the value a comes from several z with different slopes"
    found = [each for z in points if (each := break_at(function, z))]
    if any(not each.jumps for each in found):
        yield "at a kink, g' is the slope on its right"
    if any(each.jumps for each in found):
        yield "where g jumps it has no slope"


def _at(function: Function, ask: Callable[[Function], Question], points: Sequence[float]) -> list[str]:
    return [_answered(ask(function), z) for z in points]


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
