"""Which observer looks at which data."""

from __future__ import annotations

from ganviz.option import Invalid
from ganviz.training.image_observer import ImageObserver
from ganviz.training.line_observer import LineObserver
from ganviz.training.observer import Observer
from ganviz.training.plane_observer import PlaneObserver
from ganviz.training.players import Players

OBSERVERS: dict[tuple[int, ...], type[Observer]] = {
    (1,): LineObserver,
    (2,): PlaneObserver,
    (1, 28, 28): ImageObserver,
}
"""By the shape of one sample."""


def observer_for(game: Players) -> Observer:
    """The observer of the game's data. Raises `Invalid` for samples of a shape that nobody can look at."""
    if game.data.shape not in OBSERVERS:
        raise Invalid(f"Samples of shape {game.data.shape} can be trained on but not looked at.")
    return OBSERVERS[game.data.shape](game)
