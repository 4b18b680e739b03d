"""The pictures that are trained on, as what others are compared with."""

from __future__ import annotations

import math
from typing import cast

import torch
from torch import Tensor

from ganviz.contracts.distribution import Distribution
from ganviz.contracts.remembered import remembered
from ganviz.distributions._images import ImageDistribution


def collection(data: Distribution) -> ImageDistribution:
    """The data of a run on pictures, of which more is known than of other data: their parts, and what they show."""
    # That the data of this space are collections is the space's promise; an option is not asked for its type.
    return cast(ImageDistribution, data)


@remembered(1)
def pixels(data: ImageDistribution) -> Tensor:
    """All pictures that are trained on, (n, 784) float32: some 150 MB of MNIST's, so for one collection at a time."""
    return data.training().flatten(1).float().div_(255)


@remembered(1)
def squared_lengths(data: ImageDistribution) -> Tensor:
    """The sum of the squared pixels of each of them, (n,): five times slower to find than what is nearest."""
    lengths: Tensor = torch.linalg.vector_norm(pixels(data), dim=1)
    return lengths.square()


def nearest(data: ImageDistribution, x: Tensor) -> tuple[Tensor, Tensor]:
    """For each picture (m, 28, 28) the nearest one that is trained on, (m, 28, 28) float32, and how far that is: the
    root of the sum of squared differences of the pixels, (m,) float64."""
    trained, rows = pixels(data), x.float().flatten(1)
    # |a − b|² = |a|² + |b|² − 2ab; |a|² is the same for all b.
    found = torch.addmm(squared_lengths(data)[None], rows, trained.t(), alpha=-2).argmin(1)
    distance = (trained[found] - rows).double().square().sum(1).sqrt()
    # To a picture of which a pixel is lost none is nearest.
    near = trained[found].where(distance.isfinite()[:, None], math.nan)
    return near.reshape(x.shape), distance
