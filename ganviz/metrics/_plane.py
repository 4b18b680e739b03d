"""What the metrics of the plane have in common."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np

from ganviz.engine.snapshot import Snapshot
from ganviz.metrics.base import Metric
from ganviz.spaces.plane.snapshot import PlaneSnapshot


class PlaneMetric(Metric, ABC):
    """A number estimated from real and fake samples in the plane."""

    space: ClassVar[str] = "plane"

    def measure(self, snapshot: Snapshot) -> float:
        seen = PlaneSnapshot.of(snapshot)
        # No comparison with NaN is true: counted, it would pass for a fake that is far away.
        return math.nan if np.isnan(seen.fake).any() else self.in_plane(seen)

    @abstractmethod
    def in_plane(self, snapshot: PlaneSnapshot) -> float:
        """The number, from `snapshot.real` and `snapshot.fake`, which may be infinite but not NaN."""
