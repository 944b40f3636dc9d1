"""One proof for many points: the number that a formula rounds to all over an interval, if it is one."""

import math

from flint import arb, ctx

from actcli.calculus import RIGHT
from actcli.exact import _NEAREST, FIRST_BITS
from actcli.exact.reals import Outcome, Place, _program
from actcli.formula import Node


def nearest_over(tree: Node, low: float, high: float) -> float | None:
    """Return the float64 nearest to a formula at every point from low to high, or None if not proven.

    The interval is read one step wider at both ends: no comparison turns at one of its points.
    """
    low, high = math.nextafter(low, -math.inf), math.nextafter(high, math.inf)
    if not (math.isfinite(low) and math.isfinite(high)):
        return None
    program = _program(tree, False, FIRST_BITS)
    ctx.prec = FIRST_BITS
    interval = arb(low).union(arb(high))
    slots = [interval, Place(low, 0, RIGHT, []), *program.constants]
    try:
        for _, function, places in program.steps:
            slots.append(function(*[slots[i] for i in places]))
    except (ValueError, ZeroDivisionError):
        return None
    return _NEAREST(Outcome(slots[program.root]))
