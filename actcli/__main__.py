"""Run actcli: as the console script, or as `python -m actcli`."""

import contextlib
import gc
import os
import signal
import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line and end with its exit status.

    A closed pipe or Ctrl-C while the program is still loading ends it the way the shell expects
    (141, 130); there are no sockets here that would make the default SIGPIPE unsafe. Loading makes
    hardly any garbage, so looking for it is put off; and as all that was written is flushed and
    closed by now, the process ends at once, without taking every module apart first.
    """
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    interrupt = signal.signal(signal.SIGINT, signal.SIG_DFL)
    gc.set_threshold(100_000)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # NumPy's BLAS starts one a core, for nothing here
    from actcli.shell.app import run

    signal.signal(signal.SIGINT, interrupt)
    _end(run())


def _end(status: int) -> NoReturn:
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
