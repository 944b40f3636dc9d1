"""Formulas over intervals, proven: values, signs and zeros; every end is a rational number.

A cell is decided by the formula over the whole of it, by its mean-value or its second-order form (R. E.
Moore, Interval Analysis, 1966), or is halved. What is left undecided is handed out as such. Hold `alone()`
around it.
"""

import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from functools import lru_cache, reduce
from typing import Any, NamedTuple

from flint import arb, ctx

from actcli.errors import UndecidedError
from actcli.language.calculus import derivative, times
from actcli.language.trees import ONE, Node, names_in, postorder
from actcli.numerics.exact import MOST_BITS, written_digits
from actcli.numerics.exact.beside import far_out
from actcli.numerics.exact.branches import NotKnownError
from actcli.numerics.exact.rationals import zeros_and_poles
from actcli.numerics.exact.reals import (
    Outcome,
    Place,
    ball_of,
    compiled,
    constant,
    rational_of,
    stepped,
    with_care,
    with_wheres,
)
from actcli.numerics.exact.realwords import NOTHING
from actcli.numerics.exact.tails import Tail

FIRST_CUT = Fraction(479, 1024)  # so that no later half ends at 0 or 1, where zeros like to be
MOST_CUTS = 10  # of a cell on which a formula has to be seen to be real
MOST_KEPT = 256  # questions for zeros
MOST_HALVINGS = 60  # of what stays undecided, such as the cell beside a branch point


class Bracket(NamedTuple):
    """An interval, or a number where both ends are the same."""

    low: Fraction
    high: Fraction


def is_constant(tree: Node) -> bool:
    """Tell whether a formula is seen to have one value wherever it has any."""
    return "z" not in names_in(tree) or derivative(tree).value == 0


def fraction_of(end: Any) -> Fraction:
    """Return the number that an end of a ball is."""
    mantissa, exponent = map(int, end.man_exp())
    if abs(exponent) > MOST_BITS:
        raise UndecidedError(f"not proven: a number of the size 2^{exponent}")
    return mantissa * Fraction(2) ** exponent


def _cell(root: Any) -> Bracket:
    ends = (root, root) if isinstance(root, Fraction) else (root.lower(), root.upper())
    return Bracket(*(end if isinstance(end, Fraction) else fraction_of(end) for end in ends))


_ZEROS: dict[tuple[Node, Fraction, Fraction, int], tuple[list[Bracket], list[Bracket]]] = {}


