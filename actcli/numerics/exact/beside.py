"""A formula just beside a point: its limit and that of its derivative, on one side."""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from flint import arb, ctx, fmpq

from actcli.language.calculus import slope_of_order
from actcli.language.trees import Node, Z, name, names_in, number, postorder
from actcli.language.words import COMPARISONS, RELATIONS
from actcli.numerics.exact import growth
from actcli.numerics.exact.branches import (
    ENDLESS,
    FLAT_ONE,
    FLAT_ZERO,
    Algebra,
    Branch,
    NeedsRootError,
    NotKnownError,
    as_branch,
    bare,
    coefficient,
    constant,
    leads,
    only_tail,
    sign_of,
    tells,
)
from actcli.numerics.exact.growth import Lead
from actcli.numerics.exact.realwords import RATIONALS, SERIES, end_forms, far_form

MOST_ROOTS = 360  # q beyond which a formula is given up
LENGTHS = (12, 48, 160)  # terms that are kept, more where these do not tell

Value = Branch | bool | float | None  # nan: no real number; None: not known


class _Reader:
    """A formula read in an algebra: what is not known or no number costs only what needs it."""

    def __init__(self, algebra: Algebra, constant_of: Callable[[Node], Any]) -> None:
        self.algebra, self.constant_of = algebra, constant_of

    def read(self, tree: Node, z: Branch) -> Value:
        values: dict[Node, Value] = {Z: z}
        for n in [n for n in postorder(tree) if n is not Z]:
            try:
                values[n] = self.step(n, [values[child] for child in n.children])
            except (NotKnownError, ValueError, ZeroDivisionError):
                values[n] = None
        return values[tree]

    def step(self, n: Node, args: list[Any]) -> Value:
        if n.value is not None:
            return constant(fmpq(n.value.numerator, n.value.denominator))
        if n.op == "name":
            ball = self.constant_of(n)
            return constant(ball) if ball.is_finite() else None
        if n.op == "where":
            return None if args[0] is None else args[1 if args[0] else 2]
        if any(isinstance(a, float) for a in args):
            return n.op == "!=" if n.op in COMPARISONS else math.nan
        if any(a is None for a in args):
            return None
        return self.operation(n, args)

    def operation(self, n: Node, args: list[Branch]) -> Value:
        algebra = self.algebra
        if n.op in COMPARISONS:
            return bool(RELATIONS[n.op](self.compared(*args), 0))
        if n.op in ("+", "-"):
            return algebra.add(args[0], args[1] if n.op == "+" else algebra.negative(args[1]))
        if n.op == "neg":
            return algebra.negative(args[0])
        if n.op == "*":
            return algebra.multiply(*args)
        if n.op == "/":
            inverse = algebra.inverse(args[1])
            return inverse if isinstance(inverse, float) else algebra.multiply(args[0], inverse)
        if n.op == "^":
            return self.word("exp", args[1]) if n.children[0] is name("e") else self.power(*args)
        if n.op in ("min", "max"):
            return args[0] if self.compared(*args) == (1 if n.op == "max" else -1) else args[1]
        if n.op in ("abs", "sign"):
            sign = algebra.sign(args[0])
            kept = algebra.negative(args[0]) if sign < 0 else args[0]
            return constant(fmpq(sign)) if n.op == "sign" else kept
        return self.floor(args[0]) if n.op == "floor" else self.word(n.op, args[0])

    def compared(self, a: Branch, b: Branch) -> int:
        """Return the sign of a - b; what max(a, b) has taken is a itself."""
        return 0 if a is b else self.algebra.sign(self.algebra.add(a, self.algebra.negative(b)))

    def word(self, op: str, u: Branch) -> Value:
        if self.algebra.tends(u) and (form := far_form(op, self.algebra.sign(u) > 0)):
            return self.read(form, u)
        for edge, form in end_forms(op):
            gap = self.read(edge, u)
            if not isinstance(gap, Branch) or self.algebra.sign(gap) < 0:
                return None if gap is None else math.nan
            if not gap.terms or gap.low > 0:
                return self.read(form, u)
        return word(self.algebra, op, u)

    def power(self, a: Branch, b: Branch) -> Value:
        is_polynomial = b.end >= ENDLESS and not (b.logs or b.tail or b.blurred)
        exponent = coefficient(b, 0) if is_polynomial and b.low == 0 and len(b.terms) <= 1 else None
        if not b.terms and is_polynomial:
            return FLAT_ONE
        if isinstance(exponent, fmpq):
            return self.algebra.power(a, exponent)
        base = logarithm(self.algebra, a)
        if isinstance(base, float):
            return base
        return word(self.algebra, "exp", self.algebra.multiply(b, base))

    def floor(self, a: Branch) -> Value:
        if self.algebra.swings and self.algebra.tends(a):
            return self.algebra.add(a, Branch(0, (), 0))
        start = self.algebra.limit(a)
        whole = start.floor() if isinstance(start, fmpq) else start.floor().unique_fmpz()
        if whole is None:
            raise NotKnownError
        return constant(fmpq(whole) - (self.algebra.sign(self.algebra.add(a, constant(-fmpq(whole)))) < 0))


