"""What collections of pictures have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Self

import torch
from torch import Tensor
from torch.nn import functional as F

from ganviz.contracts.distribution import Distribution
from ganviz.contracts.remembered import remembered
from ganviz.contracts.source import Source
from ganviz.option import Invalid
from ganviz.readers.collection import SIDE as SIDE

if TYPE_CHECKING:
    from ganviz.experiment import Experiment

FEW = 8
"""A latent of fewer dimensions than these is too small for pictures: what varies between digits has about a dozen."""


class ImageDistribution(Distribution, ABC):
    """Grey pictures, (1, 28, 28), pixels from 0 (background) to 1: the uniform law on a collection of them. Minibatches
    go through the whole collection in random order, again and again.

    p_data is what the collection was drawn from, so three disjoint parts are kept apart: one is trained on, one is for
    choices made on the way (validation), one is only ever looked at (held out).
    """

    space: ClassVar[str] = "images"
    shows_digits: ClassVar[bool] = False
    """Whether they show handwritten digits, light on dark: then a classifier of digits can say what it sees."""

    @property
    def shape(self) -> tuple[int, ...]:
        return (1, SIDE, SIDE)

    @abstractmethod
    def training(self) -> Tensor:
        """The pictures that are trained on, (n, 28, 28) uint8."""

    @abstractmethod
    def validation(self) -> Tensor:
        """Others, of the same kind, (m, 28, 28) uint8."""

    @abstractmethod
    def held_out(self) -> Tensor:
        """Others again, (k, 28, 28) uint8."""

    def held_out_conditions(self, rows: Tensor) -> Tensor:
        """The conditions of the held-out pictures in these rows (n,): (n, condition_dim)."""
        return torch.empty(len(rows), 0, dtype=torch.float32)

    @property
    def pair_shape(self) -> tuple[int, ...]:
        """A picture with its condition as further rows of pixels."""
        channels, height, width = self.shape
        return channels, height + -(-self.condition_dim // width), width

    def pair(self, x: Tensor, condition: Tensor) -> Tensor:
        """The condition as further rows of pixels below the picture, the last of them filled up with zeros."""
        if not self.condition_dim:
            return x
        each = torch.unflatten(condition, 1, (-1, self.condition_dim))
        rows = torch.unflatten(F.pad(each, (0, -self.condition_dim % SIDE)), 2, (-1, SIDE))
        return torch.cat([x, rows], 2)

    def unpair(self, pairs: Tensor) -> tuple[Tensor, Tensor]:
        x, rows = torch.split(pairs, [SIDE, pairs.shape[2] - SIDE], 2)
        return x, rows.flatten(1)[:, : self.condition_dim]

    def advice(self, experiment: Experiment) -> str:
        """G's pictures have no more dimensions than its latent."""
        dim: int = experiment.latent.dim
        if dim >= FEW:
            return ""
        drawn = "1 dimension can draw only a curve" if dim == 1 else f"{dim} dimensions can draw only a surface"
        return f"A latent of {drawn} of pictures; give it more, such as the 64 of the preset mnist-mlp."

    def prepare(self) -> Self:
        self.training()
        return self

    def sample(self, n: int, source: Source) -> Tensor:
        pictures = self.training()
        return as_samples(pictures[source.rows(n, len(pictures))])

    def log_prob(self, x: Tensor) -> Tensor:
        """Raises `Invalid`: nobody knows the density of such pictures."""
        raise Invalid(f"Nobody knows the density of {self.option_name()}; its samples are all there is.")

    def window(self) -> tuple[float, float]:
        return 0.0, 1.0

    def squash(self, x: Tensor) -> Tensor:
        return torch.sigmoid(x)

    def centre(self) -> Tensor:
        return _logit_of_mean(self)


def as_samples(pictures: Tensor) -> Tensor:
    """Pictures (n, 28, 28) uint8 in the form of samples, (n, 1, 28, 28) float32."""
    return pictures[:, None].float().div_(255)


@remembered(4)
def _logit_of_mean(data: ImageDistribution) -> Tensor:
    """The logit of the mean of all pictures that are trained on, (1, 28, 28). A pixel that is always empty counts as
    10⁻⁷, as in the code of the 2014 paper."""
    pictures = data.training()
    mean = pictures.sum(0).double() / (255 * len(pictures))
    return torch.logit(mean[None], eps=1e-7).float()
