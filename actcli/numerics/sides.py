"""Slopes as they are printed: typed back and read at a kink, they give the slope on its right."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from actcli.language.calculus import derivative, negative
from actcli.language.trees import ONE, ZERO, Node, bound_of, number, postorder, substitute
from actcli.language.words import RELATIONS
from actcli.numerics.domains import Span, span

HIGHEST = 2  # derivatives of a difference that a tie looks at: enough for a square
RISING = {">": ">=", "<=": "<"}
FALLING = {"<": "<=", ">=": ">"}


def right_sided(slope: Node, formula: Node, parameters: Mapping[str, Node] | None = None) -> Node:
    """Return a slope of a formula whose comparisons answer at a tie as they do just right of it.

    Where the difference that is compared rises or falls everywhere, another sign does it; elsewhere a tie
    asks for the sign of its derivatives. `parameters` are the values of names in the formula.
    """
    chosen = {n.children for n in postorder(formula) if n.op in ("min", "max")}
    chosen |= {pair[::-1] for pair in chosen}
    done: dict[Node, Node] = {}
    for n in postorder(slope):
        children = tuple(done.get(child, child) for child in n.children)
        if n.op == "where":
            done[n] = _where(n, children, n.children[0].children in chosen, parameters or {})
        elif n.op in ("sign", "floor"):
            done[n] = _STEPS[n.op](n.children[0], parameters or {})
        else:
            done[n] = n if children == n.children else Node(n.op, *children)
    return done[slope]


def _course(difference: Node, parameters: Mapping[str, Node]) -> Span:
    return span(substitute(derivative(difference), parameters))


def _where(n: Node, children: tuple[Node, ...], is_choice: bool, parameters: Mapping[str, Node]) -> Node:
    """Return a `where` that goes to the right at a tie."""
    condition, then, otherwise = children  # what is compared may jump itself
    difference = Node("-", *n.children[0].children)
    course = _course(difference, parameters)
    if course.exceeds(0) or (is_choice and course.low >= 0):
        return _with_sign(condition, RISING, then, otherwise, 1)
    if course.is_below(0) or (is_choice and course.high <= 0):
        return _with_sign(condition, FALLING, then, otherwise, -1)
    whole = _either(condition, then, otherwise)
    if derivative(difference) is ZERO:
        return whole
    picked = [then if RELATIONS[condition.op](side, 0) else otherwise for side in (1, -1, 0)]
    return _either(Node("==", *condition.children), _at_a_tie(picked, derivative(difference), 1), whole)


def _with_sign(condition: Node, signs: Mapping[str, str], then: Node, otherwise: Node, side: int) -> Node:
    if condition.op in ("==", "!="):
        return then if RELATIONS[condition.op](side, 0) else otherwise
    return _either(Node(signs.get(condition.op, condition.op), *condition.children), then, otherwise)


def _sign(u: Node, parameters: Mapping[str, Node]) -> Node:
    """Return sign(u) that is 1 or -1 at a 0 that is passed."""
    course = _course(u, parameters)
    if course.exceeds(0) or course.is_below(0):
        return _either(Node(">=" if course.exceeds(0) else ">", u, ZERO), ONE, number(-1))
    picked = [ONE, number(-1), ZERO]
    return _either(Node("==", u, ZERO), _at_a_tie(picked, derivative(u), 1), Node("sign", u))


def _floor(u: Node, parameters: Mapping[str, Node]) -> Node:
    """Return floor(u), which of a falling u has to be that of what is just below."""
    if not _course(u, parameters).is_below(0):
        return Node("floor", u)
    return Node("-", Node("neg", Node("floor", negative(u))), ONE)


_STEPS = {"sign": _sign, "floor": _floor}


def _at_a_tie(picked: Sequence[Node], rise: Node, order: int) -> Node:
    """Return what is chosen just right of a tie, of what is picked above, below and level with it."""
    above, below, flat = picked
    higher = derivative(rise)
    if order < HIGHEST and higher is not ZERO:
        flat = _at_a_tie(picked, higher, order + 1)
    asked = _right_of(rise)
    if flat is above:
        return _either(Node(">=", asked, ZERO), above, below)
    return _either(Node(">", asked, ZERO), above, _either(Node("<", asked, ZERO), below, flat))


@lru_cache(maxsize=256)  # as kinks within kinks ask for the same ones
def _right_of(rise: Node) -> Node:
    return right_sided(rise, rise)


def _either(condition: Node, then: Node, otherwise: Node) -> Node:
    """Return a `where`, or the branch that is always taken."""
    left, right = (bound_of(side) for side in condition.children)
    if left is not None and right is not None:
        return then if RELATIONS[condition.op](left, right) else otherwise
    return then if then is otherwise else Node("where", condition, then, otherwise)
