"""One flat vector for all parameters of a player, and the way back to names and shapes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Size, Tensor

from ganviz.contracts.network import Parameters


@dataclass(frozen=True)
class Layout:
    """Where each named parameter lies in the flat vector: an optimizer then works on one tensor, not on a dozen."""

    names: tuple[str, ...]
    shapes: tuple[Size, ...]

    @classmethod
    def of(cls, parameters: Parameters) -> Layout:
        """The layout that `flatten` uses for these parameters."""
        return cls(tuple(parameters), tuple(value.shape for value in parameters.values()))

    @property
    def size(self) -> int:
        """How many numbers the vector has."""
        return sum(math.prod(shape) for shape in self.shapes)

    def flatten(self, parameters: Parameters) -> Tensor:
        """All parameters in one vector, shape (n,)."""
        return torch.cat([parameters[name].reshape(-1) for name in self.names])

    def unflatten(self, vector: Tensor) -> Parameters:
        """Named views of the vector; gradients flow through them."""
        parts = torch.split(vector, [math.prod(shape) for shape in self.shapes])
        return {name: part.view(shape) for name, part, shape in zip(self.names, parts, self.shapes, strict=True)}
