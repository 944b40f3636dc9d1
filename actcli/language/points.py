"""Text to numbers: single points, ranges LO:HI:STEP, and the lines of a file.

Every number is read strictly, and kept exactly: 0.1 is one tenth until a float64 is asked for.
"""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from actcli.errors import ActcliError
from actcli.language.words import LARGEST_EXPONENT, MOST_DIGITS

MOST_POINTS = 10_000_000
LONGEST_SEEN = 100  # letters of what is no number that are looked at, to say what would be one
FEWEST_STEPS = 10  # of a range without a step

_TOO_LARGE = 2**1024 - 2**970
_DECIMAL = re.compile(r"[+-]?(?:\d++\.?\d*+|\.\d++)(?:[eE]([+-]?\d++))?", re.ASCII)
_HEXADECIMAL = re.compile(r"([+-]?)0x([0-9a-f]*+)\.?([0-9a-f]*+)p([+-]?\d{1,5})", re.I | re.ASCII)
_OF_LISTS = {*"0123456789+-.eE,;[](){} \t"}
_SPECIAL = {"inf": math.inf, "infinity": math.inf, "nan": math.nan}
_POINT_LIKE = re.compile(
    r"[-+\u2212]?(?:[\d.][-+\u2212\u2013\d.,:;eE_\s]*|(?:inf(?:inity)?|nan)(?:[:,].*)?|0x[\da-f.p+-]+)|\[[-+\d.,:eE\s]*\]|\([-+\d.:eE\s]*,[-+\d.,:eE\s]*\)",
    re.I,
)
Reader = Callable[[str], Fraction | float]


@dataclass(frozen=True, repr=False, eq=False)
class Points:
    """Equally spaced points, start + i*step for i below count, kept as exact numbers.

    A single point has count 1; it alone may be infinite or nan.
    """

    start: Fraction | float
    step: Fraction = Fraction(0)
    count: int = 1

    def part(self, first: int, size: int) -> "Points":
        """Return at most so many of the points, from one of them on."""
        start = self.start + first * self.step if first else self.start
        return Points(start, self.step, min(size, self.count - first))

    def exact(self) -> Iterator[Fraction | float]:
        """Yield the points as the numbers that were typed."""
        if isinstance(self.start, float):
            yield self.start
        else:
            yield from (self.start + i * self.step for i in range(self.count))

    def floats(self) -> list[float]:
        """Return the float64 nearest to each point: quotients rounded once; zero is never negative."""
        if isinstance(self.start, float):
            return [self.start]
        whole = math.lcm(self.start.denominator, self.step.denominator)
        first, by = int(self.start * whole), int(self.step * whole)
        return [(first + i * by) / whole + 0.0 for i in range(self.count)]


def looks_like_points(token: str) -> bool:
    """Tell whether an argument is meant as a number or a range (well written or not), not a function."""
    return _POINT_LIKE.fullmatch(token) is not None


def is_sum(text: str) -> bool:
    """Tell whether digits are a sum, 2+2, and not a date or a range with a dash."""
    return re.search(r"[\d.)]\s*\+", text) is not None


def parse_points(token: str, count: int | None = None, read: Reader | None = None) -> Points:
    """Return the points of a number, LO:HI or LO:HI:STEP; `count` is the number of points of a range.

    `read` reads each number, parse_number if nothing is said.
    Raises ActcliError for what is no number, an empty range, a wrong step or too many points.
    """
    read = read or parse_number
    if ":" not in token:
        return Points(read(token))
    if token[0] == "[":
        raise ActcliError(f"{shown(token)} is not a range: write {token.strip('[] ')}")
    parts = token.split(":")
    if len(parts) > 3 or not all(parts):
        raise ActcliError(f"{token!r} is not a range: write LO:HI or LO:HI:STEP")
    low, high, *step = (_finite(part, token, read) for part in parts)
    if step and count:
        raise ActcliError(f"{token!r} has a step already, so --num cannot be given as well")
    return _stepped(low, high, step[0], token) if step else _spaced(low, high, count, token)


def parse_limits(text: str, what: str, read: Reader | None = None) -> tuple[float, float]:
    """Return the two ends of LO:HI, finite and LO below HI; `what` names it in the refusal."""
    parts = text.split(":")
    if len(parts) != 2 or not all(parts):
        ends = re.findall(r"[-+]?\d[\d.]*", text.replace("..", " "))
        meant = ":".join(ends[:2]) if len(ends) in (2, 3) else "LO:HI, such as -3:3"
        raise ActcliError(f"{shown(text)} is not a {what}: write {meant}")
    low, high = (float(_finite(part, text, read or parse_number)) for part in parts)
    if low >= high:
        meant = f"; write {_swapped(text)}" if low > high else ""
        raise ActcliError(f"{shown(text)} is empty: LO must lie below HI{meant}")
    return low, high


def parse_number(text: str, hinted: bool = True) -> Fraction | float:
    """Return the number a text is: exactly, or inf, -inf or nan; ActcliError (hinted) where it is none."""
    plain = text.strip().replace("\u2212", "-").replace("\u221e", "inf")
    match = _DECIMAL.fullmatch(plain)
    if match:
        return _checked(plain, match[1] or "0")
    if match := _HEXADECIMAL.fullmatch(plain):
        sign, whole, part, power = match.groups()
        if whole or part:
            value = int(whole + part, 16) * Fraction(2) ** (int(power) - 4 * len(part))
            return _in_range(-value if sign == "-" else value, text)
    special = _SPECIAL.get(plain.lstrip("+-").lower())
    if special is None or len(plain) - len(plain.lstrip("+-")) > 1:
        raise ActcliError(f"{shown(text)} is not a number{_hint(plain[:LONGEST_SEEN]) if hinted else ''}")
    return -special if plain.startswith("-") else special


