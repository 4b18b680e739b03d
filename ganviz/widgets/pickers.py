"""Controls for options: choose one of a room, or switch several on, and set their fields."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

import ipywidgets as w

from ganviz.option import Option, find, names, resolve
from ganviz.widgets.dismiss import dismiss
from ganviz.widgets.fields import field_control, put_back


def option_help(option: type[Option]) -> w.HTML:
    """The option's docstring (formula, paper, what to watch), folded behind its first sentence."""
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(option.help()))
    first, _, rest = text.partition("\n")
    body = "".join(f"<p>{part}</p>" for part in rest.strip().split("\n\n"))
    return w.HTML(f'<details class="ganviz-help"><summary>{first}</summary>{body}</details>')


def choices(room: str) -> list[tuple[str, str]]:
    """(label, name) of every option in a room, family by family."""
    grouped = sorted((find(room, name)().family, name) for name in names(room))
    return [(f"{name} ({family})" if family else name, name) for family, name in grouped]


Fields = dict[str, Any]
"""An option as its name and fields, not validated yet: a browser may have sent anything."""


def fields_of(option: Option, on_change: Callable[[Fields], bool], only: Collection[str] = ()) -> list[w.Widget]:
    """A control for each field of the option, or for `only` some; `on_change` gets the option's fields with the new
    value."""
    current = option

    def setter(name: str) -> Callable[[Any], bool]:
        def change(value: Any) -> bool:
            nonlocal current
            # By name: an option also holds what it has read, such as pictures.
            fields = {field: getattr(current, field) for field in current.knobs()}
            wanted = {"name": current.option_name(), **fields, name: value}
            taken = on_change(wanted)
            current = resolve(current.room, wanted) if taken else current
            return taken

        return change

    shown = {name: field for name, field in option.knobs().items() if not only or name in only}
    return [field_control(name, field, getattr(option, name), setter(name)) for name, field in shown.items()]


class OptionPicker(w.VBox):  # type: ignore[misc]
    """A drop-down with the options of a room, the chosen one's fields, and its help."""

    def __init__(self, label: str, room: str, option: Option, on_change: Callable[[Any], bool]) -> None:
        self._room, self._on_change = room, on_change
        self._choice = w.Dropdown(options=choices(room), value=option.option_name(), description=label)
        self._choice.style.description_width = "92px"
        self._choice.layout.width = "auto"
        super().__init__()
        self.add_class("ganviz-option")
        self._show(option)
        self._choice.observe(self._choose, names="value")

    def _show(self, option: Option) -> None:
        before: tuple[w.Widget, ...] = getattr(self, "children", ())[1:]
        self.children = (self._choice, *fields_of(option, self._on_change), option_help(type(option)))
        dismiss(*before)

    def _choose(self, change: dict[str, Any]) -> None:
        option = find(self._room, change["new"])()
        # What an option lacks can only be given where its fields are shown; what runs stays until then.
        if self._on_change(option) or option.lacking():
            self._show(option)
        else:
            put_back(self._choice, change["old"], self._choose)


class OptionSwitches(w.VBox):  # type: ignore[misc]
    """A check box for each option of a room, or for `only` some; those that are on show their fields."""

    def __init__(
        self,
        room: str,
        options: tuple[Option, ...],
        on_change: Callable[[tuple[Any, ...]], bool],
        only: Collection[str] = (),
    ) -> None:
        self._room, self._on_change = room, on_change
        self._on = {option.option_name(): option for option in options}
        self._switches: dict[str, w.Checkbox] = {}
        super().__init__([self._switch(room, name) for name in names(room) if not only or name in only])

    def offer(self, fits: Callable[[Option], bool]) -> None:
        """Show the switches of options that fit, and of those that are on."""
        for name, box in zip(self._switches, self.children, strict=True):
            fitting = name in self._on or fits(find(self._room, name)())
            box.layout.display = "" if fitting else "none"

    def _take(self, wanted: Mapping[str, Option | Fields]) -> bool:
        """Ask for other options; False when they were refused, and the old ones stay."""
        taken = self._on_change(tuple(wanted.values()))
        if taken:
            self._on = {name: resolve(self._room, option) for name, option in wanted.items()}
        return taken

    def _switch(self, room: str, name: str) -> w.Widget:
        option_class = find(room, name)
        check = w.Checkbox(value=name in self._on, description=name.replace("_", " "), indent=False)
        check.tooltip = option_class.help().partition("\n")[0].replace("`", "")
        check.layout.width = "auto"
        self._switches[name] = check
        fields = w.VBox()
        box = w.VBox([check, fields])
        box.add_class("ganviz-option")

        def update(fields: Fields) -> bool:
            return self._take({**self._on, name: fields})

        def show() -> None:
            on, before = name in self._on, fields.children
            fields.children = [*fields_of(self._on[name], update), option_help(option_class)] if on else []
            dismiss(*before)

        def toggle(change: dict[str, Any]) -> None:
            without = {kind: option for kind, option in self._on.items() if kind != name}
            if self._take({**without, name: option_class()} if change["new"] else without):
                show()
            else:
                put_back(check, change["old"], toggle)

        show()
        check.observe(toggle, names="value")
        return box
