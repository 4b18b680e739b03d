"""No schedule."""

from torch import Tensor

from ganviz.contracts.schedule import Schedule


class Constant(Schedule):
    """The learning rates stay where the sliders put them.

    Watch p_g keep trembling around p_data at the end: its steps do not get smaller.
    """

    def factor(self, updates: Tensor) -> float:
        return 1.0
