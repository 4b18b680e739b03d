"""A different D for every sample."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Generator, Tensor

from ganviz.experiment import Experiment
from ganviz.option import live
from ganviz.regularizers.base import Player, Regularizer, Shapes


class Dropout(Regularizer):
    """Dropout in D (Srivastava et al. 2014; in the 2014 GAN's D too): hidden units are switched off at random.

    h ↦ h·m/(1 − rate), each m 0 with probability `rate`, else 1: inverted scaling, so that nothing is left to do when D
    is looked at, which happens without dropout. Masks are drawn anew for each sample, layer and update, and D keeps
    them on while G learns. Watch D become less sure of itself.
    """

    acts_on_samples: ClassVar[bool] = True

    rate: float = live(0.3, ge=0, le=0.9, description="Share of hidden units that are off.")

    def players(self) -> tuple[Player, ...]:
        return ("g", "d")

    def objection(self, experiment: Experiment) -> str | None:
        if not experiment.discriminator.hidden():  # type: ignore[attr-defined]
            return "dropout needs a discriminator with hidden layers."
        if not experiment.loss.outputs():  # type: ignore[attr-defined]
            return f"dropout acts on the discriminator, and the loss {experiment.loss.option_name()} has none."
        return None

    def noise(self, n: int, shapes: Shapes, generator: Generator) -> dict[str, Tensor]:
        # Uniform numbers for a real and a fake sample in each row; a live rate only moves the threshold.
        return {str(layer): torch.rand(n, 2, *shape, generator=generator) for layer, shape in enumerate(shapes.hidden)}

    def tap(self, layer: int, activations: Tensor, noise: dict[str, Tensor]) -> Tensor:
        drawn = noise[str(layer)].flatten(0, 1)[: len(activations)]
        return torch.where(drawn < self.rate, torch.zeros_like(activations), activations / (1 - self.rate))
