"""CPU seconds for every value and slope over all of a narrow format, over float32, and in float64's tails.

    python tests/benchmarks/bench_tails.py

The aims: 0.1 s for all 65,536 numbers of bfloat16 or float16, 0.5 us a point of float32, 1 us in tails.
"""

import time
from collections.abc import Callable

import numpy as np

from actcli.catalog import CATALOG, function
from actcli.numerics.answers import Question, array_answers, slope, value
from actcli.numerics.dtypes import numbers_of

POINTS = 40_000


def main() -> None:
    """Print for each kind of points how many of the questions meet the aim, and the slowest."""
    rng = np.random.default_rng(1)
    far = rng.choice([-1, 1], POINTS) * 10 ** rng.uniform(2, 308, POINTS)
    ordinary = rng.normal(0, 5, POINTS).astype(np.float32).astype(np.float64)
    tell("bfloat16", numbers_of("bfloat16"), "bfloat16", 0.1, lambda seconds: seconds)
    tell("float16", numbers_of("float16"), "float16", 0.1, lambda seconds: seconds)
    tell("float32, us a point", ordinary, "float32", 0.5, lambda seconds: seconds / POINTS * 1e6)
    tell("tails, us a point", far, "float64", 1.0, lambda seconds: seconds / POINTS * 1e6)


def tell(title: str, points: np.ndarray, dtype: str, aim: float, figure: Callable[[float], float]) -> None:
    found = sorted(((figure(cpu(q, points, dtype)), q.label) for q in questions()), reverse=True)
    slowest = ", ".join(f"{label} {spent:.2f}" for spent, label in found[:8])
    met = sum(spent <= aim for spent, _ in found)
    print(f"{title}: {met} of {len(found)} within {aim}; slowest {slowest}", flush=True)


def questions() -> list[Question]:
    functions = [function(entry.name) for entry in CATALOG]
    return [ask(f) for f in functions for ask in (value, slope)]


def cpu(question: Question, points: np.ndarray, dtype: str) -> float:
    array_answers(question, points[:1000], dtype)
    started = time.process_time()
    array_answers(question, points, dtype)
    return time.process_time() - started


if __name__ == "__main__":
    main()
