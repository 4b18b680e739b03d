"""The Fréchet distance of features."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ganviz.contracts.remembered import remembered
from ganviz.distributions._images import ImageDistribution
from ganviz.metrics._digits import DigitMetric, training_features
from ganviz.metrics._images import Sample
from ganviz.written import written

Array = NDArray[np.float64]


class Frechet(DigitMetric):
    """Squared Fréchet distance of fakes and training pictures as a classifier of digits sees them, 0 or more.

    ‖m − m′‖² + tr(Σ + Σ′ − 2 (ΣΣ′)^½) of the means and covariances of 64 features, whose mean variance over MNIST's
    training pictures is 1: the formula of the FID with ganviz's own network instead of Inception, so the two cannot be
    compared. From 10,000 fakes and all training pictures; with so few, and features that were learned on the training
    pictures, a perfect sampler gets the floor, not 0: what held-out pictures get. It sees means and covariances only.
    """

    rank: ClassVar[int] = 3
    caveat: ClassVar[str] = (
        "Not the FID: 64 features of ganviz's own classifier of digits stand for Inception's, so it cannot "
        "be compared with published numbers."
    )

    def of(self, sample: Sample, data: ImageDistribution) -> float:
        return distance(*moments(sample.features), *_training_moments(data))

    def label(self) -> str:
        return "Fréchet distance²"

    def reading(self, value: float, perfect: float) -> str:
        return f"{self.term()} <b>{written(value, 2)}</b> (floor {written(perfect, 2)})"


def moments(x: Array) -> tuple[Array, Array]:
    """Mean (d,) and covariance (d, d) of rows (n, d)."""
    return x.mean(0), np.cov(x, rowvar=False)


def distance(mean: Array, covariance: Array, other_mean: Array, other_covariance: Array) -> float:
    """Squared Fréchet (2-Wasserstein) distance of two normal laws.

    (ΣΣ′)^½ has the eigenvalues of (Σ^½ Σ′ Σ^½)^½, and that product is symmetric: its root is safe where Σ is singular.
    """
    values, vectors = np.linalg.eigh(covariance)
    root = (vectors * np.sqrt(values.clip(min=0))) @ vectors.T
    shared = np.sqrt(np.linalg.eigvalsh(root @ other_covariance @ root).clip(min=0)).sum()
    apart = np.sum((mean - other_mean) ** 2)
    return float(np.maximum(0.0, apart + np.trace(covariance) + np.trace(other_covariance) - 2 * shared))


@remembered(2)
def _training_moments(data: ImageDistribution) -> tuple[Array, Array]:
    return moments(training_features(data))
