"""A derivation as a lecture gives it: the definition, rule after rule, the form in a, and numbers.

The steps are read off the formula: each operation has its rule, and the slopes of its parts are put
together as the rule says. Parameters keep their names.
"""

import contextlib
import math
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from actcli.catalog import CATALOG
from actcli.catalog.entries import Function, normal
from actcli.errors import ActcliError
from actcli.language.calculus import RULES
from actcli.language.formula import parse
from actcli.language.stable import in_words
from actcli.language.texts import cell_text, on_screen
from actcli.language.tidy import LONGHAND, in_books, in_steps, likeness, tidied
from actcli.language.trees import (
    Node,
    Z,
    name,
    names_in,
    number,
    postorder,
    rebuilt,
    settled,
    substitute,
    write,
)
from actcli.language.words import CONSTANTS
from actcli.numerics.answers import Question, answer, slope, value
from actcli.numerics.exact import nearest
from actcli.numerics.kinks import break_at
from actcli.numerics.sides import right_sided
from actcli.pages.cases import cases_of, stretches
from actcli.pages.latex import latex, latex_in_cases, sentence_of
from actcli.pages.steps import Step, depends_on_z, steps
from actcli.pages.tables import aligned

POINTS = (-10.0, 0.0, 10.0)
INDENT = 4
MOST_STEPS, MOST_WITH_TIES = 60, 200  # of a derivation, of a slope whose ties are looked at
LONG_TIES = 160  # characters: beyond, the slope of an entry leaves out what it is at ties if they double it
LONG_NAMES = 70  # of parameters and their values: beyond, each has its line
LONG = 20  # for the title of a column


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
    if (many := sum(depends_on_z(n) and bool(n.children) for n in postorder(formula))) > MOST_STEPS:
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
    escaped = name.replace("_", r"\_").replace("^", r"\^{}")
    text = f"\n## {name}\n\n" if form == "md" else f"\n\\paragraph{{{escaped}}}\n"
    plain, chain = [law] if law else [], list[str]()
    for line in [*lines, None]:
        if isinstance(line, Equation) and chain and not _latex_left(line).strip():
            chain.append(latex_in_cases(line.right))
            continue
        if chain:
            text += f"{opening} {_chained(chain)} {closing}\n"
            chain = []
        if isinstance(line, str):
            plain.append(line)
            continue
        if plain:
            text += "\n".join([begin, *plain, end, "\n" * (form == "md")])
            plain = []
        chain = [_latex_left(line), latex_in_cases(line.right)] if line else []
    return text


def _chained(sides: Sequence[str]) -> str:
    """Return a = b, or a = b = c one below the other."""
    left, *rights = sides
    rows = r" \\ ".join(f"{'' if i else left} &= {right}" for i, right in enumerate(rights))
    return rf"\begin{{aligned}} {rows} \end{{aligned}}" if len(rights) > 1 else f"{left} = {rights[0]}"


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
    if len(postorder(step.slope)) > MOST_WITH_TIES or (function.kinks and _jumps(function) == function.kinks):
        return step
    at_ties = right_sided(step.slope, step.formula, function.parameters)
    told = (
        not function.entry
        or len(write(at_ties)) < LONG_TIES
        or len(write(at_ties)) < 2 * len(write(step.slope))
    )
    return replace(step, slope=at_ties if told else step.slope)


def _jumps(function: Function) -> tuple[Node, ...]:
    """Return where g jumps, as far as the catalog knows."""
    found = ((place, break_at(function, nearest(place, 0.0))) for place in function.kinks)
    return tuple(place for place, each in found if each and each.jumps)


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
        return tidied(as_typed(function))
    shown, worked = parse(entry.definition or entry.formula), parse(entry.formula)
    straight = worked.op == "where" and any(node.op in ("max", "min") for node in postorder(shown))
    return _bounded(function, worked if straight else shown)


def _bounded(function: Function, tree: Node) -> Node:
    """Return a formula without the choices that a parameter decides that is infinite, or that is not."""
    ends = {key: given for key, given in function.parameters.items() if given is name("inf")}

    def decided(n: Node) -> Node:
        finite = n.op == "where" and name("inf") in n.children[0].children
        return settled(
            Node(n.op, substitute(n.children[0], function.parameters), *n.children[1:]) if finite else n
        )

    return rebuilt(
        rebuilt(tree, decided), lambda n: settled(ends.get(str(n.args[0]), n) if n.op == "name" else n)
    )


def as_typed(function: Function) -> Node:
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
        typed = as_typed(function)
        yield typed if name("e") in postorder(typed) else tidied(typed)
    elif normal(function.label.partition(":")[0]) not in map(normal, entry.names()):
        with contextlib.suppress(ActcliError):
            typed = parse(function.label)
            yield from [typed] if "z" in names_in(typed) else []


