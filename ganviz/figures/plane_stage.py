"""The stage for data in the plane."""

from __future__ import annotations

from html import escape
from typing import ClassVar

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from ganviz.figures import _plane_traces as draw
from ganviz.figures._contours import contours, lasting_contours
from ganviz.figures._far import drawable
from ganviz.figures._latent_grid import SHADES, grid_lines, shades
from ganviz.figures._side import side_traces, side_update
from ganviz.figures._style import FAKE, HEAT_COLORS, REAL, faint, largest, nice_ceiling, styled, words
from ganviz.figures.base import Figure, Update, View
from ganviz.metrics.base import readings
from ganviz.spaces.plane.snapshot import PlaneSnapshot

Array = NDArray[np.float64]
Lines = dict[str, Array]

HEAT, P_DATA, P_G, SAMPLES, FACES, PIECES, GRID_LINES, FAKES, OUTSIDE, ARROWS, NODES, PROBE, SIDE = (
    *(0, 1, 2, 3, 4, 4 + SHADES, 4 + 2 * SHADES),
    *range(5 + 2 * SHADES, 11 + 2 * SHADES),
)

SMALL = {"font": {"size": 13}, "standoff": 6}

DRAWN = 500
"""Samples of either side that are drawn."""

PULLED = 90
"""Fakes that have an arrow."""

NARROW = {
    "height": 700,
    "margin.l": 48,
    "margin.r": 8,
    "xaxis.domain": [0, 0.84],
    "yaxis.domain": [0.46, 1],
    "coloraxis.colorbar.x": 0.86,
    "coloraxis.colorbar.y": 0.73,
    "coloraxis.colorbar.len": 0.54,
    "xaxis2.domain": [0, 0.42],
    "xaxis3.domain": [0.62, 1],
    "xaxis3.nticks": 5,
    "yaxis2.domain": [0, 0.31],
    "yaxis3.domain": [0, 0.31],
}
"""What is otherwise in the layout where the page is narrow: the pictures beside the heat map stand below it."""


class PlaneStage(Figure):
    """D(x) as a heat map: blue where D takes x for data, orange where for fake, white where it is undecided. Black:
    p_data and samples of it; green: p_g, fakes, and G's image of a grid of latents, darker where denser.
    Purple: minus the gradient of G's objective at the fakes. Rings on the frame: fakes beyond it. Click a name to hide
    its layer. On a dark page black is white, and white dark.

    Beside it the grid of latents z itself: point at a node to see its G(z). Below that the share of good samples
    each mode has, or the histograms of D(x) on real and fake samples.
    """

    space: ClassVar[str] = "plane"

    def readings(self, view: View) -> list[str]:
        return readings(view.measures, view.equilibrium, view.steps, view.snapshot.step)

    def skeleton(self, view: View) -> go.Figure:
        figure = go.Figure(
            [
                draw.heat(),
                draw.line("p<sub>data</sub>", REAL, 1.6),
                draw.line("p<sub>g</sub> (estimate)", FAKE, 1.6),
                draw.dots("real", faint(REAL, 0.55), 3.5),
                *(draw.face(shade) for shade in range(SHADES)),
                *(draw.piece(shade) for shade in range(SHADES)),
                draw.grid_lines(),
                draw.dots("fake", FAKE, 5, line={"color": words(FAKE), "width": 0.8}),
                draw.outside(),
                draw.arrows(),
                draw.nodes(),
                draw.probe(nodes=NODES),
                *side_traces(first=SIDE),
            ]
        )
        figure.update_layout(
            margin={"l": 58, "r": 20, "t": 44, "b": 46},
            legend={
                "orientation": "h",
                "x": 0,
                "xanchor": "left",
                "y": 1.015,
                "yanchor": "bottom",
                "font": {"size": 13},
            },
            hovermode="closest",
            coloraxis={
                "colorscale": [list(stop) for stop in zip((0, 0.5, 1), HEAT_COLORS, strict=True)],
                "colorbar": {"x": 0.565, "xanchor": "left", "thickness": 12, "len": 1, "outlinewidth": 0, "nticks": 6},
            },
            xaxis={
                "domain": [0, 0.55],
                "constrain": "domain",
                "constraintoward": "right",
                "nticks": 7,
            },
            yaxis={"scaleanchor": "x", "constrain": "domain", "nticks": 7},
            xaxis2={"domain": [0.74, 1], "anchor": "y2", "nticks": 5, "title": SMALL},
            yaxis2={"domain": [0.57, 1], "anchor": "x2", "nticks": 4, "title": SMALL},
            xaxis3={"domain": [0.74, 1], "anchor": "y3", "nticks": 9, "title": SMALL},
            yaxis3={"domain": [0, 0.37], "anchor": "x3", "nticks": 4, "title": SMALL},
        )
        styled(figure, 470)
        return figure.update_layout(xaxis_showgrid=False, yaxis_showgrid=False, meta={"narrow": NARROW})

    def update(self, view: View) -> Update:
        snapshot = PlaneSnapshot.of(view.snapshot)
        low, high = (float(end) for end in _window(snapshot))
        shift, reach = _color_range(snapshot)
        middle = 0.0 if snapshot.d_scale is None else snapshot.undecided
        side = side_update(snapshot, first=SIDE)
        # A column of a table may be called anything, and plotly reads tags.
        horizontal, vertical = (escape(name, quote=False) for name in snapshot.experiment.data.axes())
        return Update(
            traces={
                HEAT: {"x": snapshot.axis, "y": snapshot.axis, "z": snapshot.discriminator - shift},
                P_DATA: lasting_contours(snapshot.fine_axis, snapshot.density),
                P_G: contours(snapshot.axis, snapshot.estimate),
                SAMPLES: _points(snapshot.real[:DRAWN]),
                **_grid(snapshot),
                FAKES: _points(snapshot.fake[:DRAWN]),
                OUTSIDE: _at_the_frame(snapshot.fake[:DRAWN], low, high),
                ARROWS: _arrow_ends(snapshot, high - low),
                NODES: _points(snapshot.grid_image.reshape(-1, 2)),
                PROBE: {"x": np.empty(0), "y": np.empty(0)},
                **side.traces,
            },
            layout={
                "xaxis.range": [low, high],
                "yaxis.range": [low, high],
                "xaxis.title.text": horizontal,
                "yaxis.title.text": vertical,
                "coloraxis.cmin": middle - reach,
                "coloraxis.cmax": middle + reach,
                # The empty line keeps the name off the topmost tick.
                "coloraxis.colorbar.title.text": f"{_heat_name(snapshot, relative=snapshot.d_scale is None)}<br> ",
                **side.layout,
            },
            names={HEAT: _heat_name(snapshot, relative=False), GRID_LINES: _grid_name(snapshot), **side.names},
        )


