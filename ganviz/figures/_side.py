"""What stands beside the stage of the plane: the latents, and how well each mode is served or how D sees both sides."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from ganviz.figures._latent_grid import grid_lines
from ganviz.figures._scores import beyond_trace, first_above, score_axes, score_histograms
from ganviz.figures._style import FAKE, PULL, QUIET, REAL, THEORY, faint, largest, nice_ceiling
from ganviz.figures.base import Update
from ganviz.metrics._coverage import mode_shares
from ganviz.spaces.plane.snapshot import PlaneSnapshot

Array = NDArray[np.float64]
Lines = dict[str, Array]

LATTICE, LATENTS, PROBE, BARS, BARS_REAL, EXPECTED, BEYOND = range(7)
"""Numbers of the traces here, counted from the first."""


def side_traces(first: int) -> list[go.Scatter]:
    """The traces of both pictures; `first`: the number of the first of them in the figure."""
    z, bars = {"xaxis": "x2", "yaxis": "y2"}, {"xaxis": "x3", "yaxis": "y3", "showlegend": False}
    hover = "z = (%{x:.2f}, %{y:.2f})<extra></extra>"
    return [
        go.Scatter(mode="lines", line={"color": QUIET, "width": 0.7}, hoverinfo="skip", showlegend=False, **z),
        go.Scatter(mode="markers", marker={"size": 3.5, "color": FAKE}, hovertemplate=hover, showlegend=False, **z),
        go.Scatter(
            mode="markers",
            marker={"size": 13, "color": "rgba(0,0,0,0)", "line": {"color": PULL, "width": 2.5}},
            hoverinfo="skip",
            showlegend=False,
            meta={"probe": first + LATENTS},
            **z,
        ),
        _bars(FAKE, faint(FAKE, 0.35), **bars),
        _bars(REAL, faint(REAL, 0.1), **bars),
        go.Scatter(mode="lines", line={"color": THEORY, "dash": "dot", "width": 1.8}, hoverinfo="skip", **bars),
        beyond_trace(xaxis="x3", yaxis="y3"),
    ]


def side_update(snapshot: PlaneSnapshot, first: int) -> Update:
    """Both pictures at this moment; `first`: the number of their first trace in the figure."""
    bars, layout = _modes(snapshot) if snapshot.experiment.data.bumps() is not None else _scores(snapshot)
    latents = snapshot.latent_grid.reshape(-1, 2)
    traces = {
        LATTICE: grid_lines(snapshot.latent_grid),
        LATENTS: {"x": latents[:, 0].copy(), "y": latents[:, 1].copy()},
        PROBE: _nothing(),
        **bars,
    }
    return Update(
        traces={first + number: lines for number, lines in traces.items()}, layout=layout | _latent_axes(snapshot)
    )


def _bars(color: str, fill: str, **axes: object) -> go.Scatter:
    line = {"color": color, "width": 1.2}
    return go.Scatter(mode="lines", fill="tozeroy", fillcolor=fill, line=line, hoverinfo="skip", **axes)


def _latent_axes(snapshot: PlaneSnapshot) -> dict[str, Any]:
    z = snapshot.latent_grid
    low, high = float(z.min()), float(z.max())
    air = 0.08 * (high - low) or 1.0
    is_curve = len(z) == 1
    return {
        "xaxis2.range": [float(z[..., 0].min()) - air, float(z[..., 0].max()) + air],
        "yaxis2.range": [-1.0, 1.0] if is_curve else [low - air, high + air],
        "xaxis2.title.text": "z" if is_curve else "z₁",
        "yaxis2.title.text": "" if is_curve else "z₂",
        "yaxis2.showticklabels": not is_curve,
    }


def _modes(snapshot: PlaneSnapshot) -> tuple[dict[int, Lines], dict[str, Any]]:
    """A bar for each mode: its share of the good samples; dotted, what each should have."""
    shares = mode_shares(snapshot)
    count = len(shares)
    left, right = np.arange(1, count + 1) - 0.4, np.arange(1, count + 1) + 0.4
    zero, gap = np.zeros(count), np.full(count, np.nan)
    bars = {
        "x": np.stack([left, left, right, right, gap], axis=1).ravel(),
        "y": np.stack([zero, shares, shares, zero, gap], axis=1).ravel(),
    }
    expected = {"x": np.array([0.4, count + 0.6]), "y": np.full(2, 1 / count)}
    layout: dict[str, Any] = {
        "xaxis3.title.text": "mode",
        "yaxis3.title.text": "share of good fakes",
        "xaxis3.range": [0.4, count + 0.6],
        "yaxis3.range": [0.0, first_above(largest(shares), min(1.0, nice_ceiling(3 / count)))],
    }
    return {BARS: bars, BARS_REAL: _nothing(), EXPECTED: expected, BEYOND: _nothing()}, layout


def _scores(snapshot: PlaneSnapshot) -> tuple[dict[int, Lines], dict[str, Any]]:
    """Histograms of D(x) on fake and real samples; dotted, where D is undecided."""
    scores = score_histograms([snapshot.on_fake, snapshot.on_real], snapshot.d_scale, snapshot.undecided)
    fake, real = scores.outlines
    bars = {BARS: fake, BARS_REAL: real, EXPECTED: scores.undecided, BEYOND: scores.beyond}
    return bars, score_axes(scores, 3)


def _nothing() -> Lines:
    return {"x": np.empty(0), "y": np.empty(0)}
