"""What can be done with a formula's tree: differentiate it, and read it in some arithmetic.

A reading says what numbers, words and comparisons are (floats, arrays, balls, power series); the
tree is walked here, once for all of them, and equal parts are computed once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache, partial
from typing import Any

from actcli.language.formula import parse
from actcli.language.trees import (
    ONE,
    ZERO,
    Node,
    is_short,
    name,
    names_in,
    number,
    postorder,
    substitute,
    walked,
)
from actcli.language.words import ARITHMETIC, COMPARISONS, CONSTANTS, Vocabulary

# ---------------------------------------------------------------------------- derivatives

# The derivative of each word of one argument, in the language itself, in forms that keep relative
# accuracy: 1 - tanh(z)^2 would be 0 from z = 19 on, where the slope is 1e-16.
RULES: Mapping[str, str] = {
    "exp": "exp(z)", "expm1": "exp(z)", "log": "1/z", "log1p": "1/(1 + z)", "sqrt": "1/(2*sqrt(z))",
    "abs": "where(z >= 0, 1, -1)", "sign": "0", "floor": "0",
    "sin": "cos(z)", "cos": "-sin(z)", "tan": "1 + tan(z)^2",
    "asin": "1/sqrt((1 - z)*(1 + z))", "acos": "-1/sqrt((1 - z)*(1 + z))", "atan": "1/(1 + z^2)",
    "sinh": "cosh(z)", "cosh": "sinh(z)", "tanh": "4*sigmoid(2*z)*sigmoid(-2*z)",
    "asinh": "1/sqrt(1 + z^2)", "acosh": "1/sqrt((z - 1)*(z + 1))", "atanh": "1/((1 - z)*(1 + z))",
    "erf": "2/sqrt(pi)*exp(-z^2)", "erfc": "-2/sqrt(pi)*exp(-z^2)", "Phi": "phi(z)", "phi": "-z*phi(z)",
    "sigmoid": "sigmoid(z)*sigmoid(-z)", "softplus": "sigmoid(z)",
}  # fmt: skip


@cache
def rule(word: str) -> Node:
    """Return the derivative of a word of one argument, as a formula in z."""
    return parse(RULES[word])


@lru_cache(maxsize=1024)
def derivative(node: Node) -> Node:
    """Return the exact derivative with respect to z, as a formula.

    At a kink it holds `where`s that are resolved on the side asked for when it is read.
    """
    slope: Node = walked(node, slope_of)
    return slope


LARGEST_SLOPE = 2_000  # nodes of a formula that is differentiated again, equal parts counted each time


def slope_of_order(tree: Node, order: int) -> Node | None:
    """Return the formula's derivative as a formula, or None where it is too long to be worked out."""
    for _ in range(order):
        if _spread(tree) > LARGEST_SLOPE:
            return None
        tree = derivative(tree)
    return tree


def _spread(tree: Node) -> int:
    size: int = walked(tree, lambda _, sizes: 1 + sum(sizes))
    return size


def slope_of(node: Node, slopes: list[Node]) -> Node:
    """Return the slope of an operation, from those of its arguments."""
    if node.op == "name":
        return ONE if node.args[0] == "z" else ZERO
    if node.op in ("number", *COMPARISONS):
        return ZERO
    if node.op in RULES:
        (u,), (du,) = node.children, slopes
        return ZERO if du is ZERO else times(substitute(rule(node.op), {"z": u}), du)
    found: Node = _OPERATIONS[node.op](*node.children, *slopes)
    return found


def plus(a: Node, b: Node) -> Node:
    """Return a + b, without adding a zero; a - b' where b is -b'."""
    if a is ZERO or b is ZERO:
        return b if a is ZERO else a
    if a.value is not None and b.value is not None and is_short(a.value + b.value):
        return number(a.value + b.value)
    return Node("-", a, negative(b)) if _is_negative(b) else Node("+", a, b)


def minus(a: Node, b: Node) -> Node:
    """Return a - b, without subtracting a zero; a + b' where b is -b'."""
    return plus(a, negative(b))