class _Leads(_Reader):
    """A formula read in series as far as there are such, and in leading terms beyond."""

    def operation(self, n: Node, args: list[Any]) -> Any:
        if not any(isinstance(a, Lead) for a in args):
            try:
                found = super().operation(n, args)
                if not isinstance(found, Branch) or tells(found):
                    return found
            except NotKnownError:
                pass
            except NeedsRootError as needed:
                if needed.degree * abs(self.algebra.power_of_z) <= MOST_ROOTS:
                    raise
        if n.op == "^" and "z" in names_in(n.children[1]):
            return self.raised(*args)
        return self.leading(n, *(growth.lead_of(self.algebra, a) for a in args))

    def leading(self, n: Node, a: Lead, b: Lead = growth.ZERO) -> Any:
        if n.op in COMPARISONS or n.op in ("min", "max"):
            sign = sign_of(growth.add(a, growth.opposite(b)).factor)
            return bool(RELATIONS[n.op](sign, 0)) if n.op in COMPARISONS else a if sign == _TAKES[n.op] else b
        if n.op in ("abs", "sign"):
            return constant(fmpq(sign_of(a.factor))) if n.op == "sign" else a._replace(factor=abs(a.factor))
        if n.op == "^":
            return growth.power(a, b.factor)
        if n.op in _LEADING:
            return _LEADING[n.op](a, b)
        form = far_form(n.op, a.factor > 0) if growth.growth(a) > 0 else None
        return self.read(form, a) if form else growth.word(n.op, a)  # type: ignore[arg-type]

    def raised(self, base: Branch | Lead, exponent: Branch | Lead) -> Lead | float:
        """Return a^b as a^c exp((b - c)*log(a)), where b tends to a number c that is known."""
        a = growth.lead_of(self.algebra, base)
        fixed = coefficient(exponent, 0) if isinstance(exponent, Branch) and exponent.low == 0 else fmpq(0)
        if isinstance(exponent, Branch) and fixed != 0:
            exponent = self.algebra.add(exponent, constant(-fixed))
        log, factor = growth.log(a), growth.power(a, fixed) if fixed != 0 else growth.ONE
        if isinstance(log, float) or isinstance(factor, float):
            return math.nan
        rest = growth.multiply(growth.lead_of(self.algebra, exponent), log)
        return growth.multiply(factor, growth.exp(rest))


_TAKES = {"max": 1, "min": -1}
_LEADING: dict[str, Callable[[Lead, Lead], Lead | float]] = {
    "+": growth.add, "-": lambda a, b: growth.add(a, growth.opposite(b)), "*": growth.multiply,
    "/": growth.quotient,
    "neg": lambda a, _: growth.opposite(a), "floor": lambda a, _: growth.floor(a),
    "sqrt": lambda a, _: growth.power(a, fmpq(1, 2)), "exp": lambda a, _: growth.exp(a),
    "log": lambda a, _: growth.log(a),
}  # fmt: skip


