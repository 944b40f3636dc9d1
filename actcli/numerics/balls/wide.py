"""Numbers beyond float64: a sign and bounds of log2 of the size, for tails that underflow or overflow.

Ten digits are known of a result, which is enough to round to a narrow format, and to tell a zero or an
infinity of float64 with its sign. What the logarithms do not settle is not known.
"""

import math
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from actcli.language.calculus import Reading, evaluate
from actcli.language.limits import Array
from actcli.language.trees import ONE, Node, rebuilt
from actcli.language.words import RELATIONS, Vocabulary
from actcli.numerics.balls import BALL_WORDS, Ball, Bools
from actcli.numerics.balls.arrays import Ints
from actcli.numerics.dtypes import DOUBLE, rounded_array

WIDENING = 2.0**-46  # outweighs the roundings of a step, of the logarithm and relative to it
LOG2_E = 1 / math.log(2)
LARGEST_LOG = 1.7e308  # of a factor; that of a larger or smaller one is taken for it, and hides all beside it
LOST_BESIDE_1 = 40.0  # e^-40 is lost beside 1, to the digits that are known
STRAIGHT_BELOW = 2.0**-36  # below it a word of slope 1 at 0 is its argument


class Wide(NamedTuple):
    """sign * 2^t * factor, t between low and high; the sign is 0 of a zero, nan of what is not known.

    Where it is nan and `high` is finite, there is a number, of which no more is known than its bound.
    `factor` is 1, or a number of which log2 lies between two arrays: an exponential so large or small that
    these would hide what it is multiplied by. The same array of both is the same number.
    """

    sign: Array
    low: Array
    high: Array
    factor: Array | None = None

    def __neg__(self) -> "Wide":
        return self._replace(sign=-self.sign)

    def __add__(self, other: "Wide") -> "Wide":  # type: ignore[override]
        if self.factor is other.factor:
            return _sum(self, other)._replace(factor=self.factor)
        return _sum(unfactored(self), unfactored(other))

    def __sub__(self, other: "Wide") -> "Wide":
        return self + -other

    def __mul__(self, other: "Wide") -> "Wide":  # type: ignore[override]
        if self.factor is not None and other.factor is not None:
            return unfactored(self) * unfactored(other)
        found = _widened(self.sign * other.sign, self.low + other.low, self.high + other.high)
        return found._replace(factor=other.factor if self.factor is None else self.factor)

    def __truediv__(self, other: "Wide") -> "Wide":
        if self.factor is not other.factor and other.factor is not None:
            return self / unfactored(other)
        sign = np.where(other.sign == 0, np.nan, self.sign * other.sign)
        found = _widened(sign, self.low - other.high, self.high - other.low)
        return found if self.factor is other.factor else found._replace(factor=self.factor)


def unfactored(x: Wide) -> Wide:
    """Return a number with its factor taken into the bounds."""
    if x.factor is None:
        return x
    return _widened(x.sign, x.low + x.factor[0], x.high + x.factor[1])


def _widened(sign: Array, low: Array, high: Array) -> Wide:
    """Bounds of a step, moved apart by what its roundings may be; a zero has none."""
    low, high = low - WIDENING * (1 + np.abs(low)), high + WIDENING * (1 + np.abs(high))
    bad = np.isnan(low) | np.isnan(high)
    zero = np.equal(sign, 0)
    low, high = np.where(zero | np.isnan(sign), -np.inf, low), np.where(zero, -np.inf, high)
    return Wide(np.where(bad & ~zero, np.nan, sign), low, high)


def _sum(a: Wide, b: Wide) -> Wide:
    shapes = np.broadcast_shapes(a.sign.shape, b.sign.shape)
    a, b = (Wide(*(np.broadcast_to(part, shapes) for part in x[:3])) for x in (a, b))
    swapped = b.low > a.low
    a, b = _either(swapped, b, a), _either(swapped, a, b)
    same, outweighed = a.sign == b.sign, b.high < a.low
    gap_low, gap_high = b.low - a.low, b.high - a.high
    low = np.where(same, a.low + _log2_1p(np.exp2(gap_low)), a.low + _log2_1p(-np.exp2(b.high - a.low)))
    most = np.maximum(a.high, b.high) + _log2_1p(np.exp2(-np.abs(gap_high)))
    high = np.where((a.sign == -b.sign) & outweighed, a.high, most)
    found = _widened(np.where(same | outweighed, a.sign, np.nan), low, high)
    return _either(b.sign == 0, a, _either(a.sign == 0, b, found))


