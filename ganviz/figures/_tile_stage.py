"""What the stages for pictures have in common."""

from __future__ import annotations

from abc import ABC
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import plotly.graph_objects as go

from ganviz.engine.request import Request
from ganviz.engine.snapshot import Snapshot
from ganviz.figures._image_tiles import (
    INK,
    PICTURE_ONLY,
    SIDE,
    Lines,
    frame,
    joined,
    length,
    outline,
    pickable,
    rims,
    ring,
    sheet_of_tiles,
    tile_at,
    tiles,
)
from ganviz.figures._scores import beyond_trace, score_axes, score_histograms
from ganviz.figures._style import FAKE, KEPT, NEIGHBOUR, QUIET, REAL, THEORY, faint, styled, words
from ganviz.figures.base import Figure, Focus, Update, View
from ganviz.metrics.base import readings
from ganviz.spaces.images.requests import Neighbours
from ganviz.spaces.images.snapshot import ImageSnapshot, Pictures

GRID, NEAREST, FRAME, FIRST, SECOND, TRAINING, HELD_OUT, FAKES, UNDECIDED, BEYOND = range(10)

ROWS = 8

BESIDE = 8
"""Pixels between the grid and the column of nearest pictures."""

AIR = 3
"""Pixels around the grid."""

LEGEND = {"orientation": "h", "xanchor": "left", "y": 1.01, "yanchor": "bottom", "font": {"size": 13}}

HINTS = (
    "Click a sample to keep it; click the yellow column to see the nearest of every sample.",
    "The nearest in training of every sample; click the yellow column to go back.",
)
"""Below the samples, and below what is nearest to them."""

HINT = {
    "font": {"size": 12, "color": words(QUIET)},
    "showarrow": False,
    **{"x": -AIR, "xref": "x", "xanchor": "left", "y": -AIR, "yref": "y", "yanchor": "top"},
}

NARROW = {
    "height": 690,
    "annotations.0.text": "Tap a sample to keep it; tap the yellow column<br>to see the nearest of every sample.",
    "annotations.1.text": "The nearest in training of every sample;<br>tap the yellow column to go back.",
    "annotations.0.align": "left",
    "annotations.1.align": "left",
    "xaxis.domain": [0, 1],
    "yaxis.domain": [0.5, 0.965],
    "yaxis.constraintoward": "top",
    "xaxis2.domain": [0.18, 1],
    "yaxis2.domain": [0.05, 0.32],
    "legend2.x": 0,
    "legend2.y": 0.335,
}
"""What is otherwise in the layout where the page is narrow: the histograms stand below the grid."""


