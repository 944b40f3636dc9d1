"""Where a function has its kinks and jumps: declared by its entry, or found in its formula."""

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from actcli.catalog.entries import Function, Kink
from actcli.errors import UndecidedError, UndefinedError
from actcli.language.calculus import evaluate
from actcli.language.formula import parse
from actcli.language.trees import Node, postorder, substitute
from actcli.numerics.answers import answer, answer_or_nan, slope, value

if TYPE_CHECKING:
    from actcli.language.limits import Array, Limits

SCAN = 2_001
MOST = 1_000  # kinks of one kind: more would fill the axis
AT_ONCE = 64  # stretches, those next to 0, that are halved as a floor leaps there
AROUND = (-100.0, 100.0)  # where those of a formula are looked for if nobody says where
PLACES = 12  # decimals of a kink that is looked for beside where plain numbers have it
STEEP = 1e-6  # between neighbouring numbers no activation climbs this far, but by a jump


class Break(NamedTuple):
    """A point where g jumps, or g' does: g' on its left and its right."""

    z: float
    jumps: bool
    left: float = math.nan
    right: float = math.nan


@lru_cache(maxsize=16_384)  # a table asks of each row twice
def break_at(function: Function, z: float) -> Break | None:
    """Return the kink or jump at a point, if there is one: declared, or of a formula where the slopes differ.

    A pole and the end of a domain are none, nor is a point whose slopes are not known.
    """
    if not math.isfinite(z) or (function.entry and not _declares(function, z)):
        return None
    try:
        left, right = (answer(slope(function, side), z) for side in ("left", "right"))
    except UndefinedError:
        return Break(z, jumps=True)
    except UndecidedError:
        return None
    differ = left != right and not (math.isnan(left) or math.isnan(right))
    is_pole = not function.entry and math.isinf(answer_or_nan(value(function), z))
    return Break(z, False, left, right) if function.entry or (differ and not is_pole) else None


def breaks_of_formula(function: Function) -> list[Break]:
    """Return the kinks and jumps of a formula that are found from -100 to 100."""
    found = (_near(function, z) for z in breaks(function, AROUND))
    return list(dict.fromkeys(each for each in found if each))


def _near(function: Function, z: float) -> Break | None:
    """Return the break at a number or beside it: one that is found is rounded, or at an irrational place."""
    below, above = math.nextafter(z, -math.inf), math.nextafter(z, math.inf)
    at = (break_at(function, near) for near in (z, below, above, round(z, PLACES) + 0.0))
    return next((found for found in at if found), None) or _between(function, z, below, above)


def _between(function: Function, z: float, below: float, above: float) -> Break | None:
    asked = value(function)
    low, high = (answer_or_nan(asked, side) for side in (below, above))
    farther = [answer_or_nan(asked, z + 16 * (side - z)) for side in (below, above)]
    if not math.isfinite(answer_or_nan(asked, z)) or abs(low) + abs(high) > 4 * sum(map(abs, farther)):
        return None  # a pole
    left, right = (answer_or_nan(slope(function), side) for side in (below, above))
    if abs(high - low) > STEEP * max(1, abs(high)):
        return Break(z, jumps=True)
    return Break(z, False, left, right) if abs(left - right) > STEEP * max(1, abs(right)) else None


def _declares(function: Function, z: float) -> bool:
    assert function.entry
    return any(_recurs(function, kink, z) for kink in function.entry.kinks)


def _recurs(function: Function, kink: Kink, z: float) -> bool:
    """Tell whether a kink is at z, or one of those that come again and again at even distances."""
    if not function.satisfies(kink.when):
        return False
    place, every = _place(function, kink)
    return z == place or (every > 0 and (z - place) % every == 0)


@lru_cache(maxsize=256)
def _place(function: Function, kink: Kink) -> tuple[float, float]:
    """Return where a kink is, and how far it is to where it comes again, or 0."""
    from actcli.numerics.exact import nearest

    at, every = (
        nearest(substitute(parse(text), function.parameters), 0.0) for text in (kink.at, kink.every or "0")
    )
    return at, every


