"""The page of a check: errors, shares, mistakes, regions, the worst inputs, and one verdict line last."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from actcli.checks.tally import PERCENTS, Region, Tally, Worst
from actcli.checks.ulps import MISTAKES, REPORTED
from actcli.numerics.dtypes import DTYPES, to_bits


def page(label: str, tally: Tally, dtype: str, unit: str = "ulp") -> str:
    """Return what was found about one column."""
    return "".join(line + "\n" for line in _lines(label, tally, dtype, unit))


def _lines(label: str, tally: Tally, dtype: str, unit: str) -> Iterator[str]:
    yield f"{label} in {dtype}: {_count(tally.points, 'point')}"
    quantiles = "   ".join(f"p{percent:g} {tally.quantile(percent):.4g}" for percent in PERCENTS)
    yield (
        f"  error in {unit}   max {tally.largest:.4g}   {quantiles}   mean {tally.mean:.4g}"
        f"   bias {tally.bias + 0.0:+.4g}"
    )
    known = max(tally.points - tally.open, 1)
    shares = {
        "correctly rounded": tally.rounded,
        "faithful": tally.faithful,
        f"within 1 {unit}": tally.within_one,
    }
    yield "  " + "   ".join(f"{name} {_share(count, known)}" for name, count in shares.items())
    yield from _mistakes(tally)
    if tally.excused:
        yield f"  passed by --atol alone: {tally.excused:,}, the largest {tally.excused_most:.4g} {unit}"
    if tally.open:
        yield f"  not decided, and not judged: {_count(tally.open, 'point')}"
    yield from _regions(tally, unit)
    if tally.worst:
        yield "  worst:"
    for worst in tally.worst:
        z, got = (point_with_bits(x, dtype) for x in (worst.z, worst.got))
        yield (
            f"    z {z}   got {got}   exact {worst.exact:.12g}"
            f"   rounded {_bits(worst.rounded, dtype)}   {worst.error:+.4g} {unit}"
        )
    yield verdict(tally, unit)


def verdict(tally: Tally, unit: str = "ulp") -> str:
    """Return the one line that says whether the numbers pass."""
    of = f"of {tally.points:,}"
    if tally.limits.most is None:
        if tally.passed:
            return f"PASS: no mistake {of}, largest error {tally.largest:.4g} {unit}"
        return f"FAIL: {_count(tally.failures, 'mistake')} {of}"
    if tally.passed:
        return f"PASS: all {tally.points:,} within {tally.limits.most:g} {unit}"
    return f"FAIL: {tally.above:,} {of} above {tally.limits.most:g} {unit}"


def _mistakes(tally: Tally) -> Iterator[str]:
    found = [f"{name} {tally.mistakes[name]:,}" for name in MISTAKES + REPORTED if tally.mistakes[name]]
    found += [f"falls where g rises {tally.falls:,}"] if tally.falls else []
    for start in range(0, len(found), 4):
        yield "  " + "   ".join(found[start : start + 4])


def _regions(tally: Tally, unit: str) -> Iterator[str]:
    heads = ("region of z", "points", f"max {unit}", "mean", "bias", "rounded")
    yield "  {:>24} {:>12} {:>10} {:>9} {:>9} {:>9}  worst z".format(*heads)
    for r in tally.regions():
        yield (
            f"  {_interval(r):>24} {r.points:12,} {r.largest:10.4g} {r.mean:9.3g} {r.bias + 0.0:+9.2g}"
            f" {_share(r.rounded, r.points):>9}  {_short(r.worst)}"
        )


def _interval(region: Region) -> str:
    low, high = (f"{end:.5g}" for end in (region.low, region.high))
    return "0" if low == high == "0" else f"({low}, {high}]" if region.low < 0 else f"[{low}, {high})"


def _share(count: int, of: int) -> str:
    """Return a share in percent; 100 only where it is all."""
    percent = f"{100 * count / of:.2f}"
    return f"{'99.99+' if percent == '100.00' and count < of else percent} %"


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _short(value: float) -> str:
    return f"{value:.9g}"


def point_with_bits(z: float, dtype: str) -> str:
    """Return a worst input as the page shows it: its decimal and its bits."""
    return f"{_short(z)} {_bits(z, dtype)}"


def _bits(value: float, dtype: str) -> str:
    width = DTYPES[dtype].width
    pattern = int(to_bits(np.array([value]), dtype)[0]) & ((1 << width) - 1)
    return f"0x{pattern:0{width // 4}x}"


# ---------------------------------------------------------------------------- for programs


def record(label: str, tally: Tally, dtype: str, unit: str = "ulp") -> dict[str, Any]:
    """Return all that the page says as names and values, with the infinite and nan as texts."""
    names = ("points", "open", "above", "rounded", "faithful", "within_one", "falls", "excused")
    found: dict[str, Any] = {"function": label, "dtype": dtype, "unit": unit, "passed": tally.passed}
    found |= {"limit": tally.limits.most, "atol": tally.limits.atol, "verdict": verdict(tally, unit)}
    found |= {name: getattr(tally, name) for name in names}
    found |= {"max": tally.largest, "mean": tally.mean, "bias": tally.bias}
    found |= {f"p{percent:g}": tally.quantile(percent) for percent in PERCENTS}
    found["mistakes"] = {name: tally.mistakes[name] for name in MISTAKES + REPORTED}
    found["regions"] = [_region(region) for region in tally.regions()]
    found["worst"] = [_worst(worst, dtype) for worst in tally.worst]
    return {name: _in_json(value) for name, value in found.items()}


def _in_json(value: Any) -> Any:
    """Return a value with texts for inf and nan, as the other commands write them."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {name: _in_json(part) for name, part in value.items()}
    return [_in_json(part) for part in value] if isinstance(value, list) else value


def _region(region: Region) -> dict[str, Any]:
    called = {"max": "largest", "worst_z": "worst"}
    names = ("low", "high", "points", "max", "mean", "bias", "rounded", "worst_z")
    return {name: getattr(region, called.get(name, name)) for name in names}


def _worst(worst: Worst, dtype: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in ("z", "got", "rounded"):
        number = getattr(worst, name)
        found |= {name: number, f"{name}_bits": _bits(number, dtype)}
    return {**found, "exact": worst.exact, "error": worst.error}
