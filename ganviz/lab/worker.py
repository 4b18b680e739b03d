"""Worker: the thread that drives a run, from a mailbox of commands."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import torch

from ganviz.engine.diverged import Diverged
from ganviz.engine.paths import PathName
from ganviz.engine.players import State
from ganviz.experiment import Experiment
from ganviz.figures.base import View
from ganviz.lab.alarm import returned
from ganviz.lab.clock import Speedometer
from ganviz.lab.flow_control import FlowControl
from ganviz.lab.preparation import Preparation
from ganviz.lab.recorder import Recorder
from ganviz.lab.slow_motion import SlowMotion
from ganviz.lab.status import Frame, Status
from ganviz.option import Invalid
from ganviz.theory.stages import Stage, at_equilibrium

log = logging.getLogger("ganviz")

YIELD = 0.0002
"""Seconds of rest after a burst; the frame rate gains what training loses."""

GETTING_READY = 0.02
"""Seconds between two looks whether a step's program is there."""

REST = 0.03
"""Seconds of rest, or until the next command, while a frame is under way on a crowded machine."""

WALK = 256
"""Steps at a time, at most, where nothing else limits them."""

BURST = 0.01
"""Seconds of training between two looks into the mailbox: the longest that a slider waits for a step."""


class Worker:
    """Trains and makes frames, and between two bursts of training does what it is told.

    `put` may be called from any thread. What it is given runs on the worker's, and may call what a command does.
    """

    def __init__(self, experiment: Experiment, path: PathName, state: State | None) -> None:
        self.status = Status()
        self.flow = FlowControl()
        self._mailbox: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._path: PathName = path
        self.run = Recorder(experiment, path, self._more_is_known, state)
        self._slow_motion = SlowMotion()
        self._speedometer = Speedometer()
        self._preparation = Preparation()
        self._budget = 0
        self._goal: int | None = None
        self._seen: View | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="ganviz-session", daemon=True)
        self._thread.start()

    def put(self, command: Callable[[], None]) -> None:
        """Have it done between two steps."""
        self._mailbox.put(command)
        self.run.trainer.interrupt()

    def close(self) -> None:
        """End the thread, and what runs beside it."""
        self._closed = True
        self.put(lambda: None)
        self._thread.join(5)
        self._preparation.end()
        self.run.close()
        self.run.join()

    # ------------------------------------------------------------------------------------------ what a command does

    def note(self, **fields: Any) -> None:
        """Change fields of the status."""
        self.status = replace(self.status, **fields)
        self.flow.news = True

    def set_speed(self, steps_per_frame: int | None) -> None:
        """How many steps are trained for each frame; None = as many as the machine can do."""
        self._budget = 0
        self.note(speed=steps_per_frame)

    def halt(self, trouble: str = "") -> None:
        """Pause, because of some trouble if there is any."""
        self._goal = None
        self.note(playing=False, waiting=False, preparing=False, rate=0.0, trouble=trouble)
        self._speedometer.restart()

    def advance(self, steps: int) -> None:
        """Train for so many steps, and pause."""
        self.note(playing=True, slow=False, trouble="", returned="", stage=None)
        self._goal = self.run.trainer.step_count + steps

    def single(self, act: Callable[[], None], stage: Stage | None) -> None:
        """Do something once, which leads to a stage, and pause."""
        self.halt()
        act()
        self.note(stage=stage)

    def take(self, experiment: Experiment) -> None:
        """Go on with another experiment, in a new run where it must be. Raises `Invalid` where that cannot be."""
        if self.run.trainer.experiment.diff(experiment).rebuild:
            self.restart(experiment)
        else:
            self.run.trainer.adopt(experiment)
        self.note(changes=self.status.changes + 1, changed_at=time.time())

    def restart(self, experiment: Experiment, state: State | None = None) -> None:
        """Begin a new run; from a state, and there paused, where one is given."""
        run = Recorder(experiment, self._path, self._more_is_known, state)
        self.run.close()
        self.run = run
        self.flow.contention.forget()
        self._slow_motion.restart()
        self._goal = None
        self.note(trouble="", returned="", stage=None)
        if state is not None:
            self.halt()

    def go_back(self, steps: int) -> None:
        """Return to an earlier state, and pause there."""
        before = self.run.trainer.step_count
        self.run.go_back(steps)
        now = self.run.trainer.step_count
        self.halt()
        self.note(returned=returned(before, now, now == self.run.began), stage=None)

    # ------------------------------------------------------------------------------------------------- the thread

    def _work(self) -> None:
        # torch counts threads per calling thread. For networks this small a second one only waits for the first, and
        # takes the core that the browser and the kernel's loop need.
        torch.set_num_threads(1)
        while not self._closed:
            try:
                self._obey()
                prepared = self._is_prepared()
                if self._moving() and (prepared or self.status.slow):
                    self._train()
                    # Let go of Python's lock for a moment: the threads that answer the browser wait for it.
                    time.sleep(YIELD)
                self._show_if_due()
            except Exception as error:
                self._stop(error)

    def _stop(self, error: Exception) -> None:
        """Pause, and say why in a sentence."""
        if isinstance(error, Diverged):
            step = self.run.trainer.step_count
            self.halt(f"{error} The run is paused at step {step:,}, the last whose numbers are finite.")
        elif isinstance(error, Invalid):
            self.halt(str(error))
        else:
            # A bug must not end the thread: the reader would press play and nothing would happen ever again.
            log.error("The session caught an error", exc_info=error)
            self.halt("Something went wrong inside ganviz; the run is paused.")

    def _more_is_known(self) -> None:
        """Slow metrics have a new value; called on their thread."""

        def look_again() -> None:
            self.flow.news = True

        self.put(look_again)

    def _obey(self) -> None:
        """Carry out the commands that wait; with nothing else to do, wait for one."""
        try:
            idle = self._idle_time()
            command = self._mailbox.get(timeout=idle) if idle else self._mailbox.get_nowait()
            while True:
                command()
                command = self._mailbox.get_nowait()
        except queue.Empty:
            return

    def _idle_time(self) -> float:
        """Seconds until there is something to do besides commands."""
        if self.flow.wants and self.flow.news:
            return self.flow.clock.left()
        if not self._moving():
            return 0.2
        if self.status.slow:
            return min(self._slow_motion.clock.left(), 0.2)
        if self.status.preparing:
            return GETTING_READY
        if self.flow.rest_helps:
            return REST
        return 0.0 if self.status.speed is None or self._budget else max(self.flow.clock.left(), 0.001)

    def _moving(self) -> bool:
        """Whether training goes on: it is played, and somebody looks."""
        if not self.status.playing:
            return False
        if self.flow.gone:
            self.halt()
            return False
        waiting = self.flow.silent
        if waiting != self.status.waiting:
            self.note(waiting=waiting)
        return not waiting

    def _is_prepared(self) -> bool:
        """Whether full steps can be made at once. Until then commands are obeyed; somebody who waits is told."""
        done = self._preparation.is_done(self.run.trainer)
        told = self.status.playing and not done
        if told != self.status.preparing:
            self.note(preparing=told)
        return done

    def _train(self) -> None:
        """A burst of steps, as many as the speed allows."""
        if self.status.slow:
            if stage := self._slow_motion.half_step(self.run):
                self.note(stage=stage)
            return
        until, done = time.monotonic() + BURST, 0
        # Waiting for a GPU is not waiting for others.
        on_cpu = self.run.trainer.device.type == "cpu"
        with self.flow.contention.computing() if on_cpu else nullcontext():
            while (self.status.speed is None or self._budget) and time.monotonic() < until and not self._arrived():
                made = self.run.walk(self._most(), until - time.monotonic())
                done += made
                self._budget = max(0, self._budget - made)
        if done:
            self._speedometer.add(done)
            self.flow.news = True
        if self._arrived():
            self.halt()

    def _most(self) -> int:
        """How many steps may be made before the speed, or the goal, has a say again."""
        most = WALK if self.status.speed is None else self._budget
        return most if self._goal is None else min(most, self._goal - self.run.trainer.step_count)

    def _arrived(self) -> bool:
        """Whether the step is reached at which training pauses."""
        return self._goal is not None and self.run.trainer.step_count >= self._goal

    def _show_if_due(self) -> None:
        """Send the newest frame if the viewer wants one, the clock allows it and there is news; renew the budget."""
        unlimited = self.status.speed is None and not self.status.slow
        if self.flow.due(busy=self.status.playing and (unlimited or self._budget > 0)):
            self._budget = self.status.speed or 0
            self.flow.show(self._frame)
        elif not self._budget and self.flow.passes():
            self._budget = self.status.speed or 0

    def _view(self) -> View:
        """The run as it looks now; where that fails, as it did before: the page waits for a frame that says so."""
        try:
            self._seen = self.run.view(at_rest=not self.status.playing)
            self.run.look_closer()
        except Exception as error:
            if self._seen is None:
                raise
            self._stop(error)
            # It is told by the frame that is being made; another one would only fail again.
            self.flow.news = False
        return self._seen

    def _frame(self) -> Frame:
        view, trainer = self._view(), self.run.trainer
        rate, measuring = self._speedometer.rate, self.run.measuring
        path, device = trainer.path, trainer.device.type
        runaway = self.run.alarm.sentence
        self.status = replace(self.status, path=path, device=device, rate=rate, measuring=measuring, runaway=runaway)
        calm = self.status.stage is None and view.snapshot.step > 0 and at_equilibrium(view.snapshot)
        return Frame(view, replace(self.status, stage="d") if calm else self.status)
