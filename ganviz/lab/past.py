"""Past: states of a run to go back to, in bounded memory."""

from __future__ import annotations

from typing import NamedTuple

from ganviz.engine.players import State
from ganviz.engine.tree import leaves
from ganviz.experiment import Experiment

KEEP = 120
"""States that are kept at most. A state is a value that nothing overwrites, so keeping one costs its memory only."""

MEMORY = 256 << 20
"""Bytes that they may take together."""

FEW = 4
"""States that are kept however large they are."""


class Moment(NamedTuple):
    """A run at some step."""

    step: int
    experiment: Experiment
    state: State


class Past:
    """Keeps moments of a run. When there are too many of them, the first and the last stay, and of the others one goes
    that is close to its neighbours for its age: what is recent stays dense, what is long ago becomes sparse."""

    def __init__(self) -> None:
        self._moments: list[Moment] = []

    def __len__(self) -> int:
        return len(self._moments)

    def steps(self) -> list[int]:
        """The steps of all moments, in ascending order."""
        return [moment.step for moment in self._moments]

    def keep(self, step: int, experiment: Experiment, state: State) -> None:
        """Keep a moment that is later than all others."""
        self._moments.append(Moment(step, experiment, state))
        while len(self._moments) > max(FEW, min(KEEP, MEMORY // max(1, size(state)))):
            del self._moments[self._dispensable()]

    def _dispensable(self) -> int:
        """The moment without which the least is missing: where the gap it would leave is smallest beside its age."""
        steps = self.steps()

        def loss(i: int) -> float:
            return (steps[i + 1] - steps[i - 1]) / max(1, steps[-1] - steps[i])

        return min(range(1, len(steps) - 1), key=loss)

    def back_to(self, step: int) -> Moment:
        """Forget what came after `step`, and give the last moment that is left; the first one stays in any case."""
        while len(self._moments) > 1 and self._moments[-1].step > step:
            self._moments.pop()
        return self._moments[-1]


def size(state: State) -> int:
    """Bytes that the tensors of a state take."""
    return sum(leaf.numel() * leaf.element_size() for leaf in leaves(state))
