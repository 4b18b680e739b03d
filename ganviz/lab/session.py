"""Session: one run, driven by commands from any thread."""

from __future__ import annotations

import atexit
from collections.abc import Callable
from typing import Any

from ganviz.engine.paths import PathName
from ganviz.engine.players import State
from ganviz.experiment import Experiment
from ganviz.figures.base import Focus
from ganviz.lab.limits import Limits
from ganviz.lab.recorder import Recorder
from ganviz.lab.status import Frame, Status
from ganviz.lab.worker import Worker
from ganviz.option import Invalid
from ganviz.theory.stages import Stage


def _admit(experiment: Experiment) -> None:
    """Raises `Invalid` for an experiment that exceeds the limits of this machine, or whose data cannot be read."""
    Limits.here().admit(experiment)
    experiment.data.prepare()


class Session:
    """One run, driven by commands.

    Every public method returns at once and may be called from any thread. Commands take effect between two steps;
    frames are made on the worker's thread, at the clock's rate, and only when the viewer has asked for one.
    """

    def __init__(self, experiment: Experiment, *, path: PathName = "native", state: State | None = None) -> None:
        """`state`: where the run begins, such as that of a start; without it, at step 0. Raises `Invalid` for an
        experiment that cannot be run here."""
        _admit(experiment)
        self.experiment = experiment
        """What runs, with every change that was asked for."""
        self._worker = Worker(experiment, path, state)
        # A thread that is inside torch when the interpreter ends would take the process down with a fault.
        atexit.register(self.close)

    @property
    def status(self) -> Status:
        """How the run stands: playing or not, how fast, what went wrong."""
        return self._worker.status

    # ------------------------------------------------------------------------------------------------ commands

    def play(self) -> None:
        """Train until told otherwise."""
        self._worker.put(lambda: self._worker.note(playing=True, trouble="", returned="", stage=None))

    def pause(self) -> None:
        """Stop between two steps; everything stays where it is."""
        self._worker.put(self._worker.halt)

    def advance(self, steps: int) -> None:
        """Train for exactly so many steps, then pause."""
        self._worker.put(lambda: self._worker.advance(steps))

    def step(self) -> None:
        """One full iteration of Algorithm 1, then pause."""
        self._single(lambda run: run.step(), None)

    def step_discriminator(self) -> None:
        """One update of D alone, then pause: towards stage (b)."""
        self._single(lambda run: run.step_discriminator(), "b")

    def step_generator(self) -> None:
        """One update of G alone, then pause: stage (c)."""
        self._single(lambda run: run.step_generator(), "c")

    def slow_motion(self, on: bool) -> None:
        """Play half-steps, one a beat, each named after its stage in Figure 1."""
        self._worker.put(lambda: self._worker.note(slow=on, stage=None))

    def set_speed(self, steps_per_frame: int | None) -> None:
        """How many steps are trained for each frame; None = as many as the machine can do."""
        self._worker.put(lambda: self._worker.set_speed(steps_per_frame))

    def reset(self) -> None:
        """Start over with the same seed: the same numbers again."""
        self._worker.put(lambda: self._worker.restart(self.experiment))

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
        self._worker.put(lambda: self._take(experiment))

    def start(self, experiment: Experiment, state: State | None = None) -> None:
        """Begin a new run of an experiment, even where it differs from this one in live settings only; from a `state`
        of it, such as that of a start, and there paused, where one is given. Raises `Invalid` at once, and nothing
        changes, where its data cannot be read."""
        _admit(experiment)
        self.experiment = experiment
        self._worker.put(lambda: self._worker.restart(experiment, state))

    def go_back(self, steps: int = 500) -> None:
        """Return to a state at least so many steps ago, and as long before numbers ran away, and pause there; live
        settings stay as they are."""
        self._worker.put(lambda: self._worker.go_back(steps))

    def look_at(self, choose: Callable[[Focus], Focus]) -> None:
        """Look at something else more closely: `choose` says at what, from what it is now."""

        def look_at() -> None:
            self._worker.run.focus = choose(self._worker.run.focus)
            self._worker.flow.hurry()

        self._worker.put(look_at)

    def close(self) -> None:
        """End the worker; the session cannot be used afterwards."""
        atexit.unregister(self.close)
        self._worker.close()

    # ------------------------------------------------------------------------------------------------- viewing

    def watch(self, viewer: Callable[[Frame], None]) -> None:
        """Send frames to `viewer`, on the worker's thread, one for each call of `want_frame`."""
        self._worker.flow.receive = viewer

    def want_frame(self, anew: bool = False) -> None:
        """The viewer has drawn and is ready for the newest frame; also a sign of life. `anew`: it could not show the
        last one, and wants one though nothing has happened since."""
        self.sign_of_life()

        def want() -> None:
            self._worker.flow.wants = True
            if anew:
                self._worker.flow.hurry()

        self._worker.put(want)

    def sign_of_life(self) -> None:
        """Somebody is still there. After the first sign, a long silence suspends training until the next one."""
        self._worker.flow.sign_of_life()
        if self.status.waiting:
            self._worker.put(lambda: None)

    # ------------------------------------------------------------------------------------------------- inside

    def _single(self, act: Callable[[Recorder], None], stage: Stage | None) -> None:
        self._worker.put(lambda: self._worker.single(lambda: act(self._worker.run), stage))

    def _take(self, experiment: Experiment) -> None:
        """On the worker's thread."""
        try:
            self._worker.take(experiment)
        except Invalid as error:
            self.experiment = self._worker.run.trainer.experiment
            self._worker.note(trouble=str(error))
