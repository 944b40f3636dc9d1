"""Hold random formulas against mpmath for as long as you like, value and derivatives on both sides.

    python tests/long/referee.py [SECONDS] [SEED]

Prints what was compared, what was refused, and every disagreement.
"""

import contextlib
import random
import signal
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from referee import Record, round_of

LONGEST = 10  # seconds for one formula: mpmath may take days for an exponential of an exponential


def _give_up(*_: object) -> None:
    raise TimeoutError


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 3600
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    chance, record, start, told = random.Random(seed), Record(), time.monotonic(), 0
    signal.signal(signal.SIGALRM, _give_up)
    while time.monotonic() - start < seconds:
        signal.alarm(LONGEST)
        with contextlib.suppress(TimeoutError):
            round_of(chance, record)
        signal.alarm(0)
        for fault in record.wrong[told:]:
            print(*fault, sep="  ", flush=True)
        told = len(record.wrong)
    print(dict(record.counts), f"{len(record.wrong)} wrong")


if __name__ == "__main__":
    main()
