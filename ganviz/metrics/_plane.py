"""What the metrics of the plane have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import cast

from ganviz.engine.snapshot import PlaneSnapshot, Snapshot
from ganviz.experiment import Experiment
from ganviz.metrics.base import Metric


class PlaneMetric(Metric, ABC):
    """A number estimated from real and fake samples in the plane."""

    @classmethod
    def fits(cls, experiment: Experiment) -> bool:
        return experiment.data.shape == (2,)

    def measure(self, snapshot: Snapshot) -> float:
        return self.in_plane(cast(PlaneSnapshot, snapshot))

    @abstractmethod
    def in_plane(self, snapshot: PlaneSnapshot) -> float:
        """The number, from `snapshot.real` and `snapshot.fake`."""