def _log2_1p(x: Array) -> Array:
    return np.asarray(np.log1p(x) * LOG2_E)


def _either(mask: Bools, a: Wide, b: Wide) -> Wide:
    """Choose a where the mask holds; factors that differ are taken in."""
    if mask.all() or not mask.any():
        return a if mask.all() else b
    if a.factor is b.factor:
        parts = [np.where(mask, p, q) for p, q in zip(a[:3], b[:3], strict=True)]
        return Wide(parts[0], parts[1], parts[2], a.factor)
    return _either(mask, unfactored(a), unfactored(b))


# ---------------------------------------------------------------------------- from and to doubles


def of_doubles(z: Array) -> Wide:
    """Return doubles as they are."""
    size = np.log2(np.abs(z))
    return _widened(np.where(np.isfinite(z), np.sign(z), np.nan), size, size)


def _of_fraction(value: Fraction) -> Wide:
    sign = np.array([float((value > 0) - (value < 0))])
    size = np.array([math.log2(abs(value.numerator)) - math.log2(value.denominator)]) if value else sign
    return _widened(sign, size, size)


def bounds(x: Wide) -> tuple[Array, Array]:
    """Return doubles below and above; infinite and 0 where they have to be, nan where nothing is known."""
    x = unfactored(x)
    small, large = np.exp2(x.low) * (1 - WIDENING), np.exp2(x.high) * (1 + WIDENING)
    large = np.where(x.sign == 0, 0.0, np.maximum(large, 5e-324))
    low, high = np.where(x.sign < 0, -large, small), np.where(x.sign < 0, -small, large)
    either = np.where(np.isinf(large), np.nan, large)
    return np.where(np.isnan(x.sign), -either, low), np.where(np.isnan(x.sign), either, high)


def of_bounds(low: Array, high: Array) -> Wide:
    """Return what lies between two doubles; it is not known where they have not one sign."""
    sign = np.where(low > 0, 1.0, np.where(high < 0, -1.0, np.where((low == 0) & (high == 0), 0.0, np.nan)))
    sizes = np.log2(np.abs(low)), np.log2(np.abs(high))
    return _widened(sign, np.minimum(*sizes), np.maximum(*sizes))


def _by_balls(word: Callable[..., Ball]) -> Callable[[Wide], Wide]:
    """Return a word as balls have it."""

    def wide(x: Wide) -> Wide:
        low, high = bounds(x)
        middle = low + (high - low) / 2
        known = np.isfinite(low) & np.isfinite(high)
        middle, reach = np.where(known, middle, 0.0), np.where(known, (high - low) * (1 + WIDENING), np.inf)
        found = word(Ball(middle, 0.0, reach + 5e-324))
        reach = np.broadcast_to(found.reach, found.h.shape) + np.abs(found.h) * WIDENING + 5e-324
        reach = np.where(known, reach, np.nan)
        return of_bounds(found.h - reach, found.h + reach)

    return wide


# ---------------------------------------------------------------------------- words


class _Words:
    """The words that are exponentials far out; in one reading the same argument has the same factor."""

    def __init__(self) -> None:
        self.kept: dict[tuple[Any, ...], tuple[Wide, Array]] = {}

    def exp(self, x: Wide) -> Wide:
        """Return e^x."""
        return self._exponential(("exp", id(x.low), x.sign.tobytes()), x, x)

    def density(self, x: Wide) -> Wide:
        """Return exp(-x^2/2)/sqrt(2 pi), which is one for x and -x."""
        return self._exponential(("bell", id(x.low)), x, -(x * x) / TWO) * BELL

    def _exponential(self, key: tuple[Any, ...], x: Wide, power: Wide) -> Wide:
        low, high = bounds(power)
        sign = np.where(np.isnan(low), np.nan, 1.0)
        far = np.minimum(low * np.sign(high), np.abs(high)) > LOST_BESIDE_1
        least, most = np.minimum(low * LOG2_E, LARGEST_LOG), np.maximum(high * LOG2_E, -LARGEST_LOG)
        if not far.any():
            return _widened(sign, least, most)
        logs = np.where(far, np.clip((low * LOG2_E, high * LOG2_E), -LARGEST_LOG, LARGEST_LOG), 0.0)
        _, factor = self.kept.setdefault(key, (x, logs))  # x is kept, so that its id is no other's
        return _widened(sign, np.where(far, 0.0, least), np.where(far, 0.0, most))._replace(factor=factor)

    def normal_tail(self, x: Wide) -> Wide:
        """Return Phi(x) = phi(x)/|x| (1 - 1/x^2 ...) far to the left."""
        least = np.minimum(bounds(x)[1] ** -2.0, 0.25)
        found = self.density(x) / -x
        return found._replace(low=found.low + _log2_1p(-least))