def negative(a: Node) -> Node:
    """Return -a; two signs cancel."""
    return ZERO if a is ZERO else times(number(-1), a)


def _is_negative(node: Node) -> bool:
    return _taken_apart(node)[0] < 0


_MOST_FACTORS = 8  # that are looked at: enough for people, and long products take linear time
_UNIT = Fraction(1)


def _taken_apart(node: Node) -> tuple[Fraction, list[Node], list[Node]]:
    """Return the plain numbers of a product multiplied, its other factors, and its divisors."""
    factor = _UNIT
    factors: list[Node] = []
    divisors: list[Node] = []
    while node.op in ("*", "/", "neg") and node.value is None:
        if len(factors) + len(divisors) == _MOST_FACTORS:
            break
        if node.op == "neg":
            factor = -factor
        else:
            (factors if node.op == "*" else divisors).append(node.children[1])
        node = node.children[0]
    factors.append(node)
    for plain in filter(_is_plain, factors):
        factor *= plain.value or 0
    return factor, [n for n in reversed(factors) if not _is_plain(n)], divisors[::-1]


def _is_plain(node: Node) -> bool:
    return node.value is not None and is_short(node.value)


def _put_together(factor: Fraction, factors: list[Node], divisors: list[Node]) -> Node:
    """Return a product from left to right: the number, if it is not 1, the factors, the divisors."""
    if not factors or abs(factor) != 1:
        factors = [number(factor), *factors]
    elif factor < 0:
        factors = [Node("neg", factors[0]), *factors[1:]]
    node = factors[0]
    for other in factors[1:]:
        node = Node("*", node, other)
    for other in divisors:
        node = Node("/", node, other)
    return node


def times(a: Node, b: Node) -> Node:
    """Return a*b, with the plain numbers multiplied and put in front, zeros and ones dropped."""
    if a is ZERO or b is ZERO:
        return ZERO
    if a is ONE or b is ONE:
        return b if a is ONE else a
    (m, left, under), (n, right, below) = _taken_apart(a), _taken_apart(b)
    if not is_short(m * n):
        return Node("*", a, b)
    return _put_together(m * n, left + right, under + below)


def over(a: Node, b: Node) -> Node:
    """Return a/b, without dividing a zero."""
    return ZERO if a is ZERO else times(a, Node("/", ONE, b))


def _quotient_slope(a: Node, b: Node, da: Node, db: Node) -> Node:
    """Return the slope of a/b as (da - a*db/b)/b, as b^2 would overflow where the slope does not."""
    return over(minus(da, over(times(a, db), b)), b)


def _power_slope(a: Node, b: Node, da: Node, db: Node) -> Node:
    exponent = b.value
    if exponent is not None:
        return times(times(b, _raised(a, minus(b, ONE))), da) if exponent else ZERO
    by_base = ZERO if da is ZERO else times(times(b, _raised(a, minus(b, ONE))), da)
    rise = times(Node("^", a, b), ONE if a is name("e") else Node("log", a))
    by_exponent = ZERO if db is ZERO else times(rise, db)
    return plus(by_base, by_exponent)


def _raised(a: Node, exponent: Node) -> Node:
    if exponent is ZERO:
        return ONE
    return a if exponent is ONE else Node("^", a, exponent)


def _chosen(op: str) -> Callable[[Node, Node, Node, Node], Node]:
    """Return the slope of min or max: that of the argument which `op` picks."""
    return lambda a, b, da, db: da if da is db else Node("where", Node(op, a, b), da, db)


def _branch_slope(condition: Node, a: Node, b: Node, _: Node, da: Node, db: Node) -> Node:
    return da if da is db else Node("where", condition, da, db)


_OPERATIONS = Vocabulary("as a slope", {
    "+": lambda a, b, da, db: plus(da, db),
    "-": lambda a, b, da, db: minus(da, db),
    "neg": lambda a, da: negative(da),
    "*": lambda a, b, da, db: plus(times(da, b), times(a, db)),
    "/": _quotient_slope,
    "^": _power_slope,
    "max": _chosen(">="),
    "min": _chosen("<="),
    "where": _branch_slope,
})  # fmt: skip


