"""LiveFigure: a plotly figure whose arrays arrive as one binary message a frame."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import plotly.graph_objects as go
import traitlets

from ganviz.figures._dark import on_dark
from ganviz.figures.base import Update
from ganviz.widgets.plotly_js import compressed

STATIC = Path(__file__).parent / "static"

CONFIG = {
    "displaylogo": False,
    "responsive": False,
    "displayModeBar": "hover",
    "modeBarButtonsToRemove": ["lasso2d", "select2d", "autoScale2d", "sendChartToCloud"],
}


class LiveFigure(anywidget.AnyWidget):
    """Shows a figure and then only what changes in it.

    Flow control: a frame is sent when the browser has drawn the one before, never earlier, so nothing queues; a tab
    that is hidden does not draw, does not answer, and is sent nothing. A browser that shows the figure anew (reload,
    second view, hidden tab that comes back) says so and is sent the newest frame.
    """

    _esm = "".join(
        (STATIC / f"{name}.js").read_text("utf-8")
        for name in ("theme", "painter", "heartbeat", "cursor", "live_figure")
    )
    _css = "".join((STATIC / name).read_text("utf-8") for name in ("theme.css", "ganviz.css"))
    _spec = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        figure: go.Figure,
        *,
        label: str = "",
        on_free: Callable[[], None] = lambda: None,
        on_life: Callable[[], None] = lambda: None,
        on_pick: Callable[[int, tuple[int, int]], None] = lambda trace, point: None,
    ) -> None:
        """`label`: what is shown, for who cannot see it. `on_free` is called when a frame can be sent, `on_life` at
        every message from the browser, `on_pick` when a cell of a heat map was clicked, with the trace's number and the
        cell's row and column; any of them may be out of range. Only traces whose `meta` holds ``pick`` can be
        clicked."""
        self._on_free, self._on_life, self._on_pick = on_free, on_life, on_pick
        self._sequence = 0
        self._in_flight: int | None = None
        self._layout_shown: dict[str, Any] = {}
        super().__init__(_spec=_with_config(figure, label))
        self.on_msg(self._receive)

    @property
    def free(self) -> bool:
        """Whether the browser has drawn everything that was sent."""
        return self._in_flight is None

    def show(self, update: Update, caption: str = "", state: Mapping[str, float] | None = None) -> None:
        """Send a frame; call it only when `free`. `caption` is HTML below the figure; `state` is left on the page's
        element as data attributes, where tests and benchmarks find it."""
        arrays, buffer = _packed(update)
        wanted = {**update.layout, **{f"data.{index}.name": name for index, name in update.names.items()}}
        layout = {path: value for path, value in wanted.items() if self._layout_shown.get(path) != value}
        self._layout_shown.update(layout)
        self._sequence += 1
        self._in_flight = self._sequence
        message = {
            "kind": "frame",
            "sequence": self._sequence,
            "arrays": arrays,
            "layout": layout,
            "caption": caption,
            "state": dict(state or {}),
        }
        self.send(message, [buffer])

    def dim(self) -> None:
        """Make the picture pale until the next frame: it belongs to what was shown before."""
        self.send({"kind": "stale"})

    def _receive(self, widget: object, content: Any, buffers: object) -> None:
        """A message from the browser. It may be forged: anything that is not understood is ignored."""
        kind = content.get("kind") if isinstance(content, dict) else None
        if kind == "plotly":
            self.send({"kind": "plotly"}, [compressed()])
        elif kind == "ready":
            self._in_flight, self._layout_shown = None, {}
            self._on_life()
            self._on_free()
        elif kind == "drawn" and content.get("sequence") == self._in_flight:
            self._in_flight = None
            self._on_life()
            self._on_free()
        elif kind == "alive":
            self._on_life()
            if content.get("answer"):
                self.send({"kind": "alive"})
        elif kind == "pick" and (whole := _whole([content.get("trace"), content.get("point")])):
            trace, row, column = whole
            self._on_life()
            self._on_pick(trace, (row, column))


def _whole(picked: list[Any]) -> list[int] | None:
    """[trace, row, column] from a trace and a point, if they are three whole numbers from 0 to a million."""
    trace, point = picked
    numbers = [trace, *point] if isinstance(point, list) else []
    fit = len(numbers) == 3 and all(type(number) is int and 0 <= number <= 1_000_000 for number in numbers)
    return numbers if fit else None


def _with_config(figure: go.Figure, label: str) -> str:
    """The figure as JSON with the mode bar's configuration, its label, and what is otherwise on a dark page."""
    text: str = figure.to_json()
    more = json.dumps({"config": CONFIG, "label": label, "dark": on_dark(figure)})
    return f"{more[:-1]}, {text[1:]}"


def _packed(update: Update) -> tuple[list[dict[str, Any]], bytes]:
    """All arrays of a frame one behind the other, in single precision, and a table of what lies where."""
    table, parts = [], []
    for trace, attributes in update.traces.items():
        for attribute, values in attributes.items():
            part = np.ascontiguousarray(values, dtype=np.float32)
            # plotly drops a trace without points, and the painter would not find it again: one that is not drawn.
            part = part if part.size else np.full(1, np.nan, dtype=np.float32)
            # A matrix travels row by row.
            columns = part.shape[1] if part.ndim == 2 else 0
            table.append({"trace": trace, "attribute": attribute, "length": part.size, "columns": columns})
            parts.append(part.tobytes())
    return table, b"".join(parts)
