"""What ends a run: signals, and work that comes to no answer; what is half written is cleaned up first."""

import _thread
import math
import signal
import threading
import time
from functools import cache
from typing import NoReturn

LEFT_ALONE = (  # they do not end a program, or tell a fault of its own
    "CHLD CLD CONT URG WINCH INFO STOP TSTP TTIN TTOU KILL SEGV BUS FPE ILL ABRT IOT SYS TRAP EMT VTALRM"
)
_LATE = getattr(signal, "SIGVTALRM", signal.SIGFPE)
MOST_WORK = 20.0  # seconds of the processor's time without an answer


class Stopped(BaseException):
    """A signal asked the program to end."""

    def __init__(self, number: int) -> None:
        """`number` is that of the signal."""
        super().__init__(number)
        self.signal = number


class LateError(BaseException):
    """The limit of time is over."""

    def __str__(self) -> str:
        """One sentence."""
        return (
            f"no answer in {MOST_WORK:g} s of work, the limit: a shorter formula, a narrower interval or"
            " fewer digits take less"
        )


def stop_by_signals() -> None:
    """Let signals end the run in order; one that is ignored, as SIGHUP under nohup, stays ignored."""
    if threading.current_thread() is not threading.main_thread():
        return
    left = {getattr(signal, f"SIG{name}", None) for name in LEFT_ALONE.split()}
    for number in signal.valid_signals() - left:
        if signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _stop)


def limit_work(limited: bool = True) -> None:
    """Raise LateError when work from now on takes longer than MOST_WORK; or let it take as long as it wants.

    It is raised again every second, for the case that something on the way has swallowed it.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    signal.signal(_LATE, _stop_late)
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_VIRTUAL, limited * MOST_WORK, limited * 1.0)
    else:
        _clock().end = time.process_time() + MOST_WORK if limited else math.inf


def renew_limit() -> None:
    """Let the time begin anew that work may take, if it is limited."""
    if (
        signal.getitimer(signal.ITIMER_VIRTUAL)[0]
        if hasattr(signal, "setitimer")
        else _clock().end < math.inf
    ):
        limit_work()


class _Clock(threading.Thread):
    """Interrupts the main thread where there is no timer that does it, on Windows."""

    end = math.inf

    def run(self) -> None:
        """Look every second whether work is late."""
        while True:
            time.sleep(min(MOST_WORK, 1))
            if time.process_time() > self.end:
                _thread.interrupt_main(_LATE)


@cache
def _clock() -> _Clock:
    clock = _Clock(daemon=True)
    clock.start()
    return clock


def _stop_late(_: int, __: object) -> NoReturn:
    raise LateError


def _stop(number: int, _: object) -> NoReturn:
    raise Stopped(number)
