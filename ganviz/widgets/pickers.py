"""Controls for options: choose one of a room, or switch several on, and set their fields."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection
from typing import Any

import ipywidgets as w

from ganviz.option import Option, available, broken, find
from ganviz.widgets.dismiss import dismiss
from ganviz.widgets.fields import Change, field_control, put_back

Edit = Callable[..., bool]
"""Takes new values by their paths in the experiment, as `Experiment.replace` does; reports what does not fit by itself,
and then returns False."""


def option_help(option: type[Option]) -> w.HTML:
    """The option's docstring (formula, paper, what to watch), folded behind its first sentence."""
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(option.help()))
    first, _, rest = text.partition("\n")
    body = "".join(f"<p>{part}</p>" for part in rest.strip().split("\n\n"))
    return w.HTML(f'<details class="ganviz-help"><summary>{first}</summary>{body}</details>')


def choices(room: str) -> list[tuple[str, str]]:
    """(label, name) of every option in a room, family by family."""
    grouped = sorted((option().family, name) for name, option in available(room).items())
    return [(f"{name} ({family})" if family else name, name) for family, name in grouped]


def left_out(room: str) -> list[w.Widget]:
    """A line for each option of a room that is missing from the choice because its file is broken, and why."""
    lines = [w.HTML(f"<p>{html.escape(reason)}</p>") for reason in broken(room).values()]
    for line in lines:
        line.add_class("ganviz-help")
    return lines


def fields_of(option: Option, path: str, edit: Edit, only: Collection[str] = ()) -> list[w.Widget]:
    """A control for each field of the option that stands at `path`, or for `only` some. `edit` gets the new value, and
    the option's name beside it: an option that still lacks something may be shown before it is the experiment's."""

    def setter(name: str) -> Change:
        return lambda value: edit(**{f"{path}.name": option.option_name(), f"{path}.{name}": value})

    shown = {name: field for name, field in option.knobs().items() if not only or name in only}
    return [field_control(name, field, getattr(option, name), setter(name)) for name, field in shown.items()]


class OptionPicker(w.VBox):
    """A drop-down with the options of a room, the chosen one's fields, and its help."""

    def __init__(self, path: str, room: str, option: Option, edit: Edit) -> None:
        """`path`: where the option stands in the experiment."""
        self._path, self._room, self._edit = path, room, edit
        self._choice = w.Dropdown(options=choices(room), value=option.option_name(), description=path.replace("_", " "))
        self._choice.style.description_width = "92px"
        self._choice.layout.width = "auto"
        self._left_out = left_out(room)
        super().__init__()
        self.add_class("ganviz-option")
        self._show(option)
        self._choice.observe(self._choose, names="value")

    def _show(self, option: Option) -> None:
        kept = (self._choice, *self._left_out)
        before: tuple[w.Widget, ...] = getattr(self, "children", ())[len(kept) :]
        self.children = (*kept, *fields_of(option, self._path, self._edit), option_help(type(option)))
        dismiss(*before)

    def _choose(self, change: dict[str, Any]) -> None:
        option = find(self._room, change["new"])()
        # What an option lacks can only be given where its fields are shown; what runs stays until then.
        if self._edit(**{self._path: option}) or option.lacking():
            self._show(option)
        else:
            put_back(self._choice, change["old"], self._choose)


class OptionSwitches(w.VBox):
    """A check box for each option of a room, or for `only` some; those that are on show their fields."""

    def __init__(
        self, path: str, room: str, options: tuple[Option, ...], edit: Edit, only: Collection[str] = ()
    ) -> None:
        """`path`: the field of the experiment that holds them."""
        self._path, self._edit = path, edit
        self._on = {option.option_name(): option for option in options}
        """Those that are on, as they were switched on."""
        self._offered = {name: option for name, option in available(room).items() if not only or name in only}
        self._switches = {name: self._switch(name, option) for name, option in self._offered.items()}
        super().__init__([*self._switches.values(), *([] if only else left_out(room))])

    def offer(self, fits: Callable[[Option], bool]) -> None:
        """Show the switches of options that fit, and of those that are on."""
        for name, option in self._offered.items():
            self._switches[name].layout.display = "" if name in self._on or fits(option()) else "none"

    def _switch(self, name: str, option: type[Option]) -> w.Widget:
        check = w.Checkbox(value=name in self._on, description=name.replace("_", " "), indent=False)
        check.tooltip = option.help().partition("\n")[0].replace("`", "")
        check.layout.width = "auto"
        fields = w.VBox()
        box = w.VBox([check, fields])
        box.add_class("ganviz-option")
        path = f"{self._path}.{name}"

        def show() -> None:
            before, on = fields.children, self._on.get(name)
            fields.children = [*fields_of(on, path, self._edit), option_help(option)] if on else []
            dismiss(*before)

        def toggle(change: dict[str, Any]) -> None:
            wanted = option() if change["new"] else None
            if self._edit(**{path: wanted}):
                self._on = {kind: each for kind, each in self._on.items() if kind != name}
                if wanted:
                    self._on[name] = wanted
                show()
            else:
                put_back(check, change["old"], toggle)

        show()
        check.observe(toggle, names="value")
        return box
