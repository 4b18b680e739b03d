"""A test of whether real and fake samples can be told apart."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganviz.contracts.counted import Counted
from ganviz.experiment import Experiment
from ganviz.metrics._plane import PlaneMetric
from ganviz.spaces.plane.snapshot import PlaneSnapshot
from ganviz.written import written

Array = NDArray[np.float64]

SAMPLES = 500
"""Samples of either side."""

SHUFFLES = 199
"""Random relabellings: the smallest p is 1/200."""


class TwoSample(PlaneMetric):
    """p-value of a test of p_g = p_data: how often chance alone makes real and fake samples differ as much.

    Permutation test of the energy distance 2 E‖x − y‖ − E‖x − x′‖ − E‖y − y′‖ between the first 500 samples of either
    side: p = (1 + number of the 199 random relabellings whose distance is at least as large)/200. Where p_g = p_data,
    p is uniform between 0 and 1, ½ on average; below 0.05 is the usual mark of a difference. The relabellings and the
    points looked at stay the same, so p moves with G alone. A large p is no proof: 500 samples do not show a small
    difference, and what is much finer than the whole, such as the width of narrow modes, hardly counts.
    """

    slow: ClassVar[bool] = True
    rank: ClassVar[int] = 8

    def in_plane(self, snapshot: PlaneSnapshot) -> float:
        return p_value(snapshot.real[:SAMPLES], snapshot.fake[:SAMPLES])

    def label(self) -> str:
        return "p (two-sample test)"

    def word(self) -> str:
        return "two-sample test"

    def reading(self, value: float, perfect: float) -> str:
        return f"{self.term()} p = <b>{written(value, 3)}</b> (on average {written(perfect, 3)})"

    def at_equilibrium(self, experiment: Experiment) -> float:
        return 0.5


def p_value(x: Array, y: Array) -> float:
    """p of the permutation test of the energy distance between two samples (n, d) and (m, d); NaN where
    a distance is not known, because a sample is not finite."""
    pooled = torch.from_numpy(np.concatenate([x, y])).double()
    distance = torch.cdist(pooled, pooled, compute_mode="donot_use_mm_for_euclid_dist")
    weights = _labels(len(x), len(y))
    energy = -((weights @ distance) * weights).sum(1)
    if not energy.isfinite().all():
        return math.nan
    return (1 + int((energy[1:] >= energy[0]).sum())) / (1 + SHUFFLES)


@lru_cache(maxsize=8)
def _labels(n: int, m: int) -> Tensor:
    """1/n for a sample of the first kind, −1/m for one of the second: first as they are, then relabelled at random;
    (1 + SHUFFLES, n + m)."""
    source = Counted(0, "two_sample")
    each = [torch.full((n,), 1 / n, dtype=torch.float32), torch.full((m,), -1 / m, dtype=torch.float32)]
    truth = torch.cat(each).double()
    return torch.stack([truth, *(truth[source.order(n + m)] for _ in range(SHUFFLES))])
