"""What ends a run: signals, and work that comes to no answer; what is half written is cleaned up first."""

import signal
import threading
from typing import NoReturn

ENDING = ("SIGTERM", "SIGHUP", "SIGQUIT", "SIGALRM", "SIGUSR1", "SIGUSR2", "SIGXCPU")
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
    for name in ENDING:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _stop)


def limit_work(limited: bool = True) -> None:
    """Raise LateError when work from now on takes longer than MOST_WORK; or let it take as long as it wants.

    It is raised again every second, for the case that something on the way has swallowed it.
    """
    if hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGVTALRM, _stop_late)
        signal.setitimer(signal.ITIMER_VIRTUAL, limited * MOST_WORK, limited * 1.0)


def _stop_late(_: int, __: object) -> NoReturn:
    raise LateError


def _stop(number: int, _: object) -> NoReturn:
    raise Stopped(number)
