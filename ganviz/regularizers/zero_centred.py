"""The zero-centred penalty between real and fake."""

from torch import Tensor

from ganviz.contracts.regularizer import Regularizer, Shapes, TermInputs
from ganviz.contracts.source import Source
from ganviz.option import live
from ganviz.regularizers._slopes import between, slopes


class ZeroCentred(Regularizer):
    """Zero-centred gradient penalty on interpolates: D should be flat everywhere between real and fake samples.

    (γ/2) E[‖∇ₓD(x̂)‖²], with the ½, x̂ = u x + (1 − u) x̃ with u uniform on [0, 1], per sample and then averaged.
    On the Dirac-GAN the same as R1; a linear critic on Diracs at distance d gets the slope d/γ under WGAN.
    Watch D go smoothly from fake to real, instead of in one cliff.
    """

    gamma: float = live(0.1, ge=0, le=100, log=True, description="Weight γ, with the ½ outside it.")

    def noise(self, n: int, shapes: Shapes, source: Source) -> dict[str, Tensor]:
        return {"u": source.uniform(n, 1)}

    def term(self, inputs: TermInputs) -> Tensor:
        return 0.5 * self.gamma * slopes(inputs, between(inputs)).square().sum(1).mean()
