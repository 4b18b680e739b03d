"""The panel of an experiment: its controls, generated from its fields; all of them in groups, or a few of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import ipywidgets as w

from ganviz.experiment import Experiment, field_of, room_of
from ganviz.option import Invalid, Option, available, nearest
from ganviz.widgets.fields import field_control
from ganviz.widgets.pickers import Edit, OptionPicker, OptionSwitches, fields_of

GROUPS = {
    "Loss": ("loss",),
    "Optimisation": ("lr_d", "lr_g", "schedule", "d_steps", "updates", "batch_size", "optimizer_d", "optimizer_g"),
    "Regularizers": ("regularizers",),
    "Data": ("data", "latent"),
    "Networks": ("generator", "discriminator", "seed"),
}
"""Fields of Experiment by group, in the order of the panel: first what one changes while it runs."""

FIELDS = [name for group in GROUPS.values() for name in group]

OF_D = ("lr_d", "d_steps", "updates", "optimizer_d", "discriminator")
"""Fields that mean nothing to a loss without a discriminator; their controls are hidden then."""

OPEN = frozenset({"Loss", "Regularizers", "Optimisation"})
"""Groups that are unfolded to begin with."""


class Panel(w.VBox):
    """The controls of an experiment. A change calls `edit` with the new value by its path."""

    def __init__(
        self,
        experiment: Experiment,
        edit: Edit,
        only: Sequence[str] | None = None,
        unfolded: Collection[str] = OPEN,
    ) -> None:
        """`only`: the controls that are wanted, in that order (`chosen` says how they are named); None for all. Raises
        `Invalid` for one that is not there. `unfolded`: the groups that show their controls."""
        wanted = chosen(FIELDS if only is None else only, experiment)
        self.controls = {name: _field(name, experiment, edit, parts) for name, parts in wanted.items()}
        """The control of each field, by the field's name."""
        few = only is not None
        self._groups = {} if few else {title: self._group(title, title in unfolded) for title in GROUPS}
        super().__init__(list(self.controls.values()) if few else list(self._groups.values()))
        self.reflect(experiment)

    @property
    def unfolded(self) -> set[str]:
        """Titles of the groups that show their controls."""
        return {title for title, group in self._groups.items() if group.selected_index is not None}

    def reflect(self, experiment: Experiment) -> None:
        """Show the controls that mean something to this experiment."""
        has_d = experiment.loss.outputs() > 0
        for name in self.controls.keys() & set(OF_D):
            self.controls[name].layout.display = "" if has_d else "none"
        if switches := self.controls.get("regularizers"):
            switches.offer(lambda option: has_d or option.objection(experiment) is None)

    def _group(self, title: str, unfolded: bool) -> w.Widget:
        controls = w.VBox([self.controls[name] for name in GROUPS[title]])
        group = w.Accordion([controls], titles=(title,), selected_index=0 if unfolded else None)
        group.add_class("ganviz-group")
        return group


def chosen(controls: Sequence[str], experiment: Experiment) -> dict[str, tuple[str, ...]]:
    """The fields to which some controls belong, each with the parts that are wanted of it; none means all of it.

    A control is called as its field (``"lr_d"``), a part of an option as in ``"data.mean"``, one regularizer as in
    ``"regularizers.r1"``. Raises `Invalid`, naming the nearest, for one that is not there.
    """
    wanted: dict[str, tuple[str, ...]] = {}
    for control in controls:
        name = field_of(control)
        part = control.removeprefix(name).removeprefix(".")
        inside = [f"{name}.{one}" for one in _parts(name, experiment)] if part else []
        known = inside or ([name] if name in FIELDS else FIELDS)
        if control not in known:
            raise Invalid(f"There is no control {control!r}{nearest(control, known)}")
        wanted[name] = (*wanted.get(name, ()), part)
    return {name: () if "" in parts else parts for name, parts in wanted.items()}


def _parts(name: str, experiment: Experiment) -> list[str]:
    value = getattr(experiment, name) if name in FIELDS else None
    if isinstance(value, tuple):
        return list(available(name))
    return list(value.knobs()) if isinstance(value, Option) else []


def _field(name: str, experiment: Experiment, edit: Edit, parts: tuple[str, ...]) -> w.Widget:
    value, info = getattr(experiment, name), type(experiment).model_fields[name]
    room = room_of(info)
    if room is None:
        return field_control(name, info, value, lambda new: edit(**{name: new}))
    if isinstance(value, tuple):
        return OptionSwitches(name, room, value, edit, parts)
    return w.VBox(fields_of(value, name, edit, parts)) if parts else OptionPicker(name, room, value, edit)