def beside(tree: Node, z: Any, side: int, order: int, constant_of: Callable[[Node], Any]) -> tuple[Any, Any]:
    """Return the limits of a formula and of its derivative of some order at the rational z, from one side.

    Each is an fmpq or an arb (an infinity too); (nan, nan) where the formula is no real number there, and
    (None, None) where it is not known at this precision.
    """
    precision, cap = ctx.prec, ctx.cap
    try:
        for length in LENGTHS:
            found = _read(tree, z, side, order, constant_of, length)
            if found != (None, None):
                return found
        return _by_growth(tree, z, side, order, constant_of)
    finally:
        ctx.prec, ctx.cap = precision, cap


def far_out(tree: Node, side: int, order: int, constant_of: Callable[[Node], Any]) -> Any:
    """Return the limit of a formula's derivative of some order (0: of itself) at -inf or inf.

    An fmpq or an arb, which may be an infinity; nan where there is no real number far out, None where the
    limit is not known: how fast a word grows or falls is known of each, what two that cancel leave is not.
    """
    precision, cap = ctx.prec, ctx.cap
    try:
        for length in LENGTHS[:2]:
            _, found = _read(tree, None, side, order, constant_of, length)
            if found is not None:
                return found
        found = _far_by_growth(tree, side, order, constant_of)
        if found is not None:
            return found
        return None if order else _read(tree, None, side, 0, constant_of, LENGTHS[0], swings=True)[0]
    finally:
        ctx.prec, ctx.cap = precision, cap


def _by_growth(
    tree: Node, z: Any, side: int, order: int, constant_of: Callable[[Node], Any]
) -> tuple[Any, Any]:
    """Return the limits of a formula and of its derivative as it is written, by leading terms.

    Of what tends to 0 the derivative of order n does so too, if it does so faster than (z - z0)^n.
    """

    def limit(n: Node) -> Any:
        return _read(n, z, side, 0, constant_of, LENGTHS[0], reader=_Leads)[0]

    value, written = limit(tree), slope_of_order(tree, order)
    slope = None if value is None or written is None else limit(written)
    if isinstance(value, float):
        return math.nan, math.nan
    if value == 0 and (slope is None or isinstance(slope, float)):
        step = Node("-", Z, number(Fraction(int(z.p), int(z.q))))
        slope = limit(Node("/", tree, Node("^", step, number(order))))
        slope = slope if order == 1 or slope == 0 else None
    return (None, None) if slope is None or isinstance(slope, float) else (value, slope)


def _far_by_growth(tree: Node, side: int, order: int, constant_of: Callable[[Node], Any]) -> Any:
    """Return the limit of a derivative far out: what does not swing has there n! times that of f(z)/z^n."""
    quotient = Node("/", tree, Node("^", Z, number(order))) if order else tree
    found, _ = _read(quotient, None, side, 0, constant_of, LENGTHS[0], reader=_Leads)
    return found if found is None else found * math.factorial(order)


def _read(
    tree: Node,
    z: Any,
    side: int,
    order: int,
    constant_of: Callable[[Node], Any],
    length: int,
    swings: bool = False,
    reader: type[_Reader] = _Reader,
) -> tuple[Any, Any]:
    roots = 1
    while roots <= MOST_ROOTS:
        algebra = Algebra(z, side, roots, (length + order) * roots, swings)
        try:
            value = reader(algebra, constant_of).read(tree, algebra.variable)
            if isinstance(value, float):
                return math.nan, math.nan
            if isinstance(value, Lead):
                return growth.limit(value), None
            if not isinstance(value, Branch):
                return None, None
            slope = value
            for _ in range(order):
                slope = algebra.slope(slope)
            return algebra.limit(value), algebra.limit(slope)
        except NeedsRootError as needed:
            roots *= needed.degree
        except NotKnownError:
            return None, None
    return None, None


# ---------------------------------------------------------------------------- words over branches


def word(algebra: Algebra, op: str, u: Branch) -> Branch | float:
    """Return a word of a function; at an infinity it is one of FAR."""
    if op in _SINGULAR:
        return _SINGULAR[op](algebra, u)
    if not algebra.tends(u):
        return algebra.composed(u, SERIES[op], RATIONALS.get(op))
    if op in ("sin", "cos") and algebra.swings:
        return Branch(0, (), 0)  # bounded, and no more is known of it
    if op not in _FAR:
        raise NotKnownError
    return _FAR[op](algebra, u)