def _window(snapshot: PlaneSnapshot) -> tuple[float, float]:
    half = (snapshot.axis[1] - snapshot.axis[0]) / 2
    return snapshot.axis[0] - half, snapshot.axis[-1] + half


def _color_range(snapshot: PlaneSnapshot) -> tuple[float, float]:
    """(what is taken off D(x), how far the colours reach to both sides of undecided). A critic is drawn relative to
    its own middle, which drifts; so its scale stays where it is. Where it has none, nothing is taken off."""
    undecided, scale = snapshot.undecided, snapshot.d_scale
    if scale is not None:
        return 0.0, max(scale[1] - undecided, undecided - scale[0])
    if not np.isfinite(undecided):
        return 0.0, 1.0
    samples = np.concatenate([snapshot.on_real, snapshot.on_fake])
    return undecided, nice_ceiling(1.2 * largest(samples - undecided))


def _heat_name(snapshot: PlaneSnapshot, relative: bool) -> str:
    name = "D(x)" if snapshot.experiment.loss.outputs() else "witness"
    return f"{name},<br>middle 0" if relative else name


def _grid_name(snapshot: PlaneSnapshot) -> str:
    dim = snapshot.experiment.latent.dim
    return "latent grid" if dim <= 2 else "latent grid (2 of z)"


def _grid(snapshot: PlaneSnapshot) -> dict[int, Lines]:
    """Faces of the image, or pieces of it where it is a curve, and the lines of either."""
    groups = shades(snapshot.grid_image, snapshot.grid_density)
    nothing = {"x": np.empty(0), "y": np.empty(0)}
    is_curve = len(snapshot.grid_image) == 1
    faces, pieces = ([nothing] * SHADES, groups) if is_curve else (groups, [nothing] * SHADES)
    traces = {FACES + i: lines for i, lines in enumerate(faces)} | {PIECES + i: lines for i, lines in enumerate(pieces)}
    return traces | {GRID_LINES: grid_lines(snapshot.grid_image)}


def _points(points: Array) -> Lines:
    return {"x": drawable(points[:, 0]), "y": drawable(points[:, 1])}


def _at_the_frame(fake: Array, low: float, high: float) -> Lines:
    """The places on the frame where the fakes outside it would come in on their way to its middle; of those at
    infinity nobody knows where."""
    middle, half = (low + high) / 2, (high - low) / 2
    away = fake - middle
    reach = np.abs(away).max(axis=1, initial=0)
    out = (reach > half) & np.isfinite(reach)
    return _points(middle + away[out] * (0.985 * half / reach[out])[:, None])


def _arrow_ends(snapshot: PlaneSnapshot, width: float) -> Lines:
    """Each arrow as tail, tip and a gap. All are in one scale: nine in ten are shorter than a twelfth of the window,
    and none is longer than a sixth."""
    tail, pull = snapshot.fake[:PULLED], snapshot.pull[:PULLED]
    length = np.hypot(*pull.T)
    known = length[np.isfinite(length)]
    scale = width / 12 / max(float(np.quantile(known, 0.9)) if len(known) else 0.0, 1e-12)
    scale = np.minimum(scale, width / 6 / np.maximum(length, 1e-12))
    # An arrow that is infinitely long, or begins at infinity, has no direction.
    with np.errstate(invalid="ignore"):
        tip = tail + scale[:, None] * pull
    ends = np.stack([tail, tip, np.full_like(tail, np.nan)], axis=1).reshape(-1, 2)
    return _points(ends)
