"""A view: how a tensor lies in the memory of a program."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, Self

Storage = Literal["float32", "float64"]
"""What numbers are stored as. Truth values are 0 and 1 in float32, whole numbers are float64, exact up to 2⁵³."""

BYTES: dict[Storage, int] = {"float32": 4, "float64": 8}

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class View:
    """Part of a block of memory, as strides tell: what PyTorch calls a view costs no instruction."""

    block: int
    """The number of the block."""
    storage: Storage
    offset: int
    """Where the first number lies; counted in numbers, as strides are."""
    shape: Shape
    strides: Shape

    @property
    def size(self) -> int:
        """How many numbers it has."""
        return math.prod(self.shape)

    @property
    def is_dense(self) -> bool:
        """Whether its numbers lie side by side, in order."""
        wanted = dense_strides(self.shape)
        return all(n == 1 or own == step for n, own, step in zip(self.shape, self.strides, wanted, strict=True))

    @property
    def is_uniform(self) -> bool:
        """Whether all its numbers are one and the same."""
        return self.size > 0 and all(n == 1 or step == 0 for n, step in zip(self.shape, self.strides, strict=True))

    def covers(self, other: View) -> bool:
        """Whether both are the same numbers side by side, in the same order, whatever their shapes."""
        alike = (self.block, self.offset, self.size) == (other.block, other.offset, other.size)
        return alike and self.is_dense and other.is_dense

    @property
    def span(self) -> tuple[int, int]:
        """The first and the last number of its block that it touches; (0, −1) where it has none."""
        if not self.size:
            return 0, -1
        far = [(n - 1) * step for n, step in zip(self.shape, self.strides, strict=True)]
        return self.offset + sum(min(0, each) for each in far), self.offset + sum(max(0, each) for each in far)

    def shaped(self, shape: Shape, strides: Shape, offset: int = 0) -> Self:
        """Another view of the same block, whose first number lies `offset` farther."""
        return replace(self, offset=self.offset + offset, shape=shape, strides=strides)

    def reshaped(self, shape: Shape) -> Self:
        """The same numbers in the same order; for a view that is dense or uniform."""
        return self.shaped(shape, (0,) * len(shape) if self.is_uniform and not self.is_dense else dense_strides(shape))

    def permuted(self, order: Sequence[int]) -> Self:
        """With its dimensions in another order."""
        return self.shaped(tuple(self.shape[i] for i in order), tuple(self.strides[i] for i in order))

    def expanded(self, shape: Shape) -> Self:
        """Broadcast: dimensions of 1, and those that it lacks in front, repeat."""
        lacking = len(shape) - len(self.shape)
        repeated = zip(self.shape, shape[lacking:], self.strides, strict=True)
        return self.shaped(shape, (0,) * lacking + tuple(0 if n == 1 != m else step for n, m, step in repeated))

    def with_dimension(self, at: int) -> Self:
        """With a dimension of 1 before dimension `at`."""
        return self.shaped((*self.shape[:at], 1, *self.shape[at:]), (*self.strides[:at], 0, *self.strides[at:]))

    def without(self, dimensions: Sequence[int]) -> Self:
        """Without some dimensions, at their beginning."""
        kept = [i for i in range(len(self.shape)) if i not in dimensions]
        return self.permuted(kept)

    def selected(self, dimension: int, index: int) -> Self:
        """One place along a dimension, which it loses."""
        return self.sliced(dimension, index, 1).without([dimension])

    def sliced(self, dimension: int, start: int, length: int, step: int = 1) -> Self:
        """Some places along a dimension."""
        shape, strides = list(self.shape), list(self.strides)
        shape[dimension], strides[dimension] = length, strides[dimension] * step
        return self.shaped(tuple(shape), tuple(strides), start * self.strides[dimension])


def dense_strides(shape: Shape) -> Shape:
    """The strides of numbers that lie side by side, the last dimension first."""
    return tuple(math.prod(shape[i + 1 :]) for i in range(len(shape)))


def merged(shape: Shape, strides: Sequence[Shape]) -> tuple[Shape, list[Shape]]:
    """The fewest dimensions in which views of one shape can be walked together: those of 1 dropped, and neighbours that
    every view walks as one made one."""
    dimensions: list[tuple[int, Shape]] = []
    for i, n in enumerate(shape):
        steps = tuple(each[i] for each in strides)
        if n == 1:
            continue
        if dimensions and all(outer == inner * n for outer, inner in zip(dimensions[-1][1], steps, strict=True)):
            dimensions[-1] = (dimensions[-1][0] * n, steps)
        else:
            dimensions.append((n, steps))
    return tuple(n for n, _ in dimensions), [tuple(steps[i] for _, steps in dimensions) for i in range(len(strides))]
