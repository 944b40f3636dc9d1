"""Numbers as text: the shortest that reads back to the same float64, or six digits for a screen.

One convention everywhere: no trailing `.0`, an exponent only below 1e-4 and from 1e16 on.
"""

import math

Cell = float | str

SCREEN_DIGITS = 6


class Digits(str):
    """A number as text that is printed as it is, in JSON too."""


class Bits(str):
    """A number as the pattern of its bits; a text in JSON."""

    def __new__(cls, text: str, number: float) -> "Bits":
        """Keep the number beside its text."""
        made = super().__new__(cls, text)
        made.number = number
        return made

    number: float

    def __float__(self) -> float:
        return self.number


def shortest(value: float) -> str:
    """Return the shortest text that reads back to the same float64: 1, -0, 0.0005, 5e-5, 1e16, nan."""
    mantissa, e, exponent = repr(float(value)).partition("e")
    return f"{mantissa}e{int(exponent)}" if e else mantissa.removesuffix(".0")


def on_screen(value: Cell) -> str:
    """Return a number in six significant digits; fewer only where they say all of it."""
    if isinstance(value, str):
        return value
    if not is_rounded(value):
        return shortest(value)
    mantissa, _, exponent = f"{value:#.{SCREEN_DIGITS}g}".partition("e")
    return f"{mantissa}e{int(exponent)}" if exponent else mantissa.removesuffix(".")


def is_rounded(value: Cell) -> bool:
    """Tell whether a number has more digits than are shown on a screen."""
    if isinstance(value, str) or not math.isfinite(value):
        return False
    return len(shortest(value).partition("e")[0].lstrip("-").replace(".", "").strip("0")) > SCREEN_DIGITS


def cell_text(cell: Cell) -> str:
    """Return a cell as machine formats print it."""
    return cell if isinstance(cell, str) else shortest(cell)
