"""Controls for options: choose one of a room, or switch several on, and set their fields."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import ipywidgets as w

from ganviz.option import Option, find, names
from ganviz.widgets.fields import field_control


def option_help(option: type[Option]) -> w.HTML:
    """The option's docstring (formula, paper, what to watch), folded behind its first sentence."""
    first, _, rest = html.escape(option.help()).partition("\n")
    body = "".join(f"<p>{part}</p>" for part in rest.strip().split("\n\n"))
    return w.HTML(f'<details class="ganviz-help"><summary>{first}</summary>{body}</details>')


def fields_of(option: Option, on_change: Callable[[Option], None]) -> list[w.Widget]:
    """A control for each field of the option; `on_change` gets the option with the new value."""
    current = option

    def setter(name: str) -> Callable[[Any], None]:
        def change(value: Any) -> None:
            nonlocal current
            current = type(current)(**{**dict(current), name: value})
            on_change(current)

        return change

    return [field_control(name, field, getattr(option, name), setter(name)) for name, field in option.knobs().items()]


class OptionPicker(w.VBox):  # type: ignore[misc]
    """A drop-down with the options of a room, the chosen one's fields, and its help."""

    def __init__(self, label: str, room: str, option: Option, on_change: Callable[[Option], None]) -> None:
        self._room, self._on_change = room, on_change
        self._choice = w.Dropdown(options=names(room), value=option.option_name(), description=label)
        self._choice.style.description_width = "92px"
        self._choice.layout.width = "auto"
        super().__init__()
        self._show(option)
        self._choice.observe(self._choose, names="value")

    def _show(self, option: Option) -> None:
        self.children = (self._choice, *fields_of(option, self._on_change), option_help(type(option)))

    def _choose(self, change: dict[str, Any]) -> None:
        option = find(self._room, change["new"])()
        self._on_change(option)
        self._show(option)


class OptionSwitches(w.VBox):  # type: ignore[misc]
    """A check box for each option of a room; those that are on show their fields."""

    def __init__(self, room: str, options: tuple[Option, ...], on_change: Callable[[tuple[Option, ...]], None]) -> None:
        self._on_change = on_change
        self._on = {option.option_name(): option for option in options}
        super().__init__([self._switch(room, name) for name in names(room)])

    def _switch(self, room: str, name: str) -> w.Widget:
        option_class = find(room, name)
        check = w.Checkbox(value=name in self._on, description=name.replace("_", " "), indent=False)
        check.tooltip = option_class.help().partition("\n")[0]
        check.layout.width = "auto"
        fields = w.VBox()
        box = w.VBox([check, fields])

        def update(option: Option) -> None:
            self._on[name] = option
            self._on_change(tuple(self._on.values()))

        def show() -> None:
            on = name in self._on
            fields.children = [*fields_of(self._on[name], update), option_help(option_class)] if on else []

        def toggle(change: dict[str, Any]) -> None:
            if change["new"]:
                update(option_class())
            else:
                self._on.pop(name, None)
                self._on_change(tuple(self._on.values()))
            show()

        show()
        check.observe(toggle, names="value")
        return box
