"""Metric: the base of every number measured on a Snapshot."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from ganviz.experiment import Experiment
from ganviz.option import Option
from ganviz.training.snapshot import Snapshot


class Metric(Option, ABC):
    """One number about one moment of a run."""

    room: ClassVar[str] = "metrics"

    @abstractmethod
    def measure(self, snapshot: Snapshot) -> float:
        """The number; inf or NaN where it has no meaning for this run."""

    @abstractmethod
    def label(self) -> str:
        """How a curve of it is called, with its unit."""

    @abstractmethod
    def at_equilibrium(self, experiment: Experiment) -> float:
        """Its value at p_g = p_data with the optimal D."""
