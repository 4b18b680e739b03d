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


REASONS = {
    errno.ENOSPC: "there is no space left on the disk",
    getattr(errno, "EDQUOT", errno.ENOSPC): "there is no space left for you on the disk",
    errno.EFBIG: "the file would be too large",
    errno.EROFS: "the disk can only be read",
    errno.EACCES: "you have no permission",
    errno.EPERM: "you have no permission",
    errno.ENOENT: "it is not there",
    errno.EISDIR: "it is a folder",
    errno.ENOTDIR: "what it is said to lie in is no folder",
    errno.EEXIST: "there is a file of that name",
    errno.ENAMETOOLONG: "the name is too long",
}


def because(error: OSError) -> str:
    """Why the system has refused something, as the end of a sentence; in its own words where these are not known."""
    return REASONS.get(error.errno or 0) or error.strerror or "the system refuses it"


def unusable(error: OSError) -> str:
    """What became of a file that could not be read or written, in a sentence."""
    file = "The output" if error.filename is None else repr(str(error.filename))
    return f"{file} cannot be used: {because(error)}."
