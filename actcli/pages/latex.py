"""Formulas in LaTeX (amsmath)."""

from collections.abc import Mapping

from actcli.catalog.entries import Function
from actcli.language.formula import parse
from actcli.language.texts import cell_text
from actcli.language.tidy import in_books, tidied
from actcli.language.trees import TOO_LONG, Node, walked, write
from actcli.pages.cases import cases_of

GREEK = ("alpha", "beta", "gamma", "delta", "lambda", "mu", "theta", "pi")
MACROS: Mapping[str, str] = {
    "Phi": r"\Phi", "phi": r"\varphi", "sigmoid": r"\sigma",
    **{word: f"\\{word}" for word in ("log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min")},
}  # fmt: skip
SIGNS = {">=": r"\ge", "<=": r"\le", "==": "=", "!=": r"\ne"}
CASES = r"\begin{cases} %s & \text{if } %s \\ %s & \text{otherwise} \end{cases}"
WRAPPED: Mapping[str, str] = {"exp": "e^{%s}", "sqrt": r"\sqrt{%s}", "abs": r"\left|%s\right|"}
SUMS, LOOSE = ("+", "-"), ("+", "-", "neg")


def latex(node: Node) -> str:
    """Return a formula as LaTeX."""
    if write(node) == TOO_LONG:
        return rf"\text{{{TOO_LONG}}}"
    text: str = walked(node, _laid_out)
    return text


def in_a_notebook(function: Function) -> str:
    """Return g and g' as one line of LaTeX, parameters by name and their values behind them."""
    entry = function.entry
    g = parse(entry.definition or entry.formula) if entry else tidied(function.formula)
    slope = in_books(tidied(parse(entry.derivative) if entry and entry.derivative else function.slope))
    sides = {"g(z)": g} if function.reads_vectors else {"g(z)": g, "g'(z)": slope}
    sides |= {_named(name): given for name, given in function.parameters.items()} if entry else {}
    joined = r" \qquad ".join(f"{left} = {latex_in_cases(right)}" for left, right in sides.items())
    return rf"$\displaystyle {joined}$"


def _laid_out(n: Node, parts: list[str]) -> str:
    if n.op == "number":
        mantissa, e, tens = write(n).partition("e")
        return rf"{mantissa} \cdot 10^{{{tens}}}" if e else mantissa
    if n.op == "name":
        return _named(str(n.args[0]))
    if n.op == "/":
        return rf"\frac{{{parts[0]}}}{{{parts[1]}}}"
    if n.op == "neg":
        return f"-{_held(n.children[0], parts[0], LOOSE)}"
    if n.op == "^":
        loose = n.children[0].op in ("exp", "*", "/", "^", *LOOSE)
        return f"{_brackets(parts[0]) if loose else parts[0]}^{{{parts[1]}}}"
    if len(parts) == 2 and n.op not in ("max", "min"):
        return _between(n, parts)
    if n.op == "where":
        return CASES % (parts[1], parts[0], parts[2])
    return WRAPPED[n.op] % parts[0] if n.op in WRAPPED else _called(n.op, parts)


def _between(n: Node, parts: list[str]) -> str:
    if n.op == "*":
        left, right = n.children
        return rf"{_held(left, parts[0], SUMS)} \cdot {_held(right, parts[1], LOOSE)}"
    second = _held(n.children[1], parts[1], LOOSE) if n.op in SUMS else parts[1]
    return f"{parts[0]} {SIGNS.get(n.op, n.op)} {second}"


def _called(word: str, parts: list[str]) -> str:
    return MACROS.get(word, rf"\operatorname{{{word}}}") + _brackets(", ".join(parts))


def _held(child: Node, text: str, loose: tuple[str, ...]) -> str:
    return _brackets(text) if child.op in loose else text


def _brackets(text: str) -> str:
    return rf"\left({text}\right)"


def _named(text: str) -> str:
    if text in GREEK:
        return f"\\{text}"
    escaped = text.replace("_", r"\_")
    return r"\infty" if text == "inf" else escaped if len(text) == 1 else rf"\mathrm{{{escaped}}}"


def latex_in_cases(node: Node) -> str:
    """Return a formula as LaTeX, a choice as cases."""
    found = cases_of(node)
    if len(found) == 1:
        return latex(found[0].value)
    rows = r" \\ ".join(rf"{latex(case.value)} & {_when(case.conditions)}" for case in found)
    return rf"\begin{{cases}} {rows} \end{{cases}}"


def _when(conditions: tuple[Node, ...]) -> str:
    told = r" \text{ and } ".join(map(latex, conditions))
    return rf"\text{{if }} {told}" if conditions else r"\text{otherwise}"


def sentence_of(points: "list[float] | tuple[float, ...]") -> str:
    """Return numbers as a sentence lists them."""
    texts = [cell_text(z) for z in points]
    return f"{', '.join(texts[:-1])} and {texts[-1]}" if len(texts) > 1 else texts[0]
