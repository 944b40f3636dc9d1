"""What proven digits cost, against mpmath doing the same work at the same digits in the same run.

    python tests/benchmarks/bench_digits.py

mpmath gives no bound of its error: its figures are for the bare evaluation, without a proof.
"""

import random
import time
from collections.abc import Callable
from fractions import Fraction

import mpmath
from mpmath import mp, mpf

from actcli.catalog import function
from actcli.numerics import answers


def best(run: Callable[[], object], rounds: int = 5) -> float:
    """Return the least of a few timings in seconds."""
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        found.append(time.perf_counter() - start)
    return min(found)


def report(name: str, points: list[Fraction], count: int, text: str, peer: Callable[[mpf], mpf]) -> None:
    question = answers.value(function(text))
    numbers = [mpf(z.numerator) / z.denominator for z in points]

    def ours() -> None:
        for z in points:
            answers.digits(question, z, count)

    def theirs() -> None:
        mp.dps = count + 5
        for z in numbers:
            mpmath.nstr(peer(z), count)

    mine, other = best(ours) / len(points), best(theirs) / len(points)
    print(f"{name:38} {mine * 1e6:10.1f} us  mpmath {other * 1e6:10.1f} us  ratio {mine / other:.2f}")


def main() -> None:
    rng = random.Random(0)
    points = [Fraction(rng.randint(-10_000, 10_000), 1000) for _ in range(10_000)]
    report("sigmoid, 17 digits, 10,000 points", points, 17, "sigmoid", lambda z: 1 / (1 + mpmath.exp(-z)))
    report("z*Phi(z), 17 digits, 1,000 points", points[:1000], 17, "z*Phi(z)", lambda z: z * mpmath.ncdf(z))
    report("z*Phi(z) at 1, 1000 digits", [Fraction(1)], 1000, "z*Phi(z)", lambda z: z * mpmath.ncdf(z))
    logistic: Callable[[mpf], mpf] = lambda z: 1 / (1 + mpmath.exp(-z))  # noqa: E731
    report("sigmoid at 1/10, 10,000 digits", [Fraction(1, 10)], 10_000, "sigmoid", logistic)


if __name__ == "__main__":
    main()
