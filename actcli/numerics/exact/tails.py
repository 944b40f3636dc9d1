"""A formula over all z beyond some R, proven: e^D * w^p * h, where w = 1/|z| and h is a ball of series.

h holds the Taylor coefficients in w, about 0 (`start`) and about every w in [0, 1/R] (`all`), so that what
cancels at an infinity may be divided out: a series that starts with an exact 0 loses that term (mean value
theorem). D is a sum of formulas that tend to an infinity; what e^D outweighs becomes an error of h.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from fractions import Fraction
from math import factorial
from typing import Any, NamedTuple

from flint import arb, arb_series, ctx, fmpq

from actcli.language.formula import parse
from actcli.language.trees import Node, Z, number, postorder, substitute
from actcli.language.words import COMPARISONS, RELATIONS
from actcli.numerics.exact.branches import NotKnownError
from actcli.numerics.exact.reals import constant
from actcli.numerics.exact.realwords import SERIES

LENGTH = 5
Exps = tuple[tuple[Node, Fraction], ...]


class Far(NamedTuple):
    """e^(sum of q*u over exps) * w^power * h."""

    exps: Exps
    power: Fraction
    all: Any
    start: Any


def _series(*terms: Any) -> Any:
    return arb_series(list(terms), prec=len(terms))


def _number(ball: Any) -> Far:
    return Far((), Fraction(0), *[_series(ball, *[arb(0)] * (LENGTH - 1))] * 2)


def _between(low: Any, high: Any) -> Any:
    return arb(low).union(arb(high))


class Tail:
    """A formula read beyond R on one side; NotKnownError where nothing is proven."""

    def __init__(self, start: Fraction, side: int, torn: bool = False) -> None:
        """z runs from side*start to side*inf; `torn`: where a comparison turns, both choices are held."""
        self.torn = torn
        self.side, self.reach = side, arb(fmpq(start.denominator, start.numerator))
        self.ball = _between(0, self.reach)
        self.known: dict[Node, Far] = {}

    def read(self, tree: Node) -> Far:
        """Return the formula as a Far; of parts that are not needed nothing has to be known."""
        for n in postorder(tree):
            if n not in self.known and n.op not in COMPARISONS:
                with suppress(NotKnownError, ValueError, ZeroDivisionError, KeyError):
                    self.known[n] = self._lead(self._step(n))
        if tree not in self.known:
            raise NotKnownError
        return self.known[tree]

    def sign(self, tree: Node) -> int:
        """Return the sign that the formula has all over the tail."""
        h = self.read(tree).all[0]
        if not (h > 0 or h < 0 or h == 0):
            raise NotKnownError
        return int(h > 0) - int(h < 0)

    def hull(self, tree: Node) -> Any:
        """Return a ball that holds every value of the formula on the tail."""
        return self._hull(self.read(tree))

    def ends(self, tree: Node) -> tuple[Any, Any]:
        """Return between which numbers the formula lies on the tail; an infinity that it tends to is one."""
        found = self.read(tree)
        if found.exps or found.power >= 0:
            hull = self._hull(found)
            return hull.lower(), hull.upper()
        if not (found.all[0] > 0 or found.all[0] < 0):
            raise NotKnownError
        least = abs(found.all[0]).lower() * self.reach ** _arb(found.power)
        rises = found.all[0] > 0
        return (least.lower(), arb.pos_inf()) if rises else (arb.neg_inf(), (-least).upper())

    def limit(self, tree: Node) -> Any:
        """Return the limit of a formula that has a finite one."""
        found = self.read(tree)
        if found.exps and self._exponent(found.exps).all[0] < 0:
            return arb(0)
        if found.exps or found.power < 0:
            raise NotKnownError
        return arb(0) if found.power > 0 else found.start[0]

    def _hull(self, a: Far) -> Any:
        if a.all[0] == 0:
            return arb(0)
        if not a.exps and a.power >= 0:
            return a.all[0] * self._of_w(a.power)
        bound = self._bound(a)
        return _between(0 if a.all[0] > 0 else -bound, 0 if a.all[0] < 0 else bound)

    # ------------------------------------------------------------------ sizes

    def _of_w(self, power: Fraction) -> Any:
        return _between(0, self.reach ** arb(fmpq(power.numerator, power.denominator))) if power else arb(1)

    def _exponent(self, exps: Exps) -> Far:
        total = _number(arb(0))
        for u, factor in exps:
            total = self._add(total, self._times(self.known[u], _number(_arb(factor))))
        return self._lead(total)

    def _bound(self, a: Far) -> Any:
        """Return the largest size of what fades: at its start, where e^D w^p falls from there on."""
        d = self._exponent(a.exps)
        size = abs(a.all[0]).upper()
        if d.exps or d.power >= 0 or not d.all[0] < 0:
            raise NotKnownError
        rate = abs(d.all[0]).lower() * self.reach ** arb(fmpq(d.power.numerator, d.power.denominator))
        if not rate * _arb(-d.power) >= _arb(abs(a.power)):
            raise NotKnownError
        return (size * (-rate).exp() * self.reach ** _arb(a.power)).upper()

    def _lead(self, a: Far) -> Far:
        """Return the same with every exact 0 at the start divided out."""
        while a.start[0] == 0 and not _is_zero(a) and a.start.prec > 1:
            cut = [_series(*[x[k] for k in range(1, x.prec)]) for x in (a.all, a.start)]
            a = Far(a.exps, a.power + 1, *cut)
        return a

    # ------------------------------------------------------------------ arithmetic

    def _times(self, a: Far, b: Far) -> Far:
        exps = dict(a.exps)
        for u, factor in b.exps:
            exps[u] = exps.get(u, Fraction(0)) + factor
        kept = tuple((u, factor) for u, factor in exps.items() if factor)
        return Far(kept, a.power + b.power, a.all * b.all, a.start * b.start)

    def _inverse(self, a: Far) -> Far:
        if not (a.all[0] > 0 or a.all[0] < 0):
            raise NotKnownError
        exps = tuple((u, -factor) for u, factor in a.exps)
        return Far(exps, -a.power, 1 / a.all, 1 / a.start)

    def _add(self, a: Far, b: Far) -> Far:
        if a.all[0] == 0 or b.all[0] == 0:
            return b if a.all[0] == 0 else a
        if dict(a.exps) != dict(b.exps):
            return self._outweighed(a, b)
        if a.power > b.power:
            a, b = b, a
        gap = b.power - a.power
        if gap.denominator != 1:
            all_ = _series(a.all[0] + b.all[0] * self._of_w(gap))
            return Far(a.exps, a.power, all_, _series(a.start[0]))
        w, w0 = (arb_series([x, 1], prec=LENGTH) ** int(gap) for x in (self.ball, arb(0)))
        return Far(a.exps, a.power, a.all + w * b.all, a.start + w0 * b.start)

    def _outweighed(self, a: Far, b: Far) -> Far:
        ratio = self._times(b, self._inverse(a._replace(power=a.power, all=_one(a), start=_one(a))))
        gap = self._exponent(ratio.exps)
        if gap.power >= 0 and not gap.exps:
            factor = self._at_finite(gap, SERIES["exp"])
            bare = Far(a.exps, b.power, b.all, b.start)
            return self._add(a, self._times(bare, factor))
        if gap.all[0] > 0:
            return self._outweighed(b, a)
        bound = self._bound(ratio)
        return Far(a.exps, a.power, _series(a.all[0] + _between(-bound, bound)), _series(a.start[0]))

    def _either(self, a: Far, b: Far) -> Far:
        """Return what holds both."""
        if not self.torn or dict(a.exps) != dict(b.exps):
            raise NotKnownError
        power = min(a.power, b.power)
        first, second = (x.all[0] * self._of_w(x.power - power) for x in (a, b))
        return self._flat(Far(a.exps, power, a.all, a.start), first.union(second))

    def _power(self, n: Node, a: Far) -> Far:
        r = n.children[1].value
        if r is None:
            raise NotKnownError
        if r.denominator == 1 and r >= 0:
            found = _number(arb(1))
            for _ in range(min(int(r), 1025)):
                found = self._times(found, a)
            even = r % 2 == 0 and found.all.prec and not (a.all[0] > 0 or a.all[0] < 0)
            return self._flat(found, _between(0, abs(a.all[0]).upper() ** int(r))) if even and r else found
        if r.denominator == 1:
            return self._inverse(self._power(Node("^", n.children[0], number(-r)), a))
        if not a.all[0] > 0:
            raise NotKnownError
        exps = tuple((u, r * factor) for u, factor in a.exps)
        return Far(exps, r * a.power, a.all ** _arb(r), a.start ** _arb(r))

    def _flat(self, a: Far, h: Any) -> Far:
        return Far(a.exps, a.power, _series(h), _series(h))

    # ------------------------------------------------------------------ words

    def _step(self, n: Node) -> Far:
        if n is Z:
            return Far((), Fraction(-1), *[_number(arb(self.side)).all] * 2)
        if n.value is not None:
            return _number(_arb(n.value))
        if n.op == "name":
            return _number(constant(n))
        if n.op == "where":
            left, right = n.children[0].children
            try:
                sign = 0 if left is right else self.sign(Node("-", left, right))
            except NotKnownError:
                return self._either(*(self.known[child] for child in n.children[1:]))
            return self.known[n.children[1 if RELATIONS[n.children[0].op](sign, 0) else 2]]
        parts = [self.known[child] for child in n.children]
        if n.op in ("+", "-"):
            return self._add(parts[0], parts[1] if n.op == "+" else self._times(_number(arb(-1)), parts[1]))
        if n.op == "neg":
            return self._times(_number(arb(-1)), parts[0])
        if n.op in ("*", "/"):
            return self._times(parts[0], parts[1] if n.op == "*" else self._inverse(parts[1]))
        if n.op == "^":
            return self._power(n, parts[0])
        if n.op in ("min", "max"):
            sign = self.sign(Node("-", *n.children))
            return parts[0] if (sign > 0) == (n.op == "max") else parts[1]
        return self._word(n, n.children[0], parts[0])

    def _word(self, n: Node, inner: Node, u: Far) -> Far:
        if n.op in ("abs", "sign"):
            side = _number(arb(self.sign(inner)))
            return side if n.op == "sign" else self._times(side, u)
        if n.op == "sqrt":
            return self._power(Node("^", inner, number(Fraction(1, 2))), u)
        fades = bool(u.exps) and not _is_zero(u)
        if n.op == "log" and (fades or u.power):
            return self._logarithm(u)
        if fades and self._exponent(u.exps).all[0] < 0:
            return self._near_zero(n.op, u)
        if not fades and u.power >= 0 and n.op in SERIES:
            return self._at_finite(u, SERIES[n.op])
        if n.op in ("sin", "cos"):
            return self._flat(_number(arb(0)), _between(-1, 1))
        if n.op == "floor":
            return self._add(u, self._flat(_number(arb(0)), _between(-1, 0)))
        if n.op == "exp" and not fades:
            return Far(_peeled(inner), Fraction(0), *[_number(arb(1)).all] * 2)
        rising = bool(u.all[0] > 0)
        if n.op in ("erfc", "Phi") and rising == (n.op == "erfc"):
            return self._bell(inner, n.op, u)
        if n.op not in _WRITTEN or not (rising or u.all[0] < 0):
            raise NotKnownError
        return self.read(substitute(parse(_WRITTEN[n.op][not rising]), {"z": inner}))

    def _at_finite(self, u: Far, f: Callable[[Any], Any]) -> Far:
        if u.power.denominator != 1:
            return self._flat(_number(arb(0)), f(_series(u.all[0] * self._of_w(u.power)))[0])
        w, w0 = (arb_series([x, 1], prec=LENGTH) ** int(u.power) for x in (self.ball, arb(0)))
        ctx.cap = LENGTH
        found = Far((), Fraction(0), f(u.all * w), f(u.start * w0))
        if not found.all[0].is_finite():
            raise NotKnownError
        return found

    def _near_zero(self, op: str, u: Far) -> Far:
        """Return f(u) = f(0) + u*f'(v) for a u that fades faster than every power."""
        bound = self._bound(u)
        ctx.cap = 2
        at, slopes = (SERIES[op](arb_series([x, 1], prec=2)) for x in (arb(0), _between(-bound, bound)))
        rise = Far(u.exps, u.power, _series(u.all[0] * slopes[1]), _series(u.start[0] * at[1]))
        return rise if at[0] == 0 else self._add(_number(at[0]), rise)

    def _logarithm(self, u: Far) -> Far:
        """Return D - p*log(1/w) + log(h); of log(1/w) it is known that it lies below c/w."""
        if not u.all[0] > 0:
            raise NotKnownError
        slow = _between(0, -self.reach.log() * self.reach)
        logs = Far((), Fraction(-1), _series(slow * _arb(-u.power)), _series(arb(0)))
        rest = self._at_finite(Far((), Fraction(0), u.all, u.start), SERIES["log"])
        found = self._add(logs, rest) if u.power else rest
        return self._add(self._exponent(u.exps), found) if u.exps else found

    def _bell(self, inner: Node, op: str, u: Far) -> Far:
        """erfc(x) = e^(-x^2)/(x sqrt(pi)) times the integral of e^-s (1 + s/x^2)^(-1/2) over s > 0.

        Its k-th coefficient in v = 1/x^2 is binomial(-1/2, k) times that of s^k e^-s (1 + s*v)^(-1/2 - k),
        which lies between k!*(1 - (k + 1/2)*(k + 1)*v) and k!.
        """
        share = Fraction(1) if op == "erfc" else Fraction(1, 2)
        square = self.read(Node("^", inner, number(2)))
        v = self._inverse(self._times(square, _number(_arb(share))))
        falls = self.read(Node("exp", Node("*", number(-share), Node("^", inner, number(2)))))
        x = abs_of(u)
        scale = _number(1 / arb.pi().sqrt() if op == "erfc" else 1 / (2 * arb.pi()).sqrt())
        return self._times(self._times(self._times(falls, self._inverse(x)), scale), self._mills(v))

    def _mills(self, v: Far) -> Far:
        if v.exps or v.power.denominator != 1:
            raise NotKnownError
        w, w0 = (arb_series([x, 1], prec=LENGTH) ** int(v.power) for x in (self.ball, arb(0)))
        most = (v.all * w)[0].upper()
        sums = []
        for t, widest in ((v.all * w, most), (v.start * w0, arb(0))):
            step, power, total = t - t[0], _series(*[arb(1), *[arb(0)] * (LENGTH - 1)]), arb_series([0])
            for k in range(LENGTH):
                least = 1 - _arb(Fraction(2 * k + 1, 2) * (k + 1)) * widest
                factor = _arb(_binomial(k) * factorial(k)) * _between(least if least > 0 else 0, 1)
                total, power = total + power * factor, power * step
            sums.append(total)
        return Far((), Fraction(0), *sums)


