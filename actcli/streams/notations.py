"""Numbers in another notation than shortest decimals: the bits of their format, or all their digits."""

import math
import re
from collections.abc import Callable, Sequence
from decimal import Decimal

from actcli.language.texts import Bits, Cell, Digits
from actcli.numerics.dtypes import DTYPES

_BITS = re.compile(rb"(?<![^\s,;:\"])0[xX]([0-9a-fA-F]+)(?![^\s,;:\"])")
_FIXED = range(-4, 16)  # decimal exponents that are written without e


def as_bits(values: Sequence[float], dtype: str) -> list[Cell]:
    """Return the patterns of bits of numbers of a format: 0x3f80."""
    import numpy as np

    from actcli.numerics.dtypes import to_bits

    width = DTYPES[dtype].width
    patterns = to_bits(np.array(values, np.float64), dtype).tolist()
    texts = [f"0x{pattern & ((1 << width) - 1):0{width // 4}x}" for pattern in patterns]
    return [Bits(text, value) for text, value in zip(texts, values, strict=True)]


def as_exact(values: Sequence[float], dtype: str) -> list[Cell]:
    """Return numbers with every digit that they have."""
    return [Digits(_all_digits(value)) if math.isfinite(value) else value for value in values]


def _all_digits(value: float) -> str:
    number = Decimal(value)
    power = number.adjusted() if number else 0
    if power in _FIXED:
        return f"{number:f}"
    mantissa, _, power_text = f"{number:e}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = fraction.rstrip("0")
    return f"{whole}{'.' if fraction else ''}{fraction}e{int(power_text)}"


NOTATIONS: dict[str, Callable[[Sequence[float], str], list[Cell]]] = {"bits": as_bits, "exact": as_exact}


def bits_read(text: bytes, dtype: str) -> bytes:
    """Return a text with decimals in place of patterns of bits; one of more bits than the format stays."""
    parts = _BITS.split(text)
    parts[1::2] = _decimals(parts[1::2], dtype)
    return b"".join(parts)


def _decimals(patterns: Sequence[bytes], dtype: str) -> list[bytes]:
    import numpy as np

    from actcli.numerics.dtypes import from_bits

    width = DTYPES[dtype].width
    fitting = [int(pattern, 16) if len(pattern) <= width // 4 else -1 for pattern in patterns]
    values = from_bits(np.array([max(0, bits) for bits in fitting], np.uint64).astype(np.int64), dtype)
    return [
        b"0x" + pattern if bits < 0 else repr(value).encode()
        for pattern, bits, value in zip(patterns, fitting, values.tolist(), strict=True)
    ]
