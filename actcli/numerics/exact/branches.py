"""Functions just beside a point, as series in t at z0 + t^q or z0 - t^q, where they have no power series.

V. Puiseux's series: powers of t may begin below 0, and q is the least common denominator of the powers of
z - z0 that are met. A series carries where it begins and from which power on it is not known, so that one
that is cut is never taken for zero. log(z - z0) is kept as a coefficient of log(t); what falls faster than
every power, such as exp(-1/z), as its sign alone.
"""

import math
from collections.abc import Callable
from functools import reduce
from typing import Any, NamedTuple

from flint import arb, arb_series, ctx, fmpq, fmpq_series

from actcli.numerics.exact.realwords import ANY_LENGTH, RATIONALS, SERIES

LARGEST_PRODUCT = 9  # factors of a power of a polynomial that is multiplied out
ENDLESS = 1 << 40  # where a polynomial ends to be known: nowhere


class NotKnownError(Exception):
    """More terms or more bits are needed to go on."""


class NeedsRootError(Exception):
    """A power of t that is a fraction with this denominator is needed."""

    def __init__(self, degree: int) -> None:
        super().__init__()
        self.degree = degree


class Branch(NamedTuple):
    """A function beside the point: terms of t^low, t^(low + 1) ..., known below t^end.

    Terms are fmpq where they are rational, else arb. `logs` is the coefficient of log(t), `faint` the sign of
    what is smaller than every power, or None where that is not known.
    """

    low: int
    terms: tuple[Any, ...]
    end: int = ENDLESS
    logs: "Branch | None" = None
    faint: int | None = 0


ZERO = Branch(0, ())
ONE = Branch(0, (fmpq(1),))


def constant(number: Any) -> Branch:
    """Return a number as a function."""
    return Branch(0, (number,)) if not _is_zero(number) else ZERO


def _is_zero(term: Any) -> bool:
    return bool(term == 0)


def _sign_of(term: Any) -> int:
    if term > 0:
        return 1
    if term < 0:
        return -1
    if term == 0:
        return 0
    raise NotKnownError


# ---------------------------------------------------------------------------- arithmetic of terms


def _sum(a: Any, b: Any) -> Any:
    return a + b if isinstance(a, fmpq) == isinstance(b, fmpq) else arb(a) + arb(b)


def _product(a: Any, b: Any) -> Any:
    if _is_zero(a) or _is_zero(b):
        return fmpq(0)
    return a * b if isinstance(a, fmpq) == isinstance(b, fmpq) else arb(a) * arb(b)


def _kept(low: int, terms: list[Any], end: int, length: int) -> Branch:
    """Return a series without the zeros that it begins with, cut where it is longer than needed."""
    first = next((i for i, term in enumerate(terms) if not _is_zero(term)), None)
    if first is None:
        return ZERO if end >= ENDLESS else Branch(end, (), end)
    low, terms = low + first, terms[first:]
    if len(terms) > length:
        terms, end = terms[:length], low + length
    return Branch(low, tuple(terms), end)


def coefficient(branch: Branch, power: int) -> Any:
    """Return the coefficient of a power of t."""
    if power >= branch.end:
        raise NotKnownError
    place = power - branch.low
    return branch.terms[place] if 0 <= place < len(branch.terms) else fmpq(0)


def _leads(branch: Branch) -> bool:
    """Tell whether a series has a first term; one that is cut to nothing is not known."""
    if branch.terms:
        return True
    if branch.end < ENDLESS:
        raise NotKnownError
    return False


