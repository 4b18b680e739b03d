"""A different D for every sample."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor

from ganviz.contracts.regularizer import Player, Regularizer, Shapes, Side
from ganviz.contracts.source import Source
from ganviz.experiment import Experiment
from ganviz.option import live, rebuild


class Dropout(Regularizer):
    """Dropout in D (Srivastava et al. 2014; in the 2014 GAN's D too): hidden units are switched off at random.

    h ↦ h·m/(1 − rate), each m 0 with probability `rate`, else 1: inverted scaling, so that nothing is left to do when D
    is looked at, which happens without dropout. Masks are drawn anew for each sample, layer and update, and D keeps
    them on while G learns. Watch D become less sure of itself.
    """

    acts_on_samples: ClassVar[bool] = True

    rate: float = live(0.3, ge=0, le=0.9, description="Share of hidden units that are off.")
    input_rate: float = rebuild(0.0, ge=0, le=0.9, description="Share of D's inputs that are off; 0 draws no masks.")

    def players(self) -> tuple[Player, ...]:
        return ("g", "d")

    def objection(self, experiment: Experiment) -> str | None:
        if not experiment.discriminator.hidden():
            return "dropout needs a discriminator with hidden layers."
        if not experiment.loss.outputs():
            return f"dropout acts on the discriminator, and the loss {experiment.loss.option_name()} has none."
        return None

    def noise(self, n: int, shapes: Shapes, source: Source) -> dict[str, Tensor]:
        # Uniform numbers for a real and a fake sample in each row; a live rate only moves the threshold.
        drawn = {str(layer): source.uniform(n, 2, *shape) for layer, shape in enumerate(shapes.hidden)}
        if self.input_rate:
            drawn |= {side: source.uniform(n, *shapes.sample) for side in ("real", "fake")}
        return drawn

    def samples(self, x: Tensor, side: Side, noise: dict[str, Tensor], updates: Tensor) -> Tensor:
        return _dropped(x, noise[side], self.input_rate) if side in noise else x

    def tap(self, layer: int, activations: Tensor, noise: dict[str, Tensor]) -> Tensor:
        return _dropped(activations, noise[str(layer)].flatten(0, 1)[: len(activations)], self.rate)


def _dropped(x: Tensor, drawn: Tensor, rate: float | Tensor) -> Tensor:
    """`x` without the share `rate` of its units, the others scaled up; `drawn` is uniform on [0, 1], of its shape."""
    return torch.where(drawn < rate, torch.zeros_like(x), x / (1 - rate))
