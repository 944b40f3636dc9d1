"""The array reading against Arb and exact fractions: every ball must hold the true value.

pytest test_balls.py                       some thousand points per word
ACTCLI_LONG=300000 pytest test_balls.py    that many points per word and kind, with a report
"""

# ruff: noqa: E741 (h, l and r are the parts of a ball)

import math
import os
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import flint
import make_tables
import numpy as np
import pytest
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from actcli.language import formula
from actcli.language.trees import Node, substitute
from actcli.language.trees import number as exact_number
from actcli.language.words import RELATIONS
from actcli.numerics import dtypes
from actcli.numerics.balls import (
    BALL_WORDS,
    Array,
    Ball,
    Part,
    ball,
    circular,
    compare,
    decide,
    decide_as,
    exps,
    logarithms,
    normal,
    power,
    quiet,
    where,
)
from actcli.numerics.balls import ball_of as number
from actcli.numerics.balls import read as ball_of
from actcli.numerics.balls.straight import straightened
from actcli.numerics.balls.taylor import table

LONG = int(os.environ.get("ACTCLI_LONG", "0"))
POINTS = LONG or 250
flint.ctx.prec = 250


@pytest.fixture(autouse=True)
def no_numpy_warnings() -> Iterator[None]:
    """Run each test as callers run formulas."""
    with quiet():
        yield


# ---------------------------------------------------------------- the truth


def _softplus(z: arb) -> arb:
    return (z if z > 0 else arb(0)) + (-abs(z)).exp().log1p()


def _bell(z: arb) -> arb:
    return (-z * z / 2).exp() / (2 * arb.pi()).sqrt()


TRUTH: dict[str, Callable[[arb], arb]] = {
    "abs": abs,
    "sqrt": arb.sqrt,
    "exp": arb.exp,
    "expm1": arb.expm1,
    "log": arb.log,
    "log1p": arb.log1p,
    "sin": arb.sin,
    "cos": arb.cos,
    "tan": arb.tan,
    "asin": arb.asin,
    "acos": arb.acos,
    "atan": arb.atan,
    "sinh": arb.sinh,
    "cosh": arb.cosh,
    "tanh": arb.tanh,
    "asinh": arb.asinh,
    "acosh": arb.acosh,
    "atanh": arb.atanh,
    "erf": arb.erf,
    "erfc": arb.erfc,
    "Phi": lambda z: (-z / arb(2).sqrt()).erfc() / 2,
    "phi": _bell,
    "sigmoid": lambda z: z.exp() / (1 + z.exp()) if z < 0 else 1 / (1 + (-z).exp()),
    "softplus": _softplus,
}
ONE_PLACE = sorted(TRUTH)


def into_domain(name: str, z: Array) -> Array:
    """Points folded into the domain of a word."""
    with np.errstate(all="ignore"):
        if name in ("asin", "acos", "atanh"):
            return np.where(np.abs(z) > 1, 1 / z, z)
        if name in ("sqrt", "log"):
            return np.abs(z)
        if name == "acosh":
            return 1 + np.abs(z)
        return np.where(z < -1, -z, z) if name == "log1p" else z


def parts(x: Ball, points: int = 1) -> list[list[float]]:
    """h, l and r of every point, of which there are at least so many."""
    shape = np.broadcast_shapes((points,), *(np.shape(p) for p in (x.h, x.l, x.reach)))
    return [np.broadcast_to(p, shape).ravel().tolist() for p in (x.h, x.l, x.reach)]


def excess(f: Callable[[arb], arb], x: tuple[float, ...], h: float, l: float, r: float) -> float:
    """|f(sum of x) - h - l| / r, with as many bits as that takes; nan where nothing is known."""
    for bits in (250, 1200, 4000):
        with flint.ctx.workprec(bits):
            gap = abs(f(sum((arb(p) for p in x), arb(0))) - arb(h) - arb(l))
            if gap.is_finite() and (gap.rad() <= arb(r) * arb(2) ** -30 or gap == 0):
                break
    if not gap.is_finite():
        return math.nan
    if r == 0:
        return 0.0 if gap.overlaps(arb(0)) else math.inf
    return float((gap / arb(r)).lower())


def worst(f: Callable[[arb], arb], x: Ball, y: Ball) -> tuple[float, float]:
    """The largest `excess` of the ball y over f at the middle of x, and where."""
    top = (0.0, math.nan)
    for xh, xl, h, l, r in zip(*parts(x)[:2], *parts(y), strict=True):
        if all(math.isfinite(p) for p in (xh, h, l, r)):
            e = excess(f, (xh, xl), h, l, r)
            assert not math.isnan(e), xh
            top = max(top, (e, xh))
    return top


