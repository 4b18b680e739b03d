"""What the metrics of pictures have in common."""

from __future__ import annotations

import math
import weakref
from abc import ABC, abstractmethod
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from ganviz.contracts.counted import Counted
from ganviz.contracts.remembered import remembered
from ganviz.distributions._images import ImageDistribution
from ganviz.engine.request import Request
from ganviz.engine.snapshot import Snapshot
from ganviz.experiment import Experiment
from ganviz.metrics._classifier import classify, features
from ganviz.metrics.base import Metric
from ganviz.spaces.images.collection import collection
from ganviz.spaces.images.requests import Draw
from ganviz.spaces.images.snapshot import Pictures

Array = NDArray[np.float64]

SAMPLES = 10_000
"""Samples of G that are drawn of one snapshot; all metrics of pictures look at these, or at the first of them."""


class Sample:
    """Pictures (n, 28, 28), and what the classifier makes of them: worked out once, when first asked for."""

    def __init__(self, pictures: Pictures, condition: NDArray[Any], whole: Sample | None = None) -> None:
        """`condition`: that of each, (n, condition_dim). The pictures may be the first ones of a `whole`, which is then
        asked for what is known already."""
        self.pictures, self.condition = pictures, condition
        self._whole = whole

    def first(self, n: int) -> Sample:
        """The first `n` of them, or all where there are fewer."""
        return Sample(self.pictures[:n], self.condition[:n], self)

    @cached_property
    def features(self) -> Array:
        """What the classifier's last hidden layer makes of each, (n, 64)."""
        return features(self.pictures) if self._whole is None else self._whole.features[: len(self.pictures)]

    @cached_property
    def probabilities(self) -> Array:
        """How probable each digit is for each, (n, 10)."""
        return classify(self.features)


class ImageMetric(Metric, ABC):
    """A number estimated from fakes and from the pictures of a collection."""

    space: ClassVar[str] = "images"
    slow: ClassVar[bool] = True
    most: ClassVar[int] = SAMPLES
    """The most samples it looks at."""

    def requests(self, experiment: Experiment) -> tuple[Request, ...]:
        return (Draw(SAMPLES),)

    def measure(self, snapshot: Snapshot) -> float:
        data, fakes = collection(snapshot.experiment.data), fakes_of(snapshot)
        return self.of(fakes.first(self.samples(data)), data) if np.isfinite(fakes.pictures).all() else math.nan

    def at_equilibrium(self, experiment: Experiment) -> float:
        data = collection(experiment.data)
        known = _perfect(data)
        if self not in known:
            known[self] = self.of(held_out(data).first(self.samples(data)), data)
        return known[self]

    def samples(self, data: ImageDistribution) -> int:
        """How many samples it looks at. A perfect sampler is given as many, because what is estimated from samples
        depends on their number; so no more than there are held-out pictures."""
        return min(self.most, len(data.held_out()))

    @abstractmethod
    def of(self, sample: Sample, data: ImageDistribution) -> float:
        """The number for a sample that is compared with the data."""


def fakes_of(snapshot: Snapshot) -> Sample:
    """The fakes of a snapshot, `SAMPLES` of them: what is worked out of them is shared by all metrics, and kept as long
    as the snapshot is."""
    key = id(snapshot)
    if key not in _known:
        drawn = snapshot.answers[Draw(SAMPLES)]
        _known[key] = Sample(drawn["x"], drawn["condition"])
        # A snapshot holds arrays, so it cannot be a dictionary's key itself.
        weakref.finalize(snapshot, _known.pop, key, None)
    return _known[key]


_known: dict[int, Sample] = {}


@remembered(2)
def held_out(data: ImageDistribution) -> Sample:
    """As many held-out pictures, if there are, in random order: the samples of a perfect sampler."""
    pictures, stream = data.held_out(), "perfect/held-out"
    condition = data.held_out_conditions(_rows(pictures, SAMPLES, stream)).numpy()
    return Sample(some(pictures, SAMPLES, stream), condition)


def some(pictures: Tensor, n: int, stream: str) -> Pictures:
    """At most `n` different pictures of a collection (m, 28, 28) uint8, in random order, with pixels from 0 to 1."""
    return pictures[_rows(pictures, n, stream)].float().div_(255).numpy()


def _rows(pictures: Tensor, n: int, stream: str) -> Tensor:
    """Which ones those are, (n,)."""
    return Counted(0, stream).rows(min(n, len(pictures)), len(pictures))


@remembered(2)
def _perfect(data: ImageDistribution) -> dict[ImageMetric, float]:
    """What each metric makes of held-out pictures, as far as it is known. All of them together, because what is
    remembered of a collection keeps its pictures in memory: so no more than two of them."""
    return {}
