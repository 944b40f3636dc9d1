"""A formula guarded where float64 loses what the function has: beside 0, far out, at infinities and nan."""

from collections.abc import Callable
from fractions import Fraction
from math import factorial, inf, isfinite, isnan

import numpy as np

from actcli.catalog.entries import number_or_inf
from actcli.errors import ActcliError
from actcli.language.calculus import derivative
from actcli.language.limits import Array
from actcli.language.trees import ZERO, Node, Z, number, postorder, rebuilt
from actcli.language.words import COMPARISONS
from actcli.numerics.answers import Question, array_answers
from actcli.numerics.exact import nearest
from actcli.numerics.sides import FALLING, RISING

FLOAT = "float32"
CLOSE_BY = 4  # within 2^-4 of 0 a series is good to 2^-33 where the next pole is beyond 1.5
TERMS = 13
LOST = {np.dtype(np.float64): 2.0**-31, np.dtype(np.float32): 2.0**-21}  # of the value that matters
Computed = Callable[[Node, Array], Array]


def guarded(tree: Node, question: Question, computed: Computed) -> Node:
    """Return a formula that answers a question, with a piece of its own where `computed` would fail.

    Beside 0 that is the Taylor series, far out the number to which float32 rounds the answers there.
    Probes at powers of two tell where: who relies on it measures the whole.
    """
    found = _rightward(tree) if question.order else tree
    for sign in (-1, 1):
        found = _far_out(found, question, sign, computed)
    found = _beside_zero(found, question, computed)
    told = np.isnan(computed(found, np.array([np.nan]))).all()
    return found if told and Z in postorder(found) else Node("where", Node("!=", Z, Z), Z, found)


def _rightward(tree: Node) -> Node:
    """Return a slope whose comparisons are those just to the right, where it is known which way they lean."""

    def leaning(n: Node) -> Node:
        lean = derivative(Node("-", *n.children)).value if n.op in COMPARISONS else None
        return Node((RISING if lean > 0 else FALLING).get(n.op, n.op), *n.children) if lean else n

    return rebuilt(tree, leaning)


def _far_out(tree: Node, question: Question, sign: int, computed: Computed) -> Node:
    z = np.array([*(sign * 2.0**k for k in range(128)), sign * inf])
    true = array_answers(question, z, FLOAT)
    with np.errstate(all="ignore"):
        here = computed(tree, z).astype(np.float32)
        near = np.abs(here - true) <= np.spacing(np.abs(true).astype(np.float32))
    wrong = np.flatnonzero(~(near | (here == true) | np.isnan(true)))
    same = np.flatnonzero(true != true[-1])
    first = int(same[-1]) + 1 if len(same) else 0
    far = wrong[wrong >= first]
    if not len(far) or isnan(true[-1]):
        return tree
    first = len(z) - 1 if far[0] == len(z) - 1 else first  # the infinity alone
    end = Node(">=" if sign > 0 else "<=", Z, number_or_inf(z[first]))
    return Node("where", end, number_or_inf(true[-1]), tree)


def _beside_zero(tree: Node, question: Question, computed: Computed) -> Node:
    z = np.array([s * 2.0**-k for k in range(CLOSE_BY, 24) for s in (-1, 1)])
    true = array_answers(question, z)
    here = computed(tree, z)
    with np.errstate(invalid="ignore"):
        if not (np.abs(here - true) > LOST[here.dtype] * np.abs(true)).any():
            return tree
    try:
        left, right = (_series(question, side) for side in (-1, 1))
    except ActcliError:
        return tree
    series = right if left is right else Node("where", Node(">=", Z, ZERO), right, left)
    return Node("where", Node("<", Node("abs", Z), number(Fraction(1, 1 << CLOSE_BY))), series, tree)


def _series(question: Question, side: int) -> Node:
    found = ZERO
    for k in reversed(range(TERMS)):
        term = nearest(question.formula, 0.0, k + question.order, side) / factorial(k)
        if not isfinite(term):
            raise ActcliError("there is no series at 0")
        if found is not ZERO:
            found = Node("*", Z, found)
        if term:
            found = number_or_inf(term) if found is ZERO else Node("+", found, number_or_inf(term))
    return found
