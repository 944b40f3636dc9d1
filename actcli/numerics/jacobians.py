"""Functions of vectors: each entry of a value or a Jacobian is a question about a formula of numbers.

The Jacobian's column j is asked with z_j moving and the other entries fixed, so that all that holds for a
formula of numbers holds here: kinks, jumps, limits at an infinity, proven digits.
"""

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from actcli.catalog.entries import Function
from actcli.language.trees import Node, Z, name, number
from actcli.language.unrolled import unrolled, weighted
from actcli.numerics.answers import SIDES, Question, answer, digits
from actcli.numerics.dtypes import DOUBLE

Point = Fraction | float


class Entry(NamedTuple):
    """A question and the point at which it is asked; both answers raise NoAnswerError where there is none."""

    question: Question
    at: Point

    def number(self, dtype: str = DOUBLE) -> float:
        """Return the answer, rounded once to a format."""
        return answer(self.question, float(self.at), dtype)

    def digits(self, count: int) -> str:
        """Return so many proven digits."""
        return digits(self.question, self.at, count)


NAN = Entry(Question("nan", name("nan"), None), math.nan)


def _nodes(vector: Sequence[Point]) -> list[Node]:
    return [_node(x) for x in vector]


def _node(x: Point) -> Node:
    if isinstance(x, Fraction) or math.isfinite(x):
        return number(Fraction(x))
    return name("inf") if x > 0 else Node("neg", name("inf"))


def _has_nan(vector: Sequence[Point]) -> bool:
    return any(isinstance(x, float) and math.isnan(x) for x in vector)


def _read(function: Function, entries: Sequence[Node]) -> list[Node]:
    return unrolled(function.definition or function.formula, entries)


def length(function: Function, vector: Sequence[Point]) -> int:
    """Return how many entries the value has; ActcliError for a vector that the function does not take."""
    return len(_read(function, [Z] * len(vector)))


def rows(function: Function, what: str, vector: Sequence[Point], kink: str = "right") -> list[list[Entry]]:
    """Ask for the entries of g(z), a row each ("value"), or for the rows of dg_i/dz_j ("jacobian")."""
    if what == "value":
        return [[one] for one in _values(function, vector)]
    columns = [_column(function, vector, j, kink) for j in range(len(vector))]
    return [list(row) for row in zip(*columns, strict=True)]


def _values(function: Function, vector: Sequence[Point]) -> list[Entry]:
    if _has_nan(vector):
        return [NAN] * length(function, vector)
    trees = _read(function, _nodes(vector))
    return [Entry(Question(function.label, tree, None), Fraction(0)) for tree in trees]


def _slope(function: Function, tree: Node, kink: str) -> Question:
    return Question(f"d_{function.label}", tree, None, 1, SIDES[kink])


def _column(function: Function, vector: Sequence[Point], j: int, kink: str) -> list[Entry]:
    if _has_nan(vector):
        return [NAN] * length(function, vector)
    trees = _read(function, _moved(_nodes(vector), j, Z))
    return [Entry(_slope(function, tree, kink), vector[j]) for tree in trees]


def _moved(entries: list[Node], j: int, entry: Node) -> list[Node]:
    return [*entries[:j], entry, *entries[j + 1 :]]


def product(
    function: Function, what: str, vector: Sequence[Point], by: Sequence[Point], kink: str = "right"
) -> list[Entry]:
    """Ask for the sums of v_i dg_i/dz_j over i ("vjp"), or of dg_i/dz_j v_j over j ("jvp").

    Each z_j moves alone, so that at a kink these are products with the Jacobian.
    """
    if _has_nan([*vector, *by]):
        return [NAN] * (len(vector) if what == "vjp" else length(function, vector))
    entries, weights = _nodes(vector), _nodes(by)
    if what == "vjp":
        found = (weighted(weights, _read(function, _moved(entries, j, Z))) for j in range(len(vector)))
        return [Entry(_slope(function, tree, kink), x) for tree, x in zip(found, vector, strict=True)]
    columns = [_read(function, _moved(entries, j, Node("+", x, Z))) for j, x in enumerate(entries)]
    trees = [weighted(weights, row) for row in zip(*columns, strict=True)]
    return [Entry(_slope(function, tree, kink), Fraction(0)) for tree in trees]