def nearest(f: Callable[[arb], arb], z: float) -> float:
    """The double nearest to f(z), subnormals and overflow included."""
    for bits in (250, 1200, 4000):
        with flint.ctx.workprec(bits):
            low, high = (rounded(end) for end in (f(arb(z)).lower(), f(arb(z)).upper()))
        if low == high:
            return low
    raise AssertionError(f"{z} lies on a tie")


def rounded(x: arb) -> float:
    """An exact arb as the nearest double; far below 2^-1074 it is 0."""
    man, exp = (int(p) for p in x.mid().man_exp())
    if man and man.bit_length() + exp < -1100:
        return 0.0
    try:
        return float(man * Fraction(2) ** exp)
    except OverflowError:
        return math.copysign(math.inf, man)


# ---------------------------------------------------------------- points


def random_bits(rng: np.random.Generator, n: int) -> Array:
    """Doubles of every size."""
    z = rng.integers(0, 2**64, n, dtype=np.uint64).view(np.float64)
    return np.where(np.isfinite(z), z, 1.0)


def both_sides(z: Array) -> Array:
    """Each point, its neighbours, and all their opposites."""
    near = np.concatenate([z, np.nextafter(z, np.inf), np.nextafter(z, -np.inf)])
    return np.concatenate([near, -near])


def seams() -> Array:
    """Where a range reduction, a table row or a special case begins, with neighbours."""
    rng = np.random.default_rng(5)
    steps = (rng.integers(-(2**19), 2**19, 60) + 0.5) * (math.log(2) / 512)
    first = (np.arange(-8, 8) + 0.5) * (math.log(2) / 512)
    rows = (logarithms._LOG_START + (np.arange(0, 257, 5) << 44)).view(np.float64)
    mills = make_tables.tables()["mills"][0]
    mills = np.ldexp(np.floor(np.ldexp(mills[::9] + 1, 6)), -6) - 1
    turns = (np.arange(1, 24) - 0.5) * (math.pi / 2)
    special = [0.0, 2.0**-30, 2.0**-10, 2.0**-9, 0.5, 1, 2, 5.999, 6, 20.8, 25.5, 27.25, 36, 38.5]
    special += [38.6, 40, 80, 300, 660, 664, 700, 709, 709.75, 709.79, 745, 746, 750, 1000, 1e5]
    special += [
        2.0**20,
        1e9,
        1e22,
        6381956970095103 * 2.0**797,
        1.7e308,
        2.0**-60,
        1e-100,
        1e-300,
        2.0**-960,
        2.0**-1000,
        2.0**-1022,
        5e-324,
    ]
    special += [1e300, 1.7e308]
    even = np.arange(200) / 32
    return both_sides(np.concatenate([steps, first, rows, rows - 1, mills, even, turns, special]))


def points(name: str, n: int) -> dict[str, Array]:
    """Points of several kinds for a word."""
    rng = np.random.default_rng([sum(map(ord, name)), n])
    signs = rng.choice([-1.0, 1.0], n)
    kinds = {
        "normal(0,5)": rng.normal(0, 5, n),
        "near 0": rng.normal(0, 0.02, n),
        "log-uniform": signs * np.exp(rng.uniform(-40, 7, n)),
        "bits": random_bits(rng, n),
        "seams": seams(),
    }
    return {kind: into_domain(name, z) for kind, z in kinds.items()}


def with_lows(rng: np.random.Generator, z: Array, r: Part = 0.0) -> Ball:
    """Balls with random low parts, mostly ordinary, some at the limit 2^-50."""
    size = np.where(rng.random(z.size) < 0.2, 2.0**-50, 2.0**-53)
    return Ball(z, z * rng.uniform(-1, 1, z.size) * size, r)


# ---------------------------------------------------------------- words


@pytest.mark.parametrize("name", ONE_PLACE)
def test_balls_hold_the_truth_at_exact_points(name: str) -> None:
    """|true - h - l| <= r on every kind of point."""
    for kind, z in points(name, POINTS).items():
        x = Ball.exact(z)
        found, at = worst(TRUTH[name], x, BALL_WORDS[name](x))
        if LONG:
            print(f"{name:10} {kind:12} max error/radius {found:.3f} at {at!r}")
        assert found <= 1, (kind, at)


