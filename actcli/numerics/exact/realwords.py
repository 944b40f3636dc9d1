"""What each word of the language means in Arb's balls, in power series of balls, and in rational numbers.

Balls: F. Johansson, Arb, IEEE Trans. Computers 66 (2017). The forms are those that lose no relative
accuracy to cancellation where a ball could keep it. What leaves the real numbers follows IEEE 754, with
one unsigned zero: log(0) = -inf, 1/0 = inf, -1/0 = -inf, 0/0 = 0*inf = inf - inf = nan, log(-1) = nan,
0^0 = 1, 0^-1 = inf, (-8)^(1/3) = nan, exp(-1/0) = 0.
"""

import math
import operator
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from flint import arb, arb_series, ctx, fmpq, fmpq_series

from actcli.language.formula import parse
from actcli.language.trees import Node
from actcli.language.words import ARITHMETIC, COMPARISONS, Vocabulary

ANY_LENGTH = 1 << 20  # of a series that is a constant
MOST_RATIONAL = 200_000  # bits of a rational number or series
DISTINCT = arb(2) ** -128  # of a value that is compared
NOTHING = arb.nan()  # a ball that is everything: what is not known, where nan is known not to exist


# ---------------------------------------------------------------------------- words in balls


def _methods(names: str) -> dict[str, Callable[[Any], Any]]:
    """Return flint's methods by name; called through their type they would not check what they are given."""
    return {name: operator.methodcaller(name) for name in names.split()}


def _choose(condition: bool | None, a: Any, b: Any) -> Any:
    if condition is not None:
        return a if condition else b
    if isinstance(a, arb) and isinstance(b, arb):
        return a.union(b)
    raise ValueError("a branch that is not decided")


@lru_cache(64)
def _sqrt_half(_bits: int) -> Any:
    return arb(0.5).sqrt()


@lru_cache(64)
def _peak(_bits: int) -> Any:
    return 1 / (2 * arb.pi()).sqrt()


