"""How much of the real pictures is covered by fakes."""

from __future__ import annotations

from typing import ClassVar

from ganviz.distributions._images import ImageDistribution
from ganviz.metrics._digits import DigitMetric, training_features
from ganviz.metrics._images import Sample
from ganviz.metrics._neighbours import covered
from ganviz.written import written


class ImageRecall(DigitMetric):
    """Share of the real pictures that lie where fakes are, from 0 to 1.

    As in the plane, with the 64 features of ganviz's classifier of digits for coordinates: a ball around each of the
    first 2000 fakes reaches to its 3rd nearest neighbour among them (Kynkäänniemi et al. 2019), and a training picture
    in one of the smaller half of the balls counts, of 2000: the ball around an odd fake would cover much. Held-out
    pictures get what stands beside it. It does not see fakes where nothing is real: see image_precision.
    """

    seldom: ClassVar[bool] = True
    rank: ClassVar[int] = 6
    caveat: ClassVar[str] = (
        "By the 64 features of ganviz's classifier of digits; fakes where nothing is real do not count."
    )
    most: ClassVar[int] = 2000
    """Of either side: every one is compared with every other."""

    def of(self, sample: Sample, data: ImageDistribution) -> float:
        return covered(training_features(data)[: len(sample.features)], by=sample.features, kept=0.5)

    def label(self) -> str:
        return "recall"

    def reading(self, value: float, perfect: float) -> str:
        return f"{self.term()} <b>{written(value, 2)}</b> (real: {written(perfect, 2)})"
