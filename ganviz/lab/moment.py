"""Moment: a run, and what the laboratory made of it so far."""

from __future__ import annotations

from dataclasses import dataclass

from ganviz.engine.run import Run
from ganviz.lab.alarm import Alarm
from ganviz.lab.history import History
from ganviz.theory.plane import Orbit


@dataclass(frozen=True, eq=False)
class Moment:
    """A moment of a run. Everything in it is a function of the run's moves, and none of it changes any more."""

    run: Run
    history: History
    """The scalars of every step, and the cheap metrics at fixed steps."""
    alarm: Alarm
    orbit: Orbit | None
    """Where the parameters were, in a game of one parameter a player."""
