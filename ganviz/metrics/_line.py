"""What the metrics of the line have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import cast

from ganviz.engine.snapshot import LineSnapshot, Snapshot
from ganviz.experiment import Experiment
from ganviz.metrics.base import Metric


class LineMetric(Metric, ABC):
    """A number that is a quadrature over both densities on the line."""

    @classmethod
    def fits(cls, experiment: Experiment) -> bool:
        return experiment.data.shape == (1,)

    def measure(self, snapshot: Snapshot) -> float:
        return self.on_line(cast(LineSnapshot, snapshot))

    @abstractmethod
    def on_line(self, snapshot: LineSnapshot) -> float:
        """The number."""
