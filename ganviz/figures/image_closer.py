"""Kept samples seen more closely."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from ganviz.engine.request import Request
from ganviz.engine.snapshot import Snapshot
from ganviz.figures._image_panel import APART, SLOPES, all_rims, headings, map_heading, still_axes
from ganviz.figures._image_tiles import INK, PICTURE_ONLY, SIDE, Lines, frame, outline, sheet_of_tiles, tiles
from ganviz.figures._image_walk import MAP, walk_traces, walk_update, walked
from ganviz.figures._style import FAKE, KEPT, NEIGHBOUR, faint, nice_ceiling, styled
from ganviz.figures.base import Figure, Focus, Update, View
from ganviz.metrics._classifier import probabilities
from ganviz.spaces.images.collection import collection
from ganviz.spaces.images.requests import CloseUp
from ganviz.spaces.images.snapshot import Pictures
from ganviz.written import written

SAMPLE, SLOPE, NEAREST, KEPT_FRAME, NEAREST_FRAME, LATENT, WALK = range(7)

Array = NDArray[np.float64]

NARROW = {
    "height": 760,
    **{f"annotations.{heading}.font.size": 11 for heading in range(3)},
    "xaxis.domain": [0, 1],
    "yaxis.domain": [0.84, 1],
    "xaxis4.domain": [0.1, 1],
    "yaxis4.domain": [0.67, 0.79],
    "xaxis2.domain": [0.16, 1],
    "yaxis2.domain": [0.5, 0.62],
    "xaxis3.domain": [0.12, 1],
    "yaxis3.domain": [0, 0.44],
}
"""What is otherwise in the layout where the page is narrow: one below the other."""


class ImageCloser(Figure):
    """The sample that was kept last, and the two that were.

    Above: the sample; the slope of D's score by each pixel, blue where more ink would make D believe more, orange where
    less would; the training picture that is nearest to it; its latent z, coordinate by coordinate.
    Below: the way from the sample kept before (blue) to the last (pink), straight as in Figure 3 of Goodfellow et al.
    2014, and on a sphere, on which latents keep the length they are drawn with.
    Right: G on the plane of latents a·z₁ + b·z₂ through both; click a tile to walk there, and the one in the green
    square, where you are, to go back to the middle. Lines: both ways. The sphere and the plane are taken in normal
    scores, Φ⁻¹(F(z)), which are z itself for a normal latent and keep any other one within its support.
    """

    place: ClassVar = "closer"

    space: ClassVar[str] = "images"

    def requests(self, snapshot: Snapshot, focus: Focus) -> tuple[Request, ...]:
        return (_close_up(focus),)

    def readings(self, view: View) -> list[str]:
        experiment, focus = view.snapshot.experiment, view.focus
        seen, names = view.answers[_close_up(focus)], experiment.data.condition_names()
        condition = seen["kept"][1, experiment.latent.dim :]

        def judged(score: float, sample: Pictures) -> str:
            read = f", {_digit(sample)}" if collection(experiment.data).shows_digits else ""
            return f"D(x) = <b>{written(score, 3)}</b>{read}"

        return [
            f"{_square(KEPT[1])} sample <b>{focus.second + 1}</b>",
            *([f"told <b>{names[int(condition.argmax())]}</b>"] if names else []),
            judged(float(seen["score"]), seen["sample"]),
            f"distance to the nearest in training <b>{written(float(seen['distance']), 2)}</b>",
            f"{_square(KEPT[0])} kept before: sample <b>{focus.first + 1}</b>",
            f"{_square(FAKE)} here on the map: {judged(float(seen['here_score']), seen['here'])}",
        ]

    def skeleton(self, view: View) -> go.Figure:
        z = {"xaxis": "x4", "yaxis": "y4"}
        bars = {"fill": "tozeroy", "fillcolor": faint(KEPT[1], 0.35)}
        figure = go.Figure(
            [
                sheet_of_tiles(),
                sheet_of_tiles("coloraxis2"),
                sheet_of_tiles(),
                outline(KEPT[1]),
                outline(NEIGHBOUR),
                outline(KEPT[1], 1, **bars, **z),
                *walk_traces(),
            ]
        )
        figure.update_layout(
            margin={"l": 8, "r": 20, "t": 46, "b": 40},
            showlegend=False,
            modebar=PICTURE_ONLY,
            hovermode="closest",
            coloraxis=INK,
            coloraxis2=SLOPES,
            annotations=headings(),
            shapes=all_rims(),
            meta={"lines": 2, "narrow": NARROW},
            xaxis4={"domain": [0.48, 0.64], "anchor": "y4", "nticks": 4, "tickfont": {"size": 12}},
            yaxis4={"domain": [0.55, 1], "anchor": "x4", "nticks": 4, "tickfont": {"size": 12}},
        )
        styled(figure, 320)
        return figure.update_layout(still_axes())

    def update(self, view: View) -> Update:
        latent, seen = view.snapshot.experiment.latent, view.answers[_close_up(view.focus)]
        walk, layout = walk_update(latent, seen, view.focus)
        z, axes = _coordinates(seen["kept"][1, : latent.dim])
        return Update(
            traces={
                SAMPLE: tiles(seen["sample"][None, None]),
                SLOPE: tiles(_colored(seen["slope"])[None, None], left=APART),
                NEAREST: tiles(seen["near"][None, None], left=2 * APART),
                KEPT_FRAME: frame(0, 0, SIDE, SIDE, air=0.5),
                NEAREST_FRAME: frame(2 * APART, 0, SIDE, SIDE, air=0.5),
                LATENT: z,
                **{WALK + number: lines for number, lines in walk.items()},
            },
            layout=layout | axes | map_heading(latent),
        )

    def pick(self, focus: Focus, trace: int, point: tuple[int, int]) -> Focus:
        return walked(focus, point) if trace == WALK + MAP else focus


def _close_up(focus: Focus) -> CloseUp:
    return CloseUp(focus.first, focus.second, focus.centre, focus.condition)


def _colored(slope: Array) -> Array:
    """D's slope on [−1, 1]: one pixel in a hundred is as strong as can be, for a single one could dim all others."""
    known = np.abs(slope)[np.isfinite(slope)]
    strong = float(np.quantile(known, 0.99)) if len(known) else 1.0
    return np.clip(slope / max(strong, 1e-30), -1.0, 1.0)


def _square(color: str) -> str:
    return f'<span style="color:{color}">■</span>'


def _digit(sample: Pictures) -> str:
    """What the classifier takes the sample for; a dash for one with lost pixels."""
    if not np.isfinite(sample).all():
        return "read as –"
    chances = probabilities(sample[None])[0]
    return f"read as <b>{int(chances.argmax())}</b> ({chances.max():.0%})"


def _coordinates(z: Array) -> tuple[Lines, dict[str, Any]]:
    """Bars for the coordinates of z (dim,), and the layout of their axes."""
    edges = np.repeat(np.arange(len(z) + 1) + 0.5, 2)
    high = nice_ceiling(float(np.abs(z).max()))
    bars = {"x": edges, "y": np.concatenate([[0.0], np.repeat(z, 2), [0.0]])}
    return bars, {"xaxis4.range": [0.5, len(z) + 0.5], "yaxis4.range": [-high, high]}
