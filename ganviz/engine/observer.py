"""Observer: the base of what can be seen of a run. Looking changes nothing."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from ganviz.contracts.isolated import isolated
from ganviz.engine.players import Players, State
from ganviz.engine.request import Answer, Request
from ganviz.engine.run import Run
from ganviz.engine.settings import Settings
from ganviz.engine.snapshot import Snapshot
from ganviz.option import Invalid

Array = NDArray[np.float64]
Look = dict[str, Tensor]


class Observer(ABC):
    """Looks at a game's states. It keeps what does not change while G and D do."""

    def __init__(self, game: Players) -> None:
        self._game = game
        # Drawn now: a look that is captured, or mapped over, may draw nothing.
        game.companions  # noqa: B018

    @abstractmethod
    def observe(self, state: State, settings: Settings) -> Look:
        """What there is to see in `state`: a pure function of tensors, that can be captured and mapped over as a
        training step can."""

    @abstractmethod
    def dressed(self, known: Snapshot, look: Answer) -> Snapshot:
        """The snapshot of this space: what is `known` of every run, the `look` as arrays, and what never changes."""

    def answer(self, state: State, settings: Settings, request: Request) -> Look:
        """What is asked only now and then: pure as well. Raises `Invalid` for what cannot be asked here."""
        raise Invalid(f"{type(request).__name__} cannot be asked of {self._game.data.option_name()}.")

    @abstractmethod
    def discriminate(self, state: State, settings: Settings, x: Array) -> Array:
        """D(x) in the loss's own scale at the points `x`, (n, *shape): (n,)."""

    @abstractmethod
    def density(self, state: State, x: Array) -> Array:
        """p_g at the points `x`, (n, *shape): (n,)."""

    def generated(self, state: State, z: Tensor) -> Tensor:
        """G(z) for latents (n, dim), (n, *shape), in the precision of `z`."""
        return self._game.generate(self._game.shown(state).to(z.dtype), z)


@dataclass(frozen=True)
class Probe:
    """A run at one moment, to be looked at and asked for more, however much later."""

    observer: Observer
    run: Run
    """Its state is on the CPU."""
    settings: Settings
    """The run's live settings."""

    @isolated
    def snapshot(self, *requests: Request) -> Snapshot:
        """What it looks like, with the answers to some requests."""
        run, answers = self.run, {request: self.answer(request) for request in requests}
        known = Snapshot(run.experiment, run.g_updates, run.d_updates, dict(run.scalars), answers=answers)
        return self.observer.dressed(known, _arrays(self.observer.observe(run.state, self.settings)))

    @isolated
    def answer(self, request: Request) -> Answer:
        """What is asked, as arrays. Raises `Invalid` for what cannot be asked of this run."""
        return _arrays(self.observer.answer(self.run.state, self.settings, request))


def _arrays(look: Look) -> Answer:
    return {name: tensor.numpy() for name, tensor in look.items()}
