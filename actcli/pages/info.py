"""The page of the handbook that `info` shows: everything about one function, as text."""

import math
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from actcli.catalog.entries import Activation, Function, Interval, Kink, Parameter
from actcli.errors import NoAnswerError
from actcli.language.calculus import LEFT, RIGHT, derivative, evaluate
from actcli.language.formula import parse
from actcli.language.texts import on_screen
from actcli.language.tidy import in_books, tidied
from actcli.language.trees import TOO_LONG, Node, names_in, postorder, substitute, write
from actcli.numerics.answers import Question, answer, answer_or_nan, slope, value
from actcli.numerics.kinks import AROUND, Break, breaks_of_formula
from actcli.numerics.plain import ARRAYS
from actcli.numerics.sides import right_sided
from actcli.pages.cases import as_choices
from actcli.pages.explain import as_typed
from actcli.pages.steps import steps
from actcli.pictures.scenes import small_sparkline
from actcli.shape.extremes import Extreme
from actcli.shape.portrait import INFINITELY_MANY, portrait_of

TITLE_WIDTH = 12
LONGEST_TEXTBOOK = 110  # characters of a slope in a textbook's words
LONGEST_SLOPE = 600  # of a slope that is written
MOST_SHOWN = 8  # kinks of a formula, zeros, bends
NOT_DECIDED = "not decided"
SPARK_COLUMNS = 24  # columns of the sparkline


def info_page(function: Function, width: int, ascii: bool = False, proven: bool = True) -> str:
    """Return the page of a function, its lines at most `width` wide where words allow it.

    What takes a proof, some tenths of a second, can be left out.
    """
    entry = function.entry
    lines = _of_entry(function, entry, proven) if entry else _of_formula(function, proven)
    found = "".join(_line(title, text, width) for title, text in lines if text)
    title = f"{function.label}   {small_sparkline(function, SPARK_COLUMNS, ascii=ascii)}".rstrip()
    return f"{title}\n{found}"


def _line(title: str, text: str, width: int) -> str:
    indent = " " * (TITLE_WIDTH + 2)
    wrapped = textwrap.fill(text, max(width, 40), initial_indent=indent, subsequent_indent=indent,
                            break_long_words=False, break_on_hyphens=False)  # fmt: skip
    return f"  {title:<{TITLE_WIDTH}}{wrapped[len(indent) :]}\n"


def _of_formula(function: Function, proven: bool) -> Iterator[tuple[str, str]]:
    named = as_typed(function)
    yield "g(z)", write(named)
    if function.reads_vectors:
        yield "along v", write(tidied(function.slope))
        return
    given = function.parameters if named is not function.formula else {}
    own = derivative(named) if given else function.slope
    computed, nodes = _slope_text(own, named, given), len(postorder(own))
    long = nodes > LONGEST_TEXTBOOK or computed == TOO_LONG
    text = computed if long else write(as_choices(in_books(right_sided(own, named, given))))
    yield "g'(z)", text
    plain = len(text) == len(computed) or as_choices(right_sided(own, named, given)) is parse(text)
    yield "computed as", "" if plain else computed
    yield "parameters", ", ".join(f"{key} = {write(each)}" for key, each in given.items())
    yield from _limits(*(_far_out(ask(function)) for ask in (value, slope)))
    yield from _portrait(function) if proven else ()
    found = breaks_of_formula(function)
    yield "kinks", "" if found else f"none found from {AROUND[0]:.0f} to {AROUND[1]:.0f}"
    shown = sorted(sorted(found, key=lambda each: abs(each.z))[:MOST_SHOWN])
    for i, each in enumerate(shown):
        yield "" if i else "kinks", _break(each)
    if len(found) > MOST_SHOWN:
        yield "", f"and at least {len(found) - MOST_SHOWN} more from {AROUND[0]:.0f} to {AROUND[1]:.0f}"


def _slope_text(slope: Node, formula: Node, given: Mapping[str, Node]) -> str:
    """Return a slope as text; of one of many nodes, whose ties are not worked out, that it is too long."""
    return TOO_LONG if len(postorder(slope)) > LONGEST_SLOPE else write(right_sided(slope, formula, given))


