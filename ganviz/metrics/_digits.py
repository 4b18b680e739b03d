"""What the metrics have in common that ask the classifier which digits it sees."""

from __future__ import annotations

from abc import ABC

import numpy as np
import torch
from numpy.typing import NDArray

from ganviz.contracts.counted import Counted
from ganviz.contracts.remembered import remembered
from ganviz.distributions._images import ImageDistribution
from ganviz.experiment import Experiment
from ganviz.metrics._classifier import classify, features
from ganviz.metrics._images import ImageMetric
from ganviz.spaces.images.collection import collection

Array = NDArray[np.float64]

PART = 5000
"""Pictures that are unpacked at once."""


class DigitMetric(ImageMetric, ABC):
    """A number that means something for handwritten digits only, because a classifier of digits is asked."""

    @classmethod
    def fits(cls, experiment: Experiment) -> bool:
        return super().fits(experiment) and collection(experiment.data).shows_digits


def shares(probabilities: Array) -> Array:
    """Share of each digit, (10,), among pictures whose digits have these probabilities (n, 10): every picture shows the
    digit that is most probable."""
    return np.bincount(probabilities.argmax(1), minlength=10) / len(probabilities)


@remembered(2)
def training_features(data: ImageDistribution) -> Array:
    """What the classifier makes of the pictures that are trained on, (n, 64), in random order. It takes some seconds
    for MNIST's, once."""
    pictures = data.training()
    order = Counted(0, "perfect/training").order(len(pictures))
    parts = (pictures[rows].float().div_(255).numpy() for rows in torch.split(order, PART))
    return np.concatenate([features(part) for part in parts])


@remembered(2)
def training_shares(data: ImageDistribution) -> Array:
    """The data's own histogram of digits, (10,): what the classifier takes the training pictures for. One picture more
    of each, because the data may lack a digit, which does not make one stray sample infinitely wrong."""
    counts: Array = shares(classify(training_features(data))) * len(data.training()) + 1
    return np.asarray(counts / counts.sum())