# ---------------------------------------------------------------------------- readings

RIGHT, LEFT = 1, -1


@dataclass(frozen=True)
class Reading:
    """What numbers, words and comparisons are in one arithmetic; + - * / are its values' own.

    `compare(op, a, b, side, lean)` answers a comparison. With a side (RIGHT or LEFT) it is asked just
    beside the point: where a and b are equal, the slope of a - b decides, which `lean()` gives, and
    where that is 0 the second derivative, `lean(2)`, and so on.
    """

    number: Callable[[Fraction], Any]
    constant: Callable[[str], Any]
    words: Mapping[str, Callable[..., Any]]
    power: Callable[[Any, int], Any]
    real_power: Callable[[Any, Any], Any]
    compare: Callable[..., Any]
    where: Callable[[Any, Any, Any], Any]


LARGEST_POWER = 1024


def evaluate(node: Node, reading: Reading, values: Mapping[str, Any], side: int = 0) -> Any:
    """Return what the formula is at the given values of its names, in one reading.

    `side` RIGHT or LEFT reads every comparison just beside the point, 0 reads it at the point.
    """
    return Walk(reading, values, side).read(node)


@lru_cache(maxsize=256)
def _plan(node: Node) -> list[tuple[Node, list[Node]]]:
    """Return the nodes in the order of reading, each with those that are not needed after it."""
    last: dict[Node, Node] = {}
    order = postorder(node)
    for n in order:
        last.update(dict.fromkeys(n.children, n))
    done: dict[Node, list[Node]] = {n: [] for n in order}
    for child, parent in last.items():
        done[parent].append(child)
    return list(done.items())


class Walk:
    """One reading of a formula, and of the slopes that its comparisons ask for."""

    def __init__(self, reading: Reading, values: Mapping[str, Any], side: int) -> None:
        """See `evaluate`."""
        self.reading, self.values, self.side = reading, values, side
        self.leans: dict[Node, Any] = {}  # kept, as a comparison within a comparison asks for them again

    def read(self, node: Node) -> Any:
        """Return what a formula is."""
        done: dict[Node, Any] = {}
        for n, finished in _plan(node):
            done[n] = self.one(n, [done[child] for child in n.children])
            for child in finished:
                del done[child]
        return done[node]

    def one(self, n: Node, parts: list[Any]) -> Any:
        """Return what one operation comes to, from what its arguments are."""
        reading = self.reading
        if n.value is not None:
            return reading.number(n.value)
        if n.op in ARITHMETIC:
            return ARITHMETIC[n.op](*parts)
        if n.op == "name":
            return _named(str(n.args[0]), reading, self.values)
        if n.op == "^":
            return _raise(n, parts, reading)
        if n.op == "where":
            return reading.where(*parts)
        if n.op in COMPARISONS:
            return reading.compare(n.op, *parts, self.side, partial(self.lean, n))
        return reading.words[n.op](*parts)

    def lean(self, comparison: Node, order: int = 1) -> Any:
        """Return a derivative of the difference that a comparison looks at, on the same side."""
        slope = Node("-", *comparison.children)
        for _ in range(order):
            slope = derivative(slope)
        if slope not in self.leans:
            self.leans[slope] = self.read(slope)
        return self.leans[slope]


def _named(text: str, reading: Reading, values: Mapping[str, Any]) -> Any:
    if text in values:
        return values[text]
    return reading.constant(text) if text in CONSTANTS else _missing(text)


def _missing(text: str) -> Any:
    raise KeyError(f"the formula's parameter {text} has no value")


def _raise(n: Node, parts: list[Any], reading: Reading) -> Any:
    exponent = n.children[1].value
    if exponent == Fraction(1, 2):
        return reading.words["sqrt"](parts[0])
    if exponent is not None and exponent.denominator == 1 and abs(exponent) <= LARGEST_POWER:
        return reading.power(parts[0], int(exponent))
    return reading.real_power(*parts)


def parameters_of(node: Node) -> set[str]:
    """Return the names in a formula that need a value besides z."""
    return names_in(node) - {"z"}