def whole_power(exponent: int, over: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Return x^n for balls or series, `over` being their division."""
    if exponent == 2:
        return lambda x, _: x * x
    if exponent == 3:
        return lambda x, _: x * x * x  # of a ball around 0 flint's power gives nan
    if exponent >= 0:
        return lambda x, _: x**exponent
    return lambda x, _: over(1, x**-exponent)


def _phi(x: Any) -> Any:
    return (x * x / -2).exp() * _peak(ctx.prec)


def _normal(x: Any) -> Any:
    return _erfc(x * -_sqrt_half(ctx.prec)) / 2


FAR_OUT = 64  # from here on flint's erfc of an inexact ball holds 0


def _erfc(x: Any) -> Any:
    """erfc(x), far out as e^(-x^2) U(1/2, 1/2, x^2)/sqrt(pi) (DLMF 7.11.5) and the integral of its slope."""
    if isinstance(x, arb):
        return _far_erfc(x) if x > FAR_OUT else x.erfc()
    if not x[0] > FAR_OUT:
        return x.erfc()
    slope = (-x * x).exp() * x.derivative() * (-2 / arb.pi().sqrt())
    return slope.integral() + _far_erfc(x[0])


def _far_erfc(x: Any) -> Any:
    return (-x * x).exp() * (x * x).hypgeom_u(arb(0.5), arb(0.5)) / arb.pi().sqrt()


def _start(x: Any) -> Any:
    return x if isinstance(x, arb) else x[0]


def _sigmoid(x: Any) -> Any:
    if _start(x) < 0:
        tail = x.exp()
        return tail / (1 + tail)
    return 1 / (1 + (-x).exp())


BALLS = Vocabulary("in balls", {
    **ARITHMETIC, **_methods("exp expm1 log log1p sqrt sin cos tan asin acos atan sinh cosh tanh"),
    **_methods("asinh acosh atanh erf floor"), "erfc": _erfc, "^": operator.pow,
    "where": _choose, "min": lambda x, y: x.min(y), "max": lambda x, y: x.max(y), "abs": abs,
    "sign": lambda x: NOTHING if x.is_nan() else x.sgn(),
    "Phi": _normal, "phi": _phi, "sigmoid": _sigmoid,
    "softplus": lambda x: x + (-x).exp().log1p() if x > 0 else x.exp().log1p(),
})  # fmt: skip


# ---------------------------------------------------------------------------- words in power series


def is_sharp(ball: Any) -> bool:
    """Tell whether a value is known so well that others differ from it; what may be one of two is not."""
    return bool(ball.is_exact() or ball.rad() < DISTINCT * (1 + abs(ball.mid())))


def is_limit(limit: Any, here: Any, rational: Any) -> bool:
    """Tell whether a value at a point agrees with the limit beside it: any infinity with any other."""
    if is_infinite(here) or is_infinite(arb(limit)):
        return is_infinite(here) and is_infinite(arb(limit))
    if rational is not None and isinstance(limit, fmpq):
        return bool(limit == rational)
    return bool(arb(limit).overlaps(here))


def is_for_good(x: Any) -> bool:
    """Tell whether a series is a constant, not one that is cut before its next term."""
    return bool(x.prec >= ANY_LENGTH)


def _inside(f: Callable[[Any], Any], holds: Callable[[Any], bool]) -> Callable[[Any], Any]:
    """Return a word that has a series only inside its domain, or of a constant."""

    def inside(x: Any) -> Any:
        if not holds(x[0]) and not is_for_good(x):
            raise ValueError("a branch point, or outside the domain")
        return f(x)

    return inside


def _times(a: Any, b: Any) -> Any:
    if not (a.length() and b.length()) and not (a[0].is_finite() and b[0].is_finite()):
        raise ValueError("zero times no number, which flint takes for zero")
    return a * b


def _over(a: Any, b: Any) -> Any:
    if b[0] == 0 or (isinstance(a, arb_series) and not a.length() and not _is_known_apart(b[0])):
        raise ValueError("a pole, or a quotient of zeros, or zero over what may be zero or no number")
    return a / b


def _is_known_apart(x: Any) -> bool:
    return bool(x.is_finite() and (x > 0 or x < 0))


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


def _at_zero(word: str) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
    """Take what begins with 0 into the rational series of a word: what cancels there is 0, not a ball."""

    @lru_cache(16)
    def terms(length: int, _bits: int) -> Any:
        return arb_series([arb(term) for term in RATIONALS[word](fmpq_series([0, 1], prec=length)).coeffs()])

    def deciding(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def read(x: Any) -> Any:
            begins_with_0 = x[0] == 0 and x.length() and not is_for_good(x)
            return terms(ctx.cap, ctx.prec)(x) if begins_with_0 else f(x)

        return read

    return deciding


@_at_zero("sinh")
@_odd
def _sinh(x: Any) -> Any:
    grown = _expm1(x)
    return (grown + grown / (1 + grown)) / 2


@_at_zero("tanh")
@_odd
def _tanh(x: Any) -> Any:
    fallen = _expm1(-2 * x)
    return -fallen / (2 + fallen)


@_at_zero("asinh")
@_odd
def _asinh(x: Any) -> Any:
    return _log1p(x + x * x / (1 + (1 + x * x).sqrt()))


@_at_zero("atanh")
@_odd
def _atanh(x: Any) -> Any:
    return _log1p(2 * x / (1 - x)) / 2


@_at_zero("cosh")
def _cosh(x: Any) -> Any:
    grown = x.exp()
    return (grown + 1 / grown) / 2


def _softplus(x: Any) -> Any:
    if x[0] == 0 and not is_for_good(x):
        return _restarted(x / 2 + _cosh(x / 2).log(), arb(2).log())
    return x + _log1p((-x).exp()) if x[0] > 0 else _log1p(x.exp())


def _arc_sine(x: Any) -> Any:
    """asin by its slope: flint 3.6 ends the process where it begins with x^17 and there are many bits."""
    if is_for_good(x):
        return x.asin()
    slope = x.derivative() / ((1 - x) * (1 + x)).sqrt()
    return _restarted(slope.integral(), x[0].asin())


def _arc_cosine(x: Any) -> Any:
    return x.acos() if is_for_good(x) else _restarted(-_arc_sine(x), x[0].acos())


def _is_positive(x: Any) -> bool:
    return bool(x > 0)


def _is_within_one(x: Any) -> bool:
    return bool(abs(x) < 1)


def _power_series(x: Any, y: Any) -> Any:
    if y.length() > 1 or not is_for_good(y):
        return _inside(lambda base: base**y, _is_positive)(x)
    exponent = y[0]
    whole = exponent.unique_fmpz() if exponent.is_exact() and abs(exponent) < 1 << 30 else None
    if whole is None or exponent != whole:
        return _inside(lambda base: base**exponent, _is_positive)(x)
    return x ** int(whole) if whole >= 0 else _over(arb_series([1]), x ** -int(whole))


SERIES = Vocabulary("in power series", {
    **ARITHMETIC, **_methods("exp log sin cos tan atan erf"), "erfc": _erfc,
    "sqrt": _inside(operator.methodcaller("sqrt"), _is_positive),
    "asin": _inside(_arc_sine, _is_within_one), "acos": _inside(_arc_cosine, _is_within_one),
    "*": _times, "/": _over, "^": _power_series, "where": _choose, "expm1": _expm1, "log1p": _log1p,
    "sinh": _sinh, "cosh": _cosh, "tanh": _tanh, "asinh": _asinh, "atanh": _atanh,
    "acosh": _inside(lambda x: (x + ((x - 1) * (x + 1)).sqrt()).log(), lambda x: bool(x > 1)),
    "Phi": _normal, "phi": _phi,
    "sigmoid": _at_zero("sigmoid")(_sigmoid), "softplus": _softplus,
})  # fmt: skip


# ---------------------------------------------------------------------------- words in rational numbers


def small(rational: Any) -> Any:
    """Return a rational series that is cheap to go on with, or None."""
    return rational if _height(rational) * ctx.cap < MOST_RATIONAL else None


def _at(start: int, f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a word that leaves the rationals but where its series starts with one number."""
    return lambda x: f(x) if x[0] == start else None


def _only_at(start: int, value: Any) -> Callable[[Any], Any]:
    """Return a word of which only the value at one number is rational, and no term after it."""
    return lambda x: always(value) if x[0] == start and is_for_good(x) else None


def always(value: Any) -> Any:
    """Return a rational as a series that is a constant."""
    return fmpq_series([value], prec=ANY_LENGTH)


def _over_rationals(x: Any, y: Any) -> Any:
    return x / y if y[0] != 0 else None


def _rational_power(x: Any, y: Any) -> Any:
    """Return x^(a/b) where x starts with the b-th power of a rational, as (x/c)^(a/b) * c^(a/b)."""
    if y.length() > 1:
        return None
    a, b = int(y[0].p), int(y[0].q)
    if b == 1 and 0 <= a < MOST_RATIONAL and a * _height(x) * ctx.cap < MOST_RATIONAL:
        return x**a
    start = x[0]
    if start == 0:
        return always(0) if a > 0 and is_for_good(x) else None
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
    **ARITHMETIC, "/": _over_rationals, "^": _rational_power,
    **{word: _at(0, f) for word, f in _methods("exp sin cos tan asin atan sinh cosh tanh asinh").items()},
    "log": _at(1, operator.methodcaller("log")), "log1p": _at(0, lambda x: (1 + x).log()),
    "expm1": _at(0, lambda x: x.exp() - 1), "sqrt": lambda x: _rational_power(x, fmpq_series([fmpq(1, 2)])),
    "min": lambda x, y: x if x[0] <= y[0] else y, "max": lambda x, y: x if x[0] >= y[0] else y,
    "abs": lambda x: -x if x[0] < 0 else x, "sign": lambda x: always((x[0] > 0) - (x[0] < 0)),
    "floor": lambda x: always(x[0].floor()), "atanh": _at(0, lambda x: ((1 + x) / (1 - x)).log() / 2),
    "sigmoid": _at(0, lambda x: 1 / (1 + (-x).exp())), "acos": _only_at(1, 0), "acosh": _only_at(1, 0),
    "erf": _only_at(0, 0), "erfc": _only_at(0, 1), "Phi": _only_at(0, fmpq(1, 2)),
}  # fmt: skip


