"""How many fakes look real."""

from __future__ import annotations

from typing import ClassVar

from ganviz.experiment import Experiment
from ganviz.metrics._neighbours import SAMPLES, covered
from ganviz.metrics._plane import PlaneMetric
from ganviz.metrics._real_pairs import real_against_real
from ganviz.spaces.plane.snapshot import PlaneSnapshot
from ganviz.written import written


class Precision(PlaneMetric):
    """Share of the fakes that lie where real samples are, from 0 to 1.

    A ball around each real sample reaches to its 3rd nearest real neighbour; a fake in any of the balls counts
    (Kynkäänniemi et al. 2019), from the first 1000 samples of either side. The balls leave gaps, so a perfect sampler
    gets less than 1, and fakes crowded where p_data is dense get more. It does not see what is missing: see recall.
    """

    slow: ClassVar[bool] = True
    rank: ClassVar[int] = 6

    def in_plane(self, snapshot: PlaneSnapshot) -> float:
        return covered(snapshot.fake[:SAMPLES], by=snapshot.real[:SAMPLES])

    def label(self) -> str:
        return "precision"

    def reading(self, value: float, perfect: float) -> str:
        return f"{self.term()} <b>{written(value, 2)}</b> (perfect: {written(perfect, 2)})"

    def at_equilibrium(self, experiment: Experiment) -> float:
        return real_against_real(experiment.data, covered, SAMPLES)
