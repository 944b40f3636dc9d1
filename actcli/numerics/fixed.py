"""Fixed point: whole numbers that stand for scaled reals, and the correctly rounded whole number of g.

Nearest, ties away from zero, saturating. An input of B bits has an address: its bits, read without sign.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from actcli.errors import ActcliError, UndecidedError
from actcli.language.trees import Node, Z, number, postorder, replaced, substitute
from actcli.language.words import RELATIONS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from actcli.language.limits import Array

MOST_INPUTS = 1 << 24
HALF = Fraction(1, 2)
FEW = 64  # points that are answered one by one as soon


@dataclass(frozen=True)
class Fixed:
    """The reals (code - zero)*scale, for whole codes of so many bits with a sign."""

    name: str
    bits: int
    scale: Fraction
    zero: int = 0

    @property
    def low(self) -> int:
        """The least code."""
        return -(1 << (self.bits - 1))

    @property
    def high(self) -> int:
        """The greatest code."""
        return (1 << (self.bits - 1)) - 1

    def real(self, code: int) -> Fraction:
        """Return what a code stands for."""
        return (code - self.zero) * self.scale

    def nearest(self, value: Fraction | float) -> int:
        """Return the code nearest to a real: ties away from zero, saturating."""
        if isinstance(value, float):
            return self.high if value > 0 else self.low
        steps = abs(value) / self.scale
        whole = math.floor(steps + HALF)
        return min(max((whole if value >= 0 else -whole) + self.zero, self.low), self.high)

    def codes(self) -> "NDArray[np.int64]":
        """Return all codes in the order of their addresses: 0, 1 ... and then the negative ones."""
        import numpy as np

        address = np.arange(1 << self.bits, dtype=np.int64)
        return np.where(address > self.high, address - (1 << self.bits), address)


def fixed_named(text: str) -> Fixed:
    """Return the format that a text is: Qm.n of 1 + m + n bits, or sSCALE,zZERO of 8."""
    if match := re.fullmatch(r"[qQ](\d{1,2})\.(\d{1,2})", text):
        whole, places = map(int, match.groups())
        if not 2 <= 1 + whole + places <= 32:
            raise ActcliError(f"{text}: 2 to 32 bits, one of them the sign: m + n from 1 to 31")
        return Fixed(f"Q{whole}.{places}", 1 + whole + places, Fraction(1, 1 << places))
    if match := re.fullmatch(r"s([\d.eE+-]+)(?:,z([+-]?\d{1,3}))?", text):
        try:
            scale = Fraction(match[1])
        except ValueError:
            scale = Fraction(0)
        zero = int(match[2] or 0)
        if scale > 0 and -128 <= zero <= 127:
            return Fixed(text, 8, scale, zero)
    raise ActcliError(f"{text!r} is no fixed-point format: write Qm.n such as Q3.12, or s0.05,z3 for int8")


def pair_named(text: str) -> tuple[Fixed, Fixed]:
    """Return the formats of IN:OUT; ActcliError where there are too many inputs."""
    parts = text.split(":")
    if len(parts) != 2:
        raise ActcliError(f"--fixed {text}: write IN:OUT, such as Q3.12:Q0.15 or s0.05,z3:s0.01")
    taken, given = (fixed_named(part) for part in parts)
    if 1 << taken.bits > MOST_INPUTS:
        raise ActcliError(
            f"--fixed {text}: {1 << taken.bits:,} inputs, at most {MOST_INPUTS:,}: write an IN of fewer bits"
        )
    return taken, given


def scaled(tree: Node, taken: Fixed, given: Fixed) -> Node:
    """Return g as a formula from codes to steps of the output, neither shifted by its zero nor rounded."""
    code = Z if not taken.zero else Node("-", Z, number(taken.zero))
    inner = substitute(tree, {"z": Node("*", code, number(taken.scale))})
    return Node("*", inner, number(1 / given.scale))


def counted(tree: Node, label: str, taken: Fixed, given: Fixed, codes: "NDArray[np.int64]") -> "Array":
    """Return the float64 nearest to g at codes, in steps of the output; ActcliError where there is none."""
    import numpy as np

    from actcli.numerics.answers import Question, array_answers

    formula = scaled(tree, taken, given)
    found = array_answers(Question(label, formula, formula), codes.astype(float))
    if np.isnan(found).any():
        at = float(taken.real(int(codes[np.isnan(found)][0])))
        raise ActcliError(f"{label} has no value at z = {at:g}, and fixed point no nan")
    return found


def rounded_steps(tree: Node, taken: Fixed, given: Fixed, codes: "NDArray[np.int64]",
                  found: "Array") -> "NDArray[np.int64]":  # fmt: skip
    """Return the codes of the output: whole steps, ties away from zero, saturating.

    A float64 that is nearest to g lies on the side of every middle on which g lies, or is that middle.
    """
    import numpy as np

    bounded = np.clip(found, given.low - given.zero - 1.0, given.high - given.zero + 1.0)
    whole = np.trunc(bounded)
    rest = np.abs(bounded - whole)
    whole += np.where(rest >= 0.5, np.sign(bounded), 0.0)
    ties = np.flatnonzero(rest == 0.5)
    if len(ties):
        middles = bounded[ties]
        off = _off_middles(scaled(tree, taken, given), codes[ties])
        away = np.where(off == 0, middles > 0, off > 0)
        whole[ties] = np.where(away, np.ceil(middles), np.floor(middles))
    return np.clip(whole.astype(np.int64) + given.zero, given.low, given.high)


def _off_middles(formula: Node, codes: "NDArray[np.int64]") -> "Array":
    """Return how far g is from the middle next to it, where float64 show none: 0 where it is that."""
    import numpy as np

    off = _branch_by_branch(
        Node("-", Node("-", formula, Node("floor", formula)), number(HALF)), codes.astype(float)
    )
    if np.isnan(off).any():
        raise UndecidedError(f"not proven: the side of a tie at the input {codes[np.isnan(off)][0]}")
    return off


def _branch_by_branch(tree: Node, z: "Array") -> "Array":
    """Return the answers at points, those of each branch alone: where it is exact no other blurs it."""
    import numpy as np

    from actcli.numerics.answers import Question, array_answers

    choice = next((n for n in postorder(tree) if n.op in ("where", "min", "max")), None)
    if choice is None or len(z) < FEW:
        return array_answers(Question("", tree, tree), z)
    first, second = choice.children[-2:]
    condition = choice.children[0] if choice.op == "where" else Node("<=", first, second)
    gap = Node("-", *condition.children)
    holds = RELATIONS[condition.op](array_answers(Question("", gap, gap), z), 0.0)
    holds = holds if choice.op != "max" else ~holds
    found = np.empty_like(z)
    for mask, branch in ((holds, first), (~holds, second)):
        if mask.any():
            found[mask] = _branch_by_branch(replaced(tree, {choice: branch}), z[mask])
    return found


def coded(tree: Node, label: str, taken: Fixed, given: Fixed,
          codes: "Sequence[int] | NDArray[np.int64]") -> "NDArray[np.int64]":  # fmt: skip
    """Return the code of the output nearest to g at each code of the input."""
    import numpy as np

    inputs = np.asarray(codes, dtype=np.int64)
    return rounded_steps(tree, taken, given, inputs, counted(tree, label, taken, given, inputs))
