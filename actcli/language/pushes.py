"""Derivatives of formulas of vectors: pushed along a direction v, or v pulled back through the formula.

Both are formulas in z and v, for many vectors at once. With `steady` the largest entry counts as a number:
where it only keeps a formula from overflow, as in exp(z - largest(z))/sum(exp(z - largest(z))), its slopes
cancel.
"""

from functools import lru_cache

from actcli.language.calculus import over, plus, slope_of, times
from actcli.language.trees import ONE, ZERO, Node, Z, name, postorder, walked
from actcli.language.words import COMPARISONS, VECTOR_WORDS

V = name("v")
ONE_FOR_ALL = ("sum", "mean", "largest", "simplex")


@lru_cache(256)
def pushed(tree: Node, steady: bool = False) -> Node:
    """Return the Jacobian times v. Of equal largest entries the first takes the whole slope."""

    def step(n: Node, slopes: list[Node]) -> Node:
        if n is Z:
            return V
        if n.op not in VECTOR_WORDS:
            return slope_of(n, slopes)
        return ZERO if all(slope is ZERO for slope in slopes) else _pushed(n, slopes, steady)

    found: Node = walked(tree, step)
    return found


def _pushed(n: Node, slopes: list[Node], steady: bool) -> Node:
    u, du = n.children[0], slopes[0]
    if n.op == "largest":
        return ZERO if steady else Node("sum", times(Node("peak", u), du))
    if n.op == "simplex":
        return over(Node("sum", times(_weight(n), du)), Node("sum", _weight(n)))
    return ZERO if n.op == "peak" else Node(n.op, *slopes)


def _weight(n: Node) -> Node:
    """Return how much each entry counts in the slope of a `simplex`, in which its sum is 1."""
    above = Node("-", n.children[0], n)
    return Node("where", Node(">", above, ZERO), ONE if n.children[1] is ONE else above, ZERO)


@lru_cache(256)
def pulled(tree: Node, steady: bool = False) -> Node:
    """Return v times the Jacobian: what reaches z of v, passed from each operation to its arguments."""
    tree, wide = _listed(tree)
    order = postorder(tree)
    reached = {tree: V}
    for n in reversed(order):
        if n is Z or n not in reached or not n.children or n.op in COMPARISONS:
            continue
        arrives = reached[n]
        for place, child in enumerate(n.children):
            passed = _passed(n, place, arrives, steady)
            if passed is not ZERO and wide[n] and not wide.get(child, True):
                passed = Node("sum", _for_each(passed, n))
            reached[child] = plus(reached.get(child, ZERO), passed)
    return _for_each(reached.get(Z, ZERO), Z)


def _listed(tree: Node) -> tuple[Node, dict[Node, bool]]:
    """Return the tree with lists in its words over entries, and which of its parts have an entry for each."""
    done: dict[Node, Node] = {}
    wide: dict[Node, bool] = {Z: True}
    for n in postorder(tree):
        parts = [done[child] for child in n.children]
        for k, part in enumerate(parts if n.op in VECTOR_WORDS else ()):
            if not wide[part] and part.value is None:
                parts[k] = _for_each(part, Z)
                wide |= dict.fromkeys((parts[k], parts[k].children[1]), True)
        done[n] = made = Node(n.op, *parts) if parts else n
        wide[made] = made is Z or (made.op not in ONE_FOR_ALL and any(wide[part] for part in parts))
    return done[tree], wide


def _for_each(a: Node, n: Node) -> Node:
    """Return what may be one number for all entries as an entry for each of those of n."""
    return Node("+", a, Node("*", ZERO, n))


def _passed(n: Node, place: int, arrives: Node, steady: bool) -> Node:
    """Return what an operation passes on to one of its arguments."""
    u = n.children[0]
    if n.op not in VECTOR_WORDS:
        return times(arrives, slope_of(n, [ONE if k == place else ZERO for k in range(len(n.children))]))
    if n.op == "mean":
        return over(arrives, Node("sum", Node("^", u, ZERO)))
    if n.op == "largest":
        return ZERO if steady else times(arrives, Node("peak", u))
    if n.op == "simplex":
        return ZERO if place else times(arrives, over(_weight(n), Node("sum", _weight(n))))
    if n.op == "join":
        return Node(("first", "second")[place], _for_each(arrives, n))
    if n.op in ("first", "second"):
        half = _for_each(arrives, n)
        nothing = Node("*", ZERO, half)
        return Node("join", half, nothing) if n.op == "first" else Node("join", nothing, half)
    return arrives if n.op == "sum" else ZERO
