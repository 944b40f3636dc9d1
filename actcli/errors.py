"""The one error root: a fault the user can mend, told in one sentence."""

import re
from collections.abc import Iterator
from contextlib import contextmanager


class ActcliError(Exception):
    """What was wrong, the offending text and what would be right, for the person at the shell."""


class NoAnswerError(ActcliError):
    """A point without an answer: rows, arrays and streams hold nan there, one point alone is told why.

    Raised where a formula is read, in `numerics`; caught where answers become rows or arrays. It never costs
    another point its answer.
    """


class UndefinedError(NoAnswerError):
    """There is no answer, such as a slope where the value jumps."""


class UndecidedError(NoAnswerError):
    """There may be an answer, but it could not be decided: nothing is guessed."""


class EndlessError(UndecidedError):
    """There are infinitely many answers."""


class FormulaError(ActcliError):
    """A fault in a formula, with the place where it was found.

    Shown as the sentence, the formula (a window of it, when it is long) and a caret below the place.
    """

    WINDOW = 60

    def __init__(self, sentence: str, text: str, place: int) -> None:
        """`place` is an index into `text`."""
        super().__init__(sentence)
        self.text, self.place = text, place

    def __str__(self) -> str:
        """Three lines: the sentence, the formula, the caret."""
        start = max(0, self.place - self.WINDOW // 2)
        shown = self.text[start : start + self.WINDOW]
        shown = "".join(c if c.isprintable() else "?" for c in shown)
        return f"{self.args[0]}\n  {shown}\n  {' ' * (self.place - start)}^"


@contextmanager
def told_of(name: str) -> Iterator[None]:
    """Have what is said of a formula at z said of a name: heaviside, not where(z > 0, ...)."""
    try:
        yield
    except NoAnswerError as fault:
        head, at, rest = str(fault).partition(" at z = ")
        of = re.match(r"(?:the slope|derivative \d+) of ", head)
        if not (name and at):
            raise
        raise type(fault)(f"{of[0] if of else ''}{name}{at}{rest}") from None
