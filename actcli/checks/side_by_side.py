"""Batches worked on side by side: from the second on by processes, one a core, that are forked for it."""

import multiprocessing
import signal
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import Any, TypeVar

from actcli.streams.workers import cores_here

Found = TypeVar("Found")
_work: Callable[[Any], Any]  # of a process that was forked


def side_by_side(work: Callable[[Any], Found], batches: Iterable[Any]) -> Iterator[Found]:
    """Yield what the work gives for each batch, in their order; no more are held than keep all cores busy."""
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
