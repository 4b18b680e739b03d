"""What is raised for a mistake of the reader's."""

from __future__ import annotations

import difflib
import errno
from collections.abc import Iterable


class Invalid(ValueError):
    """Something the reader asked for that cannot be; its text is one clear sentence."""


def nearest(name: str, known: Iterable[str]) -> str:
    """The tail of a sentence about an unknown name: the nearest known one, or all of them."""
    known = list(known)
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else f"; there are: {', '.join(known)}."


def because(error: OSError) -> str:
    """What became of a file, in a sentence."""
    full = error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
    reason = "there is no space left on the disk" if full else error.strerror or "the system refuses it"
    file = "The output" if error.filename is None else repr(str(error.filename))
    return f"{file} cannot be used: {reason}."
