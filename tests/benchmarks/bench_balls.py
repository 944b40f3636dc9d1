"""What a correctly rounded answer costs over arrays, for every entry of the catalog.

    python tests/benchmarks/bench_balls.py [ENTRY...] [--points N] [--rounds N] [--at NUMBER]

Prints for value and derivative, over normal(0, 5) points or points next to a NUMBER: nanoseconds of
one thread a number (the least of several rounds), the same for the formula in plain float64 in the
same run, their ratio, and how many points in a million went to Arb one by one.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from actcli.catalog import CATALOG, function
from actcli.numerics import answers
from actcli.numerics.answers import Question, slope, value


class Cost(NamedTuple):
    """Nanoseconds a number, in balls and in plain float64, and the points in a million that Arb answered."""

    balls: float
    plain: float
    open: float


def main() -> None:
    """Measure the entries that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("entries", nargs="*", default=[entry.name for entry in CATALOG])
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--at", type=float)
    chosen = parser.parse_args()
    points = np.random.default_rng(0).normal(0, 5, chosen.points)
    if chosen.at is not None:
        points = chosen.at + points * 1e-9
    print(f"{'':24}{'ns':>8}{'plain':>8}{'ratio':>7}{'open/1e6':>10}")
    found = dict(table(chosen.entries, points, chosen.rounds))
    for name, costs in (("g", list(found.values())[::2]), ("g'", list(found.values())[1::2])):
        print(f"{'median ' + name:24}{statistics.median(cost.balls for cost in costs):8.1f}")


def table(names: list[str], points: np.ndarray, rounds: int) -> Iterator[tuple[str, Cost]]:
    """Yield and print the cost of each question."""
    for name in names:
        bound = function(name)
        for question in (value(bound), slope(bound)):
            found = cost(question, points, rounds)
            ratio = found.balls / found.plain
            print(
                f"{question.label:24}{found.balls:8.1f}{found.plain:8.1f}{ratio:7.1f}{found.open:10.1f}",
                flush=True,
            )
            yield question.label, found


def cost(question: Question, points: np.ndarray, rounds: int) -> Cost:
    """Measure one question, the two arithmetics in turn."""
    times = [
        (_time(answers.array_answers, question, points), _time(_plain, question, points))
        for _ in range(rounds)
    ]
    balls, plain = (min(column) / points.size * 1e9 for column in zip(*times, strict=True))
    return Cost(balls, plain, _open(question, points) / points.size * 1e6)


def _time(f: Callable[[Question, np.ndarray], object], question: Question, points: np.ndarray) -> float:
    start = time.thread_time()
    f(question, points)
    return time.thread_time() - start


def _plain(question: Question, points: np.ndarray) -> None:
    for start in range(0, points.size, answers.BLOCK):
        answers.plain_answers(question, points[start : start + answers.BLOCK])


def _open(question: Question, points: np.ndarray) -> int:
    """Count the points that are answered one by one."""
    count, one = 0, answers.answer

    def counted(question: Question, z: float, dtype: str) -> float:
        nonlocal count
        count += 1
        return one(question, z, dtype)

    answers.answer = counted
    answers.array_answers(question, points)
    answers.answer = one
    return count


if __name__ == "__main__":
    main()
