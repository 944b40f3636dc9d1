"""The one error root: a fault the user can mend, told in one sentence."""


class ActcliError(Exception):
    """What was wrong, the offending text and what would be right, for the person at the shell."""


class UndefinedError(ActcliError):
    """A question without an answer at a point, such as the slope where the value jumps."""


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
