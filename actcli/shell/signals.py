"""Signals that end a run: what is half written is cleaned up first, as at Ctrl-C."""

import signal
import threading
from typing import NoReturn

ENDING = ("SIGTERM", "SIGHUP")


class Stopped(BaseException):
    """A signal asked the program to end."""

    def __init__(self, number: int) -> None:
        """`number` is that of the signal."""
        super().__init__(number)
        self.signal = number


def stop_by_signals() -> None:
    """Let SIGTERM and SIGHUP end the run; one that is ignored, as under nohup, stays ignored."""
    if threading.current_thread() is not threading.main_thread():
        return
    for name in ENDING:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _stop)


def _stop(number: int, _: object) -> NoReturn:
    raise Stopped(number)