@lru_cache(maxsize=64)
def breaks(function: Function, xlim: "Limits") -> tuple[float, ...]:
    """Return the kinks of a function between the limits: declared, or found where a comparison turns."""
    if function.entry:
        found = {z for kink in function.entry.kinks for z in _declared(function, kink, xlim)}
    else:
        found = {z for node in postorder(function.formula) for z in _turns(node, xlim)}
    return tuple(sorted(z for z in found if xlim[0] <= z <= xlim[1]))


def _declared(function: Function, kink: Kink, xlim: "Limits") -> list[float]:
    """Return where a kink is, and where it comes again between the limits."""
    if not function.satisfies(kink.when):
        return []
    z, every = _place(function, kink)
    if not every:
        return [z]
    first, last = (math.ceil((xlim[0] - z) / every), math.floor((xlim[1] - z) / every))
    return [z + k * every for k in range(first, min(last, first + MOST) + 1)]


def _turns(node: Node, xlim: "Limits") -> list[float]:
    """Return where the two things that a node compares change places, or where a floor steps."""
    if node.op == "where":
        left, right = node.children[0].children
    elif node.op in ("min", "max"):
        left, right = node.children
    elif node.op in ("abs", "sign"):
        left, right = node.children[0], None
    elif node.op == "floor":
        return _changes(node, xlim)
    elif node.op == "sqrt" or _is_root(node):
        return _touched(node.children[0], xlim)
    else:
        return []
    return _changes(Node("sign", left if right is None else Node("-", left, right)), xlim)


def _touched(base: Node, xlim: "Limits") -> list[float]:
    """Return where a formula is 0 between numbers above it: a root ends where it goes below."""
    import numpy as np

    z = np.linspace(*xlim, SCAN)
    level = _read(Node("sign", base), z)
    padded = np.concatenate(([0.0], level, [0.0]))
    return list(map(float, z[(level == 0) & (padded[:-2] == 1) & (padded[2:] == 1)]))


def _is_root(node: Node) -> bool:
    exponent = node.children[1].value if node.op == "^" else None
    return exponent is not None and exponent.denominator > 1


def _changes(steps: Node, xlim: "Limits") -> list[float]:
    """Return where a function that is constant but for its steps takes them; for a sign, the 0 between.

    A sign that is 0 over a whole stretch turns at its ends alone.
    """
    import numpy as np

    z, level = _levels(steps, xlim)
    alone = _lone_zeros(level) if steps.op == "sign" else np.zeros(z.size, bool)
    told = ~np.isnan(level) & ~alone
    turns = np.flatnonzero((level[:-1] != level[1:]) & told[:-1] & told[1:])
    low, high = z[turns], z[turns + 1]
    for _ in range(80):
        middle = np.where((low < 0) & (high > 0), 0.0, low + (high - low) / 2)  # halving never comes to 0
        if ((middle == low) | (middle == high)).all():
            break
        same = _read(steps, middle) == level[turns]
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    ends_there = (level[turns] == 0) & (steps.op == "sign")
    return [*map(float, z[alone]), *map(float, np.where(ends_there, low, high))]


def _levels(steps: Node, xlim: "Limits") -> "tuple[Array, Array]":
    """Return points and the steps there; a floor takes one step between two of them, at least close to 0."""
    import numpy as np

    z = np.linspace(*xlim, SCAN)
    while True:
        level = _read(steps, z)
        leaps = np.flatnonzero(np.abs(np.diff(level)) > 1) if steps.op == "floor" else np.zeros(0, int)
        middle = z[leaps] + (z[leaps + 1] - z[leaps]) / 2
        apart = middle[(middle != z[leaps]) & (middle != z[leaps + 1])]
        apart = apart[np.argsort(np.abs(apart))][: min(AT_ONCE, SCAN + MOST - z.size)]
        if not apart.size:
            return z, level
        z = np.sort(np.concatenate([z, apart]))


def _lone_zeros(level: "Array") -> Any:
    import numpy as np

    padded = np.concatenate(([1.0], level, [1.0]))
    return (level == 0) & (padded[:-2] != 0) & (padded[2:] != 0)


def _read(steps: Node, z: "Array") -> "Array":
    import numpy as np

    from actcli.numerics.plain import ARRAYS

    with np.errstate(all="ignore"):
        found: Array = np.broadcast_to(evaluate(steps, ARRAYS, {"z": z}), z.shape)
    return found
