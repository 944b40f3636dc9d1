"""Integrals of a smooth formula against the bell curve, proven: Arb's quadrature in the complex plane.

F. Johansson, Numerical integration in arbitrary-precision ball arithmetic (2018). The words are those of the
complex plane; where one is not analytic on a ball it is not a number there, and the ball is cut. Hold
`alone()` around it.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from flint import acb, arb, ctx

from actcli.language.calculus import LARGEST_POWER, Reading, evaluate
from actcli.language.trees import Node
from actcli.language.words import Vocabulary
from actcli.numerics.exact.cells import CellReader
from actcli.numerics.exact.reals import ball_of
from actcli.numerics.exact.realwords import NOTHING

MOST_CALLS = 40_000  # of an integrand, for one integral
CALLS_A_LOOK = 32  # at the clock


def against_bell(reader: CellReader, tree: Node, low: Fraction, high: Fraction) -> Any:
    """Return a ball around the integral of g(z)*phi(z) from low to high; nan where it is not proven."""
    if not reader.is_real(tree, low, high):
        return NOTHING
    ctx.prec = reader.bits

    calls, late = 0, False

    def integrand(z: Any, analytic: bool) -> Any:
        nonlocal calls, late
        calls += 1
        late = late or (calls % CALLS_A_LOOK == 0 and reader.is_late)
        if late:
            return acb(NOTHING)
        try:
            return evaluate(tree, _READINGS[analytic], {"z": z}) * (z * z / -2).exp()
        except (ValueError, ZeroDivisionError, OverflowError):  # flint loses an exception's sentence
            return acb(NOTHING)

    fine = arb(2) ** (16 - reader.bits)
    found = acb.integral(
        integrand, acb(ball_of(low)), acb(ball_of(high)), rel_tol=fine, abs_tol=fine, eval_limit=MOST_CALLS
    )
    return found.real / (2 * arb.pi()).sqrt()


def beyond(reach: Fraction, bound: Any) -> Any:
    """Return a ball around the integral beyond a reach, where |g(z)|*exp(-z^2/4) is at most `bound`."""
    most = bound * (ball_of(reach) / 2).erfc() / arb(2).sqrt()
    return arb(0).union(most).union(-most)


# ---------------------------------------------------------------------------- words in the plane


def _words(analytic: bool) -> Vocabulary:
    def log(x: Any) -> Any:
        return x.log(analytic=analytic)

    def sqrt(x: Any) -> Any:
        return x.sqrt(analytic=analytic)

    def softplus(x: Any) -> Any:
        return x + log(1 + (-x).exp()) if x.real > 0 else log(1 + x.exp())

    def atan(x: Any) -> Any:
        return (log(1 + x * _I) - log(1 - x * _I)) / (2 * _I)

    def asinh(x: Any) -> Any:
        return -asinh(-x) if x.real < 0 else log(x + sqrt(x * x + 1))

    def asin(x: Any) -> Any:
        return log(x * _I + sqrt(1 - x * x)) / _I

    plain = "exp expm1 sin cos tan sinh cosh tanh erf erfc"
    return Vocabulary("in the complex plane", {
        **{word: _method(word) for word in plain.split()},
        "log": log, "sqrt": sqrt, "log1p": lambda x: log(1 + x), "softplus": softplus,
        "atan": atan, "asinh": asinh, "asin": asin, "acos": lambda x: acb.pi() / 2 - asin(x),
        "acosh": lambda x: log(x + sqrt(x - 1) * sqrt(x + 1)),
        "atanh": lambda x: (log(1 + x) - log(1 - x)) / 2,
        "sigmoid": lambda x: 1 / (1 + (-x).exp()) if x.real > 0 else x.exp() / (1 + x.exp()),
        "Phi": lambda x: (x * -arb(0.5).sqrt()).erfc() / 2,
        "phi": lambda x: (x * x / -2).exp() / (2 * arb.pi()).sqrt(),
    })  # fmt: skip


def _method(word: str) -> Callable[[Any], Any]:
    return lambda x: getattr(x, word)()


def _undecided(*_: Any) -> Any:
    raise ValueError


def _power(x: Any, exponent: int) -> Any:
    if abs(exponent) > LARGEST_POWER:
        raise OverflowError
    return x**exponent


def _power_of(analytic: bool) -> Callable[[Any, Any], Any]:
    return lambda a, b: a.pow(b, analytic=analytic)


_I = acb(0, 1)
_READINGS = [
    Reading(
        number=lambda value: acb(ball_of(value)),
        constant=lambda name: acb({"pi": arb.pi, "e": arb.const_e, "inf": arb.pos_inf}[name]()),
        words=_words(analytic),
        power=_power,
        real_power=_power_of(analytic),
        compare=_undecided,
        where=_undecided,
    )
    for analytic in (False, True)
]
