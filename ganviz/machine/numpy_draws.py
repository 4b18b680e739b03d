"""Random numbers from NumPy, for where there is no library: the same as the kernels', bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ganviz.machine.draws import MOST, Counter, Draws
from ganviz.machine.numpy_normal import PRECISIONS, box_muller

Words = npt.NDArray[np.uint64]
"""Words of 32 bits, in the lower halves of 64."""

LOW = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)

MULTIPLIERS = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
WEYL = 0x9E3779B9, 0xBB67AE85


def philox(key: int, counter: tuple[Words, Words, Words, Words]) -> tuple[Words, Words, Words, Words]:
    """Philox 4x32-10 (Salmon et al. 2011): a block of four words from a key of two and a counter of four."""
    a, b, c, d = counter
    first, second = key & 0xFFFFFFFF, key >> 32
    for _ in range(10):
        one, two = a * MULTIPLIERS[0], c * MULTIPLIERS[1]
        a, b, c, d = two >> HALF ^ b ^ np.uint64(first), two & LOW, one >> HALF ^ d ^ np.uint64(second), one & LOW
        first, second = (first + WEYL[0]) & 0xFFFFFFFF, (second + WEYL[1]) & 0xFFFFFFFF
    return a, b, c, d


SHORT = 1024
"""Orders of so many numbers are drawn by sorting (kernels/shuffle.h says why)."""


class NumpyDraws(Draws):
    """The laws as NumPy computes them."""

    def bits(self, at: Counter, count: int, block: int = 0) -> Words:
        assert count <= MOST
        blocks = np.uint64(block) + np.arange((count + 1) // 2, dtype=np.uint64)
        rest = [np.full_like(blocks, word) for word in (at.draw, at.update & 0xFFFFFFFF, at.update >> 32)]
        a, b, c, d = philox(at.key, (blocks, rest[0], rest[1], rest[2]))
        return np.stack([a | b << HALF, c | d << HALF], axis=1).reshape(-1)[:count]

    def uniform(self, at: Counter, count: int, dtype: npt.DTypeLike = np.float32) -> npt.NDArray[Any]:
        return self._shifted(at, count, dtype, 1.0)

    def uniform_open(self, at: Counter, count: int, dtype: npt.DTypeLike = np.float32) -> npt.NDArray[Any]:
        half_step = 0.5 ** (PRECISIONS[np.dtype(dtype)].mantissa_bits + 1)
        return self._shifted(at, count, dtype, 1 - half_step)

    def normal(self, at: Counter, count: int, dtype: npt.DTypeLike = np.float32) -> npt.NDArray[Any]:
        u = self.uniform_open(at, count + count % 2, dtype)
        pairs = box_muller(np.ascontiguousarray(u[0::2]), np.ascontiguousarray(u[1::2]))
        return np.stack(pairs, axis=1).reshape(-1)[:count]

    def integers(self, at: Counter, count: int, below: int) -> npt.NDArray[np.int64]:
        assert 1 <= below <= MOST
        bits, size = self.bits(at, count), np.uint64(below)
        return ((bits >> HALF) * size + ((bits & LOW) * size >> HALF) >> HALF).astype(np.int64)

    def permutation(self, at: Counter, n: int, first: int = 0, count: int | None = None) -> npt.NDArray[np.int64]:
        count = n - first if count is None else count
        assert 0 <= first <= first + count <= n <= MOST
        if n <= SHORT:
            places = np.arange(n, dtype=np.uint64)
            keys = self.bits(at, n) & ~np.uint64(SHORT - 1) | places
            return np.argsort(keys.view(np.int64))[first : first + count].astype(np.int64)
        keys, bits = self.bits(at, 12).view(np.uint32).astype(np.uint64), (n - 1).bit_length()
        places = _permuted(np.arange(first, first + count, dtype=np.uint64), keys, bits)
        while (outside := places >= n).any():
            places[outside] = _permuted(places[outside], keys, bits)
        return places.astype(np.int64)

    def _shifted(self, at: Counter, count: int, dtype: npt.DTypeLike, less: float) -> npt.NDArray[Any]:
        """Numbers in [1, 2), the upper bits of each word behind a 1, from which `less` is taken."""
        precision, size = PRECISIONS[np.dtype(dtype)], np.dtype(dtype).itemsize
        word = np.dtype(f"u{size}")
        bits = self.bits(at, (count * size + 7) // 8).view(word)[:count]
        upper = bits >> word.type(8 * size - precision.mantissa_bits)
        found: npt.NDArray[Any] = (upper | word.type(precision.one)).view(dtype) - np.asarray(less, dtype)
        return found


def _permuted(x: Words, keys: Words, bits: int) -> Words:
    """kernels/shuffle.h: a permutation of all numbers of so many bits (VariablePhilox, Mitchell et al. 2021)."""
    left_bits, right_bits = np.uint64(bits // 2), np.uint64(bits - bits // 2)
    left_mask, right_mask = ((np.uint64(1) << count) - np.uint64(1) for count in (left_bits, right_bits))
    left, right = x >> right_bits, x & right_mask
    for key in keys:
        product = left * np.uint64(0xD2B74407B1CE6E93)
        turned = (product >> HALF ^ key ^ right) & left_mask
        right = (product << (right_bits - left_bits) | right >> left_bits) & right_mask
        left = turned
    return left << right_bits | right
