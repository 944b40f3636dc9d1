"""The exact reading: a formula in balls that contain its true value, and what is proven by them.

A formula is read in Arb's balls (F. Johansson, IEEE Trans. Computers 66, 2017), at doubled precision
until both ends of the ball round to the same answer; derivatives are read off a power series in t at
z + t. The first try is the plain one. Later ones go with care: every step is also worked out in
rational numbers as long as it stays rational, which alone can tell a tie or a kink at z = 0.1; and
what leaves the real numbers follows IEEE 754, with one unsigned zero:

log(0) = -inf, 1/0 = inf, -1/0 = -inf, 0/0 = 0*inf = inf - inf = nan, log(-1) = sqrt(-1) = nan,
0^0 = 1, 0^-1 = inf, (-8)^(1/3) = nan, exp(-1/0) = 0.

At a singular point, where there is no power series, a derivative is what its own formula gives there:
the slope of sqrt at 0 is 1/(2*sqrt(0)) = inf. Flint's working precision is changed and not restored.
"""

import math
import operator
import time
from collections.abc import Callable
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any, NamedTuple

from flint import arb, arb_series, ctx, fmpq, fmpq_series, fmpz

from actcli.calculus import LARGEST_POWER, RIGHT, derivative
from actcli.errors import ActcliError
from actcli.formula import COMPARISONS, ONE, ZERO, Node, Z, names_in, number, postorder, value_of, write

FIRST_BITS = 128
MOST_BITS = 200_000
SECONDS = 1.0
ANY_LENGTH = 1 << 20  # of a series that is a constant
LONG = 64  # terms of a series that are looked at for its sign beside the point
SAME_BITS = 1024
LARGEST_SLOPE = 500  # nodes of a derivative that is read at a singular point
MOST_RATIONAL = 200_000  # bits of a rational number or series


class Place(NamedTuple):
    """Where a formula is read: z, the order of the derivative, the side, and the jumps met on the way."""

    z: float | Fraction
    order: int
    side: int
    jumps: list[Node]


class Outcome(NamedTuple):
    """A number as far as it is known: a ball around it, or the float that it is; the rational, if known."""

    ball: Any  # arb; or a float: nan for no real number, inf for a number too large even for a ball
    exact: Any = None  # fmpq


class Format(NamedTuple):
    """A binary format: significant bits, exponent of the least subnormal, and of what overflows."""

    precision: int
    least: int
    overflow: int


FORMATS = {
    "float16": Format(11, -24, 16),
    "bfloat16": Format(8, -133, 128),
    "float32": Format(24, -149, 128),
    "float64": Format(53, -1074, 1024),
}


# ---------------------------------------------------------------------------- what is asked


def nearest(tree: Node, z: float | Fraction, order: int = 0, side: int = RIGHT) -> float:
    """Return the float64 nearest to the formula's order-th derivative at a finite z; ties go to even.

    At a kink the derivative is the one-sided one. nan where there is no real value, an infinity as IEEE
    754 has it (see above) or beyond float64; what underflows keeps its sign. Raises ActcliError where
    the value jumps, and where the digits are not decided in time.
    """
    if isinstance(z, float) and not math.isfinite(z):
        raise ValueError("exact.nearest takes a finite z")
    return float(_decide(tree, Place(z, order, side, []), FIRST_BITS, SECONDS, _rounded))


def nearest_as(tree: Node, z: float | Fraction, dtype: str, order: int = 0, side: int = RIGHT) -> float:
    """Return, as a float, the number of a format (see FORMATS) nearest to the derivative: rounded once."""
    accept = lambda outcome: _rounded_to(FORMATS[dtype], outcome)  # noqa: E731
    return float(_decide(tree, Place(z, order, side, []), FIRST_BITS, SECONDS, accept))


