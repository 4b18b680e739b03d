"""Distribution: the base of every p_data."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
import torch
from torch import Tensor

from ganviz.contracts.source import Source
from ganviz.option import Invalid, Option

if TYPE_CHECKING:
    from ganviz.experiment import Experiment


@dataclass(frozen=True)
class Bumps:
    """Equal, round modes: what mode coverage is counted on."""

    centers: Tensor
    """(k, *shape) float64."""
    std: float
    """Standard deviation σ of each bump along every axis; a sample within 3σ of a centre is of high quality."""


@dataclass(frozen=True)
class Pairs:
    """Samples and their conditions, row by row."""

    x: Tensor
    """(n, *shape) float32."""
    condition: Tensor
    """(n, condition_dim) float32."""


class Distribution(Option, ABC):
    """A density that can be sampled and evaluated: on the line, unless a subclass says another `space` and `shape`."""

    room: ClassVar[str] = "distributions"

    @property
    def space(self) -> str:
        """The name of the space its samples lie in, an option of ``spaces``: how they are looked at."""
        return "line"

    @property
    def family(self) -> str:
        return self.space

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one sample."""
        return (1,)

    @property
    def condition_dim(self) -> int:
        """Numbers in a sample's condition, which both players are given; 0 where samples come without one.

        Samples that have one override `draw` as well, and `condition_names` and `each_condition` where the condition is
        a class.
        """
        return 0

    def draw(self, n: int, source: Source) -> Pairs:
        """`n` samples with their conditions. Of the same source, `sample` draws the same samples."""
        return Pairs(self.sample(n, source), torch.empty(n, 0, dtype=torch.float32))

    def conditions(self, n: int, source: Source) -> Tensor:
        """`n` conditions, as frequent as in the data, (n, condition_dim): those that `draw` draws."""
        return self.draw(n, source).condition if self.condition_dim else torch.empty(n, 0, dtype=torch.float32)

    def condition_names(self) -> list[str]:
        """What the values of a discrete condition are called, in turn; empty where it is continuous."""
        return []

    def each_condition(self) -> Tensor:
        """The values of a discrete condition in turn, (values, condition_dim)."""
        return torch.empty(0, self.condition_dim, dtype=torch.float32)

    def conditions_in_turn(self, n: int, names: Sequence[str]) -> Tensor:
        """The conditions with these names, again and again, (n, condition_dim). Raises `Invalid` for a name that is
        not there."""
        known = self.condition_names()
        if self.condition_dim and not known:
            raise Invalid("The condition is a point here and has no names: G cannot be asked for one by its name.")
        for name in names or ["nothing"]:
            if name not in known:
                raise Invalid(f"G can be told {', '.join(dict.fromkeys(known)) or 'nothing'} here, not {name!r}.")
        return self.each_condition()[[known.index(names[i % len(names)]) for i in range(n)]]

    @property
    def pair_shape(self) -> tuple[int, ...]:
        """Shape of a sample with its condition, as D sees them: a vector (d,) becomes (d + condition_dim,)."""
        first, *others = self.shape
        return first + self.condition_dim, *others

    def pair(self, x: Tensor, condition: Tensor) -> Tensor:
        """Samples (n, *shape) with their conditions (n, condition_dim), (n, *pair_shape): the condition as further
        coordinates. Samples and conditions may stand in groups, side by side along axis 1."""
        return torch.cat([x, condition], 1) if self.condition_dim else x

    def unpair(self, pairs: Tensor) -> tuple[Tensor, Tensor]:
        """`pair` undone: (samples, conditions)."""
        x, condition = torch.split(pairs, [self.shape[0], pairs.shape[1] - self.shape[0]], 1)
        return x, condition.flatten(1)

    def prepare(self) -> Self:
        """This option with what its samples are made of in hand, read now where it lies in files: what a run has from
        its beginning to its end. Raises `Invalid` where it cannot be read, and for options that still lack something.
        """
        return self

    def identity(self) -> Hashable:
        """What tells these samples from others: the option, and of files also what was read in them."""
        return self

    def path_here(self) -> str:
        """The path on this computer at which the samples are read; empty for nearly all, which need none."""
        return ""

    def account(self) -> str:
        """What was read there and what became of it, in a sentence; empty where nothing is read."""
        return ""

    def advice(self, experiment: Experiment) -> str:
        """What had better be changed too where these samples are to be learned, in a sentence; empty where nothing."""
        return ""

    @abstractmethod
    def sample(self, n: int, source: Source) -> Tensor:
        """`n` samples, shape (n, *shape), float32, all randomness from `source`: independent ones, unless they are the
        next rows of a collection."""

    @abstractmethod
    def log_prob(self, x: Tensor) -> Tensor:
        """Log density in nats, (n,), at the points `x`: (n,) on the line, else (n, *shape); -inf outside the support.
        Keeps the dtype of `x`."""

    @abstractmethod
    def window(self) -> tuple[float, float]:
        """The part worth drawing: it holds nearly all of the mass, with some air around. In the plane the same
        interval for both coordinates: a square."""

    def squash(self, x: Tensor) -> Tensor:
        """G's raw outputs (n, *shape) brought into the range of samples; as they are, where that is unbounded."""
        return x

    def centre(self) -> Tensor | None:
        """The raw outputs of G, (*shape), that `squash` takes to the mean of the samples: where G had better start.
        None where that is of no use."""
        return None

    def axes(self) -> tuple[str, ...]:
        """What the coordinates are called, with their units."""
        return ("x",)

    def bumps(self) -> Bumps | None:
        """The modes it is made of, where it is a mixture of equal round ones."""
        return None

    def mass(self, edges: Tensor) -> Tensor:
        """Mass in each cell of the line, (n,) float64 that sums to 1, for `edges` (n+1,); by Gauss-Legendre quadrature
        of the density unless there is a better way."""
        # Many nodes, because a density may have a pole at the end of a cell (the arcsine law has two).
        nodes, weights = (torch.from_numpy(array) for array in np.polynomial.legendre.leggauss(24))
        middle, half = (edges[1:] + edges[:-1]) / 2, edges.diff() / 2
        points = middle[:, None] + half[:, None] * nodes
        mass = (self.log_prob(points.flatten()).exp().reshape(points.shape) @ weights) * half
        return mass / mass.sum()
