"""Four panels of curves over the steps of a run."""

from __future__ import annotations

import math
from abc import ABC
from typing import Any, ClassVar, NamedTuple

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ganviz.figures._style import DISCRIMINATOR, FAKE, THEORY, nice_ceiling, styled, words
from ganviz.figures.base import Array, Figure, Update, View


class Curve(NamedTuple):
    """One line of a panel."""

    column: str
    """The column of the history."""
    panel: int
    name: str
    color: str
    dash: str = "solid"


def colored(text: str, color: str) -> str:
    """A piece of a panel's title in the colour of its curve: the titles are the legend."""
    return f'<span style="color:{words(color)}"><b>{text}</b></span>'


LOSSES = (Curve("loss_d", 1, "D", DISCRIMINATOR), Curve("loss_g", 1, "G", FAKE))
LOSSES_TITLE = f"losses of {colored('D', DISCRIMINATOR)} and {colored('G', FAKE)}"
NORMS = (Curve("grad_d", 4, "D", DISCRIMINATOR), Curve("grad_g", 4, "G", FAKE))
NORMS_TITLE = f"gradient norms of {colored('D', DISCRIMINATOR)} and {colored('G', FAKE)}"

LOGARITHMIC = {3: 1e-4, 4: 1e-12}
"""Panels whose y axis is logarithmic, distances and norms, and what is drawn there for an estimate that came out below
it. A gradient of 10⁻¹⁰ is one that has vanished, and the panel has to show it."""


class Panels(Figure, ABC):
    """Curves against the step, in four panels: losses, what the objective or the samples are worth, distances (log),
    gradient norms (log). The dotted line in the second panel is `ideals`."""

    place: ClassVar = "curves"
    curves: ClassVar[tuple[Curve, ...]]
    titles: ClassVar[tuple[str, ...]]
    ideal: ClassVar[str] = ""
    """The metric whose value at p_g = p_data is drawn in the second panel."""

    def ideals(self, view: View) -> list[float]:
        """The value that is drawn in the second panel; empty for none."""
        return [value for name, value in view.equilibrium.items() if name == self.ideal]

    def skeleton(self, view: View) -> go.Figure:
        figure = make_subplots(rows=1, cols=4, subplot_titles=self.titles, horizontal_spacing=0.055)
        for curve in self.curves:
            line = {"color": curve.color, "width": 2, "dash": curve.dash}
            hover = f"{curve.name} %{{y:.4g}}<extra></extra>"
            trace = go.Scatter(name=curve.name, mode="lines", line=line, hovertemplate=hover)
            figure.add_trace(trace, row=1, col=curve.panel)
        ideal = go.Scatter(name="ideal", mode="lines", line={"color": THEORY, "dash": "dot", "width": 1.5})
        figure.add_trace(ideal, row=1, col=2)
        styled(figure, 204)
        figure.update_layout(showlegend=False, margin={"l": 46, "r": 16, "t": 28, "b": 34}, font_size=12)
        figure.update_annotations(font_size=13)
        figure.update_layout(meta={"narrow": _two_by_two()})
        figure.update_xaxes(nticks=5, rangemode="tozero", exponentformat="SI")
        figure.update_yaxes(nticks=6)
        for panel in LOGARITHMIC:
            figure.update_yaxes(type="log", dtick=1, exponentformat="power", tickfont_size=11, row=1, col=panel)
        return figure

    def update(self, view: View) -> Update:
        panels: dict[int, list[Array]] = {panel: [] for panel in (1, 2, 3, 4)}
        traces = {}
        end = nice_ceiling(max([10.0, *(float(steps[-1]) for steps, _ in view.curves.values() if len(steps))]))
        for index, curve in enumerate(self.curves):
            step, values = view.curves.get(curve.column, (np.empty(0), np.empty(0)))
            if curve.panel in LOGARITHMIC:
                # A logarithmic axis has no place for 0. Exactly 0 is the gradient of a player who is not there.
                values = np.where(values == 0, np.nan, np.maximum(values, LOGARITHMIC[curve.panel]))
            known = np.flatnonzero(~np.isnan(values))
            traces[index] = _line(step[known], values[known], end)
            panels[curve.panel].append(values)
        ideal = np.repeat(self.ideals(view), 2)
        traces[len(self.curves)] = {"x": np.array([0.0, end])[: len(ideal)], "y": ideal}
        panels[2].append(ideal)
        layout: dict[str, Any] = {}
        for panel, curves in panels.items():
            number = "" if panel == 1 else panel
            layout[f"xaxis{number}.range"] = [0, end]
            bounds = _decades(curves) if panel in LOGARITHMIC else _bounds(curves)
            layout[f"yaxis{number}.range"] = bounds
            if panel in LOGARITHMIC:
                layout[f"yaxis{number}.dtick"] = max(1, math.ceil((bounds[1] - bounds[0]) / 5))
        return Update(traces=traces, layout=layout)


def _two_by_two() -> dict[str, Any]:
    """What is otherwise in the layout where four panels in a row would be too narrow."""
    layout: dict[str, Any] = {"height": 400, "margin.l": 40, "margin.r": 8}
    for panel in range(4):
        number = "" if panel == 0 else panel + 1
        x, y = ([0, 0.42], [0.58, 1])[panel % 2], ([0.59, 1], [0, 0.41])[panel // 2]
        layout |= {f"xaxis{number}.domain": x, f"yaxis{number}.domain": y}
        # A title may be wider than its panel: flush with the figure's side it reaches over the other's, not beyond.
        title: dict[str, Any] = {"x": 1, "xanchor": "right"} if panel % 2 else {"x": -0.12, "xanchor": "left"}
        title |= {"y": y[1], "yshift": 5, "font.size": 12}
        layout |= {f"annotations.{panel}.{key}": value for key, value in title.items()}
        layout |= {f"xaxis{number}.nticks": 4}
    return layout


def _line(step: Array, values: Array, end: float) -> dict[str, Array]:
    """A line through the points. Through a single one, such as the first of a run that began late, there is none: it
    gets a dash that ends there."""
    if len(step) == 1:
        step, values = np.array([max(0.0, step[0] - end / 50), step[0]]), np.repeat(values, 2)
    return {"x": step, "y": values}


def _finite(curves: list[Array]) -> Array:
    values = np.concatenate(curves)
    finite: Array = values[np.isfinite(values)]
    return finite


def _bounds(curves: list[Array]) -> list[float]:
    """A range that holds all values and rarely moves: its ends lie on a grid of about a tenth of the spread."""
    values = _finite(curves)
    if not len(values):
        return [0.0, 1.0]
    low, high = float(values.min()), float(values.max())
    grid = nice_ceiling(max(high - low, 1e-3 * abs(high), 1e-6) / 10)
    return [float(np.floor(low / grid - 0.2) * grid), float(np.ceil(high / grid + 0.2) * grid)]


def _decades(curves: list[Array]) -> list[float]:
    """The same for a logarithmic axis: half decades, as exponents of ten."""
    values = _finite(curves)
    if not len(values):
        return [-3.0, 0.0]
    low, high = np.log10(values.min()), np.log10(values.max())
    return [float(np.floor(2 * low - 0.1) / 2), float(np.ceil(2 * high + 0.1) / 2)]