def _log(x: Wide) -> Wide:
    def far(x: Wide) -> Wide:
        low, high = x.low / LOG2_E, x.high / LOG2_E
        return of_bounds(low - WIDENING * np.abs(low), high + WIDENING * np.abs(high))

    x = unfactored(x)
    is_far = (x.sign > 0) & ((x.high < -8) | (x.low > 8))
    return _first(x, (is_far, far), (~is_far, _by_balls(BALL_WORDS["log"])))


def _first(x: Wide, *cases: tuple[Bools, Callable[[Wide], Wide]]) -> Wide:
    """Return the first of some functions of x whose mask holds; no more are worked out than needed."""
    (mask, function), *rest = cases
    if not rest or mask.all():
        return function(x)
    found = _first(x, *rest)
    return _either(mask, function(x), found) if mask.any() else found


def _about(x: Wide, relative: Array | float) -> Wide:
    """Return x times what differs from 1 by at most so much, which is below 1/2."""
    return x._replace(low=x.low - 2 * relative * LOG2_E, high=x.high + 2 * relative * LOG2_E)


NOT_A_NUMBER = Wide(*np.full((3, 1), np.nan))
UNIT = Wide(np.ones(1), np.zeros(1), np.zeros(1))
TWO = _of_fraction(Fraction(2))


def _between(
    word: str, left: Callable[[Wide], Wide], right: Callable[[Wide], Wide],
    below: float = -LOST_BESIDE_1, above: float = LOST_BESIDE_1,
) -> Callable[[Wide], Wide]:  # fmt: skip
    """Return a word that is about one thing below a number, about another above one, and balls' between."""
    inside = _by_balls(BALL_WORDS[word])

    def wide(x: Wide) -> Wide:
        low, high = bounds(x)
        small, large = high < below, low > above
        about_left, about_right = (lambda x, f=f: _about(f(x), WIDENING) for f in (left, right))
        return _first(x, (large, about_right), (small, about_left), (~small, inside))

    return wide


def _always(value: int) -> Callable[[Wide], Wide]:
    return lambda _: _of_fraction(Fraction(value))


def _small(word: Callable[[Wide], Wide], slope: Wide = UNIT) -> Callable[[Wide], Wide]:
    """Return a word that near 0 is its argument times its slope there."""

    def wide(x: Wide) -> Wide:
        is_small = np.exp2(unfactored(x).high) < STRAIGHT_BELOW
        return _first(x, (is_small, lambda x: _about(x, STRAIGHT_BELOW) * slope), (~is_small, word))

    return wide


def _double(x: float) -> Wide:
    return of_doubles(np.array([x]))


ROOT_2, BELL = _double(math.sqrt(2)), _double(1 / math.sqrt(2 * math.pi))
TWO_BY_ROOT_PI = _double(2 / math.sqrt(math.pi))


def _sign(x: Wide) -> Wide:
    size = np.where(x.sign == 0, -np.inf, 0.0 * x.sign)
    return Wide(x.sign, size, size)


def _wave(word: str) -> Callable[[Wide], Wide]:
    """Return sin or cos: of what is some number, a number of at most 1."""
    inside = _by_balls(BALL_WORDS[word])

    def wide(x: Wide) -> Wide:
        found, is_number = inside(x), np.isfinite(x.sign) | (unfactored(x).high < np.inf)
        return found._replace(high=np.where(np.isnan(found.sign) & is_number, 0.0, found.high))

    return wide


def _root(x: Wide) -> Wide:
    x = unfactored(x)
    has_root = x.sign >= 0
    return _widened(np.where(has_root, x.sign, np.nan), x.low / 2, np.where(has_root, x.high / 2, np.nan))


def _power(x: Wide, exponent: int) -> Wide:
    if exponent < 0:
        return UNIT / _power(x, -exponent)
    x = unfactored(x)
    return _widened(x.sign**exponent, x.low * exponent, x.high * exponent)


def _compare(op: str, a: Wide, b: Wide, side: int, _: object) -> tuple[Bools, Bools]:
    sign = (a - b).sign
    unsure = np.isnan(sign) | ((sign == 0) & bool(side))
    return RELATIONS[op](np.nan_to_num(sign), 0), unsure


def _where(condition: tuple[Bools, Bools], a: Wide, b: Wide) -> Wide:
    holds, unsure = condition
    found = _either(holds, a, b)
    return _either(unsure, NOT_A_NUMBER, found)


