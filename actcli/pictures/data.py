"""Columns of someone's own, to be laid over curves."""

from dataclasses import dataclass

import numpy as np

from actcli.language.limits import Array, Limits
from actcli.pictures.plots.strokes import unit


@dataclass(frozen=True)
class Measured:
    """The columns of a file: their names, and their numbers, the first column's in increasing order.

    An empty cell is nan. Columns `left_out` held no numbers.
    """

    names: tuple[str, ...]
    columns: tuple[Array, ...]
    left_out: tuple[str, ...] = ()

    @property
    def series(self) -> list[tuple[str, Array]]:
        """The columns after the first (z), each with its name."""
        return list(zip(self.names[1:], self.columns[1:], strict=True))

    @property
    def has_slopes(self) -> bool:
        """Whether a column is called as one of slopes."""
        return any(map(is_slope, self.names[1:]))


def is_slope(name: str) -> bool:
    """Tell whether a column's name says that it holds slopes: d_gelu, gelu'."""
    return name.startswith("d_") or name.endswith("'")


def thinned(z: Array, y: Array, xlim: Limits, many: int) -> tuple[Array, Array]:
    """Return rising data that draw the same line, few enough of them.

    Of each of so many stretches of z these are the ends, the extremes of y and |y|, and a gap.
    """
    z, y = z[~np.isnan(z)], y[~np.isnan(z)]
    if len(z) <= 8 * many:
        return z, y
    part = np.clip(np.floor(unit(z, xlim) * many), -1, many)
    first = np.flatnonzero(np.diff(part, prepend=-2))
    kept = np.zeros(len(z), bool)
    kept[first] = kept[first - 1] = True
    rows = np.diff(first, append=len(z))
    extremes = [key == np.repeat(np.fmin.reduceat(key, first), rows) for key in (y, -y, np.abs(y))]
    for found in map(np.flatnonzero, [*extremes, np.isnan(y)]):
        kept[found[np.diff(part[found], prepend=-2) != 0]] = True
    return z[kept], y[kept]


MOST_PLACES = 250  # across and up, where points lie close


def scattered(z: Array, y: Array, xlim: Limits, log: bool) -> tuple[Array, Array]:
    """Return data as points: where they are many, one for each place of a fine grid."""
    if len(z) <= MOST_PLACES**2 // 4:
        return z, y
    with np.errstate(all="ignore"):
        up = np.log(np.abs(y)) if log else y
        known = up[np.isfinite(up)].tolist() or [0.0]
        key = np.sign(y)
        for share in (unit(z, xlim), unit(up, (min(known), max(known)))):
            place = np.floor(np.nan_to_num(share, nan=-1) * MOST_PLACES).clip(-1, MOST_PLACES)
            key = key * 3 * MOST_PLACES + place
    first = np.sort(np.unique(key, return_index=True)[1])
    return z[first], y[first]
