"""A run on pictures, from its state to an ImageSnapshot."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, ClassVar, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganviz.contracts.remembered import remembered
from ganviz.distributions._images import SIDE, ImageDistribution, as_samples
from ganviz.engine.noise import generator_for
from ganviz.engine.observer import Observer
from ganviz.engine.players import Players, State
from ganviz.engine.settings import Settings
from ganviz.engine.snapshot import ImageSnapshot, Pictures
from ganviz.experiment import Experiment
from ganviz.option import Invalid

Array = NDArray[np.float64]

FOLLOWED = 64
"""Samples that are followed in time."""

STYLES = 8
"""Where the condition is a class, these are so many latents, each with every class."""

JUDGED = 256
"""Pictures of each kind on which D is asked."""

SUPPORT = 64
"""Pictures of either side that stand for both densities in a loss with kernels."""

CHUNK = 500
"""Pictures that go through a network at once: the activations of more would not fit the cache."""


class ImageObserver(Observer):
    """What can be seen of a game on pictures: samples of fixed latents, and D on samples of three kinds."""

    sees_conditions: ClassVar[bool] = True

    def __init__(self, game: Players) -> None:
        super().__init__(game)
        data, seed = cast(ImageDistribution, game.data), game.experiment.seed
        real = data.draw(JUDGED, generator_for(seed, "look/real"))
        self._real = data.pair(real.x, real.condition)
        held_out = data.held_out()
        chosen = torch.randint(len(held_out), (JUDGED,), generator=generator_for(seed, "look/held-out"))
        self._z = self._latents(JUDGED)
        self._held_out = data.pair(as_samples(held_out[chosen]), data.held_out_conditions(chosen))

    def _latents(self, n: int) -> Tensor:
        """The first `n` of the latents that are looked at, with the conditions behind them."""
        game, seed = self._game, self._game.experiment.seed
        data, latent = cast(ImageDistribution, game.data), game.latent
        drawn = []
        for block in range(-(-n // CHUNK)):
            # Streams keep their names: on these depends what is drawn.
            generators = [generator_for(seed, f"look/{stream}/{block}") for stream in ("z", "told")]
            drawn.append(torch.cat([latent.sample(CHUNK, generators[0]), data.conditions(CHUNK, generators[1])], 1))
        z = torch.cat(drawn)
        if data.condition_names():
            each = data.each_condition()
            styles = z[:STYLES, : latent.dim].repeat_interleave(len(each), 0)
            z[: len(styles)] = torch.cat([styles, each.repeat(STYLES, 1)], 1)
        return z[:n].to(game.dtype)

    def snapshot(
        self, experiment: Experiment, state: State, settings: Settings, scalars: Mapping[str, float]
    ) -> ImageSnapshot:
        # What is called later must see this moment's options: the game's own may have moved on by then.
        z, followed = self._z, STYLES * len(self._game.data.condition_names()) or FOLLOWED
        fake = self._generated(state, z)
        seen = self._game.pair(fake, z)
        judge = partial(self._judged, state, settings, seen)
        on_real, on_held_out, on_fake = np.split(judge(torch.cat([self._real, self._held_out, seen])), 3)
        return ImageSnapshot(
            experiment=experiment,
            step=int(state["g"]["updates"]),
            d_updates=int(state["d"]["updates"]),
            scalars=dict(scalars),
            z=z[:followed].float().numpy(),
            fake=pictures(fake[:followed]),
            on_real=on_real,
            on_held_out=on_held_out,
            on_fake=on_fake,
            draw=lambda n: pictures(self._generated(state, self._latents(n))),
            condition=lambda n: self._game.condition(self._latents(n)).float().numpy(),
            generate=lambda latents: pictures(self._generated(state, self._tensor(latents))),
            judge=lambda x, condition=None: judge(self._seen(x, condition)),
            nearest=lambda x: self._nearest(torch.from_numpy(np.ascontiguousarray(x))),
            saliency=lambda x, condition=None: self._saliency(state, settings, seen, self._seen(x, condition)),
        )

    def discriminate(self, state: State, settings: Settings, x: Array) -> Array:
        z = self._z[:SUPPORT]
        fake = self._game.pair(self._generated(state, z), z)
        shape = self._game.data.pair_shape
        if np.shape(x)[1:] not in {shape, (shape[1:] if shape[0] == 1 else shape)}:
            raise Invalid(f"D sees samples of shape {shape}, not {np.shape(x)[1:]}.")
        return self._judged(state, settings, fake, self._tensor(x).reshape(-1, *shape))

    def density(self, state: State, x: Array) -> Array:
        """Raises `Invalid`: 784 dimensions are too many for an estimate that says anything."""
        raise Invalid("The density of a generator of pictures is not known; its samples are all there is.")

    def _tensor(self, x: NDArray[Any]) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(x)).to(self._game.dtype)

    def _seen(self, x: NDArray[Any], condition: NDArray[Any] | None) -> Tensor:
        """What D sees of pictures (m, 28, 28) with their conditions (m, condition_dim)."""
        condition = np.empty((len(x), 0)) if condition is None else condition
        return self._game.data.pair(self._tensor(x)[:, None], self._tensor(condition))

    def _generated(self, state: State, z: Tensor) -> Tensor:
        flat = self._game.shown(state)
        with torch.no_grad():
            return torch.cat([self._game.generate(flat, part) for part in torch.split(z, CHUNK)])

    def _judged(self, state: State, settings: Settings, fake: Tensor, x: Tensor) -> Array:
        """D(x) in the loss's own scale, (n,)."""
        with torch.no_grad():
            values: Array = settings.loss.discriminate(self._score(state, settings, fake, x)).double().numpy()
        return values

    def _score(self, state: State, settings: Settings, fake: Tensor, x: Tensor) -> Tensor:
        """D's raw score, (n,), or the witness of a loss that compares x with samples of both sides."""
        loss, support, p, q = settings.loss, torch.empty(0), torch.empty(0), torch.empty(0)
        if loss.outputs() != 1:
            both = torch.cat([self._real[:SUPPORT], fake[:SUPPORT]]).to(self._game.dtype)
            support = self._game.features(state, settings, both)
            p = torch.cat([torch.full((SUPPORT,), 1 / SUPPORT), torch.zeros(SUPPORT)]).to(support)
            q = p.flip(0)
        return loss.witness(torch.cat(list(self._features(state, settings, x))), support, p, q)

    def _features(self, state: State, settings: Settings, x: Tensor) -> Iterator[Tensor]:
        # Of 768 at once, convolutions take half as long again.
        for part in torch.split(x, JUDGED):
            yield self._game.features(state, settings, part.to(self._game.dtype))

    def _nearest(self, x: Tensor) -> tuple[Pictures, Array]:
        x, trained = x.float(), flat(cast(ImageDistribution, self._game.data))
        lengths = squares(cast(ImageDistribution, self._game.data))
        # |a − b|² = |a|² + |b|² − 2ab; |a|² is the same for all b.
        found = torch.addmm(lengths[None], x.flatten(1), trained.t(), alpha=-2).argmin(1)
        distance = (trained[found] - x.flatten(1)).double().square().sum(1).sqrt()
        # To a picture of which a pixel is lost none is nearest.
        near = trained[found].where(distance.isfinite()[:, None], math.nan)
        return near.reshape(x.shape).numpy(), distance.numpy()

    def _saliency(self, state: State, settings: Settings, fake: Tensor, x: Tensor) -> Array:
        x = x.detach().requires_grad_()
        (gradient,) = torch.autograd.grad(self._score(state, settings, fake, x).sum(), x)
        return gradient[:, 0, :SIDE].double().numpy()


@remembered(1)
def flat(data: ImageDistribution) -> Tensor:
    """All pictures that are trained on, (n, 784) float32: some 150 MB of MNIST's, so for one collection at a time."""
    return data.training().flatten(1).float().div_(255)


@remembered(1)
def squares(data: ImageDistribution) -> Tensor:
    """The sum of the squared pixels of each of them, (n,): five times slower to find than what is nearest."""
    lengths: Tensor = torch.linalg.vector_norm(flat(data), dim=1)
    return lengths.square()


def pictures(x: Tensor) -> Pictures:
    """Samples (n, 1, 28, 28) as arrays (n, 28, 28)."""
    return x[:, 0].float().numpy()
