"""The course: notebooks in reading order, and what their cards say."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).parents[2]

FOLDERS = (PACKAGE / "app" / "course", PACKAGE.parent / "notebooks")
"""Where the notebooks are: in an installed package, in a checkout."""


@dataclass(frozen=True)
class Lesson:
    """A notebook of the course. Its metadata hold ``title``, and under ``ganviz`` the rest."""

    path: Path
    title: str
    question: str = ""
    """What it asks, in a sentence without formulas."""
    minutes: int | None = None
    """How long a reader takes, about."""
    picture: str = ""
    """The preset whose card stands for it."""

    @property
    def name(self) -> str:
        """What it is called in an address, such as ``"06-mode-collapse"``."""
        return self.path.stem

    @property
    def number(self) -> str:
        """Its place in the course, by which others speak of it, such as ``"6"``."""
        return self.name.partition("-")[0].lstrip("0")


def course() -> list[Lesson]:
    """All lessons, in reading order; none where ganviz was installed without them."""
    folder = next((folder for folder in FOLDERS if folder.is_dir()), FOLDERS[0])
    return [lesson(path) for path in sorted(folder.glob("[0-9]*.ipynb"))]


def lesson(path: Path) -> Lesson:
    """What a notebook says of itself."""
    about = json.loads(path.read_text("utf-8"))["metadata"]
    return Lesson(path=path, title=about.get("title", path.stem), **about.get("ganviz", {}))
