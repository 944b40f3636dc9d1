"""From samples to dots: the path a pen takes over a canvas, cut to it and dashed.

Everything that could upset a plotter ends here: nan and infinity, far points, a million samples.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from actcli.language.limits import Array, Limits

Dots = npt.NDArray[np.int64]  # rows of (x, y, lifted); lifted: the pen comes here without drawing
Flags = npt.NDArray[np.bool_]

FAR = 1e14  # dots: stands for infinity, yet leaves a double good to a tenth of a dot
STRETCH = 8  # dots across in which one of several curves that run together is seen
ROW = 2.0**20  # more dots than any canvas is high


def unit(values: npt.ArrayLike, limits: Limits) -> Array:
    """Map the limits to 0 and 1; the power of two keeps extreme limits from overflowing."""
    power = -int(np.frexp(max(map(abs, limits)))[1])
    with np.errstate(over="ignore", invalid="ignore"):
        lo, hi = np.ldexp(limits, power)
        share: Array = (np.ldexp(np.asarray(values, float), power) - lo) / (hi - lo)
    return share


def trace(
    z: Array, y: Array, breaks: Sequence[float], limits: tuple[Limits, Limits], size: Sequence[int]
) -> Dots:
    """Return the path of a curve through a canvas of `size` dots, its corners only."""
    return tidy(dotted(*segments(z, y, breaks, limits, np.subtract(size, 1))))


def segments(
    z: Array, y: Array, breaks: Sequence[float], limits: tuple[Limits, Limits], last: Array | Dots
) -> tuple[Array, Array]:
    """Return the starts and ends of a curve's segments, cut to a canvas from (0, 0) to `last`."""
    with np.errstate(over="ignore"):
        spots = np.column_stack([unit(z, limits[0]), unit(y, limits[1])]) * last
    spots[:, 1] = np.clip(spots[:, 1], -FAR, FAR)
    start, end = joints(spots, jumps(z, breaks))
    return clipped(spots[start], spots[end], last)


def pattern(path: Dots, dashes: str, most: int) -> Dots:
    """Break the path into dashes, or into hatching if it has more than `most` dots."""
    if lengths(path).sum() > most:
        return hatch(path, most)
    return tidy(dash(path, dashes)) if "0" in dashes else path


