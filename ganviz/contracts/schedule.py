"""Schedule: the base of how learning rates change as training goes on."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from torch import Tensor

from ganviz.option import Option


class Schedule(Option, ABC):
    """A factor on both learning rates, a function of how many updates a player has made."""

    room: ClassVar[str] = "schedules"

    @abstractmethod
    def factor(self, updates: Tensor) -> Tensor | float:
        """The factor on the learning rate in the update after `updates` of them; `updates` is a scalar tensor, float64
        where the device has it, so no branching on it; the result is a scalar of the same precision."""
