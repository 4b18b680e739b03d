"""The discriminator of the 2014 paper."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise

import torch
from torch import Generator, Tensor

from ganviz.networks._layers import affine, with_bias
from ganviz.networks.base import Network, Parameters, Tap, untapped
from ganviz.option import rebuild


class Maxout(Network):
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

    def init(self, inputs: tuple[int, ...], outputs: tuple[int, ...], generator: Generator) -> Parameters:
        sizes = [math.prod(inputs), *[self.width] * self.depth, math.prod(outputs)]
        parameters: Parameters = {}
        for layer, (fan_in, units) in enumerate(pairwise(sizes)):
            fan_out = units if layer == self.depth else units * self.pieces
            weight = torch.empty(fan_out, fan_in).uniform_(-self.irange, self.irange, generator=generator)
            parameters |= {f"{layer}.weight": weight, f"{layer}.bias": torch.zeros(fan_out)}
        return parameters

    def centred(self, parameters: Parameters, raw: Tensor) -> Parameters:
        return with_bias(parameters, self.depth, raw)

    def hidden(self) -> tuple[tuple[int, ...], ...]:
        return ((self.width,),) * self.depth

    def apply(self, parameters: Mapping[str, Tensor], x: Tensor, tap: Tap = untapped) -> Tensor:
        x = x.flatten(1)
        for layer in range(self.depth):
            pieces = affine(x, parameters[f"{layer}.weight"], parameters[f"{layer}.bias"])
            x = tap(layer, torch.unflatten(pieces, 1, (self.width, self.pieces)).amax(2))
        return affine(x, parameters[f"{self.depth}.weight"], parameters[f"{self.depth}.bias"])
