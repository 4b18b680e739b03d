"""How far apart the mean directions are."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
from ganviz.spaces.circle.snapshot import CircleSnapshot
from numpy.typing import NDArray

from ganviz.engine.snapshot import Snapshot
from ganviz.experiment import Experiment
from ganviz.metrics.base import Metric


class MeanDirection(Metric):
    """Angle between the mean directions of real and fake samples, in radians from 0 to π.

    A mean direction is that of the sum of all unit vectors. It does not see how widely the samples are spread.
    """

    space: ClassVar[str] = "circle"

    def measure(self, snapshot: Snapshot) -> float:
        seen = CircleSnapshot.of(snapshot)
        away = direction(seen.fake) - direction(seen.real)
        return float(abs((away + math.pi) % (2 * math.pi) - math.pi))

    def label(self) -> str:
        return "mean direction (radians)"

    def at_equilibrium(self, experiment: Experiment) -> float:
        return 0.0


def direction(angles: NDArray[np.floating]) -> float:
    """The direction of the sum of unit vectors at these angles (n,)."""
    return math.atan2(float(np.sin(angles).sum()), float(np.cos(angles).sum()))
