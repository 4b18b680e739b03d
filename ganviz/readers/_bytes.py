"""What is in a file, and never more of it than is allowed."""

from __future__ import annotations

from pathlib import Path

from ganviz.invalid import Invalid, because
from ganviz.readers.columns import file_name


def beginning(path: Path, most: int) -> bytes:
    """The first bytes of a file, at most so many. Raises `Invalid` where it cannot be read."""
    try:
        with path.open("rb") as stream:
            return stream.read(most)
    except OSError as error:
        raise Invalid(f"{file_name(path.name)} cannot be read: {because(error)}.") from None


def whole(path: Path, most: int) -> bytes:
    """All bytes of a file that has at most so many. Raises `Invalid` where it has more, or cannot be read."""
    content = beginning(path, most + 1)
    if len(content) > most:
        raise Invalid(f"{file_name(path.name)} is larger than {most // 10**6} MB, which is not read.")
    return content
