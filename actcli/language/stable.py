"""Formulas rewritten by identities so that ordinary arithmetic keeps the digits that they have."""

from collections import Counter
from functools import cache, partial

from actcli.language.calculus import parameters_of
from actcli.language.formula import parse
from actcli.language.tidy import product_of, tidied
from actcli.language.trees import Node, name, number, postorder, rebuilt, substitute

# In each u and v are any formulas, w is -u and c a number; both sides are equal wherever both have a value.
RULES = {
    "log(1 + exp(u))": "softplus(u)",
    "log1p(exp(u))": "softplus(u)",
    "log(1 + u)": "log1p(u)",
    "log(1 - u)": "log1p(-u)",
    "log(sigmoid(u))": "-softplus(-u)",
    "log(cosh(u))": "where(abs(u) < 1, log1p(2*sinh(u/2)^2), abs(u) + log1p(exp(-2*abs(u))) - log(2))",
    "exp(u) - 1": "expm1(u)",
    "1 - exp(u)": "-expm1(u)",
    "exp(u) - exp(w)": "2*sinh(u)",
    "exp(u) + exp(w)": "2*cosh(u)",
    "1 - sigmoid(u)": "sigmoid(-u)",
    "1 - Phi(u)": "Phi(-u)",
    "1 - erf(u)": "erfc(u)",
    "1 + erf(u)": "erfc(-u)",
    "1 - tanh(u)": "2*sigmoid(-2*u)",
    "1 + tanh(u)": "2*sigmoid(2*u)",
    "1 - tanh(u)^2": "4*sigmoid(2*u)*sigmoid(-2*u)",
    "1 - cos(u)": "2*sin(u/2)^2",
    "1 + cos(u)": "2*cos(u/2)^2",
    "sin(u + c)": "sin(u)*cos(c) + cos(u)*sin(c)",
    "sqrt(1 + u) - 1": "u/(sqrt(1 + u) + 1)",
}
# Those whose two sides have a value everywhere, and more of them.
TOTAL = {pattern: RULES[pattern] for pattern in (
    "log(1 + exp(u))", "log1p(exp(u))", "1 - sigmoid(u)", "1 - Phi(u)", "1 - erf(u)", "1 + erf(u)",
)} | {
    "1/(1 + exp(u))": "sigmoid(-u)",
    "2*sigmoid(u) - 1": "tanh(u/2)",
    "exp(u)/(1 + exp(u))": "sigmoid(u)",
    "v*exp(u)/(1 + exp(u))": "v*sigmoid(u)",
    "(1 - exp(u))/(1 + exp(u))": "-tanh(u/2)",
    "(exp(u) - 1)/(1 + exp(u))": "tanh(u/2)",
    "c/(1 + exp(u))": "c*sigmoid(-u)",
    "v/(1 + exp(u))": "v*sigmoid(-u)",
    "sinh(u)/cosh(u)": "tanh(u)",
    "(exp(u) - exp(w))/(exp(u) + exp(w))": "tanh(u)",
}  # fmt: skip
# Not equal but nearly: far out the asymptotic series, off by less than 2^-33 of the value.
ASYMPTOTIC = {
    "log(Phi(u))": "where(u >= 0, log1p(-Phi(-u)), where(u > -20, log(Phi(u)),"
    " log1p(-1/u^2 + 3/u^4 - 15/u^6 + 105/u^8) - u^2/2 - log(-u) - log(2*pi)/2))",
    "u/(1 + u^2) - atan(1/u)": "where(abs(u) < 32, u/(1 + u^2) - atan(1/u),"
    " -(2/3 - (4/5 - (6/7 - 8/(9*u^2))/u^2)/u^2)/u^3)",
}
# Products of two factors; the second may stand below the line. The last one is such a tail, too.
PRODUCTS = {
    ("exp(u)", "sigmoid(w)", 1): "sigmoid(u)",
    ("expm1(u)", "sigmoid(w)", 1): "tanh(u/2)",
    ("sinh(u)", "cosh(u)", -1): "tanh(u)",
    ("phi(u)", "Phi(u)", -1): "where(u > -20, phi(u)/Phi(u), -u/(1 - 1/u^2 + 3/u^4 - 15/u^6 + 105/u^8))",
}
Bound = dict[str, Node]


