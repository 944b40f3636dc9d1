"""A second opinion on formulas: a tree read with mpmath, with as many digits as the answer needs.

It shares nothing with the program's readings but the tree: its own words, its own walk, and a `where`
that looks at one branch only.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from mpmath import mp, mpf

from actcli.formula import Node, postorder, value_of

DIGITS = 40
PRECISIONS = (60, 120, 360, 720, 1440)


def _sigmoid(z: Any) -> Any:
    return 1 / (1 + mp.exp(-z)) if z >= 0 else mp.exp(z) / (1 + mp.exp(z))


WORDS: Mapping[str, Callable[..., Any]] = {
    "exp": mp.exp, "expm1": mp.expm1, "log": mp.log, "log1p": mp.log1p, "sqrt": mp.sqrt,
    "abs": abs, "sign": mp.sign, "floor": mp.floor, "min": min, "max": max,
    "sin": mp.sin, "cos": mp.cos, "tan": mp.tan, "asin": mp.asin, "acos": mp.acos, "atan": mp.atan,
    "sinh": mp.sinh, "cosh": mp.cosh, "tanh": mp.tanh,
    "asinh": mp.asinh, "acosh": mp.acosh, "atanh": mp.atanh,
    "erf": mp.erf, "erfc": mp.erfc, "sigmoid": _sigmoid,
    "Phi": lambda z: mp.erfc(-z / mp.sqrt(2)) / 2,
    "phi": lambda z: mp.exp(-z * z / 2) / mp.sqrt(2 * mp.pi),
    "softplus": lambda z: max(z, mpf(0)) + mp.log1p(mp.exp(-abs(z))),
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
    if (exact := value_of(n)) is not None:
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
