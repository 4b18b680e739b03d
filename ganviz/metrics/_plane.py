"""What the metrics of the plane have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from ganviz.engine.snapshot import Snapshot
from ganviz.metrics.base import Metric
from ganviz.spaces.plane.snapshot import PlaneSnapshot


class PlaneMetric(Metric, ABC):
    """A number estimated from real and fake samples in the plane."""

    space: ClassVar[str] = "plane"

    def measure(self, snapshot: Snapshot) -> float:
        return self.in_plane(PlaneSnapshot.of(snapshot))

    @abstractmethod
    def in_plane(self, snapshot: PlaneSnapshot) -> float:
        """The number, from `snapshot.real` and `snapshot.fake`."""
