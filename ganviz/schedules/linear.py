"""Down a straight line."""

from torch import Tensor

from ganviz.contracts.schedule import Schedule
from ganviz.option import live


class Linear(Schedule):
    """Linear schedule: the learning rates go from 1 to `final` of their slider over `steps` updates, then stay.

    Factor 1 + (final − 1)·min(1, t/steps) after t updates of a player. Watch the trembling of p_g end.
    """

    steps: int = live(10_000, ge=1, le=1_000_000, log=True, description="Updates until the end is reached.")
    final: float = live(0.0, ge=0, le=1, description="Share of the learning rate that is left then.")

    def factor(self, updates: Tensor) -> Tensor:
        share = (updates / self.steps).clamp(max=1.0)
        return 1 + (self.final - 1) * share
