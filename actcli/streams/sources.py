"""Approximations as source text: C and Python that read segments, C and Verilog that count in whole numbers.

The head of a file says the command line, the version and what is proven.
"""

import keyword
import re
from collections.abc import Iterator, Sequence

from actcli.shape.approximations import Approximation
from actcli.shape.whole import WholeLines

RESERVED = frozenset((
    *("exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh"),
    *("tanh", "asinh", "acosh", "atanh", "erf", "erfc", "abs", "floor", "sign", "auto", "double", "float"),
    *("int", "module", "reg", "math", "np", "jax", "jnp", "torch", *keyword.kwlist),
))  # fmt: skip


def identifier(label: str) -> str:
    """Return a name that C, Python and Verilog take, for a function's label."""
    name = re.sub(r"\W+", "_", label, flags=re.ASCII).strip("_").lower()
    name = name if re.fullmatch(r"[a-z]\w{0,40}", name) else "activation"
    return f"act_{name}" if name in RESERVED else name


def comment(head: Sequence[str]) -> str:
    """Return lines as a comment of C."""
    lines = "\n   ".join(line.replace("*/", "* /").replace("/*", "/ *") for line in head)
    return f"/* {lines} */\n"


def _rows(rows: Sequence[Sequence[float]], mark: str = "") -> str:
    return ",\n".join("    {" + ", ".join(f"{c!r}{mark}" for c in row) + "}" for row in rows)


def _horner(degree: int, term: str) -> str:
    found = term.format(degree)
    for k in reversed(range(degree)):
        found = f"{term.format(k)} + z * ({found})" if k < degree - 1 else f"{term.format(k)} + z * {found}"
    return found


def in_c(found: Approximation, name: str, head: Sequence[str], single: bool, tails: str) -> str:
    """Return a function of C over float (`single`) or double; outside the interval as `tails` say."""
    kind, mark = ("float", "f") if single else ("double", "")
    low, high = found.segments[0].low, found.segments[-1].high
    degree, count = len(found.segments[0].powers) - 1, len(found.segments)
    knots = ", ".join(f"{s.low!r}{mark}" for s in found.segments)
    outside = {
        "clamp": f"    z = z < {low!r}{mark} ? {low!r}{mark} : z > {high!r}{mark} ? {high!r}{mark} : z;\n",
        "none": f"    if (!(z >= {low!r}{mark} && z <= {high!r}{mark}))\n        return NAN;\n",
        "line": "",
    }[tails]
    return (
        comment(head) + ("#include <math.h>\n" if tails == "none" else "") +
        f"\nstatic const {kind} {name}_knots[{count}] = {{{knots}}};\n"
        f"static const {kind} {name}_powers[{count}][{degree + 1}] = {{\n"
        f"{_rows([[float(c) for c in s.powers] for s in found.segments], mark)}\n}};\n\n"
        f"static inline {kind} {name}({kind} z)\n{{\n{outside}"
        f"    int i = 0;\n    while (i < {count - 1} && z >= {name}_knots[i + 1])\n        ++i;\n"
        f"    const {kind} *c = {name}_powers[i];\n"
        f"    return {_horner(degree, 'c[{}]')};\n}}\n"
    )  # fmt: skip


def in_python(found: Approximation, name: str, head: Sequence[str], single: bool, tails: str) -> str:
    """Return a function of Python over NumPy arrays of float64."""
    low, high = found.segments[0].low, found.segments[-1].high
    degree = len(found.segments[0].powers) - 1
    knots = ", ".join(repr(s.low) for s in found.segments[1:])
    rows = ",\n".join(f"    {[float(c) for c in s.powers]!r}" for s in found.segments)
    inside = f"np.clip(z, {low!r}, {high!r})" if tails == "clamp" else "np.asarray(z, dtype=float)"
    outside = f"np.where((z >= {low!r}) & (z <= {high!r}), y, np.nan)" if tails == "none" else "y"
    return (
        "".join(f"# {line}\n" for line in head) +
        f"import numpy as np\n\nKNOTS = np.array([{knots}])\nPOWERS = np.array([\n{rows},\n])\n\n\n"
        f"def {name}(z):\n    z = {inside}\n"
        f"    c = POWERS[np.searchsorted(KNOTS, z, side=\"right\")]\n"
        f"    y = {_horner(degree, 'c[..., {}]')}\n    return {outside}\n"
    )  # fmt: skip


