"""Where a function takes a value, proven: every z with g(z) = a, from stretches on which g is monotone."""

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

from actcli.errors import EndlessError, UndecidedError
from actcli.language.calculus import derivative, minus
from actcli.language.texts import shortest
from actcli.language.trees import Node, number
from actcli.numerics.dtypes import rounded
from actcli.numerics.exact import alone
from actcli.numerics.exact.cells import Bracket, CellReader, digits_between, is_constant
from actcli.numerics.exact.reals import ball_of, with_wheres
from actcli.shape.extremes import NARROW, rational_text, reaches_of
from actcli.shape.pieces import decided, pieces
from actcli.shape.waves import swings

End = Fraction | float  # a float only for an infinity
FARTHEST = Fraction(2) ** 1100
FLOAT64_DIGITS = 17
LITTLE_TIME = 0.3  # seconds for what could not be cut in time
BITS = (128, 512, 2048)  # until a zero is rounded


class Run(NamedTuple):
    """A stretch on which g is strictly monotone, or has one value (`rises` 0); `limit` at an infinite end.

    What is neither is `torn`: there g lies within `held`.
    """

    low: End
    high: End
    tree: Node
    rises: int
    limit: Any = None
    torn: bool = False
    held: Any = None


class Inverse:
    """The monotone stretches of a formula between two ends, to be asked for any number of values."""

    def __init__(self, tree: Node, low: End = -math.inf, high: End = math.inf, seconds: float = 2.5) -> None:
        """Cut the formula; UndecidedError where its pieces are not known."""
        self.tree = with_wheres(tree)
        with alone():
            reader = CellReader(BITS[0], seconds)
            self.runs = list(self._runs(reader, low, high))
            self.seconds = LITTLE_TIME if reader.is_late else seconds

    def solutions(self, a: Fraction, digits: int | None = None) -> list[tuple[End, End]]:
        """Return every z with g(z) = a, rising: intervals, narrow ones around the single z.

        These are as narrow as rounding to float64, or to so many digits, needs. UndecidedError with the
        place where more could be.
        """
        with alone():
            reader = CellReader(BITS[0], self.seconds)
            for bits in BITS:
                reader.bits = max(bits, 4 * (digits or 0) + 64)
                found = _joined(sorted(set(self._found(reader, a))))
                if all(is_interval(z) or solution_text(z, digits) for z in found):
                    return found
        raise UndecidedError(f"not proven: the digits of z near {float(found[0][0]):.6g} are not decided")

    @property
    def is_monotone(self) -> bool:
        """Whether g only rises, or only falls."""
        gaps = any(not run.rises for run in self.runs if is_interval((run.low, run.high)))
        return len({run.rises for run in self.runs if run.low != run.high}) == 1 and not gaps

    def branch(self, side: str) -> "OneBranch":
        """Return the part of g on the "left" or the "right" of its minimum; all, where g has no turn.

        UndecidedError where g has more turns.
        """
        parts: list[list[Run]] = []
        for run in self.runs:
            if run.torn or not run.rises:
                if run.low == run.high or (run.torn and not is_interval((run.low, run.high))):
                    continue
                raise UndecidedError(f"not proven: g rises or falls throughout {_shown(run.low, run.high)}")
            if not parts or parts[-1][-1].rises != run.rises:
                parts.append([])
            parts[-1].append(run)
        if len(parts) not in (1, 2) or (len(parts) == 2 and parts[0][0].rises > 0):
            raise UndecidedError(f"--branch is for what has one turn, a minimum: here are {len(parts) - 1}")
        chosen = parts[0 if side == "left" else -1]
        return OneBranch(chosen[0].low, chosen[-1].high, chosen[0].rises, self)

    # ------------------------------------------------------------------ stretches

    def _runs(self, reader: CellReader, low: End, high: End) -> Iterator[Run]:
        start, stop = reaches_of(reader, self.tree, low, high)
        if low < start:
            yield self._tail(reader, low, start, -1)
        for piece in pieces(reader, self.tree, start, stop):
            if piece.torn:
                yield Run(
                    piece.low, piece.high, piece.tree, 0, torn=True, held=reader.over(self.tree, *piece[:2])
                )
            elif is_constant(piece.tree) or piece.low == piece.high:
                yield Run(piece.low, piece.high, piece.tree, 0)
            else:
                yield from self._monotone(reader, piece.low, piece.high, piece.tree)
        if stop < high:
            yield self._tail(reader, stop, high, 1)

    def _tail(self, reader: CellReader, low: End, high: End, side: int) -> Run:
        ends, reach = (low, high), abs(Fraction(low if side > 0 else high))
        rises = reader.tail_slope(self.tree, reach, side)
        limit = reader.limit(self.tree, side)
        if rises == 0:
            return Run(*ends, decided(reader, self.tree, Bracket(side * reach, side * reach)), 0)
        if rises is None or limit.is_nan():
            return Run(*ends, self.tree, 0, torn=True, held=reader.tail_ends(self.tree, reach, side))
        return Run(*ends, self.tree, rises, limit)

    def _monotone(self, reader: CellReader, low: Fraction, high: Fraction, tree: Node) -> Iterator[Run]:
        turns, left = reader.zeros(derivative(tree), low, high)
        start = low
        for cell in sorted([*turns, *left]):
            if start < cell.low:
                yield self._run(reader, start, cell.low, tree)
            if cell.low < cell.high:
                yield Run(*cell, tree, 0, torn=True, held=reader.over(tree, *cell))
            start = cell.high
        if start < high:
            yield self._run(reader, start, high, tree)

    def _run(self, reader: CellReader, low: Fraction, high: Fraction, tree: Node) -> Run:
        rise = reader.over(tree, high, high) - reader.over(tree, low, low)
        return Run(low, high, tree, 1 if rise > 0 else -1)

    # ------------------------------------------------------------------ one value

    def _found(self, reader: CellReader, a: Fraction) -> Iterator[tuple[End, End]]:
        for run in self.runs:
            if run.torn:
                self._check_missed(reader, run, a)
            elif not run.rises:
                yield from self._on_constant(reader, run, a)
            else:
                yield from self._on_run(reader, run, a)

    def _check_missed(self, reader: CellReader, run: Run, a: Fraction) -> None:
        """Refuse where g may be a on a stretch of which only bounds are known."""
        low, high = run.held if isinstance(run.held, tuple) else (run.held.lower(), run.held.upper())
        if low > ball_of(a) or high < ball_of(a):
            return
        for side, end, reach in ((1, run.high, run.low), (-1, run.low, run.high)):
            if isinstance(end, float) and isinstance(reach, Fraction):
                gap = minus(self.tree, number(a))
                if reader.tail_sign(gap, abs(reach), side):
                    return
                if swings(reader, gap, abs(reach), side):
                    beyond = f"beyond z = {float(reach):.6g}"
                    raise EndlessError(f"g is {float(a):.6g} infinitely often {beyond}; give LO:HI")
        where = _shown(run.low, run.high)
        raise UndecidedError(f"not proven: g may be {float(a):.6g} anywhere in {where}; give LO:HI")

    def _on_constant(self, reader: CellReader, run: Run, a: Fraction) -> Iterator[tuple[End, End]]:
        at = next((end for end in (run.low, run.high) if isinstance(end, Fraction)), Fraction(0))
        if self._sign(reader, run.tree, at, a) == 0:
            yield run.low, run.high

    def _on_run(self, reader: CellReader, run: Run, a: Fraction) -> Iterator[tuple[End, End]]:
        ends = [end for end in (run.low, run.high) if isinstance(end, Fraction)]
        for end in ends:
            here = decided(reader, self.tree, Bracket(end, end))
            if self._sign(reader, here, end, a) == 0:
                yield end, end
        if len(ends) == 2:
            low, high = ends
            signs = [self._sign(reader, run.tree, end, a) for end in ends]
        else:
            beyond = self._beyond(reader, run, ends[0], a)
            if beyond is None:
                return
            low, high = sorted((ends[0], beyond))
            signs = [self._sign(reader, run.tree, end, a) for end in (low, high)]
        if signs[0] * signs[1] < 0:
            yield reader.narrowed(minus(run.tree, number(a)), low, high, signs[0])

    def _beyond(self, reader: CellReader, run: Run, start: Fraction, a: Fraction) -> Fraction | None:
        """Return a z on a tail beyond that where g is a; None where g does not come to it."""
        gap = run.limit - ball_of(a)
        if gap == 0 or self._sign(reader, run.tree, start, a) == 0:
            return None
        if not (gap > 0 or gap < 0):
            raise UndecidedError(f"not proven: the limit of g is not told from {float(a):.6g}")
        end, sign = start, 1 if gap > 0 else -1
        while self._sign(reader, run.tree, end, a) != sign:
            end *= 2
            if abs(end) > FARTHEST:
                raise UndecidedError(f"not proven: a z beyond {float(FARTHEST / 2**80):.3g}")
        return end

    def _sign(self, reader: CellReader, tree: Node, z: Fraction, a: Fraction) -> int:
        sign = reader.sign(minus(tree, number(a)), z)
        if sign is None:
            raise UndecidedError(f"not proven: whether g is {float(a):.6g} at z = {float(z):.6g}")
        return sign


