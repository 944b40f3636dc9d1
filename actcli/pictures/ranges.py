"""Which z a picture shows when nobody says: those where the function does something.

That is where its kinks and its extrema are, and where its slope comes within a twentieth of the limit
that it has at either infinity: from there on it is saturated, or straight. Around these places two
fifths of their distance are added; if 0 is between, no side of it is less than half the other. A
function that never settles (a sine, a square) is shown around its first turns, one that settles on
one side alone from there to 0, a straight line around 0.
"""

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction

import numpy as np

from actcli.catalog.entries import Function
from actcli.language.limits import Array, Limits
from actcli.numerics.answers import plain_answers, slope, value
from actcli.numerics.kinks import breaks
from actcli.pictures.plots.ticks import step

REACH = 1e4  # how far to look, and
FINE = 1e-3  # where the steps of the looking begin to grow with z
NEARBY = 10.0
SETTLED = 0.05
MARGIN = 0.4
TOGETHER = 0.02  # places not farther apart than this share of them are one place
ALONE = 3.0  # on each side of a single place
SLACK = 0.01
MOST_TURNS = 2  # on each side of 0


def telling_range(functions: Iterable[Function]) -> Limits:
    """Return the limits of z between which all the functions show what they are."""
    ranges = [_around(_places(function)) for function in functions]
    return _rounded(min(lo for lo, _ in ranges), max(hi for _, hi in ranges))


def _around(places: Sequence[float]) -> Limits:
    """Return the limits that show these places with some room around them."""
    lo, hi = min(places, default=0.0), max(places, default=0.0)
    apart = hi - lo
    room = MARGIN * apart if apart > TOGETHER * max(abs(lo), abs(hi), FINE) else ALONE
    lo, hi = lo - room, hi + room
    if not lo < 0 < hi:
        return lo, hi
    side = max(-lo, hi)
    least = side if side <= 1.5 * min(-lo, hi) else side / 2
    return min(lo, -least), max(hi, least)


def _rounded(lo: float, hi: float) -> Limits:
    """Move both limits outward to the next half of a tick step."""
    factor, power = step((lo, hi), 6)
    grid = factor * Fraction(10) ** power / 2
    below = math.floor(Fraction(lo) / grid + Fraction(SLACK)) * grid
    above = math.ceil(Fraction(hi) / grid - Fraction(SLACK)) * grid
    return float(below), float(above)


# ---------------------------------------------------------------------------- what happens where


def _places(function: Function) -> list[float]:
    """Return the z of the kinks, of the extrema, and from which on the slope has settled."""
    z = np.sinh(np.linspace(-1, 1, 4001) * np.arcsinh(REACH / FINE)) * FINE
    g, rise = plain_answers(value(function), z), plain_answers(slope(function), z)
    inner = np.flatnonzero(~np.isinf(g) & ~np.isinf(rise))  # beyond these all overflows
    z, g, rise = (part[inner[0] : inner[-1] + 1] if inner.size else part for part in (z, g, rise))
    known = np.isfinite(g) & np.isfinite(rise)
    kinks = breaks(function, (-100.0, 100.0))
    places = [*_nearest(kinks), *_nearest(_turns(z[known], g[known], kinks))]
    if not known[np.abs(z) < NEARBY].all():
        return [*places, *_nearest(_edges(z, known))]
    settled = _settling(z[known], rise[known])
    return [*places, *(settled or _nearest(_turns(z[known], rise[known])))]


def _nearest(places: Iterable[float]) -> list[float]:
    """Return the places next to 0, a few on each side."""
    ordered = sorted(places)
    return [z for z in ordered if z < 0][-MOST_TURNS:] + [z for z in ordered if z >= 0][:MOST_TURNS]


def _turns(z: Array, y: Array, kinks: Sequence[float] = ()) -> list[float]:
    """Return where y stops rising and falls, or the other way, but at a kink; level stretches are skipped."""
    size = np.abs(y[np.abs(z) < NEARBY]).max(initial=0.0)
    with np.errstate(all="ignore"):
        steps = np.diff(y)
    moving = np.flatnonzero(np.abs(steps) > 1e-6 * size)
    turned = np.flatnonzero(np.diff(np.sign(steps[moving])))
    spans = [(moving[k], moving[k + 1]) for k in turned]
    spans = [(a, b) for a, b in spans if not any(z[a] <= kink <= z[b + 1] for kink in kinks)]
    return [float(z[a + 1] + z[b]) / 2 for a, b in spans]


def _edges(z: Array, known: np.typing.NDArray[np.bool_]) -> list[float]:
    """Return where the function begins or ends, or has a pole."""
    return [float(edge) for edge in z[1:][known[1:] != known[:-1]]]


def _settling(z: Array, rise: Array) -> list[float]:
    """Return where the slope leaves its limit at -inf, and where it comes to that at +inf."""
    sides = [(-z[::-1], rise[::-1]), (z, rise)]
    calm = [_settles(*side) for side in sides]
    found = [0.0] if any(calm) and not all(calm) else []
    for sign, (far, rises) in zip((-1, 1), sides, strict=True):
        if not calm[sign > 0]:
            continue
        off = np.abs(rises - rises[-1])
        unlike = np.flatnonzero(off > SETTLED * off[far >= (-np.inf if all(calm) else 0)].max())
        found += [sign * float(far[unlike[-1]])] if len(unlike) else []
    return found


def _settles(z: Array, rise: Array) -> bool:
    """Tell whether the slope has a limit at +inf, as far as can be seen."""
    with np.errstate(all="ignore"):
        off = np.abs(rise - rise[-1])
    return bool(off[z >= z[-1] / 10].max() <= 0.01 * off[z >= 0].max())
