"""The earth mover's game."""

import torch
from torch import Tensor

from ganviz.contracts.loss import PotentialLoss, SeparableLoss


class Wasserstein(PotentialLoss, SeparableLoss):
    """WGAN (Arjovsky et al. 2017): D is a critic whose mean differs as much as possible between real and fake.

    D minimises E_q[D] − E_p[D], G minimises −E_q[D]; D = score, without any squashing.
    Over 1-Lipschitz critics the optimum is Kantorovich's potential and its value W₁(p, q); 0 at p_g = p_data.
    The critic must be kept Lipschitz by weight_clipping, gradient_penalty or spectral_norm: watch its losses run
    away without, and its slope, not its level, carry p_g with.
    """

    def d_real(self, score: Tensor) -> Tensor:
        return -score

    def d_fake(self, score: Tensor) -> Tensor:
        return score

    def g_fake(self, score: Tensor) -> Tensor:
        return -score

    def optimal_score(self, edges: Tensor, p: Tensor, q: Tensor) -> Tensor:
        # The slope is +1 where p_g's mass still has to go right (F_q > F_p) and -1 where it has to go left; the
        # potential is fixed up to a constant, chosen here so that it averages to 0 over the data.
        centers = (edges[1:] + edges[:-1]) / 2
        slope = (q - p).cumsum(0)[:-1].sign()
        potential = torch.cat([slope.new_zeros(1), (slope * centers.diff()).cumsum(0)])
        return potential - (p * potential).sum()

    def equilibrium(self) -> tuple[float, float]:
        return 0.0, 0.0
