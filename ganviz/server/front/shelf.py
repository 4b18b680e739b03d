"""Shelf: the notebooks that a server has, and how they become pages."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

import nbformat
from jupyter_server.services.contents.largefilemanager import LargeFileManager
from nbformat import NotebookNode

from ganviz.server.front.course import Lesson, course
from ganviz.server.front.page import as_page
from ganviz.server.interpreter import NAMED

EXPLORE = "explore"
"""The address of the laboratory in a server with a front page."""

LESSONS = "course/"
"""What the addresses of lessons begin with."""


class Shelf(LargeFileManager):
    """What Voilà gets when it asks for a notebook by its path: the one that is served, or one of the course, as a page.

    The course's paths are names, not files: nothing that a visitor sends becomes a path.
    """

    def stock(self, main: Path, base: str, front: bool) -> dict[str, str]:
        """Have the notebook `main`, and with a front page, at the address `base`, the course. Returns the path of each
        page by its address below `base`."""
        self._main, self._base, self._front = main, base, front
        self._lessons = {f"{LESSONS}{lesson.name}": lesson for lesson in course()} if front else {}
        return {EXPLORE if front else "": main.name} | {address: f"{address}.ipynb" for address in self._lessons}

    def get(self, path: str, *how: Any, **more: Any) -> dict[str, Any]:
        """Called by Voilà."""
        page = path.strip("/")
        if lesson := self._lessons.get(page.removesuffix(".ipynb")):
            return _model(path, as_page(_read(lesson.path), self._home(), self._next(lesson)))
        if page == self._main.name:
            return _model(path, as_page(_read(self._main), self._home()))
        model: dict[str, Any] = super().get(path, *how, **more)  # type: ignore[no-untyped-call]
        return model

    def _home(self) -> str:
        link = f'<a href="{escape(self._base)}">ganviz</a>'
        return f'<nav class="ganviz-home" aria-label="Front page">{link}</nav>' * self._front

    def _next(self, lesson: Lesson) -> str:
        """The link below a lesson to the one after it."""
        lessons = list(self._lessons.values())
        following = lessons[lessons.index(lesson) + 1 :][:1]
        links = [f'<a href="{escape(one.name)}">Next: {escape(one.title)}</a>' for one in following]
        return f'<nav class="ganviz-next">{links[0]}</nav>' if links else ""


def _read(path: Path) -> NotebookNode:
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.kernelspec = NotebookNode(NAMED)
    return notebook


def _model(path: str, notebook: NotebookNode) -> dict[str, Any]:
    return {"name": Path(path).name, "path": path, "type": "notebook", "format": "json", "content": notebook}
