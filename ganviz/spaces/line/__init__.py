"""The line."""

from __future__ import annotations

from typing import ClassVar

from ganviz.contracts.space import Space
from ganviz.engine.observer import Observer
from ganviz.engine.players import Players
from ganviz.spaces._pairs import PairObserver
from ganviz.spaces.line.observer import LineObserver


class Line(Space):
    """Samples are single numbers: both densities, D and the way from z to x are drawn along one line.

    The densities are held as masses of cells, so that every divergence is a finite sum; p_g is pushed forward exactly
    where the latent has one dimension.
    """

    heading: ClassVar[str] = "On the line"
    about: ClassVar[str] = "Both densities, D and the way from z to x in one picture, and theory beside them."
    rank: ClassVar[int] = 1

    def observer(self, game: Players) -> Observer:
        return PairObserver(game) if game.data.condition_dim else LineObserver(game)
