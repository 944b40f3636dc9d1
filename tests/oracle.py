"""A second opinion on formulas: a tree read with mpmath, with as many digits as the answer needs.

It shares nothing with the program's readings but the tree: its own words, its own walk, and a `where`
that looks at one branch only.
"""

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from mpmath import mp, mpf

from actcli.language.trees import Node, postorder

DIGITS = 40
PRECISIONS = (60, 120, 360, 720, 1440)


def _exp(z: Any) -> Any:
    """Return e^z; beyond every reach, where mpmath would count to the end of its memory, inf or 0."""
    if mp.isinf(z) or not z or mp.mag(z) <= 5000:
        return mp.exp(z)
    return mp.inf if z > 0 else mpf(0)


def _sigmoid(z: Any) -> Any:
    return 1 / (1 + _exp(-z)) if z >= 0 else _exp(z) / (1 + _exp(z))


WORDS: Mapping[str, Callable[..., Any]] = {
    "exp": _exp, "expm1": lambda z: mp.expm1(z) if abs(z) < 1000 else _exp(z) - 1,
    "log": mp.log, "log1p": mp.log1p, "sqrt": mp.sqrt,
    "abs": abs, "sign": mp.sign, "floor": mp.floor, "min": min, "max": max,
    "sin": mp.sin, "cos": mp.cos, "tan": mp.tan, "asin": mp.asin, "acos": mp.acos, "atan": mp.atan,
    "sinh": mp.sinh, "cosh": mp.cosh, "tanh": lambda z: mp.tanh(z) if abs(z) < mpf(2) ** 5000 else mp.sign(z),
    "asinh": mp.asinh, "acosh": mp.acosh, "atanh": mp.atanh,
    "erf": mp.erf, "erfc": mp.erfc, "sigmoid": _sigmoid,
    "Phi": lambda z: mp.erfc(-z / mp.sqrt(2)) / 2,
    "phi": lambda z: _exp(-z * z / 2) / mp.sqrt(2 * mp.pi),
    "softplus": lambda z: max(z, mpf(0)) + mp.log1p(_exp(-abs(z))),
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b,
    "neg": lambda a: -a, "^": lambda a, b: a**b,
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b, "!=": lambda a, b: a != b,
}  # fmt: skip


def number(value: Fraction) -> Any:
    """Return a rational number in the working precision."""
    return mpf(value.numerator) / value.denominator


def once(node: Node, values: Mapping[str, Any]) -> Any:
    """Return what a formula is, in the working precision; of a `where` only the chosen branch is read."""
    known = {"pi": +mp.pi, "e": +mp.e, "inf": mp.inf, **values}
    done: dict[Node, Any] = {}

    def read(n: Node) -> Any:
        if n not in done:
            done[n] = _read(n, read, known)
        return done[n]

    return read(node)


def _read(n: Node, read: Callable[[Node], Any], known: Mapping[str, Any]) -> Any:
    if (exact := n.value) is not None:
        return number(exact)
    if n.op == "name":
        return known[str(n.args[0])]
    if n.op == "where":
        condition, then, otherwise = n.children
        return read(then if read(condition) else otherwise)
    return WORDS[n.op](*map(read, n.children))


def value(node: Node, z: Any = 0, **others: Any) -> Any:
    """Return what a formula is at z, to DIGITS significant digits: two precisions have to agree on them."""
    last = None
    whole = len(str(int(abs(z))))  # digits before the point, which hide what is added to them
    for digits in PRECISIONS:
        with mp.workdps(digits + whole):
            exact = {
                k: number(Fraction(v)) if isinstance(v, int | Fraction) else v
                for k, v in {"z": z, **others}.items()
            }
            new = once(node, exact)
            if (
                last is not None
                and new != 0
                and (new == last or abs(new - last) <= mpf(10) ** -DIGITS * abs(new))
            ):
                return new
            last = new
    return last


def nearest(node: Node, z: float = 0.0) -> float:
    """Return the float64 nearest to what a formula is at z; what is a tie to the last digit goes to even."""
    last = None
    whole = len(str(int(abs(z))))
    for digits in PRECISIONS:
        with mp.workdps(digits + whole):
            new = once(node, {"z": mpf(z)})
            sure = last is not None and agree(last, new)
            ends = {to_float(new * (1 + side * mpf(10) ** -DIGITS)) for side in (-1, 1)}
            if sure and len(ends) == 1:
                return ends.pop()
            last = new
    assert sure or not last, "not even the highest precision tells"
    with mp.workdps(PRECISIONS[-1] * 2 // 3):
        return to_float(+last)


def agree(a: Any, b: Any) -> bool:
    """Tell whether two numbers agree on DIGITS digits, or lie far beyond float64 and agree how far."""
    if a and b and not mp.isinf(b) and abs(mp.mag(b)) > FAR:
        a, b = mp.sign(a) * mp.mag(a), mp.sign(b) * mp.mag(b)
    return bool(b and (a == b or abs(a - b) <= mpf(10) ** -DIGITS * abs(b)))


def to_float(value: Any) -> float:
    """Return the float64 nearest to a number: ties to even, gradual underflow, overflow to infinity."""
    sign = -1.0 if value < 0 else 1.0
    if not value or mp.mag(value) < -FAR:
        return sign * 0.0
    if mp.mag(value) > FAR:
        return sign * math.inf
    _, mantissa, exponent, _ = value._mpf_
    try:
        return sign * float(Fraction(mantissa) * Fraction(2) ** exponent)
    except OverflowError:
        return sign * math.inf


FAR = 1200  # a binary exponent that is far beyond float64


def slope(node: Node, z: Fraction) -> Any:
    """Return the derivative at z by a central difference, to about 30 digits; z is inside a smooth piece."""
    step = Fraction(1, 10**25) * max(1, abs(z))
    last = None
    for digits in (120, 500, 1500):
        with mp.workdps(digits):
            pair = [once(node, {"z": number(z + side * step)}) for side in (-1, 1)]
            new = (pair[1] - pair[0]) / (2 * number(step))
            if last is not None and abs(new - last) < mpf(10) ** -30 * abs(new):
                return new
            last = new
    return last


def breaks(node: Node) -> list[Node]:
    """Return the differences that change their sign where a formula may bend or break."""
    found = []
    for n in postorder(node):
        if n.op in ("min", "max", "<", "<=", ">", ">=", "==", "!="):
            found.append(Node("-", *n.children))
        elif n.op in ("abs", "sign"):
            found.append(n.children[0])
        elif n.op == "floor":
            found.append(Node("-", n.children[0], Node("floor", Node("+", n.children[0], HALF))))
    return found


HALF = Node("number", Fraction(1, 2))
