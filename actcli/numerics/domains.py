"""Where a formula may have no value though its slope, as written, has one; and where it may jump or end.

What lies inside its domain at every z is known from the ranges of the words, worked out once for a tree.
"""

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from actcli.language.trees import ONE, Node, Z, bound_of, postorder, substitute
from actcli.language.words import COMPARISONS


class Span(NamedTuple):
    """All that a formula may be at any z: from low to high, each of which it may reach or not."""

    low: float = -math.inf
    high: float = math.inf
    reaches_low: bool = False
    reaches_high: bool = False

    def exceeds(self, bound: float) -> bool:
        """Tell whether all of it lies above a bound."""
        return self.low > bound or (self.low == bound and not self.reaches_low)

    def is_below(self, bound: float) -> bool:
        """Tell whether all of it lies below a bound."""
        return self.high < bound or (self.high == bound and not self.reaches_high)


EVERYTHING = Span()
LARGEST = 1e300  # of a bound that is looked at
_SPANS: dict[str, Span] = {
    **dict.fromkeys(("exp", "softplus"), Span(0.0)),
    **dict.fromkeys(("sigmoid", "Phi"), Span(0.0, 1.0)),
    **dict.fromkeys(("tanh", "erf"), Span(-1.0, 1.0)),
    **dict.fromkeys(("sin", "cos", "sign"), Span(-1.0, 1.0, True, True)),
    **dict.fromkeys(("abs", "sqrt"), Span(0.0, reaches_low=True)),
    "phi": Span(0.0, 0.4), "erfc": Span(0.0, 2.0), "expm1": Span(-1.0), "cosh": Span(1.0, reaches_low=True),
}  # fmt: skip


def span(tree: Node) -> Span:
    """Return what a formula may be at any z where it is a real number."""
    return spans_in(tree)[tree]


@lru_cache(64)
def spans_in(tree: Node) -> Mapping[Node, Span]:
    """Return what each part of a formula may be."""
    spans: dict[Node, Span] = {}
    for n in postorder(tree):
        spans[n] = _span(n, [spans[child] for child in n.children])
    return spans


def _span(n: Node, parts: list[Span]) -> Span:
    bound: Any = bound_of(n)
    if bound is not None:
        return Span(float(bound), float(bound), True, True) if abs(bound) < LARGEST else EVERYTHING
    if n.op == "neg":
        (u,) = parts
        return Span(-u.high, -u.low, u.reaches_high, u.reaches_low)
    if n.op == "+":
        a, b = parts
        return Span(_down(a.low + b.low), _up(a.high + b.high),
                    a.reaches_low and b.reaches_low, a.reaches_high and b.reaches_high)  # fmt: skip
    if n.op == "where":
        return _either(*parts[1:])
    if n.op == "*" and all(u.low >= 0 for u in parts):
        reaches = any(u.low == 0 and u.reaches_low for u in parts)
        return Span(0.0, reaches_low=reaches)
    if n.op == "^" and n.children[1].value is not None and n.children[1].value % 2 == 0:
        inside = n.children[1].value > 0 and not (parts[0].exceeds(0) or parts[0].is_below(0))
        return Span(0.0, reaches_low=inside)
    return _SPANS.get(n.op, EVERYTHING)


def _either(a: Span, b: Span) -> Span:
    """Return what one of two formulas may be."""
    low, high = min(a.low, b.low), max(a.high, b.high)
    reaches_low = any(u.low == low and u.reaches_low for u in (a, b))
    return Span(low, high, reaches_low, any(u.high == high and u.reaches_high for u in (a, b)))


def _down(x: float) -> float:
    """Return a lower bound of a sum, exact where small whole numbers are added."""
    return x if x == round(x, 6) or not math.isfinite(x) else math.nextafter(x, -math.inf)


def _up(x: float) -> float:
    return -_down(-x)


# ---------------------------------------------------------------------------- values that may be missing


def always_defined(n: Node, spans: Mapping[Node, Span]) -> bool:
    """Tell whether an operation has a value wherever its arguments, which may be so much, have one."""
    if not n.children or n.value is not None:
        return True
    u = spans[n.children[0]]
    if n.op == "^":
        exponent = n.children[1].value
        whole = exponent is not None and exponent.denominator == 1
        return u.exceeds(0) or bool(whole and exponent and exponent > 0)
    if n.op == "/":
        divisor = spans[n.children[1]]
        return divisor.exceeds(0) or divisor.is_below(0)
    return n.op not in _INSIDE or _INSIDE[n.op](u)


_INSIDE: dict[str, Callable[[Span], bool]] = {
    "log": lambda u: u.exceeds(0), "log1p": lambda u: u.exceeds(-1), "sqrt": lambda u: u.low >= 0,
    "acosh": lambda u: u.low >= 1, "atanh": lambda u: u.exceeds(-1) and u.is_below(1),
    **dict.fromkeys(("asin", "acos"), lambda u: u.low >= -1 and u.high <= 1),
    "tan": lambda u: True,
}  # fmt: skip


@lru_cache(64)
def may_be_missing(formula: Node, slope: Node) -> bool:
    """Tell whether a formula may have no value at a point where its slope, as it is written, has one."""
    kept, spans = set(postorder(slope)), spans_in(formula)
    divisors = {n.children[1] for n in kept if n.op == "/"}

    def is_lost(n: Node) -> bool:
        if always_defined(n, spans) or n in kept:
            return False
        return n.op != "/" or n.children[1] not in divisors

    return any(map(is_lost, postorder(formula)))


@lru_cache(64)
def turning(formula: Node, slope: Node) -> tuple[Node, ...]:
    """Return what is 0 where the value may jump or end, which a slope that is written without it hides."""
    met = {n.children for n in postorder(slope) if n.op in COMPARISONS}
    found: dict[Node, None] = {}
    spans = spans_in(formula)
    for n in postorder(formula):
        if n.op in COMPARISONS and n.children not in met:
            found[Node("-", *n.children)] = None
        elif n.op == "sign":
            found[n.children[0]] = None
        elif n.op == "floor":
            found[Node("-", n.children[0], n)] = None
        found.update(dict.fromkeys(_edges(n, spans)))
    return tuple(found)


def _edges(n: Node, spans: Mapping[Node, Span]) -> list[Node]:
    """Return what is 0 at the ends of an operation's domain: beyond one of them there is no slope."""
    if n.value is not None or not n.children:
        return []
    u = n.children[0]
    if n.op == "^" and (n.children[1].value is None or n.children[1].value.denominator > 1):
        return [u]
    return (
        []
        if always_defined(n, spans) and n.op != "sqrt"
        else [substitute(edge, {"z": u}) for edge in _EDGES.get(n.op, ())]
    )


_EDGES = {
    "log": (Z,), "sqrt": (Z,), "log1p": (Node("+", Z, ONE),), "acosh": (Node("-", Z, ONE),),
    **dict.fromkeys(("asin", "acos", "atanh"), (Node("-", Z, ONE), Node("+", Z, ONE))),
}  # fmt: skip
