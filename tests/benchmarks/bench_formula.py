"""How fast formulas are read: parsed, differentiated, and evaluated over a million points.

    python tests/benchmarks/bench_formula.py

Every line is measured in one run, the best of several turns taken alternately; ratios are to the same
formula written by hand in NumPy over the whole array.
"""

import time

import numpy as np

from actcli.catalog import defined
from actcli.language.calculus import derivative, evaluate
from actcli.language.formula import parse
from actcli.numerics.plain import ARRAYS

POINTS = np.random.default_rng(1).normal(0.0, 5.0, 1_000_000)
BLOCK = 16_384
TURNS = 9


def stable_sigmoid(z):
    tail = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, tail) / (1.0 + tail)


def stable_softplus(z):
    return np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z)))


BY_HAND = {
    "z*sigmoid(1.702z)": lambda z: z * stable_sigmoid(1.702 * z),
    "z*tanh(softplus(z))": lambda z: z * np.tanh(stable_softplus(z)),
    "0.5z*(1 + tanh(sqrt(2/pi)*(z + 0.044715z^3)))": lambda z: (
        0.5 * z * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * (z * z * z))))
    ),
    "1 - 2z + 3z^2 - z^3/7": lambda z: 1 - 2 * z + 3 * (z * z) - z * z * z / 7,
    "where(z >= 0, z, exp(z) - 1)": lambda z: np.where(z >= 0, z, np.exp(z) - 1),
    "max(0, z)": lambda z: np.maximum(0, z),
}


def whole(tree, side=0):
    return lambda z: evaluate(tree, ARRAYS, {"z": z}, side)


def blocked(tree, side=0):
    """Evaluate in blocks that stay in the cache, as the program does."""

    def run(z):
        result = np.empty_like(z)
        for start in range(0, len(z), BLOCK):
            part = slice(start, start + BLOCK)
            result[part] = evaluate(tree, ARRAYS, {"z": z[part]}, side)
        return result

    return run


def seconds(functions):
    """Return the best time of each function."""
    best = [float("inf")] * len(functions)
    for _ in range(TURNS):
        for i, function in enumerate(functions):
            start = time.perf_counter()
            function(POINTS)
            best[i] = min(best[i], time.perf_counter() - start)
    return best


def microseconds(action, count=200):
    best = float("inf")
    for _ in range(5):
        start = time.perf_counter()
        for _ in range(count):
            action()
        best = min(best, (time.perf_counter() - start) / count)
    return best * 1e6


def main():
    print(f"{'':46} {'by hand':>8} {'value':>12} {'derivative':>12} {'parse':>7} {'and slope':>9}")
    print(f"{'':46} {'ns':>8} {'whole block':>12} {'whole block':>12} {'us':>7} {'us':>9}")
    for text, by_hand in BY_HAND.items():
        tree = parse(text, defined)
        slope = derivative(tree)
        with np.errstate(all="ignore"):
            np.testing.assert_allclose(whole(tree)(POINTS), by_hand(POINTS), rtol=1e-9, atol=1e-15)
            hand, *times = seconds([by_hand, whole(tree), blocked(tree), whole(slope, 1), blocked(slope, 1)])
        a, b, c, d = (f"{t / hand:.2f}" for t in times)
        parsing = microseconds(lambda text=text: parse(text, defined))
        both = microseconds(lambda text=text: derivative.__wrapped__(parse(text, defined)))
        print(f"{text:46} {hand * 1e3:8.1f} {a:>6}{b:>6} {c:>6}{d:>6} {parsing:7.0f} {both:9.0f}")


if __name__ == "__main__":
    main()
