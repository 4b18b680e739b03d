"""Fakes that are all but equal."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from ganviz.contracts.remembered import remembered
from ganviz.distributions._images import ImageDistribution
from ganviz.metrics._distances import flattened, to_nearest_other
from ganviz.metrics._images import ImageMetric, Sample, held_out
from ganviz.written import percent

SHARE = 0.01
"""Share of real pictures that are so near to another one that they count as duplicates."""


class Duplicates(ImageMetric):
    """Share of the fakes that have a near-duplicate among the other fakes, from 0 to 1.

    Two pictures count as duplicates when they are nearer to each other, in pixels, than 99 % of 5000 held-out pictures
    are to the nearest other one of those; so 1 % is what real pictures get. From the first 5000 fakes. A G that has
    collapsed to some pictures gets 1; so does one whose pictures are blurred, because blurred pictures are nearer to
    each other than real ones, and one that draws ones only, because these are the nearest of the digits.
    """

    seldom: ClassVar[bool] = True
    rank: ClassVar[int] = 7
    caveat: ClassVar[str] = (
        "Near is what only 1 % of real pictures are to each other, in pixels. Blur makes near, too, and so do ones."
    )
    most: ClassVar[int] = 5000
    """Every one is compared with every other."""

    def of(self, sample: Sample, data: ImageDistribution) -> float:
        return float(np.mean(to_nearest_other(flattened(sample.pictures)) < threshold(data)))

    def label(self) -> str:
        return "duplicates (share)"

    def reading(self, value: float, perfect: float) -> str:
        return f"{self.term()} <b>{percent(value)}</b> (real: {percent(perfect)})"


@remembered(2)
def threshold(data: ImageDistribution) -> float:
    """The distance below which two pictures count as duplicates: the root of a sum of squared pixels."""
    return float(np.quantile(to_nearest_other(flattened(held_out(data).pictures[: Duplicates.most])), SHARE))
