"""Fakes that are copies of training pictures."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ganviz.contracts.remembered import remembered
from ganviz.distributions._images import ImageDistribution
from ganviz.metrics._distances import flattened, to_nearest
from ganviz.metrics._images import ImageMetric, Sample, held_out
from ganviz.spaces.images.collection import pixels, squared_lengths
from ganviz.spaces.images.snapshot import Pictures
from ganviz.written import percent

Array = NDArray[np.float64]

REAL = 5000
"""Held-out pictures that are compared too: they decide what is suspiciously near."""

SHARE = 0.01
"""Share of them that is."""


class Memorised(ImageMetric):
    """Share of the fakes that are suspiciously near to a training picture, from 0 to 1.

    A picture is suspiciously near when it is nearer to one of the training pictures, in pixels, than 99 % of 5000
    held-out pictures are to theirs; so 1 % is what new pictures get, and much more is a sign of copies. From the first
    2000 fakes, by exact search. Blurred pictures and thin ones are near to many others: look at the pairs themselves
    before you believe it. A G that copies with a shift of one pixel is not caught.
    """

    seldom: ClassVar[bool] = True
    rank: ClassVar[int] = 8
    caveat: ClassVar[str] = (
        "Near is what only 1 % of new pictures are, in pixels. Blurred and thin ones are near to "
        "many: look at the pairs."
    )
    most: ClassVar[int] = 2000
    """Every one is compared with all training pictures."""

    def of(self, sample: Sample, data: ImageDistribution) -> float:
        return float(np.mean(_to_training(sample.pictures, data) < threshold(data)))

    def label(self) -> str:
        return "memorised (share)"

    def reading(self, value: float, perfect: float) -> str:
        return f"{self.term()} <b>{percent(value)}</b> (new pictures: {percent(perfect)})"


@remembered(2)
def threshold(data: ImageDistribution) -> float:
    """The distance to a training picture below which a picture is suspiciously near."""
    return float(np.quantile(_to_training(held_out(data).pictures[:REAL], data), SHARE))


def _to_training(pictures: Pictures, data: ImageDistribution) -> Array:
    """How far each picture is from the nearest training picture, (n,)."""
    return to_nearest(flattened(pictures), pixels(data), squared_lengths(data))
