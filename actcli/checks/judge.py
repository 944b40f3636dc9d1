"""Checks from Python: a kernel, or its outputs, against the truth."""

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np

from actcli.catalog import function as function_of
from actcli.catalog.entries import Function
from actcli.checks.numbers import BATCH, as_floats, in_format
from actcli.checks.report import page, record
from actcli.checks.run import WHERE_KINKS, Asked, check_batches, compared, outputs
from actcli.checks.tally import Tally, Tolerance
from actcli.checks.ulps import from_keys, keys
from actcli.errors import ActcliError
from actcli.language.limits import Array
from actcli.numerics.balls.arrays import Places
from actcli.numerics.dtypes import DTYPES, dtype_named, numbers_of
from actcli.numerics.kinks import breaks

FIRST, SAMPLED, KEPT = 128, 512, 20  # stretches at first, points in each, kept
WALKED_THROUGH = 4096  # encodings of a stretch that are all asked


@dataclass(frozen=True)
class Verdict:
    """What a check found; `lower_bound` where a search, not every input, was looked at.

    `largest`, `mean` and `bias` are in ulp; `worst` are the worst inputs, `mistakes` counts by name.
    """

    label: str
    dtype: str
    tally: Tally
    lower_bound: bool = False

    @property
    def passed(self) -> bool:
        """Whether all points are within the limit; without one, whether there is no mistake."""
        return self.tally.passed

    def __getattr__(self, name: str) -> Any:
        """Return what the tally has under this name."""
        if name.startswith("_") or name == "tally":
            raise AttributeError(name)
        return getattr(self.tally, name)

    def as_dict(self) -> dict[str, Any]:
        """Return all as names and values, the same as `actcli check -f json`."""
        return record(self.label, self.tally, self.dtype)

    def __str__(self) -> str:
        """Return the page of `actcli check`."""
        note = "lower bound: the worst of a search, not of every input\n" if self.lower_bound else ""
        return page(self.label, self.tally, self.dtype) + note


def check(
    kernel: Any,
    function: Any,
    dtype: str = "float64",
    order: int = 0,
    *,
    z: Any = None,
    max_ulp: float | None = None,
    atol: float = 0.0,
    kink: str = "",
    worst: int = 5,
    from_a: bool = False,
    ftz: bool = False,
    daz: bool = False,
) -> Verdict:
    """Hold a kernel, or its outputs, against the exact g (or with `order` 1 g').

    `kernel` is a callable over NumPy arrays (float64, float32 or float16; other formats come as float32), or
    an array of outputs at the points `z`; without `z` every encoding of a format of at most 16 bits is asked,
    and a longer one is searched for the worst: then the errors are lower bounds. `function` is a name or a
    formula, or one of the package's functions. With `from_a` the points are a = g(z), the outputs slopes;
    `ftz` and `daz` excuse zeros for subnormal results and points. Raises ActcliError for a wrong output.
    """
    name = dtype_named(dtype)
    shown = getattr(function, "_function", None) or function_of(str(function))
    asked = Asked(name, order, Tolerance(max_ulp, atol, worst), from_a, "", kink, ftz, daz)
    points = numbers_of(name) if z is None and DTYPES[name].width <= 16 else None
    if z is not None:
        points = in_format(as_floats(np.ravel(np.asarray(z)), name), name, "z")
    if points is None:
        if from_a or not callable(kernel):
            raise ActcliError(f"{name} needs the points z that the outputs belong to")
        return _searched(kernel, shown, asked)
    ((label, tally),) = check_batches(shown, _batches(kernel, points, name), asked).items()
    return Verdict(label, name, tally)


def _batches(kernel: Any, points: Array, dtype: str) -> Any:
    given = None if callable(kernel) else as_floats(np.ravel(np.asarray(kernel)), dtype)
    if given is not None and given.shape != points.shape:
        raise ActcliError(f"{given.size:,} outputs for {points.size:,} points")
    for start in range(0, points.size, BATCH):
        z = points[start : start + BATCH]
        y = (
            outputs(kernel, z, dtype)
            if given is None
            else in_format(given[start : start + BATCH], dtype, "y", start)
        )
        yield {"z": z, "y": y}


# ---------------------------------------------------------------------------- search


def _searched(kernel: Any, function: Function, asked: Asked) -> Verdict:
    """Halve stretches of the encodings, keep those with the largest errors, and finish exactly."""
    label = f"{function.label}'" if asked.order else function.label
    tally = Tally(asked.limits)
    most = int(keys(np.array([float(DTYPES[asked.dtype].largest)]), asked.dtype)[0])
    edges = [-most + (2 * most * i) // FIRST for i in range(FIRST + 1)]
    stretches = list(itertools.pairwise(edges))
    while stretches:
        rated = [(_look(kernel, function, asked, tally, _sample(*ends)), ends) for ends in stretches]
        rated.sort(reverse=True)
        kept = [ends for _, ends in rated[:KEPT] if ends[1] - ends[0] > WALKED_THROUGH]
        stretches = [
            half for low, high in kept for half in ((low, (low + high) // 2), ((low + high) // 2, high))
        ]
        for _, (low, high) in rated[:KEPT]:
            if high - low <= WALKED_THROUGH:
                _look(kernel, function, asked, tally, np.arange(low, high + 1, dtype=np.int64))
    return Verdict(label, asked.dtype, tally, lower_bound=True)


def _sample(low: int, high: int) -> Places:
    count = min(SAMPLED, high - low + 1)
    return np.array([low + (high - low) * i // max(count - 1, 1) for i in range(count)], np.int64)


def _look(kernel: Any, function: Function, asked: Asked, tally: Tally, places: Places) -> float:
    """Take the points of some encodings into the tally, and return their largest error."""
    z = from_keys(places, asked.dtype)
    batch = {"z": z, "y": outputs(kernel, z, asked.dtype)}
    kinks = breaks(function, WHERE_KINKS) if asked.order and not asked.kink else ()
    run = compared(asked.question(function, bool(asked.order)), batch, "y", asked, kinks)
    tally.add(run)
    return float(np.nanmax(np.abs(run.error), initial=0.0))
