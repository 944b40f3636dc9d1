"""Lines in whole numbers for fixed point: y = (base + slope*u + half) >> shift, checked at every input.

The first bits of the input are the number of a segment, the others are u.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from actcli.errors import ActcliError
from actcli.language.limits import Array
from actcli.language.trees import Node
from actcli.numerics.fixed import Fixed, counted
from actcli.shape.approximations import upward
from actcli.shape.fits import minimax

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_SHIFT = 14
WIDEST = 1 << 31


@dataclass(frozen=True)
class WholeLines:
    """Base and slope of each segment, the least input first, and how far each is off, in output steps."""

    taken: Fixed
    given: Fixed
    address: int
    shift: int
    base: "NDArray[np.int64]"
    slope: "NDArray[np.int64]"
    errors: Array

    def run(self, codes: "NDArray[np.int64]") -> "NDArray[np.int64]":
        """Return what the circuit answers at codes."""
        bits = self.taken.bits - self.address
        i = (codes >> bits) + len(self.base) // 2
        total = self.base[i] + self.slope[i] * (codes & ((1 << bits) - 1)) + (1 << self.shift >> 1)
        return np.asarray(np.clip(total >> self.shift, self.given.low, self.given.high))

    @property
    def error(self) -> float:
        """The largest error over all inputs, in steps of the output."""
        return float(self.errors.max())

    @property
    def sentence(self) -> str:
        """What was checked."""
        count = 1 << self.taken.bits
        steps_off, size = (upward(Fraction(self.error) * k) for k in (1, self.given.scale))
        return (
            f"{count:,} of {count:,} inputs checked: the error is at most {steps_off} steps of"
            f" {self.given.name}, {size}; what passes its ends saturates"
        )


def whole_truth(tree: Node, label: str, taken: Fixed, given: Fixed) -> Array:
    """Return g at every input, the least first, in steps of the output, with what saturates at its ends."""
    found = counted(tree, label, taken, given, np.arange(taken.low, taken.high + 1)) + given.zero
    return np.clip(found, given.low, given.high)


def whole_lines(values: Array, taken: Fixed, given: Fixed, segments: int, degree: int) -> WholeLines:
    """Return the best lines, or constants of degree 0; ActcliError where a width does not do."""
    address, most = segments.bit_length() - 1, len(values) >> 2 * degree
    if segments != 1 << address or not 2 <= segments <= most:
        raise ActcliError(
            f"--segments {segments}: a power of two from 2 to {most:,}, as the first bits of the"
            " input are the segment's number"
        )
    rows = values.reshape(segments, -1)
    for shift in range(MOST_SHIFT, 0, -1) if degree else [0]:
        lines = np.array([_line(row, shift, degree) for row in rows], dtype=np.int64)
        base, slope = lines[:, 0], lines[:, 1]
        if np.abs(base).max() + np.abs(slope).max() * rows.shape[1] + (1 << shift) < WIDEST:
            break
    else:
        raise ActcliError(f"{given.name} is too wide: base + slope*u passes 32 bits; write fewer bits")
    made = WholeLines(taken, given, address, shift, base, slope, np.zeros(segments))
    answers = made.run(np.arange(taken.low, taken.high + 1)).reshape(segments, -1)
    off = np.abs(answers - rows) * (1 + 2.0**-50) + np.abs(rows) * 2.0**-52
    return WholeLines(taken, given, address, shift, base, slope, off.max(axis=1))


def _line(row: Array, shift: int, degree: int) -> tuple[int, int]:
    """Return the base and the slope with the least error, then with most inputs rounded right."""
    u = np.arange(len(row), dtype=np.int64)
    slopes = [0]
    if degree:
        _, series = minimax(u.astype(float), row, 1)
        steep = float(series[1]) * 2 / (len(row) - 1) * 2**shift
        slopes = [int(np.floor(steep)), int(np.ceil(steep))]
    found = []
    for slope in dict.fromkeys(slopes):
        rest = row * 2**shift - slope * u
        middle = (rest.max() + rest.min()) / 2
        for base in {int(np.floor(middle)), int(np.ceil(middle))}:
            off = np.abs(((base + slope * u + (1 << shift >> 1)) >> shift) - row)
            found.append((float(off.max()), int((off > 0.5).sum()), base, slope))
    _, _, base, slope = min(found)
    return base, slope
