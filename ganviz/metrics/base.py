"""Metric: the base of every number measured on a Snapshot."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, cast

from ganviz.experiment import Experiment
from ganviz.option import Option, names, resolve
from ganviz.training.snapshot import Snapshot


class Metric(Option, ABC):
    """One number about one moment of a run."""

    room: ClassVar[str] = "metrics"
    slow: ClassVar[bool] = False
    """Whether it takes too long for every frame (more than some milliseconds): then it is measured now and then."""

    @classmethod
    @abstractmethod
    def fits(cls, experiment: Experiment) -> bool:
        """Whether the number means something for that experiment."""

    @abstractmethod
    def measure(self, snapshot: Snapshot) -> float:
        """The number, for a snapshot of an experiment that it fits; inf or NaN where it is not known."""

    @abstractmethod
    def label(self) -> str:
        """How a curve of it is called, with its unit."""

    @abstractmethod
    def at_equilibrium(self, experiment: Experiment) -> float:
        """Its value at p_g = p_data with the optimal D: what a perfect sampler gets, on average, where it is estimated
        from samples."""


def fitting(experiment: Experiment) -> list[Metric]:
    """Every metric that means something for that experiment, in alphabetical order."""
    metrics = (cast(Metric, resolve("metrics", name)) for name in names("metrics"))
    return [metric for metric in metrics if metric.fits(experiment)]
