"""Whether G draws what it is told to."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import ClassVar, cast

import numpy as np
import torch

from ganviz.distributions._images import ImageDistribution, as_samples
from ganviz.experiment import Experiment
from ganviz.metrics._classifier import probabilities
from ganviz.metrics._images import fakes_of
from ganviz.metrics._reading import written
from ganviz.metrics.base import Metric
from ganviz.training.snapshot import ImageSnapshot, Pictures, Snapshot


class AsTold(Metric):
    """Share of the fakes that show the digit G was told, from 0 to 1: 0.1 by chance where all ten are equally frequent.

    10,000 fakes, each read by ganviz's classifier, which reads 99.5 % of the held-out pictures as what they are: that
    is what a perfect G gets. A G that draws one perfect 7 for every z gets it too; whether there is variety in each
    column is for image_recall.
    """

    slow: ClassVar[bool] = True
    rank: ClassVar[int] = 2

    @classmethod
    def fits(cls, experiment: Experiment) -> bool:
        data = cast(ImageDistribution, experiment.data)
        return data.classes > 0 and data.kind == "images" and data.shows_digits

    def measure(self, snapshot: Snapshot) -> float:
        fakes = fakes_of(cast(ImageSnapshot, snapshot))
        if not np.isfinite(fakes.pictures).all():
            return math.nan
        told = cast(ImageSnapshot, snapshot).told(len(fakes.pictures))
        return float((fakes.probabilities.argmax(1) == told.argmax(1)).mean())

    def at_equilibrium(self, experiment: Experiment) -> float:
        return _of_held_out(cast(ImageDistribution, experiment.data))

    def label(self) -> str:
        return "share drawn as told"

    def reading(self, value: float, perfect: float) -> str:
        return f"as told <b>{_percent(value)}</b> (perfect {_percent(perfect)})"


def _percent(share: float) -> str:
    return f"{written(100 * share, 1)} %"


@lru_cache(maxsize=4)
def _of_held_out(data: ImageDistribution) -> float:
    held_out = data.held_out()
    told = data.told_of_held_out(torch.arange(len(held_out))).numpy()
    seen: Pictures = as_samples(held_out)[:, 0].numpy()
    return float((probabilities(seen).argmax(1) == told.argmax(1)).mean())
