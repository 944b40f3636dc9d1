"""Means for z ~ N(0, 1) in closed form: of polynomials, also in two parts about 0, and of those times sines.

They alone can tell that a mean is 0 or a rational number. E[z^n e^(iaz)] = i^n He_n(a) e^(-a^2/2).
"""

from fractions import Fraction
from math import prod
from typing import Any

from actcli.language.trees import Node, Z, name, walked
from actcli.numerics.exact.reals import ball_of, constant
from actcli.shape.pieces import Stretch

MOST_TERMS = 60
MOST_MULTIPLIED = 16
Complex = tuple[Fraction, Fraction]
Terms = dict[tuple[int, Fraction], Complex]  # c z^n e^(iaz) by n and a
ZERO, ONE = Fraction(0), Fraction(1)


def closed_mean(cut: list[Stretch], square: bool) -> Any:
    """Return the mean of a formula from its pieces over the whole line; None where no closed form is seen."""
    parts = [(piece, walked(piece.tree, _few_terms)) for piece in cut if piece.low < piece.high]
    if any(piece.torn or terms is None for piece, terms in parts):
        return None
    if square:
        parts = [(piece, _product(terms, terms)) for piece, terms in parts]
    if len(parts) == 1:
        return _over_the_line(parts[0][1] or {})
    if len(parts) != 2 or parts[0][0].high != 0 or any(a for _, terms in parts for _, a in terms or {}):
        return None
    halves = [_over_half(terms or {}, side) for side, (_, terms) in zip((-1, 1), parts, strict=True)]
    whole, odd = (sum(pair, ZERO) for pair in zip(*halves, strict=True))
    root = (2 * constant(name("pi"))).sqrt()
    return ball_of(whole) + (ball_of(odd) / root if odd else 0)


def _over_the_line(terms: Terms) -> Any:
    by_rate: dict[Fraction, Fraction] = {}
    for (n, a), c in terms.items():
        turned = (c[0], -c[1], -c[0], c[1])[n % 4]  # the real part of c*i^n
        by_rate[abs(a)] = by_rate.get(abs(a), ZERO) + turned * _hermite(n, a)
    return sum((ball_of(c) * ball_of(-a * a / 2).exp() for a, c in by_rate.items() if c), ball_of(ZERO))


def _hermite(n: int, a: Fraction) -> Fraction:
    before, here = ZERO, ONE
    for k in range(n):
        before, here = here, a * here - k * before
    return here


def _over_half(terms: Terms, side: int) -> tuple[Fraction, Fraction]:
    """Return p and q of a polynomial's mean over half of the line, p + q/sqrt(2 pi).

    E[z^n; z > 0] is (n - 1)!!/2 for even n, else (n - 1)!!/sqrt(2 pi).
    """
    sums = [ZERO, ZERO]
    for (n, _), (c, _) in terms.items():
        sums[n % 2] += c * side**n * prod(range(n - 1, 0, -2)) / (1 if n % 2 else 2)
    return sums[0], sums[1]


def _few_terms(n: Node, parts: list[Terms | None]) -> Terms | None:
    terms = _step(n, parts)
    return terms if terms is None or len(terms) <= MOST_TERMS else None


def _step(n: Node, parts: list[Terms | None]) -> Terms | None:
    if n.value is not None:
        return {(0, ZERO): (n.value, ZERO)}
    if n is Z:
        return {(1, ZERO): (ONE, ZERO)}
    if None in parts or not parts:
        return None
    first, divisor = parts[0] or {}, n.children[-1].value
    if n.op in ("+", "-"):
        return _sum(first, _scaled(parts[1] or {}, ONE if n.op == "+" else -ONE))
    if n.op == "neg" or (n.op == "/" and divisor):
        return _scaled(first, 1 / divisor if n.op == "/" and divisor else -ONE)
    if n.op == "*":
        return _product(first, parts[1])
    if n.op == "^" and divisor is not None and divisor.denominator == 1 and 0 < divisor <= MOST_MULTIPLIED:
        raised = first
        for _ in range(int(divisor) - 1):
            raised = _product(raised, first)
        return raised
    if n.op in ("sin", "cos") and set(first) == {(1, ZERO)}:
        rate, half = first[(1, ZERO)][0], ONE / 2
        forward, back = ((ZERO, -half), (ZERO, half)) if n.op == "sin" else ((half, ZERO), (half, ZERO))
        return {(0, rate): forward, (0, -rate): back}
    return None


def _sum(a: Terms, b: Terms) -> Terms:
    total = dict(a)
    for key, (re, im) in b.items():
        known = total.get(key, (ZERO, ZERO))
        total[key] = (known[0] + re, known[1] + im)
    return {key: c for key, c in total.items() if c != (ZERO, ZERO)}


def _scaled(a: Terms, factor: Fraction) -> Terms:
    return {key: (re * factor, im * factor) for key, (re, im) in a.items()}


def _product(a: Terms | None, b: Terms | None) -> Terms:
    total: Terms = {}
    for (n, p), (re, im) in (a or {}).items():
        for (m, q), (x, y) in (b or {}).items():
            total = _sum(total, {(n + m, p + q): (re * x - im * y, re * y + im * x)})
    return total
