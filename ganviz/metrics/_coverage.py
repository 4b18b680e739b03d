"""Which modes the good samples belong to."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod

import numpy as np
import torch
from numpy.typing import NDArray

from ganviz.contracts.counted import Counted
from ganviz.contracts.distribution import Bumps, Distribution
from ganviz.contracts.remembered import remembered
from ganviz.experiment import Experiment
from ganviz.metrics._plane import PlaneMetric
from ganviz.option import Invalid
from ganviz.spaces.plane.observer import SAMPLES
from ganviz.spaces.plane.snapshot import PlaneSnapshot

Array = NDArray[np.float64]
Counts = NDArray[np.int64]

REACH = 3.0
"""A sample is good where it is nearer than so many σ to its nearest centre."""

APART = 8.0
"""Modes so many σ apart put nothing into each other's reach: a perfect sampler's numbers are then closed forms."""

DRAWS = 50
"""Samples of a perfect sampler whose numbers are averaged where modes overlap."""


class CoverageMetric(PlaneMetric, ABC):
    """A number read from how many good samples each mode has."""

    @classmethod
    def fits(cls, experiment: Experiment) -> bool:
        return super().fits(experiment) and experiment.data.bumps() is not None

    def in_plane(self, snapshot: PlaneSnapshot) -> float:
        return self.of(good_counts(snapshot.fake, _bumps(snapshot.experiment.data)), len(snapshot.fake))

    def at_equilibrium(self, experiment: Experiment) -> float:
        data, bumps = experiment.data, _bumps(experiment.data)
        if bool((torch.pdist(bumps.centers) >= APART * bumps.std).all()):
            return self.when_apart(len(bumps.centers), SAMPLES)
        return float(np.mean([self.of(good, SAMPLES) for good in _perfect_counts(data)]))

    @abstractmethod
    def of(self, good: Counts, n: int) -> float:
        """The number, from how many of `n` samples are good and nearest to each mode, (k,)."""

    @abstractmethod
    def when_apart(self, modes: int, n: int) -> float:
        """What `n` samples of a perfect sampler give on average where the modes do not overlap."""


def good_counts(samples: Array, bumps: Bumps) -> Counts:
    """How many of the samples (n, 2) lie strictly within 3σ of each centre, (k,), as their nearest one."""
    points, centers = torch.from_numpy(samples).double(), bumps.centers
    distance = torch.cdist(points, centers, compute_mode="donot_use_mm_for_euclid_dist")
    nearest = distance.min(1)
    good = nearest.indices[nearest.values < REACH * bumps.std]
    return torch.bincount(good, minlength=len(centers)).numpy()


def mode_shares(snapshot: PlaneSnapshot) -> Array:
    """Share of the good fakes in each mode, (k,), with sum 1; all 0 where no fake is good, NaN where one is NaN."""
    bumps = _bumps(snapshot.experiment.data)
    if np.isnan(snapshot.fake).any():
        return np.full(len(bumps.centers), np.nan)
    good = good_counts(snapshot.fake, bumps)
    return good / max(int(good.sum()), 1)


def perfect_share() -> float:
    """Share of good samples of a perfect sampler: the mass of a round normal density within 3σ of its centre."""
    return 1 - math.exp(-(REACH**2) / 2)


def _bumps(data: Distribution) -> Bumps:
    """The modes that are counted. Raises `Invalid` for data that have none."""
    if (bumps := data.bumps()) is None:
        raise Invalid(f"{data.option_name()} is no mixture of equal modes that could be counted.")
    return bumps


@remembered(64)
def _perfect_counts(data: Distribution) -> tuple[Counts, ...]:
    """`good_counts` of several independent real samples."""
    draws = (data.sample(SAMPLES, Counted(0, "perfect/modes", i)).numpy() for i in range(DRAWS))
    return tuple(good_counts(draw, _bumps(data)) for draw in draws)
