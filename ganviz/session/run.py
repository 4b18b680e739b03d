"""Run: a trainer together with what a session remembers of it."""

from __future__ import annotations

from collections import deque
from typing import cast

from ganviz.experiment import Experiment
from ganviz.figures.base import View
from ganviz.figures.phase_plane import PhasePlane
from ganviz.metrics.base import Metric
from ganviz.option import names, resolve
from ganviz.theory.optimal import optimal_discriminator
from ganviz.theory.plane import Orbit
from ganviz.training.accelerator import Pace
from ganviz.training.game import State
from ganviz.training.history import History
from ganviz.training.trainer import Trainer

KEEP = 120
"""States kept to go back to. A state is a value that nothing overwrites, so keeping one costs its memory only."""

EVERY = 100
"""Steps between two kept states."""


class Run:
    """One run of an experiment: trainer, history, and earlier states to go back to."""

    def __init__(self, experiment: Experiment, pace: Pace) -> None:
        self.trainer = Trainer(experiment)
        self.trainer.accelerate(pace)
        self.history = History(limit=1200)
        self._metrics = [cast(Metric, resolve("metrics", name)) for name in names("metrics")]
        self._orbit = Orbit() if PhasePlane.fits(experiment) else None
        self._past: deque[tuple[int, Experiment, State]] = deque(maxlen=KEEP)
        self._keep()
        self._note()

    def _note(self) -> None:
        if self._orbit is not None:
            self._orbit.note(self.trainer)

    def _keep(self) -> None:
        self._past.append((self.trainer.step_count, self.trainer.experiment, self.trainer.state))

    def step(self) -> None:
        """One iteration of Algorithm 1. Raises `Diverged`."""
        self.trainer.step()
        self._note()
        if self.trainer.step_count % EVERY == 0:
            self._keep()

    def go_back(self, steps: int) -> None:
        """Return to a kept state at least `steps` ago, or to the oldest; the live settings of now stay."""
        goal = self.trainer.step_count - steps
        while len(self._past) > 1 and self._past[-1][0] > goal:
            self._past.pop()
        _, then, state = self._past[-1]
        now = self.trainer.experiment
        self.trainer.adopt(then)
        self.trainer.restore(state)
        self.trainer.adopt(now)
        self.history.rewind(self.trainer.step_count)
        if self._orbit is not None:
            self._orbit.rewind(self.trainer.step_count)

    def view(self) -> View:
        """The run as it looks now; adds a row to the history when there was a step since the last look."""
        snapshot = self.trainer.snapshot()
        measures = {metric.option_name(): metric.measure(snapshot) for metric in self._metrics}
        experiment = snapshot.experiment
        if not len(self.history) or self.history.column("step")[-1] < snapshot.step:
            self.history.add(snapshot.step, snapshot.scalars | measures)
        return View(
            snapshot=snapshot,
            optimum=optimal_discriminator(snapshot),
            measures=measures,
            equilibrium={metric.option_name(): metric.at_equilibrium(experiment) for metric in self._metrics},
            history=self.history,
            plane=None if self._orbit is None else self._orbit.plane(self.trainer),
        )
