"""Axes and headings of the closer panel."""

from __future__ import annotations

from typing import Any

import numpy as np

from ganviz.contracts.latent import Latent
from ganviz.figures._image_tiles import SIDE, length, rims
from ganviz.figures._image_walk import map_ticks
from ganviz.figures._panels import colored
from ganviz.figures._style import AXIS, DISCRIMINATOR, FAKE, GROUND, KEPT, QUIET, THEORY
from ganviz.spaces.images.close_up import STOPS, WIDE
from ganviz.spaces.images.normal_scores import to_scores

APART = SIDE + 6
"""Pixels from one large picture to the next."""

NOTE = {"showarrow": False, "font": {"size": 13}, "yanchor": "bottom"}

SLOPES = {
    "colorscale": [[0, THEORY], [0.5, GROUND], [1, DISCRIMINATOR]],
    "cmin": -1,
    "cmax": 1,
    "showscale": False,
}
"""Colours of D's slope: the ground where it does not care."""


def headings() -> list[dict[str, Any]]:
    """Headings of the pictures; the last two are both for the map (`map_heading`)."""
    more, less = colored("more", DISCRIMINATOR), colored("less", THEORY)
    over = {SIDE / 2: "G(z)", APART + SIDE / 2: f"D: {more}, {less} ink", 2 * APART + SIDE / 2: "nearest in training"}
    large = [{"text": text, "x": x, "y": SIDE + 0.5, "xref": "x", "yref": "y"} for x, text in over.items()]
    z = {"text": "z", "x": 0.5, "y": 1, "xref": "x4 domain", "yref": "y4 domain"}
    point = f"a·{colored('z₁', KEPT[0])} + b·{colored('z₂', KEPT[1])}"
    walk = f"<br>click to walk, {colored('here', FAKE)} to go back"
    over_map = {"x": 0.5, "y": 1, "xref": "x3 domain", "yref": "y3 domain"}
    maps = [{"text": text + walk} | over_map for text in (f"G({point})", f"G at {point} in normal scores")]
    return [note | NOTE for note in (*large, z, *maps)]


def map_heading(latent: Latent) -> dict[str, Any]:
    """Shows the heading of the map that is true: only a normal latent is its own normal scores."""
    z = np.linspace(-1.0, 1.0, 9)
    normal = np.allclose(to_scores(latent, z), z, atol=1e-6)
    return {"annotations.4.visible": bool(normal), "annotations.5.visible": not normal}


def all_rims() -> list[dict[str, Any]]:
    """Rims of the slope, the strips and the map; the other pictures have frames."""
    return [rims(1, 1, left=APART), rims(2, STOPS, axes="2"), rims(WIDE, WIDE, axes="3")]


def still_axes() -> dict[str, Any]:
    """Axes of what is no diagram: squares stay squares, and nothing is zoomed by a slip of the hand."""
    still = AXIS | {"fixedrange": True, "constrain": "domain", "showgrid": False, "showline": False}
    hidden = still | {"visible": False}
    ways = [colored("sphere", QUIET), colored("straight", THEORY)]
    named = still | {"tickvals": [SIDE / 2, length(2) - SIDE / 2], "ticktext": ways, "tickfont_size": 13, "ticks": ""}
    plane = still | {"range": [-3, length(WIDE) + 3], "tickvals": map_ticks(), "tickfont_size": 12}
    small = {"font": {"size": 13}, "standoff": 2}
    return {
        "xaxis": hidden | {"range": [-1, 2 * APART + SIDE + 1], "domain": [0, 0.44], "constraintoward": "left"},
        "yaxis": hidden | {"range": [-1, SIDE + 1], "domain": [0.5, 1], "scaleanchor": "x", "constraintoward": "top"},
        "xaxis2": hidden | {"range": [-3, length(STOPS) + 3], "domain": [0.07, 0.66], "anchor": "y2"},
        "yaxis2": named | {"range": [-3, length(2) + 3], "domain": [0, 0.42], "anchor": "x2", "scaleanchor": "x2"},
        "xaxis3": plane | {"domain": [0.72, 1], "anchor": "y3", "title": {"text": "a"} | small},
        "yaxis3": plane | {"anchor": "x3", "scaleanchor": "x3", "title": {"text": "b"} | small},
    }
