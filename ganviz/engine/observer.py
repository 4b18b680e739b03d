"""Observer: the base of what can be seen of a run. Looking changes nothing."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganviz.engine.players import Players, State
from ganviz.engine.settings import Settings
from ganviz.engine.snapshot import Snapshot
from ganviz.experiment import Experiment

Array = NDArray[np.float64]


class Observer(ABC):
    """Looks at a game's states. It keeps what does not change while G and D do."""

    sees_conditions: ClassVar[bool] = False
    """Whether it can look at samples that come with a condition."""

    def __init__(self, game: Players) -> None:
        self._game = game

    @abstractmethod
    def snapshot(
        self, experiment: Experiment, state: State, settings: Settings, scalars: Mapping[str, float]
    ) -> Snapshot:
        """The run as it looks in `state`; `scalars` are those of its last step."""

    @abstractmethod
    def discriminate(self, state: State, settings: Settings, x: Array) -> Array:
        """D(x) in the loss's own scale at the points `x`, (n, *shape): (n,)."""

    @abstractmethod
    def density(self, state: State, x: Array) -> Array:
        """p_g at the points `x`, (n, *shape): (n,)."""

    def images(self, state: State, z: Tensor) -> Array:
        """G(z) for latents (n, dim), (n, *shape), in the precision of `z`."""
        with torch.no_grad():
            flat = self._game.shown(state).to(z.dtype)
            return self._game.generate(flat, z).numpy()
