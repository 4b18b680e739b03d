"""The second cure of WGAN."""

from typing import Literal

import torch
from torch import Tensor

from ganviz.contracts.regularizer import Regularizer, Shapes, TermInputs
from ganviz.contracts.source import Source
from ganviz.option import live
from ganviz.regularizers._slopes import between, norms, slopes


class GradientPenalty(Regularizer):
    """WGAN-GP (Gulrajani et al. 2017): D's slope between real and fake samples is pulled towards a target.

    λ E[(‖∇ₓD(x̂)‖ − g₀)²] with x̂ = u x + (1 − u) x̃, u uniform on [0, 1]; the norm is taken per sample, then averaged
    (no ½). The gradient is that of the raw score. One-sided, only slopes above g₀ pay. A critic on Diracs at distance
    d has slope g₀ + d/(2λ). Watch p_g circle around the data with g₀ = 1: the penalty forbids the flat D that
    equilibrium needs.
    """

    weight: float = live(10.0, ge=0, le=100, log=True, description="Weight λ of the penalty.")
    target: float = live(1.0, ge=0, le=5, description="Wanted gradient norm g₀; 0 centres the penalty at a flat D.")
    where: Literal["interpolates", "real", "fake"] = live("interpolates", description="At which points D is looked at.")
    sides: Literal["both", "above"] = live("both", description="Whether slopes below the target pay too.")

    def noise(self, n: int, shapes: Shapes, source: Source) -> dict[str, Tensor]:
        return {"u": source.uniform(n, 1)}

    def term(self, inputs: TermInputs) -> Tensor:
        points = {"real": inputs.real, "fake": inputs.fake}.get(self.where)
        points = between(inputs) if points is None else points
        excess = norms(slopes(inputs, points)) - self.target
        if self.sides == "above":
            excess = torch.relu(excess)
        return self.weight * excess.square().mean()
