"""No chance at all."""

import torch
from torch import Tensor

from ganviz.contracts.latent import Latent
from ganviz.contracts.source import Source


class Constant(Latent):
    """Every z is 1, so that G puts all its mass in the one point G(1).

    For games without chance, such as the Dirac-GAN: there G(1) = θ. Watch p_g be a spike, whatever G is.
    """

    def sample(self, n: int, source: Source) -> Tensor:
        return torch.ones(n, self.dim, dtype=torch.float32)

    def quantile(self, u: Tensor) -> Tensor:
        return torch.ones_like(u)
