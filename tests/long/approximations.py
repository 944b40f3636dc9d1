"""Every entry on [-8, 8] in 16 segments of degree 1, 2 and 3: how long it takes, and how near its proof is.

    python tests/long/approximations.py [ENTRY...]

Exits 1 where an error that is proven is above 1.0001 of the largest that is seen, or there is none.
"""

import multiprocessing
import sys
import time
from fractions import Fraction

import numpy as np

from actcli.catalog import CATALOG
from actcli.errors import ActcliError
from actcli.functions import activation
from actcli.shape.approximations import Wish, approximate


def points(low, high):
    """Return even points of a segment without its end, and closer and closer ones at 0 and the ends."""
    near = np.exp2(-np.arange(1.0, 45.0))
    z = np.concatenate([np.linspace(low, high, 2001), low + near, high - near, near, -near])
    return np.unique(z[(z >= low) & (z < high)])


def measured(task):
    """Return an entry, a degree, seconds of CPU, the errors proven and seen, and what floats lose."""
    name, degree = task
    started, kernel = time.process_time(), activation(name)
    try:
        found = approximate(kernel._function.formula, Fraction(-8), Fraction(8), Wish(16, None, degree))
    except ActcliError as fault:
        return name, degree, time.process_time() - started, float("nan"), 1.0, 0.0, str(fault)
    taken, seen, lost = time.process_time() - started, 0.0, 0.0
    for s in found.segments:
        z = points(s.low, s.high)
        for _ in range(2):  # the second time about each that is larger than a neighbour
            g = kernel(z)
            off = np.abs(np.polyval([float(c) for c in s.powers[::-1]], z) - g)
            seen, lost = max(seen, float(off.max())), max(lost, float(np.abs(g).max()) * 2.0**-51)
            top = 1 + np.flatnonzero((off[1:-1] >= off[:-2]) & (off[1:-1] >= off[2:]))
            top = top[(off[top] > off[top - 1]) | (off[top] > off[top + 1])]
            z = np.concatenate([z[:1], *(np.linspace(z[i - 1], z[i + 1], 101) for i in top)])
    return name, degree, taken, float(found.error), seen, lost, ""


def main():
    """Tell each, and return 1 where one is wrong."""
    tasks = [(name, d) for name in sys.argv[1:] or [e.name for e in CATALOG] for d in (1, 2, 3)]
    wrong, total, started = 0, 0.0, time.monotonic()
    with multiprocessing.Pool(2) as pool:
        for name, degree, taken, worst, seen, lost, told in pool.imap(measured, tasks):
            total += taken
            bad = not seen - lost <= worst <= 1.0001 * seen + lost
            wrong += bad
            print(f"{name} {degree} {taken:.2f} s {worst:.6g} {'WRONG' if bad else ''} {told}", flush=True)
    print(f"{len(tasks)} in {time.monotonic() - started:.0f} s, {total:.0f} s of CPU; {wrong} wrong")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
