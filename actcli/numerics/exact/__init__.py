"""Proven answers: the float64 nearest to a formula's derivative, or as many digits of it as are asked for.

The formula is read in balls that contain its true value, at doubled precision until both ends of the
ball round to the same answer. Ties and exact results are known by rational arithmetic, never by a
tolerance; what differs from them by less than any precision shows is settled in remainders.py. At a
singular point, where there is no power series, a derivative is its limit on the side that is asked for
(beside.py): the slope of sqrt at 0 is inf.
"""

import math
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import lru_cache, partial
from threading import RLock
from typing import Any

from flint import arb, ctx, fmpq, fmpz

from actcli.errors import UndecidedError
from actcli.language.calculus import RIGHT
from actcli.language.trees import Node, name, postorder, write
from actcli.numerics.dtypes import DOUBLE, rounded
from actcli.numerics.exact.reals import Outcome, Place, constant, described, plainly, which_slope, with_care
from actcli.numerics.exact.remainders import apart

FIRST_BITS = 128
MOST_BITS = 200_000
SIGN_BITS = 2048  # from here on a ball around 0 is let round to 0, its sign unknown
UNSIGNED = float("0")  # that zero, told from others by identity
SECONDS = 1.0
_lock = RLock()  # flint's working precision is one for all threads


def _renewed() -> None:
    """Give a forked child a lock of its own: the thread that held it is not there to let go."""
    global _lock
    _lock = RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renewed)


@contextmanager
def alone() -> Iterator[None]:
    """Hold flint for one thread, and leave its precision as it was found."""
    with _lock:
        precision, cap = ctx.prec, ctx.cap
        try:
            yield
        finally:
            ctx.prec, ctx.cap = precision, cap


# ---------------------------------------------------------------------------- what is asked


def nearest(tree: Node, z: float | Fraction, order: int = 0, side: int = RIGHT, dtype: str = DOUBLE) -> float:
    """Return, as a float, the number of a format nearest to the formula's order-th derivative at z.

    It is rounded once, ties to even. At a kink the derivative is the one-sided one, at an infinity it is the
    limit. nan where there is no real value, an infinity as IEEE 754 has it (see realwords.py) or beyond the
    format; what underflows keeps its sign, and is UNSIGNED where that lies below any precision. Raises
    UndefinedError where the value jumps, UndecidedError where the digits are not decided in time.
    """
    return float(_decide(tree, Place(z, order, side, []), FIRST_BITS, SECONDS, acceptance(dtype)))


