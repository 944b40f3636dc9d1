"""CPU seconds of a check for every value and slope: all of bfloat16, a million float32; and beside others.

    python tests/benchmarks/bench_check.py

The aims: 0.15 s for the 65,536 numbers of bfloat16, 0.6 s for a million of float32, 20 ns a point for the
comparison itself.
"""

import contextlib
import math
import time
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np

from actcli.catalog import CATALOG, function
from actcli.checks.run import Asked, check_batches, compared
from actcli.checks.tally import Tally, Tolerance
from actcli.checks.ulps import ulp
from actcli.numerics.answers import array_answers
from actcli.numerics.dtypes import DTYPES, numbers_of

MILLION = 1_000_000


def main() -> None:
    """Print how many of the questions meet the aims, the slowest, and what the comparison costs."""
    rng = np.random.default_rng(1)
    ordinary = rng.normal(0, 5, MILLION).astype(np.float32).astype(np.float64)
    tell("bfloat16, all", numbers_of("bfloat16"), "bfloat16", 0.15)
    tell("float32, a million", ordinary, "float32", 0.6)
    compare(np.sort(ordinary), "in order")
    compare(ordinary, "at random")
    beside_others()


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


def beside_others() -> None:
    """Judge a right gelu, and one that is 0 left of -5, over all of bfloat16, in each way."""
    z = numbers_of("bfloat16")
    z = z[np.isfinite(z)]
    right = array_answers(
        Asked("bfloat16", 0, Tolerance(1.0)).question(function("gelu"), False), z, "bfloat16"
    )
    kernels = {"right": right, "0 left of -5": np.where(z < -5, 0.0, right)}
    for method, judge in {
        "actcli": by_actcli,
        "float64": by_float64,
        "ulpwise": by_ulpwise,
        "mpmath": by_mpmath,
    }.items():
        for name, y in kernels.items():
            few = slice(None, None, 32 if method == "mpmath" else 1)
            with contextlib.suppress(ImportError):
                started = time.process_time()
                most = judge(z[few], y[few])
                spent = (time.process_time() - started) / len(z[few])
                print(f"{method:8} {name:14} most {most:10.4g} ulp, {spent * 1e6:8.2f} us a point")


def by_actcli(z: np.ndarray, y: np.ndarray) -> float:
    asked = Asked("bfloat16", 0, Tolerance(1.0))
    return check_batches(function("gelu"), [{"z": z, "y": y}], asked)["gelu"].largest


def plain_gelu(z: np.ndarray) -> np.ndarray:
    """Return what frameworks compute in float64."""
    with np.errstate(all="ignore"):
        return z * 0.5 * (1 + np.array([math.erf(x) for x in (z / math.sqrt(2)).tolist()]))


def by_float64(z: np.ndarray, y: np.ndarray) -> float:
    """Measure against a longer format, as ARM's ulp does where it is given no MPFR."""
    true = plain_gelu(z)
    with np.errstate(all="ignore"):
        return float(np.nanmax(np.abs(y - true) / ulp(true, DTYPES["bfloat16"])))


def by_ulpwise(z: np.ndarray, y: np.ndarray) -> float:
    import ulpwise

    return float(ulpwise.max_ulp(y.tolist(), plain_gelu(z).tolist(), "bf16")[0] or math.nan)


def by_mpmath(z: np.ndarray, y: np.ndarray) -> float:
    with mpmath.workdps(30):
        true = np.array([float(mpmath.mpf(x) * mpmath.ncdf(x)) for x in z.tolist()])
    return float(np.max(np.abs(y - true) / ulp(true, DTYPES["bfloat16"])))


def cpu(work: Callable[[], Any]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


if __name__ == "__main__":
    main()
