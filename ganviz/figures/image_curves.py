"""The numbers of a run on pictures over time."""

from __future__ import annotations

from typing import ClassVar, cast

from ganviz.experiment import Experiment
from ganviz.figures._panels import LOSSES, LOSSES_TITLE, NORMS, NORMS_TITLE, Curve, Panels, colored
from ganviz.figures._style import DISCRIMINATOR, FAKE, QUIET, REAL, THEORY
from ganviz.figures.base import View
from ganviz.training.snapshot import ImageSnapshot


class ImageCurves(Panels):
    """Losses; the mean of D(x) on pictures it is trained on, on others and on fakes, dotted where D is undecided;
    Fréchet distance and classifier score; gradient norms of both players. Against the step; the third and the fourth
    panel on a logarithmic axis.
    """

    curves: ClassVar = (
        *LOSSES,
        Curve("d_real", 2, "training", REAL),
        Curve("d_held_out", 2, "held out", QUIET),
        Curve("d_fake", 2, "fake", FAKE),
        Curve("frechet", 3, "Fréchet", THEORY),
        Curve("classifier_score", 3, "classifier score", DISCRIMINATOR),
        *NORMS,
    )
    titles: ClassVar = (
        LOSSES_TITLE,
        f"D on {colored('training', REAL)}, {colored('held out', QUIET)}, {colored('fake', FAKE)}",
        f"{colored('Fréchet', THEORY)}, {colored('classifier score', DISCRIMINATOR)}",
        NORMS_TITLE,
    )

    @classmethod
    def fits(cls, experiment: Experiment) -> bool:
        return experiment.data.kind == "images"

    def ideals(self, view: View) -> list[float]:
        snapshot = cast(ImageSnapshot, view.snapshot)
        return [] if snapshot.d_scale is None else [snapshot.undecided]
