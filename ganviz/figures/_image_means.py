"""What the curves of all runs on pictures have in common."""

from __future__ import annotations

from abc import ABC
from typing import ClassVar

from ganviz.figures._panels import Curve, Panels, colored
from ganviz.figures._style import FAKE, QUIET, REAL
from ganviz.figures.base import View
from ganviz.spaces.images.snapshot import ImageSnapshot

MEANS = (
    Curve("d_real", 2, "training", REAL),
    Curve("d_held_out", 2, "held out", QUIET, "dash"),
    Curve("d_fake", 2, "fake", FAKE),
)
MEANS_TITLE = f"D on {colored('training', REAL)}, {colored('held out', QUIET)}, {colored('fake', FAKE)}"


class ImageMeans(Panels, ABC):
    """Panels of which the second has the mean of D(x) on pictures it is trained on, on others and on fakes, dotted
    where D is undecided."""

    space: ClassVar[str] = "images"

    def ideals(self, view: View) -> list[float]:
        snapshot = ImageSnapshot.of(view.snapshot)
        return [] if snapshot.d_scale is None else [snapshot.undecided]
