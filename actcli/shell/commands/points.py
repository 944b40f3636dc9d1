"""The command points: what to feed a kernel."""

from typing import TYPE_CHECKING, Annotated

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

if TYPE_CHECKING:
    from actcli.language.limits import Array

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
    reasons: list[str] = []
    if hard:
        from actcli.checks.hard import hard_points

        z, reasons = _columns(hard_points(find_function(name), dtype, order or 0))
    else:
        z = _even(dtype, span, num)
    form = "raw" if raw else "npy" if npy else "bits" if bits else ""
    with opened(output) as file:
        file.write(
            _in_bytes(z, dtype, form, every) if form in ("raw", "npy") else _in_lines(z, reasons, dtype, form)
        )


def _columns(found: list[tuple[float, str]]) -> "tuple[Array, list[str]]":
    import numpy as np

    return np.array([z for z, _ in found], np.float64), [reason for _, reason in found]


def _even(dtype: str, span: str, num: int | None) -> "Array":
    """Return numbers of a format evenly among its encodings between two of them; without `num` every one."""
    import numpy as np

    from actcli.checks.ulps import from_keys, keys
    from actcli.language.points import parse_limits
    from actcli.numerics.dtypes import from_bits, rounded

    form = DTYPES[dtype]
    if num is None:
        if form.width > 32:
            raise ActcliError(f"--all: {dtype} has 2^{form.width} encodings; give --num or --hard")
        return from_bits(np.arange(1 << form.width, dtype=np.int64), dtype)
    largest = float(form.largest)
    low, high = parse_limits(span, "range of z") if span else (-largest, largest)
    first, last = (int(keys(np.array([rounded(end, dtype)]), dtype)[0]) for end in (low, high))
    steps = max(num - 1, 1)
    return from_keys(np.array([first + (last - first) * i // steps for i in range(num)], np.int64), dtype)


def _in_bytes(z: "Array", dtype: str, form: str, every: bool) -> bytes:
    """Return numbers as they lie in memory; of every encoding the bits themselves, each nan among them."""
    import io

    import numpy as np

    from actcli.numerics.dtypes import to_bits

    size = DTYPES[dtype].width // 8
    patterns = np.arange(len(z)) if every else to_bits(z, dtype)
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
