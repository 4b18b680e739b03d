"""A run in the plane, from its state to a PlaneSnapshot."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganviz.contracts.counted import Counted
from ganviz.distributions._kernel_density import log_density
from ganviz.engine.observer import Look, Observer
from ganviz.engine.players import Players, State
from ganviz.engine.request import Answer
from ganviz.engine.settings import Settings
from ganviz.engine.snapshot import Snapshot
from ganviz.gradients import gradient
from ganviz.spaces._two_samples import halves, nowhere
from ganviz.spaces.plane.latent_grid import LatentGrid
from ganviz.spaces.plane.smooth import WIDTH, smoothed
from ganviz.spaces.plane.snapshot import PlaneSnapshot

Array = NDArray[np.float64]

GRID = 64
"""Points of the grid along each side of the window."""

FINE = 128
"""The same for p_data, which may have modes narrower than the grid of D, and is looked at once."""

SAMPLES = 2500
"""Real and fake samples looked at, as many as PacGAN's protocol counts modes on; always the same latents, so that
fakes move instead of flickering."""

JUDGED = 400
"""Samples of either side on which D is asked."""

SUPPORT = 128
"""Samples of either side that stand for both densities in a loss with kernels: each point against each of them."""


class PlaneObserver(Observer):
    """What can be seen of a game in the plane: D on a grid, samples and where D sends them, G's image of a grid."""

    def __init__(self, game: Players) -> None:
        super().__init__(game)
        seed = game.experiment.seed
        low, high = game.data.window()
        self._axis, self._fine_axis = (middles(low, high, n) for n in (GRID, FINE))
        self._points = points(self._axis)
        density = game.data.log_prob(points(self._fine_axis).float()).double()
        self._density = np.exp(density.numpy()).reshape(FINE, FINE)
        self._real = game.data.sample(SAMPLES, Counted(seed, "look/real"))
        self._z = game.latent.sample(SAMPLES, Counted(seed, "look/z"))
        self._latent_grid = LatentGrid(game.latent)
        self._grid_latents = self._latent_grid.latents

    def observe(self, state: State, settings: Settings) -> Look:
        fake = self.generated(state, self._z)
        d = self._judged(state, settings, fake, self._points, self._real[:JUDGED], fake[:JUDGED])
        on_grid, on_real, on_fake = torch.split(d, [GRID**2, JUDGED, JUDGED])
        image = self.generated(state, self._grid_latents).reshape(self._latent_grid.nodes.shape)
        return {
            "fake": fake,
            "estimate": smoothed(fake, self._axis),
            "discriminator": on_grid.reshape(GRID, GRID),
            "on_real": on_real,
            "on_fake": on_fake,
            "pull": self._pull(state, settings, fake[:JUDGED]),
            "grid_image": image,
            "grid_density": self._latent_grid.density(image),
        }

    def dressed(self, known: Snapshot, look: Answer) -> PlaneSnapshot:
        return PlaneSnapshot(
            **(vars(known) | look),
            axis=self._axis.numpy(),
            fine_axis=self._fine_axis.numpy(),
            density=self._density,
            real=self._real.numpy(),
            latent_grid=self._latent_grid.nodes.numpy(),
        )

    def discriminate(self, state: State, settings: Settings, x: Array) -> Array:
        at = torch.from_numpy(x.reshape(-1, 2))
        values: Array = self._judged(state, settings, self.generated(state, self._z), at).numpy()
        return values

    def density(self, state: State, x: Array) -> Array:
        samples, width = self.generated(state, self._z), WIDTH * float(self._axis[1] - self._axis[0])
        at = torch.from_numpy(x.reshape(-1, 2)).to(samples.dtype)
        return log_density(at, samples, width).exp().double().numpy()

    def _features(self, state: State, settings: Settings, x: Tensor) -> Tensor:
        return self.features(state, settings, x.to(self._game.dtype))

    def _judged(self, state: State, settings: Settings, fake: Tensor, *x: Tensor) -> Tensor:
        """D in the loss's own scale at all points of `x`, one behind the other, float64."""
        loss, support = settings.loss, nowhere()
        if loss.outputs() != 1:
            # What compares samples with kernels is drawn from a few of them: every cell against every sample.
            both = torch.cat([self._real[:SUPPORT], fake[:SUPPORT]])
            support = halves(self._features(state, settings, both))
        at = self._features(state, settings, torch.cat([part.to(self._game.dtype) for part in x]))
        return loss.discriminate(loss.witness(at, *support)).double()

    def _pull(self, state: State, settings: Settings, fake: Tensor) -> Tensor:
        """Where D sends each fake, (n, 2) float64."""
        loss, real_score = settings.loss, None
        if loss.generator_needs_real:
            real_score = self._features(state, settings, self._real[: len(fake)])

        def objective(x: Tensor) -> tuple[Tensor, tuple[()]]:
            return loss.g_loss(real_score, self._features(state, settings, x)), ()

        slope, *_ = gradient(objective, fake.to(self._game.dtype))
        # The loss is a mean over the batch: times n for each sample's own.
        return (-len(fake) * slope).double()


def middles(low: float, high: float, n: int) -> Tensor:
    """Middles of n equal cells between two ends, (n,) float64."""
    return low + (torch.arange(n, dtype=torch.float64) + 0.5) * (high - low) / n


def points(axis: Tensor) -> Tensor:
    """All points of the square grid, (m², 2), row by row from the bottom."""
    return torch.stack(torch.meshgrid(axis, axis, indexing="xy"), dim=2).reshape(-1, 2)
