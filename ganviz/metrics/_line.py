"""What the metrics of the line have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import cast

from ganviz.experiment import Experiment
from ganviz.metrics.base import Metric
from ganviz.training.snapshot import LineSnapshot, Snapshot


class LineMetric(Metric, ABC):
    """A number that is a quadrature over both densities on the line."""

    @classmethod
    def fits(cls, experiment: Experiment) -> bool:
        return experiment.data.shape == (1,)  # type: ignore[attr-defined,no-any-return]

    def measure(self, snapshot: Snapshot) -> float:
        return self.on_line(cast(LineSnapshot, snapshot))

    @abstractmethod
    def on_line(self, snapshot: LineSnapshot) -> float:
        """The number."""
