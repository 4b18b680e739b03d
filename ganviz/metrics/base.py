"""Metric: the base of every number measured on a Snapshot."""

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, ClassVar

from ganviz.contracts.isolated import isolated
from ganviz.engine.request import Request
from ganviz.engine.snapshot import Snapshot
from ganviz.experiment import Experiment
from ganviz.option import Option, available, resolve
from ganviz.written import written


class Metric(Option, ABC):
    """One number about one moment of a run."""

    room: ClassVar[str] = "metrics"
    slow: ClassVar[bool] = False
    """Whether it takes too long for every frame (more than some milliseconds): then it is measured now and then."""
    seldom: ClassVar[bool] = False
    """Of the slow ones, whether it takes so long that it is measured in turn with others of its kind, and not together
    with the rest."""
    rank: ClassVar[int] = 100
    """Where it stands in the state line, from left to right; metrics of one rank stand in alphabetical order."""
    caveat: ClassVar[str] = ""
    """What one should know before one compares the number with others, for those who point at it."""

    space: ClassVar[str]
    """The space of the samples that it is a number of."""

    def __init_subclass__(cls, **how: Any) -> None:
        """Whoever measures it, and on however many threads: the number is the same."""
        super().__init_subclass__(**how)
        if "measure" in vars(cls):
            cls.measure = isolated(cls.measure)  # type: ignore[method-assign]

    @classmethod
    def fits(cls, experiment: Experiment) -> bool:
        """Whether the number means something for that experiment."""
        return experiment.data.space == cls.space

    def requests(self, experiment: Experiment) -> tuple[Request, ...]:
        """What must be asked of a moment of that experiment for it: `measure` finds the answers in the snapshot."""
        return ()

    @abstractmethod
    def measure(self, snapshot: Snapshot) -> float:
        """The number, for a snapshot of an experiment that it fits, with the answers to its `requests`. NaN where it is
        not known, because what it is made of is NaN or cannot be computed; inf where it is so by its definition."""

    @abstractmethod
    def label(self) -> str:
        """How a curve of it is called, with its unit."""

    @abstractmethod
    def at_equilibrium(self, experiment: Experiment) -> float:
        """Its value at p_g = p_data with the optimal D: what a perfect sampler gets, on average, where it is estimated
        from samples."""

    def word(self) -> str:
        """What the state line calls it: the label without its unit."""
        return self.label().partition(" (")[0]

    def term(self) -> str:
        """That word in HTML, which explains itself to those who point at it: by the first paragraph of the docstring,
        and the caveat. Neither may have what means something in HTML."""
        return f'<abbr title="{f"{self.gist()} {self.caveat}".strip()}">{self.word()}</abbr>'

    def reading(self, value: float, perfect: float) -> str:
        """What the state line says of it, in HTML: its `term`, its value, and what a perfect sampler gets; NaN is not
        known yet."""
        return f"{self.term()} <b>{written(value, 3)}</b> (perfect: {written(perfect, 3)})"


def fitting(experiment: Experiment) -> list[Metric]:
    """Every metric that means something for that experiment, in alphabetical order."""
    return [metric() for metric in available(Metric).values() if metric.fits(experiment)]


def readings(
    measures: Mapping[str, float],
    equilibrium: Mapping[str, float],
    steps: Mapping[str, int] | None = None,
    now: int = 0,
) -> list[str]:
    """The pieces of a state line: the reading of every metric in `measures`, by rank, beside its value at
    `equilibrium`, where that is known. Slow ones are left out until they were measured.

    `steps`: when each slow one was measured; what is not there is of the step `now`. The newest ones that are measured
    together stand behind their step, once for all; any other one says its own, unless it is of now. What is older than
    the newest is not bold.
    """
    steps = steps or {}
    known = [
        (metric, steps.get(name, now), metric.reading(measures[name], equilibrium.get(name, math.nan)))
        for name, metric in _by_rank(tuple(sorted(measures)))
        if not (metric.slow and math.isnan(measures[name]) and name not in steps)
    ]
    newest = max((step for metric, step, _ in known if metric.slow), default=now)
    together = max((step for metric, step, _ in known if metric.slow and not metric.seldom), default=now)
    pieces, said = [], together == now
    for metric, step, reading in known:
        piece = reading if step >= newest else re.sub("</?b>", "", reading)
        if step == together and not metric.seldom:
            piece, said = piece if said else f"at step <b>{step:,}</b>: {piece}", True
        elif step != now:
            piece = f"{piece} at step {step:,}"
        pieces.append(piece)
    return pieces


@lru_cache(maxsize=16)
def _by_rank(names: tuple[str, ...]) -> list[tuple[str, Metric]]:
    """A state line is written many times a second, and always of the same metrics."""
    metrics = [(name, resolve(Metric, name)) for name in names]
    return sorted(metrics, key=lambda pair: pair[1].rank)
