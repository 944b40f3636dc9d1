"""Formulas as people write them: numbers, signs and equal factors cancelled; and which are the same."""

from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import lru_cache

from actcli.language.calculus import minus, over, plus, times
from actcli.language.formula import parse
from actcli.language.trees import ONE, ZERO, Node, is_short, name, number, postorder, rebuilt, substitute

MOST_NODES = 300  # of a formula that is worked on
MOST_POWER = 64
DIVISORS = (2, 3, 4, 6, 7, 8, 9)  # that are written below a line: z/2, but 0.1*z and 1.5*z
PERIODIC = (3, 6, 7, 9)  # the decimals of these never end: 2*z/3
LONGHAND = {
    "sigmoid": "1/(1 + exp(-z))",
    "softplus": "log(1 + exp(z))",
    "log1p": "log(1 + z)",
    "expm1": "exp(z) - 1",
    "tanh": "(exp(z) - exp(-z))/(exp(z) + exp(-z))",
}


@lru_cache(maxsize=256)
def tidied(node: Node) -> Node:
    """Return a formula with what cancels in its products and quotients cancelled, and e^u as exp(u)."""
    return node if len(postorder(node)) > MOST_NODES else rebuilt(node, _tidy)


def _tidy(node: Node) -> Node:
    if node.value is not None:
        return node
    if node.op == "^" and node.children[0] is name("e"):
        return Node("exp", node.children[1])
    if node.op in ("+", "-"):
        left, right = node.children
        if node.op == "-" and left is right:
            return ZERO
        return _collected(plus(left, right) if node.op == "+" else minus(left, right))
    return product_of(node) if node.op in ("*", "/", "neg") else node


def _collected(node: Node) -> Node:
    """Return a sum with equal terms put together: a*z + a*z as 2*a*z."""
    if len(postorder(node)) > MOST_NODES // 6:
        return node
    terms: dict[Node, Fraction] = {}
    summands = list(_summands(node, 1))
    for factor, rest in summands:
        terms[rest] = terms.get(rest, Fraction(0)) + factor
    if len(terms) == len(summands):
        return node
    total: Node = ZERO
    for rest, factor in terms.items():
        total = plus(total, times(number(factor), rest))
    return total


def _summands(node: Node, sign: int) -> Iterator[tuple[Fraction, Node]]:
    if node.op in ("+", "-"):
        yield from _summands(node.children[0], sign)
        yield from _summands(node.children[1], sign if node.op == "+" else -sign)
        return
    if node.op == "neg":
        yield from _summands(node.children[0], -sign)
        return
    factor = factor_of(node)
    plain = node if factor in (0, 1) else tidied(over(node, number(factor)))
    yield (factor or Fraction(1)) * sign, plain


def product_of(node: Node, rewritten: Callable[["Counter[Node]"], None] = lambda _: None) -> Node:
    """Return a product with equal factors put together, after their powers were rewritten."""
    powers: Counter[Node] = Counter()
    factor = _collect(node, 1, powers)
    rewritten(powers)
    for root in [n for n in powers if n.op == "sqrt" and (n.children[0].value or 0) > 0]:
        inside = root.children[0].value or Fraction(1)
        halves, powers[root] = divmod(powers[root], 2)
        factor = factor and factor * inside**halves
        if powers[root] and factor and factor.denominator % inside == 0:  # z/sqrt(2), not z*sqrt(2)/2
            factor, powers[root] = factor * inside, -1
    if factor is None or not is_short(factor):
        return node
    above, below = factor, Fraction(1)
    if factor.denominator in (DIVISORS if abs(factor.numerator) == 1 else PERIODIC):
        above, below = Fraction(factor.numerator), Fraction(factor.denominator)
    top = [_power(base, power) for base, power in powers.items() if power > 0]
    top.sort(key=lambda n: n.op != "name" or n is name("z"))  # parameters come first
    bottom = [_power(base, -power) for base, power in powers.items() if power < 0]
    return _quotient(above, top, ([number(below)] if below != 1 else []) + bottom)


def _quotient(factor: Fraction, top: list[Node], bottom: list[Node]) -> Node:
    if not factor:
        return ZERO
    if not top or abs(factor) != 1:
        top = [number(factor), *top]
    elif factor < 0:
        top = [Node("neg", top[0]), *top[1:]]
    return Node("/", _times(top), _times(bottom)) if bottom else _times(top)


