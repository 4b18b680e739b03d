"""Both players want to stop."""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor

from ganviz.contracts.regularizer import Player, Regularizer, TermInputs
from ganviz.experiment import Experiment
from ganviz.option import live


class Consensus(Regularizer):
    """Consensus optimisation (Mescheder et al. 2017): each player also minimises the length of both gradients.

    γ ½ ‖v‖², v the gradients of both players' own losses by their own parameters, is added to both losses, so that the
    game's vector field v becomes v + γ v′ᵀv. On the Dirac-GAN the eigenvalues ±i/2 move to −γ/4 ± i/2; on the
    bilinear game a simultaneous step contracts by √((1 − hγ)² + h²). Needs second derivatives of both players.
    Watch circles become spirals; and too much of it find points where nobody moves and nothing is learned.
    """

    generator_needs_real: ClassVar[bool] = True

    gamma: float = live(0.1, ge=0, le=10, log=True, description="Weight γ, with the ½ outside it.")

    def players(self) -> tuple[Player, ...]:
        return ("g", "d")

    def objection(self, experiment: Experiment) -> str | None:
        if not experiment.loss.outputs():
            return f"consensus is between two players, and the loss {experiment.loss.option_name()} has only one."
        return None

    def term(self, inputs: TermInputs) -> Tensor:
        by_g, by_d = inputs.field()
        return self.gamma / 2 * (by_g.square().sum() + by_d.square().sum())

    def generator_term(self, inputs: TermInputs) -> Tensor:
        return self.term(inputs)
