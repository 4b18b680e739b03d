"""Pictures side by side, as one heat map.

A unit of length is a pixel, y goes upwards, and the lower left corner of the lower left picture is (0, 0).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from ganviz.figures._style import PICTURE, RULE

Array = NDArray[Any]
Lines = dict[str, Array]

SIDE = 28
"""Pixels along each side of a picture."""

GAP = 2
"""Pixels between two pictures."""

PITCH = SIDE + GAP

NOTHING = np.float32(np.nan)
"""The value of a gap: the page shows through, paper or a dark one."""

INK = {"colorscale": PICTURE, "cmin": 0, "cmax": 1, "showscale": False}
"""White on black."""

PICTURE_ONLY = {"remove": ["zoom", "pan", "zoomIn", "zoomOut", "resetScale"]}
"""The buttons above a figure of pictures: nothing is there to be zoomed."""


def length(count: int) -> int:
    """Pixels that so many pictures in a row take."""
    return count * PITCH - GAP


def mosaic(pictures: Array) -> NDArray[np.float32]:
    """Pictures (r, c, 28, 28), the first row on top, as one matrix whose first row is the lowest line of pixels."""
    rows, columns = pictures.shape[:2]
    sheet = np.full((rows, PITCH, columns, PITCH), NOTHING, dtype=np.float32)
    sheet[:, :SIDE, :, :SIDE] = np.swapaxes(pictures, 1, 2)
    return sheet.reshape(rows * PITCH, columns * PITCH)[:-GAP, :-GAP][::-1]


def tiles(pictures: Array, left: float = 0.0, bottom: float = 0.0) -> Lines:
    """The mosaic as a heat map whose lower left corner is at (left, bottom)."""
    matrix = mosaic(pictures)
    height, width = matrix.shape
    return {"x": left + np.arange(width) + 0.5, "y": bottom + np.arange(height) + 0.5, "z": matrix}


def tile_at(point: tuple[int, int], rows: int, columns: int) -> tuple[int, int] | None:
    """(row from the top, column) of the picture that holds the pixel `point` of a mosaic (line from below, column);
    None in a gap and outside."""
    line, pixel = length(rows) - 1 - point[0], point[1]
    row, column = line // PITCH, pixel // PITCH
    inside = 0 <= row < rows and 0 <= column < columns
    return (row, column) if inside and line % PITCH < SIDE and pixel % PITCH < SIDE else None


def frame(left: float, bottom: float, width: float, height: float, air: float = 1.0) -> Lines:
    """The outline of a rectangle, `air` pixels outside it."""
    x, y = np.array([0.0, 1.0, 1.0, 0.0, 0.0]), np.array([0.0, 0.0, 1.0, 1.0, 0.0])
    return {"x": left - air + x * (width + 2 * air), "y": bottom - air + y * (height + 2 * air)}


def ring(row: int, column: int, rows: int) -> Lines:
    """The outline of the picture in that row (from the top) and column of so many rows."""
    return frame(column * PITCH, (rows - 1 - row) * PITCH, SIDE, SIDE)


def joined(*outlines: Lines) -> Lines:
    """Several outlines as one trace, gaps between them."""
    gap = np.full(1, np.nan)
    return {side: np.concatenate([part for lines in outlines for part in (lines[side], gap)]) for side in "xy"}


def sheet_of_tiles(coloraxis: str = "coloraxis", pick: dict[str, Any] | None = None, **axes: str) -> go.Heatmap:
    """An empty heat map of pictures; with `pick` (see `pickable`) a click on it goes back to the figure."""
    # hoverinfo "none" still tells the page where the pointer is; "skip" would not.
    meta = {"pick": pick} if pick else None
    return go.Heatmap(coloraxis=coloraxis, zsmooth="fast", hoverinfo="none", z=[[0.0]], meta=meta, **axes)


def pickable(
    rows: int, columns: int, label: str, tile: str = "", home: tuple[int, int] | None = None
) -> dict[str, Any]:
    """What the page must know of a heat map of so many tiles to lead a cursor over it by the keys. `label` and `tile`
    say to who listens what it is and what one tile is. The cursor goes back to the tile `home` (row from the top,
    column) after each choice, and the key Home chooses that one; without, it stays where it is."""
    return {"rows": rows, "columns": columns, "gap": GAP, "label": label, "tile": tile, "home": home}


def rims(rows: int, columns: int, left: float = 0, axes: str = "") -> dict[str, Any]:
    """Thin lines around each of so many tiles, as a shape on the axes of that number: a white picture on paper, or a
    black one on a dark page, is seen to be there."""
    right, top = left + length(columns) + 1, length(rows) + 1
    across = [f"M{left - 1:g},{row * PITCH - 1}H{right:g}" for row in range(rows + 1)]
    up = [f"M{left + column * PITCH - 1:g},-1V{top}" for column in range(columns + 1)]
    where = {"xref": f"x{axes}", "yref": f"y{axes}", "layer": "below"}
    return {"type": "path", "path": "".join(across + up), "line": {"color": RULE, "width": 1}, **where}


def outline(color: str, width: float = 3, **more: Any) -> go.Scatter:
    """The empty trace of a frame."""
    return go.Scatter(mode="lines", line={"color": color, "width": width}, hoverinfo="skip", **more)
