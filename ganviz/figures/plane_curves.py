"""The numbers of a run in the plane over time."""

from __future__ import annotations

from typing import ClassVar

from ganviz.figures._panels import LOSSES, LOSSES_TITLE, NORMS, NORMS_TITLE, Curve, Panels, colored
from ganviz.figures._style import DISCRIMINATOR, FAKE, REAL, THEORY


class PlaneCurves(Panels):
    """Losses; the share of fakes of high quality (of data with modes) with the perfect sampler's, precision and recall;
    W₂ and MMD²; gradient norms of both players. Against the step; distances and norms on a logarithmic axis.
    """

    space: ClassVar = "plane"
    curves: ClassVar = (
        *LOSSES,
        Curve("high_quality", 2, "high quality", FAKE),
        Curve("precision", 2, "precision", DISCRIMINATOR),
        Curve("recall", 2, "recall", REAL),
        Curve("w2", 3, "W₂", THEORY),
        Curve("mmd", 3, "MMD²", REAL),
        *NORMS,
    )
    titles: ClassVar = (
        LOSSES_TITLE,
        f"{colored('quality', FAKE)}, {colored('precision', DISCRIMINATOR)}, {colored('recall', REAL)}",
        f"{colored('W₂', THEORY)} and {colored('MMD²', REAL)}",
        NORMS_TITLE,
    )
    ideal: ClassVar = "high_quality"
