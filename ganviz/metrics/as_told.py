"""Whether G draws what it is told to."""

from __future__ import annotations

from typing import ClassVar

from ganviz.distributions._images import ImageDistribution
from ganviz.experiment import Experiment
from ganviz.metrics._digits import DigitMetric
from ganviz.metrics._images import Sample
from ganviz.written import percent


class AsTold(DigitMetric):
    """Share of the fakes that show the digit G was told, from 0 to 1: 0.1 by chance where all ten are equally frequent.

    10,000 fakes, each read by ganviz's classifier, which reads 99.5 % of the held-out pictures as what they are: that
    is what a perfect G gets. A G that draws one perfect 7 for every z gets it too; whether there is variety in each
    column is for image_recall.
    """

    rank: ClassVar[int] = 2
    caveat: ClassVar[str] = "Read by ganviz's classifier, which reads 99.5 % of the held-out pictures right."

    @classmethod
    def fits(cls, experiment: Experiment) -> bool:
        return super().fits(experiment) and bool(experiment.data.condition_names())

    def of(self, sample: Sample, data: ImageDistribution) -> float:
        return float((sample.probabilities.argmax(1) == sample.condition.argmax(1)).mean())

    def label(self) -> str:
        return "share drawn as told"

    def word(self) -> str:
        return "as told"

    def reading(self, value: float, perfect: float) -> str:
        return f"{self.term()} <b>{percent(value)}</b> (perfect {percent(perfect)})"