def _in_range(value: Fraction, text: str) -> Fraction:
    if abs(value) >= _TOO_LARGE:
        raise _too_large(text)
    return value


def _too_large(text: str) -> ActcliError:
    return ActcliError(f"{shown(text)} is too large for a float64: at most 1.7976931348623157e308")


def _checked(text: str, exponent: str) -> Fraction:
    if float(text) in (math.inf, -math.inf):
        raise _too_large(text)
    if not text.lower().partition("e")[0].strip("+-.0"):
        return Fraction(0)
    size = exponent.lstrip("+-0")
    if len(size) > 5 or int(size or 0) > LARGEST_EXPONENT:
        raise ActcliError(f"{shown(text)} is too small: write 0")
    if len(text) > MOST_DIGITS:
        raise ActcliError(f"{shown(text)} has too many digits: {MOST_DIGITS:,} at most")
    return Fraction(text)


def shown(text: str) -> str:
    """Return a text from outside in quotes, cut where it is long, with nothing unprintable in it."""
    return repr(text if len(text) <= 40 else text[:37] + "...")


def _hint(text: str) -> str:
    if re.fullmatch(r"[-+]?[1-9]\d{0,2}([,'\u2019]\d{3})+(\.\d*)?", text):
        return f": write {re.sub('[^-+.0-9]', '', text)}"
    if re.fullmatch(r"[-+]?(\d+|\d{1,3}(\.\d{3})+),\d+", text):
        left, right = text.split(",")
        return (
            f": write {left.replace('.', '')}.{right}, or two points: {left} {right}; in CSV --decimal-comma"
        )
    if ends := re.fullmatch(r"([^\s:]+?)(?:\.{2,}|\s+to\s+)([^\s:.][^\s:]*)", text):
        return f": a range is written {ends[1]}:{ends[2]}"
    if re.fullmatch(r"[\d.]+(\s*[-\u2013]\s*[\d.]+)+", text):
        return f": write ({text}) for the difference, LO:HI for a range"
    if text in ("to", "from"):
        return ": a range is written LO:HI, such as -5:5"
    if re.fullmatch(r"[-+\d_.]+", text) and "_" in text:
        return f": write {text.replace('_', '')}"
    if re.fullmatch(r"[^,;]+[,;]", text) and _DECIMAL.fullmatch(text[:-1]):
        return f": write {text[:-1]}"
    if len(parts := re.sub(r"[\[\](){},;]", " ", text).split()) > 1 and set(text) <= _OF_LISTS:
        return f": write the points apart: {' '.join(parts)}"
    if re.match(r"[-+]?0x", text, re.I):
        return f": a hexadecimal number has an exponent of 2, as in {text}p0"
    return ": write one such as -1, 0.5 or 2e-3, inf or nan"


def _finite(text: str, token: str, read: Reader) -> Fraction:
    value = read(text)
    if isinstance(value, float):
        what = "the ends and the step" if token.count(":") > 1 else "both ends"
        raise ActcliError(f"{token!r}: {what} of a range must be finite, not {text}")
    return value


def _stepped(low: Fraction, high: Fraction, step: Fraction, token: str) -> Points:
    if step == 0:
        raise ActcliError(f"{token!r}: the step of a range must not be 0")
    if (high - low) * step < 0:
        raise ActcliError(
            f"{token!r} is empty: with this step it never gets from {float(low):g} to {float(high):g}"
        )
    return _limited(Points(low, step, math.floor((high - low) / step) + 1), token)


def _spaced(low: Fraction, high: Fraction, count: int | None, token: str) -> Points:
    if low > high:
        raise ActcliError(
            f"{token!r} is empty: it ends before it starts; write {_swapped(token)}, or a negative step"
        )
    if low == high:
        return Points(low)
    if count is None:
        count = round((high - low) / nice_step(high - low)) + 1
    if count < 2:
        raise ActcliError(f"--num {count}: a range has both its ends, so at least 2 points")
    return _limited(Points(low, (high - low) / (count - 1), count), token)


def nice_step(length: Fraction) -> Fraction:
    """Return the largest of 1, 2 or 5 times a power of ten that divides a length into ten or more steps.

    Where none of those near divides it evenly, a tenth of the length.
    """
    power = Fraction(10) ** (_magnitude(length) - 1)
    for factor in (10, 5, 2, 1):
        steps = length / (factor * power)
        if steps.denominator == 1 and steps >= FEWEST_STEPS:
            return factor * power
    return length / FEWEST_STEPS


def _magnitude(value: Fraction) -> int:
    """Return the exponent of a positive number's first decimal digit."""
    guess = len(str(value.numerator)) - len(str(value.denominator))
    return guess if Fraction(10) ** guess <= value else guess - 1


def _swapped(token: str) -> str:
    return ":".join(reversed(token.split(":")))


def _limited(points: Points, token: str) -> Points:
    if points.count > MOST_POINTS:
        raise ActcliError(
            f"{token!r} has {points.count:,} points, but a range has at most {MOST_POINTS:,}: pipe them in"
        )
    return points
