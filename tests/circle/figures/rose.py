"""Both densities and D around the circle."""

from __future__ import annotations

from typing import ClassVar

import plotly.graph_objects as go
from ganviz.spaces.circle.snapshot import CircleSnapshot

from ganviz.figures.base import Figure, Update, View


class Rose(Figure):
    """p_data (black), p_g (green) and D(x) (blue) around the circle: how far out they are at each angle."""

    space: ClassVar[str] = "circle"

    def skeleton(self, view: View) -> go.Figure:
        names = ("p<sub>data</sub>", "p<sub>g</sub>", "D(x)")
        return go.Figure([go.Scatterpolar(name=name, mode="lines") for name in names])

    def update(self, view: View) -> Update:
        seen = CircleSnapshot.of(view.snapshot)
        radii = (seen.p, seen.q, seen.discriminator)
        return Update(traces={i: {"r": radius, "theta": seen.angles} for i, radius in enumerate(radii)})
