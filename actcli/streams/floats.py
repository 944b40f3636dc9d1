"""Many numbers at once: lines of text to float64, and float64 to the text that `texts.shortest` gives.

What is certainly a number as JSON knows it is parsed in bulk; every other line is read as a point is.
"""

import contextlib
import re
import struct
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from actcli.errors import ActcliError
from actcli.language.limits import Array
from actcli.language.points import parse_number
from actcli.numerics.balls.arrays import Places
from actcli.numerics.dtypes import are_middles

Text = npt.NDArray[np.uint8]
Parsed = tuple[Array, list[int], str]  # as `numbers` returns it
TextPart = tuple[Places, Parsed]  # some places among all, and what is read there

_PARSER: Any = None
with contextlib.suppress(ImportError):  # the newest Pythons have no wheel of it
    import simdjson

    _PARSER = simdjson.Parser()

_NOT_NUMBERS = tuple(b',"[{uf')  # one of them is in every other JSON value: true and null have a u
_DECIMAL = re.compile(rb"[+-]?(?:\d++\.?\d*+|\.\d++)(?:[eE](?:\+?\d++|-\d{1,3}+))?")
_DECIMALS = re.compile(rb"(?:[ \t\r]*+%b[ \t\r]*+\n)*+" % _DECIMAL.pattern)
_ODD = ~np.isin(np.arange(256), np.frombuffer(b"0123456789+-.eE \t\r\n", np.uint8))
_SPECIAL = {b"nan": np.nan, b"inf": np.inf, b"-inf": -np.inf}
_HEXADECIMAL = re.compile(rb"[+-]?0x(?:[\da-f]++\.?[\da-f]*+|\.[\da-f]++)p[+-]?\d{1,5}", re.IGNORECASE)
_MAY_BE = re.compile(  # all that is a number, and little else: beyond ASCII there are a minus, inf and blanks
    rb"[\s\x1c-\x1f]*+(?:%b\d*+|%b|[+-]?(?:inf(?:inity)?|nan))[\s\x1c-\x1f]*+"
    rb"|[-+.\da-fxpinty\s\x1c-\x1f]*+[\xc2\xe1-\xe3][-+.\da-fxpinty\s\x1c-\x1f\x80-\xaf\xc2\xe1-\xe3]*+"
    % (_DECIMAL.pattern, _HEXADECIMAL.pattern),
    re.IGNORECASE,
)
_LONG_EXPONENT = re.compile(rb"[+-]?\d{4}")
FEW_MARKS = 100  # of exponents, that are looked at one by one
_FEW = 1_000  # lines that are read one by one rather than split further

NONFINITE = (b"nan", b"inf", b"-inf")


# ---------------------------------------------------------------------------- text to numbers


def parsed_in_bulk(data: bytes) -> Array | None:
    """Return the numbers of lines, the last with its end or without, or None where one is not plainly one.

    The numbers are those that `points.parse_number` gives, rounded to nearest; zero is never negative.
    """
    if any(byte in data for byte in _NOT_NUMBERS) or _has_long_exponent(data):
        return None
    array = _as_array(data).data
    for parse in PARSERS:
        with contextlib.suppress(ValueError, RuntimeError):
            values = parse(array)
            return values + 0.0 if len(values) else None  # None: nothing but blanks
    return None


def _parsed_by_simdjson(array: memoryview) -> Array:
    """Return the numbers of a JSON array; beyond 64 bits an integer is a RuntimeError."""
    return np.frombuffer(_PARSER.parse(array).as_buffer(of_type="d"))


def _parsed_by_orjson(array: memoryview) -> Array:
    """Return the same in twice the time, integers of any length."""
    values = orjson.loads(array)
    return np.frombuffer(struct.pack(f"{len(values)}d", *values))  # half the time of numpy.array


PARSERS = (_parsed_by_simdjson, _parsed_by_orjson) if _PARSER else (_parsed_by_orjson,)


def _as_array(data: bytes) -> Text:
    """Return lines as the text of a JSON array."""
    text = np.empty(len(data) + 1 + (not data.endswith(b"\n")), np.uint8)
    _exchange(np.frombuffer(data, np.uint8), b"\n", b",", text[1 : len(data) + 1])
    text[0], text[-1] = b"[]"
    return text


def _exchange(text: Text, old: bytes, new: bytes, out: Text) -> None:
    """Copy a text with one byte in place of another, in a quarter of the time of bytes.replace."""
    mask = out.view(np.int8)
    np.equal(text, ord(old), out=mask.view(np.bool_))
    np.negative(mask, out=mask)
    mask &= ord(old) ^ ord(new)
    out ^= text


