"""V(D, G)."""

import math

import torch

from ganviz.experiment import Experiment
from ganviz.metrics._line import LineMetric
from ganviz.spaces.line.snapshot import LineSnapshot


class Value(LineMetric):
    """V(D, G): the objective that D maximises, by quadrature over both densities instead of over a minibatch.

    For the log losses V = E_p[log D] + E_q[log(1 − D)] (2014, eq. 1); in general −(D's loss). It never exceeds C(G).
    """

    def on_line(self, snapshot: LineSnapshot) -> float:
        if not snapshot.judged_singly:
            return math.nan
        _, p, q = snapshot.compared()
        return snapshot.experiment.loss.value(p, q, torch.from_numpy(snapshot.score))

    def label(self) -> str:
        return "V(D, G)"

    def at_equilibrium(self, experiment: Experiment) -> float:
        return -experiment.loss.equilibrium()[0]
