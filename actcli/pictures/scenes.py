"""Functions to curves: where to sample them, where they jump, what their tangents are.

Pictures are drawn from plain float64 values: a terminal's dot is a million times coarser.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from actcli.catalog.entries import Function
from actcli.language.limits import Array, Limits
from actcli.numerics.answers import Question, plain_answers, slope, value
from actcli.numerics.kinks import breaks
from actcli.pictures.data import Measured, is_slope
from actcli.pictures.plots import Curve, Picture, sample_points, sparkline
from actcli.pictures.plots.ticks import default_limits
from actcli.pictures.ranges import telling_range

SPARK = (-4.0, 4.0)  # the z of every sparkline, so that they can be compared


@dataclass(frozen=True)
class Scene:
    """What a picture is to show: the limits of z, g, g' or both, and what is laid over them.

    Without `xlim` it is the z of the data, or where the functions do something. `apart`: g' has a panel
    of its own. `tangents` are the z where they touch. Slopes below `saturated` are marked. Of `data` few
    rows become points, many a line.
    """

    xlim: Limits | None = None
    ylim: Limits | None = None
    values: bool = True
    slopes: bool = True
    apart: bool = False
    tangents: tuple[float, ...] = ()
    saturated: float | None = None
    data: Measured | None = None
    width: int = 80


def picture(functions: Sequence[Function], scene: Scene) -> Picture:
    """Return the curves of the functions, their slopes, tangents and data, ready to be drawn."""
    xlim = scene.xlim or _range(functions, scene)
    values = [_sampled(f, value(f), f.label, xlim, scene) for f in functions if scene.values]
    slopes = [_sampled(f, slope(f), f.slope_label, xlim, scene) for f in functions if scene.slopes]
    of_slopes, of_values = _data(scene, slopes=True), _data(scene, slopes=False)
    lower = [*slopes, *of_slopes] if scene.apart else []
    curves = [*values, *of_values] if scene.apart else [*values, *slopes, *of_values, *of_slopes]
    touching = [_tangent(f, z, xlim, len(functions) > 1) for f in functions for z in scene.tangents]
    return Picture(
        (*curves, *touching), xlim, scene.ylim or _limits(curves), lower=tuple(lower),
        marks=tuple(sorted({z for function in functions for z in breaks(function, xlim)})),
        shaded=_saturated(functions, xlim, scene), shaded_as=_shading(functions, scene),
    )  # fmt: skip


def small_sparkline(function: Function, width: int, *, ascii: bool) -> str:
    """Return a function between -4 and 4 in one line; nothing for one of vectors."""
    if function.reads_vectors:
        return ""
    return sparkline(plain_answers(value(function), np.linspace(*SPARK, width)), ascii=ascii)


# ---------------------------------------------------------------------------- limits


def _range(functions: Sequence[Function], scene: Scene) -> Limits:
    ends = list(telling_range(functions)) if not scene.data else _finite(scene.data.columns[0])
    ends += scene.tangents
    return (min(ends), max(ends)) if ends else (-1.0, 1.0)


def _finite(numbers: Sequence[float]) -> list[float]:
    return [number for number in numbers if np.isfinite(number)]


def _limits(curves: Sequence[Curve]) -> Limits:
    """Choose y limits for curves and points; tangents do not count, as they run far away."""
    return default_limits([*(curve.y for curve in curves), *(_heights(curve) for curve in curves)])


def _heights(curve: Curve) -> Array:
    return np.array([y for _, y in curve.points])


# ---------------------------------------------------------------------------- curves


def _sampled(function: Function, question: Question, label: str, xlim: Limits, scene: Scene) -> Curve:
    places = breaks(function, xlim)
    z = sample_points(*xlim, scene.width, places)
    return Curve(label, z, plain_answers(question, z), breaks=_jumps(question, places))


def _jumps(question: Question, places: tuple[float, ...]) -> tuple[float, ...]:
    """Return the breaks at which this curve really jumps; elsewhere its two sides are joined."""
    at = np.array(places)
    beside = np.array([np.nextafter(at, -np.inf), at, np.nextafter(at, np.inf)])
    sides = plain_answers(question, beside)
    size = np.maximum(np.abs(sides).max(0, initial=0), 1e-300)
    with np.errstate(all="ignore"):
        gaps = np.abs(np.diff(sides, axis=0)).max(0, initial=0)
        return tuple(at[gaps > 1e-6 * size].tolist())


def _tangent(function: Function, z: float, xlim: Limits, named: bool) -> Curve:
    g, rise = (float(plain_answers(ask(function), np.array([z]))[0]) for ask in (value, slope))
    ends = np.array(sorted((*xlim, z)))
    with np.errstate(all="ignore"):
        line = g + rise * (ends - z)
    name = f"tangent of {function.label}" if named else "tangent"
    return Curve(f"{name} at z = {z:g}: g = {g:.6g}, slope {rise:.6g}", ends, line, points=((z, g),))


def _data(scene: Scene, slopes: bool) -> list[Curve]:
    """Return the data's columns; those named as `table` names slopes belong to the slopes."""
    if not scene.data:
        return []
    z = scene.data.columns[0]
    return [_measured(name, z, y, scene.width) for name, y in scene.data.series if is_slope(name) == slopes]


def _measured(name: str, z: Sequence[float], y: Sequence[float], width: int) -> Curve:
    if len(z) <= width // 2:
        points = zip(z, y, strict=True)
        return Curve(name, np.array([]), np.array([]), points=tuple(points))
    return Curve(name, np.array(z), np.array(y))


# ---------------------------------------------------------------------------- saturation


def _saturated(functions: Sequence[Function], xlim: Limits, scene: Scene) -> tuple[Limits, ...]:
    """Return the intervals in which the slopes of all the functions are nearly 0."""
    if scene.saturated is None or not functions:
        return ()
    z = sample_points(*xlim, 8 * scene.width, [b for f in functions for b in breaks(f, xlim)])
    flat = np.all([np.abs(plain_answers(slope(f), z)) < scene.saturated for f in functions], axis=0)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flat, [False]])))
    return tuple((float(z[a]), float(z[b - 1])) for a, b in zip(edges[::2], edges[1::2], strict=True))


def _shading(functions: Sequence[Function], scene: Scene) -> str:
    slopes = f"|{functions[0].slope_label}|" if len(functions) == 1 else "every |g'|"
    return f"saturated: {slopes} < {scene.saturated:g}" if scene.saturated is not None else ""
