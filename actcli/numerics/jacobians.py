"""Functions of vectors: each entry of a value or a Jacobian is a question about a formula of numbers.

The Jacobian's column j is asked with z_j moving and the other entries fixed, so that all that holds for a
formula of numbers holds here: kinks, jumps, limits at an infinity, proven digits.
"""

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from actcli.catalog.entries import Function, number_or_inf
from actcli.errors import NoAnswerError
from actcli.language.calculus import RIGHT, plus, times
from actcli.language.pushes import pulled
from actcli.language.trees import ONE, Node, Z, name, postorder
from actcli.language.unrolled import unrolled, weighted
from actcli.numerics.answers import BLOCK, Question, answer, digits, sides_of
from actcli.numerics.domains import may_be_missing, turning
from actcli.numerics.dtypes import DOUBLE

if TYPE_CHECKING:
    from actcli.language.limits import Array
    from actcli.numerics.balls import Bools

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
    return [number_or_inf(x) for x in vector]


def _has_nan(vector: Sequence[Point]) -> bool:
    return any(isinstance(x, float) and math.isnan(x) for x in vector)


def _read(function: Function, entries: Sequence[Node]) -> list[Node]:
    return unrolled(function.definition or function.formula, entries)


def length(function: Function, vector: Sequence[Point]) -> int:
    """Return how many entries the value has; ActcliError for a vector that the function does not take."""
    return _length(function.definition or function.formula, len(vector))


@lru_cache(64)
def _length(tree: Node, count: int) -> int:
    return len(unrolled(tree, [ONE] * count))


def rows(function: Function, what: str, vector: Sequence[Point], kink: str = "right") -> list[list[Entry]]:
    """Ask for the entries of g(z), a row each ("value"), or for the rows of dg_i/dz_j ("jacobian")."""
    if what == "value":
        return [[one] for one in _values(function, vector)]
    columns = [_column(function, vector, j, kink) for j in range(len(vector))]
    return [list(row) for row in zip(*columns, strict=True)]


def _values(function: Function, vector: Sequence[Point]) -> list[Entry]:
    if _has_nan(vector):
        return [NAN] * length(function, vector)
    far = [j for j, z in enumerate(vector) if not isinstance(z, Fraction) and math.isinf(z)]
    if len(far) == 1:  # a limit
        trees = _read(function, _moved(_nodes(vector), far[0], Z))
        return [Entry(Question(function.label, tree, None), vector[far[0]]) for tree in trees]
    trees = _read(function, _nodes(vector))
    return [Entry(Question(function.label, tree, None), Fraction(0)) for tree in trees]


def _slope(function: Function, tree: Node, kink: str) -> Question:
    return Question(f"d_{function.label}", tree, None, 1, sides_of(kink))


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
    if what == "jvp":
        return _pushes(function, vector, by, kink)
    return [_pull(function, vector, by, kink, j) for j in range(len(vector))]


def _pull(function: Function, vector: Sequence[Point], by: Sequence[Point], kink: str, j: int) -> Entry:
    if _has_nan([*vector, *by]):
        return NAN
    tree = weighted(_nodes(by), _read(function, _moved(_nodes(vector), j, Z)))
    return Entry(_slope(function, tree, kink), vector[j])


def _pushes(function: Function, vector: Sequence[Point], by: Sequence[Point], kink: str) -> list[Entry]:
    if _has_nan([*vector, *by]):
        return [NAN] * length(function, vector)
    entries, weights = _nodes(vector), _nodes(by)
    if any(n.op in _KINKED for n in postorder(function.definition or function.formula)):
        columns = [_read(function, _moved(entries, j, Node("+", x, Z))) for j, x in enumerate(entries)]
        trees = [weighted(weights, row) for row in zip(*columns, strict=True)]
    else:
        trees = _read(function, [plus(x, times(v, Z)) for x, v in zip(entries, weights, strict=True)])
    return [Entry(_slope(function, tree, kink), Fraction(0)) for tree in trees]


_KINKED = {"abs", "sign", "floor", "min", "max", "where", "largest", "peak", "simplex"}


# ---------------------------------------------------------------------------- many vectors


