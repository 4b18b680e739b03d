"""A folder that one process at a time may write to."""

from __future__ import annotations

import sys
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from ganviz.option import Invalid

NAME = ".lock"


class Lock:
    """Held by this process from `__enter__` to `__exit__`. The system lets go of it when the process ends, however that
    happens, so that nobody has to clean up after a run that was killed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> Self:
        """Raises `Invalid` where another process holds it, and `OSError` where the folder cannot be written to."""
        self._file = open(self._folder / NAME, "a+b")
        if not _taken(self._file):
            self._file.close()
            raise Invalid(
                f"Another run is writing to the folder {str(self._folder)!r}: wait for its end, or take another one."
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # The file stays: whoever waited for it would hold one that has no name any more.
        self._file.close()


if sys.platform == "win32":
    import msvcrt

    def _taken(file: IO[bytes]) -> bool:
        """Whether this process holds the lock now."""
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _taken(file: IO[bytes]) -> bool:
        """Whether this process holds the lock now."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True  # a file system without locks: nobody can be kept out
        return True
