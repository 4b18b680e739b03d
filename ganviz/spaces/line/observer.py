"""A run on the line, from its state to a LineSnapshot."""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganviz.contracts.counted import Counted
from ganviz.engine.observer import Look, Observer
from ganviz.engine.players import Players, State
from ganviz.engine.request import Answer
from ganviz.engine.settings import Settings
from ganviz.engine.snapshot import Snapshot
from ganviz.spaces.line.cells import centers, data_mass, edges_for
from ganviz.spaces.line.pushforward import PushForward, kernel_estimate
from ganviz.spaces.line.snapshot import LineSnapshot

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
        latent, double = game.latent, torch.float64
        self._edges = torch.from_numpy(edges_for(game.data))
        self._p = torch.from_numpy(data_mass(game.data, self._edges.numpy()))
        self._middles = torch.from_numpy(centers(self._edges.numpy()))
        levels = _levels()
        self._latent_mass = levels.diff()
        self._nodes = latent.quantile(levels).unsqueeze(1) if latent.dim == 1 else None
        self._samples = latent.sample(SAMPLES, Counted(game.experiment.seed, "look/z")).double()
        low, high = latent.quantile(torch.tensor([0.005, 0.995], dtype=double)).tolist()
        self._latent_window = (low, high)
        low, high = latent.quantile(torch.tensor([0.02, 0.98], dtype=double)).tolist()
        # Further latent coordinates are 0.
        self._arrows = torch.zeros(ARROWS, latent.dim, dtype=double)
        self._arrows[:, 0] = torch.linspace(low, high, ARROWS, dtype=double)

    def observe(self, state: State, settings: Settings) -> Look:
        q = self._masses(state)
        support = self._features(state, settings, self._middles)
        score = settings.loss.witness(support, support, self._p, q)
        return {
            "q": q,
            "score": score,
            "discriminator": settings.loss.discriminate(score),
            "arrows_x": self._images(state, self._arrows),
        }

    def dressed(self, known: Snapshot, look: Answer) -> LineSnapshot:
        return LineSnapshot(
            **(vars(known) | look),
            edges=self._edges.numpy(),
            p=self._p.numpy(),
            exact=self._nodes is not None,
            arrows_z=self._arrows[:, 0].numpy(),
            latent_window=self._latent_window,
        )

    def discriminate(self, state: State, settings: Settings, x: Array) -> Array:
        points = torch.from_numpy(x.reshape(-1))
        at, support = (self._features(state, settings, where) for where in (points, self._middles))
        loss = settings.loss
        values: Array = loss.discriminate(loss.witness(at, support, self._p, self._masses(state))).numpy()
        return values

    def density(self, state: State, x: Array) -> Array:
        values: Array = self.law(state).density(torch.from_numpy(x.reshape(-1))).numpy()
        return values

    def law(self, state: State) -> PushForward:
        """The law of G(z): pushed forward for a one-dimensional latent, else estimated. What lies beyond the cells is
        put on their end; where a G(z) is not finite, the law is not known."""
        x = self._images(state, self._samples if self._nodes is None else self._nodes)
        x = torch.where(x.isfinite(), x.clamp(self._edges[0], self._edges[-1]), math.nan)
        return kernel_estimate(x) if self._nodes is None else PushForward(x, self._latent_mass)

    def _masses(self, state: State) -> Tensor:
        """Mass of p_g in each cell, (n,), sums to 1; NaN where the law of G(z) is not known."""
        cdf = self.law(state).cdf(self._edges)
        # What is on the last edge, or was put there, belongs to the last cell.
        return torch.cat([0 * cdf[:1], cdf[1:-1], 0 * cdf[-1:] + 1]).diff()

    def _features(self, state: State, settings: Settings, x: Tensor) -> Tensor:
        """What D says about the points `x` (n,): (n, outputs), float64."""
        return self.features(state, settings, x.to(self._game.dtype).unsqueeze(1)).double()

    def _images(self, state: State, z: Tensor) -> Tensor:
        """G(z), (n,), for latents (n, dim) in double precision: neighbouring nodes lie so close that float32 would show
        in their difference."""
        return self.generated(state, z).squeeze(1)