class TileStage(Figure, ABC):
    """Left, a grid of samples and beside it the column of nearest training pictures; right, histograms of D(x)."""

    space: ClassVar[str] = "images"
    columns: ClassVar[int]
    """Samples in each row of the grid."""

    def requests(self, snapshot: Snapshot, focus: Focus) -> tuple[Request, ...]:
        """What is nearest to the last sample of each row, or to all of them."""
        return (self._neighbours(focus),)

    def readings(self, view: View) -> list[str]:
        return readings(view.measures, view.equilibrium, view.steps, view.snapshot.step)

    def skeleton(self, view: View) -> go.Figure:
        scores = {"xaxis": "x2", "yaxis": "y2", "legend": "legend2"}
        figure = go.Figure(
            [
                sheet_of_tiles(pick=pickable(ROWS, self.columns, "Samples", "sample")),
                sheet_of_tiles(pick=pickable(1, 1, "Yellow column: the nearest in training of every sample")),
                outline(NEIGHBOUR, name="nearest in training"),
                outline(KEPT[0], name="kept before"),
                outline(KEPT[1], name="kept last"),
                _histogram("training", REAL, fill=faint(REAL, 0.1), **scores),
                _histogram("held out", REAL, dash="dash", **scores),
                _histogram("fake", FAKE, fill=faint(FAKE, 0.35), **scores),
                outline(THEORY, 1.8, name="undecided", line_dash="dot", **scores),
                beyond_trace(**scores),
            ]
        )
        figure.update_layout(
            margin={"l": 8, "r": 20, "t": 46, "b": 28},
            annotations=[HINT | {"text": text} for text in HINTS],
            shapes=[rims(ROWS, self.columns), rims(ROWS, 1, left=self._left())],
            meta={"lines": 4, "narrow": NARROW},
            legend={"x": 0, "traceorder": "normal"} | LEGEND,
            legend2={"x": 0.62} | LEGEND,
            hovermode="closest",
            modebar=PICTURE_ONLY,
            coloraxis=INK,
            xaxis2={"domain": [0.63, 1], "anchor": "y2", "nticks": 6, "title": {"font": {"size": 13}, "standoff": 6}},
            yaxis2={"domain": [0.09, 1], "anchor": "x2", "nticks": 5, "title": {"font": {"size": 13}, "standoff": 6}},
        )
        styled(figure, 460)
        still = {"visible": False, "fixedrange": True, "constrain": "domain"}
        return figure.update_layout(
            xaxis={"range": [-AIR, self._left() + SIDE + AIR], "domain": [0, 0.56], "constraintoward": "left", **still},
            yaxis={"range": [-AIR, length(ROWS) + AIR], "scaleanchor": "x", **still},
        )

    def update(self, view: View) -> Update:
        snapshot, focus = ImageSnapshot.of(view.snapshot), view.focus
        shown = self._neighbours(focus).of
        nearest = dict(zip(shown, view.answers[self._neighbours(focus)]["x"], strict=True))
        kinds = [snapshot.on_real, snapshot.on_held_out, snapshot.on_fake]
        scores = score_histograms(kinds, snapshot.d_scale, snapshot.undecided)
        training, held_out, fakes = scores.outlines
        column = frame(self._left(), 0, SIDE, length(ROWS))
        everywhere = frame(0, 0, length(self.columns), length(ROWS))
        return Update(
            traces={
                GRID: tiles(self._grid(np.stack(list(nearest.values())) if focus.neighbours else snapshot.fake)),
                NEAREST: tiles(np.stack([nearest[i] for i in self._last_of_rows()])[:, None], left=self._left()),
                FRAME: joined(column, everywhere) if focus.neighbours else column,
                FIRST: self._ring(focus.first),
                SECOND: self._ring(focus.second),
                TRAINING: training,
                HELD_OUT: held_out,
                FAKES: fakes,
                UNDECIDED: scores.undecided,
                BEYOND: scores.beyond,
            },
            layout=score_axes(scores, 2) | _hint(focus),
        )

    def pick(self, focus: Focus, trace: int, point: tuple[int, int]) -> Focus:
        if trace == NEAREST and tile_at(point, ROWS, 1):
            return replace(focus, neighbours=not focus.neighbours)
        tile = tile_at(point, ROWS, self.columns)
        if trace != GRID or tile is None:
            return focus
        sample = tile[0] * self.columns + tile[1]
        # Other samples span another plane: the reader stands in its middle.
        kept = replace(focus, first=focus.second, second=sample, centre=Focus.centre)
        return focus if sample == focus.second else kept

    def _left(self) -> int:
        """Where the column of nearest pictures begins, in pixels of the grid."""
        return length(self.columns) + BESIDE

    def _grid(self, shown: Pictures) -> Pictures:
        """What the cells of the grid show, (rows, columns, 28, 28)."""
        return shown.reshape(ROWS, self.columns, SIDE, SIDE)

    def _last_of_rows(self) -> tuple[int, ...]:
        """The numbers of the samples whose nearest training pictures stand beside the grid."""
        return tuple(range(self.columns - 1, ROWS * self.columns, self.columns))

    def _neighbours(self, focus: Focus) -> Neighbours:
        """The samples whose nearest training pictures are on the screen."""
        return Neighbours(tuple(range(ROWS * self.columns)) if focus.neighbours else self._last_of_rows())

    def _ring(self, sample: int) -> Lines:
        row, column = divmod(sample, self.columns)
        return ring(row, column, ROWS)


def _hint(focus: Focus) -> dict[str, Any]:
    """Shows the hint that is true."""
    return {"annotations.0.visible": not focus.neighbours, "annotations.1.visible": focus.neighbours}


def _histogram(name: str, color: str, fill: str | None = None, dash: str = "solid", **more: Any) -> go.Scatter:
    line = {"color": color, "width": 1.5, "dash": dash}
    filled = {"fill": "tozeroy", "fillcolor": fill} if fill else {}
    return go.Scatter(name=name, mode="lines", line=line, hoverinfo="skip", **filled, **more)
