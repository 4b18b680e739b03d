"""Alarm: numbers that have run away, though they are finite."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from ganviz.engine.diverged import PLAYERS, told_of
from ganviz.written import written

BOUND = 1e4
"""No loss and no gradient's norm is as large in a run that goes well: the presets stay below a twentieth of it, critics
and games that spiral outwards on purpose among them. Where rates are far too high it is passed within some steps."""

ROW = 5
"""Moves in a row that exceed it before it is believed: single ones may jump."""

CALM = 500
"""Moves in a row below it before all is well again; a run that has gone wrong may be quiet for a while."""


@dataclass(frozen=True)
class Alarm:
    """What the moves of a run so far say: whether numbers have run away, and where the run was sound last."""

    sound: int
    """The last step before any trouble; to begin with, where the run begins."""
    sentence: str = ""
    """What has run away; empty when all is well."""
    wild: int = 0
    """Moves in a row, up to now, whose numbers were too large."""
    calm: int = CALM
    """Moves in a row, up to now, whose numbers were not."""

    def after(self, step: int, scalars: Mapping[str, float]) -> Alarm:
        """With one more move, which led to that step and reported these scalars."""
        # As nearly always; where the first is NaN, so is what `max` gives.
        if self.calm >= CALM and max(map(abs, scalars.values())) <= BOUND:
            return Alarm(step)
        # After a half-step the numbers of the other player may not be known yet; where none is, nothing is told.
        if all(map(math.isnan, scalars.values())):
            return self
        # NaN exceeds nothing.
        if any(abs(value) > BOUND for value in scalars.values()):
            wild = self.wild + 1
            sentence = self.sentence or (_said(scalars) if wild >= ROW else "")
            return replace(self, sentence=sentence, wild=wild, calm=0)
        if self.calm + 1 < CALM:
            return replace(self, wild=0, calm=self.calm + 1)
        return Alarm(step)

    def before(self, step: int) -> int:
        """The last step before the trouble there is at `step`, or that step itself where there is none."""
        return min(step, self.sound) if self.sentence or self.wild else step


def _said(scalars: Mapping[str, float]) -> str:
    known = {name: value for name, value in scalars.items() if not math.isnan(value)}
    name, value = max(known.items(), key=lambda scalar: abs(scalar[1]))
    what, _, player = name.rpartition("_")
    return (
        f"The numbers have run away: the {PLAYERS[player]}'s {told_of(what)} is {written(value, 0)}. Training goes "
        "on, but seldom comes back by itself: lower the learning rates, and go back."
    )


def returned(before: int, now: int, first: bool) -> str:
    """What became of going back from one step to another; `first`: the run began there."""
    if before == now:
        return f"This run began at step {now:,}: there is nothing earlier to go back to."
    where = ", where this run began" if first else ""
    return (
        f"Back from step {before:,} to step {now:,}{where}. The settings stayed as they are: if they broke the run, "
        "lower the learning rates before you play on."
    )
