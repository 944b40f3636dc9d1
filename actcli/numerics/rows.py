"""Parameters whose values come with the points: a row is z, then the values of a function's free names.

A row that balls do not decide is asked anew with its numbers put in, so that all holds that holds for a
function of z alone: kinks, jumps, limits, and the refusal of numbers that a parameter does not take.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from actcli.catalog.entries import Function, Interval, Number, number_or_inf
from actcli.errors import ActcliError, UndecidedError
from actcli.language.calculus import derivative, evaluate
from actcli.language.trees import Node, Z, bound_of, name, postorder, substitute
from actcli.language.words import COMPARISONS
from actcli.numerics.answers import (
    BLOCK,
    Question,
    answer,
    answer_in_row,
    short_derivative,
    sides_of,
)
from actcli.numerics.dtypes import DOUBLE

if TYPE_CHECKING:
    from actcli.language.limits import Array
    from actcli.numerics.balls import Bools

Point = Fraction | float


@dataclass(frozen=True, eq=False)
class InRows:
    """What is in a row after z, of which function, and what asks with these numbers put in."""

    function: Function
    names: tuple[str, ...]
    ask: Callable[[dict[str, Number], Point], tuple[Question, Point]]

    def at(self, row: Sequence[Point]) -> tuple[Question, Point]:
        """Return the question of one row, and at which point; ActcliError for a number that is refused."""
        if any(x != x for x in row):
            return Question("nan", Z, None), math.nan
        return self.ask(dict(zip(self.names, map(_exactly, row[1:]), strict=True)), row[0])


def by_rows(ask: Callable[[Function], Question], function: Function) -> Question:
    """Ask at rows of z and the values of the function's free names, in their order; at z, if none."""

    def bound(given: dict[str, Number], z: Point) -> tuple[Question, Point]:
        return ask(function.at(given)), z

    return replace(ask(function), rows=InRows(function, function.free, bound) if function.free else None)


def slope_by(
    function: Function, by: str, kink: str = "right", order: int = 1, columns: Sequence[str] = ()
) -> Question:
    """Ask for a derivative by a free name of the function, at z or at rows of z and what is in columns.

    These are the first of its free names. Where `by` has no column its value is the given or default one.
    """
    by = function.entry.spelling(by) if function.entry else by
    names = function.free[: len(columns)]
    if by not in {*names, *function.parameters}:
        raise ActcliError(f"{function.label}: {by} needs a value to be derived at, as in FORMULA:{by}=0.5")
    tree, sides = short_derivative(_swapped(function.formula, by), order + 1), sides_of(kink)

    def ask(given: dict[str, Number], z: Point) -> tuple[Question, Point]:
        at = given[by] if by in given else bound_of(function.parameters[by])
        assert at is not None
        function.at({**given, by: at})  # which refuses numbers that are not taken
        formula = function.at({key: given[key] for key in given if key != by}).formula
        if not isinstance(z, Fraction) and math.isinf(z):
            return Question("", _slope_far_out(formula, by, order, at, z), None), z
        moved = substitute(formula, {"z": number_or_inf(z), by: Z})
        return Question("", moved, None, order, sides), at

    label = f"d{order if order > 1 else ''}_{function.label}_by_{by}"
    rows = InRows(function, names, ask)
    return Question(label, function.formula, tree and _swapped(tree, by), order, sides, rows=rows)


def _swapped(tree: Node, by: str) -> Node:
    """Return a formula with z and a parameter in each other's place."""
    return substitute(tree, {"z": name(by), by: Z})


def _slope_far_out(formula: Node, by: str, order: int, at: Number, z: float) -> Node:
    """Return the derivative by a parameter at a number as a formula in z, for its limit at an infinite z."""
    put = {by: number_or_inf(at)}
    for n in postorder(formula):
        if n.op in (*COMPARISONS, "min", "max", "abs", "sign", "floor"):
            difference = Node("-", *n.children) if len(n.children) > 1 else n.children[0]
            apart = substitute(difference, put)
            if name(by) in postorder(difference) and not (apart.value or _far_out(apart, z)):
                raise UndecidedError(f"the derivative by {by} at {z} is not known beside kinks in {by}")
    slope = _swapped(formula, by)
    for _ in range(order):
        slope = derivative(slope)
    return substitute(_swapped(slope, by), put)


def _far_out(tree: Node, z: float) -> float:
    """Return the limit of a formula at an infinity, 0 where there is none."""
    limit = answer(Question("", tree, None), z)
    return 0.0 if math.isnan(limit) else limit


def _exactly(x: Point) -> Number:
    return x if isinstance(x, Fraction) or math.isinf(x) else Fraction(x)


# ---------------------------------------------------------------------------- many rows


def row_answers(
    question: Question,
    rows: "Array",
    dtype: str = DOUBLE,
    lost: Callable[[int, ActcliError], object] | None = None,
) -> "Array":
    """Return the answer at each row of an array; nan where there is none, and `lost` is told why.

    A parameter that takes no such number is such a reason.
    """
    import numpy as np

    assert question.rows
    found = np.empty(len(rows))
    for start in range(0, len(rows), BLOCK):
        part = rows[start : start + BLOCK]
        values, unsure = _in_balls(question, part, dtype)
        for i in np.flatnonzero(unsure).tolist():
            try:
                values[i] = answer_in_row(question.rows, part[i].tolist(), dtype)
            except ActcliError as fault:
                values[i] = np.nan
                _ = lost is None or lost(start + i, fault)
        found[start : start + BLOCK] = values
    return found


def _in_balls(question: Question, rows: "Array", dtype: str) -> "tuple[Array, Bools]":
    """Return the answers that balls decide, and where they do not, or a number may be refused."""
    import numpy as np

    from actcli.numerics.balls import BALLS, Ball
    from actcli.numerics.blocks import in_balls

    assert question.rows
    if question.tree is None:
        return np.empty(len(rows)), np.ones(len(rows), np.bool_)
    names, given = question.rows.names, question.rows.function.parameters
    columns = {key: np.ascontiguousarray(rows[:, k + 1]) for k, key in enumerate(names)}
    fixed = {key: given[key] for key in given if key not in names}
    balls = {key: Ball.exact(column) for key, column in columns.items()}
    balls |= {key: evaluate(node, BALLS, {}) for key, node in fixed.items()}
    values, unsure = in_balls(question, np.ascontiguousarray(rows[:, 0]), dtype, balls)
    found: Array = np.add(np.broadcast_to(values, len(rows)), 0.0 if dtype == DOUBLE else -0.0)
    unsure |= ~np.isfinite(found) | ~np.isfinite(rows).all(axis=1)
    entry = question.rows.function.entry
    for parameter in entry.parameters if entry else ():
        unsure |= np.logical_not(
            _surely(parameter.allowed or parameter.bounds, columns.get(parameter.name), fixed)
        )
    return found, unsure


def _surely(allowed: str, column: "Array | None", given: Mapping[str, Node]) -> "Bools | bool":
    """Return which numbers lie in the inside of intervals; none, if their ends come with the points, too."""
    inside: Bools | bool = False
    for part in allowed.split(" or "):
        within = Interval.parse(part).within(given)
        low, high = bound_of(within.low), bound_of(within.high)
        if low is None or high is None:
            return False
        inside = inside | (True if column is None else (column > float(low)) & (column < float(high)))
    return inside