def _chosen(op: str) -> Callable[[Wide, Wide], Wide]:
    return lambda a, b: _where(_compare(op, a, b, 0, None), a, b)


STRAIGHT = ("log1p", "tan", "asin", "atan", "sinh", "asinh", "atanh")  # at 0, with slope 1


def wide_reading() -> Reading:
    """Return a reading with exponentials of its own."""
    far = _Words()
    return Reading(
        number=_of_fraction,
        constant=lambda name: _double({"pi": math.pi, "e": math.e, "inf": math.inf}[name]),
        words=Vocabulary("in wide numbers", {
            **{word: _by_balls(f) for word, f in BALL_WORDS.items()},
            **{word: _small(_by_balls(BALL_WORDS[word])) for word in STRAIGHT},
            "sin": _small(_wave("sin")), "cos": _wave("cos"),
            "exp": far.exp, "log": _log, "expm1": _small(_between("expm1", _always(-1), far.exp)),
            "softplus": _between("softplus", far.exp, lambda x: x), "sqrt": _root,
            "erf": _small(_between("erf", _always(-1), _always(1)), TWO_BY_ROOT_PI),
            "sigmoid": _between("sigmoid", far.exp, _always(1)), "phi": far.density,
            "tanh": _small(_between("tanh", _always(-1), _always(1))),
            "erfc": _between("erfc", _always(2), lambda x: TWO * far.normal_tail(-x * ROOT_2), above=20.0),
            "Phi": _between("Phi", far.normal_tail, _always(1), below=-30.0),
            "abs": lambda x: x._replace(sign=np.abs(x.sign)),
            "sign": _sign, "max": _chosen(">="), "min": _chosen("<="),
        }),
        power=_power,
        real_power=lambda a, b: far.exp(b * _log(a)),
        compare=_compare,
        where=_where,
    )  # fmt: skip


@lru_cache(256)
def _parted(tree: Node) -> Node:
    """Return a formula with e^(u + v) as e^u e^v, so that e^u beside it is the same factor; and log1p."""

    def part(n: Node) -> Node:
        inner = n.children[0] if n.op in ("exp", "log") else n
        if n.op == "log" and inner.op == "+" and ONE in inner.children:
            u, v = inner.children
            return Node("log1p", v if u is ONE else u)
        if n.op != "exp" or inner.op not in ("+", "-"):
            return n
        u, v = inner.children
        return Node("*", Node("exp", u), Node("exp", v if inner.op == "+" else Node("neg", v)))

    return rebuilt(tree, part)


def read_wide(tree: Node, z: Array | Wide, side: int = 0) -> Wide:
    """Return a formula in z, finite doubles or what holds them; `side` as in `calculus.evaluate`."""
    with np.errstate(all="ignore"):
        at = z if isinstance(z, Wide) else of_doubles(z)
        found: Wide = unfactored(evaluate(_parted(tree), wide_reading(), {"z": at}, side))
        return Wide(*(np.broadcast_to(part, at.sign.shape) for part in found[:3]))


_BINADES, _LEAST, _EACH_SIDE = 16, -1088, 133


def all_stretches() -> Wide:
    """Return a wide number for each stretch: all doubles of one sign with so many exponents."""
    exponent = np.tile(np.arange(_EACH_SIDE) * _BINADES + _LEAST, 2).astype(np.float64)
    return _widened(np.repeat((1.0, -1.0), _EACH_SIDE), exponent - 1, exponent + _BINADES - 1)


def stretch_of(z: Array) -> Ints:
    """Return in which of them finite doubles other than 0 lie."""
    found: Ints = (np.frexp(z)[1] - _LEAST) // _BINADES + _EACH_SIDE * (z < 0)
    return found


def decide_wide(x: Wide, dtype: str) -> tuple[Array, Bools]:
    """Return the numbers of a format, of float64 a zero or an infinity, and where none is decided."""
    with np.errstate(all="ignore"):
        if dtype == DOUBLE:
            size = np.where(x.high < -1075.01, 0.0, np.where(x.low > 1024.01, np.inf, np.nan))
            return np.copysign(size, x.sign), ~(np.isfinite(x.sign) & (x.sign != 0)) | np.isnan(size)
        low, high = (rounded_array(end, dtype) for end in bounds(x))
        found = np.where(low == 0, np.copysign(0.0, x.sign), low)
        return np.where(x.sign == 0, 0.0, found), ~(low == high) | np.isnan(x.sign)
