"""The whole proof that answers are correctly rounded, for every entry of the catalog, against Arb.

    python tests/long/rounding.py narrow [ENTRY...]              all float16 and bfloat16 inputs
    python tests/long/rounding.py double [ENTRY...] [-n NUMBER]  float64: so many points an entry and order
    python tests/long/rounding.py hardest [ENTRY...] [-n NUMBER] keeps the hardest points for the tests
    options: -j PROCESSES

Of each value and derivative it compares what arrays answer with the answer that Arb proves at the
same point. What arrays leave undecided is Arb's own answer, and is counted. Exits 1 at any difference.
"""

import argparse
import math
import multiprocessing
import sys
import time
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from actcli.catalog import CATALOG, function
from actcli.errors import ActcliError, UndefinedError
from actcli.numerics.answers import Question, answer, array_answers, plain_answers, slope, value
from actcli.numerics.balls import read
from actcli.numerics.blocks import in_balls
from actcli.numerics.dtypes import rounded_array
from actcli.numerics.exact import nearest

HARDEST = Path(__file__).parents[1] / "numerics" / "data" / "hardest.npz"
MOST = 200  # points that are kept of each value and derivative
NARROW = ("float16", "bfloat16")
SPECIAL = (
    0.0,
    1e-300,
    5e-324,
    2.0**-1022,
    1.0,
    6.0,
    27.2,
    38.5,
    708.4,
    709.8,
    745.1,
    1e3,
    1e19,
    1e154,
    1.7e308,
)


class Finding(NamedTuple):
    """What one run found: how many points, how many Arb answered anyway, and which differ."""

    task: str
    points: int
    open: int
    wrong: list[tuple[float, float, float]]


def main() -> int:
    """Run what is asked for and tell each finding; return 1 where an answer is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=("narrow", "double", "hardest"))
    parser.add_argument("entries", nargs="*")
    parser.add_argument("-n", type=int, default=1_000_000)
    parser.add_argument("-j", type=int, default=2)
    chosen = parser.parse_args()
    names = chosen.entries or [entry.name for entry in CATALOG]
    tasks = [(name, order) for name in names for order in (0, 1)]
    if chosen.kind == "hardest":
        keep(tasks, chosen.n, chosen.j)
        return 0
    check = narrow if chosen.kind == "narrow" else partial(double, count=chosen.n)
    started = time.monotonic()
    with multiprocessing.Pool(chosen.j) as pool:
        findings = [told(found) for found in pool.imap(check, tasks)]
    total, wrong = sum(f.points for f in findings), sum(len(f.wrong) for f in findings)
    print(f"{total} points, {wrong} wrong, {time.monotonic() - started:.0f} s")
    return 1 if wrong else 0


def told(found: Finding) -> Finding:
    """Print a finding as it comes."""
    print(
        f"{found.task:24}{found.points:10}{found.open:8} by Arb alone{len(found.wrong):6} wrong", flush=True
    )
    for z, got, right in found.wrong[:5]:
        print(f"    at {z!r} ({z.hex()}): {got!r}, should be {right!r}", flush=True)
    return found


def question_of(name: str, order: int) -> Question:
    """Return the value or the derivative of an entry as a question."""
    return slope(function(name)) if order else value(function(name))


def same(a: float, b: float) -> bool:
    """Tell whether two answers are the same number, sign of zero and nan included."""
    return (math.isnan(a) and math.isnan(b)) or (a == b and math.copysign(1, a) == math.copysign(1, b))


# ---------------------------------------------------------------- all numbers of a narrow format


def inputs(dtype: str) -> np.ndarray:
    """Return all 65,536 numbers of a format as float64."""
    bits = np.arange(1 << 16, dtype=np.uint16)
    narrow = bits.view(np.float16) if dtype == "float16" else (bits.astype(np.uint32) << 16).view(np.float32)
    with np.errstate(invalid="ignore"):  # signalling nans
        return narrow.astype(np.float64)


def narrow(task: tuple[str, int]) -> Finding:
    """Check every input of the narrow formats."""
    question, wrong, count = question_of(*task), [], 0
    for dtype in NARROW:
        points = inputs(dtype)
        pairs = zip(array_answers(question, points, dtype), expected(question, points, dtype), strict=True)
        wrong += [
            (z, got, right) for z, (got, right) in zip(points, pairs, strict=True) if not same(got, right)
        ]
        count += points.size
    return Finding(question.label, count, 0, wrong)


def expected(question: Question, points: np.ndarray, dtype: str) -> np.ndarray:
    """Return the answers that Arb proves: its float64 rounded, or where that is next to a tie, its own."""
    double = np.array([proven(question, z, "float64") for z in points.tolist()])
    with np.errstate(all="ignore"):
        low, high = (rounded_array(np.nextafter(double, end), dtype) for end in (-np.inf, np.inf))
        found = rounded_array(double, dtype)
    for i in np.flatnonzero((low != high) & np.isfinite(double)):
        found[i] = proven(question, float(points[i]), dtype)
    return found


def proven(question: Question, z: float, dtype: str) -> float:
    """Return the answer that Arb proves, nan where there is none."""
    try:
        return answer(question, z, dtype)
    except UndefinedError:
        return math.nan


# ---------------------------------------------------------------- float64


def double(task: tuple[str, int], count: int) -> Finding:
    """Check points of every kind; those that arrays leave open are only counted."""
    question = question_of(*task)
    points = np.unique(np.concatenate([*kinds(question, count)]))
    wrong, undecided = [], 0
    for block in np.array_split(points, points.size // 16384 + 1):
        found, unsure = in_balls(question, block)
        undecided += int(unsure.sum())
        decided = np.stack([block, np.broadcast_to(found, block.shape) + 0.0])[:, ~unsure]
        for z, got in decided.T.tolist():
            try:
                right = nearest(question.formula, z, question.order)
            except ActcliError:  # Arb gives up: nothing to compare with
                undecided += 1
                continue
            if not same(got, right):
                wrong.append((z, got, right))
    return Finding(question.label, points.size, undecided, wrong)


def keep(tasks: list[tuple[str, int]], count: int, processes: int) -> None:
    """Write the hardest points of each value and derivative to the tests' data, beside what is there."""
    with multiprocessing.Pool(processes) as pool:
        found = pool.map(partial(hardest, count=count), tasks)
    names = [f"{name} {order}" for name, order in tasks]
    np.savez_compressed(HARDEST, **{**np.load(HARDEST), **dict(zip(names, found, strict=True))})


