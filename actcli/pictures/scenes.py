"""Functions to curves: where to sample them, where they jump, what their tangents are.

Pictures are drawn from plain float64 values: a terminal's dot is a million times coarser.
"""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial

import numpy as np
import numpy.typing as npt

from actcli.catalog.entries import Function
from actcli.errors import ActcliError
from actcli.language.limits import Array, Limits
from actcli.language.trees import postorder
from actcli.numerics.answers import (
    Question,
    answer_or_nan,
    array_answers,
    digits,
    plain_answers,
    slope,
    value,
)
from actcli.numerics.kinks import breaks
from actcli.pictures.data import Measured, is_slope, scattered, thinned
from actcli.pictures.plots import Curve, Picture, sample_points, sparkline
from actcli.pictures.ranges import telling_range

Ask = Callable[[Array], Array]  # from places to what is told of each
MANY_OPERATIONS = 1000  # in a formula, of which no peaks are looked at from ever closer
CLOSER = 40  # of the distance of two samples, to tell a pole from a zero
PEAK = math.log(1.5)  # by which a peak of samples is above those around it
GROWN = math.log(100)  # by which a pole still grows in the latter half of that: a logarithm does not
LEVEL = 3  # more zeros on end than these are a stretch of zeros
MOST_ZEROS = 3  # that are told one by one
MOST_GAPS = 8  # of which is made sure that there is no answer
MOST_SECONDS = 0.1  # after which the gaps that are left are drawn as plain float64 has them
MOST_EXACT, PART = 1.0, 160  # seconds after which the parts of a logarithm that are left are plain
SPARK = (-4.0, 4.0)  # the z of every sparkline, so that they can be compared


@dataclass(frozen=True)
class Scene:
    """What a picture is to show: the limits of z, g, g' or both, and what is laid over them.

    Without `xlim` it is the z of the data, or where the functions do something. `apart`: g' has a panel
    of its own. `tangents` are the z where they touch. Slopes below `saturated` are marked. Of `data` few
    rows become points, many a line. `log` shows decimal logarithms of |g| and |g'|, and points for tangents.
    """

    xlim: Limits | None = None
    ylim: Limits | None = None
    values: bool = True
    slopes: bool = True
    apart: bool = False
    tangents: tuple[float, ...] = ()
    saturated: float | None = None
    data: Measured | None = None
    as_points: bool | None = None  # data; None: where they are few
    width: int = 80
    log: bool = False
    sure: bool = True  # that there is no value in a gap: each is asked for


def picture(functions: Sequence[Function], scene: Scene) -> Picture:
    """Return the curves of the functions, their slopes, tangents and data, ready to be drawn."""
    xlim = scene.xlim or _range(functions, scene)
    values = [_sampled(f, value(f), f.label, xlim, scene) for f in functions if scene.values]
    slopes = [_sampled(f, slope(f), f.slope_label, xlim, scene) for f in functions if scene.slopes]
    of_slopes, of_values = _data(scene, xlim, slopes=True), _data(scene, xlim, slopes=False)
    lower = [*slopes, *of_slopes] if scene.apart else []
    curves = [*values, *of_values] if scene.apart else [*values, *slopes, *of_values, *of_slopes]
    touching = [touch(f, z, xlim, scene.log, len(functions) > 1) for f in functions for z in scene.tangents]
    if scene.log:
        curves, lower = ([part for curve in each for part in _logged(curve)] for each in (curves, lower))
    return Picture(
        (*curves, *touching), xlim, _in_decades(scene), lower=tuple(lower), log=scene.log,
        xlabel=scene.data.names[0] if scene.data and not functions else "z",
        marks=tuple(sorted({z for function in functions for z in breaks(function, xlim)})),
        shaded=_saturated(functions, xlim, scene), shaded_as=_shading(functions, scene),
    )  # fmt: skip


