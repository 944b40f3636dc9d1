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


def measured(task):
    """Return an entry, a degree, seconds of CPU, the error that is proven and the largest that is seen."""
    name, degree = task
    started, kernel = time.process_time(), activation(name)
    try:
        found = approximate(kernel._function.formula, Fraction(-8), Fraction(8), Wish(16, None, degree))
    except ActcliError as fault:
        return name, degree, time.process_time() - started, float("nan"), 1.0, str(fault)
    taken, seen = time.process_time() - started, 0.0
    for s in found.segments:
        z = np.linspace(s.low, s.high, 2001)[:-1]
        for _ in range(2):  # the second time about the largest alone
            off = np.abs(np.polyval([float(c) for c in s.powers[::-1]], z) - kernel(z))
            seen, at = max(seen, float(off.max())), int(off.argmax())
            z = np.linspace(z[max(at - 1, 0)], z[min(at + 1, len(z) - 1)], 101)
    return name, degree, taken, float(found.error), seen, ""


def main():
    """Tell each, and return 1 where one is wrong."""
    tasks = [(name, d) for name in sys.argv[1:] or [e.name for e in CATALOG] for d in (1, 2, 3)]
    wrong, total, started = 0, 0.0, time.monotonic()
    with multiprocessing.Pool(2) as pool:
        for name, degree, taken, worst, seen, told in pool.imap(measured, tasks):
            total += taken
            bad = not seen - 1e-14 <= worst <= 1.0001 * seen + 1e-14
            wrong += bad
            print(f"{name} {degree} {taken:.2f} s {worst:.6g} {'WRONG' if bad else ''} {told}", flush=True)
    print(f"{len(tasks)} in {time.monotonic() - started:.0f} s, {total:.0f} s of CPU; {wrong} wrong")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