class Algebra:
    """The language over such series, so many terms long, at one point on one side."""

    def __init__(self, z: Any, side: int, roots: int, length: int) -> None:
        """`z` is the point as fmpq; z0 + side*t^roots is read."""
        self.roots, self.side, self.length = roots, side, length
        powers = [fmpq(0)] * (roots - 1)
        self.variable = _kept(0, [z, *powers, fmpq(side)], ENDLESS, ENDLESS)

    # ------------------------------------------------------------------------ rings

    def add(self, a: Branch, b: Branch) -> Branch:
        """Return a + b."""
        end = min(a.end, b.end)
        low = min(a.low, b.low)
        top = min(max(a.low + len(a.terms), b.low + len(b.terms)), end)
        places = range(low, top) if a.terms or b.terms else ()
        terms = [_sum(coefficient(a, k), coefficient(b, k)) for k in places]
        logs = self.add(a.logs or ZERO, b.logs or ZERO) if a.logs or b.logs else None
        return _kept(low, terms, end, self.length)._replace(logs=_some(logs), faint=_joined(a.faint, b.faint))

    def negative(self, a: Branch) -> Branch:
        """Return -a."""
        logs = self.negative(a.logs) if a.logs else None
        faint = None if a.faint is None else -a.faint
        return a._replace(terms=tuple(-term for term in a.terms), logs=logs, faint=faint)

    def multiply(self, a: Branch, b: Branch) -> Branch:
        """Return a*b; two logarithms are not multiplied."""
        if ZERO in (a, b):
            return ZERO
        if a.logs and b.logs:
            raise NotKnownError
        crossed = (self.multiply(x.logs, _bare(y)) for x, y in ((a, b), (b, a)) if x.logs)
        logs = next(crossed, None)
        low = a.low + b.low
        end = min(a.end + b.low, b.end + a.low, ENDLESS)
        count = min(len(a.terms) + len(b.terms) - 1, end - low, self.length + 1) if a.terms and b.terms else 0
        terms: list[Any] = [fmpq(0)] * max(count, 0)
        for i, left in enumerate(a.terms[:count]):
            for j, right in enumerate(b.terms[: count - i]):
                terms[i + j] = _sum(terms[i + j], _product(left, right))
        if a.terms and b.terms and len(a.terms) + len(b.terms) - 1 > count:
            end = min(end, low + count)
        return _kept(low, terms, end, self.length)._replace(logs=_some(logs), faint=self._faint_product(a, b))

    def _faint_product(self, a: Branch, b: Branch) -> int | None:
        if a.faint == 0 and b.faint == 0:
            return 0
        if a.terms and b.terms:
            return None
        return None if a.faint is None or b.faint is None else self.sign(a) * self.sign(b)

    def inverse(self, a: Branch) -> Branch | float:
        """Return 1/a; nan over the zero function."""
        if a.logs or (a.faint != 0 and not a.terms):
            raise NotKnownError
        if not _leads(a):
            return math.nan
        _sign_of(a.terms[0])
        one = self._rest(a)
        inverted = self._composed(one, lambda x: 1 / x, lambda x: 1 / x)
        return inverted._replace(low=inverted.low - a.low, end=_moved(inverted.end, -a.low))

    def _rest(self, a: Branch) -> Branch:
        """Return a/t^low, which begins at t^0."""
        return Branch(0, a.terms, _moved(a.end, -a.low))

    def power(self, a: Branch, exponent: Any) -> Branch | float:
        """Return a^p for a rational number p: (c t^v (1 + w))^p."""
        if a.logs or (a.faint != 0 and not a.terms):
            raise NotKnownError
        if exponent == 0:
            return ONE
        if not _leads(a):
            return ZERO if exponent > 0 else math.nan
        if exponent.q == 1 and 0 < exponent <= LARGEST_PRODUCT and a.end >= ENDLESS:
            return reduce(self.multiply, [a] * int(exponent.p))
        if exponent.q != 1 and _sign_of(a.terms[0]) < 0:
            return math.nan
        moved = exponent * a.low
        if moved.q != 1:
            raise NeedsRootError(int(moved.q))
        raised = self._composed(self._rest(a), _by_balls(exponent), _by_rationals(exponent))
        return raised._replace(low=raised.low + int(moved.p), end=_moved(raised.end, int(moved.p)))

    # ------------------------------------------------------------------------ words

    def _composed(
        self, u: Branch, in_balls: Callable[[Any], Any], in_rationals: Callable[[Any], Any] | None
    ) -> Branch:
        """Return f(u) for a function that is analytic at u(0), from flint's series."""
        if u.logs or u.low < 0:
            raise NotKnownError
        if u.end >= ENDLESS and len(u.terms) <= (1 if u.low == 0 else 0):
            return constant(self._number(coefficient(u, 0), in_balls, in_rationals))
        length = min(u.end, self.length)
        terms = [coefficient(u, k) for k in range(length)]
        ctx.cap = length
        found = None
        if in_rationals and all(isinstance(term, fmpq) for term in terms):
            found = in_rationals(fmpq_series(terms, prec=length))
        if found is None:
            found = in_balls(arb_series([arb(term) for term in terms], prec=length))
        coefficients = [found[k] for k in range(length)]
        if not all(isinstance(term, fmpq) or term.is_finite() for term in coefficients):
            raise NotKnownError
        return _kept(0, coefficients, length, self.length)

    def _number(
        self, x: Any, in_balls: Callable[[Any], Any], in_rationals: Callable[[Any], Any] | None
    ) -> Any:
        """Return f of a number."""
        ctx.cap = 1
        exact = isinstance(x, fmpq) and in_rationals is not None
        found = in_rationals(fmpq_series([x], prec=ANY_LENGTH)) if in_rationals and exact else None
        value = in_balls(arb_series([arb(x)], prec=ANY_LENGTH)) if found is None else found
        if found is None and not value[0].is_finite():
            raise NotKnownError
        return value[0]

    def word(self, op: str, u: Branch) -> Branch | float:
        """Return a word of a function."""
        if op in _SINGULAR:
            return _SINGULAR[op](self, u)
        if u.low < 0 and not u.logs:
            return self._far(op, u)
        return self._composed(u, SERIES[op], RATIONALS.get(op))

    def logarithm(self, u: Branch) -> Branch | float:
        """Return log(c t^v (1 + w)) = log(c (1 + w)) + v log(t)."""
        if u.logs or (u.faint != 0 and not u.terms) or not _leads(u):
            raise NotKnownError
        if _sign_of(u.terms[0]) < 0:
            return math.nan
        found = self._composed(self._rest(u), SERIES["log"], RATIONALS["log"])
        return found._replace(logs=constant(fmpq(u.low)) if u.low else None)

    def log1p(self, u: Branch) -> Branch | float:
        """Return log(1 + u), by flint's log1p where that is not singular."""
        whole = self.add(ONE, u)
        if u.low < 0 or not _leads(whole) or whole.low != 0:
            return self.logarithm(whole)
        return self._composed(u, SERIES["log1p"], RATIONALS["log1p"]) if whole.terms[0] > 0 else math.nan

    def atanh(self, u: Branch) -> Branch | float:
        """Return (log(1 + u) - log(1 - u))/2 at the ends of the domain."""
        above, below = self.add(ONE, u), self.add(ONE, self.negative(u))
        if any(_leads(x) and _sign_of(x.terms[0]) < 0 for x in (above, below)):
            return math.nan
        if above.low == below.low == 0:
            return self._composed(u, SERIES["atanh"], RATIONALS["atanh"])
        parts = self.logarithm(above), self.logarithm(below)
        if isinstance(parts[0], float) or isinstance(parts[1], float):
            return math.nan
        return self.multiply(constant(fmpq(1, 2)), self.add(parts[0], self.negative(parts[1])))

    def acos(self, u: Branch) -> Branch | float:
        """Return acos(u) = 2 asin(sqrt((1 - u)/2)) near 1, and pi - acos(-u) near -1."""
        rest = self.add(ONE, self.negative(u))
        other = self.add(ONE, u)
        if any(_leads(x) and _sign_of(x.terms[0]) < 0 for x in (rest, other)):
            return math.nan
        if other.low > 0 or not other.terms:
            found = self.acos(self.negative(u))
            return found if isinstance(found, float) else self.add(constant(arb.pi()), self.negative(found))
        if rest.low == 0 and rest.terms:
            return self._composed(u, SERIES["acos"], RATIONALS["acos"])
        return self._double_of_root(rest, "asin")

    def _double_of_root(self, rest: Branch, word: str) -> Branch | float:
        """Return 2 f(sqrt(rest/2))."""
        root = self.power(self.multiply(constant(fmpq(1, 2)), rest), fmpq(1, 2))
        if isinstance(root, float):
            return math.nan
        return self.multiply(constant(fmpq(2)), self._composed(root, SERIES[word], RATIONALS[word]))

    def asin(self, u: Branch) -> Branch | float:
        """Return asin(u) = pi/2 - acos(u) at the ends of the domain."""
        ends = [self.add(ONE, u), self.add(ONE, self.negative(u))]
        if all(_leads(x) and x.low == 0 and _sign_of(x.terms[0]) > 0 for x in ends):
            return self._composed(u, SERIES["asin"], RATIONALS["asin"])
        found = self.acos(u)
        if isinstance(found, float):
            return found
        return self.add(constant(arb.pi() / 2), self.negative(found))

    def acosh(self, u: Branch) -> Branch | float:
        """Return acosh(u) = 2 asinh(sqrt((u - 1)/2)) near 1."""
        rest = self.add(u, self.negative(ONE))
        if _leads(rest) and _sign_of(rest.terms[0]) < 0:
            return math.nan
        if rest.low == 0 and rest.terms:
            return self._composed(u, SERIES["acosh"], None)
        return self._double_of_root(rest, "asinh")

    def _far(self, op: str, u: Branch) -> Branch | float:
        """Return a word of what grows beyond all bounds, where it comes to a limit faster than any power."""
        above = _sign_of(u.terms[0]) > 0
        if op == "atan":
            inverse = self.inverse(u)
            assert isinstance(inverse, Branch)
            end = constant(arb.pi() / 2 if above else -arb.pi() / 2)
            return self.add(end, self.negative(self._composed(inverse, SERIES["atan"], RATIONALS["atan"])))
        if op not in _FAR:
            raise NotKnownError
        low, high = _FAR[op]
        limit, faint = high if above else low
        if limit is None:
            if faint == 0:
                raise NotKnownError
            return u._replace(faint=faint)
        return constant(fmpq(limit))._replace(faint=faint)

    # ------------------------------------------------------------------------ what is read off

    def sign(self, a: Branch) -> int:
        """Return the sign beside the point: of the first term, and of log(t) before 1."""
        if a.logs and _leads(a.logs) and (not a.terms or a.logs.low <= a.low):
            if not a.terms and a.logs.low >= a.end:
                raise NotKnownError
            return -_sign_of(a.logs.terms[0])
        if _leads(a):
            return _sign_of(a.terms[0])
        if a.faint is None:
            raise NotKnownError
        return a.faint

    def slope(self, a: Branch) -> Branch:
        """Return the derivative by z: that by t over that of z."""
        terms = [_product(fmpq(a.low + i), term) for i, term in enumerate(a.terms)]
        by_t = _kept(a.low - 1, terms, _moved(a.end, -1), ENDLESS)
        logs = None
        if a.logs:
            by_t = self.add(by_t, a.logs._replace(low=a.logs.low - 1, end=_moved(a.logs.end, -1)))
            inner = [_product(fmpq(a.logs.low + i), term) for i, term in enumerate(a.logs.terms)]
            logs = _some(_kept(a.logs.low - 1, inner, _moved(a.logs.end, -1), ENDLESS))
        factor = Branch(1 - self.roots, (fmpq(self.side, self.roots),))
        return self.multiply(by_t._replace(logs=logs), factor)

    def limit(self, a: Branch) -> Any:
        """Return the limit at the point: fmpq, or arb, which may be an infinity."""
        if a.logs and _leads(a.logs) and a.logs.low <= min(a.low, 0):
            return arb.neg_inf() if _sign_of(a.logs.terms[0]) > 0 else arb.pos_inf()
        if a.low < 0 and a.terms:
            return arb.pos_inf() if _sign_of(a.terms[0]) > 0 else arb.neg_inf()
        return coefficient(a, 0)


