"""The error bounds of the array words, worked out again step by step from the constants in the code.

A Term is a number that a step of the code holds: how large it may be, and how far from what it stands for
it may be. Every operation adds its rounding, unless the step is exact. Each bound that the code claims lies
between the one that comes out here and twice that.
"""

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest
from mpmath import mp

from actcli.numerics.balls import exps, logarithms, taylor
from actcli.numerics.balls.ball import OPERATION

U = 2.0**-53
HEAD = 2.0**-25  # what `head` leaves of a number, relative to it
LOW = 2.0**-50  # the low part of a pair against its high part
STEP = math.log(2) / 512


@dataclass(frozen=True)
class Term:
    size: float
    error: float = 0.0

    def __add__(self, other):
        return (self.exactly_plus(other)).rounded()

    def __mul__(self, other):
        error = self.size * other.error + other.size * self.error + self.error * other.error
        return Term(self.size * other.size, error).rounded()

    def __truediv__(self, least):
        """Divide by a number that is at least so large, and exact."""
        return Term(self.size / least, self.error / least).rounded()

    def exactly_plus(self, other):
        return Term(self.size + other.size, self.error + other.error)

    def off(self, error):
        return Term(self.size, self.error + error)

    def rounded(self):
        return self.off(U * (self.size + self.error))


ONE = Term(1.0)


def polynomial(coefficients, exact, x):
    """Horner's rule with the code's coefficients, which stand for these."""
    terms = [Term(abs(c), float(abs(Fraction(c) - e))) for c, e in zip(coefficients, exact, strict=True)]
    p = x * terms[-1]
    for c in terms[-2:0:-1]:
        p = (p + c) * x
    return p + terms[0]


def off_by(parts, true):
    """How far a sum of doubles is from the number it stands for."""
    with mp.workdps(60):
        return float(abs(mp.fsum(parts) - true()))


def holds(claimed, computed):
    assert computed <= claimed <= 2 * computed, (math.log2(claimed), math.log2(computed))


# ---------------------------------------------------------------------------- products, quotients, roots


def product_error():
    a2 = Term(HEAD) + Term(LOW)
    low = ONE * a2 + a2 * ONE
    return low.error + (HEAD + LOW) * LOW  # the second factor's low part is left out of a2 b


def quotient_error():
    rest = Term(HEAD) + (ONE * Term(LOW)) + Term(LOW)
    return (rest / 1.0).error + HEAD * LOW


def reciprocal_error():
    inverse = Term(1.0, U)
    return ((Term(HEAD) + ONE * Term(LOW)) * inverse).error + HEAD * LOW


def root_error():
    rest = Term(2 * HEAD) + Term(LOW)  # x - s1^2 against x
    divisor_off = 2 * U * rest.size / 2  # s + s1 and s are rounded
    return rest.off(divisor_off).__truediv__(2.0).error + rest.size * rest.size / 8 * U


def test_the_bound_of_products_quotients_and_roots():
    found = [product_error(), quotient_error(), reciprocal_error(), root_error()]
    holds(OPERATION, max(found))


# ---------------------------------------------------------------------------- exp


FACTORIALS = [Fraction(1, math.factorial(k)) for k in range(12)]
REACH = STEP / 2 * (1 + 2.0**-19)  # of the rest of a step
MOST_STEPS = 750 / STEP


def rest_of_a_step(limit):
    """The error of rh + rl, for |x| below a limit."""
    steps = limit / STEP
    parts = [exps._STEP_1, exps._STEP_2]
    constant = steps * off_by(parts, lambda: mp.log(2) / 512)
    second = Term(steps) * Term(abs(parts[1])) + Term(limit * LOW)
    return constant + second.error + 2 * U * second.size * 2.0**-20  # what a short rest loses


def by_table(q):
    """T1 (1 + g + q) + T2 (1 + g + q), relative to T1: the error."""
    t2 = Term(2.0**-29, 2.0**-29 * U)
    grown = (q.exactly_plus(Term(REACH))).rounded() * t2
    low = q * ONE + grown + t2
    return (Term(U) + low).error


def quick_error():
    r = Term(REACH)
    tail = polynomial(exps._QUICK_TAIL, FACTORIALS[2:7], r)
    lost = U * REACH * REACH + REACH**7 / math.factorial(7) * 1.01  # the low part of r, left out, and r^7
    square = (tail * r * r).off(lost)
    rest = Term(2.0**-35) + Term(U * REACH)
    return by_table(rest + square) + rest_of_a_step(-exps._EXP_LOW)