def digits(
    tree: Node, z: float | Fraction, count: int, order: int = 0, side: int = RIGHT, seconds: float = SECONDS
) -> str:
    """Return `count` significant decimal digits of the derivative, correctly rounded, ties to even.

    Zeros fill up what is exact (3.0000); zero itself is "0"; "nan", "inf" and "-inf" as in nearest().
    Exponents are written as in texts.shortest. Raises NoAnswerError as nearest() does.
    """
    bits = max(FIRST_BITS, 64 * (count * 10 // 192 + 1))
    return str(_decide(tree, Place(z, order, side, []), bits, seconds, partial(written_digits, count=count)))


def _decide_far_out(tree: Node, place: Place, bits: int, accept: Callable[[Outcome], Any]) -> Any:
    """Return what is accepted of the limit at an infinity."""
    from actcli.numerics.exact.beside import far_out

    for precision in (bits, 4 * bits, SIGN_BITS + bits):
        ctx.prec = precision
        limit = far_out(tree, 1 if place.z > 0 else -1, place.order, constant)
        if limit is None:
            continue
        ball = limit if isinstance(limit, float) else arb(limit)
        answer = accept(Outcome(ball, limit if isinstance(limit, fmpq) else None))
        if answer is not None:
            return answer
    text = write(tree)
    shown = text if len(text) <= 60 else f"{text[:57]}..."
    raise UndecidedError(f"{which_slope(place.order)}{shown} at {place.z}: its limit is not known")


def enclosure(tree: Node, z: float | Fraction, bits: int, order: int = 0, side: int = RIGHT) -> Any:
    """Return a ball (flint's arb) around the derivative, from one reading at this precision, for tests."""
    return with_care(tree, Place(z, order, side, []), bits).ball


def _decide(tree: Node, place: Place, bits: int, seconds: float, accept: Callable[[Outcome], Any]) -> Any:
    """Return what is accepted of the formula's value, reading it at rising precision."""
    bits += 2 * place.order
    started, most = time.process_time(), max(MOST_BITS, 8 * bits)
    with alone():
        if isinstance(place.z, float) and math.isinf(place.z):
            return _decide_far_out(tree, place, bits, accept)
        for outcome in _readings(tree, place, bits, most):
            answer = accept(outcome)
            if answer is not None:
                return answer
            if time.process_time() - started > (seconds / 4 if ctx.prec >= SIGN_BITS else seconds):
                break  # not at the first bits: the process may have stood still for its garbage
        reached = ctx.prec
    raise UndecidedError(described(tree, place, f"is not decided by {reached:,} bits of precision"))


def _readings(tree: Node, place: Place, bits: int, most: int) -> Iterator[Outcome]:
    """Yield what readings give, the cheapest first; what two of them leave open may be all but rational."""
    yield plainly(tree, place, bits)
    yield with_care(tree, place, 2 * bits)
    yield apart(tree, place, 2 * bits)
    most = max(2 * SIGN_BITS, 8 * bits) if name("inf") in postorder(tree) else most  # inf/inf stays open
    while (bits := 2 * bits) < most:
        yield with_care(tree, place, 2 * bits)


# ---------------------------------------------------------------------------- from a ball to an answer


def _rounded(outcome: Outcome, nearest_to: Callable[[Any], float]) -> float | None:
    """Return what both ends of the ball round to, or None; a zero takes its sign from the ball's."""
    ball, exact = outcome
    if isinstance(ball, float):
        return ball
    if exact is not None:
        return nearest_to(_fraction(exact))
    low, high = nearest_to(ball.lower()), nearest_to(ball.upper())
    if not (low == high or (ball.is_finite() and _both_beyond(low, high))) or (
        not low and _straddles(ball) and ctx.prec < SIGN_BITS
    ):
        return None
    return low if low or not _straddles(ball) else UNSIGNED


def _both_beyond(low: float, high: float) -> bool:
    """Tell whether both ends lie beyond the largest number, on the same side, where that is nan."""
    return math.isnan(low) and math.isnan(high) and math.copysign(1, low) == math.copysign(1, high)


def _straddles(ball: Any) -> bool:
    return not (ball < 0 or ball > 0)


def _fraction(exact: Any) -> Fraction:
    return Fraction(int(exact.p), int(exact.q))


def _to_float64(value: Any) -> float:
    """Round a fraction, or a ball that is one number (flint rounds it right, subnormals too)."""
    try:
        return float(value)
    except OverflowError:
        return -math.inf if value < 0 else math.inf


TO_FLOAT64 = partial(_rounded, nearest_to=_to_float64)


def _to_format(value: Any, dtype: str) -> float:
    """Round a fraction, or a ball that is one number."""
    if isinstance(value, arb):
        return rounded(_end(value) if value.is_finite() else float(value), dtype)
    return rounded(value, dtype)


def acceptance(dtype: str) -> Callable[[Outcome], float | None]:
    """Return what tells, of a reading, the number of a format nearest to it, or None where that is open."""
    return TO_FLOAT64 if dtype == DOUBLE else partial(_rounded, nearest_to=partial(_to_format, dtype=dtype))


def _end(ball: Any) -> Fraction:
    """Return the number that a ball is; what lies beyond every format, as +-2^2000 or +-2^-2000."""
    mantissa, exponent = map(int, ball.man_exp())
    size = mantissa.bit_length() + exponent
    if mantissa and abs(size) > 2000:
        return Fraction((mantissa > 0) * 2 - 1) * Fraction(2) ** (2000 if size > 0 else -2000)
    return mantissa * Fraction(2) ** exponent


def written_digits(outcome: Outcome, count: int) -> str | None:
    """Return so many digits of a number that is read, or None where its ball does not tell them."""
    ball, exact = outcome
    if isinstance(ball, float):
        return "nan"
    if exact is None and ball.is_exact():
        if not ball.is_finite():
            return str(float(ball))
        exact = ball.fmpq() if abs(int(ball.man_exp()[1])) < MOST_BITS else None
    return _digits_of_ball(ball, count) if exact is None else _digits_of_exact(exact, count)


@lru_cache(1024)
def _ten_to(exponent: int, _bits: int) -> Any:
    return arb(10) ** fmpz(exponent)


def _digits_of_ball(ball: Any, count: int) -> str | None:
    tens = None if _straddles(ball) or not ball.is_finite() else _exponent(abs(ball))
    if tens is None:
        return None
    scaled = abs(ball) * _ten_to(count - 1 - tens, ctx.prec)
    whole = (scaled + 0.5).floor().unique_fmpz()
    return None if whole is None else _layout(ball < 0, whole, tens, count)


def _exponent(size: Any) -> Any:
    """Return the decimal exponent of a positive ball, or None where the ball does not decide it."""
    mantissa, exponent = map(int, size.mid().man_exp())
    bits = mantissa.bit_length() + exponent
    tens = _log10(bits) if abs(bits) < 1 << 100 else (size.log() / arb(10).log()).floor().unique_fmpz()
    if tens is None or size >= _ten_to(tens, ctx.prec):
        return tens
    return tens - 1 if size < _ten_to(tens, ctx.prec) else None


def _log10(bits: int) -> int:
    """Return the decimal exponent of the numbers of so many bits, or that of the largest of them."""
    return bits * 301029995663981195213738894724493026768189881462108541310427 // 10**60


def _digits_of_exact(value: Any, count: int) -> str:
    top, bottom = abs(int(value.p)), int(value.q)
    if not top:
        return "0"
    tens = _log10(top.bit_length() - bottom.bit_length() + 1)
    if top * 10 ** max(-tens, 0) < bottom * 10 ** max(tens, 0):
        tens -= 1
    shift = count - 1 - tens
    whole = round(Fraction(top * 10 ** max(shift, 0), bottom * 10 ** max(-shift, 0)))  # ties to even
    return _layout(value < 0, fmpz(whole), tens, count)


def _layout(negative: bool, whole: Any, tens: Any, count: int) -> str:
    """Write whole * 10^(tens - count + 1), where `whole` has count digits, or is 10^count."""
    text = fmpz(whole).str()
    tens, text = (int(tens) + 1, text[:-1]) if len(text) > count else (int(tens), text)
    sign = "-" if negative else ""
    if -5 < tens < 0:
        return f"{sign}0.{'0' * (-tens - 1)}{text}"
    if 0 <= tens < min(count, 16):
        return f"{sign}{text[: tens + 1]}.{text[tens + 1 :]}".rstrip(".")
    return f"{sign}{text[0]}.{text[1:]}".rstrip(".") + f"e{fmpz(tens).str()}"
