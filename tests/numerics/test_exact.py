"""The exact reading against mpmath, at ties, kinks, jumps and singular points, and on hostile input.

mpmath gives no error bounds: a digit counts as known when four and six times the precision agree on it.
"""

import math
import random
import struct
import time
from fractions import Fraction
from typing import Any

import oracle
import pytest
from mpmath import mp

from actcli import catalog
from actcli.errors import ActcliError
from actcli.language import calculus
from actcli.language.calculus import LEFT, RIGHT
from actcli.language.formula import parse
from actcli.language.trees import Node
from actcli.language.words import WORDS
from actcli.numerics import exact
from actcli.numerics.exact.reals import Place
from actcli.numerics.exact.remainders import apart


def tree(text: str) -> Node:
    return parse(text, catalog.defined)


# ---------------------------------------------------------------------------- the other opinion: mpmath


def mp_value(node: Node, z: Any) -> Any:
    return oracle.once(node, {"z": z})


def as_fraction(x: Any) -> Fraction:
    sign, mantissa, exponent, _ = x._mpf_
    return (-1) ** sign * int(mantissa) * Fraction(2) ** exponent


def mp_derivative(node: Node, z: Fraction, order: int, side: int, places: int) -> Fraction:
    """The derivative by numerical differentiation, which knows nothing of power series or of our rules."""
    with mp.workdps(places):
        point = mp.mpf(z.numerator) / z.denominator
        if not order:
            return as_fraction(mp.mpf(mp_value(node, point)))
        return as_fraction(mp.mpf(mp.diff(lambda x: mp_value(node, x), point, order, direction=side)))


def rounded(x: Fraction, count: int, slack: Fraction = Fraction(0)) -> Fraction:
    """x to `count` significant digits, half to even; within `slack` (relative) of a tie it is one."""
    if not x:
        return x
    shift = count - 1 - math.floor(math.log10(abs(x)) if 1e-300 < abs(x) < 1e300 else _log10(abs(x)))
    scaled = x * Fraction(10) ** shift
    if abs(scaled) >= 10**count or abs(scaled) < 10 ** (count - 1):
        scaled, shift = (scaled / 10, shift - 1) if abs(scaled) >= 10**count else (scaled * 10, shift + 1)
    half = Fraction(2 * math.floor(scaled) + 1, 2)
    if abs(scaled - half) <= slack * abs(scaled):
        scaled = half
    return round(scaled) / Fraction(10) ** shift


def _log10(x: Fraction) -> float:
    return (x.numerator.bit_length() - x.denominator.bit_length()) * math.log10(2)