def _has_long_exponent(data: bytes) -> bool:
    """Tell whether an exponent may have four digits: JSON reads 1e-99999 as 0, a point must not be that."""
    data = data.replace(b"E", b"e")
    place = data.find(b"e")
    for _ in range(FEW_MARKS):
        if place < 0 or _LONG_EXPONENT.match(data, place + 1):
            return place >= 0
        place = data.find(b"e", place + 1)
    text = np.frombuffer(data + b"\n", np.uint8)
    marks = np.flatnonzero(text == ord("e"))
    long = np.ones(len(marks), bool)
    for after in range(2, 6):
        long &= text.take(marks + after, mode="clip") - ord("0") < 10
    return bool(long.any())


def number_in(text: bytes, hinted: bool = True) -> float:
    """Return the float64 nearest to the number that a line holds; ActcliError where it holds none."""
    text = text.strip()
    if _DECIMAL.fullmatch(text):
        value = float(text)
        if abs(value) != np.inf:
            return value + 0.0
        if not hinted:
            raise ActcliError("too large")
    elif text in _SPECIAL:
        return _SPECIAL[text]
    elif _HEXADECIMAL.fullmatch(text):
        with contextlib.suppress(OverflowError):
            return float.fromhex(text.decode()) + 0.0
    try:
        return float(parse_number(text.decode(), hinted)) + 0.0
    except UnicodeDecodeError:
        raise ActcliError(f"{repr(text[:40])[1:]} is not text in UTF-8") from None


def numbers(texts: Sequence[bytes]) -> Parsed:
    """Return a number for each text (nan where it is none), which are none, and what is wrong with the first.

    What hinders reading in bulk is set apart: what has other letters or is no decimal, else a sixteenth.
    """
    found = _numbers_of_all(texts)
    if found is not None:
        return _without_infinite(found, texts)
    if len(texts) <= _FEW:
        return _one_by_one(texts)
    every, odd = np.arange(len(texts)), _odd_ones(texts)
    if not odd.size:
        odd = np.array([i for i, text in enumerate(texts) if not _DECIMAL.fullmatch(text.strip())], dtype=int)
    if odd.size:
        return _joined(_part(numbers, texts, np.delete(every, odd)), _part(_one_by_one, texts, odd))
    return _joined(*(_part(numbers, texts, part) for part in np.array_split(every, 16)))


def _without_infinite(found: Array, texts: Sequence[bytes]) -> Parsed:
    """Return numbers of which those that are infinite were too large."""
    large = np.flatnonzero(np.isinf(found))
    found[large] = np.nan
    return found, large.tolist(), _fault_of(texts[large[0]]) if large.size else ""


def _fault_of(text: bytes) -> str:
    """Return what is wrong with a text that is no number."""
    try:
        number_in(text)
    except ActcliError as fault:
        return str(fault)
    return ""


def _numbers_of_all(texts: Sequence[bytes]) -> Array | None:
    """Return the numbers of texts that are all plainly numbers, inf where one is too large; or None."""
    lines = b"\n".join([*texts, b""])
    found = parsed_in_bulk(lines)
    if found is not None and len(found) == len(texts):
        return found
    if lines.count(b"\n") != len(texts) or not _DECIMALS.fullmatch(lines):
        return None
    return np.array(list(map(float, texts))) + 0.0


def _odd_ones(texts: Sequence[bytes]) -> Places:
    """Return which texts are empty, or have a byte that decimals have not; or a line end, where some do."""
    text = np.frombuffer(b"\n".join([b"", *texts, b""]), np.uint8)
    ends = np.flatnonzero(text == ord("\n"))
    if len(ends) > len(texts) + 1:
        return np.array([i for i, text in enumerate(texts) if b"\n" in text])
    odd = np.diff(ends) == 1
    odd[np.searchsorted(ends, np.flatnonzero(_ODD[text])) - 1] = True
    return np.flatnonzero(odd)


def _part(read: Callable[[list[bytes]], Parsed], texts: Sequence[bytes], places: Places) -> TextPart:
    return places, read([texts[i] for i in places.tolist()])


def _joined(*parts: TextPart) -> Parsed:
    """Return what was read in parts as one."""
    found = np.empty(sum(len(places) for places, _ in parts))
    faults: list[tuple[int, str]] = []
    for places, (values, bad, sentence) in parts:
        found[places] = values
        faults += [(int(places[i]), sentence) for i in bad]
    faults.sort()
    return found, [place for place, _ in faults], faults[0][1] if faults else ""


