"""A number that was lost: NaN or overflow."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

PLAYERS = {"d": "discriminator", "g": "generator"}


class Diverged(RuntimeError):
    """A number was lost (NaN or overflow). The trainer still holds the last good state."""

    def __init__(self, player: str, what: str, step: int) -> None:
        super().__init__(f"The {player}'s {what} became infinite or NaN in step {step:,}.")
        self.player = player
        """Whose number it was: ``"discriminator"`` or ``"generator"``."""
        self.step = step
        """The step, counted from 1, in which it was lost."""


def check(scalars: Mapping[str, float], moved: str, step: int) -> None:
    """Raise `Diverged` when a scalar of a player in `moved` (some of ``"dg"``) is not finite."""
    for name, value in scalars.items():
        what, _, player = name.rpartition("_")
        if player in moved and not math.isfinite(value):
            raise Diverged(PLAYERS[player], told_of(what), step)


def sound_steps(scalars: NDArray[np.float64]) -> int:
    """Of steps one after another, (steps, 4), how many are done before the first that loses a number."""
    lost = ~np.isfinite(scalars).all(1)
    return int(lost.argmax()) if lost.any() else len(scalars)


def told_of(what: str) -> str:
    """What a scalar is called in a sentence, from the first half of its name."""
    return "loss" if what == "loss" else "gradient"