def confirmed(
    ours: Fraction, node: Node, z: Fraction, count: int, order: int, side: int = RIGHT
) -> bool | None:
    """Whether mpmath rounds to the same digits, once two precisions agree; None where they never do."""
    places = 4 * count + 40
    for _ in range(5):
        slack = Fraction(1, 10 ** (places // 2))
        low, high = (mp_derivative(node, z, order, side, p) for p in (places, places * 3 // 2))
        if abs(high) < slack and not ours:
            return True
        if abs(high) > slack and rounded(low, count, slack) == rounded(high, count, slack):
            return rounded(high, count, slack) == ours
        places *= 2
    return None


# ---------------------------------------------------------------------------- random formulas

SHAPES = (
    "exp(-A^2)", "expm1(tanh(A))", "log(2 + sin(A))", "log1p(A^2)", "sqrt(1 + A^2)", "abs(A)", "A*sign(A)",
    "A - floor(A)", "sin(A)", "cos(A)", "tan(tanh(A))", "asin(A/(1 + abs(A)))", "acos(tanh(A)/2)", "atan(A)",
    "sinh(tanh(A))", "cosh(sin(A))", "tanh(A)", "asinh(A)", "acosh(2 + A^2)", "atanh(tanh(A)/3)", "erf(A)",
    "erfc(A)", "Phi(A)", "phi(A)", "sigmoid(A)", "softplus(A)", "min(A, B)", "max(A, B)", "A + B", "A - B",
    "A*B", "A/(2 + B^2)", "(1 + A^2)^0.3", "(2 + cos(A))^B", "where(A >= B, A, B)", "where(A < 0, A/3, A*B)",
    "-A", "A^3", "pi*A", "A^2/e", "relu(A)", "leaky_relu(A, slope=0.3)", "(2 + sin(A))^-2",
)  # fmt: skip
LEAVES = ("z", "z", "z", "1", "0.3", "2", "1/3", "z/7", "1.702z")


LARGEST_EXPONENT = 100_000  # a fraction of more would take minutes to make


def some_formula(rng: random.Random, depth: int) -> str:
    if depth == 0:
        return rng.choice(LEAVES)
    shape = rng.choice(SHAPES)
    parts = {"A": some_formula(rng, depth - 1), "B": some_formula(rng, rng.randrange(depth))}
    return "".join(f"({parts[c]})" if c in parts else c for c in shape)


def some_point(rng: random.Random) -> Fraction:
    text = rng.choice(("{:.3f}", "{:.1f}", "{:.0f}", "{:.12e}")).format(rng.gauss(0, 3))
    return Fraction(text) * Fraction(10) ** rng.choice((0, 0, 0, -5, -30))


def agreed(text: str, z: Fraction, count: int, order: int) -> bool:
    """Whether both gave an answer that has a fraction to compare; they must be the same one."""
    try:
        ours = exact.digits(tree(text), z, count, order)
    except (ActcliError, ValueError):
        return False
    if abs(int(ours.partition("e")[2] or 0)) > LARGEST_EXPONENT:
        return False
    same = confirmed(Fraction(ours), tree(text), z, count, order)
    assert same is not False, f"{text} at {z}, order {order}, {count} digits"
    return same is True


@pytest.mark.parametrize("part", range(10))
def test_random_formulas_agree_with_mpmath_digit_for_digit(part: int) -> None:
    rng = random.Random(part)
    good = 0
    for _ in range(200):
        formula = rng.choice(
            (some_formula(rng, 1), some_formula(rng, 2), rng.choice(catalog.CATALOG).name + "(z)")
        )
        good += agreed(formula, some_point(rng), rng.randint(1, 60), rng.choice((0, 0, 1, 1, 2, 3)))
    assert good > 180


# ---------------------------------------------------------------------------- ties, kinks, jumps, conventions

TIES = (
    ("relu", "3", 5, "3.0000"), ("relu", "-3", 5, "0"), ("z/2", "0.25", 2, "0.12"),
    ("z/2", "0.75", 2, "0.38"),
    ("z/2", "0.3", 1, "0.2"), ("z/2", "0.5", 1, "0.2"), ("z/2", "0.7", 1, "0.4"), ("-z/2", "0.3", 1, "-0.2"),
    ("sigmoid(z)", "0", 3, "0.500"), ("tanh(z)", "0", 3, "0"), ("2.5z", "1", 1, "2"), ("3.5z", "1", 1, "4"),
    ("clip(z/6 + 1/2, 0, 1)", "0.3", 2, "0.55"), ("clip(z/6 + 1/2, 0, 1)", "0.27", 2, "0.54"),
    ("z^(1/3)", "8", 5, "2.0000"), ("z^-1.5", "0.04", 2, "1.2e2"), ("sqrt(z)", "0.0225", 1, "0.2"),
    ("0.5^z", "3", 2, "0.12"), ("z/3", "1", 10, "0.3333333333"), ("9.9996z", "1", 4, "10.00"),
    ("9.9994exp(z)", "0", 4, "9.999"), ("where(z >= 0.1, z/2, exp(z))", "0.1", 1, "0.05"),
    ("where(exp(z) > 1, z/2, 0)", "0.3", 1, "0.2"), ("123456z", "1", 2, "1.2e5"),
    ("123456z", "1", 6, "123456"),
    ("123456z", "1", 7, "123456.0"), ("z", "0.0001234", 2, "0.00012"), ("z", "0.00001234", 2, "1.2e-5"),
    ("exp(z)", "-9999", 5, "3.0866e-4343"),
    ("z - tanh(z)", "1e-30", 30, "3.33333333333333333333333333333e-91"),
    ("sigmoid(z)", "10", 50, "0.99995460213129756560549522376723651054490630799527"),
    ("log(z)", "0", 3, "-inf"), ("log(z)", "-1", 3, "nan"), ("1/z", "0", 3, "inf"),
)  # fmt: skip


@pytest.mark.parametrize(("text", "z", "count", "digits"), TIES)
def test_what_is_printed(text: str, z: str, count: int, digits: str) -> None:
    node = catalog.function(text).formula if text == "relu" else tree(text)
    assert exact.digits(node, Fraction(z), count) == digits


def test_every_rational_of_few_digits_is_rounded_half_to_even() -> None:
    for k in range(-2000, 2001):
        ours = exact.digits(tree("z/8"), Fraction(k, 100), 2)
        assert Fraction(ours) == rounded(Fraction(k, 800), 2)


def test_a_derivative_that_is_rational_but_for_its_start_is_a_tie() -> None:
    assert exact.digits(tree("softplus(z)"), Fraction(0), 2, order=4) == "-0.12"
    assert exact.digits(tree("sigmoid(z)"), Fraction(0), 2, order=3) == "-0.12"
    assert exact.digits(tree("z*Phi(z)"), Fraction(0), 2, order=3) == "0"


SLOPES = (
    ("abs(z)", "0", 1, 1, -1), ("max(z, 0)", "0", 1, 1, 0), ("min(z, 0)", "0", 1, 0, 1),
    ("leaky_relu(z, slope=0.3)", "0", 1, 1, 0.3), ("where(z >= 0.1, exp(z - 0.1), 10z)", "0.1", 1, 1, 10),
    ("abs(erf(z))", "0", 1, math.sqrt(4 / math.pi), -math.sqrt(4 / math.pi)),
    ("abs(z*acos(1))", "1", 1, 0, 0),
    ("where(z^9 >= 0, z, 2z)", "0", 1, 1, 2), ("max(z, tanh(z))", "0", 3, 0, -2), ("abs(z^3)", "0", 3, 6, -6),
    ("sqrt(max(z, 0))", "0", 1, math.inf, 0), ("sqrt(z)", "0", 1, math.inf, math.nan),
    ("z^1.5", "0", 1, 0, math.nan),
    ("where(relu(z) > 0, z, 3z)", "-1", 1, 3, 3), ("floor(relu(z))*z", "-1", 1, 0, 0),
    ("z*sign(z - 1)", "2", 1, 1, 1), ("where(z == 0, 0, 2z)", "0", 1, 2, 2), ("max(z, z)", "0.1", 1, 1, 1),
    ("where(z >= 1, exp(z), e*z)", "1", 2, math.e, 0), ("log(z)", "-1", 1, math.nan, math.nan),
    ("acosh(cosh(pi*z))", "0", 1, math.pi, -math.pi), ("abs(tanh(pi*z))", "0", 2, 0, 0),
    ("z/log(z)", "0", 2, -math.inf, math.nan), ("1/log(abs(z))", "0", 1, -math.inf, math.inf),
    ("max(abs(z)^pi, z^3)", "0", 3, 6, 0), ("abs(z)^e", "0", 3, math.inf, -math.inf),
    ("z^z", "0", 1, -math.inf, math.nan), ("atanh(z)^(1 + z)", "0", 1, 1, math.nan),
    ("exp(-1/abs(z))*abs(z)^pi", "0", 4, 0, 0), ("where(exp(-1/abs(z)) < z^2, z^2, z)", "0", 2, 2, 2),
    ("max(e^z - 1, log1p(z))", "0", 2, 1, 1), ("softplus(min(z, 0))", "0", 1, 0, 0.5),
    ("sigmoid(log(abs(z)))", "0", 2, -2, -2), ("exp(log(abs(z))/2)", "0", 1, math.inf, -math.inf),
    ("max(sin(pi*z), pi*z)", "0", 1, math.pi, math.pi), ("acos((asin(z) - z)^3.5 - 1)", "0", 1, 0, math.nan),
    ("min(log(z), min(z^3, log(z)))", "1", 1, 1, 1),
    ("min(exp(-1/abs(z)), max(exp(-1/abs(z)), z^9))", "0", 1, 0, 0),
)  # fmt: skip


@pytest.mark.parametrize(("text", "z", "order", "right", "left"), SLOPES)
def test_kinks_are_seen_from_the_side_asked_for(
    text: str, z: str, order: int, right: float, left: float
) -> None:
    for side, slope in ((RIGHT, right), (LEFT, left)):
        assert exact.nearest(tree(text), Fraction(z), order, side) == pytest.approx(
            slope, rel=0, abs=0, nan_ok=True
        )


JUMPS = (
    ("where(z > 0, 1, 0)", "0", RIGHT), ("where(z >= 0, 1, 0)", "0", LEFT), ("sign(z)", "0", RIGHT),
    ("sign(z)", "0", LEFT), ("floor(10z)", "0.3", LEFT), ("floor(-z)", "3", RIGHT),
    ("where(z == 1, 1, 0)", "1", LEFT), ("sigmoid(z)*sign(sqrt(z))", "0", RIGHT),
    ("where(z > 1, exp(z), 2.7182818284590452z)", "1", RIGHT),
)  # fmt: skip


@pytest.mark.parametrize(("text", "z", "side"), JUMPS)
def test_there_is_no_derivative_where_the_value_jumps(text: str, z: str, side: int) -> None:
    with pytest.raises(ActcliError, match=r"the value jumps on the (left|right)"):
        exact.digits(tree(text), Fraction(z), 5, 1, side)
    assert exact.digits(tree("floor(10z)"), Fraction("0.3"), 5, 1, RIGHT) == "0"


SPECIAL = (
    ("exp(z)", 1e300, math.inf), ("exp(exp(z))", 100.0, math.inf), ("-exp(z)", -800.0, -0.0),
    ("exp(z)", -800.0, 0.0), ("1/(1 + exp(-z))", -1e300, 0.0), ("log(1 + exp(z))", 1e300, 1e300),
    ("z*sigmoid(z)", -1e300, -0.0), ("1/z", 0.0, math.inf), ("-1/z", 0.0, -math.inf), ("0/z", 0.0, math.nan),
    ("z^0", 0.0, 1.0), ("z^-3", 0.0, math.inf), ("z^z", 0.0, 1.0), ("z^z", -2.0, 0.25),
    ("z^z", -2.5, math.nan),
    ("exp(-1/z^2)", 0.0, 0.0), ("tanh(log(z))", 0.0, -1.0), ("sin(1/z)", 0.0, math.nan),
    ("z*log(z)", 0.0, math.nan),
    ("where(z > 0, log(z), z)", -1.0, -1.0), ("tanh(log(z))", -1.0, math.nan), ("atanh(z)", 1.0, math.inf),
    ("where(tanh(log(z)) < 2, 1, 0)", -1.0, 0.0), ("sign(log(z))", -1.0, math.nan),
    ("acosh(z)", 0.5, math.nan),
    ("min(z, inf)", 3.0, 3.0), ("erf(1/z)", 0.0, 1.0), ("sin(z)^2 + cos(z)^2 - 1", 1.0, 0.0),
    ("sqrt(z)", -1.0, math.nan),
    ("log(-1) + z", 1.0, math.nan), ("z*sigmoid(z)", 5e-324, 5e-324), ("z*sigmoid(-z)", 5e-324, 0.0),
    ("z", 5e-324, 5e-324), ("3z/2", 5e-324, 1e-323),
)  # fmt: skip


@pytest.mark.parametrize(("text", "z", "value"), SPECIAL)
def test_what_leaves_the_real_numbers_follows_ieee_754(text: str, z: float, value: float) -> None:
    got = exact.nearest(tree(text), z)
    assert (
        math.isnan(got)
        if math.isnan(value)
        else (got, math.copysign(1, got)) == (value, math.copysign(1, value))
    )


def test_the_derivative_of_no_real_number_is_none() -> None:
    assert math.isnan(exact.nearest(tree("log(-1) + z"), 1.0, 1))
    assert math.isnan(exact.nearest(tree("(z - z)*log(z)"), -1.0, 1))
    assert math.isnan(exact.nearest(tree("sin(z)/z"), 0.0, 1))
    for text in ("log(z)", "log1p(z)", "sqrt(z)", "asin(z)", "acos(z)", "acosh(z)", "atanh(z)", "z^0.3"):
        assert math.isnan(exact.nearest(tree(text), -1.5)) and math.isnan(exact.nearest(tree(text), -1.5, 2))
    assert exact.nearest(tree("log(z)"), 0.0, 1) == math.inf
    assert exact.nearest(tree("z*sqrt(z)"), 0.0, 1) == 0
    assert exact.nearest(tree("z"), -math.inf) == -math.inf


def test_a_zero_that_is_not_rational_is_refused() -> None:
    with pytest.raises(ActcliError, match=r"sin\(z\)\^2 .* at z = 1.* is not decided by .* bits"):
        exact.digits(tree("sin(z)^2 + cos(z)^2 - 1"), Fraction(1), 5)
    for text in ("z^2/(acos(z) - pi/2)", "where(sin(pi*z) < pi*z, z, 2z)"):
        with pytest.raises(ActcliError, match="is not decided by"):
            exact.digits(tree(text), Fraction(0), 5, 1)


# ---------------------------------------------------------------------------- float64 and narrower


def mp_nearest(node: Node, z: float) -> float:
    """The float64 nearest to mpmath's value at 3,300 bits, far more than float64's exponents cost."""
    with mp.workprec(3300):
        value = mp.mpf(mp_value(node, mp.mpf(z)))
        if mp.isinf(value) or abs(value) > mp.mpf(2) ** 1100:
            return math.copysign(math.inf, value)
        if abs(value) < mp.mpf(2) ** -1100:
            return math.copysign(0.0, value)
        try:
            return float(as_fraction(value))
        except OverflowError:
            return math.copysign(math.inf, value)


def some_float(rng: random.Random) -> float:
    kind = rng.randrange(4)
    if kind == 0:
        return rng.uniform(-50, 50)
    if kind == 1:
        return rng.choice((-1, 1)) * 10.0 ** rng.uniform(-323.3, 308.2)
    if kind == 2:
        return rng.uniform(-760, 760)
    bits = struct.unpack("<d", rng.randbytes(8))[0]
    return float(bits) if math.isfinite(bits) else 1.0


@pytest.mark.parametrize(
    "text",
    [
        "sigmoid(z)",
        "tanh(z)",
        "z/(1 + abs(z))",
        "asinh(z)",
        "expm1(z)",
        "softplus(z)",
        "z*sigmoid(z)",
        "atan(z)",
    ],
)
def test_float64_is_the_nearest(text: str) -> None:
    rng = random.Random(text)
    for node in (tree(text), calculus.derivative(tree(text))):
        for _ in range(60):
            z = some_float(rng)
            assert exact.nearest(node, z) == mp_nearest(node, z), f"{text} at {z!r}"


def test_a_power_series_gives_the_same_as_the_rules() -> None:
    rng = random.Random(5)
    for _ in range(300):
        node, z = tree(some_formula(rng, 2)), rng.gauss(0, 3)
        try:
            series = exact.nearest(node, z, 1)
        except ActcliError:
            continue
        assert series == exact.nearest(calculus.derivative(node), z)


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_narrow_formats_are_rounded_once(dtype: str) -> None:
    code = {"float16": "<e", "float32": "<f"}[dtype]
    rng = random.Random(dtype)
    for _ in range(500):
        z = rng.uniform(-20, 20) if rng.random() < 0.5 else 10.0 ** rng.uniform(-46, 5)
        ours = exact.nearest(tree("z"), Fraction(z), dtype=dtype)
        try:
            assert ours == struct.unpack(code, struct.pack(code, z))[0]
        except OverflowError:
            assert ours == math.inf
    assert exact.nearest(tree("1 + 2^-9 + exp(z)"), -30.0, dtype="bfloat16") == 1.0
    assert exact.nearest(tree("1 + 2^-8 + exp(z)"), -300.0, dtype="bfloat16") == 1.0078125
    assert exact.nearest(tree("1 + 2^-8"), 0.0, dtype="bfloat16") == 1.0
    assert exact.nearest(tree("3.3e38z"), 1.0, dtype="bfloat16") == 248 * 2.0**120
    assert exact.nearest(tree("z"), 1e39, dtype="bfloat16") == math.inf
    assert math.copysign(1, exact.nearest(tree("-exp(z)"), -9000.0, dtype="float16")) == -1


# ---------------------------------------------------------------------------- all but rational

TIE = 9007199254740993  # 2^53 + 1, between the float64s 2^53 and 2^53 + 2
ALL_BUT_RATIONAL = (  # the value, as a rational, and which side of it the number is
    ("z - tanh(z)", "1e16", 10**16 - 1, 1), ("z - tanh(z)", "-1e16", 1 - 10**16, -1),
    ("1.735z*sigmoid(z)", "5896738993135000", Fraction("1.735") * 5896738993135000, -1),
    ("z*sigmoid(1.5z)", "6004799503160663", 6004799503160663, -1),
    ("where(z >= 0, z, expm1(z) - z/2)", "-18014398509481988", 9007199254740993, 1),
    ("softplus(z) + 1", "9007199254740992", TIE, 1), ("z*tanh(softplus(z)) + 1", "9007199254740992", TIE, -1),
    ("z*Phi(z) + 1", "9007199254740992", TIE, -1), ("z*Phi(-z) - 1", "-9007199254740992", -TIE, 1),
    (f"{TIE - 1} + erf(z)", "1e9", TIE, -1), (f"{TIE} - erfc(z)", "1e9", TIE, -1),
    (f"{TIE - 2} + erfc(z)", "-1e9", TIE, -1), (f"{TIE} + erfc(z)", "1e9", TIE, 1),
    (f"{TIE + 1} + erf(z)", "-1e9", TIE, 1), (f"{TIE + 1} + tanh(z)", "-1e9", TIE, 1),
    (f"{TIE} + sigmoid(z)", "-1e9", TIE, 1), (f"{TIE} + phi(z)", "-1e9", TIE, 1),
    (f"{TIE} - exp(z)", "-1e9", TIE, -1), (f"{TIE - 1} + exp(-exp(z))", "-1e9", TIE, -1),
    (f"{TIE}/(1 + exp(-z))", "1e9", TIE, -1), (f"{TIE}*(1 + exp(-z))^2", "1e9", TIE, 1),
    (f"{TIE}*(1 + exp(-z))^-3", "1e9", TIE, -1), (f"{TIE} + log(sigmoid(z))", "1e9", TIE, -1),
    (f"{TIE - 3} + sqrt(8 + tanh(z))", "1e9", TIE, -1), (f"{TIE}*max(tanh(z), 1)", "1e9", TIE, 0),
    (f"{TIE}*min(tanh(z), 1)", "1e9", TIE, -1), (f"{TIE - 1} + sign(1 - tanh(z))", "1e9", TIE, 0),
    (f"{TIE - 1} - abs(tanh(z) - 2)", "1e9", TIE - 2, -1), (f"where(tanh(z) < 1, {TIE}, 0)", "1e9", TIE, 0),
    (f"{TIE} - z*exp(-z) + 1/(exp(-z)/z + exp(-2z) + exp(z))", "1e9", TIE, -1),
    (f"{TIE}(1 - exp(z))", "-1.5e308", TIE, -1), (f"{TIE}Phi(z)", "1.5e308", TIE, -1),
    (f"{TIE}sigmoid(z^3)", "1.5e308", TIE, -1), ("z - z*tanh(z) + 1", "1e16", 1, 1),
)  # fmt: skip


def beside(value: Fraction, side: int) -> Fraction:
    return value + side * Fraction(1, 10**400)


@pytest.mark.parametrize(("text", "z", "value", "side"), ALL_BUT_RATIONAL)
def test_a_tie_but_for_an_exponentially_small_remainder_goes_to_its_side(
    text: str, z: str, value: int, side: int
) -> None:
    near, node, started = beside(Fraction(value), side), tree(text), time.perf_counter()
    assert exact.nearest(node, float(z)) == float(near)
    for dtype in ("float32", "float16", "bfloat16"):
        assert exact.nearest(node, Fraction(z), dtype=dtype) == exact.nearest(parse("z"), near, dtype=dtype)
    for count in range(1, 25):
        assert exact.digits(node, Fraction(z), count) == exact.digits(parse("z"), near, count)
    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize("size", ["40.5", "70"])
@pytest.mark.parametrize(("text", "far", "_value", "_side"), ALL_BUT_RATIONAL)
def test_pairs_agree_with_mpmath_where_it_sees_the_remainder(
    text: str, far: str, _value: int, _side: int, size: str
) -> None:
    z = math.copysign(float(size), float(far))
    with mp.workdps(2_500):  # erfc(70) is 10^-2130
        value = float(as_fraction(mp_value(tree(text), mp.mpf(z))))
    assert exact.TO_FLOAT64(apart(tree(text), Place(z, 0, RIGHT, []), 128)) == value


@pytest.mark.parametrize(
    ("text", "z", "count", "slope"),
    [
        ("1.735z*sigmoid(z)", "1e8", 3, "1.74"),
        ("1.745z*tanh(z)", "1e8", 3, "1.75"),
        ("1.745z*tanh(z)", "-1e8", 3, "-1.75"),
        ("1.745softplus(z)", "1e8", 3, "1.74"),
        ("where(z < 0, z, 2.5z^2 + tanh(z))", "1e9", 1, "5e9"),
        ("2.5z^2 - exp(-z)", "1e9", 2, "5.0e9"),
        ("z^2/4 - exp(-z)", "1000000001", 9, "500000001"),
        ("z^2/4 + exp(-z)", "1000000001", 9, "500000000"),
        ("z^2/2 - exp(-z)", "1000000005", 9, "1.00000001e9"),
        ("z^2/2 + exp(-z)", "1000000005", 9, "1.00000000e9"),
    ],
)
def test_a_slope_that_is_all_but_a_tie_goes_to_its_side(text: str, z: str, count: int, slope: str) -> None:
    assert exact.digits(tree(text), Fraction(z), count, 1) == slope


def test_pairs_leave_slopes_at_kinks_and_jumps_alone() -> None:
    for text in (
        "abs(z - 1e9)",
        "max(z, 1e9)",
        "where(z >= 1e9, z, 0)",
        "sign(z - 1e9)",
        "floor(z)",
        "log(-z)",
    ):
        assert apart(tree(text), Place(1e9, 1, RIGHT, []), 128).ball.is_nan()
    with pytest.raises(ActcliError, match="jumps"):
        exact.digits(tree("where(z >= 1e9, 1.745z*tanh(z), 0)"), Fraction(10**9), 3, 1, LEFT)


def in_pairs(node: Node, z: Fraction, order: int) -> float | None:
    """Check what pairs know against a finer ball, and return what it rounds to."""
    ball, rational = apart(node, Place(z, order, RIGHT, []), 128)
    if ball.is_nan():
        return None
    fine = exact.enclosure(node, z, 600, order)
    assert ball.overlaps(fine)
    assert rational is None or fine.contains(rational) or abs(fine - rational) < 1e-90
    return exact.TO_FLOAT64((ball, rational))


@pytest.mark.parametrize("order", [0, 1])
def test_pairs_agree_with_the_other_readings_where_both_decide(order: int) -> None:
    rng, good = random.Random(order), 0
    for _ in range(500):
        text = rng.choice((some_formula(rng, 2), rng.choice(catalog.CATALOG).name + "(z)"))
        z = rng.choice((some_point(rng), Fraction(rng.uniform(-60, 60)), Fraction(rng.randint(-400, 400))))
        pairs = in_pairs(tree(text), z, order)
        assert pairs is None or pairs == exact.nearest(tree(text), z, order), f"{text} at {z}"
        good += pairs is not None
    assert good > 400


# ---------------------------------------------------------------------------- limits

HOSTILE = (
    ("9^(9^(9^9)) + z", 1), ("9^9^9^9*z", 1), ("exp(exp(exp(exp(z))))", 3), ("sin(1e300z)", 1),
    ("exp(exp(z)) - exp(exp(z))", 1000), ("floor(exp(exp(exp(z))))", 5),
    ("(1 + 1e-9999)^(1e9999)*z", 1), ("z^9999^2", 10), ("2^(2^(2^(2^(2^z))))", 3),
    ("sin(exp(exp(exp(z))))", 3), ("log(log(log(z)))", 2),
    ("1e-9999/(z - z)", 1), ("(z/3)^9999^9999", 1), ("tan(1e9000z)", 1), (" + ".join(["sin(z)"] * 1000), 1),
)  # fmt: skip


@pytest.mark.parametrize(("text", "z"), HOSTILE)
@pytest.mark.parametrize("order", [0, 1, 5, pytest.param(100, marks=pytest.mark.long)])
def test_hostile_formulas_are_answered_or_refused_in_time(text: str, z: int, order: int) -> None:
    node, started = tree(text), time.process_time()
    try:
        exact.digits(node, Fraction(z), 20, order)
        exact.nearest(node, float(z), order)
    except ActcliError as fault:
        assert "\n" not in str(fault)
    assert time.process_time() - started < 3


def test_orders_up_to_100_and_digits_up_to_10000() -> None:
    node = tree("z*tanh(softplus(z))")
    assert exact.nearest(node, 1.0, 100) == float(exact.digits(node, Fraction(1), 25, 100))
    long = exact.digits(tree("z*Phi(z)"), Fraction(1), 10_000)
    assert len(long) == 10_002 and long.startswith("0.84134474606854294858")


def test_a_ball_holds_what_a_finer_ball_holds() -> None:
    for word, said in WORDS.items():
        node = Node(word, *[parse("0.3z + 0.2" if word != "acosh" else "z")] * said.arity)
        for order in range(4):
            coarse, fine = (exact.enclosure(node, Fraction(3, 2), bits, order) for bits in (64, 512))
            assert coarse.overlaps(fine)
            assert fine.rel_accuracy_bits() > 400