def _one_by_one(texts: Sequence[bytes]) -> Parsed:
    found, is_bad = np.full(len(texts), np.nan), np.ones(len(texts), bool)
    for i in [i for i, text in enumerate(texts) if _MAY_BE.fullmatch(text)]:
        with contextlib.suppress(ActcliError):
            found[i], is_bad[i] = number_in(texts[i], hinted=False), False
    bad = np.flatnonzero(is_bad)
    return found, bad.tolist(), _fault_of(texts[bad[0]]) if bad.size else ""


def sharpened(values: Array, texts: Callable[[], Sequence[bytes]], dtype: str) -> Array:
    """Return float64s that round to a narrow format as the numbers in the texts do.

    A text beside the middle of two numbers of the format may be nearest to a float64 that is this middle.
    """
    if dtype == "float64":
        return values
    middles = np.flatnonzero(are_middles(values, dtype) & np.isfinite(values))
    if not middles.size:
        return values
    sharp, lines = values.copy(), texts()
    for i in middles.tolist():
        exact = parse_number(lines[i].strip().decode())
        if exact != (value := float(values[i])):
            sharp[i] = np.nextafter(value, np.inf if exact > value else -np.inf)
    return sharp


# ---------------------------------------------------------------------------- numbers to text


def printed(columns: Sequence[Array], between: bytes = b",", nonfinite: Sequence[bytes] = NONFINITE) -> bytes:
    """Return a line, with its end, for each row of equally long columns.

    `nonfinite` are the words for nan, inf and -inf.
    """
    rows = np.column_stack(columns) if len(columns) > 1 else columns[0]
    if not len(rows):
        return b""
    with np.errstate(invalid="ignore"):  # a signalling nan
        some_whole = bool(np.any(rows == np.rint(rows)))
        sizes = np.abs(rows)
        some_large = bool(np.any(sizes >= 1e16))
        apart = (sizes < 1e-4) & (sizes >= 1e-5)  # JSON has 0.00005 there, and no word for what is not finite
        apart |= ~(sizes < np.inf)
    odd = rows[apart]
    if odd.size:
        rows = np.where(apart, np.nan, rows)
    text = _lines(orjson.dumps(np.ascontiguousarray(rows), option=orjson.OPT_SERIALIZE_NUMPY), rows.ndim)
    if some_whole:  # JSON has a fraction there: 1.0
        text = text.replace(b".0\n", b"\n").replace(b".0,", b",")
    if some_large:
        text = text.replace(b"e+", b"e")
    if odd.size:
        text = _filled(text, odd, nonfinite)
    return text if between == b"," or rows.ndim == 1 else text.replace(b",", between)


def _lines(array: bytes, depth: int) -> bytes:
    """Return the text of a JSON array of numbers, or of arrays of them, as lines."""
    if depth > 1:
        return array[2:-2].replace(b"],[", b"\n") + b"\n"
    text = np.empty(len(array) - 1, np.uint8)
    _exchange(np.frombuffer(array, np.uint8)[1:], b",", b"\n", text)
    text[-1] = ord("\n")
    return text.tobytes()


def _filled(text: bytes, odd: Array, nonfinite: Sequence[bytes]) -> bytes:
    """Put the numbers that JSON does not write as `texts.shortest` does in the places where it has null.

    A field of four bytes, as null has, takes a text in C; no text for it is shorter than the field's width.
    """
    form = np.frombuffer(text, np.uint8).copy()
    starts = np.flatnonzero(form == ord("n"))
    for i, byte in enumerate(b"%-1b"):
        form[starts + i] = byte
    return form.tobytes() % tuple(_apart(odd, nonfinite))


def _apart(odd: Array, nonfinite: Sequence[bytes]) -> list[bytes]:
    """Return nan, inf and -inf as the words for them, and 0.00005 as 5e-5."""
    cells = np.array(nonfinite, dtype=object)[np.where(np.isnan(odd), 0, np.where(odd > 0, 1, 2))]
    told = np.isfinite(odd)
    if told.any():
        cells[told] = _with_exponents(odd[told])
    texts: list[bytes] = cells.tolist()
    return texts


def _with_exponents(odd: Array) -> list[bytes]:
    """Return numbers from 1e-5 to 1e-4: 0.00001234 becomes 0.0001.234, which alone has 0.000 in it."""
    given = orjson.dumps(odd, option=orjson.OPT_SERIALIZE_NUMPY)[1:-1]
    text = np.frombuffer(given + b",", np.uint8).copy()
    points = np.flatnonzero(text == ord("."))
    text[points + 4] = text[points + 5]
    text[points + 5] = ord(".")
    cells = text.tobytes().replace(b"0.000", b"").replace(b",", b"e-5,").replace(b".e", b"e")
    return cells.split(b",")[:-1]
