"""The latent of the 2014 paper's Figure 1."""

import torch
from torch import Generator, Tensor

from ganviz.latents.base import Latent


class Uniform(Latent):
    """Uniform latent: every coordinate of z uniform on [−1, 1].

    The latent of Figure 1 in Goodfellow et al. 2014. Bounded, so that p_g has bounded support.
    """

    def sample(self, n: int, generator: Generator) -> Tensor:
        return 2 * torch.rand(n, self.dim, generator=generator) - 1

    def quantile(self, u: Tensor) -> Tensor:
        return 2 * u - 1
