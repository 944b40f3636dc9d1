"""Arrays of answers: which readings answer a block of points, one after the other, until none is open."""

from collections.abc import Mapping
from functools import lru_cache, partial

import numpy as np

from actcli.errors import NoAnswerError, UndecidedError
from actcli.language.limits import Array
from actcli.language.trees import Node
from actcli.numerics.answers import Lost, Question, answer_alone
from actcli.numerics.balls import (
    BALLS,
    CONTINUOUS,
    Ball,
    Bools,
    decide_as,
    has_value,
    holds_zero,
    quiet,
    read,
)
from actcli.numerics.balls.tips import decide_tipped, read_tipped
from actcli.numerics.balls.wide import Wide, all_stretches, decide_wide, read_wide, stretch_of
from actcli.numerics.domains import may_be_missing, may_jump_at_ties, never_negative, turning
from actcli.numerics.dtypes import DOUBLE
from actcli.numerics.expansions import beside_zero, far_out

WHERE_TAILS_BEGIN = 64.0  # |z| beyond which words are in their tails, most of them
MANY = 64  # points for which another reading may be worth while


def block_answers(question: Question, points: Array, dtype: str, lost: Lost | None) -> Array:
    """Answer a block; a derivative that is no formula, one of a higher order, is Arb's alone."""
    if question.tree is None:
        return np.array(_one_by_one(question, points.tolist(), dtype, lost), dtype=np.float64)
    if points.size <= MANY or _within(points, WHERE_TAILS_BEGIN):
        return _closely(question, points, dtype, lost)
    found, unsure = _by_stretch(question, points, dtype)
    at = np.flatnonzero(unsure)
    if at.size:
        found[at] = _closely(question, points[at], dtype, lost)
    return found


def _within(points: Array, bound: float) -> bool:
    return bool(points.max() <= bound and points.min() >= -bound)


def _by_stretch(question: Question, points: Array, dtype: str) -> tuple[Array, Bools]:
    """Return the answers that all the numbers share which lie as far out, or as close to 0."""
    values, unsure = _stretches(question, dtype)
    place = stretch_of(points)
    return values[place], unsure[place] | ~np.isfinite(points) | (points == 0)


@lru_cache(64)
def _stretches(question: Question, dtype: str) -> tuple[Array, Bools]:

    return in_wide(question, all_stretches(), dtype)


def _closely(question: Question, points: Array, dtype: str, lost: Lost | None) -> Array:
    """Answer a block by the readings of arrays, and what they leave undecided one by one in Arb."""
    found, unsure = over_arrays(question, points, dtype, MANY)
    open_ = np.flatnonzero(unsure)
    if open_.size:
        rest, places = np.unique(points[open_], return_inverse=True)
        found[open_] = np.array(_one_by_one(question, rest.tolist(), dtype, lost))[places]
    return found


def over_arrays(question: Question, points: Array, dtype: str, many: int = 0) -> tuple[Array, Bools]:
    """Return what the readings of arrays answer, and where they do not; of up to `many` points only balls.

    A float64 zero that balls decide is exact; adding 0.0 makes it positive, as it is in Arb.
    """
    values, unsure = in_balls(question, points, dtype)
    zero = 0.0 if dtype == DOUBLE else -0.0
    with np.errstate(invalid="ignore"):  # a signalling nan
        found: Array = np.add(np.broadcast_to(values, points.shape), zero, dtype=np.float64)
    for reading in (_beyond_domain, partial(far_out, many=many), _far_away, _tipped, beside_zero):
        open_ = np.flatnonzero(unsure & np.isfinite(points))
        if open_.size > many:
            told, still = reading(question, points[open_], dtype)
            found[open_[~still]] = told[~still]
            unsure[open_] = still
    return found, unsure


def _beyond_domain(question: Question, points: Array, _: str) -> tuple[Array, Bools]:
    """Return nan where a part of the value is certainly asked for outside its domain."""
    outside = np.zeros(points.shape, dtype=bool)
    with quiet():
        for part in never_negative(question.formula):
            ball = read(part, points)
            outside |= ball.h < -ball.reach
    return np.full(points.shape, np.nan), ~outside


