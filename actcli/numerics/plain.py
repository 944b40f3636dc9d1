"""What each word of the language means on NumPy arrays of float64: the fast reading.

Shapes: anything in, the same shape out. For pictures and guesses: relative errors stay small where the
textbook forms cancel, but no number is printed from here.
"""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actcli.language.calculus import Reading
from actcli.language.limits import Array
from actcli.language.words import RELATIONS, Vocabulary


def sigmoid(z: Array) -> Array:
    """Return 1/(1 + e^-z); e^z/(1 + e^z) for negative z, which does not overflow and keeps the tail."""
    tail = np.exp(-np.abs(z))
    return np.asarray(np.maximum(z >= 0, tail) / (1.0 + tail))  # the tail is at most 1


def softplus(z: Array) -> Array:
    """Return log(1 + e^z) as max(z, 0) + log1p(e^-|z|)."""
    return np.asarray(np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z))))


def density(z: Array) -> Array:
    """Return the normal density phi(z)."""
    return np.asarray(np.exp(-0.5 * z * z) * (1.0 / math.sqrt(2.0 * math.pi)))


_erf = np.frompyfunc(math.erf, 1, 1)
_erfc = np.frompyfunc(math.erfc, 1, 1)


def erf(z: Array) -> Array:
    """Return the error function."""
    return np.asarray(_erf(z), dtype=np.float64)


def erfc(z: Array) -> Array:
    """Return 1 - erf(z), without the cancellation."""
    return np.asarray(_erfc(z), dtype=np.float64)


def normal_distribution(z: Array) -> Array:
    """Return the normal distribution Phi(z) = erfc(-z/sqrt 2)/2."""
    return np.asarray(0.5 * erfc(z * -math.sqrt(0.5)))


def power(z: Array, exponent: int) -> Array:
    """Return z^n by repeated squaring, which costs a tenth of numpy.power for small n."""
    if exponent < 0:
        return np.asarray(1.0 / power(z, -exponent))
    if exponent == 0:
        return np.ones_like(z)
    while not exponent & 1:
        z, exponent = z * z, exponent >> 1
    result = z
    while exponent := exponent >> 1:
        z = z * z
        if exponent & 1:
            result = result * z
    return result


def compare(op: str, a: Array, b: Array, side: int, lean: Callable[[int], Array]) -> NDArray[np.bool_]:
    """Answer a comparison, just beside the point where a side is given (see calculus.Reading)."""
    if not side or not np.any(np.equal(a, b)):
        return np.asarray(RELATIONS[op](a, b))
    beside = np.where(np.equal(a, b), 0.0, np.subtract(a, b))
    for order in range(1, HIGHEST_LEAN + 1):
        if not np.any(level := np.equal(beside, 0.0)):
            break
        beside = np.where(level, side**order * lean(order), beside)
    return np.asarray(RELATIONS[op](beside, 0.0))


HIGHEST_LEAN = 3  # derivatives that are looked at where two sides are equal: enough for z^3 >= 0


def choose(condition: NDArray[np.bool_], a: Any, b: Any) -> Array:
    """Return a where the condition holds, else b; two plain numbers come from a table, which is faster."""
    if np.ndim(a) or np.ndim(b):
        return np.asarray(np.where(condition, a, b))
    return np.asarray(np.array([b, a]).take(np.asarray(condition).view(np.uint8)))


def constant(name: str) -> np.float64:
    """Return pi, e or inf."""
    return np.float64({"pi": math.pi, "e": math.e, "inf": math.inf}[name])


def nearest_double(value: Fraction) -> np.float64:
    """Return the float64 nearest to a number of the formula, infinite where it is too large.

    As a NumPy scalar, which divides by zero as an array does: 1/0 is inf.
    """
    try:
        return np.float64(float(value))
    except OverflowError:
        return np.float64(math.inf if value > 0 else -math.inf)


ARRAYS = Reading(
    number=nearest_double,
    constant=constant,
    words=Vocabulary("in arrays", {
        "exp": np.exp, "expm1": np.expm1, "log": np.log, "log1p": np.log1p, "sqrt": np.sqrt,
        "abs": np.abs, "sign": np.sign, "floor": np.floor, "min": np.minimum, "max": np.maximum,
        "sin": np.sin, "cos": np.cos, "tan": np.tan,
        "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan,
        "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh,
        "asinh": np.arcsinh, "acosh": np.arccosh, "atanh": np.arctanh,
        "erf": erf, "erfc": erfc, "Phi": normal_distribution, "phi": density,
        "sigmoid": sigmoid, "softplus": softplus,
    }),
    power=power,
    real_power=np.power,
    compare=compare,
    where=choose,
)  # fmt: skip
