"""Alarm: numbers that have run away, though they are finite."""

from __future__ import annotations

import math

from ganviz.engine.diverged import PLAYERS, told_of
from ganviz.engine.snapshot import Snapshot
from ganviz.written import written

BOUND = 1e4
"""No loss and no gradient's norm is as large in a run that goes well: the presets stay below a twentieth of it, critics
and games that spiral outwards on purpose among them. Where rates are far too high it is passed within some steps."""

ROW = 5
"""Looks in a row, each at a later step, that say the same before it is believed: single steps may jump."""


class Alarm:
    """Looks at what the last step reported, and says when numbers have run away and until they are back."""

    def __init__(self, step: int) -> None:
        """`step`: where the run begins."""
        self.sentence = ""
        """What has run away; empty when all is well."""
        self._sound = self._seen = step
        self._row = 0

    def look(self, snapshot: Snapshot) -> None:
        """Take notice of a moment of the run."""
        if snapshot.step == self._seen:
            return
        self._seen = snapshot.step
        # After a half-step those of the other player may not be known yet.
        known = {name: value for name, value in snapshot.scalars.items() if not math.isnan(value)}
        name, value = max(known.items(), key=lambda scalar: abs(scalar[1]), default=("", 0.0))
        wild, raised = abs(value) > BOUND, bool(self.sentence)
        self._row = self._row + 1 if wild != raised else 0
        if not wild and not raised:
            self._sound = snapshot.step
        if self._row >= ROW:
            self._row = 0
            self.sentence = "" if raised else self._said(name, value)

    def before(self, step: int) -> int:
        """The last step before the trouble there is at `step`, or that step itself where there is none."""
        return min(step, self._sound) if self.sentence or self._row else step

    @staticmethod
    def _said(name: str, value: float) -> str:
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
