"""A picture as a page of its own: the figure, the values under the pointer, a slider for each parameter."""

import json
import math
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files
from string import Template
from xml.sax.saxutils import escape

import numpy as np

from actcli.catalog import function as function_of
from actcli.catalog.entries import Function, Interval
from actcli.errors import ActcliError
from actcli.language.formula import parse
from actcli.language.limits import Limits
from actcli.language.stable import stable
from actcli.language.trees import Node, bound_of, substitute
from actcli.numerics.answers import Question, array_answers, plain_answers, slope, value
from actcli.pictures.plots import sample_points
from actcli.pictures.plots.picture import Curve, Picture
from actcli.pictures.printers import FONTS, printable, svg
from actcli.pictures.sheets import Figure, Look

Script = Callable[[Node], str]
Movable = tuple[str, float, float, float, float]  # a parameter: its name, value, least, greatest, step
PROBED = 25  # and four times as many places, at which what a page computes is held against the truth
NEAR = 1e-8  # of the value, that it may be off there: six digits are shown
SAMPLES = 400  # at most, of a curve that the page cannot compute


def web_page(figure: Figure, picture: Picture, look: Look, script: Script | None) -> str:
    """Return a page: figure, values under the pointer, sliders; `script` writes a formula as JavaScript."""
    template = Template((files("actcli.pictures") / "page.html").read_text(encoding="utf-8"))
    curves = [*picture.curves, *picture.lower]
    limits = figure.frames[0].panel.view.x
    asked = list(dict.fromkeys(curve.asked[0] for curve in curves if curve.asked))
    found = {}
    for f in asked:
        text = next(filter(None, (_computed(f, limits, free, script) for free in (list(_moving(f)), []))), "")
        found.update({f: text} if text else {})
    places = {f: k for k, f in enumerate(found)}
    frames = [[f.left, f.top, f.width, f.height, *f.panel.view.y] for f in figure.frames]
    return template.substitute(
        title=escape(printable(picture.title or ", ".join(curve.label for curve in picture.curves))),
        fonts=FONTS, width=round(look.size[0] * 1.6), ink=look.ink, faint=look.faint,
        paper=look.paper or "#ffffff", figure=svg(figure), functions=f"[{', '.join(found.values())}]",
        curves=_json([_told(curve, k >= len(picture.curves), places) for k, curve in enumerate(curves)]),
        frames=_json(frames), limits=_json(list(limits)), log=_json(picture.log),
    )  # fmt: skip


def _told(curve: Curve, below: bool, places: dict[Function, int]) -> dict[str, object]:
    """Return what the page is told of a curve: the function that it is of, or its samples."""
    told: dict[str, object] = {"label": printable(curve.label), "panel": int(below)}
    if curve.asked and curve.asked[0] in places:
        of, order = curve.asked
        name = of.slope_label if order else of.label
        return {**told, "of": places[of], "order": order, "sign": curve.sign, "name": printable(name)}
    every = slice(None, None, max(len(curve.z) // SAMPLES, 1))
    z, y = curve.z[every], curve.y[every]
    if curve.asked and not curve.sign:  # samples are plain float64
        y = array_answers((value, slope)[curve.asked[1]](curve.asked[0]), z)
    known = [y if math.isfinite(y) else None for y in y.tolist()]
    return {**told, "aside": curve.kind == "line", "z": z.tolist(), "y": known}


def _json(held: object) -> str:
    """Return a value for a script: nothing in it can end the script."""
    return json.dumps(held).replace("<", "\\u003c")


def _computed(function: Function, limits: Limits, free: Sequence[Movable], script: Script | None) -> str:
    """Return a function with its parameters for the page; "" where that would show a wrong digit."""
    apart = max(limits[1] / 2 - limits[0] / 2, 1e-290)
    places = 3 - math.floor(math.log10(apart))  # as round as what is shown
    z = np.round(sample_points(*limits, PROBED), places)
    if not script:
        return ""
    try:
        trees = _trees(function, [name for name, *_ in free])
        for tree, question in zip(trees, (value(function), slope(function)), strict=True):
            plain = stable(substitute(tree, function.parameters))
            with np.errstate(all="ignore"):
                found, truth = plain_answers(Question("", plain, plain), z), array_answers(question, z)
                if not np.all(
                    (np.abs(found - truth) <= NEAR * np.abs(truth)) | (truth == 0) | ~np.isfinite(truth)
                ):
                    return ""
        g, rise = (script(stable(tree)) for tree in trees)
    except ActcliError:
        return ""
    return f"{{g: {g}, d: {rise}, p: {_json({name: at for name, at, *_ in free})}, range: {_json(free)}}}"


def _moving(function: Function) -> Iterator[Movable]:
    """Yield the parameters that a slider can move."""
    known = {p.name: p.bounds for p in function.entry.parameters} if function.entry else {}
    for name, node in function.parameters.items():
        at = bound_of(node)
        if at is None or isinstance(at, float):
            continue
        room = 2 * max(abs(float(at)), 0.5)
        low, high = float(at) - room, float(at) + room
        within = Interval.parse(known.get(name, "(-inf, inf)")).within(function.parameters)
        ends = [bound_of(end) for end in (within.low, within.high)]
        low = low if ends[0] is None else max(low, float(ends[0]) + within.open_low * room / 100)
        high = high if ends[1] is None else min(high, float(ends[1]) - within.open_high * room / 100)
        if low < at < high:
            step = 10.0 ** math.floor(math.log10(room) - 2)
            yield name, float(at), math.ceil(low / step) * step, math.floor(high / step) * step, step


def _trees(function: Function, free: list[str]) -> tuple[Node, Node]:
    """Return g and g' with the parameters that move as names."""
    if not free:
        return function.formula, function.slope
    fixed = {name: node for name, node in function.parameters.items() if name not in free}
    if function.entry:
        texts = function.entry.formula, function.entry.derivative
        return substitute(parse(texts[0]), fixed), substitute(parse(texts[1]), fixed)
    found = function_of(function.label.partition(":")[0], free=list(function.parameters))
    return substitute(found.formula, fixed), substitute(found.slope, fixed)
