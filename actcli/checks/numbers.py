"""The forms in which a kernel's numbers come: CSV, NumPy's files, raw bytes, one output per encoding.

Each form yields batches of columns z, y, dy and more, as float64 that are numbers of the format; z is rounded
to it, a y that is none is refused with its place.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import numpy as np

from actcli.errors import ActcliError
from actcli.language.limits import Array
from actcli.numerics.balls.arrays import Places
from actcli.numerics.dtypes import DTYPES, all_as_written, from_bits, numbers_of, rounded_array
from actcli.streams.csv_heads import NoHeadError, Wanted
from actcli.streams.csv_records import RecordRows
from actcli.streams.csv_tables import batches, begun
from actcli.streams.floats import numbers
from actcli.streams.notations import bits_read

Given = Mapping[str, Array]
BATCH = 1 << 17  # points of a batch
MOST_EXHAUSTIVE = 32  # bits of a format that are all walked through
LEAST_DIGITS = 4  # digits below which a decimal does not tell a number of a narrow format


def in_raw(file: IO[bytes], dtype: str, every: bool) -> Iterator[Given]:
    """Yield pairs z, y of little-endian numbers, or with `every` one y per encoding in order of the bits."""
    form = DTYPES[dtype]
    size, columns = form.width // 8, 1 if every else 2
    if every and form.width > MOST_EXHAUSTIVE:
        raise ActcliError(f"--all: {dtype} has 2^{form.width} encodings; give z and y")
    done = 0
    while data := file.read(BATCH * size * columns):
        if len(data) % (size * columns):
            of = "an output" if every else "a pair z, y"
            raise ActcliError(f"the file ends amid {of} of {size * columns} bytes: is it {dtype}?")
        found = from_bits(_patterns(np.frombuffer(data, f"<u{size}")), dtype).reshape(-1, columns)
        done += len(found)
        if every and done > 1 << form.width:
            break
        yield {"z": _encodings(done - len(found), done, dtype) if every else found[:, 0], "y": found[:, -1]}
    if every and done != 1 << form.width:
        expected = (1 << form.width) * size
        raise ActcliError(f"--all takes one output for each encoding of {dtype}: {expected:,} bytes")


def _patterns(bits: Any) -> Places:
    found: Places = bits.astype(np.uint64).astype(np.int64)
    return found


def _encodings(start: int, stop: int, dtype: str) -> Array:
    """Return what the patterns of bits from `start` on are."""
    if DTYPES[dtype].width <= 16:
        return numbers_of(dtype)[start:stop]
    return from_bits(np.arange(start, stop, dtype=np.int64), dtype)


# ---------------------------------------------------------------------------- NumPy's files


def in_numpy(path: Path, dtype: str, every: bool) -> Iterator[Given]:
    """Yield the columns of an .npy file (N x 2 or N x 3: z, y, dy) or of the arrays z, y, dy of an .npz."""
    try:
        loaded = np.load(path, allow_pickle=False, mmap_mode="r" if path.suffix == ".npy" else None)
    except (ValueError, EOFError) as fault:
        raise ActcliError(str(fault)) from None
    whole = dict(loaded) if path.suffix == ".npz" else _named(loaded, dtype, every)
    columns = {
        name: np.atleast_1d(column).ravel() for name, column in whole.items() if name in ("z", "y", "dy")
    }
    lengths = {len(column) for column in columns.values()}
    if len(lengths) != 1:
        raise ActcliError(f"{_lengths(columns)}; z, y and dy are to be of one length")
    for start in range(0, lengths.pop(), BATCH):
        part = {name: column[start : start + BATCH] for name, column in columns.items()}
        yield {name: in_format(as_floats(column, dtype), dtype, name, start) for name, column in part.items()}


def _lengths(columns: Given) -> str:
    return ", ".join(f"{name} has {len(column):,}" for name, column in columns.items()) or "no z, y or dy"


def _named(table: Array, dtype: str, every: bool) -> Given:
    if every:
        if table.size != 1 << DTYPES[dtype].width:
            raise ActcliError(f"--all takes one output for each encoding of {dtype}, not {table.size:,}")
        return {"z": _encodings(0, table.size, dtype), "y": table.ravel()}
    if table.ndim != 2 or table.shape[1] not in (2, 3):
        raise ActcliError(f"an array of shape {table.shape}: N x 2 or N x 3 are taken, for z, y and dy")
    return dict(zip(("z", "y", "dy"), table.T, strict=False))


def as_floats(column: Array, dtype: str) -> Array:
    """Return numbers as float64; whole numbers without sign, as wide as the format, are its bits."""
    if column.dtype.kind == "u" and column.dtype.itemsize * 8 == DTYPES[dtype].width:
        return from_bits(_patterns(column), dtype)
    if column.dtype.kind not in "biufV":  # V: formats that NumPy does not have, such as bfloat16
        raise ActcliError(f"an array of {column.dtype} holds no real numbers")
    try:
        return np.asarray(column).astype(np.float64)
    except (TypeError, ValueError):
        raise ActcliError(f"an array of {column.dtype} holds no numbers") from None


def in_format(values: Array, dtype: str, name: str, start: int = 0, where: str = "row") -> Array:
    """Round z to the format; refuse another column's number that is none of the format."""
    found = rounded_array(values, dtype)
    odd = np.flatnonzero((found != values) & ~np.isnan(values)) if name != "z" else ()
    for i in odd if len(odd) and not (all_as_written(found[odd], dtype) == values[odd]).all() else ():
        if not _is_its_decimal(float(values[i]), float(found[i]), dtype):
            raise ActcliError(
                f"{where} {start + i + 1:,}: {name} = {float(values[i])!r} is no number of {dtype}"
            )
    return found


