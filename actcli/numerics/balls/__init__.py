"""Formulas over arrays in balls: two doubles and a radius that provably hold the true value.

A `Ball` is an array of real numbers, each known to lie within r of the unevaluated sum h + l of
two doubles, which carries about 106 bits. The words of the formula language (exp, sigmoid, Phi,
...) take balls to balls with a relative error of 2^-69 or less, so `decide` can nearly always
tell which double is nearest to the true value. Points it cannot decide are for a slower, longer
arithmetic.

    with quiet():
        values, undecided = decide(BALL_WORDS["sigmoid"](Ball.exact(z)))

How to read the error bounds
    u = 2^-53 is the rounding error of one double operation relative to its result. Every step
    is either exact (two_sum, products of short factors) or adds one rounding; the comment at a
    word sums them up. A radius is itself computed in doubles: its constants are larger than the
    bounds by at least 2^-40, which its few roundings cannot use up.
    A low part obeys |l| <= 2^-50 |h|.
    An infinite or nan part means "not known" and is always a legal answer.

Speed and sameness
    Arrays of 16 to 64 thousand numbers, one per call, suit the processor's cache. Only + - * /
    sqrt, rint, comparisons, bit operations and table look-ups are used, which are the same on
    every machine; so are the results, to the last bit. A low part or radius that is known to be
    zero everywhere is the Python float 0.0, and costs nothing.

Where to read on: arrays, pairs, ball (the arithmetic); radii, taylor, exponentials, logarithms,
normal, circular, choices, gates (the words); straight, sharing (how a formula is rewritten to be
read); rounding (the answer).
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache

import numpy as np

from actcli.language.calculus import Reading, evaluate
from actcli.language.trees import Node, postorder
from actcli.language.words import COMPARISONS, RELATIONS, Vocabulary
from actcli.numerics.balls.arrays import Array, Bools, Part, quiet
from actcli.numerics.balls.ball import INFINITY, PI, Ball, E, ball_of, power, sqrt
from actcli.numerics.balls.choices import (
    absolute,
    compare,
    floor,
    has_value,
    holds_zero,
    maximum,
    minimum,
    sign,
    where,
)
from actcli.numerics.balls.circular import acos, asin, atan, cos, sin, tan, turn
from actcli.numerics.balls.exps import cosh, exp, expm1, sigmoid, sinh, tanh
from actcli.numerics.balls.gated import bump, fall, gate, near
from actcli.numerics.balls.logarithms import (
    acosh,
    asinh,
    atanh,
    log,
    log1p,
    log1p_power,
    log_cosh,
    real_power,
    softplus,
)
from actcli.numerics.balls.normal import bell, cdf, density, erf, erfc, hazard, log_cdf, normal_cdf, phi
from actcli.numerics.balls.rounding import decide, decide_as
from actcli.numerics.balls.sharing import constants, shared
from actcli.numerics.balls.straight import straightened

__all__ = [
    "BALLS", "BALL_WORDS", "CONTINUOUS", "Array", "Ball", "Bools", "Part", "ball_of", "compare", "decide",
    "decide_as", "has_value", "holds_zero", "power", "quiet", "read", "where",
]  # fmt: skip

BALL_WORDS: dict[str, Callable[..., Ball]] = {
    "exp": exp, "expm1": expm1, "log": log, "log1p": log1p, "sqrt": sqrt, "pow": real_power,
    "abs": absolute, "sign": sign, "floor": floor, "min": minimum, "max": maximum,
    "sin": sin, "cos": cos, "tan": tan, "asin": asin, "acos": acos, "atan": atan,
    "sinh": sinh, "cosh": cosh, "tanh": tanh, "asinh": asinh, "acosh": acosh, "atanh": atanh,
    "erf": erf, "erfc": erfc, "Phi": normal_cdf, "phi": phi, "sigmoid": sigmoid, "softplus": softplus,
}  # fmt: skip

SHARED: dict[str, Callable[..., Ball]] = {
    "fall": fall, "gate": gate, "near": near, "bump": bump, "bell": bell, "density": density, "cdf": cdf,
    "hazard": hazard, "log_cdf": log_cdf, "log_cosh": log_cosh, "log1p_power": log1p_power, "turn": turn,
}  # fmt: skip


# ---------------------------------------------------------------- the reading


def _beside(op: str, a: Ball, b: Ball, side: int, _: object) -> tuple[Bools, Bools]:
    """Answer a comparison; just beside a point where a and b are equal it is not known here."""
    holds, unsure = compare(op, a, b)
    return (holds, unsure | compare("==", a, b)[0]) if side else (holds, unsure)


def _by_slopes(op: str, a: Ball, b: Ball, side: int, lean: Callable[[], Ball]) -> tuple[Bools, Bools]:
    """Answer a comparison; where a and b are equal, their slopes tell, if these differ, how it is beside."""
    holds, unsure = compare(op, a, b)
    tied = compare("==", a, b)[0] & bool(side)
    if not tied.any():
        return holds, unsure
    slope = lean()
    beside = RELATIONS[op](side * slope.h, np.zeros(1))
    return np.where(tied, beside, holds), unsure | (tied & holds_zero(slope))


BALLS = Reading(
    number=lambda value: ball_of(value.numerator, value.denominator),
    constant=lambda name: {"pi": PI, "e": E, "inf": INFINITY}[name],
    words=Vocabulary("in balls of arrays", {**BALL_WORDS, **SHARED}),
    power=power,
    real_power=real_power,
    compare=_beside,
    where=where,
)


CONTINUOUS = replace(BALLS, compare=_by_slopes)  # of slopes of what nowhere jumps where it compares


def read(
    tree: Node, z: Array | Ball, side: int = 0, names: Mapping[str, Ball] | None = None, by: Reading = BALLS
) -> Ball:
    """Return a formula in z (and further names) as a ball at each point; `side` as in `calculus.evaluate`."""
    body, parts, has_slopes = _prepared(tree)
    ball = z if isinstance(z, Ball) else Ball.exact(z)
    found: Ball = evaluate(body, by if has_slopes else BALLS, {"z": ball, **(names or {}), **parts}, side)
    return found


@lru_cache(256)
def _prepared(tree: Node) -> tuple[Node, dict[str, Ball], bool]:
    """Return a formula with its lines and shared words, the balls of its constant parts, and whether
    all that it compares is in words of the language, which have slopes."""
    body, parts = constants(straightened(shared(tree)))
    compared = {n for c in postorder(body) if c.op in COMPARISONS for n in postorder(c)}
    balls = {text: evaluate(part, BALLS, {}) for text, part in parts.items()}
    return body, balls, SHARED.keys().isdisjoint(n.op for n in compared)
