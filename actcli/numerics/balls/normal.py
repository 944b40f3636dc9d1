"""The normal distribution: its density phi, its distribution function Phi, erf and erfc."""

# ruff: noqa: E741 (h, l and r are the parts of a ball)

import math
from collections.abc import Callable

import numpy as np

from actcli.numerics.balls.arrays import (
    Array,
    Ints,
    Pair,
    Part,
    array_of,
    filled,
    flip,
    infinite,
    refuse,
    select,
    signs_of,
    within,
)
from actcli.numerics.balls.ball import GROW, OPERATION, TINY, Ball, constant, scale
from actcli.numerics.balls.choices import compare, where
from actcli.numerics.balls.exps import EXP_ERROR, exp_pair
from actcli.numerics.balls.logarithms import log
from actcli.numerics.balls.pairs import fast_two_sum, product, square_of
from actcli.numerics.balls.radii import clip, expm1_bound, relative, signed
from actcli.numerics.balls.taylor import TAYLOR, even, looked_up, table, taylor

_PHI = TAYLOR + EXP_ERROR + 2 * OPERATION
_ROOT_2 = constant("0x1.6a09e667f3bcdp+0", "-0x1.bdd3413b26456p-54")
_PHI_0 = constant("0x1.9884533d43651p-2", "-0x1.cbc0d30ebfd15p-56")  # 1/sqrt(2 pi)


def _mills(th: Array, tl: Part) -> Pair:
    """Phi(-t) exp(t^2/2) for 0 <= t < 42, relative error TAYLOR."""
    row = ((th + 1).view(np.int64) >> 46) - (1023 << 6)
    middles, *columns = table("mills")
    return taylor(columns, row, th, tl, looked_up(middles, row))


def _bell(th: Array, tl: Part, fh: Array, fl: Array, half: float) -> Pair:
    """f exp(-half t^2): relative error EXP_ERROR + OPERATION (and f's), since t^2 is exact."""
    s, e = square_of(th, tl)
    return product(*exp_pair(-half * s, -half * e), fh, fl)


def _slope_bound(size: Array, r: Part) -> Array:
    """Bound the relative change of phi(t), Phi(-t) and erfc(t) over a radius.

    The logarithms' slopes are at most 2t + 2 (phi: t; Phi: t + 1; erfc: 2t + 2).
    """
    bound = size * 2
    bound += 2
    return array_of(expm1_bound(bound * r))


def _tail_radius(h: Array, z: Ball, limit: float) -> Part:
    """What z's radius, and underflow past `limit`, cost a bell-shaped tail h at z; infinite at infinities."""
    r: Part = 0.0
    size = np.abs(z.h)
    if not z.is_exact:
        r = (h + TINY) * _slope_bound(size, z.reach) * (1 + 2.0**-20)
    if not within(size, 0.0, limit):
        r = filled(r, h) + TINY
        refuse(r, infinite(z.h))
    return r


def _magnitude(z: Ball, limit: float) -> tuple[Array, Part]:
    """|z|, at most `limit`, as hi + lo."""
    zl = flip(z.l, signs_of(z.h))
    size = np.abs(z.h)
    return (size, zl) if within(size, 0.0, limit) else clip(Ball(size, zl), 0.0, limit)


def bell(z: Ball) -> Ball:
    """exp(-z^2/2), made for `sharing`: error EXP_ERROR + OPERATION of it, and TINY beyond |z| = 36."""
    s, e = square_of(*_magnitude(z, 38.6))
    h, l = exp_pair(-0.5 * s, -0.5 * e)
    r = _tail_radius(h, z, 36.0)
    return Ball(h, l, r, (EXP_ERROR + OPERATION) * GROW)


def density(b: Ball) -> Ball:
    """phi from its bell."""
    return b * _PHI_0


def phi(z: Ball) -> Ball:
    """Normal density exp(-z^2/2)/sqrt(2 pi); error _PHI h, and TINY beyond |z| = 36."""
    h, l = _bell(*_magnitude(z, 38.6), _PHI_0.h, array_of(_PHI_0.l), 0.5)
    r = _tail_radius(h, z, 36.0)
    return Ball(h, l, r, _PHI * GROW)


def _one_sided(h: Array, l: Array, r: Part, mirror: Ints, whole: float) -> Ball:
    """The tail h + l, or whole - (h + l) where the mask says so: at least as large as the tail.

    So the tail's relative error holds for both; the difference's low part rounds once, by 2^-106.
    """
    oh, ol = fast_two_sum(np.array([whole]), -h)
    ol -= l
    return Ball(select(mirror, oh, h), select(mirror, ol, l), r, _PHI * GROW + 2.0**-104)


