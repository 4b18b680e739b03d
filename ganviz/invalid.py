"""What is raised where a reader asks for something that cannot be."""

from __future__ import annotations

import difflib


class Invalid(ValueError):
    """Something the reader asked for that cannot be; its text is one clear sentence."""


def nearest(name: str, known: list[str]) -> str:
    """The tail of a sentence about an unknown name: the nearest known one, or all of them."""
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else f"; there are: {', '.join(known)}."
