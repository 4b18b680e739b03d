"""A run in the plane, from its state to a PlaneSnapshot."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganviz.distributions._kernel_density import log_density
from ganviz.engine.noise import generator_for
from ganviz.engine.observer import Observer
from ganviz.engine.players import Players, State
from ganviz.engine.settings import Settings
from ganviz.engine.sheet import Lattice
from ganviz.engine.smooth import WIDTH, smoothed
from ganviz.engine.snapshot import PlaneSnapshot
from ganviz.experiment import Experiment

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
    """What can be seen of a game in the plane: D on a grid, samples and where D sends them, G's image of a lattice."""

    def __init__(self, game: Players) -> None:
        super().__init__(game)
        seed = game.experiment.seed
        low, high = game.data.window()
        self.axis, self.fine_axis = (middles(low, high, n) for n in (GRID, FINE))
        self._grid = points(self.axis)
        self.density_on_grid = np.exp(game.data.log_prob(points(self.fine_axis).float()).double().numpy()).reshape(
            FINE, FINE
        )
        self._real = game.data.sample(SAMPLES, generator_for(seed, "look/real"))
        self._z = game.latent.sample(SAMPLES, generator_for(seed, "look/z"))
        self._lattice = Lattice(game.latent)

    def snapshot(
        self, experiment: Experiment, state: State, settings: Settings, scalars: Mapping[str, float]
    ) -> PlaneSnapshot:
        fake = torch.from_numpy(self.images(state, self._z))
        discriminator = self._judged(state, settings, fake, self._grid, self._real[:JUDGED], fake[:JUDGED])
        on_grid, on_real, on_fake = np.split(discriminator, [GRID**2, GRID**2 + JUDGED])
        sheet = self._lattice.image(lambda z: self.images(state, z))
        return PlaneSnapshot(
            experiment=experiment,
            step=int(state["g"]["updates"]),
            d_updates=int(state["d"]["updates"]),
            scalars=dict(scalars),
            axis=self.axis,
            fine_axis=self.fine_axis,
            density=self.density_on_grid,
            estimate=smoothed(fake.numpy(), self.axis),
            real=self._real.numpy(),
            fake=fake.numpy(),
            discriminator=on_grid.reshape(GRID, GRID),
            on_real=on_real,
            on_fake=on_fake,
            pull=self._pull(state, settings, fake[:JUDGED]),
            sheet=sheet,
            sheet_z=self._lattice.z,
            sheet_density=self._lattice.density(sheet),
        )

    def discriminate(self, state: State, settings: Settings, x: Array) -> Array:
        fake = torch.from_numpy(self.images(state, self._z))
        return self._judged(state, settings, fake, torch.from_numpy(x.reshape(-1, 2)))

    def density(self, state: State, x: Array) -> Array:
        samples, width = torch.from_numpy(self.images(state, self._z)), WIDTH * float(self.axis[1] - self.axis[0])
        at = torch.from_numpy(x.reshape(-1, 2)).to(samples.dtype)
        return log_density(at, samples, width).exp().double().numpy()

    def _features(self, state: State, settings: Settings, x: Tensor) -> Tensor:
        return self._game.features(state, settings, x.to(self._game.dtype))

    def _judged(self, state: State, settings: Settings, fake: Tensor, *x: Tensor) -> Array:
        """D in the loss's own scale at all points of `x`, one behind the other."""
        loss, support, p, q = settings.loss, torch.empty(0), torch.empty(0), torch.empty(0)
        with torch.no_grad():
            if loss.outputs() != 1:
                # What compares samples with kernels is drawn from a few of them: every cell against every sample.
                support = self._features(state, settings, torch.cat([self._real[:SUPPORT], fake[:SUPPORT]]))
                p = torch.cat([torch.full((SUPPORT,), 1 / SUPPORT), torch.zeros(SUPPORT)]).to(support)
                q = p.flip(0)
            at = self._features(state, settings, torch.cat([part.to(self._game.dtype) for part in x]))
            values: Array = loss.discriminate(loss.witness(at, support, p, q)).double().numpy()
        return values

    def _pull(self, state: State, settings: Settings, fake: Tensor) -> Array:
        """Where D sends each fake, (n, 2)."""
        x = fake.detach().to(self._game.dtype).requires_grad_()
        real_score = (
            self._features(state, settings, self._real[: len(x)]) if settings.loss.generator_needs_real else None
        )
        loss = settings.loss.g_loss(real_score, self._features(state, settings, x))
        (gradient,) = torch.autograd.grad(loss, x)
        # The loss is a mean over the batch: times n for each sample's own.
        return (-len(x) * gradient).double().numpy()


def middles(low: float, high: float, n: int) -> Array:
    """Middles of n equal cells between two ends, (n,)."""
    return low + (np.arange(n) + 0.5) * (high - low) / n


def points(axis: Array) -> Tensor:
    """All points of the square grid, (m², 2) float64, row by row from the bottom."""
    x = torch.from_numpy(axis)
    return torch.stack(torch.meshgrid(x, x, indexing="xy"), dim=2).reshape(-1, 2)