# ---------------------------------------------------------------------------- whole numbers


def whole_in_c(lines: WholeLines, name: str, head: Sequence[str]) -> str:
    """Return a function of C from codes to codes."""
    taken, given, shift, bits = lines.taken, lines.given, lines.shift, lines.taken.bits - lines.address
    rows = _rows([(int(b), int(s)) for b, s in zip(lines.base, lines.slope, strict=True)])
    half = 1 << shift >> 1
    widths = [next(w for w in (8, 16, 32) if w >= form.bits) for form in (taken, given)]
    return (
        comment([*head, "a shift of a negative number must keep its sign, as gcc, clang and MSVC do"]) +
        "#include <stdint.h>\n\n"
        f"static const int32_t {name}_table[{len(lines.base)}][2] = {{\n{rows}\n}};\n\n"
        f"static inline int{widths[1]}_t {name}(int{widths[0]}_t x)\n{{\n"
        f"    const int32_t u = x;\n"
        f"    const int32_t *c = {name}_table[(u >> {bits}) + {len(lines.base) // 2}];\n"
        f"    const int32_t y = (c[0] + c[1] * (u & {(1 << bits) - 1}) + {half}) >> {shift};\n"
        f"    return (int{widths[1]}_t)(y < {given.low} ? {given.low} :"
        f" y > {given.high} ? {given.high} : y);\n}}\n"
    )  # fmt: skip


def widths_of(lines: WholeLines) -> tuple[int, int]:
    """Return how many bits a base and a slope take, with their signs."""
    base, slope = (
        max(max(abs(int(n)) for n in row).bit_length() + 1, 2) for row in (lines.base, lines.slope)
    )
    return base, slope


def in_verilog(lines: WholeLines, name: str, head: Sequence[str]) -> str:
    """Return a module with its ROM inside: the answer stands one clock after the words, two after x."""
    taken, given, shift, address = lines.taken, lines.given, lines.shift, lines.address
    bits, (wide, steep) = taken.bits - address, widths_of(lines)
    total = max(wide, steep + bits + 1, shift + 1) + 2
    return (
        "".join(f"// {line}\n" for line in head) +
        f"module {name} (\n  input clk,\n  input signed [{taken.bits - 1}:0] x,\n"
        f"  output reg signed [{given.bits - 1}:0] y\n);\n"
        f"  reg signed [{wide - 1}:0] b;\n  reg signed [{steep - 1}:0] s;\n  reg [{bits - 1}:0] u;\n"
        f"  wire signed [{total - 1}:0] t = b + s * $signed({{1'b0, u}}) + {1 << shift >> 1};\n"
        f"  wire signed [{total - 1}:0] r = t >>> {shift};\n"
        f"  always @(posedge clk) begin\n    u <= x[{bits - 1}:0];\n"
        f"    case (x[{taken.bits - 1}:{bits}])\n{''.join(_rom(lines, wide, steep))}    endcase\n"
        f"    y <= r < {given.low} ? {given.low} : r > {given.high} ? {given.high} : r;\n"
        f"  end\nendmodule\n"
    )  # fmt: skip


def _rom(lines: WholeLines, wide: int, steep: int) -> Iterator[str]:
    half = len(lines.base) // 2
    for i in range(2 * half):
        b, s = (int(row[(i + half) % (2 * half)]) for row in (lines.base, lines.slope))
        words = f"b <= {_word(b, wide)}; s <= {_word(s, steep)};"
        yield f"      {lines.address}'d{i}: begin {words} end\n"


def _word(value: int, bits: int) -> str:
    return f"{'-' if value < 0 else ''}{bits}'sd{abs(value)}"
