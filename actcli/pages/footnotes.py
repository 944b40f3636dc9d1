"""What a table says about its numbers on a screen: kinks, slopes that have vanished, the row of z = 0."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from actcli.catalog.entries import Function
from actcli.language.texts import Cell, on_screen
from actcli.numerics.kinks import Break, break_at
from actcli.pages.tables import Remarks

VANISHED = 1e-3  # a slope below this is shown dimly


@dataclass(frozen=True)
class OfFunctions(Remarks):
    """Remarks on a table of functions: for each column after z its function, and whether it is a slope."""

    columns: Sequence[tuple[Function, bool]]
    of_points = True

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
        return (is_slope or not self._with_slopes()) and break_at(function, _number(row[0])) is not None

    def dims(self, row: Sequence[Cell], column: int) -> bool:
        """Dim a slope that has vanished."""
        return column > 0 and self.columns[column - 1][1] and abs(_number(row[column])) < VANISHED

    def notes(self, rows: Sequence[Sequence[Cell]]) -> list[str]:
        """Tell the slopes on both sides of each kink that the table shows."""
        points = sorted({_number(row[0]) for row in rows})
        return [note for function in self._functions() for note in _breaks(function, points)]

    def _functions(self) -> list[Function]:
        return list(dict.fromkeys(function for function, _ in self.columns))

    def _with_slopes(self) -> bool:
        return any(is_slope for _, is_slope in self.columns)


def _number(cell: Cell) -> float:
    if not isinstance(cell, str):
        return cell
    over, _, under = cell.partition("/")
    return int(over) / int(under) if under else float(cell or "nan")


def _breaks(function: Function, points: Sequence[float]) -> Iterator[str]:
    for z in points:
        if found := break_at(function, z):
            yield f"* {function.label} {_told(found)}"


def _told(found: Break) -> str:
    """Tell a jump, or the slopes on both sides of a kink."""
    if found.jumps:
        return f"jumps at z = {on_screen(found.z)}, where it has no slope"
    left, right = on_screen(found.left), on_screen(found.right)
    return f"has a kink at z = {on_screen(found.z)}: slope {left} on the left, {right} on the right"
