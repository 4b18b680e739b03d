"""Which observer looks at which data."""

from __future__ import annotations

from ganviz.engine.image_observer import ImageObserver
from ganviz.engine.line_observer import LineObserver
from ganviz.engine.observer import Observer
from ganviz.engine.pair_observer import PairObserver
from ganviz.engine.plane_observer import PlaneObserver
from ganviz.engine.players import Players
from ganviz.option import Invalid

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
    observer = OBSERVERS[game.data.shape]
    return PairObserver(game) if game.data.condition_dim and not observer.sees_conditions else observer(game)
