"""The standard normal latent."""

import torch
from torch import Tensor

from ganviz.contracts.latent import Latent
from ganviz.contracts.source import Source


class Normal(Latent):
    """Normal latent: every coordinate of z standard normal.

    With an affine G this makes p_g itself normal: N(b, w²) for G(z) = w z + b.
    """

    def sample(self, n: int, source: Source) -> Tensor:
        return source.normal(n, self.dim)

    def quantile(self, u: Tensor) -> Tensor:
        # Clipped at ±6.5 standard deviations: beyond lies 1e-10 of the mass.
        z: Tensor = torch.special.ndtri(u)
        return z.clamp(-6.5, 6.5)
