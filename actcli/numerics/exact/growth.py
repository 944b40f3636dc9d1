"""How fast a function grows beside a point, where no series in its powers tells: by leading terms alone.

G. H. Hardy, Orders of Infinity (1910). With x = 1/t and L = log(x) a function is c x^p L^q log(L)^r ...
times what tends to 1, or its size is e^E, of whose E, which tends to an infinity, the leading term is
known in turn.
What is left where two of them cancel is not known.
"""

from typing import Any, NamedTuple

from flint import arb, arb_series, ctx, fmpq

from actcli.numerics.exact.branches import (
    LARGEST_PRODUCT,
    Algebra,
    Branch,
    NotKnownError,
    leads,
    sign_of,
    term_product,
    term_sum,
)
from actcli.numerics.exact.realwords import SERIES

Powers = tuple[Any, ...]
STILL: Powers = (fmpq(0),) * 4


class Lead(NamedTuple):
    """A leading term: c and the powers of x, L, log(L), log(log(L)); with `size`, the E, c is but a sign."""

    factor: Any
    powers: Powers = STILL
    size: "Lead | None" = None


ZERO, ONE = Lead(fmpq(0)), Lead(fmpq(1))


def lead_of(algebra: Algebra, a: Branch | Lead) -> Lead:
    """Return the leading term of a series in t."""
    if isinstance(a, Lead):
        return a
    sign = algebra.sign(a)
    if not sign:
        return ZERO
    if a.tail and (algebra.is_huge(a) or not (a.terms or a.logs)):
        return Lead(fmpq(sign), size=lead_of(algebra, a.tail[1]))
    if a.logs and leads(a.logs) and (not a.terms or a.logs.low <= a.low):
        return Lead(-a.logs.terms[0], (fmpq(-a.logs.low), fmpq(1), *STILL[2:]))
    return Lead(a.terms[0], (fmpq(-a.low), *STILL[1:]))


def growth(a: Lead) -> int:
    """Return 1 where a tends to an infinity, -1 where it tends to 0, else 0."""
    if a is ZERO:
        return -1
    if a.size:
        return sign_of(a.size.factor)
    return next((sign for sign in map(sign_of, a.powers) if sign), 0)


def limit(a: Lead) -> Any:
    """Return what a function tends to: fmpq, or arb, which may be an infinity."""
    grows = growth(a)
    if grows > 0:
        return arb.pos_inf() if sign_of(a.factor) > 0 else arb.neg_inf()
    return a.factor if not grows else fmpq(0)


# ---------------------------------------------------------------------------- arithmetic


def opposite(a: Lead) -> Lead:
    """Return -a."""
    return a if a is ZERO else a._replace(factor=-a.factor)


def add(a: Lead, b: Lead) -> Lead:
    """Return the one that outweighs the other, or the sum of two that grow alike."""
    if a is ZERO or b is ZERO:
        return b if a is ZERO else a
    if a.size or b.size:
        gap = add(log_of_size(a), opposite(log_of_size(b)))
        if growth(gap) <= 0:
            raise NotKnownError
        return a if sign_of(gap.factor) > 0 else b
    steps = (sign_of(term_sum(p, -q)) for p, q in zip(a.powers, b.powers, strict=True))
    larger = next((step for step in steps if step), 0)
    if larger:
        return a if larger > 0 else b
    factor = term_sum(a.factor, b.factor)
    if not sign_of(factor):
        raise NotKnownError
    return a._replace(factor=factor)


def log_of_size(a: Lead) -> Lead:
    """Return log|a| where that tends to an infinity, and 0 where it does not."""
    if a.size:
        return a.size
    place: int | None = next((i for i, power in enumerate(a.powers) if sign_of(power)), None)
    if place is None:
        return ZERO
    if place == len(STILL) - 1:
        raise NotKnownError
    return Lead(a.powers[place], tuple(fmpq(i == place + 1) for i in range(len(STILL))))


def multiply(a: Lead, b: Lead) -> Lead:
    """Return a*b."""
    if a is ZERO or b is ZERO:
        return ZERO
    if not (a.size or b.size):
        powers = tuple(term_sum(p, q) for p, q in zip(a.powers, b.powers, strict=True))
        return Lead(term_product(a.factor, b.factor), powers)
    size = add(log_of_size(a), log_of_size(b))
    if growth(size) <= 0:
        raise NotKnownError
    return Lead(fmpq(sign_of(a.factor) * sign_of(b.factor)), size=size)


def power(a: Lead, exponent: Any) -> Lead | float:
    """Return a^p for a number p that is not 0; nan where that is no real number."""
    if a is ZERO:
        return ZERO if sign_of(exponent) > 0 else float("nan")
    is_whole = isinstance(exponent, fmpq) and exponent.q == 1
    if sign_of(a.factor) < 0 and not is_whole:
        return float("nan")
    sign = -1 if sign_of(a.factor) < 0 and exponent.p % 2 else 1
    if a.size:
        return Lead(fmpq(sign), size=multiply(Lead(exponent), a.size))
    is_short = is_whole and abs(exponent.p) <= LARGEST_PRODUCT
    factor = a.factor ** int(exponent.p) if is_short else sign * arb(abs(a.factor)) ** arb(exponent)
    return Lead(factor, tuple(term_product(p, exponent) for p in a.powers))


def quotient(a: Lead, b: Lead) -> Lead | float:
    """Return a/b; nan over the zero function."""
    inverse = power(b, fmpq(-1))
    return inverse if isinstance(inverse, float) else multiply(a, inverse)


# ---------------------------------------------------------------------------- words


def exp(u: Lead) -> Lead:
    """Return e^u."""
    grows = growth(u)
    return Lead(fmpq(1), size=u) if grows > 0 else ONE if grows else Lead(arb(u.factor).exp())


def log(u: Lead) -> Lead | float:
    """Return log(u)."""
    if u is ZERO:
        raise NotKnownError
    if sign_of(u.factor) < 0:
        return float("nan")
    return log_of_size(u) if u.size or growth(u) else _at_a_number("log", u)


BELLS = {"erfc": fmpq(-1), "Phi": fmpq(-1, 2)}  # what falls as e^(s u^2) on one side


def word(op: str, u: Lead) -> Lead | float:
    """Return a word of what tends to a number, or where a bell falls."""
    if growth(u) <= 0:
        return _at_a_number(op, u)
    if op not in BELLS:
        raise NotKnownError
    return Lead(fmpq(1), size=multiply(Lead(BELLS[op]), multiply(u, u)))


def _at_a_number(op: str, u: Lead) -> Lead:
    grows = growth(u)
    ctx.cap = 2
    start, slope = (SERIES[op](arb_series([arb(0 if grows else u.factor), 1]))[k] for k in (0, 1))
    if not (start.is_finite() and slope.is_finite()):
        raise NotKnownError
    if sign_of(start):
        return Lead(start)
    if not (grows and sign_of(slope)):
        raise NotKnownError
    return multiply(Lead(slope), u)


def floor(u: Lead) -> Lead:
    """Return the whole number below what tends to a number."""
    if growth(u) > 0:
        raise NotKnownError
    if u is ZERO:
        return ZERO
    if growth(u):
        return opposite(ONE) if sign_of(u.factor) < 0 else ZERO
    whole = arb(u.factor).floor().unique_fmpz()
    if whole is None or not sign_of(term_sum(u.factor, -fmpq(whole))):
        raise NotKnownError
    return Lead(fmpq(whole)) if whole else ZERO