def _times(factors: list[Node]) -> Node:
    node = factors[0]
    for other in factors[1:]:
        node = Node("*", node, other)
    return node


def _power(base: Node, power: int) -> Node:
    return base if power == 1 else Node("^", base, number(power))


def _collect(node: Node, power: int, found: "Counter[Node]") -> Fraction | None:
    """Count the powers of what a product is made of; return its number, or None beside a zero below."""
    if node.value is not None:
        return None if (not node.value and power < 0) or abs(power) > MOST_POWER else node.value**power
    if node.op in ("*", "/"):
        left = _collect(node.children[0], power, found)
        right = _collect(node.children[1], power if node.op == "*" else -power, found)
        return None if left is None or right is None else left * right
    if node.op == "neg":
        rest = _collect(node.children[0], power, found)
        return None if rest is None else rest * Fraction(-1) ** power
    exponent = node.children[1].value if node.op == "^" else None
    if exponent is not None and exponent.denominator == 1 and 0 < exponent * abs(power) <= MOST_POWER:
        return _collect(node.children[0], power * int(exponent), found)
    found[node] += power
    return Fraction(1)


def factor_of(node: Node) -> Fraction:
    """Return the number that stands in a product."""
    return _collect(node, 1, Counter()) or Fraction(0)


# ---------------------------------------------------------------------------- the same formula


def likeness(node: Node) -> str:
    """Return a text that two formulas share only if they are the same; empty for one that is too long."""
    plain = tidied(node)
    return "" if len(postorder(plain)) > MOST_NODES // 6 else _alike(tidied(rebuilt(plain, _in_longhand)))


def _in_longhand(n: Node) -> Node:
    return substitute(parse(LONGHAND[n.op]), {"z": n.children[0]}) if n.op in LONGHAND else n


def _alike(node: Node) -> str:
    if node.value is not None:
        return str(node.value)
    if node.op in ("+", "-"):
        return f"({' + '.join(sorted(_terms(node, 1)))})"
    if node.op in ("*", "/", "neg"):
        powers: Counter[Node] = Counter()
        factor = _collect(node, 1, powers)
        return f"{factor} " + " ".join(sorted(f"{_alike(n)}^{power}" for n, power in powers.items() if power))
    parts = [_alike(child) for child in node.children] or [str(node.args[0])]
    return f"{node.op}({', '.join(sorted(parts) if node.op in ('max', 'min') else parts)})"


def _terms(node: Node, sign: int) -> list[str]:
    if node.op in ("+", "-") and node.value is None:
        left, right = node.children
        return _terms(left, sign) + _terms(right, sign if node.op == "+" else -sign)
    return [_alike(node if sign > 0 else tidied(Node("neg", node)))]


# ---------------------------------------------------------------------------- the form in a


def in_steps(derived: Node, form: Node, definition: Node) -> list[Node]:
    """Return how a slope becomes its form in a: what is in between, each equal to the one before."""
    if any(n.op in ("where", "min", "max") for n in postorder(Node("+", form, definition))):
        return [form]
    back = substitute(form, {"a": definition})
    factors = form.children if form.op == "*" else ()
    joined = [_joined(substitute(factor, {"a": definition})) for factor in factors]
    middle = [_times(joined)] if joined and _times(joined) is not back else []
    found = [_split(derived), *middle, back, form]
    return [n for before, n in zip([derived, *found], found, strict=False) if n is not before]


def _split(node: Node) -> Node:
    """Return (q - p)/q as 1 - p/q."""
    if (
        node.op == "/"
        and node.children[0].op in ("+", "-")
        and node.children[0].children[0] is node.children[1]
    ):
        return Node(node.children[0].op, ONE, Node("/", node.children[0].children[1], node.children[1]))
    return node


def _joined(node: Node) -> Node:
    """Return 1 - p/(p + r) as r/(p + r)."""
    if node.op == "-" and node.children[0] is ONE and node.children[1].op == "/":
        p, q = node.children[1].children
        if q.op == "+" and p in q.children:
            return Node("/", q.children[q.children[0] is p], q)
    return node
