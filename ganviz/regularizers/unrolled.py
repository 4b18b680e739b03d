"""G answers the D of the near future."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from torch import Tensor

from ganviz.contracts.regularizer import Player, Regularizer
from ganviz.experiment import Experiment
from ganviz.option import live


class Unrolled(Regularizer):
    """Unrolled GAN (Metz et al. 2017): G's loss is taken at D after K more gradient steps against this very G.

    ψ₀ = ψ, ψ_{k+1} = ψ_k − η ∇ψ L_D(θ, ψ_k), and G descends L_G(θ, ψ_K), through the unrolled steps or, where that is
    switched off, with ψ_K as a constant. D itself trains as ever. K steps cost K more passes of D in G's turn.
    Watch G stop running to the one mode that pays now: D's answer is already counted in.
    """

    generator_needs_real: ClassVar[bool] = True

    steps: int = live(5, ge=1, le=20, description="Steps K that D is unrolled.")
    step_size: float = live(0.1, gt=0, le=1, log=True, description="Length η of each, plain gradient descent.")
    through: bool = live(True, description="Whether G's gradient goes through the unrolled steps.")

    def players(self) -> tuple[Player, ...]:
        return ("g",)

    def objection(self, experiment: Experiment) -> str | None:
        if not experiment.loss.outputs():
            return f"unrolled needs a discriminator, and the loss {experiment.loss.option_name()} has none."
        return None

    def opponent(self, d: Tensor, descend: Callable[[Tensor, float | Tensor], Tensor]) -> Tensor:
        for _ in range(self.steps):
            d = descend(d, self.step_size)
            d = d if self.through else d.detach()
        return d
