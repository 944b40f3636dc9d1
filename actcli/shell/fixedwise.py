"""Fixed point at the shell: whole numbers for whole numbers, as rows or as the files of memories."""

import shlex
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from actcli import __version__
from actcli.errors import ActcliError
from actcli.shell.intake import read_points
from actcli.shell.options import MEMORY_NAMES, Numbers, WrittenOrMemory
from actcli.shell.output import opened, output

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from actcli.catalog.entries import Function
    from actcli.numerics.fixed import Fixed


def in_fixed_point(written: WrittenOrMemory) -> bool:
    """Tell whether whole numbers are asked for; ActcliError for a memory of anything else."""
    if written.format in MEMORY_NAMES and not written.fixed:
        raise ActcliError(f"--format {written.format}: whole numbers alone, so write --fixed IN:OUT, too")
    return bool(written.fixed)


def head_of(*words: object) -> list[str]:
    """Return what stands first in a file: the command line that makes it, and the version."""
    line = shlex.join(map(str, words))
    shown = "".join(c if c.isprintable() else "?" for c in line)
    return [f"actcli {shown}", f"made by actcli {__version__}"]


def write_fixed(functions: "Sequence[Function]", points: Sequence[str], numbers: Numbers,
                written: WrittenOrMemory, default: str) -> None:  # fmt: skip
    """Write the codes of the output at points, or at all inputs in the order of the address."""
    from actcli.numerics.fixed import coded, pair_named

    taken, given = pair_named(written.fixed)
    if numbers.digits or numbers.bits or numbers.exact or numbers.dtype != "float64":
        raise ActcliError(
            "--fixed writes whole numbers, so --digits, --dtype, --bits and --exact do not go with it"
        )
    if not functions:
        raise ActcliError("--fixed needs a FUNCTION: a name such as tanh, or a formula in z")
    if any(f.reads_vectors for f in functions):
        raise ActcliError("--fixed is for functions of a number, not of a vector")
    codes = _codes(points, numbers, taken)
    answers = [coded(f.formula, f.label, taken, given, codes) for f in functions]
    if written.format in MEMORY_NAMES:
        if points or len(functions) > 1:
            raise ActcliError(f"--format {written.format}: one function at all inputs, so no POINT")
        _write_memory(functions[0].label, answers[0].tolist(), (taken, given), written)
        return
    plain = default == "plain"
    out = output(written, default)
    rows = zip(*(column.tolist() for column in (answers if plain else [codes, *answers])), strict=True)
    labels = [f.label for f in functions]
    out.write(labels if plain else ["input", "z", *labels], lambda _: _cells(rows, None if plain else taken))


def _cells(rows: "Iterator[tuple[int, ...]]", taken: "Fixed | None") -> Iterator[tuple[Any, ...]]:
    from actcli.language.texts import Digits

    for row in rows:
        whole = [Digits(str(code)) for code in row]
        yield (whole[0], float(taken.real(row[0])), *whole[1:]) if taken else tuple(whole)


def _codes(points: Sequence[str], numbers: Numbers, taken: "Fixed") -> "NDArray[np.int64]":
    import numpy as np

    if not points:
        return taken.codes()
    given = read_points(list(points), numbers)
    if given is None:
        raise ActcliError("--fixed takes points that are typed, or none for all inputs; not standard input")
    found = [z for group in given for z in group.exact()]
    if any(z != z for z in found):
        raise ActcliError("nan is no number of fixed point")
    return np.array([taken.nearest(z) for z in found], dtype=np.int64)


def _write_memory(
    label: str, words: Sequence[int], forms: "tuple[Fixed, Fixed]", written: WrittenOrMemory
) -> None:
    from actcli.streams.memories import memory

    taken, given = forms
    head = [
        *head_of("eval", label, "--fixed", written.fixed, "-f", written.format),
        f"{label}: {taken.name} to {given.name}; {len(words):,} words, each nearest to the true value,"
        " ties away from zero, saturating",
        f"in the order of the address, the bits of the input: {taken.bits} bits in, {given.bits} bits out",
    ]
    with opened(written.output) as file:
        for piece in memory(written.format, words, given, head, label):
            file.write(piece.encode())
