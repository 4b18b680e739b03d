"""Which class the kept samples are drawn as."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import ipywidgets as w

from ganviz.experiment import Experiment
from ganviz.figures.base import Focus
from ganviz.widgets.fields import put_back

AS_KEPT = "as kept"


class ClassChoice(w.ToggleButtons):
    """A button for each class of which G is told, and one that leaves every kept sample its own; hidden where G is told
    nothing."""

    def __init__(self, look_at: Callable[[Callable[[Focus], Focus]], None]) -> None:
        """`look_at` takes what the reader sees from what it was."""
        self._look_at = look_at
        self._condition: int | None = None
        self._offered: dict[str, int | None] = {AS_KEPT: None}
        super().__init__(options=self._offered, description="draw as", layout={"display": "none"})
        self.style.button_width = "auto"
        self.style.description_width = "auto"
        self.add_class("ganviz-classes")
        self.observe(self._chosen, names="value")

    def suit(self, experiment: Experiment) -> None:
        """Offer the classes of the experiment's data."""
        names: list[str] = experiment.data.condition_names()
        options: dict[str, int | None] = {AS_KEPT: None} | {name: names.index(name) for name in names}
        if options != self._offered:
            self._offered = options
            self.unobserve(self._chosen, names="value")
            self.options = options
            self.observe(self._chosen, names="value")
        self.layout.display = "" if names else "none"

    def reflect(self, condition: int | None) -> None:
        """Follow what is drawn where something else has changed that, such as a new run."""
        if condition != self._condition:
            self._condition = condition
            if condition in self._offered.values():
                put_back(self, condition, self._chosen)

    def _chosen(self, change: dict[str, Any]) -> None:
        condition = change["new"]
        self._look_at(lambda focus: replace(focus, condition=condition))
