"""One parameter."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from ganviz.contracts.network import Network, Parameters, Tap, untapped
from ganviz.contracts.source import Source
from ganviz.experiment import Experiment
from ganviz.option import rebuild


class Dirac(Network):
    """A player with a single parameter (Mescheder et al. 2018): x ↦ w x, on the line.

    As D it is the linear discriminator D(x) = ψ x; as G of the latent `constant`, z = 1, it puts all mass at θ. With
    the data in one point the whole game is a motion in the plane (θ, ψ), and its theory is that of a 2×2 matrix.
    Watch the spiral: outwards, inwards, or round for ever.
    """

    start: float = rebuild(1.0, ge=-10, le=10, description="The parameter's first value.")

    def objection(self, experiment: Experiment) -> str | None:
        """One parameter is a line's slope, no plane's, and has no place for a condition."""
        if experiment.data.pair_shape != (1,) or experiment.latent.dim != 1:
            return "A dirac network needs data of one dimension without a condition, and such a latent."
        return None

    def init(self, inputs: tuple[int, ...], outputs: tuple[int, ...], source: Source) -> Parameters:
        return {"weight": torch.full((*outputs, *inputs), self.start, dtype=torch.float32)}

    def apply(self, parameters: Mapping[str, Tensor], x: Tensor, tap: Tap = untapped) -> Tensor:
        return x @ parameters["weight"].t()
