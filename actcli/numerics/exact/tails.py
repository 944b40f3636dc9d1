"""A formula over all z beyond some R, proven: e^D * w^p * h, where w = 1/|z| and h is a ball of series.

h holds the Taylor coefficients in w, about 0 (`start`) and about every w in [0, 1/R] (`all`), so that what
cancels at an infinity may be divided out: a series that starts with an exact 0 loses that term (mean value
theorem). Constants that are not rational stand beside it by name, so that what cancels is seen: phi*phi/Phi
as z -> -inf. D is a sum of formulas that tend to an infinity; what e^D outweighs becomes an error of h.
"""

from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from functools import reduce
from math import factorial
from operator import add, mul
from typing import Any, NamedTuple

from flint import arb, arb_series, ctx, fmpq, fmpq_series

from actcli.language.calculus import times
from actcli.language.formula import parse
from actcli.language.trees import Node, Z, names_in, number, postorder, substitute
from actcli.language.words import COMPARISONS, RELATIONS
from actcli.numerics.exact.branches import NotKnownError
from actcli.numerics.exact.reals import ball_of, constant, rational_of
from actcli.numerics.exact.realwords import RATIONALS, SERIES, far_form

LENGTH = 8
Exps = tuple[tuple[Node, Fraction], ...]


class Far(NamedTuple):
    """e^(sum of q*u over exps) * w^power * h, times c^q over `scale`; `start` is rational where it can."""

    exps: Exps
    power: Fraction
    all: Any
    start: Any
    scale: Exps = ()


def _series(*terms: Any) -> Any:
    kind = fmpq_series if all(isinstance(term, fmpq) for term in terms) else arb_series
    return kind(list(terms), prec=len(terms))


def _number(value: Any) -> Far:
    start = _series(value, *[fmpq(0)] * (LENGTH - 1))
    return Far((), Fraction(0), _in_balls(start), start)


def _in_balls(series: Any) -> Any:
    return arb_series(series.coeffs(), prec=series.prec)


def _both(f: Callable[[Any, Any], Any], a: Any, b: Any) -> Any:
    """Return what f makes of two series: a rational one of such, as long as that is small."""
    if not (isinstance(a, fmpq_series) and isinstance(b, fmpq_series)):
        return f(_in_balls(a), _in_balls(b))
    found = f(a, b)
    return found if all(c.height_bits() < 4000 for c in found.coeffs()) else _in_balls(found)


def _of_start(op: str, series: Any) -> Any:
    found = RATIONALS[op](series) if isinstance(series, fmpq_series) and op in RATIONALS else None
    return SERIES[op](_in_balls(series)) if found is None else found


def _merged(*many: Exps) -> Exps:
    """Return exponents that are the sums of others."""
    total: dict[Node, Fraction] = {}
    for u, factor in (pair for exps in many for pair in exps):
        total[u] = total.get(u, Fraction(0)) + factor
    return tuple((u, factor) for u, factor in total.items() if factor)


def _raised(exps: Exps, r: Fraction) -> Exps:
    return tuple((u, r * factor) for u, factor in exps)


def _between(low: Any, high: Any) -> Any:
    return arb(low).union(arb(high))


_ONE = {"all": _number(fmpq(1)).all, "start": _number(fmpq(1)).start}