def _some(logs: Branch | None) -> Branch | None:
    return logs if logs and (logs.terms or logs.end < ENDLESS) else None


def _bare(a: Branch) -> Branch:
    return a._replace(logs=None, faint=0)


def _joined(a: int | None, b: int | None) -> int | None:
    if a is None or b is None or a * b < 0:
        return None
    return a or b


def _moved(end: int, by: int) -> int:
    return end if end >= ENDLESS else end + by


def _by_balls(exponent: Any) -> Callable[[Any], Any]:
    if exponent.q == 1:
        size = int(abs(exponent.p))
        return lambda x: x**size if exponent > 0 else 1 / x**size
    return lambda x: x ** arb(exponent)


def _by_rationals(exponent: Any) -> Callable[[Any], Any]:
    return lambda x: RATIONALS["^"](x, fmpq_series([exponent], prec=ANY_LENGTH))


_SINGULAR: dict[str, Callable[[Algebra, Branch], Branch | float]] = {
    "sqrt": lambda algebra, u: algebra.power(u, fmpq(1, 2)),
    "log": Algebra.logarithm, "log1p": Algebra.log1p, "atanh": Algebra.atanh,
    "asin": Algebra.asin, "acos": Algebra.acos, "acosh": Algebra.acosh,
}  # fmt: skip
_FAR: dict[str, tuple[tuple[int | None, int], tuple[int | None, int]]] = {
    # limit at -inf and at inf, each with the side from which it is come to; None: the argument itself
    "exp": ((0, 1), (None, 0)), "expm1": ((-1, 1), (None, 0)), "sigmoid": ((0, 1), (1, -1)),
    "tanh": ((-1, 1), (1, -1)), "erf": ((-1, 1), (1, -1)), "erfc": ((2, -1), (0, 1)),
    "Phi": ((0, 1), (1, -1)), "phi": ((0, 1), (0, 1)), "softplus": ((0, 1), (None, 1)),
}  # fmt: skip
