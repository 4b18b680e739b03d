"""Loss: the base of what the players minimise."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn.functional import softplus

from ganviz.option import Option, live


class Loss(Option, ABC):
    """A pair of objectives on raw scores; both are minimised, each by its own player.

    A loss takes scores, never probabilities, and averages over the minibatch. It also knows its own theory: how a
    score becomes D(x), which score is optimal against a known p_g, and what both losses are when p_g = p_data.
    """

    room: ClassVar[str] = "losses"
    generator_needs_real: ClassVar[bool] = False
    """Whether `g_loss` looks at the real scores (relativistic losses do)."""

    def outputs(self) -> int:
        """How many numbers D gives for a sample: one, its score, for nearly all losses; several, its features, for a
        learned kernel; none where there is no D, and the "scores" below are the samples themselves, flat (n, dim)."""
        return 1

    def structure(self) -> object:
        return None if self.outputs() <= 1 else self.outputs()

    @abstractmethod
    def d_loss(self, real_score: Tensor, fake_score: Tensor) -> Tensor:
        """What D minimises, a scalar, from the scores of a real and a fake minibatch, each (n, `outputs`)."""

    @abstractmethod
    def g_loss(self, real_score: Tensor | None, fake_score: Tensor) -> Tensor:
        """What G minimises, a scalar; `real_score` is None unless `generator_needs_real`."""

    def witness(self, at: Tensor, support: Tensor, p: Tensor, q: Tensor) -> Tensor:
        """One number for each row of `at` (m, `outputs`), larger = more real: what is drawn as the score, (m,).

        A loss with kernels compares `at` with the whole of both densities: cells of mass `p`, `q`, each (n,), at
        `support` (n, `outputs`).
        """
        return at.squeeze(1)

    @abstractmethod
    def discriminate(self, score: Tensor) -> Tensor:
        """D(x) in the loss's own scale, same shape as `score`."""

    @abstractmethod
    def decision(self) -> float:
        """The value of D(x) that means undecided; at p_g = p_data the optimal D has it everywhere."""

    @abstractmethod
    def scale(self) -> tuple[float, float] | None:
        """The range in which D(x) lies or is drawn; None where it has none (a critic's potential)."""

    @abstractmethod
    def optimal_score(self, edges: Tensor, p: Tensor, q: Tensor) -> Tensor | None:
        """The best score against a known p_g: on n cells with `edges` (n+1,) that hold mass `p` of p_data and `q` of
        p_g, each (n,) float64. ±inf where only one of the two is present; None where there is no closed form."""

    @abstractmethod
    def value(self, p: Tensor, q: Tensor, score: Tensor) -> float:
        """V(D, G): the objective that D maximises, −`d_loss`, exact on cells of mass `p`, `q` and given score (n,)."""

    @abstractmethod
    def equilibrium(self) -> tuple[float, float]:
        """(`d_loss`, `g_loss`) when p_g = p_data and D is optimal."""


class SeparableLoss(Loss, ABC):
    """A loss that is a mean over real samples plus a mean over fake ones."""

    @abstractmethod
    def d_real(self, score: Tensor) -> Tensor:
        """D's loss on one real sample of that score."""

    @abstractmethod
    def d_fake(self, score: Tensor) -> Tensor:
        """D's loss on one fake sample of that score."""

    @abstractmethod
    def g_fake(self, score: Tensor) -> Tensor:
        """G's loss on one of its samples of that score."""

    def d_loss(self, real_score: Tensor, fake_score: Tensor) -> Tensor:
        return self.d_real(real_score).mean() + self.d_fake(fake_score).mean()

    def g_loss(self, real_score: Tensor | None, fake_score: Tensor) -> Tensor:
        return self.g_fake(fake_score).mean()

    def value(self, p: Tensor, q: Tensor, score: Tensor) -> float:
        return -_mean(p, self.d_real(score)) - _mean(q, self.d_fake(score))


class PotentialLoss(Loss, ABC):
    """A loss that is the difference of means of a potential, D's raw score: undecided at 0, in no range of its own."""

    def discriminate(self, score: Tensor) -> Tensor:
        return score

    def decision(self) -> float:
        return 0.0

    def scale(self) -> None:
        return None


class LogLoss(SeparableLoss, ABC):
    """D's side of the 2014 game: binary cross-entropy, real against fake, with D = σ(score).

    With label smoothing D is asked for `real_label` α on data (one-sided) and `fake_label` β on fakes (two-sided):
    D* = (α p + β q)/(p + q).
    """

    real_label: float = live(1.0, ge=0.5, le=1, description="D(x) wanted on data; below 1: one-sided label smoothing.")
    fake_label: float = live(0.0, ge=0, le=0.5, description="D(x) wanted on fakes; above 0: two-sided smoothing.")

    def d_real(self, score: Tensor) -> Tensor:
        # −α log σ(s) − (1 − α) log σ(−s), of which the second softplus is the first plus s
        return softplus(-score) + (1 - self.real_label) * score

    def d_fake(self, score: Tensor) -> Tensor:
        return softplus(score) - self.fake_label * score

    def discriminate(self, score: Tensor) -> Tensor:
        return torch.sigmoid(score)

    def decision(self) -> float:
        return (self.real_label + self.fake_label) / 2

    def scale(self) -> tuple[float, float]:
        return 0.0, 1.0

    def optimal_score(self, edges: Tensor, p: Tensor, q: Tensor) -> Tensor:
        yes = self.real_label * p + self.fake_label * q
        no = (1 - self.real_label) * p + (1 - self.fake_label) * q
        return yes.log() - no.log()

    def value(self, p: Tensor, q: Tensor, score: Tensor) -> float:
        yes, no = softplus(-score), softplus(score)
        real = _mean(self.real_label * p, yes) + _mean((1 - self.real_label) * p, no)
        fake = _mean(self.fake_label * q, yes) + _mean((1 - self.fake_label) * q, no)
        return -real - fake

    def equilibrium(self) -> tuple[float, float]:
        d = self.decision()
        return -2 * (d * math.log(d) + (1 - d) * math.log(1 - d)), self.g_at(d)

    @abstractmethod
    def g_at(self, d: float) -> float:
        """G's loss where D(x) = `d` on all its samples."""


def _mean(mass: Tensor, cost: Tensor) -> float:
    """Σ mass · cost over the cells, (n,) each. One without mass has no say, even where its cost is infinite. Where a
    mass is not known (NaN), neither is the sum."""
    some = ~(mass <= 0)
    return float((mass[some] * cost[some]).sum())