class Tail:
    """A formula read beyond R on one side; NotKnownError where nothing is proven."""

    def __init__(self, start: Fraction, side: int, torn: bool = False) -> None:
        """z runs from side*start to side*inf; `torn`: where a comparison turns, both choices are held."""
        self.torn = torn
        self.side, self.reach = side, ball_of(1 / start)
        self.ball = _between(0, self.reach)
        self.known: dict[Node, Far] = {}
        self.read_once: set[Node] = set()  # these, and those of which nothing is known
        self.constants: dict[Node, Any] = {}

    def read(self, tree: Node) -> Far:
        """Return the formula as a Far, all constants in h."""
        return self._bare(self._read(tree))

    def _read(self, tree: Node) -> Far:
        """Return the formula as a Far; of parts that are not needed nothing has to be known."""
        ctx.cap = LENGTH
        for n in postorder(tree) if tree not in self.read_once else ():
            if n not in self.read_once and n.op not in COMPARISONS:
                with suppress(NotKnownError, ValueError, ZeroDivisionError, KeyError):
                    self.known[n] = self._named(n, self._lead(self._step(n)))
                self.read_once.add(n)
        if tree not in self.known:
            raise NotKnownError
        return self.known[tree]

    def _named(self, n: Node, a: Far) -> Far:
        """Return a constant that is positive and not rational by its name."""
        if "z" in names_in(n) or a.scale or isinstance(a.start, fmpq_series) or not a.all[0] > 0:
            return a
        self.constants[n] = a.all[0]
        return _number(fmpq(1))._replace(scale=((n, Fraction(1)),))

    def _bare(self, a: Far) -> Far:
        for u, factor in a.scale:
            by = _series(self.constants[u] ** ball_of(factor), *[arb(0)] * (LENGTH - 1))
            a = a._replace(all=a.all * by, start=_in_balls(a.start) * by)
        return a._replace(scale=())

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
        least = abs(found.all[0]).lower() * self.reach ** ball_of(found.power)
        rises = found.all[0] > 0
        return (least.lower(), arb.pos_inf()) if rises else (arb.neg_inf(), (-least).upper())

    def limit(self, tree: Node) -> Any:
        """Return the limit of a formula that has a finite one."""
        found = self.read(tree)
        if found.exps and self._exponent(found.exps).all[0] < 0:
            return arb(0)
        if found.exps or found.power < 0:
            raise NotKnownError
        return arb(0) if found.power > 0 else arb(found.start[0])

    def _hull(self, a: Far) -> Any:
        if a.all[0] == 0:
            return arb(0)
        if not a.exps and a.power >= 0:
            return a.all[0] * self._of_w(a.power)
        bound = self._bound(a)
        return _between(0 if a.all[0] > 0 else -bound, 0 if a.all[0] < 0 else bound)

    # ------------------------------------------------------------------ sizes

    def _of_w(self, power: Fraction) -> Any:
        return _between(0, self.reach ** ball_of(power)) if power else arb(1)

    def _exponent(self, exps: Exps) -> Far:
        total = _number(fmpq(0))
        for u, factor in exps:
            total = self._add(total, self._times(self.known[u], _number(rational_of(factor))))
        return self._bare(self._lead(total))

    def _bound(self, a: Far) -> Any:
        """Return the largest size of what fades: at its start, where e^D w^p falls from there on."""
        a, d = self._bare(a), self._exponent(a.exps)
        if not d.all[0] < 0:
            raise NotKnownError
        rate, steep = self._growth(d)
        if not rate * steep >= ball_of(abs(a.power)):
            raise NotKnownError
        return (abs(a.all[0]).upper() * (-rate).exp() * self.reach ** ball_of(a.power)).upper()

    def _growth(self, a: Far) -> tuple[Any, Any]:
        """Return M at the start for a rising M(z) <= |a|, and what z*M'/M, which does not fall, is there."""
        size, steep = abs(a.all[0]).lower() * self.reach ** ball_of(a.power), ball_of(-a.power)
        if a.exps:
            d = self._exponent(a.exps)
            if not d.all[0] > 0:
                raise NotKnownError
            rate, rise = self._growth(d)
            size, steep = size * rate.exp(), steep + rate * rise
        if not (size > 0 and steep > 0):
            raise NotKnownError
        return size, steep

    def _lead(self, a: Far) -> Far:
        """Return the same with every exact 0 at the start divided out."""
        while a.start[0] == 0 and not a.all[0].is_zero() and a.start.prec > 1:
            cut = [type(x)([x[k] for k in range(1, x.prec)], prec=x.prec - 1) for x in (a.all, a.start)]
            a = a._replace(power=a.power + 1, all=cut[0], start=cut[1])
        return a

    # ------------------------------------------------------------------ arithmetic

    def _times(self, a: Far, b: Far) -> Far:
        exps, scale = _merged(a.exps, b.exps), _merged(a.scale, b.scale)
        return Far(exps, a.power + b.power, a.all * b.all, _both(mul, a.start, b.start), scale)

    def _inverse(self, a: Far) -> Far:
        if not (a.all[0] > 0 or a.all[0] < 0):
            raise NotKnownError
        exps, scale = (_raised(many, Fraction(-1)) for many in (a.exps, a.scale))
        return Far(exps, -a.power, 1 / a.all, 1 / a.start, scale)

    def _add(self, a: Far, b: Far) -> Far:
        if a.all[0] == 0 or b.all[0] == 0:
            return b if a.all[0] == 0 else a
        if dict(a.scale) != dict(b.scale):
            a, b = self._bare(a), self._bare(b)
        if dict(a.exps) != dict(b.exps):
            return self._outweighed(a, b)
        if a.power > b.power:
            a, b = b, a
        gap = b.power - a.power
        if gap.denominator != 1:
            all_ = _series(a.all[0] + b.all[0] * self._of_w(gap))
            return a._replace(all=all_, start=_series(a.start[0]))
        w, w0 = self._w_to(gap)
        return a._replace(all=a.all + w * b.all, start=_both(add, a.start, _both(mul, w0, b.start)))

    def _w_to(self, power: Fraction) -> tuple[Any, Any]:
        """Return the series of w^power over the tail, and at its end."""
        rest = [fmpq(0)] * (LENGTH - 2)
        w, w0 = (_series(x, fmpq(1), *rest) ** int(power) for x in (self.ball, fmpq(0)))
        return w, w0

    def _outweighed(self, a: Far, b: Far) -> Far:
        ratio = self._times(b, self._inverse(a._replace(power=a.power, **_ONE)))
        gap = self._exponent(ratio.exps)
        if gap.power >= 0 and not gap.exps:
            return self._add(a, self._times(b._replace(exps=a.exps), self._at_finite(gap, "exp")))
        if gap.all[0] > 0:
            return self._outweighed(b, a)
        bound = self._bound(ratio)
        return a._replace(all=_series(a.all[0] + _between(-bound, bound)), start=_series(a.start[0]))

    def _either(self, a: Far, b: Far) -> Far:
        """Return what holds both."""
        if not self.torn or dict(a.exps) != dict(b.exps):
            raise NotKnownError
        power = min(a.power, b.power)
        first, second = (self._bare(x).all[0] * self._of_w(x.power - power) for x in (a, b))
        return self._flat(a._replace(power=power, scale=()), first.union(second))

    def _power(self, n: Node, a: Far) -> Far:
        r = n.children[1].value
        if r is None:
            raise NotKnownError
        if r.denominator == 1 and r >= 0:
            found = self._raised_to(int(r), a)
            even = r % 2 == 0 and found.all.prec and not (a.all[0] > 0 or a.all[0] < 0)
            return self._flat(found, _between(0, abs(a.all[0]).upper() ** int(r))) if even and r else found
        if r.denominator == 1:
            return self._inverse(self._power(Node("^", n.children[0], number(-r)), a))
        if not a.all[0] > 0:
            raise NotKnownError
        is_exact = isinstance(a.start, fmpq_series)
        start = RATIONALS["^"](a.start, fmpq_series([rational_of(r)])) if is_exact else None
        start = _in_balls(a.start) ** ball_of(r) if start is None else start
        return Far(_raised(a.exps, r), r * a.power, a.all ** ball_of(r), start, _raised(a.scale, r))

    def _raised_to(self, r: int, a: Far) -> Far:
        """Return the product of r factors, by squaring."""
        found = _number(fmpq(1))
        for bit in f"{r:b}":
            found = self._times(found, found)
            found = self._times(found, a) if bit == "1" else found
        return found

    def _flat(self, a: Far, h: Any) -> Far:
        return a._replace(all=_series(h), start=_series(h))

    # ------------------------------------------------------------------ words

    def _step(self, n: Node) -> Far:
        if n is Z:
            return _number(fmpq(self.side))._replace(power=Fraction(-1))
        if n.value is not None:
            return _number(rational_of(n.value))
        if n.op == "name":
            return _number(constant(n))
        if n.op == "where":
            left, right = n.children[0].children
            try:
                sign = 0 if left is right and left in self.known else self.sign(Node("-", left, right))
            except NotKnownError:
                return self._either(*(self.known[child] for child in n.children[1:]))
            return self.known[n.children[1 if RELATIONS[n.children[0].op](sign, 0) else 2]]
        parts = [self.known[child] for child in n.children]
        if n.op in ("+", "-"):
            return self._add(parts[0], parts[1] if n.op == "+" else self._times(_number(fmpq(-1)), parts[1]))
        if n.op == "neg":
            return self._times(_number(fmpq(-1)), parts[0])
        if n.op in ("*", "/"):
            return self._times(parts[0], parts[1] if n.op == "*" else self._inverse(parts[1]))
        if n.op == "^":
            return self._power(n, parts[0])
        if n.op in ("min", "max"):
            sign = self.sign(Node("-", *n.children))
            return parts[0] if (sign > 0) == (n.op == "max") else parts[1]
        return self._word(n, n.children[0], self._bare(parts[0]))

    def _word(self, n: Node, inner: Node, u: Far) -> Far:
        if n.op in ("abs", "sign"):
            side = _number(fmpq(self.sign(inner)))
            return side if n.op == "sign" else self._times(side, u)
        if n.op == "sqrt":
            return self._power(Node("^", inner, number(Fraction(1, 2))), u)
        fades = bool(u.exps) and not u.all[0].is_zero()
        if n.op == "log" and (fades or u.power):
            return self._logarithm(u)
        if n.op == "exp":
            return self._exponential(inner, u)
        if fades and n.op in SERIES and self._exponent(u.exps).all[0] < 0:
            return self._near_zero(n.op, u)
        if not fades and u.power >= 0 and n.op in SERIES:
            return self._at_finite(u, n.op)
        if n.op in ("sin", "cos"):
            return self._flat(_number(fmpq(0)), _between(-1, 1))
        if n.op == "floor":
            return self._add(u, self._flat(_number(fmpq(0)), _between(-1, 0)))
        rising = bool(u.all[0] > 0)
        if n.op in ("erfc", "Phi") and rising == (n.op == "erfc"):
            return self._bell(inner, n.op, u)
        form = far_form(n.op, rising)
        if form is None or not (rising or u.all[0] < 0):
            raise NotKnownError
        return self._read(substitute(form, {"z": inner}))

    def _exponential(self, inner: Node, u: Far) -> Far:
        """Return e^D; that of a sum in which powers stand beside exponentials as a product."""
        if inner.op in ("+", "-") and any(self.known[child].exps for child in inner.children):
            first, second = inner.children
            parts = first, second if inner.op == "+" else Node("neg", second)
            return self._times(*(self._read(Node("exp", part)) for part in parts))
        if u.exps and self._exponent(u.exps).all[0] < 0:
            return self._near_zero("exp", u)
        if not u.exps and u.power >= 0:
            return self._at_finite(u, "exp")
        bare, factor = _peeled(inner)
        self._read(bare)
        return _number(fmpq(1))._replace(exps=((bare, factor),))

    def _at_finite(self, u: Far, op: str) -> Far:
        if u.power.denominator != 1:
            return self._flat(_number(fmpq(0)), SERIES[op](_series(u.all[0] * self._of_w(u.power)))[0])
        w, w0 = self._w_to(u.power)
        found = Far((), Fraction(0), SERIES[op](u.all * w), _of_start(op, _both(mul, u.start, w0)))
        if not found.all[0].is_finite():
            raise NotKnownError
        return found

    def _near_zero(self, op: str, u: Far) -> Far:
        """Return f(u) = f(0) + u*f'(v) for a u that fades faster than every power."""
        bound = self._bound(u)
        at, slopes = (_of_start(op, _series(x, fmpq(1))) for x in (fmpq(0), _between(-bound, bound)))
        start = _both(mul, _series(u.start[0]), _series(at[1]))
        rise = u._replace(all=_series(u.all[0] * slopes[1]), start=start)
        return rise if at[0] == 0 else self._add(_number(at[0]), rise)

    def _logarithm(self, u: Far) -> Far:
        """Return D - p*log(1/w) + log(h); of log(1/w) it is known that it lies below c/w."""
        if not u.all[0] > 0:
            raise NotKnownError
        slow = _between(0, -self.reach.log() * self.reach)
        logs = Far((), Fraction(-1), _series(slow * ball_of(-u.power)), _series(fmpq(0)))
        rest = self._at_finite(Far((), Fraction(0), u.all, u.start), "log")
        found = self._add(logs, rest) if u.power else rest
        return self._add(self._exponent(u.exps), found) if u.exps else found

    def _bell(self, inner: Node, op: str, u: Far) -> Far:
        """erfc(x) = e^(-x^2)/(x sqrt(pi)) times the integral of e^-s (1 + s/x^2)^(-1/2) over s > 0.

        Its k-th coefficient in v = 1/x^2 is binomial(-1/2, k) times that of s^k e^-s (1 + s*v)^(-1/2 - k),
        which lies between k!*(1 - (k + 1/2)*(k + 1)*v) and k!.
        """
        share = Fraction(1) if op == "erfc" else Fraction(1, 2)
        square = self.read(Node("^", inner, number(2)))
        v = self._inverse(self._times(square, _number(rational_of(share))))
        falls = self._read(Node("exp", Node("*", number(-share), Node("^", inner, number(2)))))
        x = self._times(_number(fmpq(1 if u.all[0] > 0 else -1)), u)
        scale = self._read(parse("1/sqrt(pi)" if op == "erfc" else "1/sqrt(2*pi)"))
        return self._times(self._times(self._times(falls, self._inverse(x)), scale), self._mills(v))

    def _mills(self, v: Far) -> Far:
        if v.exps or v.power.denominator != 1:
            raise NotKnownError
        w, w0 = self._w_to(v.power)
        most = (v.all * w)[0].upper()
        sums = []
        for t, widest in ((v.all * w, most), (_both(mul, v.start, w0), fmpq(0))):
            step, power, total = t - t[0], _number(fmpq(1)).start, _number(fmpq(0)).start
            for k in range(LENGTH):
                least = 1 - rational_of(Fraction(2 * k + 1, 2) * (k + 1)) * widest
                known = fmpq(1) if widest == 0 else _between(least if least > 0 else 0, 1)
                term = _series(rational_of(_binomial(k) * factorial(k)) * known, *[fmpq(0)] * (LENGTH - 1))
                total, power = _both(add, total, _both(mul, power, term)), _both(mul, power, step)
            sums.append(total)
        return Far((), Fraction(0), *sums)


def _binomial(k: int) -> Fraction:
    found = Fraction(1)
    for i in range(k):
        found *= (Fraction(-1, 2) - i) / (i + 1)
    return found


def _peeled(u: Node) -> tuple[Node, Fraction]:
    """Return u as a formula times a rational number, so that equal exponents are seen to be equal."""
    factor, kept, todo = Fraction(1), [], [u]
    while todo:
        n = todo.pop()
        if n.value is not None:
            factor *= n.value
        elif n.op == "neg" or (n.op == "/" and n.children[1].value):
            factor /= n.children[1].value or 1 if n.op == "/" else -1
            todo.append(n.children[0])
        elif n.op == "*":
            todo += reversed(n.children)
        else:
            kept.append(n)
    return reduce(times, kept), factor
