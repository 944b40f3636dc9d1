"""Zeros and poles of rational functions, every one: those of polynomials with whole coefficients.

Flint isolates the roots of a factor without a square; what it gives no imaginary part is a real root.
"""

from fractions import Fraction
from functools import lru_cache
from typing import Any

from flint import ctx, fmpq, fmpq_poly

from actcli.language.trees import Node, Z, postorder

MOST_ROOTS = 40
_ONE = fmpq_poly([1])

Roots = tuple[Any, ...]  # a Fraction, or a ball around a number that is none


@lru_cache(256)
def zeros_and_poles(tree: Node, bits: int) -> tuple[Roots, Roots] | None:
    """Return where a formula is 0 and where it divides by 0; None for what is not seen to be rational."""
    found = _quotient(tree)
    if found is None or not found[0]:
        return None
    ctx.prec = bits
    return _roots(found[0]), _roots(found[1])


def _roots(polynomial: Any) -> Roots:
    found: list[Any] = []
    for factor, _ in polynomial.factor()[1]:
        if factor.degree() == 1:
            root = -factor[0] / factor[1]
            found.append(Fraction(int(root.p), int(root.q)))
        else:
            found += [root.real for root, _ in factor.numer().complex_roots() if root.imag == 0]
    return tuple(found)


def _quotient(tree: Node) -> tuple[Any, Any] | None:
    """Return a numerator and a denominator, which is 0 wherever the formula divides by 0."""
    done: dict[Node, tuple[Any, Any]] = {}
    for n in postorder(tree):
        found = _step(n, [done[child] for child in n.children])
        if found is None or max(part.degree() for part in found) > MOST_ROOTS:
            return None
        done[n] = found
    return done[tree]


def _step(n: Node, parts: list[tuple[Any, Any]]) -> tuple[Any, Any] | None:
    if n.value is not None:
        return fmpq_poly([fmpq(n.value.numerator, n.value.denominator)]), _ONE
    if n is Z:
        return fmpq_poly([0, 1]), _ONE
    if n.op == "neg":
        return -parts[0][0], parts[0][1]
    if n.op not in ("+", "-", "*", "/", "^"):
        return None
    (a, b), (c, d) = parts
    if n.op in ("+", "-"):
        shared = b.gcd(d)
        return a * (d // shared) + (c if n.op == "+" else -c) * (b // shared), b * (d // shared)
    if n.op == "*":
        return a * c, b * d
    if n.op == "/":
        return (a * d * d, b * c * d) if c else None  # the divisor's own poles stay poles
    return _power(a, b, n.children[1].value)


def _power(a: Any, b: Any, exponent: Fraction | None) -> tuple[Any, Any] | None:
    if exponent is None or exponent.denominator > 1 or not 0 <= exponent <= MOST_ROOTS:
        return None
    return a ** int(exponent), b ** int(exponent)
