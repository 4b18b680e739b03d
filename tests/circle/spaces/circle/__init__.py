"""The circle."""

from __future__ import annotations

from typing import ClassVar

from ganviz.spaces.circle.observer import CircleObserver

from ganviz.contracts.space import Space
from ganviz.engine.players import Players


class Circle(Space):
    """Samples are angles: D and both densities are drawn around a circle, on which −π and π are the same place."""

    heading: ClassVar[str] = "On the circle"
    about: ClassVar[str] = "Both densities and D around a circle."

    def observer(self, game: Players) -> CircleObserver:
        return CircleObserver(game)
