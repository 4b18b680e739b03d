"""The discriminator of the 2014 paper."""

from __future__ import annotations

import torch
from torch import Tensor

from ganviz.contracts.network import Parameters
from ganviz.contracts.source import Source
from ganviz.networks._layers import Layered
from ganviz.option import rebuild


class Maxout(Layered):
    """Maxout network (Goodfellow et al. 2013): `depth` layers of `width` units, each the largest of `pieces` affine
    maps, then a linear layer.

    h_i = max_j (W_ij·x + b_ij), j = 1 … pieces: a convex function that is learnt with the rest. Weights start uniform
    on ±`irange`, biases at 0. The numbers here are those of D in Goodfellow et al. 2014. Watch its dropout: with it on,
    such a D is many D at once.
    """

    width: int = rebuild(240, ge=1, le=1024, log=True, description="Units in each hidden layer.")
    pieces: int = rebuild(5, ge=2, le=8, description="Affine maps of which a unit is the largest.")
    depth: int = rebuild(2, ge=1, le=4, description="Number of hidden layers.")
    irange: float = rebuild(0.005, ge=0.001, le=1, log=True, description="The weights start uniform on ± this.")

    def init(self, inputs: tuple[int, ...], outputs: tuple[int, ...], source: Source) -> Parameters:
        parameters: Parameters = {}
        for layer, (fan_in, units) in enumerate(self.sizes(inputs, outputs)):
            fan_out = units if layer == self.depth else units * self.pieces
            weight = source.within(self.irange, fan_out, fan_in)
            parameters |= {f"{layer}.weight": weight, f"{layer}.bias": torch.zeros(fan_out, dtype=torch.float32)}
        return parameters

    def activate(self, raw: Tensor) -> Tensor:
        return torch.unflatten(raw, 1, (self.width, self.pieces)).amax(2)
