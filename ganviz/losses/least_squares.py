"""Least squares instead of cross-entropy."""

from torch import Tensor

from ganviz.contracts.loss import SeparableLoss
from ganviz.option import live


class LeastSquares(SeparableLoss):
    """LSGAN (Mao et al. 2017): D regresses to b on real and a on fake samples, G pulls its samples towards c.

    D minimises ½ E_p[(D − b)²] + ½ E_q[(D − a)²], G minimises ½ E_q[(D − c)²] (both with the ½); D = score.
    D* = (b p + a q)/(p + q). With (a, b, c) = (0, 1, 1), at p_g = p_data: D-loss 0.25, G-loss 0.125;
    with (−1, 1, 0) G descends half of ∫(p − q)²/(p + q), a Pearson χ² divergence.
    Watch G's gradient grow with the distance from the data, where cross-entropy would level off.
    """

    a: float = live(0.0, ge=-2, le=2, description="D's target on fake samples.")
    b: float = live(1.0, ge=-2, le=2, description="D's target on real samples.")
    c: float = live(1.0, ge=-2, le=2, description="The D(x) that G wants for its samples.")

    def d_real(self, score: Tensor) -> Tensor:
        return 0.5 * (score - self.b) ** 2

    def d_fake(self, score: Tensor) -> Tensor:
        return 0.5 * (score - self.a) ** 2

    def g_fake(self, score: Tensor) -> Tensor:
        return 0.5 * (score - self.c) ** 2

    def discriminate(self, score: Tensor) -> Tensor:
        return score

    def decision(self) -> float:
        return (self.a + self.b) / 2

    def scale(self) -> tuple[float, float] | None:
        # D is a fit and may leave the interval of its targets: some air on both sides.
        air = abs(self.b - self.a) / 4
        return (min(self.a, self.b) - air, max(self.a, self.b) + air) if air else None

    def optimal_score(self, edges: Tensor, p: Tensor, q: Tensor) -> Tensor:
        return (self.b * p + self.a * q) / (p + q)

    def equilibrium(self) -> tuple[float, float]:
        return (self.b - self.a) ** 2 / 4, (self.decision() - self.c) ** 2 / 2
