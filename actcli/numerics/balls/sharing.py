"""A formula as it is read in balls: what several words need is computed once.

sigmoid(u) and sigmoid(-u) both come from e^-|u|, Phi(u) and phi(u) from e^(-u^2/2), and so on. Here
a formula's tree is rewritten in a few words of this package's own, which the language does not have:

    fall(u) = e^-|u|     gate(u, a, b) = a where u >= 0, else b     near(f) = 1/(1 + f)
    bump(f) = f/(1 + f)^2     bell(u) = e^(-u^2/2)     density(b), cdf(u, b): phi and Phi by their bell
    log_cdf(u) = log(Phi(u))     log_cosh(u) = log(cosh(u))     hazard(u) = phi(u)/Phi(u)
    log1p_power(u, n) = log(1 + u^n)
    turn(u): u less whole turns, for sin and cos of u and of u + c

so that equal parts are equal nodes, which are computed once. Parts without z become constants.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache, reduce

from actcli.language.trees import ONE, Node, name, names_in, number, postorder, write
from actcli.language.words import COMPARISONS, CONSTANTS

TWO = number(2)
MOST_FACTORS = 8  # that are looked at


@lru_cache(256)
def shared(tree: Node) -> Node:
    """Return the formula in the words above, where they save work."""
    return _Sharing(tree).rewritten(tree)


@lru_cache(256)
def constants(tree: Node) -> tuple[Node, dict[str, Node]]:
    """Return the formula with each part that is a number, but no plain one, replaced by a name."""
    done: dict[Node, Node] = {}
    parts: dict[Node, Node] = {}
    steady: set[Node] = set()
    for n in postorder(tree):
        if (n.op != "name" or n.args[0] in CONSTANTS) and steady.issuperset(n.children):
            steady.add(n)
        if n.value is None and n.children and n.op not in COMPARISONS and n in steady:
            done[n] = name(f"constant {len(parts)}")
            parts[done[n]] = n
        else:
            done[n] = _with_children(n, [done[child] for child in n.children])
    kept = set(postorder(done[tree]))
    return done[tree], {str(part.args[0]): n for part, n in parts.items() if part in kept}


def _with_children(n: Node, children: list[Node]) -> Node:
    return Node(n.op, *children) if n.children else n


class _Sharing:
    """What a tree holds that can be shared, and the rewriting of its nodes."""

    def __init__(self, tree: Node) -> None:
        order = postorder(tree)
        self.gates = _found(order, "sigmoid")
        self.bells = _found(order, "Phi") | _found(order, "phi")
        self.falls = {u for u, signs in self.gates.items() if len(signs) > 1}
        for n in order:
            if _is_mish(n):
                self.falls.add(_unsigned(n.children[0].children[0])[0])
        self.rings = {u for u in self.bells if _both(order, u)}
        waves = [_shifted(n.children[0]) for n in order if n.op in ("sin", "cos")]
        self.turned = {u for u, c in waves if c is not None or [v for v, _ in waves].count(u) > 1}
        self.done: dict[Node, Node] = {}

    def rewritten(self, tree: Node) -> Node:
        """Return the tree with each node rewritten, the innermost first."""
        for n in postorder(tree):
            if n not in self.done:
                self.done[n] = self.one(n)
        return self.done[tree]

    def one(self, n: Node) -> Node:
        """Rewrite a node whose children are done."""
        if n.op == "*":
            return self.product(n)
        rule = _RULES.get("mish" if _is_mish(n) else n.op)
        return rule(self, n) if rule else self.plain(n)

    def plain(self, n: Node) -> Node:
        """Return a node with its children rewritten."""
        return _with_children(n, [self.done[child] for child in n.children])

    def product(self, n: Node) -> Node:
        """Rewrite a product; sigmoid(u)*sigmoid(-u) in it is one bump."""
        factors = list(_factors(n))
        bumps = []
        for u in self.gates:
            for one, other in zip(_gates_in(factors, u, 1), _gates_in(factors, u, -1), strict=False):
                factors.remove(one)
                factors.remove(other)
                bumps.append(Node("bump", self.fall(u)))
        if not bumps:
            return self.plain(n)
        return reduce(_times, reversed([*map(self.rewritten, factors), *bumps]))

    def sigmoid(self, n: Node) -> Node:
        """Rewrite sigmoid(u), if sigmoid(-u) is there too."""
        u, sign = _unsigned(n.children[0])
        if u not in self.falls:
            return self.plain(n)
        fall = self.fall(u)
        near = Node("near", fall)
        ends = (near, Node("*", fall, near))
        return Node("gate", self.rewritten(u), *ends[::sign])

    def fall(self, u: Node) -> Node:
        """Return e^-|u|; e^(-2 softplus(v)) is sigmoid(-v)^2."""
        if u.op == "*" and u.children[0] is TWO and u.children[1].op == "softplus":
            v = u.children[1].children[0]
            gate = self.rewritten(Node("sigmoid", Node("neg", v)))
            return Node("^", gate, TWO)
        return Node("fall", self.rewritten(u))

    def mish(self, n: Node) -> Node:
        """Rewrite tanh(softplus(u)) = (w^2 + 2w)/(w^2 + 2w + 2), w = e^u, or the same over w^2."""
        v = n.children[0].children[0]
        u, sign = _unsigned(v)
        fall = self.fall(u)
        square, twice = Node("^", fall, TWO), Node("*", TWO, fall)
        tops = (Node("+", ONE, twice), Node("+", square, twice))
        rests = (Node("*", TWO, square), TWO)
        at = self.rewritten(u)
        top, rest = (Node("gate", at, *ends[::sign]) for ends in (tops, rests))
        return Node("/", top, Node("+", top, rest))

    def normal(self, n: Node) -> Node:
        """Rewrite Phi(u) or phi(u) if the other is there too."""
        u = _unsigned(n.children[0])[0]
        if u not in self.rings:
            return self.plain(n)
        bell = Node("bell", self.rewritten(u))
        if n.op == "phi":
            return Node("density", bell)
        return Node("cdf", self.rewritten(n.children[0]), bell)

    def wave(self, n: Node) -> Node:
        """Rewrite sin or cos of u or u + c, if others of u are there too, or a constant to be added."""
        u, c = _shifted(n.children[0])
        if u not in self.turned:
            return self.plain(n)
        turned = Node("turn", self.rewritten(u))
        return Node(n.op, turned if c is None else Node(n.children[0].op, turned, c))

    def log1p(self, n: Node) -> Node:
        """Rewrite log(1 + u^n) and log(1 + e^u), which are known where u^n and e^u overflow."""
        u, exponent = _even_power(n.children[0])
        if u.op == "exp":
            return Node("softplus", self.rewritten(u.children[0]))
        return self.plain(n) if exponent is None else Node("log1p_power", self.rewritten(u), exponent)

    def quotient(self, n: Node) -> Node:
        """Rewrite phi(u)/Phi(u), which is known where both are too small."""
        top, bottom = n.children
        if (top.op, bottom.op) != ("phi", "Phi") or top.children != bottom.children:
            return self.plain(n)
        return Node("hazard", self.rewritten(top.children[0]))

    def log(self, n: Node) -> Node:
        """Rewrite log of Phi(u), cosh(u), u^n and 1 + u, known where these are too small or too large."""
        inner = n.children[0]
        u, exponent = _even_power(inner)
        if exponent is not None:
            return Node("*", exponent, Node("log", Node("abs", self.rewritten(u))))
        if inner.op == "+" and ONE in inner.children:
            left, right = inner.children
            return self.log1p(Node("log1p", right if left is ONE else left))
        known = {"Phi": "log_cdf", "cosh": "log_cosh"}.get(inner.op)
        return Node(known, self.rewritten(inner.children[0])) if known else self.plain(n)


_RULES: dict[str, Callable[[_Sharing, Node], Node]] = {
    "sigmoid": _Sharing.sigmoid,
    "mish": _Sharing.mish,
    "log": _Sharing.log,
    "log1p": _Sharing.log1p,
    "/": _Sharing.quotient,
    "sin": _Sharing.wave,
    "cos": _Sharing.wave,
    "Phi": _Sharing.normal,
    "phi": _Sharing.normal,
}


def _times(right: Node, left: Node) -> Node:
    return Node("*", left, right)


def _found(order: list[Node], word: str) -> dict[Node, set[int]]:
    """Return the arguments of a word without their signs, and the signs."""
    found: dict[Node, set[int]] = {}
    for n in order:
        if n.op == word:
            u, sign = _unsigned(n.children[0])
            found.setdefault(u, set()).add(sign)
    return found


def _shifted(argument: Node) -> tuple[Node, Node | None]:
    """Return u and c of an argument u + c or u - c, or the argument and None."""
    if argument.op in ("+", "-") and not names_in(argument.children[1]):
        return argument.children[0], argument.children[1]
    return argument, None


def _even_power(n: Node) -> tuple[Node, Node | None]:
    """Return u and n of a power u^n, n even and positive, or the formula and None."""
    exponent = n.children[1].value if n.op == "^" else None
    return (n.children[0], number(exponent)) if exponent and exponent > 0 and exponent % 2 == 0 else (n, None)


def _both(order: list[Node], u: Node) -> bool:
    words = {n.op for n in order if n.op in ("Phi", "phi") and _unsigned(n.children[0])[0] is u}
    return len(words) == 2


def _is_mish(n: Node) -> bool:
    return n.op == "tanh" and n.children[0].op == "softplus"


def _gates_in(factors: list[Node], u: Node, sign: int) -> list[Node]:
    """Return the factors that are sigmoid(u), or sigmoid(-u), as often as they are there."""
    return [n for n in factors if n.op == "sigmoid" and _unsigned(n.children[0]) == (u, sign)]


def _factors(n: Node) -> Iterator[Node]:
    """Yield the factors of a product, from left to right."""
    chain: list[Node] = []
    while n.op == "*" and len(chain) < MOST_FACTORS:
        chain.append(n.children[1])
        n = n.children[0]
    yield from (n, *reversed(chain))


@lru_cache(1024)
def _unsigned(u: Node) -> tuple[Node, int]:
    """Return u or -u, whichever is written without a sign in front, and which it is.

    A difference stands with the side first that is written first, so that a - b and b - a meet.
    """
    if u.value is not None:
        return (number(-u.value), -1) if u.value < 0 else (u, 1)
    if u.op == "neg":
        inner, sign = _unsigned(u.children[0])
        return inner, -sign
    if u.op in ("*", "/") and len(list(_factors(u))) < MOST_FACTORS:
        (a, s), (b, t) = map(_unsigned, u.children)
        return Node(u.op, a, b), s * t
    if u.op == "-" and write(u.children[1]) < write(u.children[0]):
        return Node("-", u.children[1], u.children[0]), -1
    return u, 1
