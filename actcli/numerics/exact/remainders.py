"""The language read in pairs: a number as a rational and the ball of a remainder, kept apart.

tanh(z) is 1 - 2/(e^(2z) + 1), and z - tanh(z) at 1e16 a tie of float64s but for 10^-(10^16): no
precision sees that. Kept apart from the rational, only its sign is needed. A word that comes exponentially
near to a rational function is taken in the form that shows it; any other is a remainder only.
"""

from collections.abc import Callable
from fractions import Fraction
from functools import partial, reduce
from typing import Any, NamedTuple

from flint import arb, ctx, fmpq

from actcli.language.calculus import slope_of_order
from actcli.language.trees import Node, Z, postorder
from actcli.language.words import COMPARISONS, RELATIONS
from actcli.numerics.exact.reals import Outcome, Place, constant
from actcli.numerics.exact.realwords import BALLS, MOST_RATIONAL, NOTHING

LARGEST_PRODUCT = 64  # factors of a power that is multiplied out
FINEST = 1200  # float64s and their midpoints are multiples of 2^-1075


class Pair(NamedTuple):
    """The number whole + rest: a rational (fmpq) and a ball (arb), an exact 0 if the number is rational."""

    whole: Any
    rest: Any

    @property
    def ball(self) -> Any:
        """The number as a ball."""
        return arb(self.whole) + self.rest


Value = Pair | bool | None  # None: not known, or no real number


def apart(tree: Node, place: Place, bits: int) -> Outcome:
    """Read the formula, or where no side matters its derivative, in pairs, when so many bits are asked for.

    Outcome.exact may be a number that is only rounded as the true one is, to what takes no more bits.
    """
    z = _exactly(place.z)
    ctx.prec = bits + 3 * _size(z.whole)  # of e^-z, e^(-z^2/2) and sigmoid(z^3) flint then knows the sign
    slope = slope_of_order(tree, place.order)
    if slope is None or (place.order and not _is_smooth(tree, _read(tree, z))):
        return Outcome(NOTHING)
    value = _read(slope, z)[slope]
    return _outcome(value, bits) if isinstance(value, Pair) else Outcome(NOTHING)


def _size(rational: Any) -> int:
    return max(0, int(abs(rational.p).bit_length()) - int(rational.q.bit_length()))


def _outcome(value: Pair, bits: int) -> Outcome:
    """Return the number as a ball, and a rational on the same side of every boundary between two answers.

    Boundaries are rational: multiples of 2^-1075 for floats; for n digits multiples of 10^-k/2, where k
    follows from n, thus from `bits`, and from the rational's size. Two fractions differ by at least 1 over
    the product of their denominators, so that no boundary is as near as 2^-depth to the rational but
    itself, and what is as near and on the same side of it is rounded alike.
    """
    whole, rest = value
    if rest == 0:
        return Outcome(value.ball, whole)
    side, depth = _side(_remainder(rest)), bits + FINEST + 2 * int(whole.height_bits())
    if side and whole and abs(rest) < arb((1, -depth)):
        return Outcome(value.ball, whole + side * fmpq(1, 2) ** depth)
    ctx.prec += depth
    return Outcome(value.ball if _side(value) else NOTHING)


# ---------------------------------------------------------------------------- running


def _read(tree: Node, z: Pair) -> dict[Node, Value]:
    values: dict[Node, Value] = {}
    for n in postorder(tree):
        values[n] = z if n is Z else _step(n, [values[child] for child in n.children])
    return values


def _step(node: Node, args: list[Value]) -> Any:
    if node.value is not None:
        return _exactly(node.value)
    if node.op == "where":
        return None if args[0] is None else args[1 if args[0] else 2]
    if any(a is None for a in args):
        return None
    try:
        value = _remainder(constant(node)) if node.op == "name" else PAIR_WORDS[node.op](*args)
    except (ValueError, ZeroDivisionError):
        return None
    return _kept(value) if isinstance(value, Pair) else value


def _kept(value: Pair) -> Pair | None:
    """Return a pair of numbers, with a rational that is too long moved to the ball."""
    if not value.rest.is_finite():
        return None
    return value if value.whole.height_bits() < MOST_RATIONAL else _remainder(value.ball)


def _is_smooth(tree: Node, values: dict[Node, Value]) -> bool:
    """Tell whether the formula is known not to bend or jump at the point: nothing changes its sign there."""
    for n in values:
        args: list[Any] = [values[child] for child in n.children]
        if n.op == "floor" or (n.op in BREAKS and None not in args and not _by_side(_the_side, *args)):
            return False
    return values[tree] is not None


def _the_side(side: int, *_: Any) -> int:
    return side


# ---------------------------------------------------------------------------- arithmetic


def _exactly(number: float | Fraction) -> Pair:
    return Pair(fmpq(*number.as_integer_ratio()), arb(0))