class OneBranch(NamedTuple):
    """A stretch on which g is strictly monotone, of an inverse."""

    low: End
    high: End
    rises: int
    whole: Inverse

    def solutions(self, a: Fraction, digits: int | None = None) -> list[tuple[End, End]]:
        """Return the z of the branch with g(z) = a, if there is one, as `Inverse.solutions` does."""
        return [z for z in self.whole.solutions(a, digits) if self.low <= z[0] and z[1] <= self.high]

    def solution(self, a: Fraction) -> float:
        """Return the z of the branch with g(z) = a, correctly rounded; nan where there is none."""
        found = self.solutions(a)
        return nearest_float(found[0][0]) if found else math.nan


def _shown(low: End, high: End) -> str:
    return f"z = {float(low):.6g}..{float(high):.6g}"


def _joined(found: list[tuple[End, End]]) -> list[tuple[End, End]]:
    """Return intervals with those that touch as one."""
    joined: list[tuple[End, End]] = []
    for low, high in found:
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return joined


# ---------------------------------------------------------------------------- how a z is written


def solved(inverse: Inverse, a: Fraction) -> tuple[float | tuple[float, float], ...]:
    """Return every z with g(z) = a as float64, intervals as pairs of their ends."""
    found = inverse.solutions(a)
    ends = [(nearest_float(low), nearest_float(high)) for low, high in found]
    return tuple(pair if is_interval(z) else pair[0] for z, pair in zip(found, ends, strict=True))


def is_interval(z: tuple[End, End]) -> bool:
    """Tell whether these are the ends of an interval, not what is known of one number."""
    low, high = z
    if isinstance(low, float) or isinstance(high, float):
        return True
    return high - low > NARROW * max(Fraction(1), abs(Fraction(low)))


def solution_text(z: tuple[End, End], digits: int | None = None) -> str:
    """Return a z, correctly rounded, or an interval as low..high; nothing where the digits are not told."""
    if is_interval(z):
        return "..".join(_end_text(end, digits) for end in z)
    if digits:
        return digits_between(Fraction(z[0]), Fraction(z[1]), digits) or ""
    ends = {nearest_float(end) for end in z}
    if ends <= {math.inf, -math.inf}:  # a number, though beyond every float64
        return solution_text(z, FLOAT64_DIGITS)
    return shortest(ends.pop()) if len(ends) == 1 else ""


def _end_text(end: End, digits: int | None) -> str:
    if isinstance(end, float):
        return shortest(end)
    return rational_text(end, digits) if digits else shortest(nearest_float(end))


def nearest_float(end: End) -> float:
    """Return the float64 nearest to an end; beyond all of them an infinity."""
    return rounded(end, "float64")
