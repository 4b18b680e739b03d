"""The source of all random numbers: they are counted."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ganviz.contracts.source import Source
from ganviz.machine.draws import Counter, Draws, stream_key
from ganviz.machine.fastest_draws import fastest_draws

NUMPYS: dict[torch.dtype, type] = {torch.float32: np.float32, torch.float64: np.float64}


class Counted(Source):
    """Draws number 0, 1, 2, … of one update of a stream: what comes out depends on nothing but these, the seed and the
    stream's name, on any machine. What is asked for is as `Draws` has it."""

    def __init__(self, seed: int, stream: str, update: int = 0, draws: Draws | None = None) -> None:
        """`draws`: who computes them; all compute the same."""
        self._draws = fastest_draws() if draws is None else draws
        self._key, self._update, self._draw = stream_key(seed, stream), update, 0

    def uniform(self, *shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
        return _shaped(self._draws.uniform(self._next(), math.prod(shape), NUMPYS[dtype]), shape)

    def uniform_open(self, *shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
        return _shaped(self._draws.uniform_open(self._next(), math.prod(shape), NUMPYS[dtype]), shape)

    def normal(self, *shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
        return _shaped(self._draws.normal(self._next(), math.prod(shape), NUMPYS[dtype]), shape)

    def integers(self, below: int, *shape: int) -> Tensor:
        return _shaped(self._draws.integers(self._next(), math.prod(shape), below), shape)

    def order(self, n: int) -> Tensor:
        return torch.from_numpy(self._draws.permutation(self._next(), n))

    def rows(self, size: int, of: int) -> Tensor:
        return torch.from_numpy(self._draws.minibatch(self._next(), size, of))

    def _next(self) -> Counter:
        self._draw += 1
        return Counter(self._key, self._update, self._draw - 1)


def _shaped(numbers: npt.NDArray[Any], shape: tuple[int, ...]) -> Tensor:
    """As a tensor in memory of torch's own: where numbers lie decides in which order torch sums them."""
    return torch.from_numpy(numbers).view(shape).clone()
