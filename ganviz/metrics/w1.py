"""The 1-Wasserstein distance."""

import numpy as np

from ganviz.experiment import Experiment
from ganviz.metrics._line import LineMetric
from ganviz.spaces.line.snapshot import LineSnapshot


class W1(LineMetric):
    """1-Wasserstein (earth mover's) distance of p_data and p_g, in units of x: how far mass must travel on average.

    On the line W₁ = ∫ |F_p(x) − F_q(x)| dx. What lies farther out than a million window widths counts as lying in the
    last cell before: where p_data has no mean (Student's t with ν = 1) W₁ is infinite, and the number shown is finite.
    """

    def on_line(self, snapshot: LineSnapshot) -> float:
        gap = np.concatenate([[0.0], np.cumsum(snapshot.p - snapshot.q)])
        width = np.diff(snapshot.edges)
        left, right = np.abs(gap[:-1]), np.abs(gap[1:])
        # The gap is linear inside a cell; where it changes sign it leaves two triangles instead of a trapezoid.
        crossing = gap[:-1] * gap[1:] < 0
        total = left + right
        triangles = (left**2 + right**2) / np.where(crossing, total, 1.0)
        return float(np.sum(width * np.where(crossing, triangles, total) / 2))

    def label(self) -> str:
        return "W₁ (units of x)"

    def at_equilibrium(self, experiment: Experiment) -> float:
        return 0.0
