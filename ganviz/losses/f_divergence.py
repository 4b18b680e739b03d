"""Any f-divergence as a game."""

from __future__ import annotations

from typing import Literal

from torch import Tensor

from ganviz.contracts.loss import SeparableLoss
from ganviz.losses._divergences import DIVERGENCES, Alpha, Divergence
from ganviz.option import live

AT_EQUILIBRIUM = {"gan": -2 * 0.6931471805599453}
"""f(1), which is 0 but for the GAN's own f."""


class FDivergence(SeparableLoss):
    """f-GAN (Nowozin et al. 2016): D's bound on D_f(p‖q) = ∫ q f(p/q), which G then minimises.

    With T = g_f(score): D minimises −E_p[T] + E_q[f*(T)]; G minimises −E_q[f*(T)] (saturating, the bound itself) or
    −E_q[T] (the paper's alternative). T* = f′(p/q), and then V = D_f(p‖q); T above f′(1) means data. In nats.
    kl, reverse_kl, pearson ∫(p−q)²/q, neyman ∫(p−q)²/p, hellinger ∫(√p−√q)², jensen_shannon = 2 JSD,
    gan = 2 JSD − log 4, total_variation ½∫|p−q|, and the family alpha, f(u) = (u^α − 1 − α(u−1))/(α(α−1)).
    Watch kl cover all modes and reverse_kl choose one.
    """

    divergence: Literal[
        "kl", "reverse_kl", "pearson", "neyman", "hellinger", "jensen_shannon", "gan", "total_variation", "alpha"
    ] = live("jensen_shannon", description="Which f.")
    alpha: float = live(0.5, ge=0.01, le=0.99, description="α of the family alpha; no other divergence looks at it.")
    generator: Literal["saturating", "alternative"] = live("alternative", description="What G minimises.")

    def _f(self) -> Divergence:
        return Alpha(self.alpha) if self.divergence == "alpha" else DIVERGENCES[self.divergence]

    def d_real(self, score: Tensor) -> Tensor:
        return -self._f().activation(score)

    def d_fake(self, score: Tensor) -> Tensor:
        return self._f().conjugate(score)

    def g_fake(self, score: Tensor) -> Tensor:
        return -self._f().conjugate(score) if self.generator == "saturating" else -self._f().activation(score)

    def discriminate(self, score: Tensor) -> Tensor:
        return self._f().activation(score)

    def decision(self) -> float:
        return self._f().threshold

    def scale(self) -> tuple[float, float] | None:
        return self._f().limits()

    def optimal_score(self, edges: Tensor, p: Tensor, q: Tensor) -> Tensor:
        return self._f().optimum(p / q)

    def equilibrium(self) -> tuple[float, float]:
        f = self._f()
        value = AT_EQUILIBRIUM.get(self.divergence, 0.0)
        # E_p[T] − E_q[f*(T)] = value with T = f′(1) everywhere.
        g_loss = value - f.threshold if self.generator == "saturating" else -f.threshold
        return -value, g_loss
