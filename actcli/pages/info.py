"""The page of the handbook that `info` shows: everything about one function, as text."""

import math
import textwrap
from collections.abc import Iterator

import numpy as np

from actcli.catalog.entries import Activation, Function, Kink, Parameter
from actcli.errors import NoAnswerError
from actcli.language.calculus import LEFT, RIGHT, evaluate
from actcli.language.formula import parse
from actcli.language.texts import on_screen
from actcli.language.trees import Node, names_in, write
from actcli.numerics.answers import Question, answer, slope, value
from actcli.numerics.kinks import AROUND, Break, breaks_of_formula
from actcli.numerics.plain import ARRAYS
from actcli.numerics.sides import right_sided

TITLE_WIDTH = 12
MOST_SHOWN = 8  # kinks of a formula


def info_page(function: Function, width: int) -> str:
    """Return the page of a function, its lines at most `width` wide where words allow it."""
    lines = _of_entry(function, function.entry) if function.entry else _of_formula(function)
    return f"{function.label}\n" + "".join(_line(title, text, width) for title, text in lines if text)


def _line(title: str, text: str, width: int) -> str:
    indent = " " * (TITLE_WIDTH + 2)
    wrapped = textwrap.fill(text, max(width, 40), initial_indent=indent, subsequent_indent=indent,
                            break_long_words=False, break_on_hyphens=False)  # fmt: skip
    return f"  {title:<{TITLE_WIDTH}}{wrapped[len(indent) :]}\n"


def _of_formula(function: Function) -> Iterator[tuple[str, str]]:
    yield "g(z)", write(function.formula)
    yield "g'(z)", write(right_sided(function.slope, function.formula))
    yield "limits", "g " + _limits(_far_out(value(function)))
    yield "", "g' " + _limits(_far_out(slope(function)))
    found = breaks_of_formula(function)
    yield "kinks", "" if found else f"none found from {AROUND[0]:.0f} to {AROUND[1]:.0f}"
    shown = sorted(sorted(found, key=lambda each: abs(each.z))[:MOST_SHOWN])
    for i, each in enumerate(shown):
        yield "" if i else "kinks", _break(each)
    if len(found) > MOST_SHOWN:
        yield "", f"and {len(found) - MOST_SHOWN} more from {AROUND[0]:.0f} to {AROUND[1]:.0f}"


def _far_out(question: Question) -> tuple[str, str]:
    low, high = (_limit(question, z) for z in (-math.inf, math.inf))
    return low, high


def _limit(question: Question, z: float) -> str:
    try:
        return on_screen(answer(question, z))
    except NoAnswerError:
        return "not known"


def _break(found: Break) -> str:
    if found.jumps:
        return f"z = {on_screen(found.z)}: g jumps"
    left, right = on_screen(found.left), on_screen(found.right)
    return f"z = {on_screen(found.z)}: g' is {left} on the left, {right} on the right"


def _of_entry(function: Function, entry: Activation) -> Iterator[tuple[str, str]]:
    yield "g(z)", entry.definition or entry.formula
    yield "computed as", entry.formula if entry.definition else ""
    yield "g'(z)", entry.derivative
    yield "g' from a", _from_value(entry)
    for i, parameter in enumerate(entry.parameters):
        yield "" if i else "parameters", _parameter(parameter, write(function.parameters[parameter.name]))
    yield "range", entry.range if entry.range != "nan" else "not known as a formula"
    yield "limits", "g " + _limits(entry.limits)
    yield "", "g' " + _limits(entry.slopes)
    yield from _kinks(function, entry)
    yield "note", entry.note
    yield "differs", entry.differs
    yield "also called", ", ".join(dict.fromkeys(name for name in entry.aliases))
    for i, (framework, names) in enumerate(entry.frameworks.items()):
        yield "" if i else "found in", f"{framework}: {', '.join(names.split(' '))}"
    yield "reference", entry.reference


def _from_value(entry: Activation) -> str:
    if not entry.from_value:
        return "none: one value a = g(z) may have several slopes"
    condition = f", for {entry.from_value_when}" if entry.from_value_when else ""
    return f"{entry.from_value}, where a = g(z){condition}"


def _parameter(parameter: Parameter, value: str) -> str:
    others = f"; also {', '.join(parameter.aliases)}" if parameter.aliases else ""
    default = f" (default {parameter.default})" if value != parameter.default else ""
    allowed = parameter.allowed or parameter.bounds
    return f"{parameter.name} = {value}{default}: {parameter.meaning}, in {allowed}{others}"


def _limits(ends: tuple[str, str]) -> str:
    low, high = ("no limit" if end == "nan" else end for end in ends)
    return f"-> {low} at -inf, {high} at inf"


# ---------------------------------------------------------------------------- kinks

FRAMEWORK_TITLES = {
    "pytorch": "PyTorch",
    "jax": "JAX",
    "tensorflow": "TensorFlow",
    "keras": "Keras",
    "mlx": "MLX",
}


def _kinks(function: Function, entry: Activation) -> Iterator[tuple[str, str]]:
    real = [kink for kink in entry.kinks if function.satisfies(kink.when)]
    if not real:
        yield "kinks", "none: g and g' are continuous"
    for i, (kink, place) in enumerate(zip(real, function.kinks, strict=True)):
        yield "" if i else "kinks", _kink(function, kink, place)
        if measured := _measured(kink):
            yield "", f"  gradient there: {measured}"


def _kink(function: Function, kink: Kink, place: Node) -> str:
    where = f"z = {kink.at}" + (f" = {_number(place)}" if names_in(parse(kink.at)) else "")
    again = f", and every {kink.every} from there" if kink.every else ""
    left, right = (_beside(function, place, side) for side in (LEFT, RIGHT))
    return f"{where}{again}: g' is {left} on the left, {right} on the right"


def _beside(function: Function, place: Node, side: int) -> str:
    z = np.array([evaluate(place, ARRAYS, {})], dtype=np.float64)
    with np.errstate(all="ignore"):
        found = np.broadcast_to(evaluate(function.slope, ARRAYS, {"z": z}, side), (1,))
    return on_screen(float(found[0]))


def _number(node: Node) -> str:
    return on_screen(float(evaluate(node, ARRAYS, {})))


def _measured(kink: Kink) -> str:
    found = ((title, getattr(kink, key)) for key, title in FRAMEWORK_TITLES.items())
    return ", ".join(f"{title} {value}" for title, value in found if value)
