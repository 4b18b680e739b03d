"""How much of the real is covered by fakes."""

from __future__ import annotations

from typing import ClassVar

from ganviz.experiment import Experiment
from ganviz.metrics._neighbours import SAMPLES, covered
from ganviz.metrics._plane import PlaneMetric
from ganviz.metrics._real_pairs import real_against_real
from ganviz.spaces.plane.snapshot import PlaneSnapshot
from ganviz.written import written


class Recall(PlaneMetric):
    """Share of the real samples that lie where fakes are, from 0 to 1.

    A ball around each fake reaches to its 3rd nearest fake neighbour; a real sample in any of the balls counts
    (Kynkäänniemi et al. 2019), from the first 1000 samples of either side. The balls leave gaps, so a perfect sampler
    gets less than 1. It does not see fakes where nothing is real (see precision): a few of them, scattered, have balls
    so large that they cover much.
    """

    slow: ClassVar[bool] = True
    rank: ClassVar[int] = 7

    def in_plane(self, snapshot: PlaneSnapshot) -> float:
        return covered(snapshot.real[:SAMPLES], by=snapshot.fake[:SAMPLES])

    def label(self) -> str:
        return "recall"

    def reading(self, value: float, perfect: float) -> str:
        return f"{self.term()} <b>{written(value, 2)}</b> (perfect: {written(perfect, 2)})"

    def at_equilibrium(self, experiment: Experiment) -> float:
        return real_against_real(experiment.data, covered, SAMPLES)
