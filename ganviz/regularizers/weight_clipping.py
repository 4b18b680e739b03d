"""The first cure of WGAN."""

from torch import Tensor

from ganviz.contracts.regularizer import Player, Regularizer, Slots
from ganviz.option import live


class WeightClipping(Regularizer):
    """Weight clipping (Arjovsky et al. 2017): after each update every parameter of D goes back into [−c, c].

    Bounds D's Lipschitz constant crudely, by the network's shape rather than by 1. The paper used c = 0.01.
    Watch D become a straight line: clipping drives weights to ±c and favours too simple critics.
    """

    c: float = live(0.1, gt=0, le=1, log=True, description="Largest absolute value c of D's parameters.")

    def after(self, player: Player, parameters: Tensor, slots: Slots) -> tuple[Tensor, Slots]:
        # min and max, not clamp: its bounds may be tensors of another dtype here.
        bound = parameters.new_ones(()) * self.c
        return parameters.clamp(-bound, bound), slots
