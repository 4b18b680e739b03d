"""Files that appear under their name whole, or not at all."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

PART = ".part"
"""What the name of a file ends with that is not whole yet."""


def write(path: str | os.PathLike[str], content: bytes) -> None:
    """Put the content under that name. What was there before is replaced in one instant, and stays where the process
    is killed, the disk is full or the power fails before it. Raises `OSError` with the path."""
    target = Path(os.path.realpath(path))  # behind a link, which stays one
    unfinished = target.with_name(f".{target.name}.{secrets.token_hex(4)}{PART}")
    try:
        with unfinished.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, target)
        _remember_name(target.parent)
    except BaseException as error:
        unfinished.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise OSError(error.errno, error.strerror or str(error), str(path)) from error
        raise


def clear(folder: Path) -> None:
    """Remove what writers have left that were killed; for a folder that nobody else writes to."""
    for unfinished in folder.glob(f".*{PART}"):
        with suppress(OSError):
            unfinished.unlink()


def _remember_name(folder: Path) -> None:
    """Have the disk keep the new name too: the content alone is not found after a power failure."""
    if os.name == "posix":  # Windows opens no folders
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        except OSError:
            pass  # a file system that has no such thing; the file itself is there
        finally:
            os.close(handle)
