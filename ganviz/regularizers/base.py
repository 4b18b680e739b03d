"""Regularizer: the base of what is added to the bare game."""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from torch import Generator, Tensor

from ganviz.networks.base import Parameters
from ganviz.option import Option

Slots = dict[str, Tensor]


@dataclass(frozen=True)
class Turn:
    """What a regularizer's term may look at in the discriminator's turn."""

    score: Callable[[Tensor], Tensor]
    """D at the parameters being trained: (n, *shape) → raw scores (n, 1)."""
    real: Tensor
    """The real minibatch, (n, *shape)."""
    fake: Tensor
    """The fake minibatch, (n, *shape), without gradient to G."""
    noise: dict[str, Tensor]
    """What the regularizer's own `noise` drew for this update."""


class Regularizer(Option, ABC):
    """Acts on D in some of four places, and only there; each does nothing unless overridden."""

    room: ClassVar[str] = "regularizers"

    def init(self, parameters: Parameters, generator: Generator) -> Slots:
        """The regularizer's own state for D's `parameters`: named tensors."""
        return {}

    def noise(self, n: int, generator: Generator) -> dict[str, Tensor]:
        """Random numbers for `n` samples of a minibatch, first axis n; drawn ahead, so that a step stays pure."""
        return {}

    def network(self, parameters: Parameters, slots: Slots, update: bool) -> tuple[Parameters, Slots]:
        """The parameters that D really uses. `update` is True in D's own turn, where the state may advance."""
        return parameters, slots

    def term(self, turn: Turn) -> Tensor | None:
        """A scalar added to D's loss, averaged over the samples so that it does not depend on the batch size."""
        return None

    def clamp(self, parameters: Tensor) -> Tensor:
        """D's parameters, one flat vector, after its update."""
        return parameters