def _definition(function: Function, known: Function, slope: Node) -> Section:
    names = ", ".join(f"{name} = {write(given)}" for name, given in function.parameters.items())
    entry, worked = function.entry, _textbook(function)
    own = [parse(entry.definition or entry.formula)] if entry else []
    forms: dict[tuple[object, ...], Node] = {}
    for form in (*_typed(function), *own, worked):
        forms.setdefault(tuple(cases_of(form)), form)
    left = "g(z)" if "a" in function.parameters else "a = g(z)"
    lines: list[str | Equation] = [
        Equation(" " * len(left) if i else left, n) for i, n in enumerate(forms.values())
    ]
    if names:
        lines += (
            ["with " + names]
            if len(names) < LONG_NAMES
            else ("with " + names.replace(", ", ",\n     ")).split("\n")
        )
    if known is not function:
        lines.append(f"this is {known.label}")
    elif entry and normal(function.label.partition(":")[0]) not in map(normal, entry.names()):
        lines.append(f"this is {entry.name}")
    words = {node.op for node in postorder(Node("+", worked, slope))}
    return "definition", [*lines, *_named(words)]


def _named(words: set[str]) -> list[str]:
    """Say what Phi and phi are, where they are among the words."""
    both = "Phi" in words
    start, its = (
        ("phi(z) = Phi'(z)", "its density") if both else ("phi(z)", "the density of the normal distribution")
    )
    told = {
        "Phi": "Phi(z) is the normal distribution: how likely a standard normal number is below z",
        "phi": f"{start} = exp(-z^2/2)/sqrt(2*pi) is {its}",
    }
    return [told[word] for word in told if word in words]


@cache
def _worded(text: str) -> Node:
    return in_words(parse(text))


def recognised(function: Function) -> Function | None:
    """Return the activation that a formula of the user's is, with the parameters that make it so."""
    wanted, parts = likeness(in_words(function.formula)), stretches(function.formula)
    numbers = {abs(n.value) for n in postorder(function.formula) if n.value is not None}
    for entry in CATALOG if wanted else ():
        values = {1 / n for n in numbers if n} | numbers if len(entry.parameters) == 1 else set()
        for given in [{}, *({entry.parameters[0].name: each} for each in sorted(values))]:
            with contextlib.suppress(ActcliError):
                bound = entry.bind(given)
                texts = [
                    substitute(_worded(t), bound.parameters) for t in (entry.definition, entry.formula) if t
                ]
                if (
                    stretches(texts[-1]) == parts
                    if parts
                    else any(likeness(text) == wanted for text in texts)
                ):
                    label = ":".join([entry.name, *(f"{k}={write(number(v))}" for k, v in given.items())])
                    return replace(bound, label=label)
    return None


def _told(step: Step, left: Node | str) -> Section:
    letters = ", ".join(f"{letter} = {write(part)}" for letter, part in step.parts)
    said = [Equation(left, step.slope)]
    if step.before and not any(n.op == "where" for n in postorder(step.slope)):
        blank = (
            len(left if isinstance(left, str) else _slope_sign(left))
            if len(write(step.before)) < LONG_TIES
            else 0
        )
        said = [Equation(left, step.before), Equation(" " * blank, step.slope)] if blank else said
    return ": ".join(filter(None, (step.rule, step.law))), [*([letters] if letters else []), *said]


def _in_a(function: Function, derived: Node, put: Mapping[str, Node]) -> Iterator[Section]:
    """Lead to the form in a."""
    entry = function.entry
    if not entry or not _has_form(function):
        return
    asked = "z" in names_in(parse(f"where({entry.from_value_when or '1 > 0'}, 1, 0)")) or not _holds(
        function, 0.0
    )
    condition = f" (for {entry.from_value_when})" if entry.from_value_when and asked and not put else ""
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
        short = in_books(tidied(substitute(_bounded(function, parse(function.entry.derivative)), put)))
        lengths = [sum(len(write(case.value) + case.when) for case in cases_of(n)) for n in (short, derived)]
        if lengths[0] < lengths[1]:
            words = {n.op for n in postorder(short)} - {n.op for n in postorder(derived)}
            told = [
                f"{word}(z) = {LONGHAND[word]}" for word in ("sigmoid", "tanh", "softplus") if word in words
            ]
            where = ["where " + ", ".join(told)] * bool(told) + _named(words)
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
    if jumps := {*map(write, _jumps(function)), *(on_screen(each.z) for each in found if each.jumps)}:
        yield f"g jumps at z = {', '.join(sorted(jumps))}, where it has no slope"


def _at(function: Function, ask: Callable[[Function], Question], points: Sequence[float]) -> list[str]:
    return [_answered(ask(function), z) for z in points]


def _answered(question: Question, z: float) -> str:
    """Return the answer at a point as text; a dash where there is none, as the value jumps."""
    try:
        return on_screen(answer(question, z))
    except ActcliError:
        return "-"


def _from_a(function: Function, z: float) -> str:
    """Return the form in a at a = g(z); a dash where the form does not hold."""
    if function.from_value is None or not math.isfinite(z) or not _holds(function, z):
        return "-"
    through_a = tidied(substitute(function.from_value, {"a": function.formula}))
    return _answered(Question("", through_a, None), z)


def _holds(function: Function, z: float) -> bool:
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
