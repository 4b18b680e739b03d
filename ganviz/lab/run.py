"""Run: a trainer together with what a session remembers of it."""

from __future__ import annotations

import math
from collections.abc import Callable

from ganviz.engine.accelerator import Pace
from ganviz.engine.history import History
from ganviz.engine.players import State
from ganviz.engine.trainer import Trainer
from ganviz.experiment import Experiment
from ganviz.figures.base import Focus, View, showing
from ganviz.figures.phase_plane import PhasePlane
from ganviz.lab.alarm import Alarm
from ganviz.lab.answers import Answers
from ganviz.lab.past import Past
from ganviz.lab.seen import Seen
from ganviz.lab.survey import Findings, Survey
from ganviz.metrics.base import fitting
from ganviz.theory.plane import Orbit

EVERY = 100
"""Steps between two kept states."""


class Run:
    """One run of an experiment: trainer, history, and earlier states to go back to."""

    def __init__(
        self,
        experiment: Experiment,
        pace: Pace,
        on_findings: Callable[[], None] = lambda: None,
        state: State | None = None,
    ) -> None:
        """`on_findings` is called, on another thread, when slow metrics have a new value. `state`: where the run
        begins, if not at step 0; it cannot go back beyond that."""
        self.trainer = Trainer(experiment)
        if state is not None:
            self.trainer.restore(state)
        self.trainer.accelerate(pace)
        self.history = History(limit=1200)
        metrics = fitting(experiment)
        self._metrics = [metric for metric in metrics if not metric.slow]
        slow = [metric for metric in metrics if metric.slow]
        self._unknown = dict.fromkeys((metric.option_name() for metric in slow), math.nan)
        self._survey = Survey(slow, on_findings)
        self._orbit = Orbit() if PhasePlane.fits(experiment) else None
        self.focus = Focus()
        self._figures = showing(experiment)
        self._answers = Answers()
        self._seen: Seen | None = None
        self.alarm = Alarm(self.trainer.step_count)
        """Whether numbers have run away."""
        self._past = Past()
        self._keep()
        self._note()

    def _note(self) -> None:
        if self._orbit is not None:
            self._orbit.note(self.trainer)

    def _keep(self) -> None:
        self._past.keep(self.trainer.step_count, self.trainer.experiment, self.trainer.state)

    def step(self) -> None:
        """One iteration of Algorithm 1. Raises `Diverged`."""
        self.trainer.step()
        self._note()
        if self.trainer.step_count % EVERY == 0:
            self._keep()

    @property
    def began(self) -> int:
        """The step at which it began: no going back goes farther."""
        return self._past.steps()[0]

    def go_back(self, steps: int) -> None:
        """Return to a kept state at least `steps` ago, and as long before numbers ran away, or to the oldest; the live
        settings of now stay."""
        _, then, state = self._past.back_to(self.alarm.before(self.trainer.step_count) - steps)
        now = self.trainer.experiment
        self.trainer.adopt(then)
        self.trainer.restore(state)
        self.trainer.adopt(now)
        self.history.rewind(self.trainer.step_count)
        self.alarm = Alarm(self.trainer.step_count)
        self._survey.forget()
        if self._orbit is not None:
            self._orbit.rewind(self.trainer.step_count)

    def view(self, at_rest: bool = True) -> View:
        """The run as it looks now; adds a row to the history when there was a step since the last look.

        `at_rest`: training does not go on, so there is time; else what is slow may be as it was a moment ago.
        """
        moment = self.trainer.moment()
        snapshot = moment.snapshot()
        self._seen = Seen(moment, snapshot)
        requests = [request for figure in self._figures for request in figure.requests(snapshot, self.focus)]
        self.alarm.look(snapshot)
        measures = {metric.option_name(): metric.measure(snapshot) for metric in self._metrics}
        equilibrium = {metric.option_name(): metric.at_equilibrium(snapshot.experiment) for metric in self._metrics}
        if not len(self.history) or self.history.column("step")[-1] < snapshot.step:
            self.history.add(snapshot.step, snapshot.scalars | measures | snapshot.averages())
        found = self._survey.findings
        if found.concern(snapshot):
            for name, value in found.measures.items():
                self.history.amend(found.steps[name], {name: value})
        else:
            found = Findings()
        return View(
            snapshot=snapshot,
            measures=self._unknown | measures | found.measures,
            equilibrium=equilibrium | found.equilibrium,
            steps=found.steps,
            history=self.history.copy(),
            plane=None if self._orbit is None else self._orbit.plane(self.trainer),
            focus=self.focus,
            answers=self._answers.to(requests, moment, at_rest),
        )

    def look_closer(self) -> None:
        """Measure the slow metrics of the last view too, beside the training; a later view has them."""
        if self._seen is not None:
            self._survey.offer(self._seen)

    @property
    def measuring(self) -> str:
        """Which slow metric is being measured, and how many are to come; empty where there is nothing to wait for."""
        return self._survey.progress

    def close(self) -> None:
        """End what runs beside the training."""
        self.trainer.accelerate("eager")
        self._survey.close()

    def join(self) -> None:
        """Wait until it has ended."""
        self._survey.join()
