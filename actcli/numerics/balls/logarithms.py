"""log and its relatives: log1p, softplus, real powers, and the inverses of the hyperbolic functions."""

# ruff: noqa: E741 (h, l and r are the parts of a ball)

from collections.abc import Callable

import numpy as np

from actcli.numerics.balls.arrays import (
    Array,
    Bools,
    Pair,
    Part,
    add_parts,
    array_of,
    filled,
    flip,
    polynomial,
    refuse,
    signs_of,
    within,
)
from actcli.numerics.balls.ball import GROW, Ball, power, sqrt
from actcli.numerics.balls.choices import absolute, either
from actcli.numerics.balls.exps import exp, sinh, two_to
from actcli.numerics.balls.pairs import ONES, fast_two_sum, head, two_sum
from actcli.numerics.balls.radii import expm1_bound, patch, relative, signed
from actcli.numerics.balls.taylor import looked_up, table

_LOG_START = (1023 << 52) - (150 << 44) - (1 << 43)  # 256 rows from here, 1 mid in the 150th
_LOG_HEAD = -1 << 13
_LN2_1 = float.fromhex("0x1.62e42fefa3800p-1")  # log 2 on a 2^-42 grid,
_LN2_2 = float.fromhex("0x1.ef35793c76730p-45")  # and the next 53 bits
_LOG_TAIL = (1 / 3, -1 / 4, 1 / 5, -1 / 6, 1 / 7, -1 / 8)
_LOG = 2.0**-69  # relative error
LARGEST = np.finfo(np.float64).max


def _log1p_terms(r: Array, rl: Part) -> tuple[Array, Array, Array]:
    """log(1 + r + rl) as head, low and cube, |r| < 2^-8.8, r + rl in two doubles.

    r - a^2/2 (a = head of r) is exact; (r^2 - a^2)/2 and rl/(1 + r) are below 2^-34 |r|;
    the cube r^3/3 - ... carries 4.5u |r|^3/3, and leaves out r^9/9 < 2^-82 and < 2^-75 r near 1.
    """
    a = head(r)
    h, low = fast_two_sum(r, -0.5 * a * a)
    low -= (r - a) * (r + a) * 0.5
    if not isinstance(rl, float):
        low += rl / (1 + r)
    cube = polynomial(_LOG_TAIL, r)
    cube *= r
    cube *= r
    cube *= r
    return h, low, cube


def _log_pair(vh: Array, vl: Part) -> Pair:
    """log(vh + vl) for normal vh > 0, relative error _LOG.

    v = 2^k w, c near 1/w from the table: r = c w - 1 is exact in two doubles, and
    k log 2 - log c is exact on the 2^-42 grid up to 2^10. In the row around 1, c = 1 and the error
    of `_log1p_terms` is relative to r: 2^-53 (1.5 r^2 + ...) < 2^-69.5. In the others it is at most
    2^-78.5 for |log| > 2^-9 (make_tables.py checks each row).
    """
    bits = vh.view(np.int64)
    k = (bits - _LOG_START) >> 52
    row = ((bits - _LOG_START) >> 44) & 255
    w = (bits - (k << 52)).view(np.float64)
    w1 = (w.view(np.int64) & _LOG_HEAD).view(np.float64)
    c, log1, log2 = (looked_up(column, row) for column in table("log"))
    w2 = w - w1
    extra: Part = 0.0
    if not isinstance(vl, float):
        half = k >> 1  # k may be 1024
        w2, extra = fast_two_sum(w2, vl * two_to(-half) * two_to(half - k))
        extra *= c
    r, rl = fast_two_sum(c * w1 - 1, c * w2)
    h1, low, cube = _log1p_terms(r, add_parts(rl, extra))
    turns = k.astype(np.float64)
    log1 += turns * _LN2_1
    log2 += turns * _LN2_2
    h, t = two_sum(log1, h1)
    log2 += low
    t += log2
    t += cube
    return fast_two_sum(h, t)


def log(x: Ball) -> Ball:
    """Natural logarithm of x > 0 (normal doubles). Error _LOG |h|; a radius costs r/(x - r)."""
    h, l = _log_pair(x.h, x.l)
    r: Part = 0.0
    if not x.is_exact:
        spread = array_of(x.reach)
        r = spread / (x.h - spread) * GROW
        refuse(r, ~(x.h > 2 * spread))
    if not within(x.h, 2.0**-1022, 2.0**1022):
        r = filled(r, h)
        refuse(r, ~((x.h >= 2.0**-1022) & (x.h < np.inf)))
    return Ball(h, l, r, _LOG * GROW)


def _log1p_small(x: Ball) -> Ball:
    """log(1 + x) for |x| < 2^-30: `_log1p_terms`, relative error 2^-69.9."""
    h, low, cube = _log1p_terms(x.h, x.l)
    low += cube
    h, l = fast_two_sum(h, low)
    return relative(h, l, _LOG, x.reach * (1 + 2.0**-7))