def _is_its_decimal(text: float, value: float, dtype: str) -> bool:
    """Tell whether a decimal is what a number of a format is when it is printed with enough digits."""
    least = float(all_as_written(np.array([value]), dtype)[0])
    shortest = len(repr(least).partition("e")[0].replace(".", "").lstrip("-0"))
    return any(float(f"{value:.{digits - 1}e}") == text for digits in range(max(shortest, LEAST_DIGITS), 18))


# ---------------------------------------------------------------------------- CSV


def in_csv(file: IO[bytes], names: Sequence[str], dtype: str) -> Iterator[Given]:
    """Yield columns by their names in the header; numbers are decimals, hexadecimal floats or bits."""
    try:
        head, text = begun(file, Wanted(("z",), header=True))
    except NoHeadError as fault:
        raise ActcliError(
            f"columns z and y (or dy) are needed: {fault}; for bytes add --raw or --all"
        ) from None
    known = [name.decode("utf-8", "replace") for name in head.names]
    wanted = [name for name in names if name in known]
    if len(wanted) < 2:
        raise ActcliError(f"columns z and y (or dy) are needed: the first line has {', '.join(known)[:200]}")
    for line, rows in batches(file, replace(head, chosen=[known.index(name) for name in wanted]), text):
        yield {
            name: _read(texts, dtype, name, line, rows)
            for name, texts in zip(wanted, rows.texts, strict=True)
        }


def _read(texts: Sequence[bytes], dtype: str, name: str, line: int, rows: RecordRows) -> Array:
    plain = [_decimal(text, dtype) for text in texts] if b"x" in b"".join(texts).lower() else texts
    found, bad, sentence = numbers(plain)
    zeros = np.flatnonzero(found == 0)
    found[zeros] = [-0.0 if plain[i].lstrip().startswith(b"-") else 0.0 for i in zeros.tolist()]
    if bad:
        raise ActcliError(f"line {line + rows.line(rows.at[bad[0]]) + 1}, column {name!r}: {sentence}")
    return in_format(found, dtype, name, line, "line")


def _decimal(text: bytes, dtype: str) -> bytes:
    if b"p" in text.lower():
        try:
            return repr(float.fromhex(text.decode())).encode()
        except (ValueError, OverflowError):
            return text
    return bits_read(text.strip(), dtype)
