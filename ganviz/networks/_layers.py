"""What networks of fully connected layers share."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional as F

from ganviz.contracts.network import Network, Parameters, Tap, untapped


class Layered(Network, ABC):
    """`depth` hidden layers of `width` units, each an affine map and its activation, then an affine map."""

    if TYPE_CHECKING:
        # Fields of the options, which give them their defaults and their order.
        width: int
        depth: int

    @abstractmethod
    def activate(self, raw: Tensor) -> Tensor:
        """A hidden layer's activations (n, width) from what its affine map puts out, (n, ...)."""

    def sizes(self, inputs: tuple[int, ...], outputs: tuple[int, ...]) -> Iterator[tuple[int, int]]:
        """What goes into each layer and what comes out of it, in units."""
        return pairwise([math.prod(inputs), *[self.width] * self.depth, math.prod(outputs)])

    def centred(self, parameters: Parameters, raw: Tensor) -> Parameters:
        return with_bias(parameters, self.depth, raw)

    def hidden(self) -> tuple[tuple[int, ...], ...]:
        return ((self.width,),) * self.depth

    def apply(self, parameters: Mapping[str, Tensor], x: Tensor, tap: Tap = untapped) -> Tensor:
        x = x.flatten(1)
        for layer in range(self.depth):
            x = tap(layer, self.activate(affine(x, parameters[f"{layer}.weight"], parameters[f"{layer}.bias"])))
        return affine(x, parameters[f"{self.depth}.weight"], parameters[f"{self.depth}.bias"])


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
