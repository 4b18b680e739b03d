"""The 2-Wasserstein distance."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray

from ganviz.experiment import Experiment
from ganviz.metrics._plane import PlaneMetric
from ganviz.metrics._real_pairs import real_against_real
from ganviz.spaces.plane.snapshot import PlaneSnapshot
from ganviz.written import written

Array = NDArray[np.float64]

SAMPLES = 500
"""Samples of either side: exact transport takes about the cube of it."""

LONGEST = 1_000_000
"""Most pivots of the network simplex; a few thousand are usual."""


class W2(PlaneMetric):
    """2-Wasserstein distance between real and fake samples, in units of x: how far they must travel to become equal.

    W₂ = √(min over matchings of the mean of ‖real − fake‖²): a root of squares, where W₁ is a mean of distances. It is
    the exact optimal transport (POT) of the first 500 samples of either side. So few samples never coincide: a perfect
    sampler gets the distance of two real samples, not 0, and p_g closer than that cannot be told from p_data.
    """

    slow: ClassVar[bool] = True
    rank: ClassVar[int] = 4

    def in_plane(self, snapshot: PlaneSnapshot) -> float:
        return transport(snapshot.real[:SAMPLES], snapshot.fake[:SAMPLES])

    def label(self) -> str:
        return "W₂ (units of x)"

    def reading(self, value: float, perfect: float) -> str:
        return f"{self.term()} <b>{written(value, 2)}</b> (floor {written(perfect, 2)})"

    def at_equilibrium(self, experiment: Experiment) -> float:
        return real_against_real(experiment.data, transport, SAMPLES)


def transport(x: Array, y: Array) -> float:
    """W₂ of two samples (n, d) and (m, d); inf where a squared distance is infinite, NaN where one is."""
    from ot import emd2  # type: ignore[import-untyped]  # takes a second to import

    one, two = torch.from_numpy(x).double(), torch.from_numpy(y).double()
    cost = torch.cdist(one, two, compute_mode="donot_use_mm_for_euclid_dist").square().numpy()
    if not np.isfinite(cost).all():
        return math.nan if np.isnan(cost).any() else math.inf
    n, m = cost.shape
    return math.sqrt(emd2(np.full(n, 1 / n), np.full(m, 1 / m), cost, numItermax=LONGEST))
