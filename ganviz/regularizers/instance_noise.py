"""Blur both, then compare."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor

from ganviz.contracts.regularizer import Player, Regularizer, Shapes, Side
from ganviz.contracts.source import Source
from ganviz.option import live


class InstanceNoise(Regularizer):
    """Instance noise (Sønderby et al. 2017; Arjovsky and Bottou 2017): D sees real and fake samples through noise.

    x ↦ x + s·ε, ε normal, for both, in both players' turns; s = std · decay^updates. Densities that did not overlap
    do so after the blur, and D's gradient no longer vanishes. On the Dirac-GAN it acts like R1 with γ = s²/2.
    What is drawn is D(x) on clean points, and D*, V and C(G) are those of the blurred densities.
    Watch G find data it could not see.
    """

    acts_on_samples: ClassVar[bool] = True

    std: float = live(0.3, ge=0, le=5, description="Standard deviation s of the noise at the start, in units of x.")
    decay: float = live(1.0, ge=0.99, le=1, description="Factor on s after each update; 1 keeps it.")

    def players(self) -> tuple[Player, ...]:
        return ("g", "d")

    def noise(self, n: int, shapes: Shapes, source: Source) -> dict[str, Tensor]:
        return {side: source.normal(n, *shapes.sample) for side in ("real", "fake")}

    def samples(self, x: Tensor, side: Side, noise: dict[str, Tensor], updates: Tensor) -> Tensor:
        return x + self.std * self.decay ** updates.to(x.dtype) * noise[side]

    def compared(self, edges: Tensor, p: Tensor, q: Tensor, updates: int) -> tuple[Tensor, Tensor]:
        width = self.std * self.decay**updates
        if width == 0:
            return p, q
        # Row i: where the mass of cell i goes, taken to sit in the cell's middle.
        centers = (edges[1:] + edges[:-1]) / 2
        spread = torch.special.ndtr((edges[None, :] - centers[:, None]) / width).diff(dim=1)
        return p @ spread, q @ spread
