"""The f-divergences of f-GAN: what each does with D's raw score v.

All in nats, with T = g(v) the variational function. The compositions are written so that they stay finite in single
precision at scores of ±80, where f*(g(v)) spelled out would not.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from torch import Tensor
from torch.nn.functional import softplus

LOG_2 = 0.6931471805599453


class Divergence(ABC):
    """D_f(p‖q) = ∫ q f(p/q), f(1) = 0 but for "gan"; its bound is E_p[T] − E_q[f*(T)]."""

    threshold: float
    """f′(1): T above it means data."""

    @abstractmethod
    def activation(self, v: Tensor) -> Tensor:
        """T = g(v), with the values that f* takes."""

    @abstractmethod
    def conjugate(self, v: Tensor) -> Tensor:
        """f*(g(v))."""

    @abstractmethod
    def optimum(self, ratio: Tensor) -> Tensor:
        """The v with g(v) = f′(p/q), for the ratio p/q."""

    def limits(self) -> tuple[float, float] | None:
        """The range of T, where it is bounded."""
        return None


class KL(Divergence):
    """f(u) = u log u."""

    threshold = 1.0

    def activation(self, v: Tensor) -> Tensor:
        return v

    def conjugate(self, v: Tensor) -> Tensor:
        return torch.exp(v - 1)

    def optimum(self, ratio: Tensor) -> Tensor:
        return 1 + ratio.log()


class ReverseKL(Divergence):
    """f(u) = −log u."""

    threshold = -1.0

    def activation(self, v: Tensor) -> Tensor:
        return -torch.exp(-v)

    def conjugate(self, v: Tensor) -> Tensor:
        return v - 1

    def optimum(self, ratio: Tensor) -> Tensor:
        return ratio.log()


class Pearson(Divergence):
    """f(u) = (u − 1)²: ∫(p − q)²/q."""

    threshold = 0.0

    def activation(self, v: Tensor) -> Tensor:
        return v

    def conjugate(self, v: Tensor) -> Tensor:
        return v**2 / 4 + v

    def optimum(self, ratio: Tensor) -> Tensor:
        return 2 * (ratio - 1)


class Neyman(Divergence):
    """f(u) = (1 − u)²/u: ∫(p − q)²/p."""

    threshold = 0.0

    def activation(self, v: Tensor) -> Tensor:
        return 1 - torch.exp(-v)

    def conjugate(self, v: Tensor) -> Tensor:
        return 2 - 2 * torch.exp(-v / 2)

    def optimum(self, ratio: Tensor) -> Tensor:
        return 2 * ratio.log()


class Hellinger(Divergence):
    """f(u) = (√u − 1)², the squared Hellinger distance without a ½."""

    threshold = 0.0

    def activation(self, v: Tensor) -> Tensor:
        return 1 - torch.exp(-v)

    def conjugate(self, v: Tensor) -> Tensor:
        return torch.expm1(v)

    def optimum(self, ratio: Tensor) -> Tensor:
        return ratio.log() / 2


class JensenShannon(Divergence):
    """f(u) = −(u + 1) log((1 + u)/2) + u log u: twice the JSD."""

    threshold = 0.0

    def activation(self, v: Tensor) -> Tensor:
        return LOG_2 - softplus(-v)

    def conjugate(self, v: Tensor) -> Tensor:
        # −log(2 − eᵀ) with eᵀ = 2σ(v)
        return softplus(v) - LOG_2

    def optimum(self, ratio: Tensor) -> Tensor:
        return ratio.log()


class Gan(Divergence):
    """f(u) = u log u − (u + 1) log(u + 1): 2 JSD − log 4, the 2014 game."""

    threshold = -LOG_2

    def activation(self, v: Tensor) -> Tensor:
        return -softplus(-v)

    def conjugate(self, v: Tensor) -> Tensor:
        return softplus(v)

    def optimum(self, ratio: Tensor) -> Tensor:
        return ratio.log()


class TotalVariation(Divergence):
    """f(u) = |u − 1|/2."""

    threshold = 0.0

    def activation(self, v: Tensor) -> Tensor:
        return torch.tanh(v) / 2

    def conjugate(self, v: Tensor) -> Tensor:
        return torch.tanh(v) / 2

    def optimum(self, ratio: Tensor) -> Tensor:
        return torch.where(ratio == 1, torch.zeros_like(ratio), torch.sign(ratio - 1) * torch.inf)

    def limits(self) -> tuple[float, float]:
        return -0.5, 0.5


class Alpha(Divergence):
    """f(u) = (u^α − 1 − α(u − 1))/(α(α − 1)): KL as α → 1, reverse KL as α → 0, half of Pearson's at 2, half of
    Neyman's at −1, twice the squared Hellinger distance at ½. α itself must be neither 0 nor 1.

    f′(u) = (u^(α−1) − 1)/(α − 1) and f*(f′(u)) = (u^α − 1)/α. The score is the log ratio: T = f′(eᵛ).
    """

    threshold = 0.0

    def __init__(self, alpha: float | Tensor) -> None:
        self.alpha = alpha

    def activation(self, v: Tensor) -> Tensor:
        return torch.expm1((self.alpha - 1) * v) / (self.alpha - 1)

    def conjugate(self, v: Tensor) -> Tensor:
        return torch.expm1(self.alpha * v) / self.alpha

    def optimum(self, ratio: Tensor) -> Tensor:
        return ratio.log()


DIVERGENCES: dict[str, Divergence] = {
    "kl": KL(),
    "reverse_kl": ReverseKL(),
    "pearson": Pearson(),
    "neyman": Neyman(),
    "hellinger": Hellinger(),
    "jensen_shannon": JensenShannon(),
    "gan": Gan(),
    "total_variation": TotalVariation(),
}
"""All but the family of α, which has a parameter."""
