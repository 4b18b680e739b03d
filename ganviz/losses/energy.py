"""D as an energy."""

import torch
from torch import Tensor
from torch.nn.functional import relu, softplus

from ganviz.contracts.loss import SeparableLoss
from ganviz.option import live


class Energy(SeparableLoss):
    """Energy-based GAN (Zhao et al. 2017): D gives low energy to data, and to fakes an energy up to a margin m.

    Energy E = softplus(−score) ≥ 0. D minimises E_p[E] + E_q[max(0, m − E)], G minimises E_q[E] (no ½).
    E* = 0 where p > q, m where p < q, anything in between where they are equal; V = −m (1 − TV), TV = ½∫|p − q|.
    At p_g = p_data the D-loss is m, the G-loss any level in [0, m]: the one shown as equilibrium is m/2.
    Drawn is −E. Watch fakes beyond the margin be left alone by D.
    """

    margin: float = live(1.0, gt=0, le=10, description="Energy m up to which D pushes fakes.")

    def d_real(self, score: Tensor) -> Tensor:
        return softplus(-score)

    def d_fake(self, score: Tensor) -> Tensor:
        return relu(self.margin - softplus(-score))

    def g_fake(self, score: Tensor) -> Tensor:
        return softplus(-score)

    def discriminate(self, score: Tensor) -> Tensor:
        return -softplus(-score)

    def decision(self) -> float:
        return -self.margin / 2

    def scale(self) -> tuple[float, float]:
        return -1.25 * self.margin, 0.0

    def optimal_score(self, edges: Tensor, p: Tensor, q: Tensor) -> Tensor:
        energy = self.margin * (1 + torch.sign(q - p)) / 2
        # softplus(−s) = E  ⇔  s = −log(eᴱ − 1), +∞ for E = 0
        return -torch.expm1(energy).log()

    def equilibrium(self) -> tuple[float, float]:
        return self.margin, self.margin / 2
