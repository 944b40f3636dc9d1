"""Numbers as text: the shortest that reads back to the same float64, or six digits for a screen.

One convention everywhere: no trailing `.0`, an exponent only below 1e-5 and from 1e+16 on.
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
    """Return the shortest text that reads back to the same float64: 1, -0, 0.00005, 1e-6, 1e+16, nan."""
    text = repr(float(value))
    if "e" in text:
        mantissa, exponent = text.split("e")
        if exponent == "-05":
            return _shifted(mantissa)
        return f"{mantissa}e{int(exponent):+}"
    return text.removesuffix(".0")


def _shifted(mantissa: str) -> str:
    digits = mantissa.lstrip("-").replace(".", "")
    return f"{'-' if mantissa[0] == '-' else ''}0.0000{digits}"


def on_screen(value: Cell) -> str:
    """Return a number in six significant digits; fewer only where they say all of it."""
    if isinstance(value, str):
        return value
    text = shortest(value)
    if len(text.lstrip("-").replace(".", "").lstrip("0")) <= SCREEN_DIGITS or not math.isfinite(value):
        return text.replace("e+", "e")
    mantissa, _, exponent = f"{value:#.{SCREEN_DIGITS}g}".partition("e")
    return f"{mantissa}e{int(exponent)}" if exponent else mantissa.removesuffix(".")


def cell_text(cell: Cell) -> str:
    """Return a cell as machine formats print it."""
    return cell if isinstance(cell, str) else shortest(cell)
