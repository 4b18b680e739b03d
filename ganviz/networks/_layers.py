"""What networks of fully connected layers share."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from ganviz.networks.base import Parameters


def affine(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """x Wᵀ + b for `x` (n, inputs), `weight` (outputs, inputs), `bias` (outputs,): (n, outputs)."""
    if 1 < weight.shape[1] <= 4:
        # The gradients of a layer with two inputs are products with two columns, six times slower in BLAS than with
        # two rows. Storing the transpose turns them around.
        return torch.addmm(bias, x, weight.t().contiguous())
    return F.linear(x, weight, bias)


def with_bias(parameters: Parameters, layer: int, bias: Tensor) -> Parameters:
    """The parameters with another bias in that layer, given in any shape."""
    return parameters | {f"{layer}.bias": bias.flatten().clone()}
