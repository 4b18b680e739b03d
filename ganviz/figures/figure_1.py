"""Figure 1 of the 2014 paper."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from ganviz.figures._far import drawable
from ganviz.figures._style import DISCRIMINATOR, FAKE, INK, OPTIMUM, QUIET, REAL, faint, largest, nice_ceiling, styled
from ganviz.figures.base import Figure, Update, View
from ganviz.metrics.cost import Cost
from ganviz.metrics.jsd import Jsd
from ganviz.metrics.w1 import W1
from ganviz.spaces.line.cells import INNER, OUTER, centers
from ganviz.spaces.line.snapshot import LineSnapshot
from ganviz.theory.optimal import optimal_discriminator
from ganviz.written import signed

Array = NDArray[np.float64]

P_DATA, P_G, D, D_STAR, ARROWS = range(5)

WINDOW = slice(OUTER, OUTER + INNER)
"""The cells inside the window that is drawn."""


class Figure1(Figure):
    """p_data (black, dotted), p_g (green, solid) and D(x) (blue, dashed) over the line x; below, arrows z → x = G(z).

    Goodfellow et al. 2014, Figure 1. The thin light-blue line is D*(x), the best answer to the current p_g.
    Where arrows crowd together p_g is high: G contracts there, and expands where p_g is low. On a dark page what is
    black here is white.
    """

    space: ClassVar[str] = "line"

    def readings(self, view: View) -> list[str]:
        measures, ideal = view.measures, view.equilibrium["cost"]
        return [
            f"{Jsd().term()} <b>{signed(measures['jsd'])}</b> nats",
            f"{Cost().term()} <b>{signed(measures['cost'])}</b> (at p<sub>g</sub> = p<sub>data</sub>: {signed(ideal)})",
            f"{W1().term()} <b>{signed(measures['w1'])}</b>",
        ]

    def skeleton(self, view: View) -> go.Figure:
        figure = go.Figure(
            [
                _line("p<sub>data</sub>", REAL, "dot", 3),
                _line("p<sub>g</sub>", FAKE, "solid", 3, fill="tozeroy", fillcolor=faint(FAKE, 0.1)),
                _line("D(x)", DISCRIMINATOR, "dash", 3, yaxis="y3", cliponaxis=False),
                _line("D*(x)", OPTIMUM, "solid", 1.5, yaxis="y3", cliponaxis=False),
                _arrows(),
            ]
        )
        styled(figure, 396)
        figure.update_layout(
            margin={"l": 64, "r": 64, "t": 40, "b": 34},
            meta={"narrow": {"margin.l": 54, "margin.r": 50}},
            legend={"orientation": "h", "x": 0.5, "xanchor": "center", "y": 1.0, "yanchor": "bottom"},
            hovermode="x",
            shapes=[_rail(0), _rail(1)],
            annotations=[_label(0, "z"), _label(1, "x"), _label(0.5, "G ↑")],
            xaxis={"anchor": "y", "showgrid": False, "hoverformat": ".3f"},
            yaxis={"domain": [0.36, 1], "title": "density", "rangemode": "tozero", "fixedrange": False},
            yaxis2={"domain": [0, 0.25], "range": [-0.08, 1.08], "visible": False, "fixedrange": True},
            yaxis3={
                "overlaying": "y",
                "side": "right",
                "title": {"text": "D(x)", "font": {"color": DISCRIMINATOR}},
                "tickfont": {"color": DISCRIMINATOR},
                "showgrid": False,
                "zeroline": False,
                # Where plotly lines them up with those on the left they fall on 0.857.
                "tickmode": "auto",
                "nticks": 6,
            },
        )
        return figure

    def update(self, view: View) -> Update:
        snapshot = LineSnapshot.of(view.snapshot)
        best = _best(snapshot)
        x, width = centers(snapshot.edges)[WINDOW], np.diff(snapshot.edges)[WINDOW]
        p, q = snapshot.p[WINDOW] / width, snapshot.q[WINDOW] / width
        low, high = snapshot.edges[OUTER], snapshot.edges[OUTER + INNER]
        ceiling = nice_ceiling(1.25 * float(np.quantile(p, 0.995)))
        discriminator = snapshot.discriminator[WINDOW]
        return Update(
            traces={
                P_DATA: {"x": x, "y": p},
                P_G: {"x": x, "y": np.minimum(q, 4 * ceiling)},
                D: {"x": x, "y": discriminator},
                D_STAR: {"x": x, "y": best[WINDOW]},
                ARROWS: _arrow_ends(snapshot, float(low), float(high)),
            },
            layout={
                "xaxis.range": [float(low), float(high)],
                "yaxis.range": [0.0, ceiling],
                "yaxis3.range": _d_range(snapshot, discriminator),
                "yaxis3.title.text": _ordinate(snapshot),
            },
            names={P_G: _p_g(snapshot), D: _ordinate(snapshot), D_STAR: _optimum(snapshot, best)},
        )


def _line(name: str, color: str, dash: str, width: float, **more: object) -> go.Scatter:
    line = {"color": color, "dash": dash, "width": width}
    return go.Scatter(name=name, mode="lines", line=line, hovertemplate="%{y:.3f}", **more)


def _arrows() -> go.Scatter:
    return go.Scatter(
        name="z → x = G(z)",
        mode="lines+markers",
        yaxis="y2",
        line={"color": FAKE, "width": 1.2},
        marker={"symbol": "arrow", "angleref": "previous", "size": 8, "color": FAKE},
        opacity=0.8,
        hoverinfo="skip",
        showlegend=False,
    )


def _rail(y: float) -> dict[str, object]:
    """The z line or the x line, from edge to edge."""
    line = {"color": QUIET, "width": 1.5}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "yref": "y2", "y0": y, "y1": y, "line": line}


def _label(y: float, text: str) -> dict[str, object]:
    place = {"xref": "paper", "x": -0.012, "xanchor": "right", "yref": "y2", "y": y, "yanchor": "middle"}
    return {**place, "text": f"<i>{text}</i>", "showarrow": False, "font": {"size": 18, "color": INK}}


def _p_g(snapshot: LineSnapshot) -> str:
    """Its name; where much of it lies beyond the frame, or it is not known, that too, in steps that let it rest."""
    name = "p<sub>g</sub>" if snapshot.exact else "p<sub>g</sub> (estimate)"
    inside = float(snapshot.q[WINDOW].sum())
    if math.isnan(inside):
        return f"{name}: unknown"
    tenths = round(10 * (1 - inside))
    return f"{name}, {10 * tenths} % beyond the frame" if tenths else name


def _ordinate(snapshot: LineSnapshot) -> str:
    """What the blue line is: a loss without D has a witness instead, large where data are missing."""
    return "D(x)" if snapshot.experiment.loss.outputs() else "witness"


def _best(snapshot: LineSnapshot) -> Array:
    """D*(x) in each cell, (n,). A witness has none beside it: it is exact."""
    has_d = bool(snapshot.experiment.loss.outputs())
    return optimal_discriminator(snapshot) if has_d else np.full_like(snapshot.p, np.nan)


def _optimum(snapshot: LineSnapshot, best: Array) -> str:
    if not snapshot.experiment.loss.outputs():
        return "(no D)"
    return "D*(x)" if np.isfinite(best).any() else "D*(x): no closed form"


def _arrow_ends(snapshot: LineSnapshot, low: float, high: float) -> dict[str, Array]:
    """Each arrow as three points: its z (the latent's window stretched over the x axis), its x, and a gap."""
    start, end = snapshot.latent_window
    # A latent that is a single point stands in the middle.
    share = (snapshot.arrows_z - start) / (end - start) if end > start else np.full_like(snapshot.arrows_z, 0.5)
    z = low + (0.04 + 0.92 * share) * (high - low)
    gap = np.full_like(z, np.nan)
    x = np.stack([z, drawable(snapshot.arrows_x), gap], axis=1).ravel()
    y = np.tile([0.0, 1.0, np.nan], len(z))
    return {"x": x, "y": y}


def _d_range(snapshot: LineSnapshot, values: Array) -> list[float]:
    """The right-hand axis: the loss's own range, or for a critic a range that rarely jumps."""
    scale = snapshot.d_scale
    if scale is not None:
        low, high = scale
        return [low, high]
    reach = nice_ceiling(largest(values))
    return [-reach, reach]