# ---------------------------------------------------------------------------- beyond the real numbers


def settled_by_ieee(op: str, args: list[Any], value: Any) -> Any:
    """Return what IEEE 754 has for a step from real numbers that gave none, if the balls decide it."""
    x = args[0]
    if op == "/":
        return _divided_by_zero(args[0]) if args[1] == 0 else value
    if op == "^":
        return _settled_power(args[0], args[1], value)
    for pole, limit in _POLES.get(op, ()):
        if x == pole:
            return arb(limit)
    return math.nan if op in _OUTSIDE and _OUTSIDE[op](x) else value


def _divided_by_zero(a: Any) -> Any:
    if a == 0:
        return math.nan
    return arb.pos_inf() if a > 0 else arb.neg_inf() if a < 0 else NOTHING


def _settled_power(base: Any, exponent: Any, value: Any) -> Any:
    if base == 0 and (exponent > 0 or exponent < 0):
        return arb.pos_inf() if exponent < 0 else arb(0)
    if base < 0 and not exponent.contains_integer():
        return math.nan
    return value


def is_infinite(value: Any) -> bool:
    """Tell whether a value is a ball that is an infinity: a finite radius beside one is nothing."""
    return isinstance(value, arb) and not value.is_finite() and value.lower() == value.upper()


def limit(op: str, function: Callable[..., Any], args: list[Any]) -> Any:
    """Take a step in which an infinity or nan takes part."""
    if any(isinstance(a, float) for a in args):
        return op == "!=" if op in COMPARISONS else math.nan
    if op in COMPARISONS:
        return function(*args)
    value = arb(_by_floats(op, *map(_stand_in, args))) if op in _LIMITS else function(*args)
    return math.nan if value.is_nan() and all(a.is_exact() or is_infinite(a) for a in args) else value


