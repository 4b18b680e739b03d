"""How unevenly the modes are filled."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from ganviz.metrics._coverage import Counts, CoverageMetric, perfect_share
from ganviz.written import written


class ReverseKl(CoverageMetric):
    """How unevenly good fakes fill the K modes, in nats: from 0 (evenly) to log K (all in one mode).

    KL(h‖u) = Σᵢ hᵢ log(K hᵢ), where hᵢ is the share of mode i among the good fakes (less than 3σ from their nearest
    centre) and u is uniform: PacGAN's reverse KL. A perfect sampler does not get 0 but about (K − 1)/(2n) from its n
    good samples. Not known (NaN) without a good fake. It does not see the fakes that are not good, however many.
    """

    rank: ClassVar[int] = 3

    def of(self, good: Counts, n: int) -> float:
        if not good.any():
            return math.nan
        share = good[good > 0] / good.sum()
        return float(np.maximum(0.0, np.sum(share * np.log(share * len(good)))))

    def label(self) -> str:
        return "reverse KL of the modes (nats)"

    def word(self) -> str:
        return "reverse KL"

    def reading(self, value: float, perfect: float) -> str:
        return f"{self.term()} <b>{written(value, 4)}</b> (floor {written(perfect, 4)})"

    def when_apart(self, modes: int, n: int) -> float:
        return (modes - 1) / (2 * n * perfect_share())
