"""What a server shows: the front page, an explorer, or a notebook."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

EXPLORER = Path(__file__).parents[1] / "app" / "explorer.ipynb"
"""The notebook that is the explorer's page."""

FIRST = "figure-1"
"""The preset that an explorer shows unless it is told another."""


class Shown(NamedTuple):
    """What a server begins with."""

    notebook: Path
    """The one that becomes a page; with a front page, the laboratory behind it."""
    front: bool = False
    """Whether there is a front page, and the course."""
    experiment: str = FIRST
    """The preset, or the absolute path of the file, that `EXPLORER` shows."""
