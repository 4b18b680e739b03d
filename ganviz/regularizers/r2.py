"""The zero-centred penalty on fakes."""

from torch import Tensor

from ganviz.contracts.regularizer import Regularizer, TermInputs
from ganviz.option import live
from ganviz.regularizers._slopes import slopes


class R2(Regularizer):
    """R2 (Mescheder et al. 2018): D should be flat where G puts its samples.

    (γ/2) E_q[‖∇ₓD(x̃)‖²], with the ½, on the raw score, per sample and then averaged; R1's mirror image.
    On the Dirac-GAN it does just what R1 does; relativistic with both is the game of R3GAN.
    Watch it hold D back in early training, when fakes are far from all data and R1 does not see D there.
    """

    gamma: float = live(0.1, ge=0, le=100, log=True, description="Weight γ, with the ½ outside it.")

    def term(self, inputs: TermInputs) -> Tensor:
        return 0.5 * self.gamma * slopes(inputs, inputs.fake).square().sum(1).mean()
