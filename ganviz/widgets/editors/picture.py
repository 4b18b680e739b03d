"""The editor of a grey picture: choose an image file."""

from __future__ import annotations

from typing import Any

from pydantic.fields import FieldInfo

from ganviz.option import Invalid
from ganviz.widgets.editors.base import Editor, script
from ganviz.widgets.fields import Change

MOST = 64
"""More rows, or longer ones, are no small picture."""

Pixels = tuple[str, ...]


class PictureLoader(Editor):
    """The browser scales the image down to 48×48 grey at most; only rows of hex digits come here."""

    _esm = script("file_door.js", "picture_loader.js")

    def read(self, content: dict[str, Any], buffers: list[memoryview]) -> Pixels:
        rows = content.get("pixels")
        if not isinstance(rows, list) or len(rows) > MOST or not all(map(_is_row, rows)):
            raise Invalid(f"That is no picture: at most {MOST} rows of at most {MOST} hex digits were expected.")
        return tuple(rows)

    def show(self, value: Pixels) -> Pixels:
        return value


def _is_row(sent: Any) -> bool:
    return isinstance(sent, str) and len(sent) <= MOST


def control(name: str, field: FieldInfo, value: Any, on_change: Change) -> PictureLoader:
    """A thumbnail of the picture and a button that chooses another one."""
    return PictureLoader(name, field, value, on_change)
