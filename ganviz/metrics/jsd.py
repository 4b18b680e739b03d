"""The Jensen-Shannon divergence."""

import numpy as np
from numpy.typing import NDArray

from ganviz.experiment import Experiment
from ganviz.metrics._line import LineMetric
from ganviz.spaces.line.snapshot import LineSnapshot

Array = NDArray[np.float64]


class Jsd(LineMetric):
    """Jensen-Shannon divergence of p_data and p_g, in nats: from 0 (equal) to log 2 = 0.693 (disjoint).

    JSD(p‖q) = ½ KL(p‖m) + ½ KL(q‖m) with m = (p + q)/2: the mean of two KLs, so that C(G) = −log 4 + 2 JSD.
    """

    def on_line(self, snapshot: LineSnapshot) -> float:
        middle = (snapshot.p + snapshot.q) / 2
        return float(np.maximum(0.0, (_kl(snapshot.p, middle) + _kl(snapshot.q, middle)) / 2))

    def label(self) -> str:
        return "JSD (nats)"

    def at_equilibrium(self, experiment: Experiment) -> float:
        return 0.0


def _kl(p: Array, q: Array) -> float:
    """KL divergence of cell masses in nats, where q > 0 wherever p > 0; NaN where a mass is."""
    some = ~(p <= 0)
    return float(np.sum(p[some] * np.log(p[some] / q[some])))
