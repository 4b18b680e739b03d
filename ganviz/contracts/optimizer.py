"""Optimizer: the base of how a player descends."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from torch import Tensor

from ganviz.option import Option

Slots = dict[str, Tensor]


class Optimizer(Option, ABC):
    """A pure update rule on one flat vector that holds all parameters of a player."""

    room: ClassVar[str] = "optimizers"

    looks_ahead: ClassVar[bool] = False
    """Whether `ahead` goes anywhere; then its player takes its gradient there."""

    def ahead(self, parameters: Tensor, gradient: Tensor, slots: Slots, lr: Tensor) -> Tensor:
        """The point at which the gradient of the update is taken, given the gradient here; all (n,)."""
        return parameters

    @abstractmethod
    def init(self, parameters: Tensor) -> Slots:
        """The optimiser's own state before the first update: named tensors."""

    @abstractmethod
    def update(self, parameters: Tensor, gradient: Tensor, slots: Slots, lr: Tensor) -> tuple[Tensor, Slots]:
        """New parameters and new state after one step against `gradient`; `parameters` and `gradient` are (n,), `lr`
        is a float64 scalar. Nothing is written in place."""
