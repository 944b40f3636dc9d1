"""What a table says about its numbers on a screen: kinks, slopes that have vanished, the row of z = 0."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from actcli.catalog.entries import Function, Kink
from actcli.errors import ActcliError
from actcli.language.formula import parse
from actcli.language.texts import Cell, on_screen
from actcli.language.trees import substitute
from actcli.numerics.answers import answer, slope
from actcli.pages.tables import Remarks

VANISHED = 1e-3  # a slope below this is shown dimly


@dataclass(frozen=True)
class OfFunctions(Remarks):
    """Remarks on a table of functions: for each column after z its function, and whether it is a slope."""

    columns: Sequence[tuple[Function, bool]]

    def titles(self, header: Sequence[str]) -> Sequence[str]:
        """Call a slope sigmoid'."""
        return ["z", *(f.slope_label if is_slope else f.label for f, is_slope in self.columns)]

    def sets_off(self, row: Sequence[Cell]) -> bool:
        """Set off z = 0."""
        return _number(row[0]) == 0

    def stars(self, row: Sequence[Cell], column: int) -> bool:
        """Point to the footnote about a kink, at the slope if it is shown."""
        if column == 0:
            return False
        function, is_slope = self.columns[column - 1]
        return (is_slope or not self._with_slopes()) and _has_kink(function, _number(row[0]))

    def dims(self, row: Sequence[Cell], column: int) -> bool:
        """Dim a slope that has vanished."""
        return column > 0 and self.columns[column - 1][1] and abs(_number(row[column])) < VANISHED

    def notes(self, rows: Sequence[Sequence[Cell]]) -> list[str]:
        """Tell the slopes on both sides of each kink that the table shows."""
        points = sorted({_number(row[0]) for row in rows})
        return [note for function in self._functions() for note in _kinks(function, points)]

    def _functions(self) -> list[Function]:
        return list(dict.fromkeys(function for function, _ in self.columns))

    def _with_slopes(self) -> bool:
        return any(is_slope for _, is_slope in self.columns)


def _number(cell: Cell) -> float:
    return float(cell)


def _kinks(function: Function, points: Sequence[float]) -> Iterator[str]:
    for z in points:
        if _has_kink(function, z):
            yield f"* {function.label} has a kink at z = {on_screen(z)}: {_sides(function, z)}"


def _sides(function: Function, z: float) -> str:
    """Tell the slopes on both sides of a kink."""
    try:
        left, right = (on_screen(answer(slope(function, side), z)) for side in ("left", "right"))
    except ActcliError:
        return "its value jumps"
    return f"slope {left} on the left, {right} on the right"


def _has_kink(function: Function, z: float) -> bool:
    """Tell whether z is a kink: a declared one, or for a formula, one where the slopes differ."""
    if not math.isfinite(z):
        return False
    if function.entry:
        return any(_recurs(function, kink, z) for kink in function.entry.kinks)
    return answer(slope(function, "left"), z) != answer(slope(function, "right"), z)


def _recurs(function: Function, kink: Kink, z: float) -> bool:
    """Tell whether a kink is at z, or one of those that come after it at even distances."""
    if not function.satisfies(kink.when):
        return False
    place, every = (_value(function, text) for text in (kink.at, kink.every or "0"))
    return z == place or (every > 0 and (z - place) % every == 0)


def _value(function: Function, text: str) -> float:
    from actcli.numerics.exact import nearest

    return nearest(substitute(parse(text), function.parameters), 0.0)
