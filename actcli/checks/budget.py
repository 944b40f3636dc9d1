"""A budget: the kernels of a project with the largest error each may have, kept in one TOML file."""

import datetime
import json
import math
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from actcli.checks.report import point_with_bits
from actcli.checks.tally import Tally
from actcli.errors import ActcliError
from actcli.numerics.dtypes import dtype_named

HEAD = "[[kernel]]"


@dataclass(frozen=True)
class Kernel:
    """One table of a budget: a function, the file of outputs, what it may cost, and what was found last.

    The names are those of the options of `actcli check`; `file` is meant beside the budget.
    """

    function: str
    file: str
    dtype: str = "float64"
    order: int = 0
    max_ulp: float | None = None
    atol: float = 0.0
    all: bool = False
    raw: bool = False
    kink: str = ""
    from_a: bool = False
    ftz: bool = False
    daz: bool = False
    metric: str = "ulp"
    date: datetime.date | str = ""
    worst: str = ""


def budget(text: str) -> list[Kernel]:
    """Return the kernels of a budget; refuse a name or a value that none has."""
    try:
        tables = tomllib.loads(text).get("kernel")
    except tomllib.TOMLDecodeError as fault:
        raise ActcliError(f"this is no TOML: {fault}") from None
    if not isinstance(tables, list) or not tables:
        raise ActcliError(f'no kernel is in it: write {HEAD}, then function = "gelu", file = "out.bin" ...')
    return [_kernel(table, i) for i, table in enumerate(tables, 1)]


def _kernel(table: Mapping[str, Any], place: int) -> Kernel:
    known = {field.name: field for field in fields(Kernel)}
    for name, value in table.items():
        if name not in known:
            raise ActcliError(f"kernel {place}: {name} is none of {', '.join(known)}")
        if not _fits(known[name].type, value):
            raise ActcliError(f"kernel {place}: {name} = {value!r} is not what it takes")
    if missing := [name for name in ("function", "file") if name not in table]:
        raise ActcliError(f"kernel {place}: {missing[0]} is missing")
    return Kernel(**{**table, "dtype": dtype_named(table.get("dtype", "float64"))})


def _fits(kind: Any, value: Any) -> bool:
    if kind in (float, float | None):
        return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf
    if kind is int:
        return value in (0, 1) and not isinstance(value, bool)
    return isinstance(value, kind)


def verdict_line(kernel: Kernel, label: str, tally: Tally) -> str:
    """Return the verdict on one column in a line."""
    limit = "" if tally.limits.most is None else f" of {tally.limits.most:g}"
    found = f"{tally.largest:.4g}{limit} {kernel.metric}"
    return f"{'PASS' if tally.passed else 'FAIL'}  {label:16} {kernel.dtype:10} {found:20} {kernel.file}\n"


def updated(text: str, found: Sequence[Mapping[str, Tally]], dtypes: Sequence[str]) -> str:
    """Return a budget with what was found in place of what was allowed; all else stays as it was typed."""
    head, *parts = re.split(rf"(?m)^(?=[ \t]*{re.escape(HEAD)})", text)
    if len(parts) != len(dtypes):
        raise ActcliError(f"only kernels that are tables of their own, {HEAD}, can be updated")
    return head + "".join(map(_renewed, parts, found, dtypes))


def _renewed(part: str, tallies: Mapping[str, Tally], dtype: str) -> str:
    for name, value in _news(tallies, dtype):
        entry = f"{name} = {value}"
        old = re.search(rf"(?m)^[ \t]*{name}[ \t]*=[^#\n]*?(?=[ \t]*(?:#|$))", part)
        start, end = old.span() if old else (len(part.rstrip()),) * 2
        part = f"{part[:start]}{'' if old else chr(10)}{entry}{part[end:] or chr(10)}"
    return part


def _news(tallies: Mapping[str, Tally], dtype: str) -> Iterator[tuple[str, str]]:
    """Yield what is new: the largest error, rounded up to three digits, the day, the worst input."""
    worst = max(tallies.values(), key=lambda tally: tally.largest)
    if not math.isfinite(worst.largest) or any(tally.failures for tally in tallies.values()):
        raise ActcliError("a mistake is no budget: mend the kernel first")
    yield "max_ulp", repr(_up(worst.largest))
    yield "date", datetime.date.today().isoformat()
    if worst.worst:
        yield "worst", json.dumps(point_with_bits(worst.worst[0].z, dtype))


def _up(error: float) -> float:
    """Return the next number of three digits that is not below an error."""
    step = 10.0 ** (math.floor(math.log10(error)) - 2) if error else 1.0
    return float(f"{math.ceil(error / step) * step:.3g}")
