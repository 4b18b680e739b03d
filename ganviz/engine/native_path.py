"""The native path: moves run by the machine's kernels, as many steps in a call as fit the time that it is given."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from ganviz.contracts.regularizer import Player
from ganviz.engine.native_moves import NativeMoves
from ganviz.engine.paths import Draws, PathName, Stretch, Turn
from ganviz.engine.players import State
from ganviz.engine.settings import Numbers
from ganviz.engine.step_program import SCALARS
from ganviz.engine.tree import Tree
from ganviz.machine.library import Library
from ganviz.programs.program import Program

MOST = 4096
"""The most steps in a call."""


class NativePath:
    """A step's program, and those of the turns once they are asked for. The run's last state stays in the memory of the
    step's, so that it is not put in again."""

    name: PathName = "native"

    def __init__(self, step: Program, turn: Callable[[Player], Program], library: Library, seed: int) -> None:
        self._steps = NativeMoves(step, library, seed)
        self._turn, self._library, self._seed = turn, library, seed
        self._turns: dict[Player, NativeMoves] = {}
        self._inside: State | None = None
        self._values: Numbers | None = None
        self._cost, self._tried = 1e-9, 1

    def interrupt(self) -> None:
        """End the call that is under way on another thread, or the next one, after the step that it is in."""
        self._steps.interrupt()

    def advance(self, state: State, values: Numbers, draws: Draws, steps: int, seconds: float) -> Stretch:
        """As many steps as fit the time: fewer, at first, than later."""
        inside, known = self._inside, self._values
        # Whatever ends this in between leaves memory that is nobody's state.
        self._inside = self._values = None
        if inside is not state:
            self._steps.put({"state": state})
        if known is not values:
            self._steps.put({"settings": values})
        steps = max(1, int(min(steps, MOST, self._tried, seconds / self._cost)))
        drawn = [] if self._steps.draws_for_itself else [draws(i) for i in range(steps)]
        began = time.perf_counter()
        scalars = self._steps.advance(steps, drawn, [SCALARS])[SCALARS]
        self._learn(len(scalars), time.perf_counter() - began)
        after: State = self._steps.taken({"state": state})["state"]
        self._inside, self._values = after, values
        return Stretch(after, scalars.astype(np.float64))

    def turn(self, player: Player, state: State, values: Numbers, draw: Callable[[], Tree]) -> Turn:
        """The turn as it is in a step, bit for bit."""
        if player not in self._turns:
            self._turns[player] = NativeMoves(self._turn(player), self._library, self._seed)
        moves, names = self._turns[player], (f"loss_{player}", f"grad_{player}")
        moves.put({"state": state, "settings": values})
        found = moves.advance(1, [] if moves.draws_for_itself else [draw()], names)
        loss, gradient = (float(found[name][0]) for name in names)
        return Turn(moves.taken({"state": {player: state[player]}})["state"][player], loss, gradient)

    def _learn(self, steps: int, seconds: float) -> None:
        """How long a step takes; and the next call makes at most four times as many as this one did, because the first
        ones take longer."""
        self._cost, self._tried = max(seconds / steps, 1e-9), 4 * steps
