"""Tables: functions by their Taylor polynomials about the middles of rows."""

# ruff: noqa: E741 (h, l and r are the parts of a ball)

from functools import cache
from pathlib import Path

import numpy as np

from actcli.numerics.balls.arrays import Array, Ints, Pair, Part
from actcli.numerics.balls.pairs import fast_two_sum, product


@cache
def table(name: str) -> list[Array]:
    """The columns of a table of tables.npz (written by make_tables.py), loaded when needed."""
    with np.load(Path(__file__).with_name("tables.npz")) as tables:
        return list(tables[name])


def looked_up(column: Array, row: Ints) -> Array:
    """A column's numbers at rows, by the fastest of NumPy's modes.

    Only nan and infinities may have rows beyond the table, and get a number of another row. As wrapping
    subtracts the table's length until it fits, such rows must not be far out.
    """
    return column.take(row, mode="wrap")


TAYLOR = 2.0**-70.2  # relative error of `taylor`


def _step(ch: Array, cl: Array, sh: Array, sl: Array, x: Array, xl: Part) -> Pair:
    """c + s x, all in hi + lo; |c| > |s x|, so the error is below 2^-73 |s x|."""
    ph, pl = product(sh, sl, x, xl)
    h, l = fast_two_sum(ch, ph)
    pl += cl
    l += pl
    return h, l


def taylor(columns: list[Array], row: Ints, th: Array, tl: Part, centre: Array) -> Pair:
    """A tabled function at t = th + tl, by its Taylor polynomial about the row's centre.

    x = t - centre is exact in two doubles (rows are narrow, and th > 2 centre nowhere). The terms
    from a3 x^3 on are plain: 8u |a3 x^3|; make_tables.py checks that this, with the remainder, is
    below 2^-70.3 of the value in every row, and that each term outweighs the next.
    """
    x = th - centre
    xl = th - (x + centre)
    if not isinstance(tl, float):
        xl += tl
    tail = looked_up(columns[-1], row)
    for column in columns[-2:5:-1]:
        tail *= x
        tail += looked_up(column, row)
    a0, a0l, a1, a1l, a2, a2l = (looked_up(column, row) for column in columns[:6])
    a2l += tail * xl
    tail *= x
    a2l += tail
    s, e = _step(a1, a1l, *fast_two_sum(a2, a2l), x, xl)
    s, e = fast_two_sum(s, e)
    return fast_two_sum(*_step(a0, a0l, s, e, x, xl))


def even(name: str, th: Array, tl: Part) -> Pair:
    """A function tabled in rows 1/32 wide from 0, at t >= 0 within the table; error TAYLOR."""
    row = (th * 32).astype(np.int64) & 1023  # of nan it is -2^63 otherwise
    centre = row.astype(np.float64)
    centre += 0.5
    centre *= 1 / 32
    return taylor(table(name), row, th, tl, centre)
