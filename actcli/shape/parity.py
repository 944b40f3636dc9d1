"""Odd and even formulas, told by their words: g(-z) = -g(z), or g(z)."""

from actcli.language.trees import Node, Z, walked
from actcli.language.words import COMPARISONS

ODD_WORDS = ("neg", "sign", "sin", "tan", "asin", "atan", "sinh", "tanh", "asinh", "atanh", "erf")
EVEN_WORDS = ("abs", "cos", "cosh", "phi")
EVEN, ODD = frozenset({1}), frozenset({-1})
Parity = frozenset[int]  # what is seen of a formula: EVEN, ODD, both for 0, or nothing
UNKNOWN: Parity = frozenset()


def parity(tree: Node) -> Parity:
    """Return what is seen of a formula: 1 for even, -1 for odd; nothing seen says nothing."""
    found: Parity = walked(tree, _parity)
    return found


def _parity(n: Node, parts: list[Parity]) -> Parity:
    if not parts:
        return ODD if n is Z else EVEN | ODD if n.value == 0 else EVEN
    if n.op in ("*", "/"):
        return frozenset(a * b for a in parts[0] for b in parts[1])
    if n.op in ("+", "-"):
        return parts[0] & parts[1]
    if n.op == "where":
        return parts[1] & parts[2] if 1 in parts[0] else UNKNOWN
    if all(1 in part for part in parts):
        return EVEN
    if n.op in COMPARISONS:
        return UNKNOWN
    if n.op == "^":
        power = n.children[1].value
        whole = power is not None and power.denominator == 1
        return frozenset(a if power % 2 else 1 for a in parts[0]) if whole and power else UNKNOWN
    if n.op in EVEN_WORDS and parts[0]:
        return EVEN
    return parts[0] if n.op in ODD_WORDS else UNKNOWN
