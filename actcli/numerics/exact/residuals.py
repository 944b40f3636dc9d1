"""The largest distance between a smooth formula and a polynomial over an interval, proven.

A cell is bounded by its ends where the residual is monotone, by the second-order Taylor form, or by the
values over the whole of it; else it is halved. Hold `alone()` around it.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flint import arb, arb_series, ctx

from actcli.errors import UndecidedError
from actcli.language.calculus import derivative
from actcli.language.texts import on_screen
from actcli.language.trees import Node, Z, number
from actcli.numerics.exact.cells import CellReader, fraction_of
from actcli.numerics.exact.reals import Place, ball_of, compiled, stepped

CLOSENESS = Fraction(1_000_002, 1_000_000)  # of the bound to a value that is taken
MOST_HALVINGS = 90
RESOLVED = Fraction(1, 2**75)  # distances below it are bounded by it


class Residual:
    """|g - p| where g is smooth: `least` is taken somewhere, `most` nowhere passed."""

    def __init__(self, reader: CellReader, tree: Node, coefficients: Sequence[Fraction]) -> None:
        """`coefficients` are those of the powers of z, the constant first."""
        self.reader, self.tree = reader, tree
        self.slope = derivative(Node("-", tree, _polynomial(coefficients)))
        self.powers = [ball_of(c) for c in coefficients]
        self.least = self.most = self.enough = arb(0)

    def bound(self, low: Fraction, high: Fraction, least: Fraction = RESOLVED) -> Fraction:
        """Return a bound over an interval, next to the distance there, or `least` where that is larger."""
        self.enough = ball_of(least)
        turns = self.reader.of_quotient(self.slope, low, high)
        cells = [] if turns is None else [(low, low), (high, high), *turns]
        sizes = [self._over(a, b, ball_of(a).union(ball_of(b))) for a, b in cells]
        if sizes and all(size.is_finite() for size in sizes):
            return max(least, *map(fraction_of, sizes))  # where a slope close to 0 over a cell tells little
        for z in {low, (low + high) / 2, high}:
            self._at(z)
        todo = [(low, high, 0)]
        while todo:
            a, b, depth = todo.pop()
            if self._settled(a, b):
                continue
            if depth > MOST_HALVINGS or self.reader.is_late:
                raise not_proven(float(a))
            middle = (a + b) / 2
            todo += [(middle, b, depth + 1), (a, middle, depth + 1)]
        return max(fraction_of(self.most), Fraction(0))

    def _at(self, z: Fraction) -> None:
        ball, at = self.reader.over(self.tree, z, z), ball_of(z)
        if ball.is_finite():
            self._known(abs(ball - _value(self.powers, at)))

    def _known(self, size: Any) -> None:
        self.least, self.most = max(self.least, size.lower()), max(self.most, size.upper())

    def _settled(self, a: Fraction, b: Fraction) -> bool:
        """Tell whether a cell passes nothing beyond what is known already; keep its bound."""
        cell = ball_of(a).union(ball_of(b)) if a < b else ball_of(a)
        series = self._taylor(cell)
        size = self._over(a, b, cell)
        if series is not None:
            slope = series[1] - _slope(self.powers, cell)
            if slope > 0 or slope < 0 or slope == 0:
                self._at(a)
                self._at(b)
                return True
            middle = (a + b) / 2
            bent = self._by_taylor(ball_of(middle), ball_of(b - middle), series[2] - _bend(self.powers, cell))
            size = bent if bent is not None and not bent > size else size
        if size.is_finite() and size <= max(self.least * ball_of(CLOSENESS), self.enough):
            self.most = max(self.most, size.upper())
            return True
        return False

    def _by_taylor(self, middle: Any, half: Any, bend: Any) -> Any:
        series = self._taylor(middle)
        if series is None:
            return None
        here = abs(series[0] - _value(self.powers, middle))
        self.least = max(self.least, here.lower())
        return (here + abs(series[1] - _slope(self.powers, middle)) * half + abs(bend) * half * half).upper()

    def _over(self, a: Fraction, b: Fraction, cell: Any) -> Any:
        return abs(self.reader.over(self.tree, a, b) - _value(self.powers, cell)).upper()

    def _taylor(self, z: Any) -> list[Any] | None:
        """Return the value, the slope and half the second derivative over a ball, if they are known."""
        program = compiled(self.tree, True, self.reader.bits)
        ctx.prec, ctx.cap = self.reader.bits, 3
        found = stepped(program, arb_series([z, 1]), Place(0.0, 1, 1, []))
        known = isinstance(found, arb_series) and found.prec > 2
        terms = [found[i] for i in range(3)] if known else []
        return terms if known and all(term.is_finite() for term in terms) else None


def not_proven(z: float) -> UndecidedError:
    """Return what is told where balls are of no use."""
    place = f"z = {on_screen(z)}, where the slope has no bound"
    return UndecidedError(f"the error is not proven at {place}: leave that z out of the interval")


def _polynomial(coefficients: Sequence[Fraction]) -> Node:
    total = number(0)
    for power in reversed(coefficients):
        total = Node("+", Node("*", total, Z), number(power))
    return total


def _value(powers: Sequence[Any], z: Any) -> Any:
    total = arb(0)
    for power in reversed(powers):
        total = total * z + power
    return total


def _slope(powers: Sequence[Any], z: Any) -> Any:
    return _value([k * power for k, power in enumerate(powers)][1:], z)


def _bend(powers: Sequence[Any], z: Any) -> Any:
    return _value([k * (k - 1) / 2 * power for k, power in enumerate(powers)][2:], z)
