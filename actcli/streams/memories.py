"""A table of whole numbers as the files that memories are filled from: C, hex, MIF and COE.

In the order of the address. `hex` is what Verilog's $readmemh reads, MIF is Intel's, COE AMD's.
"""

from collections.abc import Callable, Iterator, Sequence

from actcli.numerics.fixed import Fixed
from actcli.streams.sources import comment, identifier

Words = Sequence[int]


def _hex(words: Words, given: Fixed) -> list[str]:
    width, mask = (given.bits + 3) // 4, (1 << given.bits) - 1
    return [f"{word & mask:0{width}x}" for word in words]


def _as_hex(words: Words, given: Fixed, head: Sequence[str], name: str) -> Iterator[str]:
    yield from (f"// {line}\n" for line in head)
    yield "\n".join(_hex(words, given)) + "\n"


def _as_mif(words: Words, given: Fixed, head: Sequence[str], name: str) -> Iterator[str]:
    yield from (f"-- {line}\n" for line in head)
    yield f"WIDTH={given.bits};\nDEPTH={len(words)};\nADDRESS_RADIX=HEX;\nDATA_RADIX=HEX;\nCONTENT BEGIN\n"
    yield "".join(f"{i:x} : {word};\n" for i, word in enumerate(_hex(words, given)))
    yield "END;\n"


def _as_coe(words: Words, given: Fixed, head: Sequence[str], name: str) -> Iterator[str]:
    yield from (f"; {line}\n" for line in head)
    yield "memory_initialization_radix=16;\nmemory_initialization_vector=\n"
    yield ",\n".join(_hex(words, given)) + ";\n"


def _as_c(words: Words, given: Fixed, head: Sequence[str], name: str) -> Iterator[str]:
    width = next(width for width in (8, 16, 32) if width >= given.bits)
    yield (
        comment(head) + f"#include <stdint.h>\n\nstatic const int{width}_t {name}_table[{len(words)}] = {{\n"
    )
    least = "(-2147483647 - 1)"  # 2147483648 is no int
    yield from (
        "    " + ", ".join(least if word == -(1 << 31) else str(word) for word in words[i : i + 12]) + ",\n"
        for i in range(0, len(words), 12)
    )
    yield "};\n"


MEMORIES: dict[str, Callable[[Words, Fixed, Sequence[str], str], Iterator[str]]] = {
    "c": _as_c, "hex": _as_hex, "mif": _as_mif, "coe": _as_coe,
}  # fmt: skip


def memory(form: str, words: Words, given: Fixed, head: Sequence[str], label: str) -> Iterator[str]:
    """Yield the text of a table in one of these forms."""
    return MEMORIES[form](words, given, head, identifier(label))
