"""The command points: what to feed a kernel."""

from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Annotated

from actcli.errors import ActcliError
from actcli.numerics.dtypes import DTYPES, dtype_named
from actcli.shell.options import (
    OutputFile,
    find_function,
    flag,
    functions_and_points,
    is_point,
    named_option,
    whole,
)
from actcli.shell.signals import limit_work

if TYPE_CHECKING:
    from actcli.language.limits import Array
    from actcli.numerics.balls.arrays import Places

PART = 1 << 16  # numbers that are written at once
DTYPE = f"Of the numbers: {', '.join(DTYPES)}."


def command(
    tokens: Annotated[list[str] | None, functions_and_points("[FUNCTION] [LO:HI]")] = None,
    dtype: Annotated[str, named_option("--dtype", dtype_named, values=tuple(DTYPES), help=DTYPE)] = "float64",
    every: Annotated[bool, flag("--all", "Every number of the format, in order of the bits.")] = False,
    hard: Annotated[bool, flag("--hard", "Where FUNCTION is hard to get right, and why.")] = False,
    num: Annotated[
        int | None, whole("--num", most=1 << 26, help="N numbers, evenly among those of the format.")
    ] = None,
    order: Annotated[int | None, whole("--order", most=1, help="1: the hard points of the slope.")] = None,
    raw: Annotated[bool, flag("--raw", "Write little-endian bytes.")] = False,
    npy: Annotated[
        bool, flag("--npy", "Write a file of NumPy, as bits where NumPy has no such numbers.")
    ] = False,
    bits: Annotated[bool, flag("--bits", "Write numbers as their bits, 0x3f80.")] = False,
    output: OutputFile = None,
) -> None:
    """Print points to feed a kernel: all, some, or the hard ones.

    \b
    actcli points --dtype bfloat16 --all --raw -o z.bin
    actcli points gelu --dtype float32 --hard
    actcli points --dtype float32 --num 1000 -8:8
    """
    from actcli.shell.output import opened

    if sum((every, hard, num is not None)) != 1:
        raise ActcliError("which points? give one of --all, --hard and --num N")
    span = next((token for token in tokens or [] if is_point(token)), "")
    name = next((token for token in tokens or [] if not is_point(token)), "")
    if bool(name) != hard:
        raise ActcliError("--hard needs a FUNCTION" if hard else f"{name}: only --hard asks for a FUNCTION")
    form = "raw" if raw else "npy" if npy else "bits" if bits else ""
    with opened(output) as file:
        if hard:
            from actcli.checks.hard import hard_points
            from actcli.numerics.dtypes import to_bits

            z, reasons = _columns(hard_points(find_function(name), dtype, order or 0))
            file.write(
                _in_bytes(to_bits(z, dtype), dtype, form)
                if form in ("raw", "npy")
                else _in_lines(z, reasons, dtype, form)
            )
        else:
            _write_even(file, dtype, span, num, form)


def _columns(found: list[tuple[float, str]]) -> "tuple[Array, list[str]]":
    import numpy as np

    return np.array([z for z, _ in found], np.float64), [reason for _, reason in found]


def _write_even(file: IO[bytes], dtype: str, span: str, num: int | None, form: str) -> None:
    """Write numbers of a format in parts, but for NumPy, whose files say first how many they are."""
    import numpy as np

    from actcli.numerics.dtypes import from_bits

    parts = _encodings(dtype) if num is None else _even(dtype, span, num)
    for bits in [np.concatenate(list(parts))] if form == "npy" else parts:
        limit_work()
        if form in ("raw", "npy"):
            file.write(_in_bytes(bits, dtype, form))
        else:
            file.write(_in_lines(from_bits(bits, dtype), [], dtype, form))


def _encodings(dtype: str) -> "Iterator[Places]":
    """Yield every pattern of a format's bits, each nan among them."""
    import numpy as np

    width = DTYPES[dtype].width
    if width > 32:
        raise ActcliError(f"--all: {dtype} has 2^{width} encodings; give --num or --hard")
    for start in range(0, 1 << width, PART):
        yield np.arange(start, min(start + PART, 1 << width), dtype=np.int64)


def _even(dtype: str, span: str, num: int) -> "Iterator[Places]":
    """Yield the bits of numbers of a format, evenly among its encodings between two of them."""
    import numpy as np

    from actcli.checks.ulps import from_keys, keys
    from actcli.language.points import parse_limits
    from actcli.numerics.dtypes import rounded, to_bits

    largest = float(DTYPES[dtype].largest)
    low, high = parse_limits(span, "range of z") if span else (-largest, largest)
    first, last = (int(keys(np.array([rounded(end, dtype)]), dtype)[0]) for end in (low, high))
    steps = max(num - 1, 1)
    for start in range(0, num, PART):
        places = range(start, min(start + PART, num))
        found = np.array([first + (last - first) * i // steps for i in places], np.int64)
        yield to_bits(from_keys(found, dtype), dtype)


def _in_bytes(patterns: "Places", dtype: str, form: str) -> bytes:
    """Return patterns of bits as they lie in memory."""
    import io

    import numpy as np

    size = DTYPES[dtype].width // 8
    bits = patterns.astype(f"<u{size}")
    if form == "raw":
        return bits.tobytes()
    buffer = io.BytesIO()
    np.save(buffer, bits.view(f"<f{size}") if DTYPES[dtype].by_cast else bits)
    return buffer.getvalue()


def _in_lines(z: "Array", reasons: list[str], dtype: str, form: str) -> bytes:
    from actcli.numerics.dtypes import all_as_written
    from actcli.streams.floats import printed
    from actcli.streams.notations import as_bits

    texts = [str(cell).encode() for cell in as_bits(z.tolist(), dtype)] if form else []
    texts = texts or printed([all_as_written(z, dtype)]).splitlines()
    if reasons:
        texts = [
            b"z,reason",
            *(_quoted(b"%b,%b" % (z, why.encode())) for z, why in zip(texts, reasons, strict=True)),
        ]
    return b"".join(text + b"\n" for text in texts)


def _quoted(line: bytes) -> bytes:
    z, _, reason = line.partition(b",")
    return b'%b,"%b"' % (z, reason) if b"," in reason else line
