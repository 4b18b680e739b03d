"""The zero-centred penalty on real data."""

from torch import Tensor

from ganviz.contracts.regularizer import Regularizer, TermInputs
from ganviz.option import live
from ganviz.regularizers._slopes import slopes


class R1(Regularizer):
    """R1 (Mescheder et al. 2018): D should be flat on the data.

    (γ/2) E_p[‖∇ₓD(x)‖²], with the ½, on the raw score, per sample and then averaged.
    Makes the game locally convergent. On the Dirac-GAN γ = 1 damps critically.
    Watch the oscillation die: the larger γ, the flatter D, the slower but steadier p_g.
    """

    gamma: float = live(0.1, ge=0, le=100, log=True, description="Weight γ, with the ½ outside it.")

    def term(self, inputs: TermInputs) -> Tensor:
        return 0.5 * self.gamma * slopes(inputs, inputs.real).square().sum(1).mean()
