"""Observer: the base of what can be seen of a run. Looking changes nothing."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from ganviz.contracts.isolated import isolated
from ganviz.engine.players import Players, State
from ganviz.engine.request import Answer, Request
from ganviz.engine.run import Run
from ganviz.engine.settings import Numbers, Settings, bind
from ganviz.engine.snapshot import Snapshot
from ganviz.option import Invalid

Array = NDArray[np.float64]
Look = dict[str, Tensor]


class Observer(ABC):
    """Looks at a game's states. It keeps what does not change while G and D do."""

    is_captured: ClassVar[bool] = True
    """Whether its looks are made by programs, as far as they can be."""

    def __init__(self, game: Players) -> None:
        self._game = game
        # Drawn now: a look that is captured, or mapped over, may draw nothing.
        self._companions = game.companions

    @property
    def kept(self) -> Look:
        """The tensors that it keeps, by the names of its attributes. With the state and the settings they are all
        numbers that a look depends on: what is captured of one observer is true of any other of the same structure."""
        return {name: value for name, value in vars(self).items() if isinstance(value, Tensor)}

    def keeping(self, kept: Look) -> Self:
        """The same observer with other tensors in their place."""
        other = copy(self)
        vars(other).update(kept)
        return other

    @abstractmethod
    def observe(self, state: State, settings: Settings) -> Look:
        """What there is to see in `state`: a pure function of tensors, that can be captured and mapped over as a
        training step can. Of the data and the seed it depends through the tensors that are `kept` alone."""

    def seen(self, state: State, values: Numbers) -> Answer:
        """`observe` under these live numbers, as arrays."""
        return arrays(self.observe(state, bind(self._game.experiment, values)))

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

    def features(self, state: State, settings: Settings, pairs: Tensor) -> Tensor:
        """What D says about each of the pairs (n, *pair_shape), (n, outputs), in their precision."""
        return self._game.features(state, settings, pairs, self._companions)

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
    look: Callable[[], Answer]
    """What there is to see, as arrays: `Observer.seen`, or the same from a program."""

    @isolated
    def snapshot(self, *requests: Request) -> Snapshot:
        """What it looks like, with the answers to some requests."""
        run, answers = self.run, {request: self.answer(request) for request in requests}
        known = Snapshot(run.experiment, run.g_updates, run.d_updates, dict(run.scalars), answers=answers)
        return self.observer.dressed(known, self.look())

    @isolated
    def answer(self, request: Request) -> Answer:
        """What is asked, as arrays. Raises `Invalid` for what cannot be asked of this run."""
        return arrays(self.observer.answer(self.run.state, self.settings, request))


def arrays(look: Look) -> Answer:
    """A look's tensors as arrays."""
    return {name: tensor.numpy() for name, tensor in look.items()}
