"""Where a formula may have no value though its slope, as written, has one; and where it may jump or end.

What lies inside its domain at every z is known from the ranges of the words, worked out once for a tree.
"""

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from actcli.language.calculus import derivative
from actcli.language.trees import ONE, Node, Z, bound_of, is_short, postorder, substitute
from actcli.language.words import COMPARISONS


class Span(NamedTuple):
    """All that a formula may be at any z: from low to high, each of which it may reach or not."""

    low: Fraction | float = -math.inf  # a float only for an infinity
    high: Fraction | float = math.inf
    reaches_low: bool = False
    reaches_high: bool = False

    def exceeds(self, bound: int) -> bool:
        """Tell whether all of it lies above a bound."""
        return self.low > bound or (self.low == bound and not self.reaches_low)

    def is_below(self, bound: int) -> bool:
        """Tell whether all of it lies below a bound."""
        return self.high < bound or (self.high == bound and not self.reaches_high)


EVERYTHING = Span()
LARGEST_RAISED = 64  # power of an end that is worked out
_NIL, _UNIT = Fraction(0), Fraction(1)
_SPANS: dict[str, Span] = {
    **dict.fromkeys(("exp", "softplus"), Span(_NIL)),
    **dict.fromkeys(("sigmoid", "Phi"), Span(_NIL, _UNIT)),
    **dict.fromkeys(("tanh", "erf"), Span(-_UNIT, _UNIT)),
    **dict.fromkeys(("sin", "cos", "sign"), Span(-_UNIT, _UNIT, True, True)),
    **dict.fromkeys(("abs", "sqrt"), Span(_NIL, reaches_low=True)),
    "phi": Span(_NIL, Fraction(2, 5)), "erfc": Span(_NIL, Fraction(2)), "expm1": Span(-_UNIT),
    "cosh": Span(_UNIT, reaches_low=True),
}  # fmt: skip


def span(tree: Node) -> Span:
    """Return what a formula may be at any z where it is a real number, by its outermost operations."""
    return spans_in(tree)[tree]


@lru_cache(256)
def spans_in(tree: Node) -> Mapping[Node, Span]:
    """Return what each part of a formula may be."""
    spans: dict[Node, Span] = {}
    for n in postorder(tree):
        found = _span(n, [spans[child] for child in n.children])
        spans[n] = found if all(isinstance(end, float) or is_short(end) for end in found[:2]) else EVERYTHING
    return spans


def _span(n: Node, parts: list[Span]) -> Span:
    bound = bound_of(n)
    if bound is not None:
        return Span(bound, bound, True, True) if isinstance(bound, Fraction) else EVERYTHING
    if n.op in _SPANS:
        return _SPANS[n.op]
    if n.op in ("where", "min", "max"):
        return _either(n.op, *parts[-2:])
    if n.op == "neg":
        return _scaled(parts[0], -_UNIT)
    if n.op in ("+", "-"):
        a, b = parts[0], parts[1] if n.op == "+" else _scaled(parts[1], -_UNIT)
        return Span(_plus(a.low, b.low), _plus(a.high, b.high),
                    a.reaches_low and b.reaches_low, a.reaches_high and b.reaches_high)  # fmt: skip
    if n.op in ("*", "/"):
        return _product(n, *parts)
    return _even_power(parts[0], n.children[1].value) if n.op == "^" else EVERYTHING


def _product(n: Node, a: Span, b: Span) -> Span:
    left, right = (child.value for child in n.children)
    if right:
        return _scaled(a, right if n.op == "*" else 1 / right)
    if left and n.op == "*":
        return _scaled(b, left)
    if a.low < 0 or b.low < 0:
        return EVERYTHING
    factors = (a, b) if n.op == "*" else (a,)
    return Span(_NIL, reaches_low=any(u.low == 0 and u.reaches_low for u in factors))


def _scaled(u: Span, factor: Fraction) -> Span:
    sign = 1 if factor > 0 else -1
    low, high = (end * sign if isinstance(end, float) else end * factor for end in u[:2])
    return Span(low, high, *u[2:]) if factor > 0 else Span(high, low, u.reaches_high, u.reaches_low)


def _even_power(u: Span, power: Fraction | None) -> Span:
    if power is None or power % 2:
        return EVERYTHING
    most, reaches = max(-u.low, u.high), power > 0 and not (u.exceeds(0) or u.is_below(0))
    if power < 0 or isinstance(most, float) or power > LARGEST_RAISED:
        return Span(_NIL, reaches_low=reaches)
    return Span(_NIL, most ** int(power), reaches, True)


