"""Network: the base of what both players are made of."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import ClassVar

from torch import Tensor

from ganviz.contracts.source import Source
from ganviz.option import Option

Parameters = dict[str, Tensor]

Tap = Callable[[int, Tensor], Tensor]
"""Stands behind every hidden layer: takes the layer's number and its activations, returns what the next layer sees."""


def untapped(layer: int, activations: Tensor) -> Tensor:
    """The tap that changes nothing."""
    return activations


class Network(Option, ABC):
    """A function of named parameters: `init` makes them, `apply` uses them, and neither keeps any state."""

    room: ClassVar[str] = "networks"

    @abstractmethod
    def init(self, inputs: tuple[int, ...], outputs: tuple[int, ...], source: Source) -> Parameters:
        """Initial parameters for a map between samples of these shapes, all randomness from `source`.

        A name that ends in ``weight`` holds a matrix (or kernel) whose first axis is the layer's output.
        """

    def centred(self, parameters: Parameters, raw: Tensor) -> Parameters:
        """G's initial parameters, changed so that its outputs lie around `raw` (*outputs), as far as it can do that;
        the bias of a last layer can."""
        return parameters

    @abstractmethod
    def apply(self, parameters: Mapping[str, Tensor], x: Tensor, tap: Tap = untapped) -> Tensor:
        """The outputs, shape (n, *outputs) or the same flat, for `x` of shape (n, *inputs). For D: a raw score, larger
        = more real. For G: any real numbers; the data bring them into their range (`Distribution.squash`).

        What each hidden layer puts out goes through `tap` on its way to the next.
        """

    def hidden(self) -> tuple[tuple[int, ...], ...]:
        """The shape of each hidden layer's activations for one sample; none for a network without hidden layers."""
        return ()
