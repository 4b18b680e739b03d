"""How many fake pictures look real."""

from __future__ import annotations

from typing import ClassVar

from ganviz.distributions._images import ImageDistribution
from ganviz.metrics._digits import DigitMetric, training_features
from ganviz.metrics._images import Sample
from ganviz.metrics._neighbours import covered
from ganviz.written import written


class ImagePrecision(DigitMetric):
    """Share of the fake pictures that lie where real ones are, from 0 to 1.

    As in the plane, with the 64 features of ganviz's classifier of digits for coordinates: a ball around each of 2000
    training pictures reaches to its 3rd nearest neighbour among them (Kynkäänniemi et al. 2019), and a fake in one of
    the smaller half of the balls counts, of the first 2000 fakes. The larger half is left out, because the ball around
    an odd picture reaches far into what the classifier has never seen: with all balls, noise gets 0.88. Held-out
    pictures get what stands beside it. It does not see what is missing: see image_recall.
    """

    seldom: ClassVar[bool] = True
    rank: ClassVar[int] = 5
    caveat: ClassVar[str] = "By the 64 features of ganviz's classifier of digits; what is missing does not count."
    most: ClassVar[int] = 2000
    """Of either side: every one is compared with every other."""

    def of(self, sample: Sample, data: ImageDistribution) -> float:
        return covered(sample.features, by=training_features(data)[: len(sample.features)], kept=0.5)

    def label(self) -> str:
        return "precision"

    def reading(self, value: float, perfect: float) -> str:
        return f"{self.term()} <b>{written(value, 2)}</b> (real: {written(perfect, 2)})"