class CellReader:
    """Reads formulas over cells with so many bits, for so many seconds of work."""

    def __init__(self, bits: int, seconds: float) -> None:
        """Start the clock."""
        self.bits, self.until = bits, time.process_time() + seconds

    @property
    def is_late(self) -> bool:
        """Whether the time is over, after which everything counts as undecided."""
        return time.process_time() > self.until

    def over(self, tree: Node, low: Fraction, high: Fraction, bits: int = 0) -> Any:
        """Return a ball that holds every value between two ends; nan where there is none."""
        program = compiled(tree, False, bits or self.bits)
        ctx.prec = bits or self.bits
        ball = ball_of(low) if low == high else ball_of(low).union(ball_of(high))
        found = stepped(program, ball, Place(0.0, 0, 1, []))
        return found if isinstance(found, arb) else NOTHING

    def exact(self, tree: Node, z: Fraction) -> Fraction | None:
        """Return the rational number that a formula is at z, if that is known."""
        found = with_care(tree, Place(z, 0, 1, []), self.bits).exact
        ctx.prec = self.bits
        return None if found is None else Fraction(int(found.p), int(found.q))

    def is_real(self, tree: Node, low: Fraction, high: Fraction) -> bool:
        """Tell whether a formula is seen to have a real value all over an interval."""
        todo = [(low, high, 0)]
        while todo:
            a, b, depth = todo.pop()
            if self.over(tree, a, b).is_finite():
                continue
            if a == b or depth == MOST_CUTS or self.is_late:
                return False
            todo += [(a, (a + b) / 2, depth + 1), ((a + b) / 2, b, depth + 1)]
        return True

    def sign(self, tree: Node, z: Fraction) -> int | None:
        """Return the sign at a number, None where it is not decided."""
        for bits in (self.bits, 8 * self.bits):
            ball = self.over(tree, z, z, bits)
            if ball > 0 or ball < 0:
                return 1 if ball > 0 else -1
            if ball == 0 or self.exact(tree, z) == 0 or self._vanishes(tree, z):
                return 0
        return None

    def sign_above(self, tree: Node, z: Fraction, a: Fraction) -> int:
        """Return the sign of the value at a number less another; UndecidedError where it is not decided."""
        for bits in (self.bits, 8 * self.bits):
            gap = self.over(tree, z, z, bits) - ball_of(a)
            if gap > 0 or gap < 0:
                return 1 if gap > 0 else -1
        raise UndecidedError(f"not proven: whether g passes at z = {float(z):.6g}")

    def _vanishes(self, tree: Node, z: Fraction) -> bool:
        """Tell whether a factor, or every term, is seen to be 0."""
        if tree.op in ("*", "/", "neg", "+", "-"):
            parts = tree.children[: 1 if tree.op == "/" else 2]
            holds = any if tree.op == "*" else all
            return self.over(tree, z, z).is_finite() and holds(self._is_zero(part, z) for part in parts)
        return False

    def _is_zero(self, tree: Node, z: Fraction) -> bool:
        return not self.is_late and bool(self.over(tree, z, z).contains(0)) and self.sign(tree, z) == 0

    # ------------------------------------------------------------------ zeros

    def _read(self, tree: Node, low: Fraction, high: Fraction) -> tuple[int, bool]:
        """Return the sign that a formula has on a cell (0: not decided), and whether it is monotone there."""
        value = self.over(tree, low, high)
        if value > 0 or value < 0:
            return (1 if value > 0 else -1), False
        slope_tree, middle = derivative(tree), (low + high) / 2
        slope, away = self.over(slope_tree, low, high), ball_of(low).union(ball_of(high)) - ball_of(middle)
        here = self.over(tree, middle, middle)
        if slope.is_finite() and not (slope > 0 or slope < 0):
            bend = self.over(derivative(slope_tree), low, high)
            start = self.over(slope_tree, middle, middle)
            closer = start + bend * away
            value = here + start * away + bend * (away * away).union(arb(0)) / 2
            slope = closer if closer > 0 or closer < 0 else slope
        elif slope.is_finite():
            value = here + slope * away
        sign = (1 if value > 0 else -1) if value > 0 or value < 0 else 0
        return sign, bool(slope > 0 or slope < 0)

    def zeros(self, tree: Node, low: Fraction, high: Fraction) -> tuple[list[Bracket], list[Bracket]]:
        """Return all zeros of a smooth formula between two ends in narrow cells, and cells left undecided.

        They are kept: extremes, inverse and bends ask for the same ones.
        """
        key = tree, low, high, self.bits
        found = _ZEROS.get(key) or self._isolated(tree, low, high)
        if not self.is_late:
            if len(_ZEROS) >= MOST_KEPT:
                _ZEROS.clear()
            _ZEROS[key] = found
        return list(found[0]), list(found[1])

    def _isolated(self, tree: Node, low: Fraction, high: Fraction) -> tuple[list[Bracket], list[Bracket]]:
        if (roots := self.of_quotient(tree, low, high)) is not None:
            return roots, []
        known = positive_factors(tree)
        tree = without(tree, Counter({n: k for n, k in known.items() if self.over(n, low, high).is_finite()}))
        found: set[Bracket] = set()
        left: list[Bracket] = []
        todo = [(Bracket(low, high), 0)]
        while todo:
            (a, b), depth = todo.pop()
            sign, monotone = (0, False) if self.is_late else self._read(tree, a, b)
            if sign:
                continue
            ends = (self.sign(tree, a), self.sign(tree, b)) if monotone else (None, None)
            if None not in ends:
                found.update(Bracket(end, end) for end, s in zip((a, b), ends, strict=True) if s == 0)
                if ends[0] and ends[1] == -ends[0]:
                    found.add(self.narrowed(tree, a, b, ends[0]))
            elif not self.is_late and (single := self._multiple(tree, a, b)):
                found.add(single)
            elif depth >= MOST_HALVINGS or self.is_late:
                left.append(Bracket(a, b))
            else:
                middle = a + (b - a) * (Fraction(1, 2) if depth else FIRST_CUT)
                todo += [(Bracket(middle, b), depth + 1), (Bracket(a, middle), depth + 1)]
        return sorted(found), adjoined(left)

    def of_quotient(self, tree: Node, low: Fraction, high: Fraction) -> list[Bracket] | None:
        """Return the zeros of a rational function that has no pole between two ends."""
        roots = zeros_and_poles(tree, self.bits)
        if roots is None:
            return None
        zeros, poles = (
            [cell for cell in map(_cell, one) if cell.low <= high and low <= cell.high] for one in roots
        )
        inside = all(low <= cell.low and cell.high <= high for cell in zeros)
        return sorted(zeros) if inside and not poles else None

    def _multiple(self, tree: Node, low: Fraction, high: Fraction) -> Bracket | None:
        """Return the number at which the formula and its slope are 0, where a further one proves it alone."""
        if high - low > 1:
            return None
        z = ((low + high) / 2).limit_denominator(64)
        if not low <= z <= high or self.sign(tree, z) != 0:
            return None
        for _ in range(6):
            tree = derivative(tree)
            if self.sign(tree, z) != 0:
                value = self.over(tree, low, high)
                return Bracket(z, z) if value > 0 or value < 0 else None
        return None

    def narrowed(self, tree: Node, a: Fraction, b: Fraction, start: int) -> Bracket:
        """Return the one zero between two ends, in a cell as narrow as the bits tell, or exactly."""
        slope, fine = derivative(tree), Fraction(1, 2 ** (self.bits - 12))
        if slope.value and (value := self.exact(tree, a)) is not None:
            return Bracket(*[a - value / slope.value] * 2)
        while b - a > fine * max(abs(a), fine) and not self.is_late:
            middle = (a + b) / 2
            step = self.over(tree, middle, middle) / self.over(slope, a, b)
            if step.is_finite():
                near = ball_of(middle) - step
                low, high = max(a, fraction_of(near.lower())), min(b, fraction_of(near.upper()))
                if low <= high and high - low < (b - a) / 2:
                    a, b = low, high
                    continue
            sign = self.sign(tree, middle)
            if not sign:
                return Bracket(middle, middle) if sign == 0 else Bracket(a, b)
            a, b = (middle, b) if sign == start else (a, middle)
        plain = ((a + b) / 2).limit_denominator(1 << 24)
        near = abs(plain - (a + b) / 2) <= 2 * (b - a)
        return Bracket(plain, plain) if near and self.sign(tree, plain) == 0 else Bracket(a, b)

    # ------------------------------------------------------------------ far out

    def _far(self, read: Callable[[Tail], Any], start: Fraction, side: int, torn: bool = False) -> Any:
        """Return what is read beyond side*start, None where that is not known."""
        ctx.prec = self.bits
        with suppress(NotKnownError, ValueError, ZeroDivisionError, KeyError):
            return read(Tail(start, side, torn))
        return None

    def tail_slope(self, tree: Node, start: Fraction, side: int) -> int | None:
        """Return the sign of the slope for every z beyond side*start, where no comparison turns there."""

        def read(tail: Tail) -> int:
            tail.read(tree)  # a comparison that is not decided all over the tail ends this
            return tail.sign(derivative(tree))

        steps = any(n.op == "floor" for n in postorder(tree))
        found: int | None = None if steps else self._far(read, start, side)
        return found

    def tail_sign(self, tree: Node, start: Fraction, side: int) -> int | None:
        """Return the sign for every z beyond side*start."""
        found: int | None = self._far(lambda tail: tail.sign(with_wheres(tree)), start, side)
        return found

    def has_tail(self, tree: Node, start: Fraction, side: int) -> bool:
        """Tell whether the formula is known to be a number for every z beyond side*start."""
        found = self._far(lambda tail: tail.read(with_wheres(tree)), start, side)
        return bool(found and found.all[0].is_finite())

    def tail_hull(self, tree: Node, start: Fraction, side: int) -> Any:
        """Return a ball that holds every value beyond side*start; nan where none is known."""
        low, high = self.tail_ends(tree, start, side)
        return low.union(high) if low.is_finite() and high.is_finite() else NOTHING

    def tail_ends(self, tree: Node, start: Fraction, side: int, torn: bool = True) -> tuple[Any, Any]:
        """Return between which numbers every value beyond side*start lies; nan where that is not known.

        With `torn` a comparison may turn there.
        """
        return self._far(lambda tail: tail.ends(with_wheres(tree)), start, side, torn) or (NOTHING, NOTHING)

    def limit(self, tree: Node, side: int) -> Any:
        """Return the limit at side*inf, a ball or an infinity; nan where it is not known or there is none."""
        found = self._far(lambda tail: tail.limit(tree), Fraction(16), side)
        found = far_out(tree, side, 0, constant) if found is None else found
        return NOTHING if found is None or isinstance(found, float) else arb(found)

    def ball(self, tree: Node, z: Fraction) -> Any:
        """Return the value at a number: exactly, if it is rational."""
        exact = self.exact(tree, z)
        return self.over(tree, z, z) if exact is None else ball_of(exact)


