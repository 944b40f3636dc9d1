"""Draw curves as text: plain data in, a string out.

plotext turns the curves into characters; the frame, ticks, axes and legend around them are set here.
"""

from collections.abc import Iterable

import numpy as np

from actcli.language.limits import Array
from actcli.pictures.plots.ink import ASCII, BRAILLE, paint
from actcli.pictures.plots.page import framed, plan
from actcli.pictures.plots.picture import Curve, Picture
from actcli.pictures.plots.strokes import unit
from actcli.pictures.plots.ticks import sane

__all__ = ["Curve", "Picture", "draw", "sample_points", "sparkline"]


def draw(
    picture: Picture,
    *,
    width: int = 80,
    height: int = 24,
    ascii: bool = False,
    color: bool = False,
) -> str:
    """Return the picture as text of at most `width` columns and `height` lines.

    What does not fit is left out: first the title, then the legend, the labels, the frame.
    Colour only adds escape codes: the characters are the same without it.
    """
    ink = ASCII if ascii else BRAILLE
    page = plan(picture, ink, max(width, 1), max(height, 1))
    lines = [*page.head, *framed(picture, page, ink), *page.foot]
    return "".join(paint(line, color) + "\n" for line in lines)


def sample_points(lo: float, hi: float, width: int, breaks: Iterable[float] = ()) -> Array:
    """Return where to sample a curve: four points a column, each break and its two neighbours."""
    share = np.linspace(0.0, 1.0, 4 * max(width, 1) + 1)
    even = lo * (1 - share) + hi * share  # hi - lo may overflow
    edges = np.array([b for b in breaks if lo <= b <= hi])
    near = np.concatenate([np.nextafter(edges, -np.inf), edges, np.nextafter(edges, np.inf)])
    found = np.sort(np.clip(np.concatenate([even, near]), lo, hi))
    return found[np.diff(found, prepend=-np.inf) > 0]  # numpy.unique would load numpy.ma, which takes 8 ms


def sparkline(y: Array, *, ascii: bool = False) -> str:
    """Return y as one line of bars, a character for each value; what is not finite is blank."""
    levels = '_.-"' if ascii else "▁▂▃▄▅▆▇█"
    finite = np.isfinite(y)
    if not finite.any():
        return " " * len(y)
    share = unit(y, sane((float(y[finite].min()), float(y[finite].max()))))
    rungs = np.where(finite, np.minimum(share * len(levels), len(levels) - 1), 0).astype(int)
    return "".join(levels[k] if ok else " " for k, ok in zip(rungs, finite, strict=True))
