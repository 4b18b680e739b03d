"""A little less each time."""

import torch
from torch import Tensor

from ganviz.contracts.schedule import Schedule
from ganviz.option import live


class Exponential(Schedule):
    """Exponential decay, as in the code of the 2014 paper: divided by 1 + rate after every update, down to a floor.

    Factor max((1 + rate)⁻ᵗ, floor) after t updates of a player. The paper's code has rate 4·10⁻⁶ and stops at 10⁻⁵ of
    the first learning rate: 0.82 of it is left after 50,000 updates. Watch nothing for a long time: that is the point.
    """

    rate: float = live(4e-6, ge=1e-7, le=0.01, log=True, description="What is added to 1 in the divisor.")
    floor: float = live(1e-5, ge=0, le=1, description="Share of the learning rate that always stays.")

    def factor(self, updates: Tensor) -> Tensor:
        rate = torch.as_tensor(self.rate, dtype=updates.dtype, device=updates.device)
        # Not a power of 1 + rate: in single precision this sum is wrong by a hundredth of the rate.
        return torch.clamp(torch.exp(-updates * torch.log1p(rate)), min=self.floor)
