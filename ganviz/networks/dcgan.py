"""Convolutions for pictures."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn import functional as F

from ganviz.contracts.network import Network, Parameters, Tap, untapped
from ganviz.contracts.source import Source
from ganviz.experiment import Experiment
from ganviz.networks._layers import with_bias
from ganviz.option import Invalid, rebuild

SIDE = 28
"""Pixels along each side of a picture."""

COARSE = 7
"""Pixels along each side of what lies two strides of 2 away from it."""

CONDITION = "told.weight"
"""V below; checkpoints know it by this name."""


class Dcgan(Network):
    """Convolutional network for pictures of 28×28 pixels, after DCGAN (Radford et al. 2016); G or D by its place.

    G: linear layers to 8c units and to 2c maps of 7×7, then two transposed convolutions, 4×4 with stride 2: to c maps
    of 14×14, and to the picture; ReLU. D is its mirror image, leaky ReLU with slope 0.2, and sees pixels on [−1, 1].
    Weights start normal with variance 2/fan-in.
    DCGAN's batch norm is left out, since it makes a sample depend on its neighbours: in each hidden layer of G a sample
    is normalised by itself instead (layer norm, with a learned scale and shift for each unit or map), in D not at all.
    Where a picture has a condition y, in further rows of pixels, D's score gets the terms yᵀVφ(x): φ is its last hidden
    layer, V has weights for each pixel of those rows.
    Watch strokes become smooth where an mlp leaves dots.
    """

    channels: int = rebuild(32, ge=8, le=128, log=True, description="Maps c of the finer layer; the coarser has 2c.")

    def objection(self, experiment: Experiment) -> str | None:
        if experiment.data.shape != (1, SIDE, SIDE):
            return f"A dcgan network needs pictures of 28×28 pixels, and {experiment.data.option_name()} has none."
        return None

    def init(self, inputs: tuple[int, ...], outputs: tuple[int, ...], source: Source) -> Parameters:
        def normal(*shape: int, fan_in: int) -> Tensor:
            return source.normal(*shape) * math.sqrt(2 / fan_in)

        c, units, coarse = self.channels, 8 * self.channels, 2 * self.channels * COARSE**2
        if len(inputs) == 1 and outputs == (1, SIDE, SIDE):
            return {
                "0.weight": normal(units, *inputs, fan_in=inputs[0]),
                **_scale_and_shift(0, units),
                "1.weight": normal(coarse, units, fan_in=units),
                **_scale_and_shift(1, 2 * c),
                # With stride 2 each pixel is reached by 2×2 of a kernel's 4×4 numbers.
                "2.weight": normal(c, 2 * c, 4, 4, fan_in=4 * 2 * c),
                **_scale_and_shift(2, c),
                "3.weight": normal(1, c, 4, 4, fan_in=4 * c),
                "3.bias": torch.zeros(1, dtype=torch.float32),
            }
        if len(inputs) == 3 and inputs[1] >= SIDE and inputs[2] == SIDE and len(outputs) == 1:
            weights = {
                "0.weight": normal(c, inputs[0], 4, 4, fan_in=16 * inputs[0]),
                "1.weight": normal(2 * c, c, 4, 4, fan_in=16 * c),
                "2.weight": normal(units, coarse, fan_in=coarse),
                "3.weight": normal(*outputs, units, fan_in=units),
            }
            biases = {
                f"{layer}.bias": torch.zeros(len(weight), dtype=torch.float32)
                for layer, weight in enumerate(weights.values())
            }
            condition = inputs[0] * (inputs[1] - SIDE) * SIDE
            shape = condition * outputs[0], units
            return weights | biases | ({CONDITION: normal(*shape, fan_in=condition * units)} if condition else {})
        raise Invalid(f"A dcgan network maps a latent to a picture of 28×28 or back, not {inputs} to {outputs}.")

    def centred(self, parameters: Parameters, raw: Tensor) -> Parameters:
        # One number for all pixels: the one with the right mean.
        return with_bias(parameters, 3, torch.logit(torch.sigmoid(raw).mean()))

    def hidden(self) -> tuple[tuple[int, ...], ...]:
        """Those of D."""
        c = self.channels
        return (c, 2 * COARSE, 2 * COARSE), (2 * c, COARSE, COARSE), (8 * c,)

    def apply(self, parameters: Mapping[str, Tensor], x: Tensor, tap: Tap = untapped) -> Tensor:
        # A latent is a vector, a picture is not.
        return _picture(parameters, x, tap) if x.dim() == 2 else _score(parameters, x, tap)


def _picture(parameters: Mapping[str, Tensor], z: Tensor, tap: Tap) -> Tensor:
    x = F.linear(z, parameters["0.weight"])
    x = tap(0, _activated(x, parameters, 0))
    x = torch.unflatten(F.linear(x, parameters["1.weight"]), 1, (-1, COARSE, COARSE))
    x = tap(1, _activated(x, parameters, 1))
    x = _finer(x, parameters["2.weight"])
    x = tap(2, _activated(x, parameters, 2))
    return _finer(x, parameters["3.weight"], parameters["3.bias"])


def _score(parameters: Mapping[str, Tensor], seen: Tensor, tap: Tap) -> Tensor:
    x = 2 * seen[:, :, :SIDE] - 1
    for layer in (0, 1):
        x = F.conv2d(x, parameters[f"{layer}.weight"], parameters[f"{layer}.bias"], stride=2, padding=1)
        x = tap(layer, F.leaky_relu(x, 0.2))
    x = tap(2, F.leaky_relu(F.linear(x.flatten(1), parameters["2.weight"], parameters["2.bias"]), 0.2))
    score = F.linear(x, parameters["3.weight"], parameters["3.bias"])
    if CONDITION not in parameters:
        return score
    condition = seen[:, :, SIDE:].flatten(1)
    slopes = torch.unflatten(F.linear(x, parameters[CONDITION]), 1, (score.shape[1], -1))
    return score + (slopes * condition[:, None]).sum(2)


def _scale_and_shift(layer: int, maps: int) -> Parameters:
    return {
        f"{layer}.scale": torch.ones(maps, dtype=torch.float32),
        f"{layer}.shift": torch.zeros(maps, dtype=torch.float32),
    }


def _activated(x: Tensor, parameters: Mapping[str, Tensor], layer: int) -> Tensor:
    """ReLU of `x` (n, c, ...) after each sample got mean 0 and variance 1, and then each map its scale and shift."""
    return torch.relu(F.group_norm(x, 1, parameters[f"{layer}.scale"], parameters[f"{layer}.shift"]))


def _finer(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """(n, c, h, w) → (n, c', 2h, 2w), `weight` (c', c, 4, 4): the transpose of a convolution of stride 2."""
    return F.conv_transpose2d(x, weight.transpose(0, 1), bias, stride=2, padding=1)
