"""The last lines that a process wrote, as text that can be shown."""

from __future__ import annotations

import re
from typing import IO

MOST = 4000
"""Bytes that are read of it."""

LONGEST = 300
"""Characters of a line that are shown."""

COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def last_lines(file: IO[bytes] | None) -> str:
    """The last lines of a file without empty ones, colours and what would change a terminal; the last of them is the
    reason where a traceback ends. Empty where nothing was written."""
    if file is None:
        return ""
    file.seek(max(0, file.seek(0, 2) - MOST))
    lines = readable(file.read().decode("utf-8", "replace")).splitlines()
    return "\n".join(line[:LONGEST] for line in lines if line.strip())


def readable(text: str) -> str:
    """A text without colours and what would change a terminal."""
    return "".join(sign for sign in COLOUR.sub("", text) if sign.isprintable() or sign == "\n")
