"""C(G)."""

import math

from ganviz.experiment import Experiment
from ganviz.metrics._line import LineMetric
from ganviz.spaces.line.snapshot import LineSnapshot


class Cost(LineMetric):
    """C(G) = max_D V(D, G): what V would be if D were optimal against the current p_g.

    For the log losses C(G) = −log 4 + 2 JSD(p‖q) ≥ −log 4 = −1.386 (2014, theorem 1); for the Wasserstein loss
    C(G) = W₁. The gap between C(G) and V(D, G) says how far D is behind. Not known for losses without a closed form.
    """

    def on_line(self, snapshot: LineSnapshot) -> float:
        loss = snapshot.experiment.loss
        edges, p, q = snapshot.compared()
        best = loss.optimal_score(edges, p, q) if snapshot.judged_singly else None
        return math.nan if best is None else loss.value(p, q, best)

    def label(self) -> str:
        return "C(G)"

    def at_equilibrium(self, experiment: Experiment) -> float:
        return -experiment.loss.equilibrium()[0]
