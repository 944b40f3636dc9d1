"""Between which numbers a formula lies by its outermost operations alone, wherever it has a value."""

import math
from fractions import Fraction
from functools import lru_cache

from actcli.language.trees import Node

End = Fraction | float  # a float only for an infinity
Between = tuple[End, End]
ANYWHERE: Between = (-math.inf, math.inf)
ZERO_TO_ONE: Between = (Fraction(0), Fraction(1))
AROUND_ZERO: Between = (Fraction(-1), Fraction(1))
OF_WORDS: dict[str, Between] = {
    **dict.fromkeys(("sin", "cos", "tanh", "erf", "sign"), AROUND_ZERO),
    **dict.fromkeys(("sigmoid", "Phi"), ZERO_TO_ONE),
    **dict.fromkeys(("abs", "exp", "sqrt", "softplus", "phi"), (Fraction(0), math.inf)),
    "erfc": (Fraction(0), Fraction(2)),
    "cosh": (Fraction(1), math.inf),
    "expm1": (Fraction(-1), math.inf),
}


@lru_cache(4096)
def outermost(tree: Node) -> Between:
    """Return ends that no value passes; infinite where nothing is seen."""
    if tree.value is not None:
        return tree.value, tree.value
    if tree.op in OF_WORDS:
        return OF_WORDS[tree.op]
    if tree.op == "where":
        (a, b), (c, d) = map(outermost, tree.children[1:])
        return min(a, c), max(b, d)
    if tree.op in ("min", "max"):
        pick = min if tree.op == "min" else max
        (a, b), (c, d) = map(outermost, tree.children)
        return pick(a, c), pick(b, d)
    if tree.op == "^":
        return _even(outermost(tree.children[0]), tree.children[1].value)
    if tree.op == "neg":
        return _scaled(outermost(tree.children[0]), Fraction(-1))
    if tree.op in ("*", "/", "+", "-"):
        return _of_two(tree)
    return ANYWHERE


def _of_two(tree: Node) -> Between:
    a, b = tree.children
    if tree.op == "*" and a.value is not None:
        return _scaled(outermost(b), a.value)
    if tree.op in ("*", "/") and b.value:
        return _scaled(outermost(a), b.value if tree.op == "*" else 1 / b.value)
    if tree.op in ("+", "-"):
        (low, high), (c, d) = outermost(a), _scaled(outermost(b), Fraction(1 if tree.op == "+" else -1))
        return _plus(low, c), _plus(high, d)
    if outermost(a)[0] >= 0 and outermost(b)[0] >= 0:
        return Fraction(0), math.inf
    return ANYWHERE


def _scaled(span: Between, factor: Fraction) -> Between:
    if not factor:
        return Fraction(0), Fraction(0)
    sign = 1 if factor > 0 else -1
    low, high = (end * sign if isinstance(end, float) else end * factor for end in span)
    return (low, high) if factor > 0 else (high, low)


def _plus(a: End, b: End) -> End:
    """Return the sum of two ends on one side; no number is too large beside an infinity."""
    return next((end for end in (a, b) if isinstance(end, float)), None) or a + b


def _even(span: Between, power: Fraction | None) -> Between:
    if power is None or power.denominator != 1 or power <= 0 or power % 2:
        return ANYWHERE
    sizes = [max(end, -end) for end in span]
    most = max(sizes)
    return Fraction(0), math.inf if isinstance(most, float) else most ** int(power)
