"""Latent: the base of every p_z."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from torch import Tensor

from ganviz.contracts.source import Source
from ganviz.option import Option, rebuild


class Latent(Option, ABC):
    """Independent coordinates of one kind, as many as `dim` says."""

    room: ClassVar[str] = "latents"

    dim: int = rebuild(1, ge=1, le=256, description="Number of coordinates of z. p_g is drawn exactly when it is 1.")

    @abstractmethod
    def sample(self, n: int, source: Source) -> Tensor:
        """`n` independent samples, shape (n, dim), float32, all randomness from `source`."""

    @abstractmethod
    def quantile(self, u: Tensor) -> Tensor:
        """One coordinate's quantile function at `u` in [0, 1], same shape: finite, even at 0 and 1."""
