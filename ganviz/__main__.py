"""The command line, as ``ganviz`` and as ``python -m ganviz``."""

import os
import signal
import sys
from types import FrameType

INTERRUPTED = 130
"""The status of a process that Ctrl-C has ended."""


def main() -> int:
    """Run the command that was typed, and return its exit status."""
    if sys.path[0] in ("", os.getcwd()):
        # Python looks for modules in the current folder first, where a voila.py may be somebody's settings.
        sys.path.append(sys.path.pop(0))
    loud = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # unlike behind a shell's &
    if loud:
        # While torch is loaded, for seconds, there is nothing to be kept and nobody to catch an exception.
        signal.signal(signal.SIGINT, _leave)
    from ganviz.cli.main import main as command

    if loud:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    status = command()
    if loud:
        # Everything is kept; Ctrl-C once more shall not be answered by what Python says while it ends.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    return status


def _leave(number: int, frame: FrameType | None) -> None:
    os._exit(INTERRUPTED)


if __name__ == "__main__":
    sys.exit(main())
