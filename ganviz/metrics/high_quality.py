"""The share of good samples."""

from __future__ import annotations

from typing import ClassVar

from ganviz.metrics._coverage import Counts, CoverageMetric, perfect_share
from ganviz.written import written


class HighQuality(CoverageMetric):
    """Share of good fakes, from 0 to 1: those less than 3σ from the centre of their nearest mode.

    The distance is radial and strictly less, as in PacGAN's protocol, with 2500 samples. A perfect sampler gets
    1 − exp(−9/2) = 0.989 where the modes do not overlap; 1 is better than perfect, since p_g is then too narrow. It
    does not see which modes are missing: one mode, well drawn, scores as high as all of them.
    """

    rank: ClassVar[int] = 2

    def of(self, good: Counts, n: int) -> float:
        return float(good.sum()) / n

    def label(self) -> str:
        return "good samples (share)"

    def word(self) -> str:
        return "high quality"

    def reading(self, value: float, perfect: float) -> str:
        return f"{self.term()} <b>{written(value, 3)}</b> (perfect: {written(perfect, 3)})"

    def when_apart(self, modes: int, n: int) -> float:
        return perfect_share()
