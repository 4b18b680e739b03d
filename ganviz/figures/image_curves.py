"""The numbers of a run on pictures of digits over time."""

from __future__ import annotations

from typing import ClassVar

from ganviz.experiment import Experiment
from ganviz.figures._image_means import MEANS, MEANS_TITLE, ImageMeans
from ganviz.figures._panels import LOSSES, LOSSES_TITLE, NORMS, NORMS_TITLE, Curve, colored
from ganviz.figures._style import DISCRIMINATOR, THEORY
from ganviz.spaces.images.collection import collection


class ImageCurves(ImageMeans):
    """Losses; the mean of D(x) on pictures it is trained on, on others and on fakes, dotted where D is undecided;
    Fréchet distance and classifier score; gradient norms of both players. Against the step; the third and the fourth
    panel on a logarithmic axis.
    """

    special: ClassVar = 1
    curves: ClassVar = (
        *LOSSES,
        *MEANS,
        Curve("frechet", 3, "Fréchet", THEORY),
        Curve("classifier_score", 3, "classifier score", DISCRIMINATOR),
        *NORMS,
    )
    titles: ClassVar = (
        LOSSES_TITLE,
        MEANS_TITLE,
        f"{colored('Fréchet', THEORY)}, {colored('classifier score', DISCRIMINATOR)}",
        NORMS_TITLE,
    )

    @classmethod
    def fits(cls, experiment: Experiment) -> bool:
        return super().fits(experiment) and collection(experiment.data).shows_digits
