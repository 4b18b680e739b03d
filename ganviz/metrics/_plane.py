"""What the metrics of the plane have in common."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import cast

import numpy as np

from ganviz.engine.snapshot import PlaneSnapshot, Snapshot
from ganviz.experiment import Experiment
from ganviz.metrics.base import Metric


class PlaneMetric(Metric, ABC):
    """A number estimated from real and fake samples in the plane."""

    @classmethod
    def fits(cls, experiment: Experiment) -> bool:
        return experiment.data.shape == (2,)

    def measure(self, snapshot: Snapshot) -> float:
        seen = cast(PlaneSnapshot, snapshot)
        # No comparison with NaN is true: counted, it would pass for a fake that is far away.
        return math.nan if np.isnan(seen.fake).any() else self.in_plane(seen)

    @abstractmethod
    def in_plane(self, snapshot: PlaneSnapshot) -> float:
        """The number, from `snapshot.real` and `snapshot.fake`, which may be infinite but not NaN."""
