"""The words of the language over branches: logarithms and roots of what tends to 0, and exponentials."""

import math
from collections.abc import Callable
from typing import Any

from flint import arb, fmpq

from actcli.numerics.exact.branches import (
    FLAT_ONE,
    FLAT_ZERO,
    Algebra,
    Branch,
    NotKnownError,
    as_branch,
    bare,
    constant,
    leads,
    only_tail,
)
from actcli.numerics.exact.realwords import RATIONALS, SERIES


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


# ---------------------------------------------------------------------------- words at an infinity


def _exp(algebra: Algebra, u: Branch) -> Branch:
    """Return e^u, which is a tail, up or down; what fades in u is a factor that tends to 1."""
    if u.logs:
        raise NotKnownError
    left = _unfaded(algebra, u)
    if left.blurred or (left.tail and left.terms):
        raise NotKnownError
    return FLAT_ZERO._replace(tail=(FLAT_ONE, left), blurred=left is not u)


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
