"""Points without an answer: nan in their row, and on stderr how many they are and why."""

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from actcli.shell.messages import tell

if TYPE_CHECKING:
    from actcli.language.texts import Cell
    from actcli.numerics.answers import Question

MOST_ASKED = 1_000  # answers of nan that are asked why


class Missing:
    """The points of some rows where nan stands for an answer: a nan that is true, as of log(-1), is none."""

    def __init__(self, questions: "Sequence[Question]", dtype: str, policy: str) -> None:
        """Begin with none; `policy` is that of lines.Task."""
        self.questions, self.dtype, self.policy = questions, dtype, policy
        self.noted: list[tuple[Question, float]] = []
        self.more = False

    def note(self, points: Sequence[float], columns: Sequence[Any]) -> None:
        """Note where a column of answers has nan."""
        for question, column in zip(self.questions, columns, strict=True):
            places = [z for z, cell in zip(points, column, strict=True) if str(cell) in ("nan", "b'nan'")]
            room = MOST_ASKED - len(self.noted)
            self.noted += [(question, z) for z in places[:room]]
            self.more |= len(places) > room

    def treated(
        self, points: Sequence[float], rows: Sequence[Sequence[Any]], shown: "Callable[[Any], Sequence[Cell]]"
    ) -> "Iterator[Sequence[Cell]]":
        """Yield rows as the policy says: up to one without an answer, without it, or with empty cells."""
        from actcli.errors import ActcliError
        from actcli.language.texts import Digits

        for z, row in zip(points, rows, strict=True):
            first = len(row) - len(self.questions)
            lost = {
                first + i: (question, z, why)
                for i, question in enumerate(self.questions)
                if str(row[first + i]) == "nan" and (why := self.why(question, z))
            }
            if lost and self.policy == "stop":
                raise ActcliError(next(iter(lost.values()))[2])
            self.noted += [(question, z) for question, z, _ in lost.values()]
            if not (lost and self.policy == "skip"):
                yield [Digits("") if i in lost else cell for i, cell in enumerate(shown(row))]

    def why(self, question: "Question", z: float) -> str:
        """Return why a question has no answer at a point; "" where it has one."""
        from actcli.errors import NoAnswerError
        from actcli.numerics.answers import answer

        try:
            answer(question, z, self.dtype)
        except NoAnswerError as fault:
            return str(fault)
        return ""

    def reasons(self) -> list[str]:
        """Return why the points have no answers that have none."""
        return [why for question, z in self.noted if (why := self.why(question, z))]


def tell_missing(missing: Missing, what: str) -> None:
    """Say on stderr how many points have no answer, what is done there, and of the first why."""
    reasons = missing.reasons()
    if reasons:
        count = f"{'at least ' if missing.more else ''}{len(reasons):,}"
        sys.stdout.flush()
        tell_lost(count, len(reasons) == 1, what, reasons[0])


def tell_lost(count: str, single: bool, what: str, why: str) -> None:
    """Say on stderr that so many points have no answer, what is done there, and why the first has none."""
    tell(f"{count} {'point has' if single else 'points have'} no answer, {what}: {why}")