def facts(function: Function) -> dict[str, Any]:
    """Return all that the page tells as names and values; what is not known is None."""
    if function.reads_vectors:
        return _facts_of_vectors(function)
    entry, proven = function.entry, portrait_of(function, 17, 0.5)
    found: dict[str, Any] = {"name": function.label, "formula": write(function.formula)}
    found |= {"derivative": _slope_text(function.slope, function.formula, {})}
    found |= {"limits": _ends_of(value(function)), "slope_limits": _ends_of(slope(function))}
    ends = ("minimum", "maximum", "least_slope", "greatest_slope")
    found |= {name: _as_facts(getattr(proven, name)) for name in ends}
    found |= {"zeros": proven.zeros, "bends": proven.bends}
    found |= {name: None if text == "nan" else float(text) for name, text in proven.means.items()}
    breaks = breaks_of_formula(function) if not entry else []
    found["kinks"] = [{"z": b.z, "jumps": b.jumps, "left": b.left, "right": b.right} for b in breaks]
    return found | (_facts_of_entry(function, entry) if entry else {})


def _facts_of_vectors(function: Function) -> dict[str, Any]:
    formula = write(function.definition or function.formula)
    found: dict[str, Any] = {"name": function.label, "formula": formula, "computed": write(function.formula)}
    found |= {"of": "vectors", "along_v": write(tidied(function.slope))}
    entry = function.entry
    return found | ({"jacobian": entry.jacobian, **_facts_of_entry(function, entry)} if entry else {})


def _ends_of(question: Question) -> list[float | str | None]:
    ends = (answer_or_nan(question, z) for z in (-math.inf, math.inf))
    return [None if end != end else end if math.isfinite(end) else str(end) for end in ends]


def _as_facts(end: Extreme) -> dict[str, Any] | None:
    if end.value == "nan":
        return None
    return {"value": end.value, "places": [{"z": z, "how": how} for z, how in end.places]}


TAKEN = (
    "definition", "from_value", "from_value_when", "range", "note", "differs", "aliases", "reference", "gain",
)  # fmt: skip


def _facts_of_entry(function: Function, entry: Activation) -> dict[str, Any]:
    found: dict[str, Any] = {name: getattr(entry, name) for name in TAKEN}
    found["frameworks"] = {framework: names.split() for framework, names in entry.found_in.items()}
    values = {name: write(node) for name, node in function.parameters.items()}
    found["parameters"] = [{**asdict(p), "value": values[p.name]} for p in entry.parameters]
    real = [kink for kink in entry.kinks if function.satisfies(kink.when)]
    found["kinks"] = [
        {**asdict(kink), "z": _number(place), **_sides(function, place)}
        for kink, place in zip(real, function.kinks, strict=True)
    ]
    return found | {"astray": [asdict(place) for place in entry.astray]}


def _sides(function: Function, place: Node) -> dict[str, str]:
    sides = {"left": LEFT, "right": RIGHT}
    return {name: _beside(function, place, side) for name, side in sides.items()}


def _portrait(function: Function) -> Iterator[tuple[str, str]]:
    """Yield what is proven of a function over all z, which is a number."""
    found = portrait_of(function, of_slopes=False)
    lowest, highest = (_extreme(end) for end in (found.minimum, found.maximum))
    yield "values", f"from {lowest} to {highest}"
    yield "zeros", "none" if found.zeros == () else _places(found.zeros)
    yield "slopes", f"from {_extreme(found.least_slope)} to {_extreme(found.greatest_slope)}"
    yield "bends", "" if found.bends == () else _places(found.bends)
    means = {name: NOT_DECIDED if text == "nan" else text for name, text in found.means.items()}
    yield (
        "z ~ N(0, 1)",
        (
            f"mean {means['mean']}, std {means['std']}; gain 1/std {means['gain_std']},"
            f" 1/rms {means['gain_rms']}"
        ),
    )


def _extreme(end: Extreme) -> str:
    if end.value == "nan":
        return NOT_DECIDED
    taken = [z for z, how in end.places if how.startswith("taken")]
    if not taken:
        return f"{end.value} (not taken)" if end.value.strip("-") != "inf" else end.value
    more = ", ..." if len(taken) > 2 else ""
    return f"{end.value} at z = {', '.join(taken[:2])}{more}"


