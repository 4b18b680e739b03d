"""Slow motion: Algorithm 1 one half-step a beat, each named after its stage in Figure 1."""

from __future__ import annotations

from ganviz.lab.clock import Clock
from ganviz.lab.recorder import Recorder
from ganviz.theory.stages import Stage, at_equilibrium

BEAT = 1.2
"""Seconds between two half-steps: time to read the stage's name."""


class SlowMotion:
    """Where in Algorithm 1 the next half-step is: a look, k updates of D, one of G."""

    def __init__(self) -> None:
        self.clock = Clock(1 / BEAT)
        self._turn = 0

    def restart(self) -> None:
        """Begin with a look again."""
        self._turn = 0

    def half_step(self, run: Recorder) -> Stage | None:
        """Do the next half-step if its beat has come, and say which stage was reached. Raises `Diverged`."""
        if self.clock.left():
            return None
        self.clock.tick()
        k = run.trainer.experiment.d_steps
        turn = self._turn % (k + 2)
        self._turn += 1
        if turn == 0:
            return "d" if at_equilibrium(run.snapshot()) else "a"
        if turn <= k:
            run.step_discriminator()
            return "b"
        run.step_generator()
        return "c"
