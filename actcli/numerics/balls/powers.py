"""Square roots and whole powers."""

# ruff: noqa: E741 (h, l and r are the parts of a ball)

import numpy as np

from actcli.numerics.balls.arrays import Part, filled, refuse
from actcli.numerics.balls.ball import FLOOR, OPERATION, Ball, known_zero
from actcli.numerics.balls.pairs import root


def sqrt(x: Ball) -> Ball:
    """Square root, error OPERATION h; sqrt(0) = 0 for an exact 0. A radius r costs 0.6 r/h."""
    h, l = root(x.h, x.l)
    r: Part = 0.0
    if not (isinstance(x.r, float) and x.e < 2.0**-20):
        x = x.loose()
        r = 0.6 * x.r / h
        refuse(r, ~(x.h > 2 * x.r))
    if not x.h.min() >= FLOOR:
        l, r = filled(l, h), filled(r, h)
        zero = known_zero(x, np.abs(x.h))
        for part in (h, l, r):
            part[zero] = 0.0
        refuse(r, ~(x.h >= FLOOR) & ~zero)
    return Ball(h, l, r, 0.6 * x.e + OPERATION)


def power(x: Ball, n: int) -> Ball:
    """x^n by repeated squaring; x^0 = 1. Errors are those of the products."""
    if n < 0:
        return 1 / power(x, -n)
    result = None
    while n:
        if n & 1:
            result = x if result is None else result * x
        n >>= 1
        if n:
            x = x * x
    return Ball.exact(np.ones_like(x.h)) if result is None else result
