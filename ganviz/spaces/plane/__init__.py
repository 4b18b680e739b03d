"""The plane."""

from __future__ import annotations

from typing import ClassVar

from ganviz.contracts.space import Space
from ganviz.engine.observer import Observer
from ganviz.engine.players import Players
from ganviz.spaces._pairs import PairObserver
from ganviz.spaces.plane.observer import PlaneObserver


class Plane(Space):
    """Samples are pairs of numbers: D is drawn as a heat map, p_g as samples and as the image of a grid of latents.

    What is smooth lies on a grid over the data's square window; densities are kernel estimates from samples.
    """

    heading: ClassVar[str] = "In the plane"
    about: ClassVar[str] = "D as a heat map, the generator as the image of a grid that stretches and folds."
    rank: ClassVar[int] = 2

    def observer(self, game: Players) -> Observer:
        return PairObserver(game) if game.data.condition_dim else PlaneObserver(game)
