"""The words of the language, and how much of it a formula may hold."""

import operator
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from actcli.errors import ActcliError


class Word(NamedTuple):
    """A word of the language: how many arguments it takes, what it is, where it has a real value."""

    arity: int
    meaning: str
    domain: str = "every z"


# Every word that a reading must be able to say.
WORDS: Mapping[str, Word] = {
    "exp": Word(1, "e^z"),
    "expm1": Word(1, "e^z - 1, without the cancellation near 0"),
    "log": Word(1, "the natural logarithm", "z > 0"),
    "log1p": Word(1, "log(1 + z), without the cancellation near 0", "z > -1"),
    "sqrt": Word(1, "the square root", "z >= 0"),
    "abs": Word(1, "the size |z|"),
    "sign": Word(1, "-1, 0 or 1"),
    "floor": Word(1, "the next whole number below"),
    "sin": Word(1, "the sine, of radians"),
    "cos": Word(1, "the cosine, of radians"),
    "tan": Word(1, "the tangent, of radians", "z not pi/2 + k*pi"),
    "asin": Word(1, "the inverse of sin", "-1 <= z <= 1"),
    "acos": Word(1, "the inverse of cos", "-1 <= z <= 1"),
    "atan": Word(1, "the inverse of tan"),
    "sinh": Word(1, "(e^z - e^-z)/2"),
    "cosh": Word(1, "(e^z + e^-z)/2"),
    "tanh": Word(1, "sinh(z)/cosh(z)"),
    "asinh": Word(1, "the inverse of sinh"),
    "acosh": Word(1, "the inverse of cosh", "z >= 1"),
    "atanh": Word(1, "the inverse of tanh", "-1 < z < 1"),
    "erf": Word(1, "the error function, 2*Phi(z*sqrt(2)) - 1"),
    "erfc": Word(1, "1 - erf(z), without the cancellation"),
    "Phi": Word(1, "the normal distribution: the share of N(0, 1) below z"),
    "phi": Word(1, "the normal density e^(-z^2/2)/sqrt(2*pi)"),
    "sigmoid": Word(1, "1/(1 + e^-z)"),
    "softplus": Word(1, "log(1 + e^z)"),
    "min": Word(2, "the least of two or more"),
    "max": Word(2, "the greatest of two or more"),
}

# Words over the entries of a vector z: a formula with one of them is a function of vectors.
VECTOR_WORDS: Mapping[str, Word] = {
    "sum": Word(1, "the sum over the entries of a vector"),
    "mean": Word(1, "the mean over the entries of a vector"),
    "largest": Word(1, "the largest entry of a vector"),
    "peak": Word(1, "1 at the first of the largest entries, 0 at the others"),
    "simplex": Word(2, "the t with sum(max(z - t, 0)^p) = 1: simplex(z, p), p is 1 or 2"),
    "first": Word(1, "the first half of the entries"),
    "second": Word(1, "the second half of the entries"),
    "join": Word(2, "the entries of one vector, then those of another"),
}


class Vocabulary(dict[str, Callable[..., Any]]):
    """The words that a reading of the language says; one that it does not know is refused by name."""

    def __init__(self, manner: str, words: Mapping[str, Callable[..., Any]]) -> None:
        """`manner` is how it reads, as in "cannot be read in balls"."""
        super().__init__(words)
        self.manner = manner

    def __missing__(self, word: str) -> Callable[..., Any]:
        """Refuse a word."""
        raise ActcliError(f"{word!r} cannot be read {self.manner}")


