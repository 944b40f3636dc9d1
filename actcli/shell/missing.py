"""Points without an answer: nan in their row, and on stderr how many they are and why."""

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from actcli.shell.messages import tell

if TYPE_CHECKING:
    from actcli.numerics.answers import Question

MOST_ASKED = 1_000  # answers of nan that are asked why


class Missing:
    """The points of some rows where nan stands for an answer: a nan that is true, as of log(-1), is none."""

    def __init__(self, questions: "Sequence[Question]", dtype: str) -> None:
        """Begin with none."""
        self.questions, self.dtype = questions, dtype
        self.noted: list[tuple[Question, float]] = []
        self.more = False

    def note(self, points: Sequence[float], columns: Sequence[Any]) -> None:
        """Note where a column of answers has nan."""
        for question, column in zip(self.questions, columns, strict=True):
            places = [z for z, cell in zip(points, column, strict=True) if str(cell) in ("nan", "b'nan'")]
            room = MOST_ASKED - len(self.noted)
            self.noted += [(question, z) for z in places[:room]]
            self.more |= len(places) > room

    def reasons(self) -> Iterator[tuple[float, str]]:
        """Yield the points that have no answer, and why."""
        from actcli.errors import NoAnswerError
        from actcli.numerics.answers import answer

        for question, z in self.noted:
            try:
                answer(question, z, self.dtype)
            except NoAnswerError as fault:
                yield z, str(fault)


def tell_missing(missing: Missing) -> None:
    """Say on stderr how many points have no answer, and of the first of them why."""
    reasons = list(missing.reasons())
    if reasons:
        count = f"{'at least ' if missing.more else ''}{len(reasons):,}"
        sys.stdout.flush()
        tell_lost(count, len(reasons) == 1, "nan is written", reasons[0][1])


def tell_lost(count: str, single: bool, what: str, why: str) -> None:
    """Say on stderr that so many points have no answer, what is done there, and why the first has none."""
    tell(f"{count} {'point has' if single else 'points have'} no answer, {what}: {why}")
