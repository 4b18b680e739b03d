"""D looks around."""

from __future__ import annotations

import math
from typing import ClassVar

import torch
from torch import Tensor

from ganviz.contracts.network import Parameters
from ganviz.contracts.regularizer import Player, Regularizer
from ganviz.contracts.source import Source
from ganviz.experiment import Experiment
from ganviz.option import rebuild

LARGEST = 2**23
"""Numbers in the comparison of a minibatch with itself; autograd keeps several times as many."""


class MinibatchDiscrimination(Regularizer):
    """Minibatch discrimination (Salimans et al. 2016): D sees how close each sample is to the others of its minibatch.

    The last hidden layer f (n, A) becomes M = f T, (n, B, C); o_b(xᵢ) = mean over j ≠ i of exp(−‖M_ib − M_jb‖₁) joins f
    as input of the last layer, which is linear: the score gains w·o(xᵢ). T and w are trained with D. A mean instead of
    the paper's sum, so that it does not depend on the batch size. Real and fake minibatches are scored apart.
    What is drawn is D(x) of one sample among real ones. Watch a G without variety be found out.
    """

    joint: ClassVar[bool] = True

    kernels: int = rebuild(5, ge=1, le=50, description="B: closenesses that are measured.")
    dims: int = rebuild(3, ge=1, le=16, description="C: coordinates in which each is measured.")

    def players(self) -> tuple[Player, ...]:
        return ("g", "d")

    def structure(self) -> object:
        return "minibatch_discrimination", self.kernels, self.dims

    def objection(self, experiment: Experiment) -> str | None:
        if not experiment.loss.outputs():
            return f"minibatch_discrimination is part of D, and the loss {experiment.loss.option_name()} has none."
        if not experiment.discriminator.hidden():
            return "minibatch_discrimination needs a discriminator with hidden layers."
        if experiment.batch_size < 2:
            return "minibatch_discrimination needs at least two samples in a minibatch."
        numbers = experiment.batch_size**2 * self.kernels * self.dims
        if numbers > LARGEST:
            most = math.isqrt(LARGEST // (self.kernels * self.dims))
            return (
                "minibatch_discrimination compares every sample with every other: with so many kernels its batch size "
                f"is at most {most}, not {experiment.batch_size}."
            )
        return None

    def extra(self, features: int, outputs: int, source: Source) -> Parameters:
        bound = 1 / max(1, features) ** 0.5
        tensor = source.within(bound, features, self.kernels * self.dims)
        readout = source.within(1, self.kernels, outputs) / self.kernels**0.5
        return {"tensor": tensor, "readout": readout}

    def score(self, raw: Tensor, features: Tensor, companions: Tensor, extra: Parameters) -> Tensor:
        here, there = (
            torch.reshape(side @ extra["tensor"], (-1, self.kernels, self.dims)) for side in (features, companions)
        )
        close = torch.exp(-(here[:, None] - there[None, :]).abs().sum(3)).sum(1)
        # Nobody is their own company: that closeness is 1.
        alone = 1 if features is companions else 0
        return raw + (close - alone) / (len(there) - alone) @ extra["readout"]