def share(paths: Sequence[Dots], most: int) -> list[Dots]:
    """Where paths run together, let each be seen in turn; those of over `most` dots stay as they are.

    A crossing is no running together: that takes a stretch for each of two paths.
    """
    short = [lengths(path).sum() <= most for path in paths]
    routes = [follow(path) if ok else path[:0] for path, ok in zip(paths, short, strict=True)]
    keys, inverse = np.unique(np.concatenate([*map(key, routes), []]), return_inverse=True)
    places = np.split(inverse, np.cumsum([len(route) for route in routes]))[:-1]
    there = np.zeros((len(routes), len(keys)), bool)
    for row, place in zip(there, places, strict=True):
        row[place] = True
    crowd = there.sum(0) > 1
    for row, place in zip(there, places, strict=True):
        row[place[~long_runs(crowd[place])]] = False
    turn = (keys // ROW) // STRETCH % np.maximum(there.sum(0), 1)
    hidden = there & (np.cumsum(there, 0) - 1 != turn)
    return [
        tidy(thinned(route, ~row[place])) if ok and row.any() else path
        for path, route, row, place, ok in zip(paths, routes, hidden, places, short, strict=True)
    ]


def key(dots: Dots) -> Array:
    """Return one number for each dot."""
    return np.asarray(dots[:, 0] * ROW + dots[:, 1], float)


def long_runs(flags: Flags) -> Flags:
    """Keep only the runs that are two stretches long."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags, [0]])))
    kept = np.zeros(len(flags), bool)
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        kept[start:end] = end - start >= 2 * STRETCH
    return kept


def jumps(z: Array, breaks: Sequence[float]) -> Flags:
    """Tell for each sample whether a break parts it from the next; on a break it stands alone."""
    ordered = np.sort(np.asarray(breaks, float))
    upto, before = (np.searchsorted(ordered, z, side) for side in ("right", "left"))
    on: Flags = upto != before
    apart: Flags = (upto[:-1] != before[1:]) | on[:-1] | on[1:]
    return apart


def joints(spots: Array, jump: Flags) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return which samples to join, as starts and ends; a sample left alone joins itself."""
    known = np.logical_and(*np.isfinite(spots).T)
    joined = known[:-1] & known[1:] & ~jump
    before, after = np.append(False, joined)[: len(known)], np.append(joined, False)[: len(known)]
    start = np.flatnonzero(after | (known & ~before))
    return start, start + after[start]


def clipped(p: Array, q: Array, last: Array | Dots) -> tuple[Array, Array]:
    """Cut the segments from p to q to the canvas, dropping those that miss it (Liang-Barsky)."""
    edges = np.array([[0, 0], last])[:, None]
    with np.errstate(all="ignore"):
        cuts = (edges - p) / (q - p)
    flat, inside = p == q, (p >= 0) & (p <= last)
    enter = np.where(flat, np.where(inside, 0, np.inf), cuts.min(0)).max(1, initial=0)[:, None]
    leave = np.where(flat, np.where(inside, 1, -np.inf), cuts.max(0)).min(1, initial=1)[:, None]
    kept = (enter <= leave)[:, 0]
    p, q, enter, leave = p[kept], q[kept], enter[kept], leave[kept]
    first, final = p * (1 - enter) + q * enter, p * (1 - leave) + q * leave
    return np.clip(first, 0, last), np.clip(final, 0, last)  # far points round badly


def dotted(p: Array, q: Array) -> Dots:
    """Snap the segments to dots and string them on one path."""
    ends = np.stack([p, q], axis=1).reshape(-1, 2)
    lifted = np.zeros(len(ends))
    lifted[::2] = np.append(True, (p[1:] != q[:-1]).any(axis=1))[: len(p)]
    return dots_of(np.floor(ends + 0.5), lifted)


def dots_of(spots: npt.ArrayLike, lifted: npt.ArrayLike) -> Dots:
    """Put the columns of a path together."""
    parts = np.column_stack([np.asarray(spots), np.asarray(lifted)])
    return parts.astype(np.int64)


def tidy(path: Dots) -> Dots:
    """Drop dots that repeat the one before, then those inside a level or upright stretch."""
    x, y, lifted = path.T
    same = np.append(False, (np.diff(x) == 0) & (np.diff(y) == 0))[: len(path)]
    path = path[~same | ((lifted == 1) & ~same)]
    dx, dy, pen = np.diff(path[:, 0]), np.diff(path[:, 1]), path[:, 2] == 0
    level = (dy[:-1] == 0) & (dy[1:] == 0) & (dx[:-1] * dx[1:] > 0)
    upright = (dx[:-1] == 0) & (dx[1:] == 0) & (dy[:-1] * dy[1:] > 0)
    inner = np.zeros(len(path), bool)
    inner[1:-1] = (level | upright) & pen[1:-1] & pen[2:]
    return path[~inner]


def lengths(path: Dots) -> Dots:
    """Return how many dots it is from each point of the path to the next, 1 where lifted."""
    steps: Dots = np.abs(np.diff(path[:, :2], axis=0)).max(axis=1, initial=0)
    steps[path[1:, 2] == 1] = 1
    return steps


def dash(path: Dots, dashes: str) -> Dots:
    """Follow the path dot by dot and lift the pen where the pattern has a 0."""
    dots = follow(path)
    on = np.array([d == "1" for d in dashes])
    return thinned(dots, on[np.arange(len(dots)) % len(dashes)])


def follow(path: Dots) -> Dots:
    """Return every dot of the path."""
    if not len(path):
        return path
    ends = np.append(0, np.cumsum(lengths(path)))
    along = np.arange(ends[-1] + 1)
    spots = np.column_stack([np.interp(along, ends, path[:, k]) for k in (0, 1)])
    lifted = np.zeros(len(along))
    lifted[ends] = path[:, 2]
    return dots_of(np.rint(spots), lifted)


def thinned(dots: Dots, on: Flags) -> Dots:
    """Leave out dots, and do not draw across where they were."""
    after_gap = np.append(True, ~on[:-1])[: len(on)]
    return dots_of(dots[on, :2], ((dots[:, 2] == 1) | after_gap)[on])


def hatch(path: Dots, most: int) -> Dots:
    """Stand in for a curve too wild to follow: strokes from its least to its greatest y."""
    path = path[np.lexsort((path[:, 1], path[:, 0]))]
    first = np.flatnonzero(np.append(True, np.diff(path[:, 0]) > 0))
    last = np.append(first[1:], len(path)) - 1
    every = 1 + int((path[last, 1] - path[first, 1] + 1).sum()) // most
    ends = np.column_stack([first, last])[::every].ravel()
    return dots_of(path[ends, :2], np.arange(len(ends)) % 2 == 0)
