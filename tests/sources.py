"""Sources that say what was asked of them, and that give what they were given."""

from __future__ import annotations

import torch
from torch import Tensor

from ganviz.contracts.source import Source

Asked = tuple[object, ...]
"""The law, and what it was asked for."""


class Recorded(Source):
    """Another source, and all that was asked of it and given by it, in order."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.asked: list[Asked] = []
        self.given: list[Tensor] = []

    def uniform(self, *shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
        return self._noted("uniform", self._source.uniform(*shape, dtype=dtype), shape, dtype)

    def uniform_open(self, *shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
        return self._noted("uniform_open", self._source.uniform_open(*shape, dtype=dtype), shape, dtype)

    def normal(self, *shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
        return self._noted("normal", self._source.normal(*shape, dtype=dtype), shape, dtype)

    def integers(self, below: int, *shape: int) -> Tensor:
        return self._noted("integers", self._source.integers(below, *shape), below, shape)

    def order(self, n: int) -> Tensor:
        return self._noted("order", self._source.order(n), n)

    def rows(self, size: int, of: int) -> Tensor:
        return self._noted("rows", self._source.rows(size, of), size, of)

    def _noted(self, law: str, given: Tensor, *asked: object) -> Tensor:
        self.asked.append((law, *asked))
        self.given.append(given)
        return given


class Given(Source):
    """Tensors, handed out in order: those of a function that is captured, for one."""

    def __init__(self, tensors: list[Tensor]) -> None:
        self._waiting = list(tensors)

    def uniform(self, *shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
        return self._waiting.pop(0)

    def uniform_open(self, *shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
        return self._waiting.pop(0)

    def normal(self, *shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
        return self._waiting.pop(0)

    def integers(self, below: int, *shape: int) -> Tensor:
        return self._waiting.pop(0)

    def order(self, n: int) -> Tensor:
        return self._waiting.pop(0)

    def rows(self, size: int, of: int) -> Tensor:
        return self._waiting.pop(0)
