"""The page of the handbook that `info` shows: everything about one function, as text."""

import textwrap
from collections.abc import Iterator

from actcli.activation import Activation, Function, Parameter
from actcli.formula import write

MARGIN = 12


def page(function: Function, width: int) -> str:
    """Return the page of a function, its lines at most `width` wide where words allow it."""
    lines = _of_entry(function, function.entry) if function.entry else _of_formula(function)
    return f"{function.label}\n" + "".join(_line(title, text, width) for title, text in lines if text)


def _line(title: str, text: str, width: int) -> str:
    indent = " " * (MARGIN + 2)
    wrapped = textwrap.fill(text, max(width, 40), initial_indent=indent, subsequent_indent=indent,
                            break_long_words=False, break_on_hyphens=False)  # fmt: skip
    return f"  {title:<{MARGIN}}{wrapped[len(indent) :]}\n"


def _of_formula(function: Function) -> Iterator[tuple[str, str]]:
    yield "g(z)", write(function.formula)
    yield "g'(z)", write(function.slope)


def _of_entry(function: Function, entry: Activation) -> Iterator[tuple[str, str]]:
    yield "g(z)", entry.definition or entry.formula
    yield "computed as", entry.formula if entry.definition else ""
    yield "g'(z)", entry.derivative
    yield "g' from a", _from_value(entry)
    for i, parameter in enumerate(entry.parameters):
        yield "" if i else "parameters", _parameter(parameter, write(function.parameters[parameter.name]))
    yield "range", entry.range
    yield "limits", f"g: {entry.limits[0]} at -inf, {entry.limits[1]} at inf"
    yield "", f"g': {entry.slopes[0]} at -inf, {entry.slopes[1]} at inf"
    yield from _kinks(entry)
    yield "also called", ", ".join(dict.fromkeys(name for name in entry.names() if name != entry.name))
    yield "differs", entry.differs
    yield "note", entry.note
    yield "reference", entry.reference


def _from_value(entry: Activation) -> str:
    condition = f", for {entry.from_value_when}" if entry.from_value_when else ""
    return (
        f"{entry.from_value}, where a = g(z){condition}" if entry.from_value else "not a function of a = g(z)"
    )


def _parameter(parameter: Parameter, value: str) -> str:
    others = f"; also {', '.join(parameter.aliases)}" if parameter.aliases else ""
    default = f" (default {parameter.default})" if value != parameter.default else ""
    return f"{parameter.name} = {value}{default}, {parameter.meaning}, in {parameter.bounds}{others}"


def _kinks(entry: Activation) -> Iterator[tuple[str, str]]:
    if not entry.kinks:
        yield "kinks", "none"
    for i, kink in enumerate(entry.kinks):
        yield "" if i else "kinks", f"z = {kink.at}"
