"""Balls and what they outweigh: numbers too small for the last digit, which may tip a tie by their sign.

z - tanh(z) at 4097 is 4096 + 2e^-8194...: all that is known of the last term is its size, which no double
has. Of float16 4096 is the middle of two numbers, and the answer the upper one.
"""

import operator
from collections.abc import Callable, Mapping
from functools import reduce
from typing import NamedTuple

import numpy as np

from actcli.language.calculus import Reading, evaluate
from actcli.language.limits import Array
from actcli.language.trees import Node
from actcli.language.words import Vocabulary
from actcli.numerics.balls import BALLS, Ball, Bools, compare, decide_as, quiet, where
from actcli.numerics.balls.ball import FLOOR
from actcli.numerics.balls.pairs import head
from actcli.numerics.balls.rounding import decide_beside
from actcli.numerics.balls.wide import Wide, bounds, decide_wide, of_bounds, unfactored, wide_reading

TAIL_BEGINS = 64.0  # |x| from which a word is a number or a line, and an exponential
MOST_FACTORS = 8  # of a power that is multiplied out
NOTHING = Wide(*np.array([[0.0], [-np.inf], [-np.inf]]))


class Tipped(NamedTuple):
    """The sum of a ball, which is exact where its radius is 0, and a rest."""

    ball: Ball
    rest: Wide = NOTHING

    def __neg__(self) -> "Tipped":
        return Tipped(-self.ball, NOTHING if self.rest is NOTHING else -self.rest)

    def __add__(self, other: "Tipped") -> "Tipped":  # type: ignore[override]
        a, b = self.ball, other.ball
        return Tipped(_exact_where(_is_double(a) & _is_double(b), a + b), _plus(self.rest, other.rest))

    def __sub__(self, other: "Tipped") -> "Tipped":
        return self + -other

    def __mul__(self, other: "Tipped") -> "Tipped":  # type: ignore[override]
        a, b = self.ball, other.ball
        found = a * b
        short = _is_double(a) & _is_double(b) & (head(a.h) == a.h) & (head(b.h) == b.h)
        short &= (np.abs(found.h) >= FLOOR) | (a.h == 0) | (b.h == 0)
        rest = _plus(_times(self, other.rest), _times(other, self.rest))
        if self.rest is not NOTHING and other.rest is not NOTHING:
            rest = rest + self.rest * other.rest
        return Tipped(_exact_where(short, found), rest)

    def __truediv__(self, other: "Tipped") -> "Tipped":
        divisor = _folded(other)
        nothing = self.rest is NOTHING
        return Tipped(self.ball / divisor, NOTHING if nothing else self.rest / _wide(divisor))


def _plus(a: Wide, b: Wide) -> Wide:
    """Return the sum of two rests."""
    if a is NOTHING or b is NOTHING:
        return b if a is NOTHING else a
    return a + b


def _times(x: Tipped, rest: Wide) -> Wide:
    """Return what a rest comes to in a product with a ball."""
    return NOTHING if rest is NOTHING else _wide(x.ball) * rest


def _is_double(x: Ball) -> Bools:
    """Tell where a ball is one double."""
    return np.equal(x.l, 0.0) & np.equal(x.reach, 0.0)


def _exact_where(mask: Bools, x: Ball) -> Ball:
    """Return a ball without its radius where it is known to be exact."""
    return Ball(x.h, x.l, np.where(mask, 0.0, x.reach)) if mask.any() else x


def _wide(x: Ball) -> Wide:
    reach = x.reach + np.abs(x.l)
    return of_bounds(x.h - reach, x.h + reach)


def _folded(x: Tipped) -> Ball:
    """Return a ball around the sum."""
    if x.rest is NOTHING:
        return x.ball
    size = np.max(np.abs(bounds(x.rest)), axis=0)
    return Ball(x.ball.h, x.ball.l, x.ball.reach + np.where(np.isnan(size), np.inf, size))


# ---------------------------------------------------------------------------- words

_ZERO, _ONE, _TWO = (Ball(np.array([float(k)])) for k in range(3))
WideWords = Mapping[str, Callable[..., Wide]]
Tail = tuple[Callable[[Ball], Ball], Callable[[WideWords, Wide], Wide]]  # what outweighs, and the rest


def _tail(main: Ball, word: str, times: int = 1, sign: int = 1) -> Tail:
    """Return a number, and a multiple of a word of sign x, which is an exponential."""
    factor = of_bounds(*np.full((2, 1), float(times)))
    return lambda _: main, lambda far, x: far[word](x if sign > 0 else -x) * factor


def _doubled(x: Wide) -> Wide:
    return x + x


