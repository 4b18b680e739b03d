"""What the metrics of the line have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from ganviz.engine.snapshot import Snapshot
from ganviz.metrics.base import Metric
from ganviz.spaces.line.snapshot import LineSnapshot


class LineMetric(Metric, ABC):
    """A number that is a quadrature over both densities on the line."""

    space: ClassVar[str] = "line"

    def measure(self, snapshot: Snapshot) -> float:
        return self.on_line(LineSnapshot.of(snapshot))

    @abstractmethod
    def on_line(self, snapshot: LineSnapshot) -> float:
        """The number."""
