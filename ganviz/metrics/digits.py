"""Digits found."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from ganviz.distributions._images import ImageDistribution
from ganviz.metrics._digits import DigitMetric, shares
from ganviz.metrics._images import Sample
from ganviz.written import written

ENOUGH = 0.05
"""Share of the samples that makes a digit one that was found: half of what it has where all are equally frequent."""


class Digits(DigitMetric):
    """How many of the ten digits have at least 5 % of the fakes each, from 0 to 10.

    10,000 fakes, each of which counts for the digit that ganviz's classifier finds most probable, however badly it is
    drawn: noise shows some digit too. How evenly the digits are spread is for digit_kl, and how they are written nobody
    asks here.
    """

    rank: ClassVar[int] = 1
    caveat: ClassVar[str] = (
        "A fake counts for the digit that ganviz's classifier finds most probable, however badly it is drawn."
    )

    def of(self, sample: Sample, data: ImageDistribution) -> float:
        return float(np.count_nonzero(shares(sample.probabilities) >= ENOUGH))

    def label(self) -> str:
        return "digits found"

    def word(self) -> str:
        return "digits"

    def reading(self, value: float, perfect: float) -> str:
        return f"{self.term()} <b>{written(value, 0)}</b> of {written(perfect, 0)}"
