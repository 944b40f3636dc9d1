"""Functions to curves: where to sample them, where they break, what their tangents are.

Pictures are drawn from plain float64 values: a terminal's dot is a million times coarser.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from actcli.activation import Function
from actcli.answers import Question, plain_answers, slope, value
from actcli.calculus import evaluate
from actcli.formula import Node, postorder
from actcli.plots import Curve, Picture, sample_points
from actcli.plots.ticks import Limits, default_limits
from actcli.words import ARRAYS, Array

SCAN = 2_001


@dataclass(frozen=True)
class Scene:
    """What a picture is to show: the limits of z, g, g' or both, and where tangents touch."""

    xlim: Limits
    ylim: Limits | None = None
    values: bool = True
    slopes: bool = True
    tangents: tuple[float, ...] = ()
    width: int = 80


def picture(functions: Sequence[Function], scene: Scene) -> Picture:
    """Return the curves of the functions, their slopes and tangents, ready to be drawn."""
    curves = [curve for function in functions for curve in _curves(function, scene)]
    ylim = scene.ylim or default_limits(curve.y for curve in curves)
    touching = [_tangent(functions[0], z, scene) for z in scene.tangents]
    marks = {z for function in functions for z in breaks(function, scene.xlim)}
    return Picture((*curves, *touching), scene.xlim, ylim, marks=tuple(sorted(marks)))


def _curves(function: Function, scene: Scene) -> list[Curve]:
    places = breaks(function, scene.xlim)
    z = sample_points(*scene.xlim, scene.width, places)
    shown = []
    if scene.values:
        shown.append(_curve(f"{function.label}", value(function), z, places))
    if scene.slopes:
        shown.append(_curve(f"d_{function.label}", slope(function), z, places))
    return shown


def _curve(label: str, question: Question, z: Array, places: tuple[float, ...]) -> Curve:
    return Curve(label, z, plain_answers(question, z), breaks=_jumps(question, places))


def _jumps(question: Question, places: tuple[float, ...]) -> tuple[float, ...]:
    """Return the breaks at which this curve really jumps; elsewhere its two sides are joined."""
    return tuple(z for z in places if _jump(question, z))


def _jump(question: Question, z: float) -> bool:
    left, here, right = plain_answers(
        question, np.array([np.nextafter(z, -np.inf), z, np.nextafter(z, np.inf)])
    )
    return bool(
        max(abs(here - left), abs(right - here)) > 1e-6 * max(1e-300, abs(left), abs(here), abs(right))
    )


def _tangent(function: Function, z: float, scene: Scene) -> Curve:
    at = np.array([z])
    g, rise = plain_answers(value(function), at)[0], plain_answers(slope(function), at)[0]
    ends = np.array([scene.xlim[0], z, scene.xlim[1]])
    with np.errstate(all="ignore"):
        line = g + rise * (ends - z)
    label = f"tangent at z = {z:g}: g = {g:.6g}, slope {rise:.6g}"
    return Curve(label, ends, line, points=((z, float(g)),))


# ---------------------------------------------------------------------------- breaks


def breaks(function: Function, xlim: Limits) -> tuple[float, ...]:
    """Return the kinks of a function between the limits: declared, or found where a comparison turns."""
    if function.entry:
        found = {float(evaluate(kink, ARRAYS, {})) for kink in function.kinks}
    else:
        found = {z for node in postorder(function.formula) for z in _turns(node, xlim)}
    return tuple(sorted(z for z in found if xlim[0] <= z <= xlim[1]))


def _turns(node: Node, xlim: Limits) -> list[float]:
    """Return where the two things that a node compares change places."""
    if node.op == "where":
        left, right = node.children[0].children
    elif node.op in ("min", "max"):
        left, right = node.children
    elif node.op in ("abs", "sign"):
        (left,), right = node.children, None
    else:
        return []
    difference = left if right is None else Node("-", left, right)
    return _sign_changes(difference, xlim)


def _sign_changes(difference: Node, xlim: Limits) -> list[float]:
    z = np.linspace(*xlim, SCAN)
    above = _sign(difference, z)
    exact = z[above == 0]
    turns = np.flatnonzero(above[:-1] * above[1:] < 0)
    low, high = z[turns], z[turns + 1]
    for _ in range(80):
        middle = low + (high - low) / 2
        same = _sign(difference, middle) == above[turns]
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return [*map(float, exact), *map(float, high)]


def _sign(difference: Node, z: Array) -> Array:
    with np.errstate(all="ignore"):
        found: Array = np.sign(np.broadcast_to(evaluate(difference, ARRAYS, {"z": z}), z.shape))
    return found
