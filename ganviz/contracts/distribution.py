"""Distribution: the base of every p_data."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
import torch
from torch import Generator, Tensor

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


class Distribution(Option, ABC):
    """A density that can be sampled and evaluated: on the line, unless a subclass has another `shape`."""

    room: ClassVar[str] = "distributions"
    kind: ClassVar[str] = "line"

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one sample."""
        return (1,)

    @property
    def classes(self) -> int:
        """How many classes of samples there are of which both players are told; 0 where they are told nothing."""
        return 0

    def class_names(self) -> list[str]:
        """What they are called, in turn."""
        return []

    def told(self, n: int, generator: Generator) -> Tensor:
        """What both players are told of `n` samples, (n, classes) float32. Of a generator in the same state it is what
        belongs to the samples that `sample` draws."""
        return torch.empty(n, 0)

    def each_class(self) -> Tensor:
        """What both players are told of each class in turn, (classes, classes)."""
        return torch.empty(0, 0)

    def told_in_turn(self, n: int, names: Sequence[str]) -> Tensor:
        """What both players are told of `n` samples of the classes with these names, again and again, (n, classes).
        Raises `Invalid` for a name that is not there."""
        known = self.class_names()
        for name in names or ["nothing"]:
            if name not in known:
                raise Invalid(f"G can be told {', '.join(dict.fromkeys(known)) or 'nothing'} here, not {name!r}.")
        return self.each_class()[[known.index(names[i % len(names)]) for i in range(n)]]

    @property
    def seen_shape(self) -> tuple[int, ...]:
        """Shape of what D sees: a sample, together with what is told of it."""
        return self.shape

    def joined(self, x: Tensor, told: Tensor) -> Tensor:
        """What D sees, (n, *seen_shape), of samples (n, *shape) and what is told of them (n, classes)."""
        return x

    def held(self, seen: Tensor) -> Tensor:
        """The same as D sees it, (n, *seen_shape), but without a slope by what is told: there is nowhere to move to,
        so penalties on D's slope leave it alone."""
        return seen

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
    def sample(self, n: int, generator: Generator) -> Tensor:
        """`n` independent samples, shape (n, *shape), float32, all randomness from `generator`."""

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
        return ("x",) if self.shape == (1,) else ("x₁", "x₂")

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