def _remainder(ball: Any) -> Pair:
    return Pair(fmpq(0), ball)


PAIR_ZERO, PAIR_ONE = _exactly(0), _exactly(1)


def _minus(x: Pair, y: Pair) -> Pair:
    return Pair(x.whole - y.whole, x.rest - y.rest)


def _times(x: Pair, y: Pair) -> Pair:
    return Pair(x.whole * y.whole, arb(x.whole) * y.rest + x.rest * y.ball)


def _over(x: Pair, y: Pair) -> Pair:
    if not y.whole:
        return _remainder(x.ball / y.rest)
    quotient = x.whole / y.whole
    return Pair(quotient, (x.rest - arb(quotient) * y.rest) / y.ball)


def _power(x: Pair, y: Pair) -> Pair:
    if y.rest == 0 and y.whole.q == 1 and abs(y.whole) <= LARGEST_PRODUCT:
        product = reduce(_times, [x] * abs(int(y.whole.p)), PAIR_ONE)
        return _over(PAIR_ONE, product) if y.whole < 0 else product
    return _remainder(x.ball**y.ball)


def _side(x: Pair) -> int | None:
    """Return the sign of a number, or None where it is not known."""
    number = x.whole if x.rest == 0 else x.ball
    return 1 if number > 0 else -1 if number < 0 else 0 if x.rest == 0 else None


def _by_side(choose: Callable[..., Any], x: Pair, y: Pair = PAIR_ZERO) -> Any:
    """Return choose(side, x, y), where the side is the sign of x - y, if that is known."""
    side = _side(_minus(x, y))
    return None if side is None else choose(side, x, y)


# ---------------------------------------------------------------------------- words


def _exp(x: Pair) -> Pair:
    small = not x.whole and abs(x.rest) < 1
    return Pair(fmpq(1), x.rest.expm1()) if small else _remainder(x.ball.exp())


def _sqrt(x: Pair) -> Pair:
    top, bottom = x.whole.p, x.whole.q
    if not (top > 0 and top.is_square() and bottom.is_square()):
        return _remainder(x.ball.sqrt())
    root = fmpq(top.isqrt(), bottom.isqrt())
    return Pair(root, x.rest / (arb(root) + x.ball.sqrt()))


def _softplus(x: Pair) -> Pair:
    if not x.ball > 0:
        return _remainder(x.ball.exp().log1p())
    return Pair(x.whole, x.rest + (-x.ball).exp().log1p())


def _expm1(x: Pair) -> Pair:
    ball = x.ball
    return Pair(fmpq(-1), ball.exp()) if ball < -1 else _remainder(ball.expm1())


def _rising(word: str, low: int, tail: Callable[[Any], Any]) -> Callable[[Pair], Pair]:
    """Return a word that is low + tail(-x), and 1 - tail(x)."""

    def rising(x: Pair) -> Pair:
        ball = x.ball
        if ball > 1:
            return Pair(fmpq(1), -tail(ball))
        return Pair(fmpq(low), tail(-ball)) if ball < -1 else _remainder(BALLS[word](ball))

    return rising


def _ball_of(word: str) -> Callable[..., Pair]:
    return lambda x: _remainder(BALLS[word](x.ball))


def _related(relation: Callable[[Any, Any], bool]) -> Callable[..., Any]:
    return partial(_by_side, lambda side, *_: relation(side, 0))


_erf = _rising("erf", -1, BALLS["erfc"])
BREAKS = (*COMPARISONS, "min", "max", "abs", "sign")
PAIR_WORDS: dict[str, Callable[..., Any]] = {
    **{word: _ball_of(word) for word in BALLS}, **{op: _related(f) for op, f in RELATIONS.items()},
    "neg": lambda x: _minus(PAIR_ZERO, x), "+": lambda x, y: Pair(x.whole + y.whole, x.rest + y.rest),
    "-": _minus, "*": _times, "/": _over, "^": _power, "exp": _exp, "expm1": _expm1, "sqrt": _sqrt,
    "log": lambda x: _remainder(x.rest.log1p() if x.whole == 1 else x.ball.log()),
    "min": partial(_by_side, lambda side, x, y: x if side <= 0 else y),
    "max": partial(_by_side, lambda side, x, y: x if side >= 0 else y),
    "abs": partial(_by_side, lambda side, x, _: x if side >= 0 else _minus(PAIR_ZERO, x)),
    "sign": partial(_by_side, lambda side, *_: _exactly(side)), "softplus": _softplus,
    "erf": _erf, "erfc": lambda x: _minus(PAIR_ONE, _erf(x)),
    "Phi": _rising("Phi", 0, lambda u: BALLS["Phi"](-u)),
    "tanh": _rising("tanh", -1, lambda u: 2 / ((2 * u).exp() + 1)),
    "sigmoid": _rising("sigmoid", 0, lambda u: 1 / (u.exp() + 1)),
}  # fmt: skip
