"""The normal density."""

import math

from torch import Tensor

from ganviz.contracts.distribution import Distribution
from ganviz.contracts.source import Source
from ganviz.option import live


class Gaussian(Distribution):
    """Normal density N(μ, σ²): the target of Figure 1.

    p(x) = exp(−(x − μ)² / 2σ²) / (σ √(2π)).
    Watch how D's slope carries p_g towards the mean first, and how the width follows only later.
    """

    mean: float = live(0.0, ge=-5, le=5, description="Mean μ.")
    std: float = live(1.0, ge=0.05, le=5, description="Standard deviation σ.")

    def sample(self, n: int, source: Source) -> Tensor:
        return self.mean + self.std * source.normal(n, 1)

    def log_prob(self, x: Tensor) -> Tensor:
        standard = (x - self.mean) / self.std
        return -0.5 * standard**2 - math.log(self.std * math.sqrt(2 * math.pi))

    def window(self) -> tuple[float, float]:
        return self.mean - 4.5 * self.std, self.mean + 4.5 * self.std
