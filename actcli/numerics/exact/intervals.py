"""One proof for many points: the number that a formula rounds to all over an interval, if it is one."""

import math
from typing import Any

from flint import arb, ctx

from actcli.language.calculus import RIGHT
from actcli.language.trees import Node
from actcli.numerics.exact import FIRST_BITS, TO_FLOAT64, alone
from actcli.numerics.exact.reals import Outcome, Place, compiled


def nearest_over(tree: Node, low: float, high: float) -> float | None:
    """Return the float64 nearest to a formula at every point from low to high, or None if not proven.

    The interval is read one step wider at both ends: no comparison turns at one of its points.
    """
    low, high = math.nextafter(low, -math.inf), math.nextafter(high, math.inf)
    if not (math.isfinite(low) and math.isfinite(high)):
        return None
    with alone():
        ctx.prec = FIRST_BITS
        return _over(tree, Place(low, 0, RIGHT, []), arb(low).union(arb(high)))


def _over(tree: Node, place: Place, interval: Any) -> float | None:
    program = compiled(tree, False, FIRST_BITS)
    slots = [interval, place, *program.constants]
    try:
        for _, function, places in program.steps:
            slots.append(function(*[slots[i] for i in places]))
    except (ValueError, ZeroDivisionError):
        return None
    return TO_FLOAT64(Outcome(slots[program.root]))