def log1p_exact(x: Ball) -> Ball:
    """log(1 + x) without x's radius.

    The low part of 1 + x rounds by 2^-106, below 2^-76 of any logarithm but the smallest, which go
    their own way. Next to -1, lows may outweigh 1 + x and are not taken.
    """
    vh, vl = two_sum(ONES, x.h)
    if not isinstance(x.l, float):
        vl += x.l
    tame = within(x.h, -0.5, LARGEST)
    h, l = _log_pair(vh, vl) if tame else _log_pair(*fast_two_sum(vh, vl))
    r: Part = 0.0
    if not tame:
        r = np.zeros_like(h)
        refuse(r, ~((vh > (0.0 if isinstance(x.l, float) else 2.0**-40)) & (x.h <= LARGEST)))
    exact = Ball(x.h, x.l)
    return patch(Ball(h, l, r, _LOG * GROW), np.abs(x.h) < 2.0**-30, _log1p_small, exact)


def log1p(x: Ball) -> Ball:
    """log(1 + x) for x > -1. Error _LOG |h|; the slope is 1/(1 + x - r)."""
    result = log1p_exact(x)
    if not x.is_exact:
        over, spread = 1 + x.h, array_of(x.reach)
        least = over - spread
        result.r = result.r + spread / least * (1 + 2.0**-20)
        refuse(array_of(result.r), ~((least > 0.5 * over) & (over > 2.0**-20)))
    return result


def log1p_power(x: Ball, exponent: Ball) -> Ball:
    """log(1 + x^n) for even n. Beyond 2^(1000/n) it is n log|x|, to which x^-n adds below 2^-1000."""
    n = int(exponent.h.item())
    return _far_apart(x, 1000 / n, lambda x: log1p(power(x, n)), lambda x: n * log(x))


def log_cosh(x: Ball) -> Ball:
    """log(cosh(x)) = log(1 + 2 sinh(x/2)^2), beyond 1 |x| + log(1 + e^(-2|x|)) - log(2)."""
    return _far_apart(
        x,
        0,
        lambda x: log1p(2 * power(sinh(0.5 * x), 2)),
        lambda a: a + softplus(-2 * a) - log(Ball(2 * ONES)),
    )


def _far_apart(x: Ball, bits: float, near: Callable[[Ball], Ball], far: Callable[[Ball], Ball]) -> Ball:
    """Return near(x) up to |x| = 2^bits, beyond it far(|x|), with an error below 2^-1000."""
    size = absolute(x)
    beyond = size.h > 2.0**bits
    if not beyond.any():
        return near(x)
    inside, outside = (_but(y, mask) for y, mask in ((x, beyond), (size, ~beyond)))
    outer = far(outside)
    outer.r = filled(outer.r, outer.h) + 2.0**-1000
    return either(-beyond.astype(np.int64), outer, near(inside))


def _but(x: Ball, mask: Bools) -> Ball:
    """Return a ball of which some numbers do not matter: 2 stands in for them."""
    return Ball(np.where(mask, 2.0, x.h), x.l, x.r, x.e)


def softplus(z: Ball) -> Ball:
    """log(1 + e^z) = max(z, 0) + log(1 + e^-|z|), error below (_LOG + EXP_ERROR) of the logarithm.

    Slope at most 1, and that of its logarithm too: a radius costs min(h, 1) (exp(r) - 1).
    """
    signs = signs_of(z.h)
    zl = flip(z.l, signs)
    e = exp(-Ball(np.abs(z.h), zl))
    tail = log1p_exact(Ball(e.h, e.l))
    tail.r = add_parts(tail.r, e.reach)
    above = np.maximum(z.h, 0.0)
    result = Ball(above, 0.0 if isinstance(z.l, float) else z.l * (z.h > 0)) + tail
    if not z.is_exact:
        result.r = result.r + np.minimum(result.h, 1.0) * expm1_bound(z.reach) * GROW
    return result


def asinh(x: Ball) -> Ball:
    """sign(x) log1p(a + a^2/(1 + sqrt(1 + a^2))), a = |x|, far out log(2a)."""

    def near(a: Ball) -> Ball:
        square = a * a
        return log1p(a + square / (1 + sqrt(1 + square)))

    return signed(_far_apart(absolute(x), 500, near, _log_of_twice), signs_of(x.h))


def acosh(x: Ball) -> Ball:
    """log1p(t + sqrt(t (2 + t))), t = x - 1, far out log(2x)."""

    def near(x: Ball) -> Ball:
        t = x - 1
        return log1p(t + sqrt(t * (t + 2)))

    return _far_apart(x, 500, near, _log_of_twice)


def _log_of_twice(x: Ball) -> Ball:
    return log(x) + log(Ball(2 * ONES))


def atanh(x: Ball) -> Ball:
    """sign(x)/2 log1p(2a/(1 - a)), a = |x|."""
    a = absolute(x)
    return signed(0.5 * log1p(2 * a / (1 - a)), signs_of(x.h))


def real_power(x: Ball, y: Ball) -> Ball:
    """x^y = exp(y log x) for x > 0."""
    return exp(y * log(x))