def _places(places: tuple[str, ...] | None) -> str:
    if places is None:
        return NOT_DECIDED
    more = f" and {len(places) - MOST_SHOWN} more" if len(places) > MOST_SHOWN else ""
    shown = ", ".join(places[:MOST_SHOWN]) + more
    return shown if places == INFINITELY_MANY else f"z = {shown}"


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


def _of_entry(function: Function, entry: Activation, proven: bool) -> Iterator[tuple[str, str]]:
    yield "g(z)", entry.definition or entry.formula
    yield "computed as", entry.formula if entry.definition else ""
    shown = textbook_slope(entry)
    yield "dg_i/dz_j", entry.jacobian
    yield "g'(z)", shown
    yield "computed as", entry.derivative if entry.derivative != shown else ""
    yield "g' from a", "" if function.reads_vectors else _from_value(entry)
    for i, parameter in enumerate(entry.parameters):
        yield "" if i else "parameters", _parameter(parameter, write(function.parameters[parameter.name]))
    yield "range", range_text(function, entry)
    if not function.reads_vectors:
        yield from _limits(_ends(function, entry, 0), _ends(function, entry, 1))
        yield from _portrait(function) if proven else ()
        yield from _kinks(function, entry)
    yield "note", entry.note
    yield "differs", entry.differs
    yield "also called", ", ".join(dict.fromkeys(name for name in entry.aliases))
    yield "found in", _found_in(entry)
    yield "reference", entry.reference


def textbook_slope(entry: Activation) -> str:
    """Return g' as textbooks have it: of one formula where g is, in their words where these are not long."""
    formula = parse(entry.definition or entry.formula)
    smooth = "where" in entry.derivative and not {"where", "max", "min"} & {n.op for n in postorder(formula)}
    computed = tidied(parse(entry.derivative)) if entry.derivative else None
    shown = steps(formula)[-1].slope if smooth else computed and in_books(computed)
    text = write(shown) if shown and shown is not computed else entry.derivative
    return text if len(text) <= LONGEST_TEXTBOOK else entry.derivative


def _found_in(entry: Activation) -> str:
    """Return each spelling with the frameworks that have it."""
    groups = (group.split(": ") for group in entry.frameworks.split("; "))
    return "; ".join(": ".join(", ".join(part.split()) for part in group) for group in groups)


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


def range_text(function: Function, entry: Activation) -> str:
    """Return the range, its ends as numbers where parameters are in them."""
    found = function.range
    if found is None:
        return ""
    low, high = map(_put_in, Interval.parse(entry.range)[:2], found[:2])
    return f"{'[('[found.open_low]}{low}, {high}{'])'[found.open_high]}"


def _put_in(written: Node, bound: Node | None) -> str:
    """Return an end as it is written, or as a number where parameters are in it."""
    plain = bound is None or not names_in(written) or names_in(bound)
    return write(written) if plain or bound is None else _number(bound)


def _ends(function: Function, entry: Activation, order: int) -> tuple[str, str]:
    texts = entry.slopes if order else entry.limits
    low, high = map(_put_in, map(parse, texts), function.at_infinity(order))
    return low, high


def _limits(of_g: tuple[str, str], of_slope: tuple[str, str]) -> Iterator[tuple[str, str]]:
    both = {"g": of_g, "g'": of_slope}
    shown = [f"{name} -> {_end(low)} at -inf, {_end(high)} at inf" for name, (low, high) in both.items()]
    yield "limits", "; ".join(shown)


def _end(end: str) -> str:
    return "no limit" if end == "nan" else end


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
    figures = [_measured(function, kink) for kink in real]
    alike = len(real) > 1 and len(set(figures)) == 1
    for i, (kink, place) in enumerate(zip(real, function.kinks, strict=True)):
        yield "" if i else "kinks", _kink(function, kink, place)
        if figures[i] and (not alike or kink is real[-1]):
            yield "", f"  gradient {'at each' if alike else 'there'}: {figures[i]}"


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


def _measured(function: Function, kink: Kink) -> str:
    told = {key: getattr(kink, key) for key in FRAMEWORK_TITLES}
    found = {key: text for key, text in told.items() if text}
    for key in found:
        if figure := kink.figure(key):
            number = _number(substitute(parse(figure), function.parameters))
            found[key] = f"{number}{told[key].removeprefix(figure)}"
    return ", ".join(f"{FRAMEWORK_TITLES[key]} {text}" for key, text in found.items())
