"""Factors of a formula that are above 0 everywhere, such as exp(u): without them its sign is the same."""

from collections import Counter
from functools import reduce

from actcli.language.calculus import times
from actcli.language.trees import ONE, Node

POSITIVE = ("exp", "phi", "sigmoid", "Phi", "erfc", "cosh")


def positive_factors(tree: Node) -> "Counter[Node]":
    """Return the factors that all terms of a formula have."""
    if tree.op == "exp" and tree.children[0].op in ("+", "-"):
        first, second = tree.children[0].children
        second = second if tree.children[0].op == "+" else Node("neg", second)
        return positive_factors(Node("exp", first)) + positive_factors(Node("exp", second))
    if tree.op in POSITIVE:
        return Counter([tree])
    if tree.op in ("neg", "/"):
        return positive_factors(tree.children[0])
    if tree.op == "*":
        return positive_factors(tree.children[0]) + positive_factors(tree.children[1])
    if tree.op in ("+", "-"):
        return positive_factors(tree.children[0]) & positive_factors(tree.children[1])
    return Counter()


def without(tree: Node, gone: "Counter[Node]") -> Node:
    """Return a formula divided by some of its positive factors."""
    if not gone:
        return tree
    if tree.op in POSITIVE:
        return reduce(times, (positive_factors(tree) - gone).elements(), ONE)
    first, rest = tree.children[0], tree.children[1:]
    if tree.op == "*":
        taken = positive_factors(first) & gone
        return times(without(first, taken), without(rest[0], gone - taken))
    if tree.op in ("+", "-"):
        return Node(tree.op, without(first, gone), without(rest[0], gone))
    return Node(tree.op, without(first, gone), *rest)
