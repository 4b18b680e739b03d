"""Session: drives a run from a mailbox of commands, in a thread of its own."""

from __future__ import annotations

import atexit
import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch

from ganviz.experiment import Experiment
from ganviz.figures.base import Focus
from ganviz.option import Invalid
from ganviz.session.alarm import returned
from ganviz.session.clock import Speedometer
from ganviz.session.limits import Limits
from ganviz.session.run import Run
from ganviz.session.slow_motion import SlowMotion
from ganviz.session.status import Frame, Status
from ganviz.session.viewer import Viewer
from ganviz.theory.stages import Stage, at_equilibrium
from ganviz.training.accelerator import Pace
from ganviz.training.diverged import Diverged
from ganviz.training.game import State

log = logging.getLogger("ganviz")

YIELD = 0.0002
"""Seconds of rest after a burst; the frame rate gains what training loses."""

BURST = 0.01
"""Seconds of training between two looks into the mailbox: the longest that a slider waits for a step."""


def _admit(experiment: Experiment) -> None:
    """Raises `Invalid` for an experiment that exceeds the limits of this machine, or whose data cannot be read."""
    Limits.here().admit(experiment)
    experiment.data.prepare()  # type: ignore[attr-defined]


class Session:
    """One run, driven by commands.

    Every public method returns at once and may be called from any thread. Commands take effect between two steps;
    frames are made on the worker's thread, at the clock's rate, and only when the viewer has asked for one.
    """

    def __init__(self, experiment: Experiment, *, pace: Pace = "compiled", state: State | None = None) -> None:
        """`state`: where the run begins, such as that of a start; without it, at step 0. Raises `Invalid` for an
        experiment that cannot be run here."""
        _admit(experiment)
        self.experiment = experiment
        """What runs, with every change that was asked for."""
        self.status = Status()
        """How the run stands: playing or not, how fast, what went wrong."""
        self._pace = pace
        self._mailbox: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._viewer = Viewer()
        self._slow_motion = SlowMotion()
        self._budget = 0
        self._closed = False
        self._run = Run(experiment, pace, self._more_is_known, state)
        self._speedometer = Speedometer()
        self._worker = threading.Thread(target=self._work, name="ganviz-session", daemon=True)
        self._worker.start()
        # A thread that is inside torch when the interpreter ends would take the process down with a fault.
        atexit.register(self.close)

    # ------------------------------------------------------------------------------------------------ commands

    def play(self) -> None:
        """Train until told otherwise."""
        self._put(lambda: self._set(playing=True, trouble="", returned="", stage=None))

    def pause(self) -> None:
        """Stop between two steps; everything stays where it is."""
        self._put(self._halt)

    def step(self) -> None:
        """One full iteration of Algorithm 1, then pause."""
        self._put(lambda: self._single(lambda: self._run.step(), None))

    def step_discriminator(self) -> None:
        """One update of D alone, then pause: towards stage (b)."""
        self._put(lambda: self._single(lambda: self._run.trainer.step_discriminator(), "b"))

    def step_generator(self) -> None:
        """One update of G alone, then pause: stage (c)."""
        self._put(lambda: self._single(lambda: self._run.trainer.step_generator(), "c"))

    def slow_motion(self, on: bool) -> None:
        """Play half-steps, one a beat, each named after its stage in Figure 1."""
        self._put(lambda: self._set(slow=on, stage=None))

    def set_speed(self, steps_per_frame: int | None) -> None:
        """How many steps are trained for each frame; None = as many as the machine can do."""

        def set_speed() -> None:
            self._budget = 0
            self._set(speed=steps_per_frame)

        self._put(set_speed)

    def reset(self) -> None:
        """Start over with the same seed: the same numbers again."""
        self._put(lambda: self._restart(self.experiment))

    def new_seed(self) -> None:
        """Start over with the next seed: other initial weights, other samples."""
        self.adopt(self.experiment.replace(seed=(self.experiment.seed + 1) % 2**31))

    def change(self, **fields: Any) -> None:
        """Change fields of the experiment. Raises `Invalid` at once, and nothing changes, when one does not fit."""
        self.adopt(self.experiment.replace(**fields))

    def adopt(self, experiment: Experiment) -> None:
        """Go on with another experiment: live changes act on the running training, others start a new run. Raises
        `Invalid` at once, and nothing changes, where its data cannot be read."""
        _admit(experiment)
        self.experiment = experiment
        self._put(lambda: self._take(experiment))

    def start(self, experiment: Experiment, state: State | None = None) -> None:
        """Begin a new run of an experiment, even where it differs from this one in live settings only; from a `state`
        of it, such as that of a start, and there paused, where one is given. Raises `Invalid` at once, and nothing
        changes, where its data cannot be read."""
        _admit(experiment)
        self.experiment = experiment
        self._put(lambda: self._restart(experiment, state))

    def go_back(self, steps: int = 500) -> None:
        """Return to a state at least so many steps ago, and as long before numbers ran away, and pause there; live
        settings stay as they are."""
        self._put(lambda: self._return(steps))

    def look_at(self, choose: Callable[[Focus], Focus]) -> None:
        """Look at something else more closely: `choose` says at what, from what it is now."""

        def look_at() -> None:
            self._run.focus = choose(self._run.focus)
            self._viewer.hurry()

        self._put(look_at)

    def close(self) -> None:
        """End the worker; the session cannot be used afterwards."""
        atexit.unregister(self.close)
        self._closed = True
        self._put(lambda: None)
        self._worker.join(5)
        self._run.close()
        self._run.join()

    # ------------------------------------------------------------------------------------------------- viewing

    def watch(self, viewer: Callable[[Frame], None]) -> None:
        """Send frames to `viewer`, on the worker's thread, one for each call of `want_frame`."""
        self._viewer.receive = viewer

    def want_frame(self) -> None:
        """The viewer has drawn and is ready for the newest frame; also a sign of life."""
        self.sign_of_life()

        def want() -> None:
            self._viewer.wants = True

        self._put(want)

    def sign_of_life(self) -> None:
        """Somebody is still there. After the first sign, a long silence suspends training until the next one."""
        self._viewer.sign_of_life()
        if self.status.waiting:
            self._put(lambda: None)

    # -------------------------------------------------------------------------------------- the worker's thread

    def _put(self, command: Callable[[], None]) -> None:
        self._mailbox.put(command)

    def _set(self, **fields: Any) -> None:
        self.status = replace(self.status, **fields)
        self._viewer.news = True

    def _more_is_known(self) -> None:
        def look_again() -> None:
            self._viewer.news = True

        self._put(look_again)

    def _halt(self, trouble: str = "") -> None:
        self._set(playing=False, waiting=False, rate=0.0, trouble=trouble)
        self._speedometer.restart()

    def _work(self) -> None:
        # torch counts threads per calling thread. For networks this small a second one only waits for the first, and
        # takes the core that the browser and the kernel's loop need.
        torch.set_num_threads(1)
        while not self._closed:
            try:
                self._obey()
                if self._moving():
                    self._train()
                    # Let go of Python's lock for a moment: the threads that answer the browser wait for it.
                    time.sleep(YIELD)
                self._show_if_due()
            except Diverged as error:
                step = self._run.trainer.step_count
                self._halt(f"{error} The run is paused at step {step:,}, the last whose numbers are finite.")
            except Invalid as error:
                self._halt(str(error))
            except Exception:
                # A bug must not end the thread: the reader would press play and nothing would happen ever again.
                log.exception("The session caught an error")
                self._halt("Something went wrong inside ganviz; the run is paused.")

    def _obey(self) -> None:
        """Carry out the commands that wait; with nothing else to do, wait for one."""
        try:
            command = self._mailbox.get(timeout=self._idle_time()) if self._idle_time() else self._mailbox.get_nowait()
            while True:
                command()
                command = self._mailbox.get_nowait()
        except queue.Empty:
            return

    def _idle_time(self) -> float:
        """Seconds until there is something to do besides commands."""
        if self._viewer.wants and self._viewer.news:
            return self._viewer.clock.left()
        if not self._moving():
            return 0.2
        if self.status.slow:
            return min(self._slow_motion.clock.left(), 0.2)
        return 0.0 if self.status.speed is None or self._budget else max(self._viewer.clock.left(), 0.001)

    def _moving(self) -> bool:
        """Whether training goes on: it is played, and somebody looks."""
        if not self.status.playing:
            return False
        if self._viewer.gone:
            self._halt()
            return False
        waiting = self._viewer.silent
        if waiting != self.status.waiting:
            self._set(waiting=waiting)
        return not waiting

    def _train(self) -> None:
        """A burst of steps, as many as the speed allows."""
        if self.status.slow:
            if stage := self._slow_motion.half_step(self._run.trainer):
                self._set(stage=stage)
            return
        until, done = time.monotonic() + BURST, 0
        while (self.status.speed is None or self._budget) and time.monotonic() < until:
            self._run.step()
            done += 1
            self._budget = max(0, self._budget - 1)
        if done:
            self._speedometer.add(done)
            self._viewer.news = True

    def _single(self, act: Callable[[], None], stage: Stage | None) -> None:
        self._halt()
        act()
        self._set(stage=stage)

    def _take(self, experiment: Experiment) -> None:
        try:
            if self._run.trainer.experiment.diff(experiment).rebuild:
                self._restart(experiment)
            else:
                self._run.trainer.adopt(experiment)
            self._set(changes=self.status.changes + 1, changed_at=time.time())
        except Invalid as error:
            self.experiment = self._run.trainer.experiment
            self._set(trouble=str(error))

    def _restart(self, experiment: Experiment, state: State | None = None) -> None:
        run = Run(experiment, self._pace, self._more_is_known, state)
        self._run.close()
        self._run = run
        self._slow_motion.restart()
        self._set(trouble="", returned="", stage=None)
        if state is not None:
            self._halt()

    def _return(self, steps: int) -> None:
        before = self._run.trainer.step_count
        self._run.go_back(steps)
        now = self._run.trainer.step_count
        self._halt()
        self._set(returned=returned(before, now, now == self._run.began), stage=None)

    def _show_if_due(self) -> None:
        """Send the newest frame if the viewer wants one, the clock allows it and there is news; renew the budget."""
        unlimited = self.status.speed is None and not self.status.slow
        if self._viewer.due(busy=self.status.playing and (unlimited or self._budget > 0)):
            self._budget = self.status.speed or 0
            self._viewer.show(self._frame)
        elif not self._budget and self._viewer.passes():
            self._budget = self.status.speed or 0

    def _frame(self) -> Frame:
        view, trainer = self._run.view(at_rest=not self.status.playing), self._run.trainer
        self._run.look_closer(view.snapshot)
        rate, measuring = self._speedometer.rate, self._run.measuring
        path, device = trainer.path, trainer.device.type
        runaway = self._run.alarm.sentence
        self.status = replace(self.status, path=path, device=device, rate=rate, measuring=measuring, runaway=runaway)
        calm = self.status.stage is None and view.snapshot.step > 0 and at_equilibrium(view.snapshot)
        return Frame(view, replace(self.status, stage="d") if calm else self.status)
