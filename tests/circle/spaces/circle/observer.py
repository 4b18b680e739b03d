"""A run on the circle, from its state to a CircleSnapshot."""

from __future__ import annotations

import math

import numpy as np
import torch
from ganviz.spaces.circle.snapshot import CircleSnapshot
from numpy.typing import NDArray
from torch import Tensor

from ganviz.contracts.counted import Counted
from ganviz.engine.observer import Look, Observer
from ganviz.engine.players import Players, State
from ganviz.engine.request import Answer
from ganviz.engine.settings import Settings
from ganviz.engine.snapshot import Snapshot

Array = NDArray[np.float64]

SECTORS, SAMPLES = 36, 2000


class CircleObserver(Observer):
    """What can be seen of a game on the circle."""

    def __init__(self, game: Players) -> None:
        super().__init__(game)
        seed = game.experiment.seed
        edges = torch.linspace(-math.pi, math.pi, SECTORS + 1, dtype=torch.float64)
        self._angles, self._p = (edges[1:] + edges[:-1]) / 2, game.data.mass(edges)
        self._z = game.latent.sample(SAMPLES, Counted(seed, "look/z"))
        self._real = game.data.sample(SAMPLES, Counted(seed, "look/real"))[:, 0]

    def observe(self, state: State, settings: Settings) -> Look:
        fake = self.generated(state, self._z)[:, 0]
        sector = ((fake + math.pi) * (SECTORS / (2 * math.pi))).long().clamp(0, SECTORS - 1)
        counts = self._p.new_zeros(SECTORS).scatter_add(0, sector, torch.ones_like(sector, dtype=torch.float64))
        return {"fake": fake, "q": counts / SAMPLES, "discriminator": self._judged(state, settings, self._angles)}

    def dressed(self, known: Snapshot, look: Answer) -> CircleSnapshot:
        always = {"angles": self._angles.numpy(), "p": self._p.numpy(), "real": self._real.numpy()}
        return CircleSnapshot(**(vars(known) | look | always))

    def discriminate(self, state: State, settings: Settings, x: Array) -> Array:
        values: Array = self._judged(state, settings, torch.from_numpy(x)).numpy()
        return values

    def density(self, state: State, x: Array) -> Array:
        q = self.observe_shares(state)
        return q[((x.reshape(-1) + math.pi) * (SECTORS / (2 * math.pi))).astype(int) % SECTORS]

    def observe_shares(self, state: State) -> Array:
        """p_g in each sector, per radian."""
        fake = self.generated(state, self._z)[:, 0].numpy()
        return np.histogram(fake, SECTORS, (-math.pi, math.pi), density=True)[0]

    def _judged(self, state: State, settings: Settings, x: Tensor) -> Tensor:
        score = self.features(state, settings, x.reshape(-1, 1).to(self._game.dtype))
        return settings.loss.discriminate(score[:, 0]).double()