def hardest(task: tuple[str, int], count: int) -> np.ndarray:
    """Return the points whose answers lie closest to the middle between two float64, closest first."""
    question = question_of(*task)
    points = np.unique(np.concatenate([*kinds(question, count)]))
    gaps = np.concatenate(
        [gap(question, block) for block in np.array_split(points, points.size // 16384 + 1)]
    )
    return points[np.argsort(gaps, kind="stable")[:MOST]]


def gap(question: Question, z: np.ndarray) -> np.ndarray:
    """Return how far each answer is from a middle between two float64, in ulp; infinite for a float64."""
    assert question.tree
    with np.errstate(all="ignore"):
        found = read(question.tree, z)
        low = np.broadcast_to(np.abs(found.l), z.shape)
        spacing = np.broadcast_to(np.spacing(np.abs(found.h)), z.shape)
        return np.where((low > 0) & np.isfinite(low / spacing), np.abs(low / spacing - 0.5), np.inf)


def kinds(question: Question, count: int) -> Iterator[np.ndarray]:
    """Yield points of every kind, all finite, about `count` in all."""
    rng = np.random.default_rng(zlib.crc32(question.label.encode()))
    part = count // 6
    yield rng.normal(0, 5, part)
    yield rng.uniform(-50, 50, part)
    yield rng.uniform(-800, 800, part)
    yield rng.choice([-1.0, 1.0], part) * np.ldexp(rng.uniform(1, 2, part), rng.integers(-1074, 1023, part))
    bits = rng.integers(0, 2**64, part, dtype=np.uint64).view(np.float64)
    yield bits[np.isfinite(bits)]
    places = np.concatenate([turning_points(question), np.array(SPECIAL), -np.array(SPECIAL)])
    each = max(part // places.size, 3)
    near = places.view(np.int64)[:, None] + np.arange(-(each // 2), each // 2 + 1)
    near = near.view(np.float64).ravel()
    yield near[np.isfinite(near)]


def turning_points(question: Question) -> np.ndarray:
    """Return where the plain answers change sign, direction or kind: 0, subnormal, infinite."""
    z = np.concatenate([np.linspace(-800, 800, 20_001), np.linspace(-12, 12, 20_001)])
    z.sort()
    g = plain_answers(question, z)
    with np.errstate(all="ignore"):
        states = [np.sign(g), np.sign(np.diff(g, append=0)), np.abs(g) > 2.0**-1022, np.isfinite(g)]
        changed = [np.diff(state.astype(np.float64)) != 0 for state in states]
    changes = np.flatnonzero(np.any(changed, axis=0))
    changes = changes[:: max(1, changes.size // 40)]
    return np.unique(np.concatenate([refined(question, z[i], z[i + 1]) for i in changes] or [np.zeros(1)]))


def refined(question: Question, low: float, high: float) -> np.ndarray:
    """Return the ends of an interval, and in it, ever closer, where the plain answer bends most."""
    for _ in range(12):
        z = np.linspace(low, high, 11)
        with np.errstate(all="ignore"):
            steps = np.abs(np.diff(plain_answers(question, z), 2, prepend=0, append=0))
        at = int(np.argmax(np.nan_to_num(steps[1:-1]))) + 1
        low, high = z[max(at - 1, 0)], z[min(at + 1, 10)]
    return np.array([low, high])


if __name__ == "__main__":
    sys.exit(main())