def bars(named: Sequence[tuple[str, Sequence[float]]], ylim: Limits | None = None) -> Picture:
    """Return a bar for each entry of some vectors of values, those of several functions side by side."""
    half, curves = 0.4 / len(named), []
    for k, (label, values) in enumerate(named):
        middle = np.arange(1, len(values) + 1) + half * (2 * k + 1 - len(named))
        left, right = middle - 0.9 * half, middle + 0.9 * half
        corners = [left, np.nextafter(left, np.inf), np.nextafter(right, -np.inf), right, right]
        heights = np.outer(values, [0.0, 1.0, 1.0, 0.0, np.nan])
        bars = np.column_stack(corners).ravel(), heights.ravel()
        curves.append(Curve(label, *bars, kind="data", filled=True))
    most = max(len(values) for _, values in named)
    every = -(-most // 16)
    entries = tuple((float(k), str(k)) for k in range(every, most + 1, every))
    return Picture(tuple(curves), (0.5, most + 0.5), ylim, xlabel="entry", xnames=entries)


def small_sparkline(function: Function, width: int, *, ascii: bool) -> str:
    """Return a function between -4 and 4 in one line; nothing for one of vectors."""
    if function.reads_vectors:
        return ""
    return sparkline(plain_answers(value(function), np.linspace(*SPARK, width)), ascii=ascii)


# ---------------------------------------------------------------------------- limits


def _range(functions: Sequence[Function], scene: Scene) -> Limits:
    z = scene.data.columns[0] if scene.data else np.array([])
    z = z[np.isfinite(z)]
    ends = [float(z.min()), float(z.max())] if len(z) else []
    if len(set(ends)) < 2 and functions:
        ends += telling_range(functions)
    ends += scene.tangents
    return (min(ends), max(ends)) if ends else (-1.0, 1.0)


# ---------------------------------------------------------------------------- curves


def _sampled(function: Function, question: Question, label: str, xlim: Limits, scene: Scene) -> Curve:
    places = breaks(function, xlim)
    z = sample_points(*xlim, scene.width, () if scene.log else places)
    y = plain_answers(question, z)
    until = time.process_time() + MOST_EXACT
    parts = np.array_split(np.arange(len(z)), len(z) // PART + 1)  # plain tails may have no digits
    for part in parts if scene.log else ():
        if time.process_time() < until:
            y[part] = array_answers(question, z[part])
    if question.order:  # a derivative as a formula may have values where g has none
        g = plain_answers(value(function), z)
        y[np.isnan(g) | (np.isinf(g) & np.isfinite(y))] = np.nan
    if scene.sure:
        _make_sure(question, z, y)
    plain = partial(plain_answers, question)
    crossed, poles = _crossings(plain, z, y)
    apart = (*_jumps(question, places), *(_jumps(value(function), places) if question.order else ()), *poles)
    is_short = len(postorder(question.formula)) < MANY_OPERATIONS
    far = {*poles, *(_runaways(plain, z, y, 1) if is_short else ())}
    if scene.log:
        zeros = _zeros(partial(array_answers, question), z, y, crossed)
        z, y = _with_zeros(question, z, y, zeros, places)
        far |= set(zeros)
    return Curve(label, z, y, breaks=apart, asked=(function, question.order), far=tuple(sorted(far)))


def _make_sure(question: Question, z: Array, y: Array) -> None:
    """Ask in the gaps of what is plain for values, and for nan where there are infinities."""
    until = time.process_time() + MOST_SECONDS
    for start, end in _runs(~np.isfinite(y))[:MOST_GAPS]:
        told: list[float] = []
        for place in ((start + end) // 2, start, end - 1):
            if time.process_time() < until:
                told += array_answers(question, z[[place]]).tolist()
        if time.process_time() > until:
            break
        if np.isfinite(told).any():
            y[start:end] = array_answers(question, z[start:end])
        elif np.isnan(told).all():
            y[start:end] = np.nan


def _runs(flags: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return where flags are set: the first place of each run, and the one after its last."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _crossings(ask: Ask, z: Array, y: Array) -> tuple[list[float], list[float]]:
    """Return where the sign changes through zero, and where elsewise: |y| grows there and does not fall."""
    with np.errstate(invalid="ignore"):
        at = np.flatnonzero(np.sign(y[:-1]) * np.sign(y[1:]) < 0)
    low, high = _bisected(lambda places: np.sign(ask(places)), z[at], z[at + 1])
    ends = np.abs([ask(side) for side in (low, high)]).min(0)
    falls = ends < np.abs([y[at], y[at + 1]]).min(0) / 2
    return _roundest(low[falls], high[falls]), low[~falls].tolist()


def _zeros(exact: Ask, z: Array, y: Array, crossed: list[float]) -> list[float]:
    """Return all zeros, told by exact values where those that are plain have lost the digits for it."""
    near, places = 1e-6 * (z[1] - z[0]), np.array(crossed)
    if (np.sign(exact(places - near)) == np.sign(exact(places + near))).any():
        crossed, _ = _crossings(exact, z, y)
    zeros = crossed + _runaways(exact, z, y, -1)
    if min(map(abs, zeros), default=1.0) < near and not exact(np.zeros(1))[0]:
        zeros = [0.0 if abs(zero) < near else zero for zero in zeros]
    return zeros


def _roundest(low: Array, high: Array) -> list[float]:
    """Return the shortest number from each low to its high; 0 is the shortest of all."""
    found = []
    for a, b in zip(low.tolist(), high.tolist(), strict=True):
        tried = (float(f"{a / 2 + b / 2:.{digits}g}") for digits in range(1, 18))
        found.append(0.0 if a <= 0 <= b else next((z for z in tried if a <= z <= b), a))
    return found


def _bisected(told: Ask, low: Array, high: Array) -> tuple[Array, Array]:
    """Return the places, ever closer, between which what is told of them changes."""
    left = told(low)
    for _ in range(CLOSER if low.size else 0):
        middle = low / 2 + high / 2
        same = told(middle) == left
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return low, high


def _runaways(ask: Ask, z: Array, y: Array, up: int) -> list[float]:
    """Return where |y| has a peak without end, found ever closer to it; of 1/|y| where `up` is -1."""

    def heights(y: Array) -> Array:
        with np.errstate(all="ignore"):
            found: Array = np.nan_to_num(up * np.log(np.abs(y)), nan=-np.inf, posinf=np.inf, neginf=-np.inf)
        return found

    tall = np.concatenate([[-np.inf] * 2, heights(y), [-np.inf] * 2])
    beside = np.maximum(tall[1:-3], tall[3:-1])
    around = (np.minimum if up > 0 else np.maximum)(tall[:-4], tall[4:])  # a stretch of zeros is no peak
    at = np.flatnonzero((tall[2:-2] >= beside) & (tall[2:-2] > around + PEAK))
    low, top, high = z[np.maximum(at - 1, 0)], z[at], z[np.minimum(at + 1, len(z) - 1)]
    ends = []  # how high it is at the ends of what is looked at, half-way and at last
    for step in range(CLOSER if at.size else 0):
        places = np.array([low, low / 2 + top / 2, top, top / 2 + high / 2, high])
        best = np.array([2, 1, 3])[heights(ask(places[[2, 1, 3]])).argmax(0)]
        low, top, high = (np.take_along_axis(places, best[None] + k, 0)[0] for k in (-1, 0, 1))
        if step in (CLOSER // 2, CLOSER - 1):
            ends.append(heights(ask(np.array([low, high]))).max(0))
    grows = ends[1] >= ends[0] + GROWN if ends else at > 0
    return _roundest(low[grows], high[grows])


def _with_zeros(
    question: Question, z: Array, y: Array, zeros: Sequence[float], breaks: Sequence[float]
) -> tuple[Array, Array]:
    """Return the samples with zeros and breaks among them, and what is beside each stretch of zeros."""
    ends = [k for start, end in _runs(y == 0) if end - start > LEVEL for k in (start - 1, end - 1)]
    ends = [k for k in ends if 0 <= k < len(z) - 1 and not any(z[k] <= at <= z[k + 1] for at in breaks)]
    beside = _bisected(lambda places: array_answers(question, places) == 0, z[ends], z[[k + 1 for k in ends]])
    more = np.concatenate([breaks, *beside])
    places, first = np.unique(np.concatenate([zeros, more, z]), return_index=True)
    return places, np.concatenate([np.zeros(len(zeros)), array_answers(question, more), y])[first]


def _jumps(question: Question, places: tuple[float, ...]) -> tuple[float, ...]:
    """Return the breaks at which this curve really jumps; elsewhere its two sides are joined."""
    if not places:
        return ()
    at = np.array(places)
    beside = np.array([np.nextafter(at, -np.inf), at, np.nextafter(at, np.inf)])
    sides = plain_answers(question, beside)
    size = np.maximum(np.abs(sides).max(0, initial=0), 1e-300)
    with np.errstate(all="ignore"):
        gaps = np.abs(np.diff(sides, axis=0)).max(0, initial=0)
        return tuple(at[(gaps > 1e-6 * size) | ~np.isfinite(gaps)].tolist())


def touch(function: Function, z: float, xlim: Limits, log: bool = False, named: bool = False) -> Curve:
    """Return the tangent at z, where `log` points; at a kink it has a side of its own slope each.

    ActcliError where there is no slope.
    """
    if log:
        return _spots(function, z)
    g = answer_or_nan(value(function), z)
    left, right = (answer_or_nan(slope(function, side), z) for side in ("left", "right"))
    if not np.isfinite((g, left, right)).all():
        raise ActcliError(f"--tangent {z:g}: {function.label} has no tangent there, as no finite slope")
    ends = np.array(sorted((*xlim, z)))
    with np.errstate(all="ignore"):
        line = g + np.where(ends < z, left, right) * (ends - z)
    name = f"tangent of {function.label}" if named else "tangent"
    rise = f"{right:.6g}" if left == right else f"{left:.6g} on the left, {right:.6g} on the right"
    return Curve(f"{name} at z = {z:g}: g = {g:.6g}, slope {rise}", ends, line, points=((z, g),), kind="line")


def _spots(function: Function, z: float) -> Curve:
    """Return the place z on log10 |g| and |g'|."""
    with np.errstate(divide="ignore"):
        heights = [np.log10(abs(answer_or_nan(ask(function), z))) for ask in (value, slope)]
    points = tuple((z, float(y)) for y in heights if np.isfinite(y))
    return Curve(f"z = {z:g}", np.array([]), np.array([]), points=points, kind="line")


def _logged(curve: Curve) -> Iterator[Curve]:
    """Yield log10 |y|, each sign as a curve of its own; where y is zero stands in the name of one."""
    places, y = (curve.z, curve.y) if len(curve.z) else np.array(curve.points).reshape(-1, 2).T
    told = "".join(f", {text}" for text in _zeros_told(curve, places, y))
    signs = [sign for sign in (1, -1) if (y * sign > 0).any()] or [1]
    for sign in signs:
        label = f"|{curve.label}| where {curve.label} {'<>'[sign > 0]} 0" if -1 in signs else curve.label
        label += told if sign == signs[0] else ""
        with np.errstate(divide="ignore"):
            logs = np.log10(np.where(y * sign >= 0, np.abs(y), np.nan))
        if len(curve.z):
            yield replace(curve, label=label, y=logs, sign=sign)
        else:
            yield replace(curve, label=label, points=tuple(zip(places.tolist(), logs.tolist(), strict=True)))


def _zeros_told(curve: Curve, z: Array, y: Array) -> Iterator[str]:
    """Yield where y is 0, or below what a float64 can be: over stretches, then at single places."""
    runs = _runs(y == 0)
    level = [_up_to_breaks(curve, z, start, end) for start, end in runs if end - start > LEVEL]
    for small in (False, True):
        parts = [f"{a:.6g}:{b:.6g}" for a, b in level if _is_tiny(curve, a / 2 + b / 2) == small]
        if parts:
            yield f"{'below 5e-324' if small else '0'} on {', '.join(parts)}"
    single = [f"{z[start]:.6g}" for start, end in runs if end - start <= LEVEL]
    if single:
        yield f"0 at {', '.join(single) if len(single) <= MOST_ZEROS else f'{len(single)} places'}"


def _up_to_breaks(curve: Curve, z: Array, start: int, end: int) -> Limits:
    """Return the ends of a run of samples, or the breaks beside them."""
    before, after = z[max(start - 1, 0)], z[min(end, len(z) - 1)]
    low = max((b for b in curve.breaks if before <= b <= z[start]), default=z[start])
    return low, min((b for b in curve.breaks if z[end - 1] <= b <= after), default=z[end - 1])


def _is_tiny(curve: Curve, z: float) -> bool:
    """Tell whether a value that is 0 in float64 is not 0."""
    if not curve.asked:
        return False
    function, order = curve.asked
    try:
        return float(digits((value, slope)[order](function), Fraction(z), 1).partition("e")[0]) != 0
    except ActcliError:
        return True


def _in_decades(scene: Scene) -> Limits | None:
    """Return the limits of y that were asked for, as logarithms where these are drawn."""
    if not (scene.log and scene.ylim):
        return scene.ylim
    if scene.ylim[0] <= 0:
        raise ActcliError("--log shows what is above 0: so must both ends of --ylim be")
    return float(np.log10(scene.ylim[0])), float(np.log10(scene.ylim[1]))


def _data(scene: Scene, xlim: Limits, slopes: bool) -> list[Curve]:
    """Return the data's columns; those named as `table` names slopes belong to the slopes."""
    if not scene.data:
        return []
    z = scene.data.columns[0]
    dots = len(z) <= scene.width // 2 if scene.as_points is None else scene.as_points
    series = [(name, y) for name, y in scene.data.series if is_slope(name) == slopes]
    if not dots:
        return [Curve(name, *thinned(z, y, xlim, 4 * scene.width), kind="data") for name, y in series]
    none = np.array([])
    spots = [(name, np.column_stack(scattered(z, y, xlim, scene.log)).tolist()) for name, y in series]
    return [Curve(name, none, none, points=tuple(map(tuple, each)), kind="data") for name, each in spots]


# ---------------------------------------------------------------------------- saturation


def _saturated(functions: Sequence[Function], xlim: Limits, scene: Scene) -> tuple[Limits, ...]:
    """Return the intervals in which the slopes of all the functions are nearly 0."""
    if scene.saturated is None or not functions:
        return ()
    z = sample_points(*xlim, 8 * scene.width, [b for f in functions for b in breaks(f, xlim)])
    flat = np.all([np.abs(plain_answers(slope(f), z)) < scene.saturated for f in functions], axis=0)
    return tuple((float(z[a]), float(z[b - 1])) for a, b in _runs(flat))


def _shading(functions: Sequence[Function], scene: Scene) -> str:
    slopes = f"|{functions[0].slope_label}|" if len(functions) == 1 else "every |g'|"
    return f"saturated: {slopes} < {scene.saturated:g}" if scene.saturated is not None else ""
