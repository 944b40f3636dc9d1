"""Functions just beside a point, as series in t at z0 + t^q or z0 - t^q, where they have no power series.

V. Puiseux's series: powers of t may begin below 0, and q is the least common denominator of the powers of
z - z0 that are met. A series carries where it begins and from which power on it is not known, so that one
that is cut is never taken for zero. log(z - z0) is kept as a coefficient of log(t), and what grows or falls
faster than every power, such as exp(-1/z), as a tail, of which the largest alone is kept. With t^-1 in
place of t^q the same tells how a formula behaves at an infinity.
"""

import math
from collections.abc import Callable
from functools import reduce
from typing import Any, NamedTuple

from flint import arb, arb_series, ctx, fmpq, fmpq_series

from actcli.numerics.exact.realwords import ANY_LENGTH, RATIONALS

LARGEST_PRODUCT = 9  # factors of a power of a polynomial that is multiplied out
LARGEST_RATIONAL = 20_000  # bits of a product that is kept as a rational number
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

    Terms are fmpq where they are rational, else arb. `logs` is the coefficient of log(t), `tail` c and p of
    c*exp(p), where p tends to an infinity. `blurred`: something smaller than all that is told is left out.
    """

    low: int
    terms: tuple[Any, ...]
    end: int = ENDLESS
    logs: "Branch | None" = None
    tail: "tuple[Branch, Branch] | None" = None
    blurred: bool = False


Tail = tuple[Branch, Branch] | None
FLAT_ZERO = Branch(0, ())
FLAT_ONE = Branch(0, (fmpq(1),))


def constant(number: Any) -> Branch:
    """Return a number as a function."""
    return Branch(0, (number,)) if not _is_zero(number) else FLAT_ZERO


def _is_zero(term: Any) -> bool:
    return bool(term == 0)


def sign_of(term: Any) -> int:
    """Return the sign of a number, if it is known."""
    if term > 0:
        return 1
    if term < 0:
        return -1
    if term == 0:
        return 0
    raise NotKnownError


# ---------------------------------------------------------------------------- arithmetic of terms


def term_sum(a: Any, b: Any) -> Any:
    """Return the sum of two terms, rational where both are."""
    return a + b if isinstance(a, fmpq) == isinstance(b, fmpq) else arb(a) + arb(b)


def term_product(a: Any, b: Any) -> Any:
    """Return the product of two terms, rational where both are."""
    if _is_zero(a) or _is_zero(b):
        return fmpq(0)
    if isinstance(a, fmpq) and isinstance(b, fmpq) and a.height_bits() + b.height_bits() < LARGEST_RATIONAL:
        return a * b
    return arb(a) * arb(b)


def _kept(low: int, terms: list[Any], end: int, length: int) -> Branch:
    """Return a series without the zeros that it begins with, cut where it is longer than needed."""
    first = next((i for i, term in enumerate(terms) if not _is_zero(term)), None)
    if first is None:
        return FLAT_ZERO if end >= ENDLESS else Branch(end, (), end)
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


def tells(branch: Branch) -> bool:
    """Tell whether anything is known of a function, or it is known to be 0."""
    is_zero = branch.end >= ENDLESS and not branch.blurred
    return bool(branch.terms or branch.logs or branch.tail or is_zero)


def leads(branch: Branch) -> bool:
    """Tell whether a series has a first term; one that is cut to nothing is not known."""
    if branch.terms:
        return True
    if branch.end < ENDLESS:
        raise NotKnownError
    return False


class Algebra:
    """The language over such series, so many terms long, at one point on one side."""

    def __init__(self, z: Any, side: int, roots: int, length: int, swings: bool = False) -> None:
        """`z` is the point as fmpq, and z0 + side*t^roots is read; None for side*t^-roots, at an infinity.

        `swings`: sin, cos and floor far out are told to a bounded error, which has no derivative.
        """
        self.power_of_z = -roots if z is None else roots
        self.side, self.length, self.swings = side, length, swings
        terms = [fmpq(side)] if z is None else [z, *[fmpq(0)] * (roots - 1), fmpq(side)]
        self.variable = _kept(min(self.power_of_z, 0), terms, ENDLESS, ENDLESS)

    # ------------------------------------------------------------------------ rings

    def add(self, a: Branch, b: Branch) -> Branch:
        """Return a + b."""
        end = min(a.end, b.end)
        low = min(a.low, b.low)
        top = min(max(a.low + len(a.terms), b.low + len(b.terms)), end)
        places = range(low, top) if a.terms or b.terms else ()
        terms = [term_sum(coefficient(a, k), coefficient(b, k)) for k in places]
        logs = self.add(a.logs or FLAT_ZERO, b.logs or FLAT_ZERO) if a.logs or b.logs else None
        tail, blurred = self._larger(a.tail, b.tail)
        return _kept(low, terms, end, self.length)._replace(
            logs=_some(logs), tail=tail, blurred=blurred or a.blurred or b.blurred
        )

    def _larger(self, a: Tail, b: Tail) -> tuple[Tail, bool]:
        """Return the tail that outgrows the other, and whether the other is left out."""
        if a is None or b is None:
            return a or b, False
        gap = self.add(a[1], self.negative(b[1]))
        if not (gap.terms or gap.logs or gap.tail or gap.end < ENDLESS):
            joined = self.add(a[0], b[0])
            if not leads(joined):
                raise NotKnownError
            return (joined, a[1]), False
        if not self.tends(gap):
            raise NotKnownError
        return (a if self.sign(gap) > 0 else b), True

    def tends(self, a: Branch) -> bool:
        """Tell whether a function tends to an infinity."""
        limit = self.limit(a)
        return not isinstance(limit, fmpq) and not limit.is_finite()

    def is_huge(self, a: Branch) -> bool:
        """Tell whether a function has a tail that outgrows every power."""
        return a.tail is not None and self.sign(a.tail[1]) > 0

    def negative(self, a: Branch) -> Branch:
        """Return -a."""
        logs = self.negative(a.logs) if a.logs else None
        tail = (self.negative(a.tail[0]), a.tail[1]) if a.tail else None
        return a._replace(terms=tuple(-term for term in a.terms), logs=logs, tail=tail)

    def multiply(self, a: Branch, b: Branch) -> Branch:
        """Return a*b; two logarithms are not multiplied."""
        if FLAT_ZERO in (a, b):
            return FLAT_ZERO
        if a.logs and b.logs:
            raise NotKnownError
        crossed = (self.multiply(x.logs, bare(y)) for x, y in ((a, b), (b, a)) if x.logs)
        logs = next(crossed, None)
        low = a.low + b.low
        nothing = any(not x.terms and x.end >= ENDLESS for x in (a, b))
        end = ENDLESS if nothing else min(_moved(a.end, b.low), _moved(b.end, a.low))
        count = min(len(a.terms) + len(b.terms) - 1, end - low, self.length + 1) if a.terms and b.terms else 0
        terms: list[Any] = [fmpq(0)] * max(count, 0)
        for i, left in enumerate(a.terms[:count]):
            for j, right in enumerate(b.terms[: count - i]):
                terms[i + j] = term_sum(terms[i + j], term_product(left, right))
        if a.terms and b.terms and len(a.terms) + len(b.terms) - 1 > count:
            end = min(end, low + count)
        tail, blurred = self._tail_of_product(a, b)
        found = _kept(low, terms, end, self.length)._replace(logs=_some(logs), tail=tail, blurred=blurred)
        return self.add(found, self._bounded_product(a, b)) if a.tail and b.tail else found

    def _bounded_product(self, a: Branch, b: Branch) -> Branch:
        """Return c e^p d e^q where the tails outweigh each other: its first term, if a factor is blurred."""
        assert a.tail and b.tail
        both = self.add(a.tail[1], b.tail[1])
        if self.tends(both):
            return FLAT_ZERO
        if both.blurred or both.tail:
            raise NotKnownError
        factor = self.composed(both, lambda x: x.exp(), RATIONALS["exp"])
        found = self.multiply(self.multiply(a.tail[0], b.tail[0]), factor)
        if not (a.blurred or b.blurred):
            return found
        return found._replace(terms=found.terms[:1], end=found.low + 1) if leads(found) else found

    def _tail_of_product(self, a: Branch, b: Branch) -> tuple[Tail, bool]:
        """Return (A + c e^p)(B + d e^q) - A B as the larger of its terms, but for a bounded one."""
        tails: list[Tail] = []
        for x, y in ((a, b), (b, a)):
            if x.tail and (y.terms or y.logs or y.end < ENDLESS):
                tails.append((self.multiply(x.tail[0], bare(y)._replace(logs=y.logs)), x.tail[1]))
        if a.tail and b.tail:
            both = self.add(a.tail[1], b.tail[1])
            if self.tends(both):
                tails.append((self.multiply(a.tail[0], b.tail[0]), both))
        found, blurred = None, a.blurred or b.blurred
        for tail in tails:
            found, left_out = self._larger(found, tail)
            blurred = blurred or left_out
        return found, blurred

    def inverse(self, a: Branch) -> Branch | float:
        """Return 1/a; nan over the zero function."""
        if a.tail and (self.is_huge(a) or not (a.terms or a.logs or a.end < ENDLESS)):
            return self.inverse_of_tail(a)
        if a.logs or (a.blurred and not a.terms):
            raise NotKnownError
        if not leads(a):
            return math.nan
        sign_of(a.terms[0])
        inverted = self.composed(self.without_power(a), lambda x: 1 / x, lambda x: 1 / x)
        found = inverted._replace(
            low=inverted.low - a.low,
            end=_moved(inverted.end, -a.low),
            blurred=a.blurred or a.tail is not None,
        )
        if a.tail is None:
            return found
        change = self.negative(self.multiply(self.multiply(found, found), a.tail[0]))
        return found._replace(tail=(change, a.tail[1]))

    def inverse_of_tail(self, a: Branch) -> Branch | float:
        """Return 1/(c e^p) where a tail is all that counts."""
        assert a.tail
        inverse = self.inverse(a.tail[0])
        if isinstance(inverse, float):
            raise NotKnownError
        blurred = bool(a.terms or a.blurred)
        return FLAT_ZERO._replace(tail=(inverse, self.negative(a.tail[1])), blurred=blurred)

    def without_power(self, a: Branch) -> Branch:
        """Return a/t^low, which begins at t^0."""
        return Branch(0, a.terms, _moved(a.end, -a.low))

    def power(self, a: Branch, exponent: Any) -> Branch | float:
        """Return a^p for a rational number p: (c t^v (1 + w))^p."""
        if exponent == 0:
            return FLAT_ONE
        if a.tail and (self.is_huge(a) or not a.terms):
            return self._power_of_tail(a, exponent)
        if a.logs:
            raise NotKnownError
        found = self._power_of_terms(a, exponent)
        blurred = a.blurred or a.tail is not None
        return found if isinstance(found, float) else found._replace(blurred=blurred)

    def _power_of_tail(self, a: Branch, exponent: Any) -> Branch | float:
        assert a.tail
        raised = self.power(a.tail[0], exponent)
        if isinstance(raised, float):
            return raised
        tail = (raised, self.multiply(constant(exponent), a.tail[1]))
        return FLAT_ZERO._replace(tail=tail, blurred=bool(a.terms or a.logs or a.blurred))

    def _power_of_terms(self, a: Branch, exponent: Any) -> Branch | float:
        if exponent.q == 1 and 0 < exponent <= LARGEST_PRODUCT and (a.end >= ENDLESS or not a.terms):
            return reduce(self.multiply, [bare(a)] * int(exponent.p))
        if not leads(a):
            return FLAT_ZERO if exponent > 0 else math.nan
        if exponent.q != 1 and sign_of(a.terms[0]) < 0:
            return math.nan
        moved = exponent * a.low
        if moved.q != 1:
            raise NeedsRootError(int(moved.q))
        raised = self.composed(self.without_power(a), _by_balls(exponent), _by_rationals(exponent))
        return raised._replace(low=raised.low + int(moved.p), end=_moved(raised.end, int(moved.p)))

    # ------------------------------------------------------------------------ words

    def composed(
        self, u: Branch, in_balls: Callable[[Any], Any], in_rationals: Callable[[Any], Any] | None
    ) -> Branch:
        """Return f(u) for a function that is analytic at u(0), from flint's series."""
        if u.logs or u.low < 0 or self.is_huge(u):
            raise NotKnownError
        found = self._composed_terms(u, in_balls, in_rationals)
        return found._replace(blurred=u.blurred or u.tail is not None)

    def _composed_terms(
        self, u: Branch, in_balls: Callable[[Any], Any], in_rationals: Callable[[Any], Any] | None
    ) -> Branch:
        if u.end >= ENDLESS and len(u.terms) <= (1 if u.low == 0 else 0):
            return constant(self._number(coefficient(u, 0), in_balls, in_rationals))
        length = min(u.end, self.length)
        if length <= 0:
            raise NotKnownError
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

    # ------------------------------------------------------------------------ what is read off

    def sign(self, a: Branch) -> int:
        """Return the sign beside the point: of the first term, and of log(t) before 1."""
        if self.is_huge(a):
            assert a.tail
            return self.sign(a.tail[0])
        if a.logs and leads(a.logs) and (not a.terms or a.logs.low <= a.low):
            if not a.terms and a.logs.low >= a.end:
                raise NotKnownError
            return -sign_of(a.logs.terms[0])
        if leads(a):
            return sign_of(a.terms[0])
        if a.tail:
            return self.sign(a.tail[0])
        if a.blurred:
            raise NotKnownError
        return 0

    def slope(self, a: Branch) -> Branch:
        """Return the derivative by z: that by t over that of z."""
        terms = [term_product(fmpq(a.low + i), term) for i, term in enumerate(a.terms)]
        by_t = _kept(a.low - 1, terms, _moved(a.end, -1), ENDLESS)
        logs = None
        if a.logs:
            by_t = self.add(by_t, a.logs._replace(low=a.logs.low - 1, end=_moved(a.logs.end, -1)))
            inner = [term_product(fmpq(a.logs.low + i), term) for i, term in enumerate(a.logs.terms)]
            logs = _some(_kept(a.logs.low - 1, inner, _moved(a.logs.end, -1), ENDLESS))
        factor = Branch(1 - self.power_of_z, (fmpq(self.side, self.power_of_z),))
        found = self.multiply(by_t._replace(logs=logs), factor)
        if a.tail:
            change = self.add(self.slope(a.tail[0]), self.multiply(a.tail[0], self.slope(a.tail[1])))
            found = self.add(found, FLAT_ZERO._replace(tail=(change, a.tail[1])))
        return found._replace(blurred=found.blurred or a.blurred)

    def limit(self, a: Branch) -> Any:
        """Return the limit at the point: fmpq, or arb, which may be an infinity."""
        if self.is_huge(a):
            return arb.pos_inf() if self.sign(a) > 0 else arb.neg_inf()
        if a.logs and leads(a.logs) and a.logs.low <= min(a.low, 0):
            return arb.neg_inf() if sign_of(a.logs.terms[0]) > 0 else arb.pos_inf()
        if a.low < 0 and a.terms:
            return arb.pos_inf() if sign_of(a.terms[0]) > 0 else arb.neg_inf()
        return coefficient(a, 0)


def _some(logs: Branch | None) -> Branch | None:
    return logs if logs and (logs.terms or logs.end < ENDLESS) else None


def bare(a: Branch) -> Branch:
    """Return the series alone."""
    return a._replace(logs=None, tail=None, blurred=False)


def only_tail(a: Branch) -> Branch:
    """Return the tail alone."""
    return FLAT_ZERO._replace(tail=a.tail)


def as_branch(a: Branch | float) -> Branch:
    """Return what is a function; what is no real number is given up."""
    if isinstance(a, float):
        raise NotKnownError
    return a


def _moved(end: int, by: int) -> int:
    return end if end >= ENDLESS else min(end + by, ENDLESS)


def _by_balls(exponent: Any) -> Callable[[Any], Any]:
    if exponent.q == 1:
        size = int(abs(exponent.p))
        return lambda x: x**size if exponent > 0 else 1 / x**size
    return lambda x: x ** arb(exponent)


def _by_rationals(exponent: Any) -> Callable[[Any], Any]:
    return lambda x: RATIONALS["^"](x, fmpq_series([exponent], prec=ANY_LENGTH))
