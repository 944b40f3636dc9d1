"""Steps on whole arrays that need no rounding: bits, masks, ranges."""

import numpy as np
from numpy.typing import NDArray

from actcli.language.limits import Array as Array

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Places = NDArray[np.intp]
Part = Array | float  # an array, or the float 0.0: zero everywhere
Pair = tuple[Array, Array]

# glibc hands freed arrays back to the system, page by page, until it has seen a large block go;
# without this line every temporary array faults its pages in anew, and all words take twice as long
np.empty(3 << 20)


def quiet() -> np.errstate:
    """Return a context without NumPy's warnings; balls say nan and inf by their radius."""
    return np.errstate(all="ignore")


_SIGN = np.int64(-(2**63))


def signs_of(a: Array) -> Ints:
    """The sign bits of a, for `flip`."""
    return a.view(np.int64) & _SIGN


def flip(a: Part, signs: Ints) -> Part:
    """`a`, negated where the sign bit is set."""
    return a if isinstance(a, float) else (a.view(np.int64) ^ signs).view(np.float64)


def select(mask: Ints, a: Part, b: Part) -> Array:
    """a where the mask is -1, b where it is 0, by bits: no branch, and no nan leaks through."""
    bits = np.asarray(b).view(np.int64)
    chosen = np.asarray(a).view(np.int64) ^ bits
    chosen = chosen & mask
    chosen ^= bits
    return chosen.view(np.float64)


def array_of(x: Part) -> Array:
    """A part that is known to be an array."""
    assert not isinstance(x, float)
    return x


def add_parts(a: Part, b: Part) -> Part:
    """a + b without touching arrays for a known zero."""
    if isinstance(a, float):
        return b
    return a if isinstance(b, float) else a + b


def multiply_parts(a: Array, b: Part) -> Part:
    """a * b without touching arrays for a known zero."""
    return b if isinstance(b, float) else a * b


def polynomial(coefficients: tuple[float, ...], x: Array) -> Array:
    """c0 + c1 x + c2 x^2 + ... by Horner's rule."""
    p = x * coefficients[-1]
    for c in coefficients[-2:0:-1]:
        p += c
        p *= x
    p += coefficients[0]
    return p


def within(x: Array, low: float, high: float) -> bool:
    """Tell whether all of x lies in [low, high]; nan does not."""
    return bool(x.min() >= low and x.max() <= high)


def infinite(h: Array) -> Bools:
    """Where h is infinite or nan."""
    return ~np.isfinite(h)


def refuse(r: Array, bad: Bools) -> None:
    """Mark points as not known."""
    if bad.any():
        r[bad] = np.inf


def filled(part: Part, like: Array) -> Array:
    """A part as an array of the shape of `like`."""
    return np.zeros_like(like) + part
