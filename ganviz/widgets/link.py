"""LinkButton: an experiment as a link, and back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget

STATIC = Path(__file__).parent / "static"


class LinkButton(anywidget.AnyWidget):  # type: ignore[misc]
    """A button that copies a link to the experiment as it is now. A page that is opened by such a link says so, and
    `open_link` gets it; the part behind the # of an address never reaches a server's log."""

    _esm = (STATIC / "link.js").read_text("utf-8")

    def __init__(self, link: Callable[[], str], open_link: Callable[[str], None]) -> None:
        self._link, self._open = link, open_link
        super().__init__()
        self.on_msg(self._receive)

    def _receive(self, widget: object, content: Any, buffers: object) -> None:
        """A message from the browser. It may be forged: anything that is not understood is ignored."""
        kind = content.get("kind") if isinstance(content, dict) else None
        if kind == "copy":
            self.send({"kind": "link", "link": self._link()})
        elif kind == "open" and isinstance(content.get("link"), str):
            self._open(content["link"])
