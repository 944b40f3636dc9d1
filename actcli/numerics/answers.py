"""Points in, answers out: what is asked of a function, and which reading answers it.

Every printed float64 is the correctly rounded one, so the readings may take turns: a few points are
answered in Arb balls without loading NumPy, many over arrays.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from actcli.catalog.entries import MEASURED, NO_LIMIT, Function, Interval
from actcli.errors import ActcliError, NoAnswerError, UndecidedError, told_of
from actcli.language.calculus import LEFT, RIGHT, derivative, evaluate
from actcli.language.trees import Node, Z, postorder, substitute
from actcli.numerics.domains import may_be_missing, turning
from actcli.numerics.dtypes import DOUBLE, rounded

if TYPE_CHECKING:
    from actcli.language.limits import Array
    from actcli.numerics.rows import InRows

SIDES = {"right": (RIGHT,), "left": (LEFT,), "mean": (LEFT, RIGHT)}
FEW = 200  # points that Arb answers sooner than NumPy is loaded


@dataclass(frozen=True)
class Question:
    """A column of answers: its label, and the derivative of which order of which formula it asks for.

    At a kink the derivative is read on each of `sides` and averaged. `tree` is that derivative as a
    formula where there is one, `ends` are the answers at -inf and +inf where they are known,
    `variable` is what the column of points is called, and `domain` where the points may be.
    At a place of `figures` the answer is what stands beside it, what a framework returns, if anything.
    With `rows` a point is z, or z and numbers for names: each is asked elsewhere, see there.
    """

    label: str
    formula: Node
    tree: Node | None
    order: int = 0
    sides: tuple[int, ...] = (RIGHT,)
    ends: tuple[Node | None, Node | None] = (None, None)
    variable: str = "z"
    domain: Interval | None = None
    rows: "InRows | None" = None
    figures: tuple[tuple[Node, Node | None], ...] = ()

    @property
    def asked(self) -> str:
        """The function's label: that of a slope begins with d_."""
        return self.label.partition("_")[2] if self.order else self.label


def value(function: Function) -> Question:
    """Ask for g(z)."""
    return Question(function.label, function.formula, function.formula, ends=function.at_infinity(0))


def slope(function: Function, kink: str = "right", order: int = 1) -> Question:
    """Ask for the derivative of g of some order; at a kink on the right, left, the mean, or a framework's."""
    if kink in MEASURED and order == 1:
        return replace(slope(function), figures=function.figures(kink))
    label = f"d{order if order > 1 else ''}_{function.label}"
    if order > 1:
        return Question(
            label, function.formula, short_derivative(function.slope, order), order, sides_of(kink)
        )
    return Question(label, function.formula, function.slope, 1, sides_of(kink), function.at_infinity(1))


def sides_of(kink: str) -> tuple[int, ...]:
    """Return on which sides of a kink a slope is read; ActcliError for a framework's."""
    if kink not in SIDES:
        raise ActcliError(f"--kink {kink} is for first derivatives by z; else write {', '.join(SIDES)}")
    return SIDES[kink]


MOST_OPERATIONS = 150  # of a derivative that is read as a formula; longer ones are power series


def short_derivative(slope: Node, order: int) -> Node | None:
    """Return the derivative of an order above 1 as a formula, if that is short."""
    for _ in range(order - 1):
        slope = derivative(slope)
        if len(postorder(slope)) > MOST_OPERATIONS:
            return None
    return slope


def slope_from_value(function: Function) -> Question:
    """Ask for g' as a function of a = g(z); ActcliError where the value does not determine it."""
    if function.from_value is None:
        raise ActcliError(f"{function.label} has no known derivative in terms of its value a = g(z)")
    tree = substitute(function.from_value, {"a": Z})
    return Question(f"d_{function.label}", tree, tree, variable="a", domain=function.range)


# ---------------------------------------------------------------------------- answers in float64


def answers(
    question: Question, points: Sequence[float], strict: bool = False, dtype: str = DOUBLE
) -> Sequence[float]:
    """Return the correctly rounded answers at some points: nan, or if `strict` an error, for none."""
    if len(points) <= FEW or question.tree is None:
        one = answer if strict else answer_or_nan
        return [one(question, z, dtype) for z in points]
    import numpy as np

    found: list[float] = array_answers(question, np.array(points, dtype=np.float64), dtype).tolist()
    for z, g in zip(points, found, strict=True) if strict else ():
        if math.isnan(g):
            answer(question, z)
    return found