def normal_cdf(z: Ball) -> Ball:
    """Phi(z) = exp(-t^2/2) M(t) for z = -t, M Mills' ratio; 1 - Phi(-z) for z > 0.

    Error _PHI of the tail, and TINY below z = -36.
    """
    return cdf(z, bell(z))


def cdf(z: Ball, b: Ball) -> Ball:
    """Phi from z and the middles of the bell at z; z's radius is counted once, for the product."""
    h, l = product(b.h, array_of(b.l), *_mills(*_magnitude(z, 38.6)))
    r = _tail_radius(h, z, 36.0)
    return _one_sided(h, l, r, ~(z.h.view(np.int64) >> 63), 1.0)


def erfc(x: Ball) -> Ball:
    """erfc(x) = 2 exp(-x^2) M(sqrt(2) x) for x > 0; 2 - erfc(-x) for x < 0.

    sqrt(2) x errs by OPERATION, which M, about as steep as 1/t, passes on at most once.
    """
    th, tl = _magnitude(x, 27.25)
    scaled = product(th, tl, _ROOT_2.h, _ROOT_2.l)
    h, l = _bell(th, tl, *_mills(*scaled), 1.0)
    h *= 2
    l *= 2
    r = _tail_radius(h, x, 25.5)
    return _one_sided(h, l, r, x.h.view(np.int64) >> 63, 2.0)


def erf(x: Ball) -> Ball:
    """x K(|x|) with K(x) = erf(x)/x from a table; 1 within 2^-55 beyond 6. Slope below 1.2."""
    th, tl = _magnitude(x, 5.999)
    signs = signs_of(x.h)
    h, l = product(th, tl, *even("erf", th, tl))
    result = relative(h, l, TAYLOR + 2 * OPERATION, 1.2 * x.reach)
    far = np.abs(x.h) >= 5.999
    if far.any():
        result.h[far], result.l[far] = 1.0, -(2.0**-56)  # type: ignore[index]
        r = filled(result.r, result.h)
        r[far] += 2.0**-55
        refuse(r, infinite(x.h))
        result.r = r
    return signed(result, signs)


_MOST_LEFT = Ball.exact(-36.0)  # beyond it Phi is below 2^-940
_TERMS = 12
_ENOUGH = Ball.exact(2.0**100)


def _over_bell(t: Ball) -> Ball:
    """t Phi(-t)/phi(t) = 1 - v + 3 v^2 - 15 v^3 ..., v = 1/t^2, for t >= 36, made for `log_cdf` and `hazard`.

    It lies between two of its sums: 12 terms leave (25!!) v^12. A v below 2^-200 is taken for 2^-200.
    """
    u = where(compare("<", t, _ENOUGH), t, _ENOUGH)
    v = 1 / (u * u)
    sum_ = Ball.exact(np.ones_like(t.h))
    for k in range(2 * _TERMS - 1, 0, -2):
        sum_ = 1 - sum_ * v * k
    rest = 2.0**-199 + np.abs(v.h) ** _TERMS * (1.01 * math.prod(range(1, 2 * _TERMS + 2, 2)))
    return Ball(sum_.h, sum_.l, sum_.reach + rest)


def _apart(z: Ball, near: Callable[[Ball], Ball], far: Callable[[Ball], Ball]) -> Ball:
    """Return far(-z) left of -36, near(z) elsewhere; what is not needed is not worked out."""
    is_far = compare("<", z, _MOST_LEFT)
    if not is_far[0].any():
        return near(z)
    tail = far(-where(is_far, z, _MOST_LEFT))
    return tail if is_far[0].all() else where(is_far, tail, near(z))


def log_cdf(z: Ball) -> Ball:
    """log(Phi(z)), made for `sharing`; far to the left log(S phi_0/t) - t^2/2, t = -z, S as `_over_bell`."""
    return _apart(
        z,
        lambda z: log(normal_cdf(z)),
        lambda t: log(_over_bell(t) * _PHI_0 / t) - t * scale(t, 0.5),
    )


def hazard(z: Ball) -> Ball:
    """phi(z)/Phi(z), made for `sharing`; far to the left t/S, t = -z."""

    def near(z: Ball) -> Ball:
        b = bell(z)
        return density(b) / cdf(z, b)

    return _apart(z, near, lambda t: t / _over_bell(t))
