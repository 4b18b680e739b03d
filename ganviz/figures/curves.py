"""The numbers of a run over time."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ganviz.experiment import Experiment
from ganviz.figures._style import DISCRIMINATOR, FAKE, REAL, THEORY, nice_ceiling, styled
from ganviz.figures.base import Array, Figure, Update, View

CURVES = (
    # (column of the history, panel, name, colour, dash)
    ("loss_d", 1, "D", DISCRIMINATOR, "solid"),
    ("loss_g", 1, "G", FAKE, "solid"),
    ("value", 2, "V(D, G)", DISCRIMINATOR, "solid"),
    ("cost", 2, "C(G)", REAL, "solid"),
    ("jsd", 3, "JSD (nats)", REAL, "solid"),
    ("w1", 3, "W₁", THEORY, "solid"),
    ("grad_d", 4, "D", DISCRIMINATOR, "solid"),
    ("grad_g", 4, "G", FAKE, "solid"),
)


def _colored(text: str, color: str) -> str:
    return f'<span style="color:{color}"><b>{text}</b></span>'


TITLES = (
    f"losses of {_colored('D', DISCRIMINATOR)} and {_colored('G', FAKE)}",
    f"{_colored('V(D,G)', DISCRIMINATOR)} and {_colored('C(G)', REAL)}",
    f"{_colored('JSD', REAL)} and {_colored('W₁', THEORY)}",
    f"gradient norms of {_colored('D', DISCRIMINATOR)} and {_colored('G', FAKE)}",
)
"""The titles are the legend: every curve is named there in its colour."""


LOGARITHMIC = (3, 4)
"""Panels whose y axis is logarithmic."""


class Curves(Figure):
    """Losses; V(D, G) below C(G) with its floor (−log 4 for the log losses); JSD and W₁; gradient norms of both
    players. Against the step, in the scale of the loss; divergences and norms on a logarithmic axis.
    """

    @classmethod
    def fits(cls, experiment: Experiment) -> bool:
        return True

    def skeleton(self, view: View) -> go.Figure:
        figure = make_subplots(rows=1, cols=4, subplot_titles=TITLES, horizontal_spacing=0.055)
        for _, panel, name, color, dash in CURVES:
            line = {"color": color, "dash": dash, "width": 2}
            curve = go.Scatter(name=name, mode="lines", line=line, hovertemplate=f"{name} %{{y:.4g}}<extra></extra>")
            figure.add_trace(curve, row=1, col=panel)
        floor = go.Scatter(name="floor", mode="lines", line={"color": THEORY, "dash": "dot", "width": 1.5})
        figure.add_trace(floor, row=1, col=2)
        styled(figure, 204)
        figure.update_layout(showlegend=False, margin={"l": 46, "r": 16, "t": 28, "b": 34}, font_size=12)
        figure.update_annotations(font_size=13)
        figure.update_xaxes(nticks=5, rangemode="tozero", exponentformat="SI")
        figure.update_yaxes(nticks=6)
        for panel in LOGARITHMIC:
            figure.update_yaxes(type="log", dtick=1, row=1, col=panel)
        return figure

    def update(self, view: View) -> Update:
        step = view.history.column("step")
        panels: dict[int, list[Array]] = {panel: [] for panel in (1, 2, 3, 4)}
        traces = {}
        for index, (column, panel, *_) in enumerate(CURVES):
            values = view.history.column(column)
            # A logarithmic axis has no place for 0.
            values = np.maximum(values, 1e-6) if panel in LOGARITHMIC else values
            traces[index] = {"x": step, "y": values}
            panels[panel].append(values)
        end = nice_ceiling(float(step.max(initial=10)))
        floor = np.full(2, view.equilibrium["cost"])
        traces[len(CURVES)] = {"x": np.array([0.0, end]), "y": floor}
        panels[2].append(floor)
        layout: dict[str, Any] = {}
        for panel, curves in panels.items():
            number = "" if panel == 1 else panel
            layout[f"xaxis{number}.range"] = [0, end]
            bounds = _decades(curves) if panel in LOGARITHMIC else _bounds(curves)
            layout[f"yaxis{number}.range"] = bounds
        return Update(traces=traces, layout=layout)


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
