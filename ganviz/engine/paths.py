"""The ways of running steps. All of them run the same function, `Game.step`.

* eager: PyTorch as it is, one operation after another. The reference.
* native: the step captured as a program and run by the machine's kernels, many steps a call.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from ganviz.engine.branching import NoBranching
from ganviz.engine.game import Game
from ganviz.engine.players import State
from ganviz.engine.settings import Numbers, Settings, bind
from ganviz.engine.tree import Tree, leaves

PathName = Literal["native", "eager"]

Draws = Callable[[int], Tree]
"""What step number i from here on draws, as `Game.step` takes it."""


@dataclass(frozen=True)
class Stretch:
    """Some steps, one after another."""

    state: State
    """After the last."""
    scalars: NDArray[np.float64]
    """`ganviz.engine.run.SCALARS` of each, (steps, 4)."""


class Path(Protocol):
    """A way of running steps."""

    name: PathName

    def advance(self, state: State, values: Numbers, draws: Draws, steps: int, seconds: float) -> Stretch:
        """At least one step, at most `steps` and about so many as fit the time, with the live numbers given as tensors.
        Numbers that are lost are not noticed here."""
        ...

    def interrupt(self) -> None:
        """Let the call that is under way on another thread make no further step."""
        ...


class Eager:
    """The step as written."""

    name: PathName = "eager"

    def __init__(self, game: Game) -> None:
        self._game = game
        self._bound: tuple[Numbers, Settings] | None = None
        self._is_checked = False

    def interrupt(self) -> None:
        pass  # a call makes one step

    def advance(self, state: State, values: Numbers, draws: Draws, steps: int, seconds: float) -> Stretch:
        """One step: Python's share of it is the same however many are asked for."""
        if self._bound is None or self._bound[0] is not values:
            self._bound = values, bind(self._game.experiment, values)
        if self._is_checked:
            state, scalars = self._game.step(state, self._bound[1], draws(0))
        else:
            with NoBranching(leaves(values)):
                state, scalars = self._game.step(state, self._bound[1], draws(0))
            self._is_checked = True
        return Stretch(state, scalars.double().cpu().numpy()[None])
