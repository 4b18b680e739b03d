"""The layers of the plane's stage as plotly draws them, before they have data."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from ganviz.figures._latent_grid import SHADES
from ganviz.figures._style import FAKE, GROUND, PULL, faint


def heat() -> go.Heatmap:
    """D(x)."""
    hover = "(%{x:.2f}, %{y:.2f}): %{z:.3f}<extra></extra>"
    return go.Heatmap(
        name="D(x)", coloraxis="coloraxis", zsmooth="fast", showlegend=True, hovertemplate=hover, z=[[0.0]]
    )


def line(name: str, color: str, width: float) -> go.Scatter:
    """Contours."""
    return go.Scatter(name=name, mode="lines", line={"color": color, "width": width}, hoverinfo="skip")


def dots(name: str, color: str, size: float, **marker: Any) -> go.Scatter:
    """Samples; its legend entry is that of all traces of the name."""
    marker = {"color": color, "size": size, **marker}
    hover = f"{name} (%{{x:.2f}}, %{{y:.2f}})<extra></extra>"
    return go.Scatter(name=name, mode="markers", marker=marker, hovertemplate=hover, legendgroup=name)


GRID = {"legendgroup": "latent grid", "hoverinfo": "skip"}


def _green(opacity: float) -> str:
    return faint(FAKE, opacity)


def face(shade: int) -> go.Scatter:
    """Faces of the image of the latent grid, of one shade."""
    color = _green(0.05 + 0.4 * (shade / (SHADES - 1)) ** 1.5)
    line = {"width": 0}
    return go.Scatter(mode="lines", fill="toself", fillcolor=color, line=line, showlegend=False, **GRID)


def piece(shade: int) -> go.Scatter:
    """Pieces of it where it is a curve, of one shade."""
    line = {"width": 2 + 1.5 * shade, "color": _green(0.25 + 0.12 * shade)}
    return go.Scatter(mode="lines", line=line, showlegend=False, **GRID)


def grid_lines() -> go.Scatter:
    """The lines of the grid; they have the legend entry of the whole image."""
    return go.Scatter(name="latent grid", mode="lines", line={"color": _green(0.55), "width": 0.8}, **GRID)


def arrows() -> go.Scatter:
    """Minus the gradient of G's objective at some fakes."""
    return go.Scatter(
        name="pull on G",
        mode="lines+markers",
        line={"color": PULL, "width": 1.3},
        marker={"symbol": "arrow", "angleref": "previous", "size": 7, "color": PULL},
        hoverinfo="skip",
    )


def outside() -> go.Scatter:
    """Rings on the frame: fakes that are beyond it, in that direction."""
    marker = {"size": 7, "color": faint(GROUND, 0.9), "line": {"color": FAKE, "width": 1.6}}
    hover = "fakes beyond the frame<extra></extra>"
    return go.Scatter(mode="markers", marker=marker, hovertemplate=hover, showlegend=False, legendgroup="fake")


def nodes() -> go.Scatter:
    """The grid's nodes, unseen: what the pointer finds on its image."""
    marker = {"size": 8, "color": _green(0.0)}
    hover = "G(z) = (%{x:.2f}, %{y:.2f})<extra></extra>"
    return go.Scatter(mode="markers", marker=marker, hovertemplate=hover, legendgroup="latent grid", showlegend=False)


def probe(nodes: int) -> go.Scatter:
    """A ring around G(z) of the node that the reader points at; `meta` tells the page which trace holds the nodes."""
    marker = {"size": 15, "color": "rgba(0,0,0,0)", "line": {"color": PULL, "width": 2.5}}
    return go.Scatter(mode="markers", marker=marker, hoverinfo="skip", showlegend=False, meta={"probe": nodes})
