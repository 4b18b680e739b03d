"""Is this sample more real than that one?"""

from __future__ import annotations

import math
from typing import ClassVar, Literal

import torch
from torch import Tensor
from torch.nn.functional import softplus

from ganviz.contracts.loss import Loss
from ganviz.option import live


class Relativistic(Loss):
    """Relativistic game (Jolicoeur-Martineau 2019): only differences of scores between real and fake samples count.

    paired (RpGAN): D minimises E softplus(−(s(x) − s(y))), G E softplus(−(s(y) − s(x))), over pairs of one real x and
    one fake y. average (RaGAN): each score against the other side's mean, D minimises ½{E softplus(−(s(x) − s̄_q)) +
    E softplus(s(y) − s̄_p)}, G the same with the roles exchanged. In nats; non-saturating. Both losses are log 2 at
    p_g = p_data; away from it D* has no closed form. D is fixed only up to a constant: what is drawn is σ(s).
    With r1 and r2 this is the game of R3GAN. Watch no mode be left behind: every fake is compared with some real.
    """

    generator_needs_real: ClassVar[bool] = True

    form: Literal["paired", "average"] = live("paired", description="Against one other sample, or against their mean.")

    def d_loss(self, real_score: Tensor, fake_score: Tensor) -> Tensor:
        if self.form == "paired":
            return softplus(fake_score - real_score).mean()
        above = softplus(fake_score.mean() - real_score).mean()
        below = softplus(fake_score - real_score.mean()).mean()
        return (above + below) / 2

    def g_loss(self, real_score: Tensor | None, fake_score: Tensor) -> Tensor:
        assert real_score is not None
        return self.d_loss(fake_score, real_score)

    def discriminate(self, score: Tensor) -> Tensor:
        return torch.sigmoid(score)

    def decision(self) -> float:
        return 0.5

    def scale(self) -> tuple[float, float]:
        return 0.0, 1.0

    def optimal_score(self, edges: Tensor, p: Tensor, q: Tensor) -> None:
        return None

    def value(self, p: Tensor, q: Tensor, score: Tensor) -> float:
        if self.form == "paired":
            return -float(p @ softplus(score[None, :] - score[:, None]) @ q)
        mean_p, mean_q = (p * score).sum(), (q * score).sum()
        return -float((p * softplus(mean_q - score)).sum() + (q * softplus(score - mean_p)).sum()) / 2

    def equilibrium(self) -> tuple[float, float]:
        return math.log(2), math.log(2)
