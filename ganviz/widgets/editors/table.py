"""The editor of a table: load a file, then choose its columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as w
import traitlets
from pydantic.fields import FieldInfo

from ganviz.distributions._read_columns import Column, ReadColumns
from ganviz.distributions._tables import choose, principal
from ganviz.distributions.table import Table
from ganviz.option import Invalid
from ganviz.readers.columns import Columns
from ganviz.readers.tables import read_table
from ganviz.widgets.dismiss import dismiss
from ganviz.widgets.editors.base import Editor, script
from ganviz.widgets.fields import Change, put_back

COMPONENTS = {"columns": 0, "1 principal component": 1, "2 principal components": 2}
"""What the coordinates may be, and how many principal components that takes."""

NOTHING = ""
"""What a drop-down holds for no column; not None, which would leave it blank. No column has an empty name."""


class TableLoader(Editor):
    """The file's bytes come here as one binary buffer; the page itself refuses more than 8 MB."""

    _esm = script("file_door.js", "table_loader.js")
    chosen: tuple[Column, ...] | None = None
    """What was taken of the file that came last."""

    def read(self, content: dict[str, Any], buffers: list[memoryview]) -> Columns:
        name = content.get("name")
        if not isinstance(name, str) or len(buffers) != 1:
            raise Invalid("That is no table: a file's name and its content were expected.")
        return read_table(bytes(buffers[0]), name)

    def show(self, value: Columns | tuple[Column, ...]) -> str:
        """In words: what was taken of a file, what was not, and what was assumed."""
        if isinstance(value, Columns):
            return self.show(self.chosen) if self.chosen else str(value.report)
        if isinstance(value, ReadColumns):
            return str(value.report)
        return f"{', '.join(name for name, _ in value)}: {len(value[0][1]):,} rows"


class ColumnChooser(w.VBox):
    """What becomes of a file's columns: one or two of them, or principal components of three or more."""

    def __init__(self, columns: Columns, change: Callable[[], bool]) -> None:
        """`change` is called when the choice is another; where it returns False, the choice goes back."""
        self._columns, self._change = columns, change
        self._fit = [name for name in columns if _is_fit(columns, name)]
        first, second, *_ = [*self._fit, NOTHING, NOTHING]
        named = {name: name for name in columns}
        self._axes = self._drop_down("coordinates", COMPONENTS, 0)
        self._axes.layout.display = "" if len(self._fit) > 2 else "none"
        self._first = self._drop_down("first", {"(choose)": NOTHING, **named}, first)
        self._second = self._drop_down("second", {"(none)": NOTHING, **named}, second)
        super().__init__([self._axes, self._first, self._second])

    def table(self) -> Table:
        """The density of the present choice. Raises `Invalid` where it has none."""
        if self._axes.value:
            return principal(self._columns, self._fit, self._axes.value)
        if self._first.value == NOTHING:
            raise Invalid("Choose a first column.")
        names = [self._first.value, self._second.value]
        return choose(self._columns, [name for name in names if name != NOTHING])

    def forget(self) -> None:
        """Choose nothing."""
        for choice in (self._first, self._second):
            put_back(choice, NOTHING, self._changed)

    def _drop_down(self, text: str, options: dict[str, Any], value: Any) -> w.Dropdown:
        choice = w.Dropdown(options=options, value=value, description=text, layout=w.Layout(width="auto"))
        choice.style.description_width = "92px"
        choice.observe(self._changed, names="value")
        return choice

    def _changed(self, change: dict[str, Any]) -> None:
        if not self._change():
            put_back(change["owner"], change["old"], self._changed)
        for choice in (self._first, self._second):
            choice.layout.display = "none" if self._axes.value else ""


class TableEditor(w.VBox):
    """A loader, and below it, once there is a file, the choice of its columns. What does not fit changes nothing."""

    # A box has no description of its own, but ipywidgets cannot show one that has a tooltip and none.
    description = traitlets.Unicode().tag(sync=True)

    def __init__(self, name: str, field: FieldInfo, value: tuple[Column, ...], on_change: Change) -> None:
        self._value, self._on_change = value, on_change
        self._loader = TableLoader(name, field, value, self._load)
        super().__init__([self._loader], description=self._loader.description, tooltip=self._loader.tooltip)

    @property
    def value(self) -> tuple[Column, ...]:
        """The columns that were accepted last."""
        return self._value

    def _load(self, columns: Columns) -> bool:
        """Offer the file's columns, and propose the first that are fit at once. The file stays where they are refused:
        others may fit."""
        chooser = ColumnChooser(columns, lambda: self._loader.attempt(lambda: self._take(chooser)))
        self._loader.chosen = None
        self._loader.present(columns)
        before: tuple[w.Widget, ...] = getattr(self, "children", ())[1:]
        self.children = [self._loader, chooser]
        dismiss(*before)
        taken = False
        try:
            taken = self._take(chooser)
        finally:
            if not taken:
                chooser.forget()
        return taken

    def _take(self, chooser: ColumnChooser) -> bool:
        wanted = chooser.table().columns
        taken = self._on_change(wanted)
        if taken:
            self._value = self._loader.chosen = wanted
            self._loader.present(wanted)
        return taken


def _is_fit(columns: Columns, name: str) -> bool:
    """Whether the column can become a density by itself."""
    try:
        columns.matrix([name])
    except Invalid:
        return False
    return True


def control(name: str, field: FieldInfo, value: Any, on_change: Change) -> TableEditor:
    """A button that loads a table, and drop-downs for its columns."""
    return TableEditor(name, field, value, on_change)
