"""CPU seconds of a check for every value and slope: all of bfloat16, a million float32; and beside mpmath.

    python tests/benchmarks/bench_check.py

The aims: 0.15 s for the 65,536 numbers of bfloat16, 0.6 s for a million of float32, 20 ns a point for the
comparison itself.
"""

import time
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np

from actcli.catalog import CATALOG, function
from actcli.checks.run import Asked, check_batches, compared
from actcli.checks.tally import Tally, Tolerance
from actcli.numerics.answers import array_answers
from actcli.numerics.dtypes import numbers_of

MILLION = 1_000_000


def main() -> None:
    """Print how many of the questions meet the aims, the slowest, and what the comparison costs."""
    rng = np.random.default_rng(1)
    ordinary = rng.normal(0, 5, MILLION).astype(np.float32).astype(np.float64)
    tell("bfloat16, all", numbers_of("bfloat16"), "bfloat16", 0.15)
    tell("float32, a million", ordinary, "float32", 0.6)
    compare(np.sort(ordinary), "in order")
    compare(ordinary, "at random")
    beside_mpmath(ordinary[:2000])


def tell(title: str, z: np.ndarray, dtype: str, aim: float) -> None:
    found = []
    for entry in CATALOG:
        for order in (0, 1):
            asked = Asked(dtype, order, Tolerance(1.0))
            f = function(entry.name)
            y = array_answers(asked.question(f, order == 1), z, dtype)
            found.append((cpu(lambda: check_batches(f, [{"z": z, "y": y}], asked)), entry.name + "'" * order))  # noqa: B023
    found.sort(reverse=True)
    slowest = ", ".join(f"{label} {spent:.2f}" for spent, label in found[:6])
    met = sum(spent <= aim for spent, _ in found)
    print(f"{title}: {met} of {len(found)} within {aim} s; slowest {slowest}", flush=True)


def compare(z: np.ndarray, title: str) -> None:
    asked = Asked("float32", 0, Tolerance(1.0))
    question = asked.question(function("gelu"), False)
    run = compared(question, {"z": z, "y": array_answers(question, z, "float32")}, "y", asked)
    print(f"comparison, {title}: {cpu(lambda: Tally(Tolerance(1.0)).add(run)) / len(z) * 1e9:.0f} ns a point")


def beside_mpmath(z: np.ndarray) -> None:
    asked = Asked("float32", 0, Tolerance(1.0))
    y = array_answers(asked.question(function("gelu"), False), z, "float32")
    ours = cpu(lambda: check_batches(function("gelu"), [{"z": z, "y": y}], asked))
    with mpmath.workdps(30):
        theirs = cpu(
            lambda: [mpmath.mpf(x) * mpmath.ncdf(x) - mpmath.mpf(v) for x, v in zip(z, y, strict=True)]
        )
    print(f"gelu beside mpmath's: {theirs / ours:.0f} times its speed")


def cpu(work: Callable[[], Any]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


if __name__ == "__main__":
    main()
