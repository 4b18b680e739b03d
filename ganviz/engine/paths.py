"""The ways of running steps. All of them run the same function, `Game.step`.

* eager: PyTorch as it is, one operation after another. The reference.
* native: the step captured as a program and run by the machine's kernels, many steps a call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from ganviz.contracts.regularizer import Player
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


@dataclass(frozen=True)
class Turn:
    """An update of one player alone."""

    state: State
    """That player's, afterwards."""
    loss: float
    gradient: float
    """Its norm."""


class Path(Protocol):
    """A way of running steps, and the turns that they consist of."""

    name: PathName

    def advance(self, state: State, values: Numbers, draws: Draws, steps: int, seconds: float) -> Stretch:
        """At least one step, at most `steps` and about so many as fit the time, with the live numbers given as tensors.
        Numbers that are lost are not noticed here."""
        ...

    def turn(self, player: Player, state: State, values: Numbers, draw: Callable[[], Tree]) -> Turn:
        """An update of one player alone, as it is in a step."""
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
        self._checked = set[str]()

    def interrupt(self) -> None:
        pass  # a call makes one step

    def advance(self, state: State, values: Numbers, draws: Draws, steps: int, seconds: float) -> Stretch:
        """One step: Python's share of it is the same however many are asked for."""
        with self._watched("step", values) as settings:
            state, scalars = self._game.step(state, settings, draws(0))
        return Stretch(state, scalars.double().cpu().numpy()[None])

    def turn(self, player: Player, state: State, values: Numbers, draw: Callable[[], Tree]) -> Turn:
        update = self._game.discriminator_turn if player == "d" else self._game.generator_turn
        with self._watched(player, values) as settings:
            after, loss, gradient = update(state, settings, draw())
        return Turn(after, float(loss), float(gradient))

    @contextmanager
    def _watched(self, move: str, values: Numbers) -> Iterator[Settings]:
        """These numbers bound to the experiment; in the first move of its kind it is an error to branch on one."""
        if self._bound is None or self._bound[0] is not values:
            self._bound = values, bind(self._game.experiment, values)
        with nullcontext() if move in self._checked else NoBranching(leaves(values)):
            yield self._bound[1]
        self._checked.add(move)