def _by_floats(op: str, *floats: float) -> float:
    try:
        return float(_LIMITS[op](*floats))
    except (ValueError, ZeroDivisionError):
        return math.nan


def _stand_in(value: Any) -> float:
    """Return a float that meets an infinity as this number does, or nan where its sign is not known."""
    if value == 0 or is_infinite(value):
        return float(value)
    size = min(max(abs(float(value)), 1e-300), 1e300)
    if not (value < 0 or value > 0) or (size == 1 and not value.is_exact()):
        return math.nan
    return size if value > 0 else -size


_POLES = {"log": [(0, "-inf")], "log1p": [(-1, "-inf")], "atanh": [(1, "inf"), (-1, "-inf")]}
_OUTSIDE: dict[str, Callable[[Any], Any]] = {
    "log1p": lambda x: x < -1, "acosh": lambda x: x < 1, **dict.fromkeys(("log", "sqrt"), lambda x: x < 0),
    **dict.fromkeys(("asin", "acos", "atanh"), lambda x: abs(x) > 1),
}  # fmt: skip
_LIMITS: dict[str, Callable[..., float]] = {  # what Arb leaves open at an infinity
    "*": operator.mul, "/": operator.truediv, "^": math.pow, "floor": float,
    "erf": math.erf, "erfc": math.erfc, "Phi": lambda x: float(x > 0), "phi": lambda x: 0.0,
    "sin": lambda x: math.nan, "cos": lambda x: math.nan,
}  # fmt: skip


# ---------------------------------------------------------------------------- at an infinity, or an end

_ENDS: Mapping[str, Mapping[str, str]] = {  # of domains: what is above 0 inside, and the word where it is 0
    "asin": {"1 - z": "pi/2 - acos(z)", "1 + z": "acos(-z) - pi/2"},
    "acos": {"1 - z": "2*asin(sqrt((1 - z)/2))", "1 + z": "pi - acos(-z)"},
    "atanh": dict.fromkeys(("1 - z", "1 + z"), "(log(1 + z) - log(1 - z))/2"),
    "acosh": {"z - 1": "2*asinh(sqrt((z - 1)/2))"},
}
_FAR_OUT: Mapping[str, tuple[str, str]] = {  # at inf, at -inf
    "expm1": ("exp(z) - 1",) * 2, "phi": ("exp(-z^2/2)/sqrt(2*pi)",) * 2,
    "sigmoid": ("1/(1 + exp(-z))", "exp(z)/(1 + exp(z))"), "tanh": ("2*sigmoid(2*z) - 1",) * 2,
    "softplus": ("z + log1p(exp(-z))", "log1p(exp(z))"), "log1p": ("log(1 + z)",) * 2,
    "sinh": ("(exp(z) - exp(-z))/2",) * 2, "cosh": ("(exp(z) + exp(-z))/2",) * 2,
    "erf": ("1 - erfc(z)", "erfc(-z) - 1"), "erfc": ("", "2 - erfc(-z)"), "Phi": ("1 - Phi(-z)", ""),
    "atan": ("pi/2 - atan(1/z)", "-pi/2 - atan(1/z)"),
    "asinh": ("log(z + sqrt(z^2 + 1))", "-log(sqrt(z^2 + 1) - z)"), "acosh": ("log(z + sqrt(z^2 - 1))", ""),
}  # fmt: skip


@lru_cache(64)
def end_forms(word: str) -> list[tuple[Node, Node]]:
    """Return what is 0 at each end of a word's domain, above 0 inside, and the word there in others."""
    return [(parse(edge), parse(form)) for edge, form in _ENDS.get(word, {}).items()]


@lru_cache(64)
def far_form(word: str, rises: bool) -> Node | None:
    """Return a word of what tends to inf, or to -inf, in simpler words, if there are such."""
    text = _FAR_OUT.get(word, ("", ""))[not rises]
    return parse(text) if text else None