CONSTANTS = {"pi": "3.14159...", "e": "2.71828...", "inf": "infinity, such as where a limit is"}
SHORTHANDS: Mapping[str, Word] = {  # written with the words above
    "clip": Word(3, "min(max(z, low), high): clip(z, low, high)"),
    "where": Word(3, "one of two: where(z >= 0, z, 0)"),
}
# Words of other languages, in those of this one; u and v stand for a first and a second argument.
SPELLED: Mapping[str, str] = {
    **dict.fromkeys(("ln", "loge"), "log(z)"), "log2": "log(z)/log(2)", "log10": "log(z)/log(10)",
    "exp2": "2^z", "logit": "log(z) - log1p(-z)",
    "softplus_inverse": "z + log(-expm1(-z))", "log1mexp": "where(z < 0.7, log(-expm1(-z)), log1p(-exp(-z)))",
    "ceil": "-floor(-z)", "trunc": "sign(z)*floor(abs(z))",
    "cbrt": "where(z >= 0, z^(1/3), -(-z)^(1/3))", "rsqrt": "1/sqrt(z)", "square": "z^2", "reciprocal": "1/z",
    "sech": "1/cosh(z)", "csch": "1/sinh(z)", "coth": "1/tanh(z)", "sec": "1/cos(z)", "csc": "1/sin(z)",
    "cot": "1/tan(z)", "arcsin": "asin(z)", "arccos": "acos(z)", "arcsinh": "asinh(z)",
    "arccosh": "acosh(z)", "arctanh": "atanh(z)", **dict.fromkeys(("fabs", "absolute"), "abs(z)"),
    **dict.fromkeys(("sgn", "signum"), "sign(z)"), "exp10": "10^z", "hypot": "sqrt(u^2 + v^2)",
    **dict.fromkeys(("mod", "remainder"), "u - v*floor(u/v)"), "logaddexp": "u + softplus(v - u)",
    **dict.fromkeys(("pow", "power"), "u^v"), **dict.fromkeys(("maximum", "fmax"), "max(u, v)"),
    **dict.fromkeys(("minimum", "fmin"), "min(u, v)"),
}  # fmt: skip
TOLD: Mapping[str, str] = {  # of the words that have none: how to write them
    **dict.fromkeys(("diff", "grad", "derivative"), "'actcli deriv' prints the slope of a formula"),
    "H": "the step is heaviside(z, v0=1), where v0 is its value at 0",
    "frac": "it is z - floor(z) in mathematics and z - trunc(z) in PyTorch: write the one that you mean",
    "int": "write trunc(z), which goes towards 0, or floor(z), which goes down",
    **dict.fromkeys(("cdf", "pdf"), "of the normal distribution they are Phi(z) and phi(z)"),
    "erfcinv": "'actcli solve erfc 0.5' prints the z at which erfc(z) is 0.5",
    **dict.fromkeys(
        ("round", "rint"),
        "halves go up in floor(z + 0.5), and to the even number in NumPy: write the one that you mean",
    ),
    **dict.fromkeys(
        ("fmod", "rem"), "for positive numbers fmod(u, v) is mod(u, v); elsewhere write u - v*trunc(u/v)"
    ),
    "sinc": "it is sin(z)/z in mathematics and sin(pi*z)/(pi*z) in NumPy: write where(z == 0, 1, sin(z)/z)",
    "erfinv": "'actcli solve erf 0.5' prints the z at which erf(z) is 0.5",
    **dict.fromkeys(("probit", "ppf", "ndtri"), "'actcli solve Phi 0.5' prints the z at which Phi(z) is 0.5"),
    "lg": "it is log10 in some books and log2 in others: write the one that you mean",
    "atan2": "the angle of two numbers is no function of one: for v > 0 write atan(u/v)",
    **dict.fromkeys(
        ("gamma", "lgamma", "digamma", "factorial"), "the gamma function and its kin are no words here"
    ),
}
ARITHMETIC: Mapping[str, Callable[..., Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "neg": operator.neg,
}  # fmt: skip
RELATIONS: Mapping[str, Callable[[Any, Any], Any]] = {
    ">=": operator.ge, "<=": operator.le, "==": operator.eq, "!=": operator.ne,
    ">": operator.gt, "<": operator.lt,
}  # fmt: skip
COMPARISONS = tuple(RELATIONS)

LONGEST_TEXT = 10_000  # characters
DEEPEST_NESTING = 50  # of brackets and signs; the parser takes nine of Python's 1,000 frames for each
LARGEST_EXPONENT = 9_999  # of the first digit of a number
MOST_DIGITS = 4_000  # of a number: Python turns no more than 4,300 into a whole number
HIGHEST_ORDER = 100  # of a derivative that is asked for
MOST_DIGITS_ASKED = 10_000  # of an answer
LARGEST_FOLDED = 13_000  # bits of a numerator or denominator that is worked out: under MOST_DIGITS digits
