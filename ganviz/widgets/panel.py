"""The panel of an experiment: all its controls, in groups, generated from its fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as w

from ganviz.experiment import Experiment
from ganviz.widgets.fields import field_control
from ganviz.widgets.pickers import OptionPicker, OptionSwitches

Edit = Callable[..., bool]
"""Takes fields of Experiment by name; reports what does not fit by itself, and then returns False."""

GROUPS = {
    "Loss": ("loss",),
    "Optimisation": ("lr_d", "lr_g", "schedule", "d_steps", "updates", "batch_size", "optimizer_d", "optimizer_g"),
    "Regularizers": ("regularizers",),
    "Data": ("data", "latent"),
    "Networks": ("generator", "discriminator", "seed"),
}
"""Fields of Experiment by group, in the order of the panel: first what one changes while it runs."""

OF_D = ("lr_d", "d_steps", "updates", "optimizer_d", "discriminator")
"""Fields that mean nothing to a loss without a discriminator; their controls are hidden then."""

OPEN = {"Loss", "Regularizers", "Optimisation"}


class Panel(w.VBox):  # type: ignore[misc]
    """All controls of an experiment. A change calls `edit` with the field's name and new value."""

    def __init__(self, experiment: Experiment, edit: Edit) -> None:
        fields = [name for group in GROUPS.values() for name in group]
        self.controls = {name: _field(name, experiment, edit) for name in fields}
        """The control of each field, by the field's name."""
        super().__init__([self._group(title, names) for title, names in GROUPS.items()])
        self.reflect(experiment)

    def reflect(self, experiment: Experiment) -> None:
        """Show the controls that mean something to this experiment."""
        has_d = experiment.loss.outputs() > 0  # type: ignore[attr-defined]
        for name in OF_D:
            self.controls[name].layout.display = "" if has_d else "none"
        self.controls["regularizers"].offer(lambda option: has_d or option.objection(experiment) is None)

    def _group(self, title: str, names: tuple[str, ...]) -> w.Widget:
        controls = w.VBox([self.controls[name] for name in names])
        group = w.Accordion([controls], titles=(title,), selected_index=0 if title in OPEN else None)
        group.add_class("ganviz-group")
        return group


def _field(name: str, experiment: Experiment, edit: Edit) -> w.Widget:
    value, info = getattr(experiment, name), type(experiment).model_fields[name]

    def change(new: Any) -> bool:
        return edit(**{name: new})

    room = next((mark.room for mark in info.metadata if hasattr(mark, "room")), None)
    if room is None:
        return field_control(name, info, value, change)
    if isinstance(value, tuple):
        return OptionSwitches(room, value, change)
    return OptionPicker(name.replace("_", " "), room, value, change)
