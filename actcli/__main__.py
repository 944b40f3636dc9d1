"""Run actcli: as the console script, or as `python -m actcli`."""

import signal
import sys


def main() -> int:
    """Run the command line and return its exit status.

    A closed pipe or Ctrl-C while the program is still loading ends it the way the shell expects
    (141, 130); there are no sockets here that would make the default SIGPIPE unsafe.
    """
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    interrupt = signal.signal(signal.SIGINT, signal.SIG_DFL)
    from actcli.cli import run

    signal.signal(signal.SIGINT, interrupt)
    return run()


if __name__ == "__main__":
    sys.exit(main())
