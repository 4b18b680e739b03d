"""LinkButton: an experiment as a link, and back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, Self

import anywidget

from ganviz.engine.starts import Start, start_at
from ganviz.experiment import Experiment
from ganviz.link import preset_of, start_of
from ganviz.presets import describe, named_as

STATIC = Path(__file__).parent / "static"


class Opening(NamedTuple):
    """What a link leads to."""

    experiment: Experiment
    preset: str | None = None
    """The preset whose experiment it is, or whose start it goes on from."""
    start: Start | None = None
    """Where the run begins, if not at step 0."""

    @classmethod
    def read(cls, link: str) -> Self:
        """Raises `Invalid` for a link that is damaged, and for a start that is not there."""
        if name := preset_of(link):
            return cls(describe(name).experiment, name)
        experiment, start = Experiment.from_link(link), start_of(link)
        if start is None:
            return cls(experiment, named_as(experiment))
        return cls(experiment, start[0], start_at(*start))


class LinkButton(anywidget.AnyWidget):
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
            self.send({"kind": "opened"})
