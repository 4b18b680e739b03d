"""One look for all figures: real, fake, D and G have the same colour everywhere."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

REAL = "#111111"
FAKE = "#009e73"
DISCRIMINATOR = "#0072b2"
OPTIMUM = "#3497d8"
PULL = "#8f3f97"
THEORY = "#d55e00"
QUIET = "#8a8f98"
"""Okabe and Ito's colours, which colour-blind readers can tell apart; black for the data, as in the paper."""

KEPT = ("#3396d9", "#e0669a")
"""Two samples that the reader keeps: the one before the last, and the last. They stand out from white and from black:
their frames lie around pictures."""

NEIGHBOUR = "#f0c000"
"""What is nearest in the training data: the paper's yellow column. Only for frames around pictures, which are black."""

GROUND, INK, GRID, RULE = "#ffffff", "#2b2f36", "#edeff2", "#c9cdd3"
"""Paper, text, the lines across a picture and those at its sides."""

HEAT_COLORS = ("#f5bf8e", "#fdfdfd", "#a0cbe8")
"""Where D takes x for fake, is undecided, takes it for real: behind everything else, so that all colours are seen on
it."""

PICTURE = [[0, "black"], [1, "white"]]
"""The colours of pictures, as the paper prints MNIST. They have names: a dark page (`ganviz.figures._dark`) has other
colours in place of all those above, but leaves pictures as they are."""

WORDS = {
    FAKE: "#007a59",
    THEORY: "#b04e00",
    QUIET: "#5d6470",
    KEPT[0]: "#1a70a8",
    KEPT[1]: "#b83a72",
}
"""The same hue, darker, where a colour that is bright enough for a line would be too pale for words."""

FONT = "Inter, 'Helvetica Neue', Helvetica, Arial, 'DejaVu Sans', sans-serif"

AXIS = {
    "showgrid": True,
    "gridcolor": GRID,
    "zeroline": False,
    "linecolor": RULE,
    "showline": True,
    "ticks": "outside",
    "tickcolor": RULE,
    "ticklen": 4,
}


def words(color: str) -> str:
    """The colour of words about what is drawn in that colour."""
    return WORDS.get(color, color)


def faint(color: str, opacity: float) -> str:
    """A colour that lets the ground through."""
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:.2f})"


def styled(figure: go.Figure, height: int) -> go.Figure:
    """The figure with the house's fonts, colours and margins; what the reader zoomed into survives updates."""
    figure.update_layout(
        height=height,
        font={"family": FONT, "size": 14, "color": INK},
        paper_bgcolor=GROUND,
        plot_bgcolor=GROUND,
        modebar={"color": QUIET, "activecolor": INK, "bgcolor": faint(GROUND, 0)},
        hoverlabel={"font": {"family": FONT, "size": 13}},
        uirevision="kept",
        template="none",
        autosize=True,
    )
    figure.update_xaxes(AXIS)
    figure.update_yaxes(AXIS)
    return figure


def largest(values: NDArray[np.floating]) -> float:
    """The largest modulus among the finite ones of some values; 0 where there is none. For axes and scales, which must
    end somewhere."""
    return float(np.abs(values[np.isfinite(values)]).max(initial=0.0))


def nice_ceiling(value: float) -> float:
    """The smallest 1, 1.5, 2, 3, 5 or 7 times a power of ten that is at least `value`: axes that rarely jump."""
    if not 0 < value < float("inf"):
        return 1.0
    power = 10.0 ** int(f"{value:e}".rpartition("e")[2])
    return next(step * power for step in (1, 1.5, 2, 3, 5, 7, 10) if step * power >= value * (1 - 1e-9))