def adjoined(cells: list[Bracket]) -> list[Bracket]:
    """Return cells with neighbours made one."""
    found: list[Bracket] = []
    for low, high in sorted(cells):
        if found and low <= found[-1].high:
            found[-1] = Bracket(found[-1].low, max(found[-1].high, high))
        else:
            found.append(Bracket(low, high))
    return found


def digits_between(low: Fraction, high: Fraction, count: int) -> str | None:
    """Return the digits to which all numbers between two ends are rounded; None where these differ."""
    ends = {exact_digits(end, count) for end in (low, high)}
    return ends.pop() if len(ends) == 1 else None


def exact_digits(value: Fraction, count: int) -> str:
    """Return so many digits of a rational number, correctly rounded."""
    return str(written_digits(Outcome(ball_of(value), rational_of(value)), count))


# ---------------------------------------------------------------------------- factors above 0 everywhere

POSITIVE = ("exp", "phi", "sigmoid", "Phi", "erfc", "cosh")  # a formula without them has the same sign


@lru_cache(maxsize=4096)
def positive_factors(tree: Node) -> "Counter[Node]":
    """Return the factors that all terms of a formula have."""
    if tree.op == "exp" and tree.children[0].op in ("+", "-"):
        first, second = tree.children[0].children
        second = second if tree.children[0].op == "+" else Node("neg", second)
        return positive_factors(Node("exp", first)) + positive_factors(Node("exp", second))
    if tree.op in POSITIVE:
        return Counter([tree])
    if tree.op in ("neg", "/"):
        return positive_factors(tree.children[0])
    if tree.op == "*":
        return positive_factors(tree.children[0]) + positive_factors(tree.children[1])
    if tree.op in ("+", "-"):
        return positive_factors(tree.children[0]) & positive_factors(tree.children[1])
    return Counter()


def without(tree: Node, gone: "Counter[Node]") -> Node:
    """Return a formula divided by some of its positive factors."""
    if not gone:
        return tree
    if tree.op in POSITIVE:
        return reduce(times, (positive_factors(tree) - gone).elements(), ONE)
    first, rest = tree.children[0], tree.children[1:]
    if tree.op == "*":
        taken = positive_factors(first) & gone
        return times(without(first, taken), without(rest[0], gone - taken))
    if tree.op in ("+", "-"):
        return Node(tree.op, without(first, gone), without(rest[0], gone))
    return Node(tree.op, without(first, gone), *rest)