def answer_or_nan(question: Question, z: float, dtype: str = DOUBLE, lost: "Lost | None" = None) -> float:
    """Return the answer at one point, as `answer` does, and nan where there is none; `lost` is told why."""
    try:
        return answer(question, z, dtype)
    except NoAnswerError as fault:
        if lost is not None:
            lost[z] = fault
        return math.nan


def answer(question: Question, z: float, dtype: str = DOUBLE) -> float:
    """Return the answer at one point, rounded once to a format: nan at nan, the limit at +-inf.

    Raises NoAnswerError: for a slope where the value jumps, and for what is not decided.
    """
    try:
        return answer_alone(question, z, dtype)
    except UndecidedError:
        if (told := _as_in_arrays(question, z, dtype)) is None:
            raise
        return told


def answer_alone(question: Question, z: float, dtype: str = DOUBLE) -> float:
    """Return the same as far as Arb decides it."""
    if question.rows:
        return answer_in_row(question.rows, (z,), dtype)
    for place, figure in question.figures:
        if z == _nearest(place, 0.0, dtype):
            return _nearest(_known(question, figure), 0.0, dtype)
    finite = isinstance(z, Fraction) or math.isfinite(z)
    if finite and question.order and _is_straight(question, z):
        return rounded(question.tree.value, dtype)  # type: ignore[union-attr,arg-type]
    if finite:
        asked = question.formula, z, dtype, question.order
        with told_of(question.asked):
            found = [_nearest(*asked, side, question.tree) for side in question.sides]
        return found[0] if found[0] == found[-1] else rounded(_mean(found), dtype)
    end = question.ends[z > 0]
    if math.isnan(z) or end is NO_LIMIT:
        return math.nan
    from actcli.numerics.exact import nearest

    return (
        nearest(question.formula, z, question.order, dtype=dtype)
        if end is None
        else _nearest(end, 0.0, dtype)
    )


def _as_in_arrays(question: Question, z: Fraction | float, dtype: str) -> float | None:
    """Return what the readings of arrays decide at one point."""
    if question.tree is None or question.rows or not -(2**1024) < z < 2**1024 or float(z) != z:
        return None
    import numpy as np

    from actcli.numerics.blocks import over_arrays

    (value,), (unsure,) = over_arrays(question, np.array([float(z)]), dtype)
    return None if unsure else float(value)


def answer_in_row(rows: "InRows", row: Sequence[Fraction | float], dtype: str = DOUBLE) -> float:
    """Return the answer at z and numbers for names; ActcliError also for one that is refused."""
    question, z = rows.at(row)
    return answer(question, z, dtype)  # type: ignore[arg-type]  # a fraction is as good


def _known(question: Question, figure: Node | None) -> Node:
    if figure is None or figure is NO_LIMIT:
        raise UndecidedError(f"{question.label}: the framework returns nothing here, or it is not known")
    return figure


def _is_straight(question: Question, z: float) -> bool:
    """Tell whether a slope is written as a number where the function has a value, and no jump or end."""
    slope = question.tree
    if slope is None or slope.value is None:
        return False
    turns = (_nearest(difference, z, DOUBLE) for difference in turning(question.formula, slope))
    if not all(turn and math.isfinite(turn) for turn in turns):
        return False
    return not may_be_missing(question.formula, slope) or math.isfinite(_nearest(question.formula, z, DOUBLE))


def _nearest(
    tree: Node, z: float, dtype: str, order: int = 0, side: int = RIGHT, asked: Node | None = None
) -> float:
    """Return the number of a format nearest to a derivative of a formula, which `asked` may write out."""
    from actcli.numerics.exact import UNSIGNED, nearest

    found = nearest(tree, z, order, side, dtype)
    if found is not UNSIGNED:
        return found
    if asked is None:
        for _ in range(order):
            tree = derivative(tree)
    return _signed_zero(tree if asked is None else asked, z, side if order else 0)


def _signed_zero(tree: Node, z: float, side: int) -> float:
    """Return a zero with the sign of what underflows beyond Arb's exponents, as far as growth tells it."""
    import numpy as np

    from actcli.numerics.balls.wide import read_wide

    at = np.array([float(min(max(z, -(2**1023)), 2**1023))])  # also of a fraction
    sign = float(np.broadcast_to(read_wide(tree, at, side).sign, 1)[0])
    return math.copysign(0.0, sign if math.isfinite(sign) and sign else 1.0)


