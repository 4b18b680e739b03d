"""A run on the line, from its state to a LineSnapshot."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganviz.engine.cells import centers, data_mass, edges_for
from ganviz.engine.noise import generator_for
from ganviz.engine.observer import Observer
from ganviz.engine.players import Players, State
from ganviz.engine.pushforward import PushForward, kernel_estimate
from ganviz.engine.settings import Settings
from ganviz.engine.snapshot import LineSnapshot
from ganviz.experiment import Experiment

Array = NDArray[np.float64]

NODES = 1025
"""Nodes of the latent line on which G is followed."""

TAIL = 48
"""Further nodes at each end."""

ARROWS = 21
"""Arrows z → G(z) that are drawn."""

SAMPLES = 8192
"""Samples behind a kernel estimate; the same latents each time, so that the estimate does not flicker."""


def _levels() -> Tensor:
    """The levels of the latent's distribution function at which G is followed, from 0 to 1: equally spaced, and ever
    closer at both ends, where an unbounded latent goes far for little mass."""
    even = torch.linspace(0, 1, NODES, dtype=torch.float64)[1:-1]
    tail = torch.logspace(-10.5, -3.1, TAIL, dtype=torch.float64)
    ends = torch.zeros(1, dtype=torch.float64)
    return torch.cat([ends, tail, even, 1 - tail.flip(0), 1 - ends])


class LineObserver(Observer):
    """What can be seen of a game on the line: both densities as masses of cells, D along the line, arrows z → G(z)."""

    def __init__(self, game: Players) -> None:
        super().__init__(game)
        self.exact = game.latent.dim == 1
        self.edges = edges_for(game.data)
        self.p = data_mass(game.data, self.edges)
        self._levels = _levels()
        self._nodes = game.latent.quantile(self._levels).unsqueeze(1) if self.exact else None
        self._samples = game.latent.sample(SAMPLES, generator_for(game.experiment.seed, "look/z"))
        self.latent_window = tuple(game.latent.quantile(torch.tensor([0.005, 0.995], dtype=torch.float64)).tolist())
        low, high = game.latent.quantile(torch.tensor([0.02, 0.98], dtype=torch.float64)).tolist()
        self.arrows_z = torch.linspace(low, high, ARROWS, dtype=torch.float64)

    def snapshot(
        self, experiment: Experiment, state: State, settings: Settings, scalars: Mapping[str, float]
    ) -> LineSnapshot:
        loss = experiment.loss
        q = self.masses(state)
        support = self.features(state, settings)
        score = loss.witness(support, support, torch.from_numpy(self.p), torch.from_numpy(q))
        return LineSnapshot(
            experiment=experiment,
            step=int(state["g"]["updates"]),
            d_updates=int(state["d"]["updates"]),
            scalars=dict(scalars),
            edges=self.edges,
            p=self.p,
            q=q,
            exact=self.exact,
            score=score.numpy().copy(),
            discriminator=loss.discriminate(score).numpy().copy(),
            arrows_z=self.arrows_z.numpy(),
            arrows_x=self.arrows(state),
            latent_window=self.latent_window,
        )

    def discriminate(self, state: State, settings: Settings, x: Array) -> Array:
        at, support = (self.features(state, settings, where) for where in (x.reshape(-1), None))
        loss, q = settings.loss, torch.from_numpy(self.masses(state))
        values: Array = loss.discriminate(loss.witness(at, support, torch.from_numpy(self.p), q)).numpy()
        return values

    def density(self, state: State, x: Array) -> Array:
        return self.law(state).density(x)

    def law(self, state: State) -> PushForward:
        """The law of G(z): pushed forward for a one-dimensional latent, else estimated. What lies beyond the cells is
        put on their end; where a G(z) is not finite, the law is not known."""
        if self._nodes is None:
            return kernel_estimate(self._within(self._images(state, self._samples.double())))
        return PushForward(self._within(self._images(state, self._nodes)), self._levels.diff().numpy())

    def masses(self, state: State) -> Array:
        """Mass of p_g in each cell, (n,), sums to 1; NaN where the law of G(z) is not known."""
        cdf = self.law(state).cdf(self.edges)
        if not np.isnan(cdf[0]):
            # What is on the last edge, or was put there, belongs to the last cell.
            cdf[0], cdf[-1] = 0.0, 1.0
        return np.diff(cdf)

    def _within(self, x: Array) -> Array:
        """Points (n,), none beyond the cells; NaN for what is not finite."""
        return np.where(np.isfinite(x), x.clip(self.edges[0], self.edges[-1]), np.nan)

    def features(self, state: State, settings: Settings, x: Array | None = None) -> Tensor:
        """What D says about the points `x` (n,), or the middle of each cell: (n, outputs), float64."""
        points = torch.from_numpy(centers(self.edges) if x is None else x).to(self._game.dtype).unsqueeze(1)
        with torch.no_grad():
            return self._game.features(state, settings, points).double()

    def arrows(self, state: State) -> Array:
        """G(z) at `arrows_z`, (k,); further latent coordinates are 0."""
        z = torch.zeros(ARROWS, self._game.latent.dim, dtype=torch.float64)
        z[:, 0] = self.arrows_z
        return self._images(state, z)

    def _images(self, state: State, z: Tensor) -> Array:
        # In double precision: neighbouring nodes lie so close that float32 would show in their difference.
        return self.images(state, z).squeeze(1)