def _one_by_one(question: Question, points: list[float], dtype: str, lost: Lost | None) -> list[float]:
    """Answer in Arb, and ask the readings of arrays for all that it leaves undecided."""
    found, faults = np.full(len(points), np.nan), dict[int, NoAnswerError]()
    for i, z in enumerate(points):
        try:
            found[i] = answer_alone(question, z, dtype)
        except NoAnswerError as fault:
            faults[i] = fault
    open_ = np.array([i for i, fault in faults.items() if isinstance(fault, UndecidedError)], dtype=int)
    if open_.size and question.tree is not None:
        told, still = over_arrays(question, np.array(points)[open_], dtype)
        found[open_[~still]] = told[~still]
        faults = {i: fault for i, fault in faults.items() if i not in open_[~still]}
    if lost is not None:
        lost.update({points[i]: fault for i, fault in faults.items()})
    return found.tolist()


def _far_away(question: Question, points: Array, dtype: str) -> tuple[Array, Bools]:
    """Return the answers of `in_wide`, one side after the other."""
    values, unsure = np.empty_like(points), np.ones(points.shape, dtype=bool)
    where = np.digitize(points, (-WHERE_TAILS_BEGIN, WHERE_TAILS_BEGIN))
    for part in range(3):
        at = np.flatnonzero(where == part)
        if at.size:
            values[at], unsure[at] = in_wide(question, points[at], dtype)
    return values, unsure


def in_wide(question: Question, points: Array | Wide, dtype: str) -> tuple[Array, Bools]:
    """Return the answers that numbers beyond float64 decide, and where they do not."""
    assert question.tree is not None
    values, unsure = decide_wide(read_wide(question.tree, points, _side(question)), dtype)
    return values, unsure | _may_be_none(question, points)


def _tipped(question: Question, points: Array, dtype: str) -> tuple[Array, Bools]:
    """Return the answers of balls that what they outweigh decides, and where they do not."""
    assert question.tree is not None
    values, unsure = decide_tipped(read_tipped(question.tree, points, _side(question)), dtype)
    return values, unsure | _may_be_none(question, points)


def _may_be_none(question: Question, points: Array | Wide) -> Bools:
    """Tell where a slope, as it is written, may be a number though the function has none."""
    assert question.tree is not None
    unsure: Bools = np.zeros(1, dtype=bool)
    for difference in _turning(question):
        unsure = unsure | ~(np.abs(read_wide(difference, points).sign) == 1)
    if question.order and may_be_missing(question.formula, question.tree):
        unsure = unsure | np.isnan(read_wide(question.formula, points).sign)
    return unsure


def in_balls(
    question: Question, points: Array, dtype: str = DOUBLE, names: Mapping[str, Ball] | None = None
) -> tuple[Array, Bools]:
    """Return the answers that balls decide, and where they do not: the ends and nan among these."""
    assert question.tree is not None
    one_sided = question.order == 1 and len(question.sides) == 1
    by = CONTINUOUS if one_sided and not may_jump_at_ties(question.formula) else BALLS
    with quiet():
        values, undecided = decide_as(read(question.tree, points, _side(question), names, by), dtype)
        unsure = np.broadcast_to(undecided, points.shape) | ~np.isfinite(points)
        for difference in _turning(question):
            unsure |= holds_zero(read(difference, points, 0, names))
        if question.order and may_be_missing(question.formula, question.tree):
            unsure |= ~has_value(read(question.formula, points, 0, names))
    return values, unsure


def _turning(question: Question) -> tuple[Node, ...]:
    assert question.tree is not None
    one_sided = question.sides[0] if len(question.sides) == 1 else 0
    return turning(question.formula, question.tree, one_sided) if question.order else ()


def _side(question: Question) -> int:
    return question.sides[-1] if question.order else 0
