"""The stage for pictures."""

from __future__ import annotations

from typing import ClassVar

from ganviz.experiment import Experiment
from ganviz.figures._tile_stage import TileStage


class ImageStage(TileStage):
    """Left, G(z) for 64 latents that stay the same, so that each sample can be followed. The column in the yellow frame
    holds the training picture that is nearest to the last sample of each row, as in Figure 2 of Goodfellow et al. 2014:
    a generator that had learned by heart would show the same picture twice. It is looked for now and then.
    Right, histograms of D(x) on pictures that D is trained on, on others that it never saw, and on fakes.

    Click a sample to keep it (blue frame: the one kept before), click the yellow column to see the nearest training
    picture of every sample.
    """

    columns: ClassVar[int] = 8

    @classmethod
    def fits(cls, experiment: Experiment) -> bool:
        return super().fits(experiment) and not experiment.data.condition_names()
