"""The two ways from one kept sample to the other, and the map of the plane that holds both."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from ganviz.contracts.latent import Latent
from ganviz.engine.request import Answer
from ganviz.figures._image_tiles import (
    PITCH,
    SIDE,
    Lines,
    frame,
    joined,
    length,
    outline,
    pickable,
    ring,
    sheet_of_tiles,
    tile_at,
    tiles,
)
from ganviz.figures._style import FAKE, KEPT, QUIET, THEORY
from ganviz.figures.base import Focus
from ganviz.spaces.images.close_up import STEP, STOPS, WIDE
from ganviz.spaces.images.normal_scores import to_scores
from ganviz.spaces.images.paths import in_plane, spherical, straight
from ganviz.written import written

Array = NDArray[np.float64]

STRIPS, STARTS, ENDS, MAP, CHORD, ARC, FIRST, SECOND, HERE = range(9)
"""Numbers of the traces here, counted from the first."""

FINE = 41
"""Points of each way on the map."""

MIDDLE = (WIDE // 2, WIDE // 2)
"""The tile of the map on which the reader stands."""


def walk_traces() -> list[go.Heatmap | go.Scatter]:
    """The strips on the axes x2, y2, the map on x3, y3."""
    strips: dict[str, Any] = {"xaxis": "x2", "yaxis": "y2"}
    plane: dict[str, Any] = {"xaxis": "x3", "yaxis": "y3"}
    return [
        sheet_of_tiles(**strips),
        outline(KEPT[0], **strips),
        outline(KEPT[1], **strips),
        sheet_of_tiles(pick=pickable(WIDE, WIDE, "Map of latents", home=MIDDLE), **plane),
        outline(THEORY, 2, **plane),
        outline(QUIET, 2, **plane),
        outline(KEPT[0], **plane),
        outline(KEPT[1], **plane),
        outline(FAKE, line_dash="dot", **plane),
    ]


def walk_update(latent: Latent, seen: Answer, focus: Focus) -> tuple[dict[int, Lines], dict[str, Any]]:
    """Traces by their number here, and the layout, of what was `seen` close up."""
    z = seen["kept"][:, : latent.dim]
    scores = to_scores(latent, z)
    chord = in_plane(to_scores(latent, straight(z[0], z[1], FINE)), scores)
    arc = in_plane(spherical(scores[0], scores[1], FINE), scores)
    traces = {
        STRIPS: tiles(seen["strips"]),
        STARTS: joined(ring(0, 0, 2), ring(1, 0, 2)),
        ENDS: joined(ring(0, STOPS - 1, 2), ring(1, STOPS - 1, 2)),
        MAP: tiles(seen["map"][::-1]),
        CHORD: _line(chord, focus),
        ARC: _line(arc, focus),
        FIRST: _ring_at((1.0, 0.0), focus),
        SECOND: _ring_at((0.0, 1.0), focus),
        HERE: _ring_at(focus.centre, focus),
    }
    return traces, _labels(focus)


def walked(focus: Focus, point: tuple[int, int]) -> Focus:
    """The reader stands where they clicked on the map. A click on where they stand brings them back to where they
    began."""
    tile = tile_at(point, WIDE, WIDE)
    if tile is None:
        return focus
    if tile == MIDDLE:
        return replace(focus, centre=Focus.centre)
    a, b = focus.centre
    up, right = MIDDLE[0] - tile[0], tile[1] - MIDDLE[1]
    return replace(focus, centre=(a + right * STEP, b + up * STEP))


def _on_map(places: Array, focus: Focus) -> Array:
    """Places of the plane (n, 2) in pixels of the map. Its axes never move, only their labels do: plotly puts a range
    back to the first one it knew when squares are to stay squares."""
    return length(WIDE) / 2 + (places - focus.centre) * PITCH / STEP


def _line(places: Array, focus: Focus) -> Lines:
    x, y = _on_map(places, focus).T
    return {"x": x.copy(), "y": y.copy()}


def _ring_at(place: tuple[float, float], focus: Focus) -> Lines:
    """The outline of a picture at that place of the plane."""
    x, y = _on_map(np.array([place]), focus)[0] - SIDE / 2
    return frame(x, y, SIDE, SIDE)


def map_ticks() -> list[float]:
    """Where the map's axes have labels: in the middle of the first, the central and the last picture."""
    return [SIDE / 2, length(WIDE) / 2, length(WIDE) - SIDE / 2]


def _labels(focus: Focus) -> dict[str, Any]:
    reach = WIDE // 2 * STEP
    ends = {"xaxis3": focus.centre[0], "yaxis3": focus.centre[1]}
    return {f"{axis}.ticktext": [written(at + side * reach, 2) for side in (-1, 0, 1)] for axis, at in ends.items()}
