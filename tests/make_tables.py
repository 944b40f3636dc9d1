"""Write tables.npz, every table that balls looks numbers up in, with python-flint.

    python make_tables.py [TARGET]

Everything is computed to 400 bits and then cut, so the file is the same wherever it is made.
Each Taylor table is checked here against the conditions that the error bound in
`taylor.taylor` rests on; a table that breaks one is not written.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from flint import arb, arb_series, ctx, fmpq
from numpy.typing import NDArray

BITS = 400  # of every number before it is cut
Row = list[float]
Array = NDArray[np.float64]


def cut(x: arb, bits: int = 53) -> float:
    """x rounded to nearest with at most `bits` significant bits."""
    if x == 0:
        return 0.0
    man, exp = x.mid().man_exp()
    spare = int(man).bit_length() - bits
    if spare <= 0:
        return float(int(man)) * 2.0 ** int(exp)
    return float((int(man) + (1 << (spare - 1))) >> spare) * 2.0 ** (int(exp) + spare)


def grid(x: arb, step: float) -> float:
    """x rounded to a multiple of `step`, a power of two."""
    return float((x / step + arb("0.5")).floor().mid()) * step


def pair(x: arb) -> Row:
    """x as hi and lo."""
    high = cut(x)
    return [high, cut(x - arb(high))]


def exp_table() -> Array:
    """2^(j/512) as a 29-bit head and the rest: columns T1, T2."""
    powers = [arb(2) ** (arb(j) / 512) for j in range(512)]
    heads = [cut(p, 29) for p in powers]
    rests = [cut(p - arb(t)) for p, t in zip(powers, heads, strict=True)]
    return np.array([heads, rests])


LOG_ROWS, LOG_ROW_OF_ONE = 256, 150
LOG_START = (1023 << 52) - (LOG_ROW_OF_ONE << 44) - (1 << 43)


def log_table() -> Array:
    """Per row an 11-bit reciprocal c of its middle, and -log c on a 2^-42 grid plus the rest."""
    rows = []
    for i in range(LOG_ROWS):
        ends = np.array([LOG_START + (i << 44), LOG_START + ((i + 1) << 44)]).view(np.float64)
        c = 1.0 if i == LOG_ROW_OF_ONE else cut(2 / (arb(ends[0]) + arb(ends[1])), 11)
        worst = max(abs(c * e - 1) for e in ends)
        assert worst < 2**-8.8, (i, worst)
        least = min(abs(np.log(ends)))
        assert c == 1 or 2.1 * 2.0**-53 * worst**3 < 2**-69.1 * least, (i, worst)
        logarithm = -arb(c).log()
        head = grid(logarithm, 2.0**-42)
        rows.append([c, head, cut(logarithm - arb(head))])
    return np.array(rows).T


def taylor(f: Callable[[arb_series], arb_series], c: arb, n: int) -> list[arb]:
    """The first n Taylor coefficients of f about c."""
    ctx.cap = n
    series = f(arb_series([c, 1], n))
    return [series[k] for k in range(n)]


def check(a: list[arb], half: arb, degree: int, beyond: arb) -> None:
    """What `taylor.taylor` asks of a row: see its comments. `beyond` bounds |a[degree+1]|."""
    size = [abs(a[k]) * half**k for k in range(degree + 1)]
    third = sum(size[3:], arb(0))
    assert size[1] > size[2] * 1.2 + 2 * third, "a1 must outweigh a2 h"
    assert size[0] > 4 * size[1], "a0 must outweigh a1 h"
    low = size[0] - sum(size[1:], arb(0))
    error = third * arb(2) ** -50 + beyond * half ** (degree + 1)
    assert error < low * arb(2) ** -70.3, float((error / low).log() / arb(2).log())


def row(a: list[arb], degree: int) -> Row:
    """a0, a1, a2 as hi and lo, the others as doubles."""
    return [*pair(a[0]), *pair(a[1]), *pair(a[2]), *(cut(a[k]) for k in range(3, degree + 1))]


def mills(x: arb_series) -> arb_series:
    """Phi(-x) exp(x^2/2)."""
    return (x * x / 2).exp() * (x / arb(2).sqrt()).erfc() / 2


MILLS_DEGREE, MILLS_ROWS = 10, 342


def mills_table() -> Array:
    """Mills' ratio; row i holds the t whose t + 1 has exponent i // 64 and 6 top bits i % 64."""
    rows = []
    for i in range(MILLS_ROWS):
        power, part = divmod(i, 64)
        middle = 2.0**power * (1 + (part + 0.5) / 64) - 1
        half = 2.0**power / 128
        a = taylor(mills, arb(middle), MILLS_DEGREE + 1)
        # completely monotone: the derivatives are largest at the left end of the row
        beyond = abs(taylor(mills, arb(middle - half), MILLS_DEGREE + 2)[-1])
        check(a, arb(half), MILLS_DEGREE, beyond)
        rows.append([middle, *row(a, MILLS_DEGREE)])
    return np.array(rows).T


EVEN_DEGREE = 11


def quotient(f: Callable[[arb_series], arb_series]) -> Callable[[arb_series], arb_series]:
    """x -> f(x)/x as a series (about a point other than 0)."""
    return lambda x: f(x) / x


def even_table(f: Callable[[arb_series], arb_series], rows: int, largest: float) -> Array:
    """f, even and smooth, in rows 1/32 wide from 0; `largest` bounds its 12th coefficient."""
    half = arb(fmpq(1, 64))
    table = []
    for i in range(rows):
        a = taylor(f, arb(fmpq(2 * i + 1, 64)), EVEN_DEGREE + 1)
        check(a, half, EVEN_DEGREE, arb(largest))
        table.append(row(a, EVEN_DEGREE))
    return np.array(table).T


def tables() -> dict[str, Array]:
    """All tables by name.

    12th coefficients: erf(x)/x = 2/sqrt(pi) int_0^1 exp(-x^2 s^2) ds, and |H_n(y)| exp(-y^2/2)
    <= 1.09 sqrt(2^n n!) (Abramowitz and Stegun 22.14.17), hence 1.23 sqrt(2^n / n!)/(n + 1);
    atan(x)/x = int_0^1 ds/(1 + x^2 s^2), whose integrand's coefficients are at most s^n;
    sin(x)/x = int_0^1 cos(x s) ds.
    """
    ctx.prec = BITS
    return {
        "exp": exp_table(),
        "log": log_table(),
        "mills": mills_table(),
        "erf": even_table(quotient(arb_series.erf), 192, 2.3e-4),
        "atan": even_table(quotient(arb_series.atan), 33, 1 / 13),
        "sin": even_table(quotient(arb_series.sin), 26, 1.7e-10),
        "cos": even_table(arb_series.cos, 26, 2.1e-9),
    }


if __name__ == "__main__":
    here = Path(__file__).with_name("tables.npz")
    np.savez(Path(sys.argv[1]) if len(sys.argv) > 1 else here, **tables())  # type: ignore[arg-type]
