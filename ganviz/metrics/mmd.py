"""The maximum mean discrepancy."""

from __future__ import annotations

from typing import ClassVar

import torch

from ganviz.contracts.counted import Counted
from ganviz.contracts.distribution import Distribution
from ganviz.contracts.remembered import remembered
from ganviz.experiment import Experiment
from ganviz.losses import _kernels
from ganviz.metrics._plane import PlaneMetric
from ganviz.spaces.plane.snapshot import PlaneSnapshot
from ganviz.written import written

SAMPLES = 500
"""Samples of either side: every one is compared with every other."""


class Mmd(PlaneMetric):
    """Squared maximum mean discrepancy of real and fake samples: 0 on average where p_g = p_data, never above 2.

    MMD² = E k(x, x′) + E k(y, y′) − 2 E k(x, y) over the first 500 samples of either side, x ≠ x′ and y ≠ y′: unbiased,
    so it may be a little below 0. k is the mean of five Gaussian kernels exp(−r²/(2t²)) of widths t = 4, 2, 1, ½ and ¼
    times the median distance between two real samples. It does not see what is much finer than the narrowest of them,
    such as the width of narrow modes, and says little about how far away p_g is once it is farther than the widest.
    """

    slow: ClassVar[bool] = True
    rank: ClassVar[int] = 5

    def in_plane(self, snapshot: PlaneSnapshot) -> float:
        real, fake = (torch.from_numpy(side[:SAMPLES]).double() for side in (snapshot.real, snapshot.fake))
        scale = typical_distance(snapshot.experiment.data)
        return float(_kernels.mmd("gaussian", real, fake, scale))

    def label(self) -> str:
        return "MMD²"

    def reading(self, value: float, perfect: float) -> str:
        return f"{self.term()} <b>{written(value, 4)}</b> (floor {written(perfect, 4)})"

    def at_equilibrium(self, experiment: Experiment) -> float:
        return 0.0


@remembered(64)
def typical_distance(data: Distribution) -> float:
    """Median distance between two real samples, in units of x; of a sample of its own, because a kernel that depends
    on the samples compared would not be unbiased. 1 where most samples coincide."""
    sample = data.sample(2 * SAMPLES, Counted(0, "perfect/distance")).double()
    return float(torch.pdist(sample).median()) or 1.0