def many(
    function: Function,
    what: str,
    vectors: "Array",
    by: "Array | None" = None,
    kink: str = "right",
    dtype: str = DOUBLE,
    lost: dict[int, str] | None = None,
) -> "Array":
    """Return the "value" at each row of an array, or its "vjp" or "jvp" with that of `by`; rounded once.

    The "jacobian" is one row after the other. An entry without an answer gets nan; `lost` is told its row,
    and why.
    """
    import numpy as np

    if what == "jacobian":
        return _jacobians(function, vectors, kink, dtype, lost)
    step = max(1, BLOCK // max(vectors.shape[1], 1))
    parts = []
    for start in range(0, len(vectors), step):
        z, v = vectors[start : start + step], None if by is None else by[start : start + step]
        found, unsure = _in_balls(function, what, z, v, dtype)
        for i in np.flatnonzero(unsure.any(axis=1)).tolist():
            ask = _asker(function, what, z[i].tolist(), [] if v is None else v[i].tolist(), kink)
            for j in np.flatnonzero(unsure[i]).tolist():
                try:
                    found[i, j] = ask(j).number(dtype)
                except NoAnswerError as fault:
                    found[i, j] = np.nan
                    _ = lost is None or lost.setdefault(start + i, str(fault))
        parts.append(found)
    return np.concatenate(parts) if parts else np.empty((0, length(function, range(vectors.shape[1]))))


def _jacobians(
    function: Function, vectors: "Array", kink: str, dtype: str, lost: dict[int, str] | None
) -> "Array":
    """Return the products with each unit vector."""
    import numpy as np

    size = length(function, range(vectors.shape[1]))
    rows_lost: dict[int, str] = {}
    each, units = np.repeat(vectors, size, axis=0), np.tile(np.eye(size), (len(vectors), 1))
    found = many(function, "vjp", each, units, kink, dtype, rows_lost)
    for row, why in rows_lost.items():
        _ = lost is None or lost.setdefault(row // size, why)
    return found.reshape(len(vectors), size * vectors.shape[1])


def _asker(
    function: Function, what: str, vector: Sequence[float], by: Sequence[float], kink: str
) -> Callable[[int], Entry]:
    """Return what asks for one entry."""
    if what == "vjp":
        return lambda j: _pull(function, vector, by, kink, j)
    found = _values(function, vector) if what == "value" else _pushes(function, vector, by, kink)
    return found.__getitem__


def _in_balls(
    function: Function, what: str, z: "Array", v: "Array | None", dtype: str
) -> "tuple[Array, Bools]":
    """Return the answers that balls decide, and where they do not: kinks, jumps, ends, infinities."""
    import numpy as np

    from actcli.numerics.balls import decide_as, quiet
    from actcli.numerics.balls.batches import read_vectors

    steady = function.definition is not None and function.definition is not function.formula
    formula = function.formula
    tree = {"value": formula, "jvp": function.slope}.get(what) or pulled(formula, steady)
    size = z.shape[1] if what == "vjp" else length(function, z[0].tolist())
    with quiet():
        batch = read_vectors(tree, z, v, RIGHT if v is not None else 0, size)
        values, undecided = decide_as(batch.ball, dtype)
        found = np.add(values, 0.0 if dtype == DOUBLE else -0.0).reshape(size, len(z)).T.copy()
        unsure = np.broadcast_to(undecided, values.shape).reshape(size, len(z)).T.copy()
        unsure[~np.isfinite(z).all(axis=1)] = True
        if v is not None:
            unsure[~np.isfinite(v).all(axis=1) | _may_have_none(formula, tree, z)] = True
    return found, unsure


def _may_have_none(formula: Node, tree: Node, z: "Array") -> "Bools":
    """Return the vectors at which the value may jump, end or be missing, which a slope does not show."""
    import numpy as np

    from actcli.numerics.balls import has_value, holds_zero
    from actcli.numerics.balls.batches import read_vectors

    found = np.zeros(len(z), np.bool_)
    for n in postorder(formula):
        if n.op == "peak":
            found |= ~has_value(read_vectors(n, z, side=RIGHT).ball).reshape(-1, len(z)).all(axis=0)
    for difference in turning(formula, tree):
        found |= holds_zero(read_vectors(difference, z).ball).reshape(-1, len(z)).any(axis=0)
    if may_be_missing(formula, tree):
        found |= ~has_value(read_vectors(formula, z).ball).reshape(-1, len(z)).all(axis=0)
    return found
