"""Random numbers by counting: what they are functions of, and the laws there are.

Element i of a draw depends on nothing but the stream's key, the update, the draw's number in that update, and i. So
nothing is stored between draws, a shorter draw is the beginning of a longer one, and whoever asks gets the same.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

MOST = 2**31
"""The most numbers in one draw, and the largest range of whole numbers."""


@lru_cache(maxsize=256)
def stream_key(seed: int, stream: str) -> int:
    """The key of a stream of random numbers: 64 bits that depend on the seed and the stream's name."""
    return int.from_bytes(hashlib.blake2b(f"{seed}/{stream}".encode(), digest_size=8).digest(), "little")


@dataclass(frozen=True)
class Counter:
    """Which draw is meant: number `draw` of update `update` of the stream with that key."""

    key: int
    update: int = 0
    draw: int = 0

    def __post_init__(self) -> None:
        assert 0 <= self.key < 2**64, "the key has 64 bits"
        assert 0 <= self.update < 2**64, "the update is counted in 64 bits"
        assert 0 <= self.draw < 2**32, "the draw is counted in 32 bits"


class Draws(ABC):
    """The laws. C and NumPy give the same numbers, bit for bit."""

    @abstractmethod
    def bits(self, at: Counter, count: int, block: int = 0) -> npt.NDArray[np.uint64]:
        """Words of 64 random bits; there are two in each of Philox's blocks, of which `block` is the first."""

    @abstractmethod
    def uniform(self, at: Counter, count: int, dtype: npt.DTypeLike = np.float32) -> npt.NDArray[Any]:
        """k / 2^m with k uniform in 0, …, 2^m − 1; m is 23 for float32 and 52 for float64. 1 never comes out."""

    @abstractmethod
    def uniform_open(self, at: Counter, count: int, dtype: npt.DTypeLike = np.float32) -> npt.NDArray[Any]:
        """(k + ½) / 2^m: neither 0 nor 1 comes out, and u exactly as often as 1 − u."""

    @abstractmethod
    def normal(self, at: Counter, count: int, dtype: npt.DTypeLike = np.float32) -> npt.NDArray[Any]:
        """Standard normal numbers by Box and Muller; none beyond 5.8 (float32) or 8.6 (float64)."""

    @abstractmethod
    def integers(self, at: Counter, count: int, below: int) -> npt.NDArray[np.int64]:
        """Whole numbers from 0 to below − 1, each as likely as any other to within 2^−64; `below` is at most 2^31."""

    @abstractmethod
    def permutation(self, at: Counter, n: int, first: int = 0, count: int | None = None) -> npt.NDArray[np.int64]:
        """Places first, …, first + count − 1 of a random order of 0, …, n − 1; without a count, to its end.

        Up to n = 1024 all orders are equally likely (random keys are sorted). Beyond, an order is that of a Feistel
        network with 768 bits of key, which gives each place by itself.
        """

    def minibatch(self, at: Counter, size: int, n: int) -> npt.NDArray[np.int64]:
        """Which `size` of n samples the counter's update sees: none twice before all have been seen.

        The updates go through one random order of the samples after another; each of these is drawn for its epoch, as
        draw number `at.draw` of the update of that number, which draws nothing else by this number. A minibatch in
        which one epoch ends begins the next.
        """
        place, parts = at.update * size, list[npt.NDArray[np.int64]]()
        end = place + size
        while place < end:
            epoch, first = divmod(place, n)
            count = min(end - place, n - first)
            parts.append(self.permutation(Counter(at.key, epoch, at.draw), n, first, count))
            place += count
        return np.concatenate(parts) if parts else np.empty(0, np.int64)
