"""Fakes that are copies of training pictures."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar

import numpy as np

from ganviz.distributions._images import ImageDistribution
from ganviz.metrics._distances import flattened, to_nearest
from ganviz.metrics._images import ImageMetric, Sample, held_out
from ganviz.metrics._reading import percent
from ganviz.training.image_observer import flat

SAMPLES = 2000
"""Samples that are compared with all training pictures."""

REAL = 5000
"""Held-out pictures that are: they decide what is suspiciously near."""

SHARE = 0.01
"""Share of them that is."""


class Memorised(ImageMetric):
    """Share of the fakes that are suspiciously near to a training picture, from 0 to 1.

    A picture is suspiciously near when it is nearer to one of the training pictures, in pixels, than 99 % of 5000
    held-out pictures are to theirs; so 1 % is what new pictures get, and much more is a sign of copies. From the first
    2000 fakes, by exact search. Blurred pictures and thin ones are near to many others: look at the pairs themselves
    before you believe it. A G that copies with a shift of one pixel is not caught.
    """

    rank: ClassVar[int] = 8

    def samples(self, data: ImageDistribution) -> int:
        return min(SAMPLES, super().samples(data))

    def of(self, sample: Sample, data: ImageDistribution) -> float:
        return float(np.mean(to_nearest(flattened(sample.pictures), flat(data)) < threshold(data)))

    def label(self) -> str:
        return "memorised (share)"

    def reading(self, value: float, perfect: float) -> str:
        return f"memorised <b>{percent(value)}</b> (new pictures: {percent(perfect)})"


@lru_cache(maxsize=8)
def threshold(data: ImageDistribution) -> float:
    """The distance to a training picture below which a picture is suspiciously near."""
    return float(np.quantile(to_nearest(flattened(held_out(data).pictures[:REAL]), flat(data)), SHARE))
