"""A run on pairs of a sample and its condition, where nothing draws them yet."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from ganviz.contracts.counted import Counted
from ganviz.engine.observer import Look, Observer
from ganviz.engine.players import Players, State
from ganviz.engine.request import Answer
from ganviz.engine.settings import Settings
from ganviz.engine.snapshot import Snapshot
from ganviz.option import Invalid
from ganviz.spaces._two_samples import halves, nowhere

Array = NDArray[np.float64]

NOT_DRAWN = "Samples with a condition can be trained on here but not drawn yet."

SUPPORT = 128
"""Pairs of either side that stand for both laws in a loss with kernels."""


class PairObserver(Observer):
    """Of samples with a condition on the line or in the plane: D of any pair, and nothing that would need a picture."""

    def __init__(self, game: Players) -> None:
        super().__init__(game)
        seed = game.experiment.seed
        real = game.data.draw(SUPPORT, Counted(seed, "look/real"))
        z = game.latent.sample(SUPPORT, Counted(seed, "look/z"))
        self._real = game.data.pair(real.x, real.condition).to(game.dtype)
        self._z = torch.cat([z, real.condition], 1).to(game.dtype)

    def observe(self, state: State, settings: Settings) -> Look:
        """Raises `Invalid`."""
        raise Invalid(NOT_DRAWN)

    def dressed(self, known: Snapshot, look: Answer) -> Snapshot:
        """Raises `Invalid`."""
        raise Invalid(NOT_DRAWN)

    def density(self, state: State, x: Array) -> Array:
        """Raises `Invalid`."""
        raise Invalid(
            "The density of samples with a condition is not estimated: it is another one for every condition."
        )

    def discriminate(self, state: State, settings: Settings, x: Array) -> Array:
        """D in the loss's own scale at the pairs `x`, (n, *pair_shape): (n,)."""
        game, loss = self._game, settings.loss
        if np.shape(x)[1:] != game.data.pair_shape:
            raise Invalid(f"D sees pairs of shape {game.data.pair_shape}, not {np.shape(x)[1:]}.")
        with torch.no_grad():
            support = nowhere()
            if loss.outputs() != 1:
                fake = game.pair(game.generate(game.shown(state), self._z), self._z)
                support = halves(self.features(state, settings, torch.cat([self._real, fake])))
            at = self.features(state, settings, torch.from_numpy(np.ascontiguousarray(x)).to(game.dtype))
            values: Array = loss.discriminate(loss.witness(at, *support)).double().numpy()
        return values