def _mean(found: list[float]) -> float:
    """Return the mean of one or two numbers, which may be as large as there are."""
    return found[0] if found[0] == found[-1] else found[0] / 2 + found[-1] / 2


BLOCK = 16_384  # numbers whose balls stay in the processor's cache


Lost = dict[float, NoAnswerError]


def array_answers(
    question: Question, points: "Array", dtype: str = DOUBLE, lost: Lost | None = None
) -> "Array":
    """Return the answers at an array of points, in its shape, correctly rounded to a format.

    A point without an answer gets nan; `lost` is told why. A nan that is the answer, as of log(-1), is not.
    """
    import numpy as np

    flat = np.ascontiguousarray(points, dtype=np.float64).ravel()
    if question.rows:
        from actcli.numerics.rows import row_answers

        told = None if lost is None else lambda i, fault: lost.setdefault(float(flat[i]), fault)
        return row_answers(question, flat[:, None], dtype, told).reshape(points.shape)
    from actcli.numerics.blocks import block_answers

    found = np.empty_like(flat)
    for start in range(0, flat.size, BLOCK):
        found[start : start + BLOCK] = block_answers(question, flat[start : start + BLOCK], dtype, lost)
    for place, _ in question.figures:
        at = flat == _nearest(place, 0.0, dtype)
        if at.any():
            found[at] = answer_or_nan(question, float(flat[at][0]), dtype, lost)
    return found.reshape(points.shape)


def plain_answers(question: Question, points: "Array") -> "Array":
    """Return the answers in plain float64, for pictures, in the shape of the points."""
    import numpy as np

    from actcli.numerics.plain import ARRAYS

    assert question.tree is not None
    sides = question.sides if question.order else (0,)
    with np.errstate(all="ignore"):
        read = [evaluate(question.tree, ARRAYS, {"z": points}, side) for side in sides]
        mean = sum(read[1:], read[0]) / len(read)
    result = np.array(np.broadcast_to(mean, points.shape), dtype=np.float64)
    for infinity, end in zip((-np.inf, np.inf), question.ends, strict=True):
        if end is not None:
            result[points == infinity] = np.nan if end is NO_LIMIT else evaluate(end, ARRAYS, {})
    result[np.isnan(points)] = np.nan
    return result


# ---------------------------------------------------------------------------- proven digits


def digits(question: Question, z: Fraction | float, count: int) -> str:
    """Return the answer at an exact point in so many significant digits, each of them proven."""
    from actcli.numerics.exact import digits as proven

    if question.rows:
        return digits(*question.rows.at((z,)), count)
    if isinstance(z, float):
        end = NO_LIMIT if math.isnan(z) else question.ends[z > 0]
        if end is None:
            return proven(question.formula, z, count, question.order)
        return "nan" if end is NO_LIMIT else proven(end, Fraction(0), count)
    for place, figure in question.figures:
        if z == place.value:
            return proven(_known(question, figure), z, count)
    with told_of(question.asked):
        found = {proven(question.formula, z, count, question.order, side) for side in question.sides}
    if len(found) > 1:
        raise ActcliError("--kink mean: at a kink the mean has no proven digits; ask for left and right")
    return found.pop()


# ---------------------------------------------------------------------------- where a value may be


def check_domain(question: Question, point: float, dtype: str = DOUBLE) -> None:
    """Refuse a value that the function does not take; its closure is allowed, as values are rounded."""
    if question.domain is None or math.isnan(point):
        return
    low, high = (_end_in(end, dtype) for end in (question.domain.low, question.domain.high))
    if not low <= point <= high:
        name = question.label.removeprefix("d_")
        raise ActcliError(f"a = {point:g}: {name} takes values {_between(low, high)}")


def _end_in(end: Node, dtype: str) -> float:
    """Return an end of the domain in a format: rounded as values are, unless it lies beyond all of them."""
    exact = _nearest(end, 0.0, DOUBLE)
    return exact if math.isinf(exact) else _nearest(end, 0.0, dtype)


def _between(low: float, high: float) -> str:
    if high == math.inf:
        return f"from {low:g} up"
    return f"up to {high:g}" if low == -math.inf else f"between {low:g} and {high:g}"
