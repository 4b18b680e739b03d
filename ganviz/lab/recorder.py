"""Recorder: a trainer, and what a session remembers of its run."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping

from ganviz.engine.paths import PathName
from ganviz.engine.players import State
from ganviz.engine.run import Run
from ganviz.engine.snapshot import Snapshot
from ganviz.engine.trainer import CALL, Trainer
from ganviz.experiment import Experiment
from ganviz.figures.base import Focus, View, showing
from ganviz.figures.phase_plane import PhasePlane
from ganviz.lab.alarm import Alarm
from ganviz.lab.answers import Answers
from ganviz.lab.history import History
from ganviz.lab.moment import Moment
from ganviz.lab.seen import Seen
from ganviz.lab.slow_metrics import Measurements, SlowMetrics
from ganviz.lab.timeline import Timeline
from ganviz.metrics.base import fitting
from ganviz.option import Invalid
from ganviz.theory.plane import Orbit

log = logging.getLogger("ganviz")

EVERY = 100
"""Moves between two moments that are kept."""

OFTEN, SELDOM = 16, 64
"""The cheap metrics are measured in the first steps, then every `OFTEN` of them, and after long at `SELDOM` steps in
each doubling of the run's length."""


def is_measured(steps: int) -> bool:
    """Whether the cheap metrics are measured after so many steps of a run: a rule that knows no clock, so that a curve
    does not depend on whether anybody looked."""
    spacing = max(min(OFTEN, _power_below(steps / 4)), _power_below(steps / SELDOM))
    return steps % spacing == 0


def _power_below(x: float) -> int:
    """The largest power of two that is not larger, at least 1."""
    return 1 << max(0, int(x).bit_length() - 1)


