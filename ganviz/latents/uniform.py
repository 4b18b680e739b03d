"""The latent of the 2014 paper's Figure 1."""

from torch import Tensor

from ganviz.contracts.latent import Latent
from ganviz.contracts.source import Source
from ganviz.option import rebuild


class Uniform(Latent):
    """Uniform latent: every coordinate of z uniform on [−a, a], of variance a²/3.

    With a = 1 the latent of Figure 1 in Goodfellow et al. 2014; their code for MNIST has a = √3, variance 1. Bounded,
    so that p_g has bounded support.
    """

    half_width: float = rebuild(1.0, ge=0.1, le=10, log=True, description="a, half the width of the interval.")

    def sample(self, n: int, source: Source) -> Tensor:
        return source.within(self.half_width, n, self.dim)

    def quantile(self, u: Tensor) -> Tensor:
        return self.half_width * (2 * u - 1)
