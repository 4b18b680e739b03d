"""A generator without an opponent."""

from __future__ import annotations

from typing import ClassVar, Literal

from torch import Tensor

from ganviz.contracts.loss import PotentialLoss
from ganviz.experiment import Experiment
from ganviz.losses._kernels import mmd, too_many, witness
from ganviz.option import live


class Mmd(PotentialLoss):
    """Generative moment matching (Li et al. 2015): G minimises the maximum mean discrepancy itself; there is no D.

    MMD² = E k(x, x′) + E k(y, y′) − 2 E k(x, y), estimated without bias on the minibatch, k the mean of five kernels:
    gaussian exp(−r²/2t²), t = ¼, ½, 1, 2, 4, or rational_quadratic (1 + r²/2a)^(−a), a = 0.2, ½, 1, 2, 5; r in units
    of the scale. 0 at p_g = p_data. The witness E_p k(·, x) − E_q k(·, y), exact for the two densities on the line,
    stands where D(x) stood. Watch p_g slide into place without any game, and blur what the kernel cannot see.
    """

    generator_needs_real: ClassVar[bool] = True

    kernel: Literal["gaussian", "rational_quadratic"] = live("gaussian", description="Which kernels are mixed.")
    scale_of_x: float = live(1.0, gt=0, le=10, log=True, description="Unit of length of the kernels, in units of x.")

    def objection(self, experiment: Experiment) -> str | None:
        return too_many(self.option_name(), experiment.batch_size)

    def outputs(self) -> int:
        return 0

    def d_loss(self, real_score: Tensor, fake_score: Tensor) -> Tensor:
        return -mmd(self.kernel, real_score, fake_score, self.scale_of_x)

    def g_loss(self, real_score: Tensor | None, fake_score: Tensor) -> Tensor:
        assert real_score is not None
        return mmd(self.kernel, real_score, fake_score, self.scale_of_x)

    def witness(self, at: Tensor, support: Tensor, p: Tensor, q: Tensor) -> Tensor:
        return witness(self.kernel, at, support, p - q, self.scale_of_x)

    def optimal_score(self, edges: Tensor, p: Tensor, q: Tensor) -> Tensor:
        centers = ((edges[1:] + edges[:-1]) / 2).unsqueeze(1)
        return self.witness(centers, centers, p, q)

    def value(self, p: Tensor, q: Tensor, score: Tensor) -> float:
        return float(((p - q) * score).sum())

    def equilibrium(self) -> tuple[float, float]:
        return 0.0, 0.0
