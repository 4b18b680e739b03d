"""Random numbers from the kernels."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
import numpy.typing as npt

from ganviz.machine.draws import MOST, Counter, Draws
from ganviz.machine.elementary import COUNT, POINTER, SUFFIX
from ganviz.machine.library import Library

WHICH = (ctypes.c_uint64, ctypes.c_uint64, ctypes.c_uint32)
"""A counter: key, update, draw."""


class NativeDraws(Draws):
    """The laws as a library computes them."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def bits(self, at: Counter, count: int, block: int = 0) -> npt.NDArray[np.uint64]:
        return self._filled("bits", at, np.empty(count, np.uint64), block)

    def uniform(self, at: Counter, count: int, dtype: npt.DTypeLike = np.float32) -> npt.NDArray[Any]:
        return self._filled(f"uniform_{SUFFIX[np.dtype(dtype)]}", at, np.empty(count, dtype))

    def uniform_open(self, at: Counter, count: int, dtype: npt.DTypeLike = np.float32) -> npt.NDArray[Any]:
        return self._filled(f"uniform_open_{SUFFIX[np.dtype(dtype)]}", at, np.empty(count, dtype))

    def normal(self, at: Counter, count: int, dtype: npt.DTypeLike = np.float32) -> npt.NDArray[Any]:
        return self._filled(f"normal_{SUFFIX[np.dtype(dtype)]}", at, np.empty(count, dtype))

    def integers(self, at: Counter, count: int, below: int) -> npt.NDArray[np.int64]:
        assert 1 <= below <= MOST
        return self._filled("integers", at, np.empty(count, np.int64), below)

    def permutation(self, at: Counter, n: int, first: int = 0, count: int | None = None) -> npt.NDArray[np.int64]:
        count = n - first if count is None else count
        assert 0 <= first <= first + count <= n <= MOST
        return self._filled("permutation", at, np.empty(count, np.int64), n, first)

    def _filled(self, name: str, at: Counter, out: npt.NDArray[Any], *more: int) -> npt.NDArray[Any]:
        assert out.size <= MOST
        if out.size:
            kernel = self._library.function(name, *WHICH, POINTER, COUNT, *[ctypes.c_uint64] * len(more))
            # Sooner than out.ctypes.data, in a call that takes a few microseconds.
            address = ctypes.addressof(ctypes.c_char.from_buffer(out))  # type: ignore[arg-type]
            kernel(at.key, at.update, at.draw, address, out.size, *more)
        return out
