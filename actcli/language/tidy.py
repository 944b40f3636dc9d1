"""Formulas as people write them: numbers, signs and equal factors cancelled; and which are the same."""

from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import lru_cache

from actcli.language.calculus import minus, over, plus, times
from actcli.language.formula import parse
from actcli.language.trees import (
    ONE,
    TOO_LONG,
    ZERO,
    Node,
    is_short,
    name,
    names_in,
    number,
    postorder,
    rebuilt,
    replaced,
    substitute,
    write,
)

MOST_NODES = 300  # of a formula that is worked on
MOST_POWER = 64
MUCH_SHORTER = 0.7  # of the length: for a sum that has more terms
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


@lru_cache(maxsize=4096)  # as a formula is tidied again when it has become a part of another
def _tidy(node: Node) -> Node:
    if node.value is not None:
        folds = node.op in ("+", "-") or (node.op in ("*", "/") and node.value.denominator == 1)
        return number(node.value) if folds else node
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
    summands, known = list(_summands(node, 1)), dict[str, Node]()
    for factor, rest in summands:
        alike = known.setdefault(_alike(rest), rest)  # u*v and v*u are one
        terms[alike] = terms.get(alike, Fraction(0)) + factor
    if len(terms) == len(summands) or not all(map(is_short, terms.values())):
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
    for base in [n for n in powers if n.op == "exp" and powers[n] > 0]:
        other = Node("exp", tidied(Node("neg", base.children[0])))
        if powers.get(other, 0) > 0:
            times_both = min(powers[base], powers[other])
            powers[base], powers[other] = powers[base] - times_both, powers[other] - times_both
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
    top.sort(key=_rank)
    bottom = [_power(base, -power) for base, power in powers.items() if power < 0]
    return _quotient(above, top, ([number(below)] if below != 1 else []) + bottom)


def _rank(factor: Node) -> int:
    """Return where in a product a factor stands: parameters, other constants, z, all else."""
    plain = factor.op == "name"
    return (0 if factor is not name("z") else 2) if plain else 3 if "z" in names_in(factor) else 1


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


def expanded(node: Node) -> Node:
    """Return a formula with sums multiplied out in its sums, where that leaves less to write."""
    return node if len(postorder(node)) > MOST_NODES else rebuilt(node, _expanded)


def _expanded(node: Node) -> Node:
    if node.value is not None or len(postorder(node)) > MOST_NODES // 6:
        return node
    if node.op == "/":
        return _without_roots(node)
    if node.op not in ("+", "-"):
        return node
    open_sum = _collected(_multiplied_out(node))
    fewer = len([*_summands(open_sum, 1)]) <= len([*_summands(node, 1)])
    room = len(write(node)) * (1 if fewer else MUCH_SHORTER)
    return open_sum if len(write(open_sum)) < room else node


def _without_roots(node: Node) -> Node:
    """Return (s - u/s)/v as (s^2 - u)/(v*s), where s is a square root."""
    above, below = node.children
    terms = [tidied(over(rest, number(1 / factor))) for factor, rest in _summands(above, 1)]
    roots = {n for term in terms for n in _below(term) if n.op == "sqrt"}
    if len(terms) < 2 or len(roots) != 1:
        return node
    (root,) = roots
    square = Node("^", root, number(2))
    total = ZERO
    for term in terms:
        total = plus(total, replaced(tidied(times(term, root)), {square: root.children[0]}))
    found = tidied(over(_expanded(tidied(total)), times(below, root)))
    return found if len(write(found)) < len(write(node)) else node


def _below(term: Node) -> list[Node]:
    powers: Counter[Node] = Counter()
    _collect(term, 1, powers)
    return [n for n, power in powers.items() if power < 0]


