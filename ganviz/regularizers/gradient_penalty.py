"""The second cure of WGAN."""

import torch
from torch import Generator, Tensor

from ganviz.option import live
from ganviz.regularizers.base import Regularizer, Shapes, Turn


class GradientPenalty(Regularizer):
    """WGAN-GP (Gulrajani et al. 2017): D's slope between real and fake samples is pulled towards a target.

    λ E[(‖∇ₓD(x̂)‖ − g₀)²] with x̂ = u x + (1 − u) x̃, u uniform on [0, 1]; the norm is taken per sample, then averaged
    (no ½). The gradient is that of the raw score. A critic on Diracs at distance d has slope g₀ + d/(2λ).
    Watch p_g circle around the data with g₀ = 1: the penalty forbids the flat D that equilibrium needs.
    """

    weight: float = live(10.0, ge=0, le=100, log=True, description="Weight λ of the penalty.")
    target: float = live(1.0, ge=0, le=5, description="Wanted gradient norm g₀; 0 centres the penalty at a flat D.")

    def noise(self, n: int, shapes: Shapes, generator: Generator) -> dict[str, Tensor]:
        return {"u": torch.rand(n, 1, generator=generator)}

    def term(self, turn: Turn) -> Tensor:
        u = turn.noise["u"][: len(turn.real)].view(-1, *[1] * (turn.real.dim() - 1))
        between = torch.lerp(turn.fake, turn.real, u).requires_grad_()
        (slope,) = torch.autograd.grad(turn.score(between).sum(), between, create_graph=True)
        squared = slope.flatten(1).square().sum(1)
        # The root has no derivative at 0; this keeps the gradient finite there and changes no norm above 1e-6.
        norm = squared.clamp_min(1e-12).sqrt()
        return self.weight * (norm - self.target).square().mean()
