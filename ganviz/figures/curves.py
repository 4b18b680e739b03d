"""The numbers of a run on the line over time."""

from __future__ import annotations

from typing import ClassVar

from ganviz.figures._panels import LOSSES, LOSSES_TITLE, NORMS, NORMS_TITLE, Curve, Panels, colored
from ganviz.figures._style import DISCRIMINATOR, REAL, THEORY


class Curves(Panels):
    """Losses; V(D, G) below C(G) with its floor (−log 4 for the log losses); JSD and W₁; gradient norms of both
    players. Against the step, in the scale of the loss; divergences and norms on a logarithmic axis.
    """

    space: ClassVar = "line"
    curves: ClassVar = (
        *LOSSES,
        Curve("value", 2, "V(D, G)", DISCRIMINATOR),
        Curve("cost", 2, "C(G)", REAL),
        Curve("jsd", 3, "JSD (nats)", REAL),
        Curve("w1", 3, "W₁", THEORY),
        *NORMS,
    )
    titles: ClassVar = (
        LOSSES_TITLE,
        f"{colored('V(D,G)', DISCRIMINATOR)} and {colored('C(G)', REAL)}",
        f"{colored('JSD', REAL)} and {colored('W₁', THEORY)}",
        NORMS_TITLE,
    )
    ideal: ClassVar = "cost"