def stable(node: Node, exactly: bool = False) -> Node:
    """Return a formula that is equal wherever this one has a value, with the words that keep digits.

    Unless it must be `exactly` equal the tails that would cancel are asymptotic series.
    """
    return rebuilt(tidied(node), lambda n: _better(tidied(n), exactly))


def in_words(node: Node) -> Node:
    """Return a formula with the words that parts of it spell out, with a value wherever this one has one."""
    return rebuilt(node, _word)


def _word(node: Node) -> Node:
    for pattern, word in _total().items():
        if (found := _matched(pattern, node, {})) is not None:
            return substitute(word, found)
    return node


@cache
def _total() -> dict[Node, Node]:
    return {parse(pattern): parse(word) for pattern, word in TOTAL.items()}


def _better(node: Node, exactly: bool) -> Node:
    if node.value is None and node.op in ("*", "/", "neg"):
        return tidied(product_of(node, partial(_products, exactly=exactly)))
    if node.op == "+" and node.children[0].op == "neg" and node.children[0].value is not None:
        node = Node("-", node.children[1], number(-node.children[0].value))
    for pattern, better in _read(exactly).items():
        if (found := _matched(pattern, node, {})) is not None:
            return tidied(substitute(better, found))
    return node


@cache
def _read(exactly: bool) -> dict[Node, Node]:
    rules = RULES if exactly else RULES | ASYMPTOTIC
    return {parse(pattern): parse(better) for pattern, better in rules.items()}


def _products(powers: "Counter[Node]", exactly: bool) -> None:
    """Rewrite factors that are better together: exp(u)/(1 + exp(u)) is sigmoid(u)."""
    for base in [n for n in powers if n.op == "+" and powers[n] < 0]:
        if (found := _matched(parse("1 + exp(u)"), base, {})) is not None:
            powers[tidied(substitute(parse("sigmoid(-u)"), found))] -= powers.pop(base)
    for base in [n for n in powers if n.op == "erfc"]:
        normal = tidied(substitute(parse("-sqrt(2)*u"), {"u": base.children[0]}))
        if "sqrt" not in {n.op for n in postorder(normal)}:
            powers[Node("Phi", normal)] += (power := powers.pop(base))
            powers[number(2)] += power
    for (first, second, sign), better in [*PRODUCTS.items()][: -1 if exactly else None]:
        for base in [n for n in powers if powers[n] > 0]:
            if (found := _matched(parse(first), base, {})) is not None:
                other = tidied(substitute(parse(second), found | {"w": _minus(found["u"])}))
                if (times := min(powers[base], sign * powers[other])) > 0:
                    powers[base] -= times
                    powers[other] -= sign * times
                    powers[tidied(substitute(parse(better), found))] += times


def _minus(node: Node) -> Node:
    return tidied(Node("neg", node))


def _matched(pattern: Node, node: Node, bound: Bound) -> Bound | None:
    """Return what u, w and c stand for where a formula is a pattern, in any order of its terms."""
    if pattern.op == "name":
        return _named(str(pattern.args[0]), node, bound)
    if pattern.value is not None or pattern.op != node.op:
        return bound if pattern.value is not None and pattern.value == node.value else None
    orders = [node.children, node.children[::-1]] if node.op in ("+", "*") else [node.children]
    for children in orders:
        found: Bound | None = bound
        for part, child in zip(pattern.children, children, strict=True):
            found = None if found is None else _matched(part, child, found)
        if found is not None:
            return found
    return None


def _named(key: str, node: Node, bound: Bound) -> Bound | None:
    steady = not parameters_of(node) and name("z") not in postorder(node)
    if key == "w":
        return bound if _minus(node) is bound.get("u") else None
    if steady != (key == "c"):
        return None
    return bound | {key: node} if bound.get(key, node) is node else None