def abs_of(u: Far) -> Far:
    """Return |u| of what has a sign."""
    return u if u.all[0] > 0 else u._replace(all=-u.all, start=-u.start)


def _is_zero(a: Far) -> bool:
    return bool(a.all[0] == 0)  # of balls, != is no negation of ==


def _one(a: Far) -> Any:
    return _series(arb(1), *[arb(0)] * (a.all.prec - 1))


def _arb(value: Fraction) -> Any:
    return arb(fmpq(value.numerator, value.denominator))


def _binomial(k: int) -> Fraction:
    found = Fraction(1)
    for i in range(k):
        found *= (Fraction(-1, 2) - i) / (i + 1)
    return found


def _peeled(u: Node) -> Exps:
    """Return u as a rational number times a formula, so that equal exponents are seen to be equal."""
    factor = Fraction(1)
    while u.op in ("neg", "*", "/"):
        if u.op == "neg":
            factor, u = -factor, u.children[0]
        elif u.children[-1].value:
            value = u.children[-1].value
            factor, u = (factor * value if u.op == "*" else factor / value), u.children[0]
        elif u.op == "*" and u.children[0].value:
            factor, u = factor * u.children[0].value, u.children[1]
        else:
            break
    return ((u, factor),)


_WRITTEN: Mapping[str, tuple[str, str]] = {  # at inf, at -inf
    "expm1": ("exp(z) - 1",) * 2, "phi": ("exp(-z^2/2)/sqrt(2*pi)",) * 2,
    "sigmoid": ("1/(1 + exp(-z))", "exp(z)/(1 + exp(z))"), "tanh": ("2*sigmoid(2*z) - 1",) * 2,
    "softplus": ("z + log1p(exp(-z))", "log1p(exp(z))"), "log1p": ("log(1 + z)",) * 2,
    "sinh": ("(exp(z) - exp(-z))/2",) * 2, "cosh": ("(exp(z) + exp(-z))/2",) * 2,
    "erf": ("1 - erfc(z)", "erfc(-z) - 1"), "erfc": ("", "2 - erfc(-z)"), "Phi": ("1 - Phi(-z)", ""),
    "atan": ("pi/2 - atan(1/z)", "-pi/2 - atan(1/z)"),
    "asinh": ("log(z + sqrt(z^2 + 1))", "-log(sqrt(z^2 + 1) - z)"), "acosh": ("log(z + sqrt(z^2 - 1))", ""),
}  # fmt: skip
