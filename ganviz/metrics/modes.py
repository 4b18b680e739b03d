"""Modes found."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from ganviz.metrics._coverage import Counts, CoverageMetric
from ganviz.written import written


class Modes(CoverageMetric):
    """How many modes of p_data have at least one good fake, from 0 to the number of modes K.

    A fake belongs to the mode whose centre is nearest, and is good when it is less than 3σ away from it (PacGAN's
    protocol: 2500 samples, radial distance, strictly less). One sample is enough to find a mode: how evenly the modes
    are filled is for reverse_kl, and where p_g is inside a mode nobody asks here.
    """

    rank: ClassVar[int] = 1

    def of(self, good: Counts, n: int) -> float:
        return float(np.count_nonzero(good))

    def label(self) -> str:
        return "modes found"

    def word(self) -> str:
        return "modes"

    def reading(self, value: float, perfect: float) -> str:
        return f"{self.term()} <b>{written(value, 0)}</b> of {written(perfect, 0)}"

    def when_apart(self, modes: int, n: int) -> float:
        return float(modes)
