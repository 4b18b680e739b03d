"""Only too steep is wrong."""

import torch
from torch import Tensor

from ganviz.contracts.regularizer import Regularizer, Shapes, TermInputs
from ganviz.contracts.source import Source
from ganviz.option import live
from ganviz.regularizers._slopes import between, norms, slopes


class LipschitzPenalty(Regularizer):
    """WGAN-LP (Petzka et al. 2018): D pays where it is steeper than 1 between real and fake samples, and only there.

    λ E[max(0, ‖∇ₓD(x̂)‖ − 1)²], x̂ = u x + (1 − u) x̃, per sample and then averaged (no ½).
    An optimal critic is 1-Lipschitz, but need not have slope 1 everywhere: a flat D pays nothing here.
    Watch the game come to rest where the two-sided penalty keeps circling.
    """

    weight: float = live(10.0, ge=0, le=100, log=True, description="Weight λ of the penalty.")

    def noise(self, n: int, shapes: Shapes, source: Source) -> dict[str, Tensor]:
        return {"u": source.uniform(n, 1)}

    def term(self, inputs: TermInputs) -> Tensor:
        return self.weight * torch.relu(norms(slopes(inputs, between(inputs))) - 1).square().mean()