class Recorder:
    """One run of an experiment: trainer, history, and earlier moments to go back to.

    What is recorded is a function of the run's moves: who looks at it, and when, changes nothing.
    """

    def __init__(
        self,
        experiment: Experiment,
        path: PathName = "native",
        on_measurements: Callable[[], None] = lambda: None,
        state: State | None = None,
    ) -> None:
        """`on_measurements` is called, on another thread, when slow metrics have a new value. `state`: where the run
        begins, if not at step 0; it cannot go back beyond that."""
        self.trainer = Trainer(experiment, path=path)
        if state is not None:
            self.trainer.begin(state)
        metrics = fitting(experiment)
        self._metrics = [metric for metric in metrics if not metric.slow]
        slow = [metric for metric in metrics if metric.slow]
        self._unknown = dict.fromkeys((metric.option_name() for metric in slow), math.nan)
        self._slow_metrics = SlowMetrics(slow, on_measurements)
        self._slow_history = History()
        self._history = History()
        self._orbit = Orbit() if PhasePlane.fits(experiment) else None
        self.focus = Focus()
        self._figures = showing(experiment)
        self._answers = Answers()
        self._alarm = Alarm(self.trainer.step_count)
        self._seen: Seen | None = None
        self._failed = False
        self._look_here(moved=True)
        self.timeline = Timeline(self._moment(), self.trainer.device, path)

    # ------------------------------------------------------------------------------------------------------- moves

    def step(self) -> None:
        """One iteration of Algorithm 1. Raises `Diverged`."""
        self.walk(1)

    def walk(self, most: int, seconds: float = CALL) -> int:
        """At least one step and at most so many, as `Trainer.walk` makes them; says how many. Raises `Diverged`."""
        first = self.trainer.step_count + 1
        steps = self.trainer.walk(self._before_a_stop(most), seconds)
        for step, scalars in enumerate(steps, first):
            self._note(step, scalars)
        self._after_move(moved=True)
        return len(steps)

    def _before_a_stop(self, most: int) -> int:
        """How many steps may be made in one go: after the last of them something is looked at, or kept."""
        if self._orbit is not None:
            return 1
        most = min(most, EVERY - self.trainer.moves % EVERY)
        done = self.trainer.step_count - self.began
        return next((n for n in range(1, most) if is_measured(done + n)), most)

    def step_discriminator(self) -> None:
        """One update of D alone. Raises `Diverged`."""
        self._move(self.trainer.step_discriminator)

    def step_generator(self) -> None:
        """One update of G alone. Raises `Diverged`."""
        self._move(self.trainer.step_generator)

    def _move(self, move: Callable[[], None]) -> None:
        before = self.trainer.step_count
        move()
        self._note(self.trainer.step_count, self.trainer.scalars)
        self._after_move(moved=self.trainer.step_count > before)

    def _note(self, step: int, scalars: Mapping[str, float]) -> None:
        """Write down what a move reported."""
        self._history.add(step, scalars)
        self._alarm = self._alarm.after(step, scalars)

    def _after_move(self, moved: bool) -> None:
        """Look at what the trainer came to, and keep it, where that is due; `moved`: to another step."""
        self._look_here(moved)
        if self.trainer.moves % EVERY == 0:
            self.timeline.keep(self._moment())

    def _look_here(self, moved: bool) -> None:
        if self._orbit is not None:
            self._orbit.note(self.trainer.state)
        if moved and is_measured(self.trainer.step_count - self.began):
            self._history.add(self.trainer.step_count, self._cheap_numbers())

    def _cheap_numbers(self) -> dict[str, float]:
        """The metrics that take no time, and the means of D(x); none where something fails: whoever looks is told."""
        try:
            snapshot = self.snapshot()
            return self._measured(snapshot) | snapshot.averages()
        except Invalid:
            return {}
        except Exception as error:
            if not self._failed:
                log.error("The run cannot be measured", exc_info=error)
            self._failed = True
            return {}

    def _measured(self, snapshot: Snapshot) -> dict[str, float]:
        return {metric.option_name(): metric.measure(snapshot) for metric in self._metrics}

    # ---------------------------------------------------------------------------------------------------- the past

    def _moment(self) -> Moment:
        orbit = None if self._orbit is None else self._orbit.copy()
        return Moment(self.trainer.run_value, self._history.copy(), self._alarm, orbit)

    @property
    def began(self) -> int:
        """The step at which it began: no going back goes farther."""
        return self.trainer.began

    @property
    def alarm(self) -> Alarm:
        """Whether numbers have run away."""
        return self._alarm

    def go_back(self, steps: int) -> None:
        """Return to a kept moment at least `steps` ago, and as long before numbers ran away, or to the oldest; the live
        settings of now stay. What comes next is another branch."""
        self.timeline.reached(self.trainer.run_value)
        now = self.trainer.experiment
        then = self.timeline.back_to(self._alarm.before(self.trainer.step_count) - steps)
        self.trainer.restore(then.run)
        self.trainer.adopt(now)
        self._history, self._alarm = then.history.copy(), then.alarm
        self._orbit = None if then.orbit is None else then.orbit.copy()
        self._slow_history = self._slow_history.until(self.trainer.step_count)
        self._slow_metrics.forget()

    def at(self, step: int, branch: int | None = None) -> Run:
        """The run as it was when it first came to a step, on this branch or on that of a number (see `Timeline.at`)."""
        self.timeline.reached(self.trainer.run_value)
        return self.timeline.at(step, branch)

    # ----------------------------------------------------------------------------------------------------- looking

    def snapshot(self) -> Snapshot:
        """The run as it looks now; looked at once for all who ask."""
        return self._look().snapshot

    def _look(self) -> Seen:
        probe = self.trainer.probe()
        if self._seen is None or self._seen.probe.run is not probe.run:
            self._seen = Seen(probe)
        return self._seen

    def view(self, at_rest: bool = True) -> View:
        """The run as it looks now. `at_rest`: training does not go on, so there is time; else what is slow may be as it
        was a moment ago."""
        seen = self._look()
        snapshot = seen.snapshot
        requests = [request for figure in self._figures for request in figure.requests(snapshot, self.focus)]
        equilibrium = {metric.option_name(): metric.at_equilibrium(snapshot.experiment) for metric in self._metrics}
        found = self._slow_metrics.measurements
        if found.concern(snapshot):
            for name, value in found.measures.items():
                self._slow_history.add(found.steps[name], {name: value})
        else:
            found = Measurements()
        return View(
            snapshot=snapshot,
            measures=self._unknown | self._measured(snapshot) | found.measures,
            equilibrium=equilibrium | found.equilibrium,
            steps=found.steps,
            curves=self._history.curves() | self._slow_history.curves(),
            plane=None if self._orbit is None else self._orbit.plane(self.trainer.experiment),
            focus=self.focus,
            answers=self._answers.to(requests, seen.probe, at_rest),
        )

    def look_closer(self) -> None:
        """Measure the slow metrics too, beside the training; a later view has them."""
        self._slow_metrics.offer(self._look())

    @property
    def measuring(self) -> str:
        """Which slow metric is being measured, and how many are to come; empty where there is nothing to wait for."""
        return self._slow_metrics.progress

    def close(self) -> None:
        """End what runs beside the training."""
        self._slow_metrics.close()

    def join(self) -> None:
        """Wait until it has ended."""
        self._slow_metrics.join()
