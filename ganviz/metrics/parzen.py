"""The log-likelihood of a Parzen window."""

from __future__ import annotations

import math
from typing import ClassVar, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganviz.contracts.remembered import remembered
from ganviz.distributions._images import ImageDistribution
from ganviz.experiment import Experiment
from ganviz.metrics._distances import flattened
from ganviz.metrics._images import SAMPLES, ImageMetric, Sample, some
from ganviz.spaces.images.collection import collection
from ganviz.spaces.images.snapshot import Pictures
from ganviz.written import written

Array = NDArray[np.float64]

SIGMAS = np.logspace(-1, 0, 10)
"""The widths that are tried."""

CHOSEN_ON = 1000
"""Validation pictures on which one of them is chosen."""

CONTEXT = (
    "Published for MNIST (Goodfellow et al. 2014): DBN 138 ± 2, stacked CAE 121 ± 1.6, deep GSN 214 ± 1.1, "
    "adversarial nets 225 ± 2. It says little in 784 dimensions: 10,000 training pictures get 242, the means of "
    "their neighbours 333."
)
"""What one should know of such a number, for those who point at it."""

CHUNK = 250
"""Pictures whose distances to all samples are held at once."""


class Estimate(float):
    """What a Parzen window says about a sampler: the mean log-likelihood of the test pictures, in nats. It is a number
    like any other, which also knows how sure it is."""

    error: float
    """Its standard error over the test pictures; NaN where it is not known."""
    sigma: float
    """The width that was chosen; NaN where it is not known."""

    def __new__(cls, mean: float, error: float = math.nan, sigma: float = math.nan) -> Self:
        """`mean` is the number itself."""
        made = super().__new__(cls, mean)
        made.error, made.sigma = error, sigma
        return made


class Parzen(ImageMetric):
    """Mean log-likelihood of held-out pictures under a Parzen window around fakes, in nats; the higher the better.

    The protocol of Goodfellow et al. 2014: a Gaussian of width σ around each of 10,000 samples of G (no more than there
    are training pictures), where σ is the one of 0.100, 0.129, 0.167, 0.215, 0.278, 0.359, 0.464, 0.599, 0.774, 1 that
    suits the first 1000 validation pictures best; then mean and standard error over the held-out pictures (MNIST:
    10,000). Published there for MNIST: DBN 138 ± 2, stacked CAE 121 ± 1.6, deep GSN 214 ± 1.1, adversarial nets
    225 ± 2.

    The estimate has a high variance and does badly in high dimension, as they say themselves. It is no measure of how
    samples look: 10,000 of MNIST's training pictures get 242, and if each is replaced by the mean of its neighbours
    (one step of k-means), 333.
    """

    seldom: ClassVar[bool] = True
    rank: ClassVar[int] = 9
    caveat: ClassVar[str] = CONTEXT

    def samples(self, data: ImageDistribution) -> int:
        """As many as there can be of the training pictures, with which they are compared."""
        return min(self.most, len(data.training()))

    def of(self, sample: Sample, data: ImageDistribution) -> Estimate:
        return _estimate(sample.pictures, data)

    def at_equilibrium(self, experiment: Experiment) -> float:
        return _of_training(collection(experiment.data))

    def label(self) -> str:
        return "Parzen log-likelihood (nats)"

    def word(self) -> str:
        return "Parzen"

    def reading(self, value: float, perfect: float) -> str:
        found = value if isinstance(value, Estimate) else Estimate(value)
        error = "" if math.isnan(found.error) else f" ± {written(found.error, int(found.error < 1))}"
        sigma = "" if math.isnan(found.sigma) else f", σ {written(found.sigma, 2)}"
        return f"{self.term()} <b>{written(found, 0)}{error}</b> nats{sigma} (real: {written(perfect, 0)})"


def parzen_estimate(samples: Pictures | Array, validation: Pictures | Array, test: Pictures | Array) -> Estimate:
    """The estimate from samples (n, ...) of G, with the width that suits `validation` (m, ...) best; mean and standard
    error over `test` (k, ...). Single precision, right to about 0.01 nats."""
    centers, choosing, judged = (flattened(x.astype(np.float32)) for x in (samples, validation, test))
    means = [float(np.mean(values)) for values in log_likelihoods(choosing, centers, list(SIGMAS))]
    sigma = math.nan if np.isnan(means).any() else float(SIGMAS[int(np.argmax(means))])
    (values,) = log_likelihoods(judged, centers, [sigma])
    return Estimate(float(values.mean()), float(values.std() / math.sqrt(len(values))), sigma)


def log_likelihoods(x: Tensor, centers: Tensor, sigmas: list[float]) -> list[Array]:
    """The log density of each point of `x` (m, d) under equal Gaussians around `centers` (n, d), (m,), for each width:
    log mean exp(−‖x − center‖²/(2σ²)) − d log(σ√(2π))."""
    dim, count = centers.shape[1], math.log(len(centers))
    lengths = centers.square().sum(1)
    rows: list[list[Tensor]] = [[] for _ in sigmas]
    for part in torch.split(x, CHUNK):
        squares = torch.addmm(lengths[None], part, centers.t(), alpha=-2)
        squares = squares.add_(part.square().sum(1)[:, None]).clamp_(min=0)
        for row, sigma in zip(rows, sigmas, strict=True):
            row.append((squares * (-0.5 / sigma**2)).logsumexp(1).double())
    peaks = [count + dim * math.log(sigma * math.sqrt(2 * math.pi)) for sigma in sigmas]
    return [(torch.cat(row) - peak).numpy() for row, peak in zip(rows, peaks, strict=True)]


def _estimate(samples: Pictures, data: ImageDistribution) -> Estimate:
    validation, test = data.validation()[:CHOSEN_ON], data.held_out()
    return parzen_estimate(samples, *(part.float().div_(255).numpy() for part in (validation, test)))


@remembered(2)
def _of_training(data: ImageDistribution) -> Estimate:
    """What training pictures get as samples."""
    return _estimate(some(data.training(), SAMPLES, "perfect/parzen"), data)
