"""The numbers of a run on pictures of anything over time."""

from __future__ import annotations

from typing import ClassVar

from ganviz.figures._image_means import MEANS, MEANS_TITLE, ImageMeans
from ganviz.figures._panels import LOSSES, LOSSES_TITLE, NORMS, NORMS_TITLE, Curve, colored
from ganviz.figures._style import DISCRIMINATOR, THEORY


class PictureCurves(ImageMeans):
    """Losses; the mean of D(x) on pictures it is trained on, on others and on fakes, dotted where D is undecided; the
    shares of near-duplicates and of fakes suspiciously near to a training picture, which need no classifier; gradient
    norms of both players. Against the step; the third and the fourth panel on a logarithmic axis.
    """

    curves: ClassVar = (
        *LOSSES,
        *MEANS,
        Curve("duplicates", 3, "duplicates", THEORY),
        Curve("memorised", 3, "memorised", DISCRIMINATOR),
        *NORMS,
    )
    titles: ClassVar = (
        LOSSES_TITLE,
        MEANS_TITLE,
        f"shares of {colored('duplicates', THEORY)}, {colored('memorised', DISCRIMINATOR)}",
        NORMS_TITLE,
    )