def fine_error(limit):
    """exp in its fine form: the square and r are on a grid, and q is what is left."""
    r, left = Term(REACH), Term(2.0**-35) + Term(U * REACH)
    cube = polynomial(exps._EXP_TAIL, FACTORIALS[3:7], r) * r * r * r
    cube = cube.off(REACH**7 / math.factorial(7) * 1.01 + U * REACH * REACH * REACH / 2)
    squares = Term(2 * REACH) * left * Term(0.5)
    q = cube + squares + (left + Term(2.0**-35))
    return by_table(q) + rest_of_a_step(limit)


def test_the_bounds_of_exp():
    holds(exps.EXP_ERROR, quick_error() * (1 + 2 * REACH))
    assert fine_error(750) < exps.EXP_ERROR / 2


# ---------------------------------------------------------------------------- log


def terms_error(r, least):
    """The error of `_log1p_terms` for |r| up to a size, relative to a logarithm of at least so much."""
    x = Term(r)
    head_left = Term(r * HEAD)
    low = (Term(U * r) + head_left * Term(2 * r) * Term(0.5)) + Term(2 * U * r, U * U * r) / (1 - r)
    exact = [Fraction((-1) ** (k + 1), k) for k in range(3, 9)]
    cube = polynomial(logarithms._LOG_TAIL, exact, x) * x * x * x
    cube = cube.off(r**9 / 9 * 1.01 + U * r * r * r)
    return (low + cube).error / least


def log_rows():
    """Per row of the table the largest |r|, and the least logarithm in it."""
    start = logarithms._LOG_START
    c, log1, log2 = taylor.table("log")
    for row in range(len(c)):
        ends = np.array([start + (row << 44), start + ((row + 1) << 44)]).view(np.float64)
        yield (
            c[row],
            max(abs(c[row] * end - 1) for end in ends),
            min(abs(np.log(ends))),
            log1[row] + log2[row],
        )


def row_error(c, r, least, own):
    if c == 1:  # h is exact, and the error goes with r, beside which the logarithm is as large
        return terms_error(r, r * (1 - r))
    constant = Term(abs(own) * 2.0**-40 + 2.0**-43, 2.0**-43 * U) + Term(r * HEAD)
    return terms_error(r, least) + (Term(U * (least + r)) + constant).error / least


def test_the_bound_of_log():
    holds(logarithms._LOG, max(row_error(*row) for row in log_rows()))


# ---------------------------------------------------------------------------- Taylor tables


def steps_error(coefficients, half):
    """The error of a row of a table, relative to its value; `half` is half of its width."""
    a = [abs(c) for c in coefficients]
    x = Term(half)
    tail = Term(a[-1], U * a[-1])
    for c in a[-2:5:-1]:
        tail = tail * x + Term(c, U * c)
    remainder = a[-1] * half ** (len(a) - 4) * max(half, a[-1] / a[-2] * half)
    low = (tail * x).off(remainder) + tail * Term(half * U) + Term(U * a[4], U * U * a[4])
    second = low.error + OPERATION * (a[4] + low.size)
    first = (second + OPERATION * (a[2] + a[4] * half)) * half + 2 * U * U * a[2]
    value = a[0] - a[2] * half - a[4] * half * half
    return ((first + OPERATION * a[2]) * half + 2 * U * U * a[0]) / value


def row_widths(name, columns):
    """Yield each row's coefficients (high and low parts of the first three) and half of its width."""
    if name != "mills":
        yield from ((column, 1 / 64) for column in columns.T)
        return
    for row, (_, *coefficients) in enumerate(columns.T):
        yield coefficients, 2.0 ** (row // 64) / 128


def test_the_bound_of_taylor_tables():
    names = ("mills", "erf", "atan", "sin", "cos")
    rows = [row for name in names for row in row_widths(name, np.array(taylor.table(name)))]
    holds(taylor.TAYLOR, max(steps_error(*row) for row in rows))


@pytest.mark.parametrize("claimed", [OPERATION / 4, OPERATION * 4])
def test_a_bound_that_is_claimed_wrong_is_seen(claimed):
    with pytest.raises(AssertionError):
        holds(claimed, product_error())
