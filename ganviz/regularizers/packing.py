"""D judges several samples together."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor

from ganviz.contracts.regularizer import Player, Regularizer
from ganviz.experiment import Experiment
from ganviz.option import rebuild


class Packing(Regularizer):
    """PacGAN (Lin et al. 2018): D sees m samples at once, all real or all fake, and says which.

    A minibatch of n becomes n/m packs, each the m samples side by side. A generator without variety betrays itself: its
    packs lack the spread that real ones have. D*(x₁…x_m) compares ∏p with ∏q; drawn is D at m copies of x, whose
    optimum is σ(m log p/q); V and C(G) would be integrals over m lines, and are not shown. Watch p_g leave a single
    mode sooner.
    """

    joint: ClassVar[bool] = True

    m: int = rebuild(2, ge=2, le=8, description="Samples in a pack.")

    def players(self) -> tuple[Player, ...]:
        return ("g", "d")

    def structure(self) -> object:
        return "packing", self.m

    def objection(self, experiment: Experiment) -> str | None:
        if not experiment.loss.outputs():
            return f"packing acts on the discriminator, and the loss {experiment.loss.option_name()} has none."
        if experiment.batch_size % self.m:
            return f"packing needs a batch size that is a multiple of {self.m}, and {experiment.batch_size} is none."
        return None

    def seen_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        return (self.m * shape[0], *shape[1:])

    def group(self, x: Tensor) -> Tensor:
        return x.reshape(len(x) // self.m, self.m * x.shape[1], *x.shape[2:])

    def compared(self, edges: Tensor, p: Tensor, q: Tensor, updates: int) -> tuple[Tensor, Tensor]:
        # At m copies of x the densities are the m-th powers; scaled so that the larger is 1, lest they underflow.
        top = torch.maximum(p, q).clamp_min(1e-300)
        return (p / top) ** self.m, (q / top) ** self.m

    def repeat(self, x: Tensor) -> Tensor:
        return torch.cat([x] * self.m, 1)