def _multiplied_out(node: Node) -> Node:
    if node.op in ("+", "-"):
        return Node(node.op, *map(_multiplied_out, node.children))
    powers: Counter[Node] = Counter()
    factor = _collect(node, 1, powers)
    sums = [n for n in powers if n.op in ("+", "-") and powers[n] == 1]
    if not sums or factor is None:
        return node
    rest = tidied(over(node, sums[0]))
    parts = (_multiplied_out(tidied(times(rest, term))) for term in sums[0].children)
    return Node(sums[0].op, *parts)


def in_books(node: Node) -> Node:
    """Return a formula with 1 - tanh(u)^2, 1 - sigmoid(u), exp(u) - 1, log(1 + u) for what keeps digits."""
    return node if len(postorder(node)) > MOST_NODES else rebuilt(node, _in_books)


def _in_books(n: Node) -> Node:
    if n.op in ("*", "/", "neg") and n.value is None:
        return tidied(product_of(n, lambda powers: _paired(powers, factor_of(n))))
    if n.op in ("+", "-") and n.children[1].op == "-" and n.children[1].children[1] is ONE:
        left, right = n.children[0], n.children[1].children[0]
        return Node("-", plus(left, right), ONE) if n.op == "+" else plus(Node("-", ONE, right), left)
    if n.op == "sigmoid" and factor_of(n.children[0]) < 0:
        return Node("-", ONE, Node("sigmoid", tidied(Node("neg", n.children[0]))))
    if n.op == "expm1":
        return Node("-", Node("exp", n.children[0]), ONE)
    return Node("log", tidied(plus(ONE, n.children[0]))) if n.op == "log1p" else n


def _paired(powers: "Counter[Node]", factor: Fraction) -> None:
    """Return 4*sigmoid(2*u)*(1 - sigmoid(2*u)) as 1 - tanh(u)^2, and -(exp(u) - 1) as 1 - exp(u)."""
    for base in [*powers]:
        u, other = base.children[0] if base.op == "sigmoid" else ZERO, Node("-", ONE, base)
        if powers[base] == powers[other] == 1 and factor_of(u) % 2 == 0 and factor % 4 == 0 and u is not ZERO:
            del powers[base], powers[other]
            tanh = Node("^", Node("tanh", tidied(over(u, number(2)))), number(2))
            powers[Node("-", ONE, tanh)], powers[number(4)] = 1, -1
        if factor < 0 and base.op == "-" and base.children[1] is ONE and powers[base] == 1:
            del powers[base]
            powers[Node("-", ONE, base.children[0])], powers[number(-1)] = 1, 1
            factor = -factor


# ---------------------------------------------------------------------------- the same formula


def likeness(node: Node) -> str:
    """Return a text that two formulas share only if they are the same; empty for one that is too long."""
    plain = tidied(node)
    if len(postorder(plain)) > MOST_NODES // 6:
        return ""
    plain = tidied(rebuilt(plain, _in_longhand))
    return "" if write(plain) == TOO_LONG else _alike(plain)


def _in_longhand(n: Node) -> Node:
    if n.op == "tanh" and factor_of(n.children[0]) < 0:
        return tidied(Node("neg", _in_longhand(Node("tanh", tidied(Node("neg", n.children[0]))))))
    return substitute(parse(LONGHAND[n.op]), {"z": n.children[0]}) if n.op in LONGHAND else n


def _alike(node: Node) -> str:
    if node.value is not None:
        return _digits(node.value)
    if node.op in ("+", "-"):
        return f"({' + '.join(sorted(_terms(node, 1)))})"
    if node.op in ("*", "/", "neg"):
        powers: Counter[Node] = Counter()
        factor = _collect(node, 1, powers)
        parts = sorted(f"{_alike(n)}^{power}" for n, power in powers.items() if power)
        return f"{_digits(factor or Fraction(0))} {' '.join(parts)}"
    parts = [_alike(child) for child in node.children] or [str(node.args[0])]
    return f"{node.op}({', '.join(sorted(parts) if node.op in ('max', 'min') else parts)})"


def _digits(value: Fraction) -> str:
    return f"{value.numerator:x}/{value.denominator:x}"


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
