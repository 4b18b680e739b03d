"""Pictures."""

from __future__ import annotations

from typing import ClassVar

from ganviz.contracts.space import Space
from ganviz.engine.players import Players
from ganviz.spaces.images.observer import ImageObserver


class Images(Space):
    """Samples are grey pictures of 28×28 pixels: a grid of fakes, histograms of D(x), and a sample seen more closely.

    Nobody knows the density of pictures, so all is seen of samples: those that are followed through the run, and what
    is asked for now and then.
    """

    heading: ClassVar[str] = "Handwritten digits"
    about: ClassVar[str] = "MNIST, by the same engine; on one processor core these take their time."
    rank: ClassVar[int] = 3

    def observer(self, game: Players) -> ImageObserver:
        return ImageObserver(game)
