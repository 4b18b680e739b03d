"""StartPicker: where a run of a preset begins."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import ipywidgets as w

from ganviz.engine.starts import Start, starts
from ganviz.widgets.fields import put_back

Begin = Callable[[str, Start | None], bool]
"""Begins a run of the preset of that name, at a start or at step 0; False when it could not."""


class StartPicker(w.Dropdown):
    """A drop-down with step 0 and the steps of a preset's starts. For a preset without any it is not there."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin
        self._preset: str | None = None
        self._starts: dict[int, Start | None] = {0: None}
        super().__init__(
            options=_labelled(self._starts),
            description="from",
            tooltip="The step where the run begins: 0, or a later one with players that were trained before",
            layout=w.Layout(width="auto", flex="0 0 auto", display="none"),
        )
        self.style.description_width = "30px"
        self.observe(self._choose, names="value")

    def offer(self, preset: str | None) -> None:
        """Offer the starts of a preset, nothing for None; step 0 is chosen when it is another than before."""
        if preset == self._preset:
            return
        self._preset = preset
        self._starts = {0: None, **{start.step: start for start in (starts(preset) if preset else [])}}
        self.unobserve(self._choose, names="value")
        self.options = _labelled(self._starts)
        self.observe(self._choose, names="value")
        self.layout.display = "" if len(self._starts) > 1 else "none"

    @property
    def origin(self) -> tuple[str, int] | None:
        """The preset and the step of the start where the run began; None where it began at step 0."""
        return (self._preset, self.value) if self._preset and self.value else None

    def begun(self, step: int | None = 0) -> None:
        """Show where the run began, whoever began it; nothing for a start that is not offered."""
        put_back(self, step if step in self._starts else None, self._choose)

    def _choose(self, change: dict[str, Any]) -> None:
        step, preset = change["new"], self._preset
        if preset and step in self._starts and not self._begin(preset, self._starts[step]):
            self.begun(change["old"])


def _labelled(steps: Iterable[int]) -> list[tuple[str, int]]:
    return [(f"{step:,}", step) for step in steps]
