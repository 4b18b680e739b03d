"""One look for all figures: real, fake, D and G have the same colour everywhere."""

from __future__ import annotations

import plotly.graph_objects as go

REAL = "#111111"
FAKE = "#009E73"
DISCRIMINATOR = "#0072B2"
OPTIMUM = "#56B4E9"
PULL = "#8F3F97"
THEORY = "#D55E00"
QUIET = "#8a8f98"
"""Okabe and Ito's colours, which colour-blind readers can tell apart; black for the data, as in the paper."""

KEPT = ("#56B4E9", "#E07BB8")
"""Two samples that the reader keeps: the one before the last, and the last. Bright enough for a frame on black."""

NEIGHBOUR = "#F0C000"
"""What is nearest in the training data: the paper's yellow column."""

FONT = "Inter, 'Helvetica Neue', Helvetica, Arial, 'DejaVu Sans', sans-serif"

AXIS = {
    "showgrid": True,
    "gridcolor": "#edeff2",
    "zeroline": False,
    "linecolor": "#c9cdd3",
    "showline": True,
    "ticks": "outside",
    "tickcolor": "#c9cdd3",
    "ticklen": 4,
}


def styled(figure: go.Figure, height: int) -> go.Figure:
    """The figure with the house's fonts, colours and margins; what the reader zoomed into survives updates."""
    figure.update_layout(
        height=height,
        font={"family": FONT, "size": 14, "color": "#2b2f36"},
        paper_bgcolor="white",
        plot_bgcolor="white",
        hoverlabel={"font": {"family": FONT, "size": 13}},
        uirevision="kept",
        template="none",
        autosize=True,
    )
    figure.update_xaxes(AXIS)
    figure.update_yaxes(AXIS)
    return figure


def nice_ceiling(value: float) -> float:
    """The smallest 1, 1.5, 2, 3, 5 or 7 times a power of ten that is at least `value`: axes that rarely jump."""
    if not 0 < value < float("inf"):
        return 1.0
    power = 10.0 ** int(f"{value:e}".rpartition("e")[2])
    return next(step * power for step in (1, 1.5, 2, 3, 5, 7, 10) if step * power >= value * (1 - 1e-9))
