"""Only samples near the boundary count."""

import torch
from torch import Tensor
from torch.nn.functional import relu

from ganviz.contracts.loss import SeparableLoss


class Hinge(SeparableLoss):
    """The hinge game (Lim and Ye 2017): D learns only from samples within the margin, as in geometric GAN and SAGAN.

    D minimises E_p[max(0, 1 − s)] + E_q[max(0, 1 + s)] (no ½), G minimises −E_q[s]; D(x) = s, the raw score.
    D* = sign(p − q), V = −2 (1 − TV) with TV = ½∫|p − q|. At p_g = p_data: D-loss 2, G-loss 0.
    Watch D level off at ±1: beyond the margin nothing pulls.
    """

    def d_real(self, score: Tensor) -> Tensor:
        return relu(1 - score)

    def d_fake(self, score: Tensor) -> Tensor:
        return relu(1 + score)

    def g_fake(self, score: Tensor) -> Tensor:
        return -score

    def discriminate(self, score: Tensor) -> Tensor:
        return score

    def decision(self) -> float:
        return 0.0

    def scale(self) -> tuple[float, float]:
        # The score may pass the margin: some air on both sides.
        return -2.0, 2.0

    def optimal_score(self, edges: Tensor, p: Tensor, q: Tensor) -> Tensor:
        return torch.sign(p - q)

    def equilibrium(self) -> tuple[float, float]:
        return 2.0, 0.0