@pytest.mark.parametrize("name", ONE_PLACE)
def test_balls_hold_the_truth_at_pairs(name: str) -> None:
    """The same for midpoints with low parts."""
    rng = np.random.default_rng(1)
    for kind, z in points(name, POINTS).items():
        x = with_lows(rng, z)
        y = BALL_WORDS[name](x)
        inside = np.abs(z) < 1 - 2.0**-49 if name in ("asin", "acos", "atanh") else z == z
        inside &= z >= 1 + 2.0**-49 if name == "acosh" else inside
        y.r = np.where(inside, y.r, np.inf)
        found, at = worst(TRUTH[name], x, y)
        if LONG:
            print(f"{name:10} {kind:12} max error/radius {found:.3f} at {at!r} (pairs)")
        assert found <= 1, (kind, at)


@pytest.mark.parametrize("name", ONE_PLACE)
def test_balls_hold_the_truth_for_every_point_of_a_ball(name: str) -> None:
    """Both ends and a point inside the argument's ball have their values in the result's ball."""
    rng = np.random.default_rng(2)
    for kind, z in points(name, POINTS // 2).items():
        size = np.exp2(rng.uniform(-80, 1, z.size)) * np.minimum(np.abs(z), 1)
        x = with_lows(rng, z, size)
        for xh, xl, xr, h, l, r in zip(*parts(x), *parts(BALL_WORDS[name](x)), strict=True):
            if all(math.isfinite(p) for p in (xh, h, l, r)):
                for end in (-xr, xr, xr * 0.3):
                    assert excess(TRUTH[name], (xh, xl, end), h, l, r) <= 1, (kind, xh, xl, end)


@pytest.mark.parametrize("name", ONE_PLACE)
def test_decided_points_are_correctly_rounded(name: str) -> None:
    """What `decide` does not leave open is the nearest double."""
    for z in points(name, min(POINTS, 3000)).values():
        values, undecided = decide(BALL_WORDS[name](Ball.exact(z)))
        for point, value, skip in zip(z.tolist(), values.tolist(), undecided, strict=True):
            assert skip or value == nearest(TRUTH[name], point), point


@pytest.mark.parametrize("name", ONE_PLACE)
def test_nearly_all_ordinary_points_are_decided(name: str) -> None:
    """At most one in 5000 at normal(0, 5); in the long mode also the time a number takes."""
    n = 32768
    blocks = 32 if LONG else 2
    z = into_domain(name, np.random.default_rng(3).normal(0, 5, n * blocks)).reshape(blocks, n)
    undecided, best = 0, math.inf
    for block in z:
        start = time.perf_counter()
        undecided += int(decide(BALL_WORDS[name](Ball.exact(block)))[1].sum())
        best = min(best, time.perf_counter() - start)
    if LONG:
        print(f"{name:10} undecided {undecided / z.size:.1e}, {best / n * 1e9:.1f} ns a number")
    assert undecided / z.size < 2e-4


DECIDED = {
    "sigmoid": [-700.0, -40.0, -1e-300, 0.0, 36.0, 700.0, 1000.0, 1e300],
    "tanh": [0.0, 1e-300, -1e-300, 1e-20, 2.0**-9, 1000.0, -1e308],
    "softplus": [-600.0, 0.0, 1000.0, 1e300],
    "exp": [-660.0, 0.0, 709.0],
    "expm1": [0.0, 1e-300, -1000.0, 709.0],
    "log1p": [0.0, 1e-300, -0.5, 1e10],
    "erf": [0.0, 1e-300, 7.0, -30.0],
    "erfc": [-30.0, 25.0],
    "Phi": [-36.0, 0.0, 9.0, 1e5],
    "phi": [0.0, 36.0],
    "log": [1.0, 2.0**-1022, 1e308],
    "sqrt": [0.0, 4.0, 2.0, 1e308],
    "sin": [0.0, 1e-300, 1e6],
    "atan": [0.0, 1e-300, 1e300],
    "sinh": [0.0, 700.0],
    "cosh": [0.0, 700.0],
}


@pytest.mark.parametrize("name", sorted(DECIDED))
def test_typical_extremes_are_decided(name: str) -> None:
    """Ends of the range that people try, and zeros, need no slower arithmetic."""
    z = np.array(DECIDED[name])
    values, undecided = decide(BALL_WORDS[name](Ball.exact(z)))
    assert not undecided.any(), z[undecided]
    assert values.tolist() == [nearest(TRUTH[name], p) for p in z.tolist()]


@pytest.mark.parametrize("name", ONE_PLACE)
def test_what_is_not_finite_stays_undecided(name: str) -> None:
    """nan, infinities and points outside the domain give no number."""
    outside = {"sqrt": -1.0, "log": -1.0, "log1p": -2.0, "asin": 2.0, "acos": 2.0, "atanh": 2.0}
    z = np.array([np.nan, np.inf, -np.inf, outside.get(name, np.nan), 1.0])
    assert decide(BALL_WORDS[name](Ball.exact(z)))[1][:4].all()
    x = Ball(np.array([1.0, 1.0]), np.array([np.nan, 0.0]), np.array([0.0, np.nan]))
    assert decide(BALL_WORDS[name](x))[1].all()


@pytest.mark.parametrize("name", ONE_PLACE)
def test_a_point_does_not_depend_on_its_neighbours(name: str) -> None:
    """Blocks that hold extremes take other paths, to balls that still hold the truth.

    And where both paths decide, they decide alike.
    """
    z = into_domain(name, np.random.default_rng(4).normal(0, 5, 500))
    mixed = np.concatenate([z, [np.nan, np.inf, 0.0, 1e-310, 1e300, -800.0]])
    one, first = decide(BALL_WORDS[name](Ball.exact(z)))
    two, second = decide(BALL_WORDS[name](Ball.exact(mixed)))
    both = ~first & ~second[:500]
    assert both.sum() > 490
    assert (one == two[:500])[both].all()


def test_real_power() -> None:
    """x^y against Arb."""
    rng = np.random.default_rng(6)
    x, y = rng.lognormal(0, 2, POINTS), rng.normal(0, 5, POINTS)
    z = BALL_WORDS["pow"](Ball.exact(x), Ball.exact(y))
    for a, b, h, l, r in zip(x.tolist(), y.tolist(), *parts(z), strict=True):
        assert abs(arb(a) ** arb(b) - arb(h) - arb(l)) <= arb(r)
        assert r < 2.0**-60 * h


# ---------------------------------------------------------------- operators, exactly


def fraction(*xs: float) -> Fraction:
    """The exact sum of doubles."""
    return sum((Fraction(x) for x in xs), Fraction(0))


def random_balls(rng: np.random.Generator, n: int, reach: int) -> Ball:
    """Balls of many sizes, some exact, some zero."""
    h = rng.normal(0, 1, n) * np.exp2(rng.integers(-reach, reach + 1, n))
    h[rng.random(n) < 0.05] = 0.0
    x = with_lows(rng, h)
    radius = np.abs(h) * np.exp2(rng.uniform(-90, -2, n))
    return Ball(h, x.l, np.where(rng.random(n) < 0.3, 0.0, radius))


OPERATORS: dict[str, Callable[..., Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
}


def variants(rng: np.random.Generator, n: int, reach: int) -> Iterator[Ball]:
    """Balls with and without lows and radii."""
    x = random_balls(rng, n, reach)
    yield x
    yield Ball(x.h)
    yield Ball(x.h, x.l)
    yield Ball(x.h, 0.0, np.abs(x.h) * 2.0**-60)


@pytest.mark.parametrize("op", sorted(OPERATORS))
@pytest.mark.parametrize("reach", [3, 40, 500, 1000])
def test_operators_hold_every_result(op: str, reach: int) -> None:
    """All corners of the arguments' balls, in exact fractions; sums also after cancellation."""
    rng = np.random.default_rng(7)
    n = max(60, LONG // 100)
    checked = 0
    for a in variants(rng, n, reach):
        for b in variants(rng, n, reach):
            nearby = a.h * (1 + rng.integers(-3, 4, n) * 2.0**-52)
            checked += check_operator(op, a, b) + check_operator(op, a, moved(b, nearby))
    assert checked > n


def moved(x: Ball, h: Array) -> Ball:
    """A ball with another midpoint and no low parts to speak of."""
    return Ball(h, 0.0 if isinstance(x.l, float) else h * 2.0**-54, x.r)


def check_operator(op: str, a: Ball, b: Ball) -> int:
    """Count the results that are known, and check that they hold."""
    known = 0
    for ah, al, ar, bh, bl, br, h, l, r in zip(
        *parts(a), *parts(b, a.h.size), *parts(OPERATORS[op](a, b)), strict=True
    ):
        if not all(math.isfinite(p) for p in (h, l, r)):
            continue
        known += 1
        for sa in (-1, 1):
            for sb in (-1, 1):
                x, y = fraction(ah, al, sa * ar), fraction(bh, bl, sb * br)
                gap = abs(OPERATORS[op](x, y) - fraction(h, l))
                assert gap <= Fraction(r), (op, ah, al, ar, bh, bl, br)
    return known


def test_operators_are_tight() -> None:
    """A product or quotient of exact numbers errs by at most 2^-73, a sum by 2^-100."""
    rng = np.random.default_rng(8)
    a, b = (Ball.exact(rng.normal(0, 1, 1000)) for _ in range(2))
    for y, limit in ((a * b, -73), (a / b, -73), ((a * a) + (b * b), -73), (a + b, -1100)):
        assert (np.abs(y.h) * 2.0**limit >= y.r).all()


def test_operators_take_numbers_but_no_arrays() -> None:
    """Python numbers count as exact; powers of two cost no radius."""
    x = Ball.exact(np.array([3.0]))
    for y in (x * 2, 2 * x, x * 0.5, 1 - x, x - 1, 1 + x, -x):
        assert not np.any(y.r), y.r
    assert decide(1 / x)[0] == 1 / 3
    assert decide(x * (2**60 + 1))[0] == 3.0 * (2**60 + 1)
    with pytest.raises(TypeError):
        np.ones(2) * x  # type: ignore[operator]


@pytest.mark.parametrize("n", [0, 1, 2, 3, 7, 10, -1, -3])
def test_integer_powers(n: int) -> None:
    """Powers hold the exact power, tightly."""
    x = with_lows(np.random.default_rng(9), np.random.default_rng(9).normal(0, 2, 300))
    for xh, xl, h, l, r in zip(*parts(x)[:2], *parts(power(x, n)), strict=True):
        assert abs(fraction(xh, xl) ** n - fraction(h, l)) <= Fraction(r)
        assert r <= abs(h) * 2.0**-68


@given(st.integers(-(10**400), 10**400), st.integers(1, 10**400))
def test_numbers_hold_the_fraction(numerator: int, denominator: int) -> None:
    """Rational constants, including huge and tiny ones."""
    x = number(numerator, denominator)
    (h,), (l,), (r,) = parts(x)
    if math.isfinite(h) and math.isfinite(r):
        assert abs(Fraction(numerator, denominator) - fraction(h, l)) <= Fraction(r)
        assert r <= abs(h) * 2.0**-104 + 2.0**-1073


def short_numbers() -> st.SearchStrategy[int]:
    return st.integers(1, 2**ball.SHORT - 1)


@given(st.floats(1e-100, 1e100), short_numbers())
def test_products_with_a_short_number_are_exact(z: float, n: int) -> None:
    """Both parts of them, and no radius."""
    y = Ball.exact(z) * number(n, 1)
    (h,), (l,), (r,) = parts(y)
    assert y.is_exact and r == 0
    assert fraction(h, l) == Fraction(z) * n


@given(st.integers(2**52, 2**53 - 1), st.integers(-60, 60), short_numbers(), st.integers(-110, -56))
def test_quotients_on_a_tie_are_exact(even: int, power: int, n: int, distance: int) -> None:
    """An odd number of 54 bits by a short one, and back; beside the tie, by no power of two, is a radius."""
    middle = Fraction(2 * even + 1) * Fraction(2) ** power
    high = float(middle * n)
    tie = Ball(np.array([high]), np.array([float(middle * n - Fraction(high))]))
    (h,), (l,), (r,) = parts(tie / number(n, 1))
    assert (fraction(h, l), r) == (middle, 0)
    beside = Ball(tie.h, tie.l + np.abs(tie.h) * 2.0**distance)
    if beside.l != tie.l and n & (n - 1):
        assert parts(beside / number(n, 1))[2][0] > 0


@given(st.integers(2**30, 2**31 - 1), short_numbers(), st.integers(-160, -81))
def test_quotients_that_leave_nothing_are_exact(even: int, n: int, distance: int) -> None:
    """A double, as a tie of a narrow format is; what is lost beside it in the quotient is a radius."""
    whole = Ball.exact(float(even * n))
    (h,), (l,), (r,) = parts(whole / number(n, 1))
    assert (h, l, r) == (even, 0, 0)
    if n & (n - 1):
        beside = Ball(whole.h, whole.h * 2.0**distance)
        (h,), (l,), (r,) = parts(beside / number(n, 1))
        assert abs(fraction(h, l) - (fraction(*map(float, (beside.h[0], beside.l[0]))) / n)) <= Fraction(r)


MIDDLES = (Fraction(0), Fraction(1, 2), Fraction(1, 3), Fraction(1, 2) + Fraction(1, 2**20))


@pytest.mark.parametrize("op", ["*", "/"])
def test_short_numbers_keep_every_result(op: str) -> None:
    """Ties among other quotients, and factors with low parts, which no short number makes exact."""
    rng = np.random.default_rng(14)
    near = [Fraction(p) + q for p in rng.integers(2**52, 2**53, 99).tolist() for q in MIDDLES]
    for n in (3, 48, 2**22 - 1):
        high = np.array([float(p * n) for p in near])
        low = np.array([float(p * n - Fraction(h)) for p, h in zip(near, high.tolist(), strict=True)])
        for x in (Ball(high, low), with_lows(rng, high), Ball(high)):
            assert check_operator(op, x, number(n, 1)) == len(near)


def test_dyadic_numbers_are_exact() -> None:
    """No low part, no radius."""
    for p, q in ((0, 1), (3, 1), (-7, 1024), (2**53, 1)):
        x = number(p, q)
        assert (x.h.item(), x.l, x.r) == (p / q, 0.0, 0.0)
    assert number(2**60 + 1, 1).r == 0.0


def test_constants() -> None:
    """PI, E and the private ones against Arb."""
    truths = [(ball.PI, arb.pi()), (ball.E, arb(1).exp()), (normal._ROOT_2, arb(2).sqrt())]
    truths += [(normal._PHI_0, 1 / (2 * arb.pi()).sqrt()), (circular._HALF_PI, arb.pi() / 2)]
    for x, true in truths:
        (h,), (l,), (r,) = parts(x)
        assert abs(true - arb(h) - arb(l)) <= arb(r) <= arb(h) * arb(2) ** -104
    step = arb(2).log() / 512
    assert abs(step - arb(exps._STEP_1) - arb(exps._STEP_2)) < arb(2) ** -97
    assert abs(arb(2).log() - arb(logarithms._LN2_1) - arb(logarithms._LN2_2)) < arb(2) ** -97
    turn = sum((arb(p) for p in (circular._TURN_1, circular._TURN_2, circular._TURN_3)), arb(0))
    assert abs(arb.pi() / 2 - turn) < arb(2) ** -121
    with flint.ctx.workprec(2000):
        assert abs(arb.pi() / 2 * arb(2) ** 1300 - circular._half_pi(1300)) < 1


def test_tables_are_the_generated_ones() -> None:
    """tables.npz is what make_tables.py makes, to the bit."""
    for name, made in make_tables.tables().items():
        assert np.array_equal(np.array(table(name)), made), name


# ---------------------------------------------------------------- choosing and rounding


@pytest.mark.parametrize("op", sorted(RELATIONS))
def test_comparisons(op: str) -> None:
    """Sure answers are those of every pair of corners; overlaps and nan are unsure."""
    rng = np.random.default_rng(10)
    python = {"<": "__lt__", "<=": "__le__", ">": "__gt__", ">=": "__ge__", "==": "__eq__"}
    for a in variants(rng, 50, 2):
        for b in variants(rng, 50, 2):
            b = moved(b, np.where(rng.random(50) < 0.5, a.h, b.h))
            holds, unsure = compare(op, a, b)
            rows = zip(*parts(a), *parts(b), holds.tolist(), unsure.tolist(), strict=True)
            for ah, al, ar, bh, bl, br, answer, skip in rows:
                for x in (fraction(ah, al, -ar), fraction(ah, al, ar)):
                    for y in (fraction(bh, bl, -br), fraction(bh, bl, br)):
                        true = x != y if op == "!=" else getattr(x, python[op])(y)
                        assert skip or answer == true
    holds, unsure = compare(op, Ball.exact([np.nan, 1.0]), Ball.exact([0.0, 1.0]))
    assert unsure.tolist() == [True, False]


def test_where_keeps_the_other_branch_out() -> None:
    """nan and infinity of the branch not taken leave no trace; unsure points are not known."""
    z = Ball.exact(np.array([-1.0, 2.0, np.nan]))
    y = where(compare(">", z, number(0, 1)), BALL_WORDS["log"](z), BALL_WORDS["sqrt"](-z))
    values, undecided = decide(y)
    assert undecided.tolist() == [False, False, True]
    assert values[:2].tolist() == [1.0, math.log(2)]
    fuzzy = Ball(np.array([0.0, 1.0]), 0.0, np.array([0.1, 0.1]))
    chosen = where(compare(">", fuzzy, number(0, 1)), number(1, 1), number(2, 1))
    assert parts(chosen)[2] == [math.inf, 0.0]


def test_a_choice_keeps_the_radius_of_what_it_chose() -> None:
    """Errors that go with size are one number for all; the larger one holds for both branches."""
    z = Ball.exact(np.array([-2.0, 3.0]))
    for rough, fine in ((1.5 * 2.0**-60, 0.0), (0.0, 1.5 * 2.0**-60), (2.0**-70, 2.0**-60)):
        y = where(compare(">=", z, number(0, 1)), Ball(z.h, 0.0, 0.0, rough), Ball(z.h, 0.0, 0.0, fine))
        assert parts(y)[2][1] >= 3 * rough and parts(y)[2][0] >= 2 * fine


def test_a_point_without_radius_is_decided_among_others() -> None:
    """Also on a tie, by the one rounding of h + l."""
    x = Ball(np.ones(2), np.full(2, 2.0**-53), np.array([0.0, 2.0**-90]))
    values, undecided = decide(x)
    assert undecided.tolist() == [False, True] and values[0] == 1.0


def test_relu_is_exact() -> None:
    """Max and comparisons of exact balls cost no radius."""
    z = Ball.exact(np.array([-2.0, 0.0, 5e-324, 3.0]))
    for y in (BALL_WORDS["max"](z, number(0, 1)), where(compare(">=", z, number(0, 1)), z, z * 0)):
        values, undecided = decide(y)
        assert values.tolist() == [0.0, 0.0, 5e-324, 3.0] and not undecided.any()
    assert decide(BALL_WORDS["min"](z, number(0, 1)))[0].tolist() == [-2.0, 0.0, 0.0, 0.0]


def test_sign_and_floor() -> None:
    """Pieces with jumps: exact on either side, not known across."""
    z = Ball.exact(np.array([-1.5, 0.0, 2.0, np.nan]))
    assert decide(BALL_WORDS["sign"](z))[0][:3].tolist() == [-1.0, 0.0, 1.0]
    assert decide(BALL_WORDS["sign"](z))[1].tolist() == [False, False, False, True]
    assert decide(BALL_WORDS["floor"](z))[0][:3].tolist() == [-2.0, 0.0, 2.0]
    fuzzy = Ball(np.array([0.0, 2.0, 2.5]), np.array([0.0, -1e-17, 0.0]), np.full(3, 1e-20))
    assert np.isinf(BALL_WORDS["sign"](fuzzy).r).tolist() == [True, False, False]
    assert decide(BALL_WORDS["floor"](fuzzy))[1].tolist() == [True, True, False]


def test_decide_keeps_ties_and_short_balls_apart() -> None:
    """A ball across a midpoint is undecided, one beside it is not; exact numbers always are."""
    tie = 2.0**-53
    h, l = np.ones(3), np.array([tie, tie * (1 + 2.0**-40), tie * (1 - 2.0**-40)])
    values, undecided = decide(Ball(h, l, np.full(3, 2.0**-100)))
    assert undecided.tolist() == [True, False, False]
    assert values[1:].tolist() == [1 + 2.0**-52, 1.0]
    values, undecided = decide(Ball.exact(np.array([-0.0, 5e-324, np.inf])))
    assert undecided.tolist() == [False, False, True]
    assert math.copysign(1, values[0]) == -1


NARROW = {
    "float32": (24, -149, 128),
    "float16": (11, -24, 16),
    "bfloat16": (8, -133, 128),
    "float8_e5m2": (3, -16, 16),
}


def narrowed(x: Fraction, bits: int, smallest: int, top: int) -> float:
    """x rounded once to a narrow format, ties to even."""
    if x == 0:
        return 0.0
    exponent = math.frexp(float(abs(x)))[1]
    unit = Fraction(2) ** max(exponent - bits, smallest)
    y = float(round(x / unit) * unit)
    return math.copysign(math.inf, y) if abs(y) >= 2.0**top else y


@pytest.mark.parametrize("name", sorted(NARROW))
def test_narrow_formats_round_once(name: str) -> None:
    """Against fractions: ordinary numbers, near ties, subnormals, overflow."""
    bits, smallest, top = NARROW[name]
    rng = np.random.default_rng(11)
    n = POINTS * 4
    h = rng.normal(0, 1, n) * np.exp2(rng.integers(smallest - 3, top + 1, n))
    unit = np.exp2(np.maximum(np.frexp(h)[1] - bits, smallest))
    h = np.where(rng.random(n) < 0.7, (np.rint(h / unit) + 0.5) * unit, h)
    x = Ball(h, h * rng.choice([-1, 0, 1], n) * 2.0**-60, np.abs(h) * 2.0**-80)
    values, undecided = decide_as(x, name)
    assert undecided.mean() < 0.5
    for xh, xl, value, skip in zip(*parts(x)[:2], values.tolist(), undecided, strict=True):
        assert skip or value == narrowed(fraction(xh, xl), bits, smallest, top), (xh, xl)
    exact, open_ones = decide_as(Ball(h), name)
    assert not open_ones.any()
    assert exact.tolist() == [narrowed(Fraction(p), bits, smallest, top) for p in h.tolist()]


def test_decide_as_float64_is_decide() -> None:
    """And nan stays undecided in every format."""
    x = BALL_WORDS["sigmoid"](Ball.exact(np.array([1.0, np.nan])))
    for dtype in ("float64", "float32", "float16", "bfloat16"):
        assert decide_as(x, dtype)[1].tolist() == [False, True]


FORMULAS: dict[str, tuple[Callable[[Ball], Ball], Callable[[arb], arb]]] = {
    "silu": (lambda z: z * exps.sigmoid(z), lambda z: z / (1 + (-z).exp())),
    "gelu": (lambda z: z * normal.normal_cdf(z), lambda z: z * TRUTH["Phi"](z)),
    "mish": (lambda z: z * exps.tanh(logarithms.softplus(z)), lambda z: z * _softplus(z).tanh()),
    "quick_gelu": (
        lambda z: z * exps.sigmoid(number(1702, 1000) * z),
        lambda z: z / (1 + (-z * 1702 / 1000).exp()),
    ),
}


LINES = (
    "z/6 + 1/2",
    "(1/8 + 1/3)/2*z",
    "1.1z",
    "(2z + 3)/6",
    "1 + 0.001(z - 1)",
    "0.01*(z + 4)",
    "-(z - 1)/3",
)


@pytest.mark.parametrize("text", LINES)
def test_ties_of_lines_are_decided(text: str) -> None:
    """Every point, not only those of z that are short."""
    tree = formula.parse(text)
    rng = np.random.default_rng(13)
    z = np.concatenate([rng.normal(0, 5, 2000), rng.integers(-(2**53), 2**53, 2000) * 2.0**-51])
    values, undecided = decide(ball_of(tree, z))
    assert not undecided.any()
    offset, one = (evaluated(tree, point) or Fraction() for point in (0, 1))
    assert values.tolist() == [float(offset + (one - offset) * Fraction(point)) for point in z.tolist()]


@pytest.mark.parametrize("text", LINES)
@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_ties_of_lines_are_decided_in_narrow_formats(text: str, dtype: str) -> None:
    """All over a format, its zeros and subnormals beside the rest; an eighth of them is looked at."""
    tree = formula.parse(text)
    z = dtypes.numbers_of(dtype)
    z = z[np.isfinite(z)]
    values, undecided = decide_as(ball_of(tree, z), dtype)
    assert undecided.sum() <= 300  # beside the least subnormals, and what overflows
    offset, one = (evaluated(tree, point) or Fraction() for point in (0, 1))
    some = slice(LINES.index(text), None, 8)
    for point, value in zip(z[~undecided][some].tolist(), values[~undecided][some].tolist(), strict=True):
        assert value == dtypes.rounded(offset + (one - offset) * Fraction(point), dtype)


def evaluated(tree: Node, point: Fraction | int) -> Fraction | None:
    return substitute(tree, {"z": exact_number(point)}).value


@given(st.recursive(st.sampled_from(["z", "3", "0.1", "7/3", "z/6", "2^3"]), lambda part: st.builds(
    "({}{}{})".format, part, st.sampled_from("+-*/"), part), max_leaves=8), st.fractions(-9, 9))  # fmt: skip
def test_straight_formulas_are_equal(text: str, point: Fraction) -> None:
    """For every rational z, in exact arithmetic."""
    tree = formula.parse(text)
    before, after = evaluated(tree, point), evaluated(straightened(tree), point)
    assert before is None or before == after


def test_silu_is_decided_nearly_to_the_end_of_the_normal_range() -> None:
    """Products just above 2^-1022 are known, with an absolute error."""
    z = np.array([-700.0, -680.5, -664.0, -300.0, 0.0, 1e-200])
    values, undecided = decide(FORMULAS["silu"][0](Ball.exact(z)))
    assert not undecided.any()
    assert values.tolist() == [nearest(FORMULAS["silu"][1], p) for p in z.tolist()]


@pytest.mark.parametrize("name", sorted(FORMULAS))
def test_formulas(name: str) -> None:
    """Whole activations: held, nearly always decided, and then correctly rounded."""
    f, truth = FORMULAS[name]
    z = np.concatenate([np.random.default_rng(12).normal(0, 5, POINTS * 4), np.arange(-30.0, 30)])
    y = f(Ball.exact(z))
    found, at = worst(truth, Ball.exact(z), y)
    assert found <= 1, at
    values, undecided = decide(y)
    assert undecided.sum() <= 2 + z.size // 2000
    for point, value, skip in zip(z[:500].tolist(), values.tolist(), undecided, strict=False):
        assert skip or value == nearest(truth, point)
