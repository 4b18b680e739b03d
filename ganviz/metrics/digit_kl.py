"""How unevenly the digits are drawn."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from ganviz.distributions._images import ImageDistribution
from ganviz.metrics._digits import DigitMetric, shares, training_shares
from ganviz.metrics._images import Sample
from ganviz.written import written


class DigitKl(DigitMetric):
    """How far the fakes' digits are from the data's, in nats: 0 where each is as frequent as in the data.

    KL(h‖p) = Σᵢ hᵢ log(hᵢ/pᵢ), where hᵢ is the share of 10,000 fakes that ganviz's classifier takes for digit i, and pᵢ
    the share of training pictures (one added to the number of each, so that none is 0). A perfect sampler gets about
    9/(2n) = 0.0005; MNIST's held-out pictures, which were not drawn from quite the same law, get what stands beside it.
    One digit that is left of ten equally frequent ones gets log 10 = 2.3; digits that the data lack cost more. It does
    not see how the digits are drawn.
    """

    rank: ClassVar[int] = 4
    caveat: ClassVar[str] = "A fake counts for the digit that ganviz's classifier finds most probable."

    def of(self, sample: Sample, data: ImageDistribution) -> float:
        share, expected = shares(sample.probabilities), training_shares(data)
        found = ~(share <= 0)
        return float(np.maximum(0.0, np.sum(share[found] * np.log(share[found] / expected[found]))))

    def label(self) -> str:
        return "KL of the digits (nats)"

    def reading(self, value: float, perfect: float) -> str:
        return f"{self.term()} <b>{written(value, 4)}</b> (floor {written(perfect, 4)})"