_LEFT: dict[str, Tail] = {
    **{word: _tail(_ZERO, word) for word in ("exp", "sigmoid", "softplus", "Phi", "phi")},
    "expm1": _tail(-_ONE, "exp"), "erf": _tail(-_ONE, "erfc", 1, -1), "erfc": _tail(_TWO, "erfc", -1, -1),
    "tanh": (lambda _: -_ONE, lambda far, x: _doubled(far["sigmoid"](_doubled(x)))),
}  # fmt: skip
_RIGHT: dict[str, Tail] = {
    **{word: _tail(_ZERO, word) for word in ("phi", "erfc")},
    **{word: _tail(_ONE, word, -1, -1) for word in ("sigmoid", "Phi")},
    "erf": _tail(_ONE, "erfc", -1), "softplus": (lambda x: x, lambda far, x: far["softplus"](-x)),
    "tanh": (lambda _: _ONE, lambda far, x: -_doubled(far["sigmoid"](-_doubled(x)))),
}  # fmt: skip


def _word(name: str, far: WideWords) -> Callable[..., Tipped]:
    """Return a word; where its argument is far out it is what outweighs and a rest."""

    def read(*arguments: Tipped) -> Tipped:
        u = _folded(arguments[0])
        found = Tipped(BALLS.words[name](u, *map(_folded, arguments[1:])))
        for side, tails in ((-1, _LEFT), (1, _RIGHT)):
            beyond = side * u.h - u.reach > TAIL_BEGINS
            if name in tails and beyond.any():
                main, rest = tails[name]
                there = Tipped(main(u), rest(far, _plus(_wide(arguments[0].ball), arguments[0].rest)))
                found = _where((beyond, np.zeros_like(beyond)), there, found)
        return found

    return read


def _compare(op: str, a: Tipped, b: Tipped, side: int, _: object) -> tuple[Bools, Bools]:
    """Answer a comparison; where the balls are the same number the rests tell."""
    gap, whole_gap = a - b, _folded(a - b)
    level = _is_double(gap.ball) & np.equal(gap.ball.h, 0)
    rest = np.where(level, gap.rest.sign, 1.0)
    h, low, reach = (np.where(level, 0.0, part) for part in (whole_gap.h, whole_gap.l, whole_gap.reach))
    holds, unsure = compare(op, Ball(np.where(level, rest, h), low, reach), _ZERO)
    return holds, unsure | (np.equal(rest, 0) & bool(side))


def _where(condition: tuple[Bools, Bools], a: Tipped, b: Tipped) -> Tipped:
    rests = zip(unfactored(a.rest)[:3], unfactored(b.rest)[:3], strict=True)
    ball = where(condition, a.ball.loose(), b.ball.loose())
    return Tipped(ball, Wide(*(np.where(condition[0], p, q) for p, q in rests)))


def _chosen(op: str) -> Callable[[Tipped, Tipped], Tipped]:
    return lambda a, b: _where(_compare(op, a, b, 0, None), a, b)


def _power(x: Tipped, n: int) -> Tipped:
    if n < 0:
        return Tipped(_ONE) / _power(x, -n)
    if n > MOST_FACTORS:
        return Tipped(BALLS.power(_folded(x), n))
    return reduce(operator.mul, [x] * n, Tipped(_ONE))


def _reading() -> Reading:
    far = wide_reading().words
    words = {name: _word(name, far) for name in BALLS.words}
    return Reading(
        number=lambda value: Tipped(BALLS.number(value)),
        constant=lambda name: Tipped(BALLS.constant(name)),
        words=Vocabulary("with what is outweighed", {
            **words, "max": _chosen(">="), "min": _chosen("<="),
            "abs": lambda x: _where(_compare(">=", x, Tipped(_ZERO), 0, None), x, -x),
        }),
        power=_power,
        real_power=lambda a, b: Tipped(BALLS.real_power(_folded(a), _folded(b))),
        compare=_compare,
        where=_where,
    )  # fmt: skip


def read_tipped(tree: Node, z: Array, side: int = 0) -> Tipped:
    """Return a formula in z at finite doubles; `side` as in `calculus.evaluate`."""
    with quiet():
        found: Tipped = evaluate(tree, _reading(), {"z": Tipped(Ball.exact(z))}, side)
        ball, rest = found.ball.loose(), unfactored(found.rest)
        h, low, reach = (np.broadcast_to(part, z.shape) for part in (ball.h, ball.l, ball.r))
        return Tipped(Ball(h, low, reach), Wide(*(np.broadcast_to(part, z.shape) for part in rest[:3])))


def decide_tipped(x: Tipped, dtype: str) -> tuple[Array, Bools]:
    """Return the numbers of a format nearest to the sums, and where that is not decided."""
    with quiet():
        values, unsure = decide_as(_folded(x), dtype)
        beside = decide_beside(x.ball, x.rest.sign, np.exp2(x.rest.high), dtype)
        cancelled = _is_double(x.ball) & np.equal(x.ball.h, 0)
        told, open_ = (
            np.where(cancelled, *parts) for parts in zip(decide_wide(x.rest, dtype), beside, strict=True)
        )
        return np.where(unsure, told, values), unsure & open_
