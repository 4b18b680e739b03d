"""The game of two players with one parameter each, as a plane."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from ganviz.experiment import Experiment
from ganviz.figures._far import drawable
from ganviz.figures._style import DISCRIMINATOR, FAKE, GROUND, QUIET, THEORY, nice_ceiling, styled
from ganviz.figures.base import Figure, Update, View
from ganviz.written import signed, written

Array = NDArray[np.float64]

FIELD, PATH, NOW, GOAL, CIRCLE, EIGENVALUES = range(6)

NARROW = {
    "height": 640,
    "margin.r": 12,
    "xaxis.domain": [0, 1],
    "yaxis.domain": [0.55, 1],
    "xaxis2.domain": [0, 1],
    "yaxis2.domain": [0, 0.4],
}
"""What is otherwise in the layout where the page is narrow: the eigenvalues stand below the plane."""


class PhasePlane(Figure):
    """Left, the plane (θ, ψ): the forces on both players (arrows), the way the run took, the equilibrium (orange).
    Right, the eigenvalues of one training step at the equilibrium, and the unit circle.

    Mescheder et al. 2018. A step contracts near the equilibrium when all its eigenvalues lie inside the circle; the
    largest modulus ρ is the factor by which the distance shrinks in a step, and stands beside the measured one.
    """

    space: ClassVar = "line"
    special: ClassVar = 1

    @classmethod
    def fits(cls, experiment: Experiment) -> bool:
        players_and_data = (experiment.generator, experiment.discriminator, experiment.data)
        return super().fits(experiment) and {option.option_name() for option in players_and_data} == {"dirac"}

    def readings(self, view: View) -> list[str]:
        plane = view.plane
        if plane is None:
            return []
        theta, psi = (signed(float(value)) for value in plane.path[-1])
        predicted = f"{plane.radius:.4f}" if np.isfinite(plane.radius) else "none: no derivative there"
        return [
            f"θ <b>{theta}</b>, ψ <b>{psi}</b>",
            f"distance a step: × <b>{written(plane.contraction, 4)}</b>, predicted ρ <b>{predicted}</b>",
        ]

    def skeleton(self, view: View) -> go.Figure:
        figure = go.Figure(
            [
                _trace("forces", QUIET, 1.2, arrows=True, showlegend=False),
                _trace("(θ, ψ)", FAKE, 2.5),
                _dot("now", FAKE, 11, showlegend=False),
                _dot("equilibrium", THEORY, 11),
                _trace("unit circle", QUIET, 1.5, "dot", axes=2, showlegend=False),
                _dot("eigenvalues of a step", DISCRIMINATOR, 11, axes=2),
            ]
        )
        styled(figure, 396)
        figure.update_layout(
            margin={"l": 64, "r": 24, "t": 40, "b": 56},
            legend={"orientation": "h", "x": 0.5, "xanchor": "center", "y": 1.0, "yanchor": "bottom"},
            meta={"narrow": NARROW},
            xaxis={"domain": [0, 0.58], "title": "θ, where G puts its samples", "nticks": 7},
            yaxis={"title": "ψ, the slope of D", "nticks": 7},
            xaxis2={"domain": [0.68, 1], "anchor": "y2", "title": "real part", "nticks": 5},
            yaxis2={"anchor": "x2", "title": "imaginary part", "scaleanchor": "x2", "nticks": 5},
        )
        return figure

    def update(self, view: View) -> Update:
        plane = view.plane
        if plane is None:
            return Update()
        reach = float(np.max(plane.thetas))
        turn = np.linspace(0, 2 * np.pi, 181)
        values = plane.eigenvalues
        side = nice_ceiling(max(1.15, 1.1 * float(np.abs(values).max(initial=0.0))))
        return Update(
            traces={
                FIELD: _arrows(plane.thetas, plane.psis, plane.force_g, plane.force_d),
                PATH: {"x": plane.path[:, 0], "y": plane.path[:, 1]},
                NOW: {"x": drawable(plane.path[-1:, 0]), "y": drawable(plane.path[-1:, 1])},
                GOAL: {"x": np.array([plane.goal[0]]), "y": np.array([plane.goal[1]])},
                CIRCLE: {"x": np.cos(turn), "y": np.sin(turn)},
                EIGENVALUES: {"x": values.real.copy(), "y": values.imag.copy()},
            },
            layout={
                "xaxis.range": [-reach, reach],
                "yaxis.range": [-reach, reach],
                "xaxis2.range": [-side, side],
                "yaxis2.range": [-side, side],
            },
        )


def _trace(
    name: str, color: str, width: float, dash: str = "solid", *, arrows: bool = False, axes: int = 1, **more: object
) -> go.Scatter:
    suffix = "" if axes == 1 else axes
    marker = {"symbol": "arrow", "angleref": "previous", "size": 6, "color": color}
    return go.Scatter(
        name=name,
        mode="lines+markers" if arrows else "lines",
        line={"color": color, "width": width, "dash": dash},
        marker=marker if arrows else None,
        xaxis=f"x{suffix}",
        yaxis=f"y{suffix}",
        hoverinfo="skip" if arrows else "x+y",
        **more,
    )


def _dot(name: str, color: str, size: float, *, axes: int = 1, **more: object) -> go.Scatter:
    suffix = "" if axes == 1 else axes
    marker = {"color": color, "size": size, "line": {"color": GROUND, "width": 1.5}}
    return go.Scatter(name=name, mode="markers", marker=marker, xaxis=f"x{suffix}", yaxis=f"y{suffix}", **more)


def _arrows(thetas: Array, psis: Array, force_g: Array, force_d: Array) -> dict[str, Array]:
    """Each arrow as tail, tip and a gap. Their lengths are square roots of the forces, the longest one grid cell."""
    theta, psi = np.meshgrid(thetas, psis)
    strength = np.hypot(force_g, force_d)
    longest = float(strength.max(initial=0.0)) or 1.0
    cell = float(thetas[1] - thetas[0])
    scale = 0.9 * cell / np.sqrt(longest * np.maximum(strength, 1e-12 * longest))
    gap = np.full(theta.size, np.nan)
    x = np.stack([theta.ravel(), (theta + scale * force_g).ravel(), gap], axis=1).ravel()
    y = np.stack([psi.ravel(), (psi + scale * force_d).ravel(), gap], axis=1).ravel()
    return {"x": x, "y": y}