def logarithm(algebra: Algebra, u: Branch) -> Branch | float:
    """Return log(c t^v (1 + w)) = log(c (1 + w)) + v log(t), or log(c e^p) = log(c) + p."""
    if algebra.sign(u) < 0:
        return math.nan
    if u.tail and (algebra.is_huge(u) or not u.terms):
        return _logarithm_of_tail(algebra, u)
    if u.logs or not leads(u):
        raise NotKnownError
    found = algebra.composed(algebra.without_power(u)._replace(blurred=u.blurred or u.tail is not None),
                           SERIES["log"], RATIONALS["log"])  # fmt: skip
    return found._replace(logs=constant(fmpq(u.low)) if u.low else None)


def _logarithm_of_tail(algebra: Algebra, u: Branch) -> Branch | float:
    """Return log(c e^p + A) = p + log(c) + A/(c e^p) for a large tail."""
    assert u.tail
    inner = logarithm(algebra, u.tail[0])
    if isinstance(inner, float):
        return inner
    found = algebra.add(u.tail[1], inner)
    if not (u.terms or u.blurred):
        return found
    ratio = algebra.multiply(bare(u), as_branch(algebra.inverse_of_tail(only_tail(u))))
    return algebra.add(found, ratio)._replace(blurred=True)


def log1p(algebra: Algebra, u: Branch) -> Branch | float:
    """Return log(1 + u): u itself where that fades, else by flint's log1p where that is not singular."""
    if u.tail and not (u.terms or u.logs or algebra.is_huge(u)):
        return u._replace(blurred=True)
    whole = algebra.add(FLAT_ONE, u)
    if algebra.tends(whole) or not whole.terms or whole.low != 0:
        return logarithm(algebra, whole)
    return algebra.composed(u, SERIES["log1p"], RATIONALS["log1p"]) if whole.terms[0] > 0 else math.nan


Far = Callable[[Algebra, Branch], Branch]
_SINGULAR: dict[str, Callable[[Algebra, Branch], Branch | float]] = {
    "sqrt": lambda algebra, u: algebra.power(u, fmpq(1, 2)),
    "log": logarithm, "log1p": log1p,
}  # fmt: skip


def _exp(algebra: Algebra, u: Branch) -> Branch:
    """Return e^u, which is a tail, up or down; what fades in u is a factor that tends to 1."""
    if u.logs:
        return _exp_of_logarithm(algebra, u._replace(logs=None), u.logs)
    left = _unfaded(algebra, u)
    if left.blurred or (left.tail and left.terms):
        raise NotKnownError
    return FLAT_ZERO._replace(tail=(FLAT_ONE, left), blurred=left is not u)


def _exp_of_logarithm(algebra: Algebra, u: Branch, logs: Branch) -> Branch:
    """Return e^u t^c, where c is a fraction."""
    power = coefficient(logs, 0)
    if logs != constant(power) or not isinstance(power, fmpq):
        raise NotKnownError
    if power.q != 1:
        raise NeedsRootError(int(power.q))
    return algebra.multiply(Branch(int(power.p), (fmpq(1),)), as_branch(word(algebra, "exp", u)))


def _unfaded(algebra: Algebra, u: Branch) -> Branch:
    """Return u without a tail that fades faster than every power, and all that is smaller."""
    fades = u.tail and not algebra.is_huge(u) and u.terms
    return u._replace(tail=None, blurred=False) if fades else u


def _bell(square: Any, factor: Callable[[], Any]) -> Callable[[Algebra, Branch], Branch]:
    """Return the tail e^(-s u^2)/u, times a factor."""

    def tail(algebra: Algebra, u: Branch) -> Branch:
        u = _unfaded(algebra, u)
        power = algebra.multiply(constant(-square), algebra.multiply(u, u))
        over = algebra.multiply(constant(factor()), as_branch(algebra.inverse(u)))
        over = over._replace(terms=over.terms[:1], end=over.low + 1)  # times 1 + O(1/u^2)
        return algebra.multiply(over, _exp(algebra, power))

    return tail


_FAR: dict[str, Far] = {
    "exp": _exp, "erfc": _bell(fmpq(1), lambda: 1 / arb.pi().sqrt()),
    "Phi": _bell(fmpq(1, 2), lambda: -1 / (2 * arb.pi()).sqrt()),
}  # fmt: skip