def _either(op: str, a: Span, b: Span) -> Span:
    """Return what one of two formulas may be, or the smaller or larger of them."""
    low = (max if op == "max" else min)(a.low, b.low)
    high = (min if op == "min" else max)(a.high, b.high)
    reaches_low = any(u.low == low and u.reaches_low for u in (a, b))
    return Span(low, high, reaches_low, any(u.high == high and u.reaches_high for u in (a, b)))


def _plus(a: Fraction | float, b: Fraction | float) -> Fraction | float:
    """Return the sum of two ends on one side; no number is too large beside an infinity."""
    return next((end for end in (a, b) if isinstance(end, float)), None) or a + b


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
    read, asked, spans = _by_guards(slope), _by_guards(formula, nested=True), spans_in(formula)
    return any(_is_lost(asked[guard], read[None] | read.get(guard, set()), spans) for guard in asked)


def _is_lost(asked: set[Node], kept: set[Node], spans: Mapping[Node, Span]) -> bool:
    """Tell whether some of the operations that are asked for may have no value, and are not kept."""
    divisors = {n.children[1] for n in kept if n.op == "/"}
    open_ = (n for n in asked if not always_defined(n, spans) and n not in kept)
    return any(n.op != "/" or n.children[1] not in divisors for n in open_)


@lru_cache(64)
def never_negative(formula: Node) -> tuple[Node, ...]:
    """Return what must not be below 0 for a formula to have a value: what stands in no `where`."""
    spans, found, open_ = spans_in(formula), dict[Node, None](), [formula]
    while open_:
        n = open_.pop()
        if n.op == "where" or not n.children:
            continue
        open_ += n.children
        if not always_defined(n, spans):
            ends = (Z,) if _has_root(n) and n.children[1].value is not None else _INNER.get(n.op, ())
            found.update((substitute(end, {"z": n.children[0]}), None) for end in ends)
    return tuple(found)


def _has_root(n: Node) -> bool:
    """Tell whether an operation is a power that is no whole one."""
    return n.op == "^" and (n.children[1].value is None or n.children[1].value.denominator > 1)


_INNER = {
    "log": (Z,), "sqrt": (Z,), "log1p": (Node("+", Z, ONE),), "acosh": (Node("-", Z, ONE),),
    **dict.fromkeys(("asin", "acos", "atanh"), (Node("-", ONE, Z), Node("+", Z, ONE))),
}  # fmt: skip
Guard = tuple[Node, int] | None  # the condition of an outermost `where`, and which of its branches


def _by_guards(tree: Node, nested: bool = False) -> dict[Guard, set[Node]]:
    """Return the parts that are always read, and those read in a branch, without or with `nested` ones."""
    found: dict[Guard, set[Node]] = {None: set()}
    open_: list[tuple[Node, Guard]] = [(tree, None)]
    while open_:
        n, guard = open_.pop()
        parts = found.setdefault(guard, set())
        if n in parts:
            continue
        parts.add(n)
        inner = n.children[1:] if n.op == "where" else ()
        open_ += [(child, guard) for child in n.children if (nested and guard) or child not in inner]
        if not guard:
            open_ += [(child, (n.children[0], k)) for k, child in enumerate(inner)]
    return found


@lru_cache(64)
def may_jump_at_ties(formula: Node) -> bool:
    """Tell whether a comparison in a formula may choose between values that differ."""
    return any(n.op == "where" for n in postorder(formula))


@lru_cache(64)
def turning(formula: Node, slope: Node, side: int = 0) -> tuple[Node, ...]:
    """Return what is 0 where the value may jump or end, which a slope that is written without it hides.

    With a side it does not matter what jumps on the other one alone, as the floor of what rises does.
    """
    met = {n.children for n in postorder(slope) if n.op in COMPARISONS}
    found: dict[Node, None] = {}
    spans = spans_in(formula)
    for n in postorder(formula):
        if n.op in COMPARISONS and n.children not in met:
            found[Node("-", *n.children)] = None
        elif n.op == "sign":
            found[n.children[0]] = None
        elif n.op == "floor" and not ((derivative(n.children[0]).value or 0) * side > 0):
            found[Node("-", n.children[0], n)] = None
        found.update(dict.fromkeys(_edges(n, spans)))
    return tuple(found)


def _edges(n: Node, spans: Mapping[Node, Span]) -> list[Node]:
    """Return what is 0 at the ends of an operation's domain: beyond one of them there is no slope."""
    if n.value is not None or not n.children:
        return []
    if _has_root(n):
        return [n.children[0]]
    ends = () if always_defined(n, spans) and n.op != "sqrt" else _INNER.get(n.op, ())
    return [substitute(end, {"z": n.children[0]}) for end in ends]
