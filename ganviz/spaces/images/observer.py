"""A run on pictures, from its state to an ImageSnapshot."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganviz.contracts.counted import Counted
from ganviz.distributions._images import SIDE, as_samples
from ganviz.engine.observer import Look, Observer
from ganviz.engine.players import Players, State
from ganviz.engine.request import Answer, Request
from ganviz.engine.settings import Settings
from ganviz.engine.snapshot import Snapshot
from ganviz.gradients import gradient
from ganviz.option import Invalid
from ganviz.spaces._two_samples import halves, nowhere
from ganviz.spaces.images.close_up import STOPS, WIDE, walk
from ganviz.spaces.images.collection import collection, nearest
from ganviz.spaces.images.requests import CloseUp, Draw, Generate, Judge, Nearest, Neighbours, Saliency
from ganviz.spaces.images.snapshot import ImageSnapshot

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

    # Nearly all of a look are products of large matrices, or convolutions, at which PyTorch is as good or better.
    is_captured: ClassVar[bool] = False

    def __init__(self, game: Players) -> None:
        super().__init__(game)
        data, seed = collection(game.data), game.experiment.seed
        real = data.draw(JUDGED, Counted(seed, "look/real"))
        self._data, self._real = data, data.pair(real.x, real.condition)
        held_out = data.held_out()
        chosen = Counted(seed, "look/held-out").rows(JUDGED, len(held_out))
        self._held_out = data.pair(as_samples(held_out[chosen]), data.held_out_conditions(chosen))
        self._z = self._latents(JUDGED)
        self._followed = STYLES * len(data.condition_names()) or FOLLOWED

    def _latents(self, n: int) -> Tensor:
        """The first `n` of the latents that are looked at, with the conditions behind them."""
        data, latent, seed = self._data, self._game.latent, self._game.experiment.seed
        drawn = []
        for block in range(-(-n // CHUNK)):
            # Streams keep their names: on these depends what is drawn.
            one, other = (Counted(seed, f"look/{stream}", block) for stream in ("z", "told"))
            drawn.append(torch.cat([latent.sample(CHUNK, one), data.conditions(CHUNK, other)], 1))
        z = torch.cat(drawn)
        if data.condition_names():
            each = data.each_condition()
            styles = z[:STYLES, : latent.dim].repeat_interleave(len(each), 0)
            z[: len(styles)] = torch.cat([styles, each.repeat(STYLES, 1)], 1)
        return z[:n].to(self._game.dtype)

    # ----------------------------------------------------------------------------------------- in every frame

    def observe(self, state: State, settings: Settings) -> Look:
        fake = self._generated(state, self._z)
        seen = self._game.pair(fake, self._z)
        x = torch.cat([self._real.to(seen.dtype), self._held_out.to(seen.dtype), seen])
        on_real, on_held_out, on_fake = torch.split(self._judged(state, settings, x), JUDGED)
        fake = flat(fake[: self._followed])
        return {"fake": fake, "on_real": on_real, "on_held_out": on_held_out, "on_fake": on_fake}

    def dressed(self, known: Snapshot, look: Answer) -> ImageSnapshot:
        return ImageSnapshot(**(vars(known) | look), z=self._z[: self._followed].float().numpy())

    # -------------------------------------------------------------------------------------------- now and then

    def answer(self, state: State, settings: Settings, request: Request) -> Look:
        match request:
            case Draw(n=n):
                z = self._latents(n)
                return {"x": flat(self._generated(state, z)), "condition": self._game.condition(z).float()}
            case Generate(z=latents):
                return {"x": flat(self._generated(state, self._tensor(latents)))}
            case Judge(x=x, condition=condition):
                return {"score": self._judged(state, settings, self._seen(x, condition))}
            case Saliency(x=x, condition=condition):
                return {"slope": self._slope(state, settings, self._seen(x, condition))}
            case Nearest(x=x):
                return self._near(torch.from_numpy(np.ascontiguousarray(x)))
            case Neighbours(of=of):
                return self._near(flat(self._generated(state, self._z[list(of)])))
            case CloseUp():
                return self._close_up(state, settings, request)
        return super().answer(state, settings, request)

    def _close_up(self, state: State, settings: Settings, asked: CloseUp) -> Look:
        dim, kept = self._game.latent.dim, self._z[[asked.first, asked.second]].double()
        if asked.condition is not None:
            # The samples are followed class by class.
            kept[:, dim:] = self._z[asked.condition, dim:].double()
        # All in one go: it costs little more than one picture.
        z = torch.cat([kept[1:], torch.from_numpy(walk(self._game.latent, kept.numpy(), asked.centre))])
        x = self._generated(state, z.to(self._game.dtype))
        strips, places = (flat(part) for part in torch.split(x[1:], [2 * STOPS, WIDE**2]))
        here = 1 + 2 * STOPS + WIDE**2 // 2
        judged = self._game.pair(x[[0, here]], z[[0, here]].to(x.dtype))
        score, here_score = self._judged(state, settings, judged)
        near = self._near(flat(x[:1]))
        return {
            "kept": kept,
            "sample": flat(x)[0],
            "score": score,
            "slope": self._slope(state, settings, judged[:1])[0],
            "near": near["x"][0],
            "distance": near["distance"][0],
            "strips": strips.reshape(2, STOPS, SIDE, SIDE),
            "map": places.reshape(WIDE, WIDE, SIDE, SIDE),
            "here": flat(x)[here],
            "here_score": here_score,
        }

    def discriminate(self, state: State, settings: Settings, x: Array) -> Array:
        shape = self._game.data.pair_shape
        if np.shape(x)[1:] not in {shape, (shape[1:] if shape[0] == 1 else shape)}:
            raise Invalid(f"D sees samples of shape {shape}, not {np.shape(x)[1:]}.")
        values: Array = self._judged(state, settings, self._tensor(x).reshape(-1, *shape)).numpy()
        return values

    def density(self, state: State, x: Array) -> Array:
        """Raises `Invalid`: 784 dimensions are too many for an estimate that says anything."""
        raise Invalid("The density of a generator of pictures is not known; its samples are all there is.")

    # -------------------------------------------------------------------------------------------------- inside

    def _tensor(self, x: NDArray[Any]) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(x)).to(self._game.dtype)

    def _seen(self, x: NDArray[Any], condition: NDArray[Any] | None) -> Tensor:
        """What D sees of pictures (m, 28, 28) with their conditions (m, condition_dim)."""
        condition = np.empty((len(x), 0)) if condition is None else condition
        return self._data.pair(self._tensor(x)[:, None], self._tensor(condition))

    def _generated(self, state: State, z: Tensor) -> Tensor:
        shown = self._game.shown(state)
        return torch.cat([self._game.generate(shown, part) for part in torch.split(z, CHUNK)])

    def _judged(self, state: State, settings: Settings, x: Tensor) -> Tensor:
        """D(x) in the loss's own scale, (n,) float64."""
        return settings.loss.discriminate(self._score(state, settings, x)).double()

    def _score(self, state: State, settings: Settings, x: Tensor) -> Tensor:
        """D's raw score, (n,), or the witness of a loss that compares x with samples of both sides."""
        loss, support = settings.loss, nowhere()
        if loss.outputs() != 1:
            z = self._z[:SUPPORT]
            both = [self._real[:SUPPORT].to(z.dtype), self._game.pair(self._generated(state, z), z)]
            support = halves(self.features(state, settings, torch.cat(both)))
        # Of 768 at once, convolutions take half as long again.
        parts = [self.features(state, settings, part) for part in torch.split(x.to(self._game.dtype), JUDGED)]
        return loss.witness(torch.cat(parts), *support)

    def _slope(self, state: State, settings: Settings, x: Tensor) -> Tensor:
        """Gradient of the raw score by each pixel, (n, 28, 28) float64, without the condition."""
        slope, *_ = gradient(lambda at: (self._score(state, settings, at).sum(), ()), x)
        return slope[:, 0, :SIDE].double()

    def _near(self, x: Tensor) -> Look:
        near, distance = nearest(self._data, x)
        return {"x": near, "distance": distance}


def flat(x: Tensor) -> Tensor:
    """Samples (n, 1, 28, 28) as pictures (n, 28, 28) float32."""
    return x[:, 0].float()
