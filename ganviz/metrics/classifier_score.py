"""The classifier score."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ganviz.distributions._images import ImageDistribution
from ganviz.metrics._digits import DigitMetric
from ganviz.metrics._images import Sample
from ganviz.written import written

Array = NDArray[np.float64]


class ClassifierScore(DigitMetric):
    """How clearly a classifier reads the fakes, and how varied they are: from 1 to 10, the number of digits.

    exp E KL(p(y|x) ‖ p(y)) over 10,000 fakes x, where p(y|x) is what ganviz's own classifier of digits makes of x and
    p(y) the mean of that: the inception score, with another network, so compare it with what real pictures get, not
    with other people's numbers. One picture repeated gets 1. It does not see that all the threes are the same three.
    """

    rank: ClassVar[int] = 2
    caveat: ClassVar[str] = (
        "The inception score with ganviz's own classifier of digits: it cannot be compared with published numbers."
    )

    def of(self, sample: Sample, data: ImageDistribution) -> float:
        return score(sample.probabilities)

    def label(self) -> str:
        return "classifier score"

    def reading(self, value: float, perfect: float) -> str:
        return f"{self.term()} <b>{written(value, 2)}</b> (real: {written(perfect, 2)})"


def score(probabilities: Array) -> float:
    """exp of the mean KL divergence of the rows (n, k) to their mean; 0 log 0 = 0."""
    mean = probabilities.mean(0)
    some = ~(probabilities <= 0)
    ratio = np.divide(probabilities, mean, out=np.ones_like(probabilities), where=some)
    return math.exp(np.maximum(0.0, (probabilities * np.log(ratio)).sum(1).mean()))
