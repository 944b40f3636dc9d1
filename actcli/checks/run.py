"""A check: batches of someone's numbers, values and slopes, tallied against the truth."""

import multiprocessing
import signal
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from typing import Any, TypeVar

import numpy as np

from actcli.catalog.entries import Function
from actcli.checks.numbers import Given, as_floats, in_format
from actcli.checks.profile import Profile
from actcli.checks.tally import Tally, Tolerance
from actcli.checks.truth import Truth, truth
from actcli.checks.ulps import Compared
from actcli.errors import ActcliError
from actcli.language.limits import Array
from actcli.numerics.answers import Question, slope, slope_from_value, value
from actcli.numerics.balls import Ball, quiet
from actcli.numerics.dtypes import DOUBLE, DTYPES, are_middles, rounded_array
from actcli.numerics.kinks import breaks
from actcli.streams.workers import cores_here

Found = TypeVar("Found")
_work: Callable[[Any], Any]  # of a process that was forked
WHERE_KINKS = (-1000.0, 1000.0)  # z where both slopes of a kink pass


@dataclass(frozen=True)
class Asked:
    """What a check is to do; see the options of `actcli check`.

    `order` 0 asks y against g, 1 against g'; a column dy is checked against g' beside it. `kink` names the
    side of a slope, none allows what lies between both. `upstream` is the column that multiplies g'.
    """

    dtype: str = DOUBLE
    order: int = 0
    limits: Tolerance = field(default_factory=Tolerance)
    from_a: bool = False
    upstream: str = ""
    kink: str = ""
    ftz: bool = False
    daz: bool = False
    steps: bool = False
    within: tuple[float, float] | None = None
    plot: bool = False

    def question(self, function: Function, is_slope: bool) -> Question:
        """Return what a column is held against."""
        if not is_slope:
            return value(function)
        return slope_from_value(function) if self.from_a else slope(function, self.kink or "right")


def check_batches(function: Function, batches: Iterable[Given], asked: Asked) -> dict[str, Tally]:
    """Return a tally for y, and one for dy where there is such a column, by the label of what it is."""
    tallies: dict[str, Tally] = {}
    for found in side_by_side(partial(_tallied, function, asked), batches):
        for label, tally in found.items():
            if label in tallies:
                tallies[label].join(tally)
            else:
                tallies[label] = tally
    if not sum(tally.points for tally in tallies.values()):
        raise ActcliError("there is no point to check")
    return tallies


def _tallied(function: Function, asked: Asked, batch: Given) -> dict[str, Tally]:
    tallies = {}
    for name in ("y", "dy"):
        if name in batch:
            is_slope = name == "dy" or asked.order == 1 or asked.from_a
            question = asked.question(function, is_slope)
            kinks = () if asked.kink or not is_slope else breaks(function, WHERE_KINKS)
            tally = tallies[f"{function.label}'" if is_slope else function.label] = Tally(asked.limits)
            tally.profile = Profile(asked.dtype) if asked.plot else None
            tally.add(compared(question, _chosen(batch, asked), name, asked, kinks))
    return tallies


def _chosen(batch: Given, asked: Asked) -> Given:
    if asked.within is None:
        return batch
    low, high = asked.within
    inside = (low <= batch["z"]) & (batch["z"] <= high)
    return {name: column[inside] for name, column in batch.items()}


def compared(
    question: Question, batch: Given, name: str, asked: Asked, kinks: Sequence[float] = ()
) -> Compared:
    """Return a column of a batch beside the truth."""
    z, y = batch["z"], batch[name]
    at = _zeroed(question, z, y, asked.dtype) if asked.daz else z
    if asked.upstream and question.order:
        true = _product(truth(question, at, DOUBLE, kinks), batch[asked.upstream], asked.dtype)
    else:
        true = truth(question, at, asked.dtype, kinks)
    return Compared(z, y, true, asked.dtype, asked.ftz, asked.steps)


def _zeroed(question: Question, z: Array, y: Array, dtype: str) -> Array:
    """Return the points with 0 for subnormal ones where y is the answer at 0."""
    zero = truth(question, np.zeros(1), dtype).rounded[0]
    return np.where((np.abs(z) < DTYPES[dtype].tiny) & (y == zero), 0.0, z)


def _product(true: Truth, u: Array, dtype: str) -> Truth:
    """Return the truth times a number each, rounded once to the format."""
    with quiet():
        ball = Ball(true.high, true.low * np.spacing(np.abs(true.high))) * Ball.exact(u)
        high = ball.h + ball.l
        rest = np.where(np.isfinite(high), (ball.h - high) + ball.l, 0.0)
        low = np.where(rest, rest / np.spacing(np.abs(high)), 0.0)
        middle = are_middles(high, dtype) & (rest != 0)
        sharp = np.where(middle, np.nextafter(high, np.copysign(np.inf, rest)), high)
        rounded = rounded_array(sharp, dtype)
    return Truth(high, low if dtype == DOUBLE else 0.0 * low, rounded, true.other * u, true.open)


def outputs(kernel: object, z: Array, dtype: str) -> Array:
    """Return what a kernel, a callable over NumPy arrays, gives at points; refuse another shape or format.

    float64, float32 and float16 points come in that dtype, others as float32. Tensors are taken by their
    own conversion to NumPy.
    """
    given = z.astype(dtype if dtype in ("float64", "float32", "float16") else "float32")
    try:
        with np.errstate(all="ignore"):
            found = np.asarray(kernel(given))  # type: ignore[operator]
    except Exception as fault:
        raise ActcliError(f"the kernel raises {type(fault).__name__}: {fault}") from fault
    if found.shape != z.shape:
        raise ActcliError(f"the kernel returns shape {found.shape} for points of shape {z.shape}")
    return in_format(as_floats(found, dtype), dtype, "y")


# ---------------------------------------------------------------------------- on all cores


def side_by_side(work: Callable[[Any], Found], batches: Iterable[Any]) -> Iterator[Found]:
    """Yield what the work gives for each batch, in their order; from the second on by forked processes.

    No more batches are held than keep all cores busy.
    """
    batches = iter(batches)
    first = list(islice(batches, 2))
    cores = cores_here()
    if len(first) < 2 or not cores:
        yield from map(work, chain(first, batches))
        return
    with warnings.catch_warnings():  # other threads are NumPy's, which are prepared for a fork
        warnings.simplefilter("ignore", DeprecationWarning)
        pool = multiprocessing.get_context("fork").Pool(cores, _know, (work,))
    with pool:
        waiting: deque[Any] = deque()
        for batch in chain(first, batches):
            waiting.append(pool.apply_async(_done, (batch,)))
            if len(waiting) > cores + 1:
                yield waiting.popleft().get()
        while waiting:
            yield waiting.popleft().get()


def _know(work: Callable[[Any], Any]) -> None:
    global _work
    _work = work
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process ends this one
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _done(batch: Any) -> Any:
    return _work(batch)
