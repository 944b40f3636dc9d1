"""Derivations of functions of vectors as a lecture gives them: for i = j and for i != j, then numbers."""

from collections.abc import Iterator, Sequence

from actcli.catalog.entries import Function
from actcli.language.formula import parse
from actcli.language.texts import on_screen
from actcli.language.tidy import tidied
from actcli.language.trees import postorder, write
from actcli.numerics.jacobians import Point, rows
from actcli.pages.explain import Section, typeset
from actcli.pages.tables import aligned

VECTORS_SHOWN = ((1.0, 2.0, 3.0), (1.0, 2.0, 3.0, 4.0))  # where none is given; the second has halves

_GROWTH = {"softmax": ("exp(z_{})", ""), "softmax1": ("exp(z_{})", ""), "softmin": ("exp(-z_{})", "-")}


def vector_explanation(
    function: Function, width: int, vector: Sequence[Point] = (), form: str = "text", bold: bool = False
) -> str:
    """Return the derivation of a function's Jacobian and its numbers at a vector, as text, md or latex."""
    entry = function.entry
    halved = any(n.op in ("first", "second") for n in postorder(function.formula))
    vector = vector or VECTORS_SHOWN[halved]
    names = ", ".join(f"{name} = {write(given)}" for name, given in function.parameters.items())
    typed = write(parse(entry.definition or entry.formula)) if entry else write(function.formula)
    sections: list[Section] = [
        (
            "definition",
            [
                f"g_i(z) = {typed}",
                *([f"with {names}" + ", T for short" * bool(_divisor(function))] if names else []),
            ],
        )
    ]
    sections += _derived(function)
    if entry:
        told = entry.jacobian.replace("/temperature", _divisor(function))
        delta = ["delta_ij = 1 if i = j, else 0"] if "delta_ij" in told else []
        sections.append(("together", [f"dg_i/dz_j = {told}", *delta]))
    else:
        sections.append(("in the direction of a vector v", [f"J v = {write(tidied(function.slope))}"]))
    sections += [*_with_loss(function), _at(function, vector)]
    return typeset(function.label, sections, width, form, bold)


def _derived(function: Function) -> Iterator[Section]:
    """Derive a quotient with a sum below it, or the logarithm of one."""
    name = function.entry.name if function.entry else ""
    if name in ("log_softmax", "logsumexp"):
        yield "with S = exp(z_1) + ... + exp(z_n)", ["dS/dz_j = exp(z_j), since z_j is in one term only"]
        yield "chain rule: log(S)' = S'/S", ["d log(S)/dz_j = exp(z_j)/S = p_j with p = softmax(z)"]
    if name in _GROWTH:
        yield from _quotient(name, *_GROWTH[name], _divisor(function))


def _divisor(function: Function) -> str:
    """Return what z is divided by, where it is not 1: the temperature."""
    divisor = function.parameters.get("temperature")
    return "" if divisor is None or divisor.value == 1 else "/T"


def _quotient(name: str, growth: str, sign: str, over: str) -> Iterator[Section]:
    growth = growth.replace(")", f"{over})")
    u, v = growth.format("i"), growth.format("j")
    first = f"1 + {growth.format('1')}" if name == "softmax1" else growth.format("1")
    yield (
        f"with S = {first} + ... + {growth.format('n')}",
        [
            f"p_i = {u}/S",
            f"dS/dz_j = {sign}{v}{over}, since z_j is in one term only",
        ],
    )
    minus = {"": "-", "-": ""}[sign]
    yield (
        "quotient rule for i = j: (u/S)' = (u'*S - u*S')/S^2",
        [
            f"dp_i/dz_i = {sign}({u}*S - {u}*{u})/S^2{over}",
            f"          = {sign}{u}/S * (S - {u})/S{over}",
            f"          = {sign}p_i*(1 - p_i){over}",
        ],
    )
    yield (
        "quotient rule for i != j: u does not depend on z_j, u' = 0",
        [
            f"dp_i/dz_j = {sign}(0*S - {u}*{v})/S^2{over}",
            f"          = {minus}{u}/S * {v}/S{over}",
            f"          = {minus}p_i*p_j{over}",
        ],
    )


def _with_loss(function: Function) -> Iterator[Section]:
    """Say what training with softmax and cross-entropy comes to."""
    if function.entry and function.entry.name == "softmax":
        over = _divisor(function)
        yield (
            "with cross-entropy L = -sum(y_i*log(p_i)), y the label, sum(y) = 1",
            [
                f"dL/dz_j = -sum over i of y_i/p_i * p_i*(delta_ij - p_j){over}",
                f"        = (-y_j + p_j*sum(y)){over}",
                f"        = (p_j - y_j){over}" if over else "        = p_j - y_j",
            ],
        )


# ---------------------------------------------------------------------------- numbers


def _at(function: Function, vector: Sequence[Point]) -> Section:
    """Evaluate g and the Jacobian, and p - y for the last label."""
    values = [one.number() for row in rows(function, "value", vector) for one in row]
    jacobian = [[one.number() for one in row] for row in rows(function, "jacobian", vector)]
    lines = [f"g(z) = ({', '.join(map(on_screen, values))})", "the Jacobian, row i by column j:"]
    columns = [aligned([on_screen(x) for x in column]) for column in zip(*jacobian, strict=True)]
    lines += ["  ".join(row).rstrip() for row in zip(*columns, strict=True)]
    if list(_with_loss(function)) and not _divisor(function):
        label = [0.0] * (len(values) - 1) + [1.0]
        apart = [p - y for p, y in zip(values, label, strict=True)]
        told = ", ".join(map(on_screen, label))
        lines.append(f"p - y = ({', '.join(map(on_screen, apart))}) for y = ({told})")
    return f"at z = ({', '.join(on_screen(float(z)) for z in vector)})", lines
