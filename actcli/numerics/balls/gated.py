"""What sigmoid and its relatives have in common: words of f = e^-|u|, made for `sharing`."""

# ruff: noqa: E741 (h, l and r are the parts of a ball)

import numpy as np

from actcli.numerics.balls.arrays import Pair, signs_of
from actcli.numerics.balls.ball import GROW, OPERATION, Ball
from actcli.numerics.balls.choices import either
from actcli.numerics.balls.exps import exp
from actcli.numerics.balls.pairs import ONES, quotient, reciprocal, square_of, two_sum
from actcli.numerics.balls.radii import signed


def fall(u: Ball) -> Ball:
    """e^-|h + l|. Its ball holds e^-u, or e^u where h < 0, for all of u's ball, across 0 too."""
    return exp(signed(u, signs_of(-u.h)))


def _plus_one(f: Ball) -> Pair:
    """1 + f as a pair, for f from 0 to 2: the low part rounds once, by 2^-105."""
    h, l = two_sum(ONES, f.h)
    l += f.l
    return h, l


def near(f: Ball) -> Ball:
    """1/(1 + f). An error e f in f costs at most e of it, as f e < 1; the slope is at most 1."""
    return Ball(*reciprocal(*_plus_one(f)), f.r, f.e + OPERATION)


def bump(f: Ball) -> Ball:
    """f/(1 + f)^2: the slope of sigmoid. Its logarithm's slope in log f is (1 - f)/(1 + f), at most 1.

    So an error e f in f costs at most e of it; the slope is at most 1. The square errs by 2^-102, and
    twice 2^-105 of 1 + f.
    """
    h, l = quotient(f.h, f.l, *square_of(*_plus_one(f)))
    return Ball(h, l, f.r, (f.e + OPERATION + 2.0**-100) * GROW)


def gate(u: Ball, a: Ball, b: Ball) -> Ball:
    """a where u >= 0, else b: two forms of one function, which agree for u in the same ball."""
    return either(~(u.h.view(np.int64) >> 63), a, b)
