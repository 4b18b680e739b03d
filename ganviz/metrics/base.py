"""Metric: the base of every number measured on a Snapshot."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import lru_cache
from typing import ClassVar, cast

from ganviz.experiment import Experiment
from ganviz.metrics._reading import written
from ganviz.option import Option, names, resolve
from ganviz.training.snapshot import Snapshot


class Metric(Option, ABC):
    """One number about one moment of a run."""

    room: ClassVar[str] = "metrics"
    slow: ClassVar[bool] = False
    """Whether it takes too long for every frame (more than some milliseconds): then it is measured now and then."""
    rank: ClassVar[int] = 100
    """Where it stands in the state line, from left to right; metrics of one rank stand in alphabetical order."""

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

    def reading(self, value: float, perfect: float) -> str:
        """What the state line says of it, in HTML: its value, and what a perfect sampler gets; NaN is not known yet."""
        return f"{self.label()} <b>{written(value, 3)}</b> (perfect: {written(perfect, 3)})"


def fitting(experiment: Experiment) -> list[Metric]:
    """Every metric that means something for that experiment, in alphabetical order."""
    metrics = (cast(Metric, resolve("metrics", name)) for name in names("metrics"))
    return [metric for metric in metrics if metric.fits(experiment)]


def readings(measures: Mapping[str, float], equilibrium: Mapping[str, float]) -> list[str]:
    """The pieces of a state line: the reading of every metric in `measures`, by rank, beside its value at
    `equilibrium`, where that is known. Slow ones are left out until there is a value."""
    metrics = _by_rank(tuple(sorted(measures)))
    known = [(name, metric) for name, metric in metrics if not (metric.slow and math.isnan(measures[name]))]
    return [metric.reading(measures[name], equilibrium.get(name, math.nan)) for name, metric in known]


@lru_cache(maxsize=16)
def _by_rank(names: tuple[str, ...]) -> list[tuple[str, Metric]]:
    """A state line is written many times a second, and always of the same metrics."""
    metrics = [(name, cast(Metric, resolve("metrics", name))) for name in names]
    return sorted(metrics, key=lambda pair: pair[1].rank)
