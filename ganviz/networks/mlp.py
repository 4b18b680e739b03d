"""The multilayer perceptron."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional as F

from ganviz.contracts.network import Parameters
from ganviz.contracts.source import Source
from ganviz.networks._layers import Layered
from ganviz.option import rebuild

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": torch.relu,
    "leaky_relu": lambda x: F.leaky_relu(x, 0.2),
    "elu": F.elu,
    "softplus": F.softplus,
    "tanh": torch.tanh,
}


class Mlp(Layered):
    """Multilayer perceptron: `depth` hidden layers of `width` units, then a linear layer.

    x ↦ W_d a(… a(W_0 x + b_0) …) + b_d. Weights and biases start uniform on ±1/√(fan-in), as torch.nn.Linear's do; or
    the weights on ±`irange` and the biases at 0, as in the code of the 2014 paper.
    ReLU makes G piecewise linear, so p_g is a staircase; tanh, ELU and softplus make it smooth.
    """

    width: int = rebuild(64, ge=1, le=2048, log=True, description="Units in each hidden layer.")
    depth: int = rebuild(2, ge=0, le=8, description="Number of hidden layers; 0 makes the map affine.")
    activation: Literal["relu", "leaky_relu", "elu", "softplus", "tanh"] = rebuild(
        "relu", description="Nonlinearity a between the layers (leaky ReLU with slope 0.2)."
    )
    irange: float = rebuild(0.0, ge=0, le=1, description="The weights start uniform on ± this; 0: on ±1/√(fan-in).")

    def init(self, inputs: tuple[int, ...], outputs: tuple[int, ...], source: Source) -> Parameters:
        parameters: Parameters = {}
        for layer, (fan_in, fan_out) in enumerate(self.sizes(inputs, outputs)):
            bound = self.irange or 1 / math.sqrt(fan_in)
            for name, shape in {"weight": (fan_out, fan_in), "bias": (fan_out,)}.items():
                parameters[f"{layer}.{name}"] = source.within(bound, *shape)
            if self.irange:
                parameters[f"{layer}.bias"].zero_()
        return parameters

    def activate(self, raw: Tensor) -> Tensor:
        return ACTIVATIONS[self.activation](raw)
