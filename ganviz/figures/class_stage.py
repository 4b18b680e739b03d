"""The stage for pictures of a class that G is told."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import plotly.graph_objects as go

from ganviz.experiment import Experiment
from ganviz.figures._image_tiles import PITCH, SIDE
from ganviz.figures._style import AXIS
from ganviz.figures._tile_stage import TileStage
from ganviz.figures.base import Update, View


class ClassStage(TileStage):
    """Left, G(z, y): each row is one latent z, which stays the same, and each column one digit y, of which both players
    are told. What a row has in common is what z decides: slant, width, boldness. The column in the yellow frame holds
    the training picture that is nearest to the last sample of each row.
    Right, histograms of D(x, y) on pictures that D is trained on, on others that it never saw, and on fakes.

    Click a sample to keep it (blue frame: the one kept before), click the yellow column to see the nearest training
    picture of every sample.
    """

    columns: ClassVar[int] = 10

    @classmethod
    def fits(cls, experiment: Experiment) -> bool:
        return super().fits(experiment) and len(experiment.data.condition_names()) == cls.columns

    def skeleton(self, view: View) -> go.Figure:
        figure = super().skeleton(view)
        middle = [column * PITCH + SIDE / 2 for column in range(self.columns)]
        named = {"visible": True, "side": "top", "tickvals": middle, "ticks": "", "tickfont": {"size": 14}}
        return figure.update_layout(xaxis=AXIS | {"showgrid": False, "showline": False} | named)

    def update(self, view: View) -> Update:
        update = super().update(view)
        names = view.snapshot.experiment.data.condition_names()
        return replace(update, layout=update.layout | {"xaxis.ticktext": names})
