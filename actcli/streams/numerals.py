"""Many numbers at once: lines of text to float64, and float64 to the text that `tables.shortest` gives.

What is certainly a number as JSON knows it is parsed in bulk; every other line is read as a point is.
"""

import re
import struct
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import orjson

from actcli.errors import ActcliError
from actcli.points import parse_number
from actcli.words import Array

Places = npt.NDArray[np.intp]
_NOT_NUMBERS = tuple(b',"[{uf')  # one of them is in every other JSON value: true and null have a u
_DECIMAL = re.compile(rb"[+-]?(?:\d++\.?\d*+|\.\d++)(?:[eE][+-]?\d{1,3})?")
_SPECIAL = {b"nan": np.nan, b"inf": np.inf, b"-inf": -np.inf}
_FEW = 16  # lines that are read one by one rather than split further

NONFINITE = (b"nan", b"inf", b"-inf")
JSON_NONFINITE = (b'"NaN"', b'"Infinity"', b'"-Infinity"')


# ---------------------------------------------------------------------------- text to numbers


def bulk(data: bytes) -> Array | None:
    """Return the numbers of lines without their last end, or None where some line is not plainly one.

    The numbers are those that `points.parse_number` gives, rounded to nearest; zero is never negative.
    """
    if any(byte in data for byte in _NOT_NUMBERS) or _has_long_exponent(data):
        return None
    try:
        values = orjson.loads(b"[" + data.replace(b"\n", b",") + b"]")
    except orjson.JSONDecodeError:
        return None
    if not values:  # nothing but blanks
        return None
    packed = struct.pack(f"{len(values)}d", *values)  # half the time of numpy.array
    return np.frombuffer(packed) + 0.0


def _has_long_exponent(data: bytes) -> bool:
    """Tell whether an exponent may have four digits: JSON reads 1e-99999 as 0, a point must not be that."""
    if b"e" not in data and b"E" not in data:
        return False
    text = np.frombuffer(data + b"\n", np.uint8)
    marks = np.flatnonzero((text | 32) == ord("e"))
    long = np.ones(len(marks), bool)
    for after in range(2, 6):
        long &= text.take(marks + after, mode="clip") - ord("0") < 10
    return bool(long.any())


def number(text: bytes) -> float:
    """Return the float64 nearest to the number that a line holds; ActcliError where it holds none."""
    text = text.strip()
    if _DECIMAL.fullmatch(text):
        value = float(text)
        if abs(value) != np.inf:
            return value + 0.0
    if text in _SPECIAL:
        return _SPECIAL[text]
    try:
        return float(parse_number(text.decode())) + 0.0
    except UnicodeDecodeError:
        raise ActcliError(f"{repr(text[:40])[1:]} is not text in UTF-8") from None


def numbers(texts: Sequence[bytes]) -> tuple[Array, list[int], str]:
    """Return a number for each text (nan where it is none), which are none, and what is wrong with the first.

    Where bulk reading fails the texts are halved until it succeeds or few are left.
    """
    found = bulk(b"\n".join(texts)) if texts else np.empty(0)
    if found is not None and len(found) == len(texts):
        return found, [], ""
    if len(texts) <= _FEW:
        return _one_by_one(texts)
    middle = len(texts) // 2
    left, bad_left, fault_left = numbers(texts[:middle])
    right, bad_right, fault_right = numbers(texts[middle:])
    bad = bad_left + [middle + i for i in bad_right]
    return np.concatenate([left, right]), bad, fault_left or fault_right


def _one_by_one(texts: Sequence[bytes]) -> tuple[Array, list[int], str]:
    found = np.full(len(texts), np.nan)
    bad: list[int] = []
    first = ""
    for i, text in enumerate(texts):
        try:
            found[i] = number(text)
        except ActcliError as fault:
            bad.append(i)
            first = first or str(fault)
    return found, bad, first


# ---------------------------------------------------------------------------- numbers to text


def printed(columns: Sequence[Array], between: bytes = b",", nonfinite: Sequence[bytes] = NONFINITE) -> bytes:
    """Return a line for each row of equally long columns, without the last line's end.

    `nonfinite` are the words for nan, inf and -inf.
    """
    rows = np.column_stack(columns) if len(columns) > 1 else columns[0]
    if not len(rows):
        return b""
    text = orjson.dumps(np.ascontiguousarray(rows), option=orjson.OPT_SERIALIZE_NUMPY)
    text = text[1:-1].replace(b",", b"\n") if rows.ndim == 1 else text[2:-2].replace(b"],[", b"\n")
    with np.errstate(invalid="ignore"):  # a signalling nan
        some_whole = bool(np.any(rows == np.rint(rows)))
    if some_whole:  # JSON has a fraction there: 1.0
        text = (text + b"\n").replace(b".0\n", b"\n").replace(b".0,", b",")[:-1]
    if not np.isfinite(rows).all():
        text = _filled(text, rows.ravel(), nonfinite)
    return text if between == b"," or rows.ndim == 1 else text.replace(b",", between)


def _filled(text: bytes, values: Array, words: Sequence[bytes]) -> bytes:
    """Put the words for nan, inf and -inf in the places where JSON has null."""
    parts = text.split(b"null")
    odd = values[~np.isfinite(values)].tolist()
    woven = [b""] * (len(parts) + len(odd))
    woven[::2] = parts
    woven[1::2] = [words[0] if v != v else words[1] if v > 0 else words[2] for v in odd]
    return b"".join(woven)
