"""What a command writes: rows of answers in one number format, or in proven digits."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from actcli.errors import ActcliError, NoAnswerError
from actcli.language.texts import Cell, Digits
from actcli.language.trees import number, write
from actcli.numerics.answers import Lost, Question, answers, array_answers, check_domain, digits
from actcli.numerics.dtypes import DOUBLE, all_as_written, as_written, rounded, rounded_array
from actcli.streams.notations import NOTATIONS

if TYPE_CHECKING:
    from actcli.language.limits import Array


@dataclass(frozen=True)
class Sheet:
    """What a command writes: some questions answered at each point, the point before them or not.

    With `digits` the points are exact numbers and the answers texts of so many proven digits; else the
    points are rounded to the format `dtype`, and the answers at these rounded once to it. A point that
    has no answer gets nan, or if `strict` a NoAnswerError. With a `notation` numbers are exactly those of
    the format, to be `shown` in it.
    """

    questions: tuple[Question, ...]
    with_points: bool
    digits: int | None = None
    strict: bool = False
    dtype: str = DOUBLE
    notation: str = ""

    @property
    def spelled(self) -> Callable[[Sequence[float]], list[Cell]] | None:
        """What makes cells of numbers, where they are not written as shortest decimals."""
        if not self.notation:
            return None
        cells = NOTATIONS[self.notation]
        return lambda numbers: cells(numbers, self.dtype)

    def shown(self, row: Sequence[Cell]) -> Sequence[Cell]:
        """Return a row of numbers in the notation that is asked for."""
        return self.spelled([float(cell) for cell in row]) if self.spelled else row

    def _as_written(self, columns: list["Array"]) -> list["Array"]:
        return (
            columns
            if self.notation or self.dtype == DOUBLE
            else [all_as_written(x, self.dtype) for x in columns]
        )

    @property
    def takes_exact_points(self) -> bool:
        """Whether the points should come as the numbers that were typed: float64 would round them twice."""
        return bool(self.digits) or self.dtype != DOUBLE

    @property
    def labels(self) -> list[str]:
        """The names of the answers."""
        return [question.label for question in self.questions]

    @property
    def header(self) -> list[str]:
        """The names of the columns."""
        names = [self.questions[0].variable, *self.labels] if self.with_points else self.labels
        return [_apart(name, names[:i]) for i, name in enumerate(names)]

    def without_points(self) -> "Sheet":
        """Return the sheet without the column of points."""
        return replace(self, with_points=False)

    @property
    def bounded(self) -> bool:
        """Whether there are points that `accept` refuses."""
        return self.questions[0].domain is not None

    def accept(self, point: Fraction | float) -> None:
        """Refuse a point that the questions do not allow."""
        check_domain(self.questions[0], float(point))

    def columns(self, points: "Array", lost: dict[int, str] | None = None) -> list["Array"]:
        """Return the columns at an array of points, nan for no answer: `lost` is told where, and why."""
        z = points if self.dtype == DOUBLE else rounded_array(points, self.dtype)
        if z.ndim > 1:
            return self._as_written(self._in_rows(z, {} if lost is None else lost))
        reasons: Lost = {}
        found = [array_answers(question, z, self.dtype, reasons) for question in self.questions]
        if reasons and lost is not None:
            lost |= {i: str(reasons[at]) for i, at in enumerate(z.tolist()) if at in reasons}
        columns = [z, *found] if self.with_points else found
        return self._as_written(columns)

    def _in_rows(self, rows: "Array", lost: dict[int, str]) -> list["Array"]:
        """Return the answers where z and the values of parameters are the rows of an array."""
        from actcli.numerics.rows import row_answers

        def tell(row: int, fault: ActcliError) -> None:
            lost.setdefault(row, str(fault))

        return [row_answers(question, rows, self.dtype, tell) for question in self.questions]

    def rows(self, points: Sequence[Fraction | float]) -> Iterator[tuple[Cell, ...]]:
        """Yield the rows at some points."""
        columns = self._proven(points) if self.digits else self._rounded(self._in_format(points))
        yield from zip(*columns, strict=True)

    def _in_format(self, points: Sequence[Fraction | float]) -> list[float]:
        if self.dtype == DOUBLE:
            return [float(z) for z in points]
        return [rounded(z, self.dtype) for z in points]

    def _rounded(self, points: list[float]) -> list[Sequence[Cell]]:
        found = [answers(question, points, self.strict, self.dtype) for question in self.questions]
        columns: list[Sequence[Cell]] = [points, *found] if self.with_points else [*found]
        if self.dtype == DOUBLE or self.notation:
            return columns
        return [[as_written(float(x), self.dtype) for x in column] for column in columns]

    def _proven(self, points: Sequence[Fraction | float]) -> list[Iterator[Cell]]:
        columns = [self._digits(question, points) for question in self.questions]
        return [map(_as_typed, points), *columns] if self.with_points else columns

    def _digits(self, question: Question, points: Sequence[Fraction | float]) -> Iterator[Cell]:
        return (Digits(self._digits_at(question, point)) for point in points)

    def _digits_at(self, question: Question, point: Fraction | float) -> str:
        try:
            return digits(question, point, self.digits or 0)
        except NoAnswerError:
            if self.strict:
                raise
            return "nan"


def _apart(name: str, before: Sequence[str]) -> str:
    """Return the name of a column, with its number where it stands before it already."""
    number = 1 + before.count(name)
    return name if number == 1 else f"{name}_{number}"


def _as_typed(point: Fraction | float) -> Cell:
    return point if isinstance(point, float) else Digits(write(number(point)))