def digits(
    tree: Node, z: Fraction, count: int, order: int = 0, side: int = RIGHT, seconds: float = SECONDS
) -> str:
    """Return `count` significant decimal digits of the derivative, correctly rounded, ties to even.

    Zeros fill up what is exact (3.0000); zero itself is "0"; "nan", "inf" and "-inf" as in nearest().
    Exponents are written as Python's format "g" does. Raises ActcliError as nearest() does.
    """
    bits = max(FIRST_BITS, 64 * (count * 10 // 192 + 1))
    return str(_decide(tree, Place(z, order, side, []), bits, seconds, lambda outcome: _written(outcome, count)))


def enclosure(tree: Node, z: float | Fraction, bits: int, order: int = 0, side: int = RIGHT) -> Any:
    """Return a ball (flint's arb) around the derivative, from one reading at this precision, for tests."""
    return _with_care(tree, Place(z, order, side, []), bits).ball


def _decide(tree: Node, place: Place, bits: int, seconds: float, accept: Callable[[Outcome], Any]) -> Any:
    """Return what is accepted of the formula's value, reading it at rising precision."""
    bits += 2 * place.order
    answer = accept(_plainly(tree, place, bits))
    started, most = time.perf_counter(), max(MOST_BITS, 8 * bits)
    while answer is None and bits < most and time.perf_counter() - started < seconds / 4:
        bits *= 2
        answer = accept(_with_care(tree, place, bits))
    if answer is None:
        raise ActcliError(_undecided(tree, place, f"is not decided by {bits:,} bits of precision"))
    return answer


def _undecided(tree: Node, place: Place, what: str) -> str:
    text = write(tree)
    text = text if len(text) <= 60 else text[:57] + "..."
    z = repr(place.z) if isinstance(place.z, float) else write(number(place.z))
    of = f"the derivative of order {place.order} of {text}" if place.order else text
    return f"{of} at z = {z[:40]} {what}"


# ---------------------------------------------------------------------------- from a ball to an answer


def _rounded(outcome: Outcome) -> float | None:
    ball, exact = outcome
    if isinstance(ball, float):
        return ball
    if exact is not None:
        return _float_of(Fraction(int(exact.p), int(exact.q)))
    low, high = float(ball.lower()), float(ball.upper())
    if low == high:
        return low if low or not _straddles(ball) else 0.0
    return None


def _straddles(ball: Any) -> bool:
    return not (ball < 0 or ball > 0)


def _float_of(value: Fraction) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.copysign(math.inf, value)


def _rounded_to(form: Format, outcome: Outcome) -> float | None:
    ball, exact = outcome
    if isinstance(ball, float):
        return ball
    if exact is not None:
        return _in_format(form, Fraction(int(exact.p), int(exact.q)))
    if not ball.is_finite():
        return float(ball) if ball.is_exact() else None
    low, high = (_in_format(form, _end(end)) for end in (ball.lower(), ball.upper()))
    if low == high:
        return low if low or not _straddles(ball) else 0.0
    return None


def _end(end: Any) -> Fraction:
    """Return an exact ball as a fraction; what lies beyond every format, as 2^2000 or 2^-2000."""
    mantissa, exponent = map(int, end.man_exp())
    size = mantissa.bit_length() + exponent
    if mantissa and abs(size) > 2000:
        return Fraction((mantissa > 0) * 2 - 1) * Fraction(2) ** (2000 if size > 0 else -2000)
    return mantissa * Fraction(2) ** exponent


def _in_format(form: Format, value: Fraction) -> float:
    size = abs(value.numerator).bit_length() - value.denominator.bit_length()
    size -= abs(value) < Fraction(2) ** size  # now 2^size <= |value|
    step = max(size - form.precision + 1, form.least)
    whole = round(value / Fraction(2) ** step)  # ties to even
    if abs(whole) * Fraction(2) ** step >= Fraction(2) ** form.overflow:
        return math.copysign(math.inf, value)
    return math.copysign(math.ldexp(abs(whole), step), value)


def _written(outcome: Outcome, count: int) -> str | None:
    ball, exact = outcome
    if isinstance(ball, float):
        return None if math.isinf(ball) else "nan"
    if exact is None and ball.is_exact():
        if not ball.is_finite():
            return str(float(ball))
        exact = _dyadic(ball)
    return _digits_of_ball(ball, count) if exact is None else _digits_of_exact(exact, count)


def _dyadic(ball: Any) -> Any:
    mantissa, exponent = ball.man_exp()
    return ball.fmpq() if abs(int(exponent)) < MOST_BITS else None


@lru_cache(1024)
def _ten_to(exponent: int, _bits: int) -> Any:
    return arb(10) ** exponent


def _digits_of_ball(ball: Any, count: int) -> str | None:
    if _straddles(ball) or not ball.is_finite():
        return None
    mantissa, exponent = map(int, ball.mid().man_exp())
    tens = _log10(abs(mantissa).bit_length() + exponent)
    size = abs(ball)
    while True:  # the estimate of the decimal exponent may be one too large
        scaled = size * _ten_to(count - 1 - tens, ctx.prec)
        if scaled >= _ten_to(count - 1, ctx.prec):
            break
        if not scaled < _ten_to(count - 1, ctx.prec):
            return None
        tens -= 1
    whole = (scaled + 0.5).floor().unique_fmpz()
    return None if whole is None else _layout(ball < 0, whole, tens, count)


def _log10(bits: int) -> int:
    """Return a whole number at or at most one above the decimal exponent of numbers of so many bits."""
    return bits * 301029995663981195213738894724493026768189881462108541310427 // 10**60


def _digits_of_exact(value: Any, count: int) -> str:
    top, bottom = abs(int(value.p)), int(value.q)
    if not top:
        return "0"
    tens = _log10(top.bit_length() - bottom.bit_length() + 1)
    if top * 10 ** max(-tens, 0) < bottom * 10 ** max(tens, 0):
        tens -= 1
    shift = count - 1 - tens
    whole = round(Fraction(top * 10 ** max(shift, 0), bottom * 10 ** max(-shift, 0)))  # ties to even
    return _layout(value < 0, fmpz(whole), tens, count)


def _layout(negative: bool, whole: Any, tens: int, count: int) -> str:
    """Write whole * 10^(tens - count + 1), where `whole` has count digits, or is 10^count."""
    text = fmpz(whole).str()
    tens, text = (tens + 1, text[:-1]) if len(text) > count else (tens, text)
    sign = "-" if negative else ""
    if -5 < tens < 0:
        return f"{sign}0.{'0' * (-tens - 1)}{text}"
    if 0 <= tens < count:
        return f"{sign}{text[: tens + 1]}.{text[tens + 1 :]}".rstrip(".")
    return f"{sign}{text[0]}.{text[1:]}".rstrip(".") + f"e{tens:+03d}"


# ---------------------------------------------------------------------------- programs


class Program(NamedTuple):
    """A formula as a list of steps over slots; slot 0 is z, slot 1 the Place, then come the constants."""

    constants: list[Any]
    rationals: list[Any]
    steps: list[tuple[str, Callable[..., Any], tuple[int, ...]]]
    root: int


@lru_cache(512)
def _program(tree: Node, series: bool, bits: int) -> Program:
    ctx.prec = bits
    order = postorder(_smooth(tree) if series else tree)
    known = {n: (_constant(n), _rational_constant(n)) for n in order if n.op in ("number", "name") and n is not Z}
    slots = {Z: 0, **{n: i + 2 for i, n in enumerate(known)}}
    steps = []
    for n in order:
        if n not in slots:
            slots[n] = len(slots) + 1
            steps.append(_step(n, series, slots))
    balls = [arb_series([ball], prec=ANY_LENGTH) if series else ball for ball, _ in known.values()]
    return Program(balls, [exact for _, exact in known.values()], steps, slots[order[-1]])


def _constant(node: Node) -> Any:
    value = node.args[0]
    if isinstance(value, Fraction):
        return arb(_rational(value))
    return {"pi": arb.pi, "e": arb.const_e, "inf": arb.pos_inf}[str(value)]()


def _rational_constant(node: Node) -> Any:
    value = node.args[0]
    return fmpq_series([_rational(value)], prec=ANY_LENGTH) if isinstance(value, Fraction) else None


def _step(node: Node, series: bool, slots: dict[Node, int]) -> tuple[str, Callable[..., Any], tuple[int, ...]]:
    places = tuple(slots[child] for child in node.children)
    words = SERIES if series else BALLS
    if node.op in COMPARISONS:
        return node.op, (_beside(node) if series else _at_the_point(node.op)), (*places, 1)
    if node.op == "floor" and series:
        return node.op, _floor_beside(node), (*places, 1)
    exponent = value_of(node.children[1]) if node.op == "^" else None
    if exponent is not None and exponent.denominator == 1 and abs(exponent) <= LARGEST_POWER:
        return node.op, _whole_power(int(exponent), words["/"]), places
    return node.op, words[node.op], places


def _rational(value: float | Fraction) -> Any:
    return fmpq(*value.as_integer_ratio())


@cache
def _smooth(tree: Node) -> Node:
    """Return the formula with abs, sign, min and max written with where, so that all kinks are alike."""
    done: dict[Node, Node] = {}
    for n in postorder(tree):
        parts = [done[a] if isinstance(a, Node) else a for a in n.args]
        done[n] = _KINKS[n.op](*parts) if n.op in _KINKS else Node(n.op, *parts)
    return done[tree]


_KINKS: dict[str, Callable[..., Node]] = {
    "abs": lambda a: Node("where", Node(">=", a, ZERO), a, Node("neg", a)),
    "max": lambda a, b: Node("where", Node(">=", a, b), a, b),
    "min": lambda a, b: Node("where", Node("<=", a, b), a, b),
    "sign": lambda a: Node("where", Node(">", a, ZERO), ONE, Node("where", Node("<", a, ZERO), number(-1), ZERO)),
}


# ---------------------------------------------------------------------------- running them


def _variable(place: Place) -> Any:
    ball = arb(place.z) if isinstance(place.z, float) else arb(_rational(place.z))
    return arb_series([ball, 1]) if place.order else ball


def _plainly(tree: Node, place: Place, bits: int) -> Outcome:
    """Read the formula in balls alone; whatever needs more thought gives a ball that decides nothing."""
    program = _program(tree, place.order > 0, bits)
    ctx.prec, ctx.cap = bits, place.order + 1
    slots = [_variable(place), place, *program.constants]
    try:
        for _, function, places in program.steps:
            slots.append(function(*[slots[i] for i in places]))
    except (ValueError, ZeroDivisionError):
        return Outcome(NOTHING)
    value = slots[program.root]
    if place.order:
        value = NOTHING if place.jumps else _derivative_in(value, place.order)
    return Outcome(value)


def _derivative_in(series: Any, order: int) -> Any:
    """Return the derivative that a series holds, or NOTHING where the series is not one of real numbers."""
    if not isinstance(series, arb_series) or series.prec <= order or not series[0].is_finite():
        return NOTHING
    return series[order] * math.factorial(order)


def _term(exact: Any, order: int) -> Any:
    return None if exact is None else exact[order] * math.factorial(order)


def _with_care(tree: Node, place: Place, bits: int) -> Outcome:
    """Read the formula with every step in rational numbers as far as they go, and in balls."""
    place.jumps.clear()
    value, exact = _stepwise(tree, place, bits)
    if not place.order:
        return Outcome(value, _term(exact, 0))
    if place.jumps:
        _refuse_jump(tree, place, bits, value, exact)
    ball = _derivative_in(value, place.order)
    if not ball.is_finite():
        return _at_singularity(tree, place, bits)
    if exact is None and not place.jumps:  # log(2) + z/2 + ... is rational but for its start
        exact = _stepwise(derivative(tree), place._replace(order=place.order - 1), bits)[1]
        return Outcome(ball, _term(exact, place.order - 1))
    return Outcome(ball, _term(exact, place.order))


def _refuse_jump(tree: Node, place: Place, bits: int, series: Any, exact: Any) -> None:
    """Raise ActcliError where the value at z is not the limit on the side that is asked for.

    Values that are not rational are compared as balls, from SAME_BITS on: a smaller jump is not seen.
    """
    here, rational = _stepwise(tree, place._replace(order=0), max(bits, SAME_BITS))
    if exact is not None and rational is not None:
        same = exact[0] == rational[0]
    else:
        same = isinstance(series, arb_series) and isinstance(here, arb) and bool(series[0].overlaps(here))
    if not same:
        side = "right" if place.side == RIGHT else "left"
        raise ActcliError(_undecided(tree, place, f"does not exist: the value jumps there, seen from the {side}"))
    ctx.prec, ctx.cap = bits, place.order + 1


def _at_singularity(tree: Node, place: Place, bits: int) -> Outcome:
    """Return what the derivative's own formula gives where there is no power series.

    Only a rational or an infinity counts: 1/inf = 0 is a convention, no proof of a finite slope.
    """
    whole, point = tree, place._replace(order=0)
    value, _ = _stepwise(tree, point, bits)
    if isinstance(value, float) and math.isnan(value):
        return Outcome(math.nan)
    for _ in range(place.order):
        if place.jumps or len(postorder(tree)) > LARGEST_SLOPE:
            return Outcome(NOTHING)
        tree = derivative(tree)
    value, exact = _stepwise(tree, point, bits)
    finite = not isinstance(value, float) and value.is_finite()
    if (finite and exact is None) or (isinstance(value, float) and math.isnan(value)):
        raise ActcliError(_undecided(whole, place, "is not decided: the formula is singular there"))
    return Outcome(value, _term(exact, 0))


def _stepwise(tree: Node, place: Place, bits: int) -> tuple[Any, Any]:
    """Return the formula's value as a ball (or series, or float: see Outcome), and as a rational or None."""
    program = _program(tree, place.order > 0, bits)
    ctx.prec, ctx.cap = bits, place.order + 1
    slots = [_variable(place), place, *program.constants]
    exact = [_small(fmpq_series([_rational(place.z), 1])), place, *program.rationals]
    for op, function, places in program.steps:
        args, known = [slots[i] for i in places], [exact[i] for i in places]
        if op == "where" and args[0] is not None:
            branch = places[1 if args[0] else 2]
            value, rational = slots[branch], exact[branch]
        else:
            rational = None if any(k is None for k in known) else _rationally(op, function, known, place)
            value = _carefully(op, function, args, place) if rational is None else _ball(rational, place)
        slots.append(value)
        exact.append(rational)
    return slots[program.root], exact[program.root]


def _ball(rational: Any, place: Place) -> Any:
    if isinstance(rational, bool):
        return rational
    return arb_series(rational.coeffs()) if place.order else arb(rational[0])


def _carefully(op: str, function: Callable[..., Any], args: list[Any], place: Place) -> Any:
    """Take one step, telling what is no real number (nan) from what is not known yet (NOTHING)."""
    if not place.order and any(isinstance(a, float) or _is_infinite(a) for a in args):
        return _limit(op, function, args)
    if any(isinstance(a, float) for a in args):
        return None if op in COMPARISONS else math.nan
    try:
        value = function(*args)
    except (ValueError, ZeroDivisionError):
        return math.nan if place.order else NOTHING
    return _settled(op, args, value) if isinstance(value, arb) and not value.is_finite() else value


def _is_infinite(value: Any) -> bool:
    return isinstance(value, arb) and value.is_exact() and not value.is_finite()


# ---------------------------------------------------------------------------- beyond the real numbers


def _settled(op: str, args: list[Any], value: Any) -> Any:
    """Return what IEEE 754 has for a step from real numbers that gave none, if the balls decide it."""
    x = args[0]
    if op == "/":
        return _divided_by_zero(*args) if args[1] == 0 else value
    if op == "^":
        return _settled_power(*args, value)
    if (op, 1) in _POLES or (op, -1) in _POLES or (op, 0) in _POLES:
        for sign in (-1, 0, 1):
            if x == sign and (op, sign) in _POLES:
                return arb(_POLES[op, sign])
    if op in _OUTSIDE and _OUTSIDE[op](x):
        return math.nan
    if op in _GROWING and abs(x) > FAR and (x > 0 or op in ("sinh", "cosh")):
        return -math.inf if op == "sinh" and x < 0 else math.inf
    return value


def _divided_by_zero(a: Any, _: Any) -> Any:
    if a == 0:
        return math.nan
    return arb.pos_inf() if a > 0 else arb.neg_inf() if a < 0 else NOTHING


def _settled_power(base: Any, exponent: Any, value: Any) -> Any:
    if base == 0 and (exponent > 0 or exponent < 0):
        return arb.pos_inf() if exponent < 0 else arb(0)
    if base < 0 and not exponent.contains_integer():
        return math.nan
    if not base > 0:
        return value
    growth = exponent * base.log()
    return math.inf if growth > FAR else arb(0, MINUTE) if growth < -FAR else value


def _limit(op: str, function: Callable[..., Any], args: list[Any]) -> Any:
    """Take a step from an infinity (an exact ball) or from a number beyond all balls (a float)."""
    args = [a for a in args if not isinstance(a, Place)]
    if any(isinstance(a, float) and math.isnan(a) for a in args):
        return op == "!=" if op in COMPARISONS else math.nan
    beyond = any(isinstance(a, float) for a in args)
    if op in ("min", "max") or op not in _LIMITS:
        value = function(*map(arb, args)) if op in ("min", "max") or not beyond else NOTHING
        if not beyond:
            return math.nan if value.is_nan() else value
        return float(value) if _is_infinite(value) else value
    floats = [_stand_in(a, op in ("*", "/", "^")) for a in args]
    if None in floats or (op == "^" and beyond and not abs(arb(args[1])) >= 1):
        return NOTHING
    try:
        result = _LIMITS[op](*floats)
    except (ValueError, OverflowError, ZeroDivisionError):
        result = math.nan
    return _from_limit(result, beyond)


def _from_limit(result: float | bool, beyond: bool) -> Any:
    if isinstance(result, bool):
        return result
    if math.isnan(result):
        return NOTHING if beyond else math.nan
    if math.isinf(result):
        return result if beyond else arb(result)
    return arb(result, MINUTE) if beyond else arb(result)


def _stand_in(value: Any, signed: bool) -> float | None:
    """Return a float that meets an infinity as this number does: itself where infinite, else +-1 or 0."""
    if isinstance(value, float) or _is_infinite(value):
        return float(value)
    if not abs(value) < VAST:
        return None
    if value == 0 or not signed:
        return 0.0
    return 1.0 if value > 1 / VAST else -1.0 if value < -1 / VAST else None


NOTHING = arb.nan()  # a ball that is everything
FAR = arb(2) ** 101  # e^x for such an x is beyond balls; VAST is far below it and MINUTE far above its inverse
VAST = arb(2) ** (1 << 60)
MINUTE = 1 / VAST

_POLES = {("log", 0): "-inf", ("log1p", -1): "-inf", ("atanh", 1): "inf", ("atanh", -1): "-inf"}
_GROWING = ("exp", "expm1", "sinh", "cosh")
_OUTSIDE: dict[str, Callable[[Any], Any]] = {
    "log": lambda x: x < 0,
    "log1p": lambda x: x < -1,
    "sqrt": lambda x: x < 0,
    "asin": lambda x: abs(x) > 1,
    "acos": lambda x: abs(x) > 1,
    "atanh": lambda x: abs(x) > 1,
    "acosh": lambda x: x < 1,
}
_RELATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "==": operator.eq, "!=": operator.ne,
}  # fmt: skip
_LIMITS: dict[str, Callable[..., Any]] = {
    **_RELATIONS,
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "neg": operator.neg,
    "^": math.pow, "abs": abs, "sign": lambda x: math.copysign(1.0, x), "floor": lambda x: x,
    "exp": math.exp, "expm1": math.expm1, "sinh": math.sinh, "cosh": math.cosh, "tanh": math.tanh,
    "erf": math.erf, "erfc": math.erfc, "phi": lambda x: 0.0, "softplus": lambda x: max(x, 0.0),
    "sigmoid": lambda x: float(x > 0), "Phi": lambda x: float(x > 0),
    "sin": lambda x: math.nan, "cos": lambda x: math.nan,
}  # fmt: skip


# ---------------------------------------------------------------------------- comparisons


def _sign(x: Any) -> int | None:
    return 1 if x > 0 else -1 if x < 0 else 0 if x == 0 else None


def _at_the_point(op: str) -> Callable[[Any, Any, Place], bool | None]:
    """Return the comparison of two balls or rationals, which gives None where it is not decided."""
    relation = _RELATIONS[op]

    def compare(a: Any, b: Any, _: Place) -> bool | None:
        sign = 1 if a > b else -1 if a < b else 0 if a == b else None
        return None if sign is None else relation(sign, 0)

    return compare


def _beside(node: Node) -> Callable[[Any, Any, Place], bool | None]:
    """Return a comparison of two series, which is asked just beside the point; it notes where that matters."""
    relation, difference = _RELATIONS[node.op], Node("-", *node.children)

    def compare(a: Any, b: Any, place: Place) -> bool | None:
        signs = _signs(a - b, difference, place)
        if signs is None:
            return None
        here, beside = relation(signs[0], 0), relation(signs[1], 0)
        if here != beside:
            place.jumps.append(node)
        return beside

    return compare


def _signs(series: Any, node: Node, place: Place) -> tuple[int, int] | None:
    """Return the sign of a series at the point and just beside it, where the first nonzero term decides."""
    signs = []
    for term in series.coeffs():
        signs.append(_sign(term))
        if signs[-1] != 0:
            break
    if not signs or signs[-1] == 0:
        return (0, 0) if "z" not in names_in(node) or node.children[0] is node.children[1] else _longer(node, place)
    if signs[-1] is None:
        return None
    return (signs[-1] if len(signs) == 1 else 0), signs[-1] * place.side ** (len(signs) - 1)


def _longer(node: Node, place: Place) -> tuple[int, int] | None:
    """Return the signs of a difference whose first terms are all 0, from LONG terms of it."""
    if place.order >= LONG:
        return None
    bits, cap = ctx.prec, ctx.cap
    ball, exact = _stepwise(node, place._replace(order=LONG), bits)
    signs = None if isinstance(ball, float) else _signs(ball if exact is None else exact, node, place._replace(order=LONG))
    ctx.prec, ctx.cap = bits, cap
    return signs


def _floor_beside(node: Node) -> Callable[[Any, Place], Any]:
    """Return floor of a series just beside the point; a series that is no constant may step down there."""

    def floor(x: Any, place: Place) -> Any:
        whole = x[0].floor() if isinstance(x, fmpq_series) else x[0].floor().unique_fmpz()
        if whole is None:
            return None if isinstance(x, fmpq_series) else x * NOTHING
        if x[0] == whole:
            signs = _signs(x - whole, Node("-", *node.children, number(int(whole))), place)
            if signs is None:
                return None if isinstance(x, fmpq_series) else x * NOTHING
            if signs[1] < 0:
                place.jumps.append(node)
                whole -= 1
        return type(x)([whole], prec=ANY_LENGTH)

    return floor


# ---------------------------------------------------------------------------- words in balls


def _choose(condition: bool | None, a: Any, b: Any) -> Any:
    if condition is not None:
        return a if condition else b
    return a.union(b) if isinstance(a, arb) and isinstance(b, arb) else NOTHING


@lru_cache(64)
def _sqrt_half(_bits: int) -> Any:
    return arb(0.5).sqrt()


@lru_cache(64)
def _peak(_bits: int) -> Any:
    return 1 / (2 * arb.pi()).sqrt()


def _whole_power(exponent: int, over: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    if exponent == 2:
        return lambda x, _: x * x
    if exponent >= 0:
        return lambda x, _: x**exponent
    return lambda x, _: over(1, x**-exponent)


def _phi(x: Any) -> Any:
    return (x * x / -2).exp() * _peak(ctx.prec)


def _normal(x: Any) -> Any:
    return (x * -_sqrt_half(ctx.prec)).erfc() / 2


def _sigmoid(x: Any) -> Any:
    if x < 0:
        tail = x.exp()
        return tail / (1 + tail)
    return 1 / (1 + (-x).exp())


def _softplus(x: Any) -> Any:
    return x + (-x).exp().log1p() if x > 0 else x.exp().log1p()


BALLS: dict[str, Callable[..., Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "neg": operator.neg,
    "^": operator.pow, "where": _choose, "min": arb.min, "max": arb.max,
    "abs": abs, "floor": arb.floor, "sign": lambda x: x.sgn() if x.is_finite() else NOTHING,
    "exp": arb.exp, "expm1": arb.expm1, "log": arb.log, "log1p": arb.log1p, "sqrt": arb.sqrt,
    "sin": arb.sin, "cos": arb.cos, "tan": arb.tan, "asin": arb.asin, "acos": arb.acos, "atan": arb.atan,
    "sinh": arb.sinh, "cosh": arb.cosh, "tanh": arb.tanh,
    "asinh": arb.asinh, "acosh": arb.acosh, "atanh": arb.atanh,
    "erf": arb.erf, "erfc": arb.erfc, "Phi": _normal, "phi": _phi, "sigmoid": _sigmoid, "softplus": _softplus,
}  # fmt: skip


# ---------------------------------------------------------------------------- words in power series


def _over(a: Any, b: Any) -> Any:
    if b[0] == 0:
        raise ValueError("a pole, or a quotient of zeros")
    return a / b


def _restarted(series: Any, start: Any) -> Any:
    """Return a series with its first term given, which is known more precisely."""
    return arb_series([start, *series.coeffs()[1:]])


def _expm1(x: Any) -> Any:
    return _restarted(x.exp(), x[0].expm1())


def _log1p(x: Any) -> Any:
    return _restarted((1 + x).log(), x[0].log1p())


def _odd(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return an odd function, given by what is accurate for z >= 0."""
    return lambda x: -f(-x) if x[0] < 0 else f(x)


@_odd
def _sinh(x: Any) -> Any:
    grown = _expm1(x)
    return (grown + grown / (1 + grown)) / 2


@_odd
def _tanh(x: Any) -> Any:
    fallen = _expm1(-2 * x)
    return -fallen / (2 + fallen)


@_odd
def _asinh(x: Any) -> Any:
    return _log1p(x + x * x / (1 + (1 + x * x).sqrt()))


@_odd
def _atanh(x: Any) -> Any:
    return _log1p(2 * x / (1 - x)) / 2


def _cosh(x: Any) -> Any:
    grown = x.exp()
    return (grown + 1 / grown) / 2


def _sigmoid_series(x: Any) -> Any:
    if x[0] < 0:
        tail = x.exp()
        return tail / (1 + tail)
    return 1 / (1 + (-x).exp())


def _power_series(x: Any, y: Any) -> Any:
    if y.length() > 1:
        return x**y
    exponent = y[0]
    whole = exponent.unique_fmpz() if exponent.is_exact() and abs(exponent) < 1 << 30 else None
    if whole is None or exponent != whole:
        return x**exponent
    return x ** int(whole) if whole >= 0 else _over(arb_series([1]), x ** -int(whole))


SERIES: dict[str, Callable[..., Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": _over, "neg": operator.neg,
    "^": _power_series, "where": _choose,
    "exp": arb_series.exp, "expm1": _expm1, "log": arb_series.log, "log1p": _log1p, "sqrt": arb_series.sqrt,
    "sin": arb_series.sin, "cos": arb_series.cos, "tan": arb_series.tan,
    "asin": arb_series.asin, "acos": arb_series.acos, "atan": arb_series.atan,
    "sinh": _sinh, "cosh": _cosh, "tanh": _tanh,
    "asinh": _asinh, "acosh": lambda x: (x + ((x - 1) * (x + 1)).sqrt()).log(), "atanh": _atanh,
    "erf": arb_series.erf, "erfc": arb_series.erfc, "Phi": _normal, "phi": _phi,
    "sigmoid": _sigmoid_series, "softplus": lambda x: x + _log1p((-x).exp()) if x[0] > 0 else _log1p(x.exp()),
}  # fmt: skip


# ---------------------------------------------------------------------------- words in rational numbers


def _small(rational: Any) -> Any:
    """Return a rational series that is cheap to go on with, or None."""
    sizes = [term.height_bits() for term in rational.coeffs()]
    return rational if max(sizes, default=0) * ctx.cap < MOST_RATIONAL else None


def _rationally(op: str, function: Callable[..., Any], known: list[Any], place: Place) -> Any:
    """Take one step from rational numbers (series) to a rational, a truth value, or None where there is none."""
    if op in COMPARISONS or (op == "floor" and place.order):
        return function(*known) if place.order else function(known[0][0], known[1][0], place)
    try:
        result = RATIONALS[op](*known) if op in RATIONALS else None
    except (ValueError, ZeroDivisionError):
        return None
    return result if result is None else _small(result)


def _at(start: int, f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a word that leaves the rationals but where its series starts with one number."""
    return lambda x: f(x) if x[0] == start else None


def _only_at(start: int, value: Any) -> Callable[[Any], Any]:
    """Return a word of which only the value at one number is rational, and no term after it."""
    return lambda x: fmpq_series([value], prec=ANY_LENGTH) if x[0] == start and x.length() <= 1 else None


def _over_rationals(x: Any, y: Any) -> Any:
    return x / y if y[0] != 0 else None


def _rational_power(x: Any, y: Any) -> Any:
    """Return x^(a/b) where x starts with the b-th power of a rational, as (x/c)^(a/b) * c^(a/b)."""
    if y.length() > 1:
        return None
    a, b = int(y[0].p), int(y[0].q)
    if b == 1 and a >= 0 and a * _height(x) * ctx.cap < MOST_RATIONAL:
        return x**a
    start = x[0]
    if start == 0:
        return fmpq_series([0], prec=ANY_LENGTH) if a > 0 and x.length() == 0 else None
    root = _root(start, b)
    if root is None or abs(a) * root.height_bits() * ctx.cap >= MOST_RATIONAL:
        return None
    return ((x / start).log() * fmpq(a, b)).exp() * root**a


def _height(x: Any) -> int:
    return max((int(term.height_bits()) for term in x.coeffs()), default=0)


def _root(value: Any, degree: int) -> Any:
    """Return the rational whose power of this degree is `value`, or None."""
    if degree == 1:
        return value
    if value < 0 or degree > 64:
        return None
    root = fmpq(value.p.root(degree), value.q.root(degree))
    return root if root**degree == value else None


RATIONALS: dict[str, Callable[..., Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": _over_rationals, "neg": operator.neg,
    "^": _rational_power, "sqrt": lambda x: _rational_power(x, fmpq_series([fmpq(1, 2)])),
    "min": lambda x, y: x if x[0] <= y[0] else y, "max": lambda x, y: x if x[0] >= y[0] else y,
    "abs": lambda x: -x if x[0] < 0 else x, "floor": lambda x: fmpq_series([x[0].floor()]),
    "sign": lambda x: fmpq_series([_sign(x[0])]),
    "exp": _at(0, fmpq_series.exp), "expm1": _at(0, lambda x: x.exp() - 1),
    "log": _at(1, fmpq_series.log), "log1p": _at(0, lambda x: (1 + x).log()),
    "sin": _at(0, fmpq_series.sin), "cos": _at(0, fmpq_series.cos), "tan": _at(0, fmpq_series.tan),
    "asin": _at(0, fmpq_series.asin), "acos": _only_at(1, 0), "atan": _at(0, fmpq_series.atan),
    "sinh": _at(0, fmpq_series.sinh), "cosh": _at(0, fmpq_series.cosh), "tanh": _at(0, fmpq_series.tanh),
    "asinh": _at(0, fmpq_series.asinh), "acosh": _only_at(1, 0),
    "atanh": _at(0, lambda x: ((1 + x) / (1 - x)).log() / 2),
    "erf": _only_at(0, 0), "erfc": _only_at(0, 1), "Phi": _only_at(0, fmpq(1, 2)),
    "sigmoid": _at(0, lambda x: 1 / (1 + (-x).exp())),
}  # fmt: skip
