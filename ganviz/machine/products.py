"""Products of matrices, computed by the kernels."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from ganviz.machine.elementary import COUNT, POINTER, SUFFIX, Real
from ganviz.machine.library import Library

ALIGNMENT = 64
"""Of the workspace, in bytes."""

PANEL = 4096
"""The kernel's enum of that name."""


class Product(ctypes.Structure):
    """As in kernels/products.h. Strides are in numbers."""

    _fields_ = (
        ("a", POINTER), ("a_row", COUNT), ("a_step", COUNT),
        ("b", POINTER), ("b_step", COUNT), ("b_column", COUNT),
        ("bias", POINTER), ("bias_row", COUNT), ("bias_column", COUNT),
        ("out", POINTER), ("out_row", COUNT), ("out_column", COUNT),
        ("rows", COUNT), ("columns", COUNT), ("depth", COUNT),
        ("scratch", POINTER),
        ("after", COUNT), ("number", ctypes.c_double), ("x", POINTER), ("x_row", COUNT), ("x_column", COUNT),
    )  # fmt: skip

    arrays: list[npt.NDArray[Any]]
    """What must not vanish before this does."""


def scratch_of(rows: int, columns: int, depth: int) -> int:
    """How many numbers of workspace the kernel needs at most: its function product_scratch."""
    return PANEL if rows > 0 and columns > 0 and depth > 0 else 0


def product(
    library: Library, a: npt.NDArray[Real], b: npt.NDArray[Real], bias: npt.NDArray[Real] | None = None
) -> npt.NDArray[Real]:
    """bias + a b, for arrays of one precision with any strides; the bias is broadcast to the result's shape."""
    rows, columns, depth = a.shape[0], b.shape[1], a.shape[1]
    out = np.empty((rows, columns), a.dtype)
    prepared(library, out, workspace(scratch_of(rows, columns, depth), a.dtype), a, b, bias)()
    return out


def prepared(
    library: Library,
    out: npt.NDArray[Real],
    scratch: npt.NDArray[Real],
    a: npt.NDArray[Real],
    b: npt.NDArray[Real],
    bias: npt.NDArray[Real] | None = None,
) -> Callable[[], None]:
    """The same as a call that can be repeated, into an array with any strides that shares no memory with the others."""
    arrays: list[npt.NDArray[Any]] = [a, b, out, scratch, *([] if bias is None else [bias])]
    assert len({array.dtype for array in arrays}) == 1, "all are of one precision"
    rows, columns, depth = a.shape[0], b.shape[1], a.shape[1]
    assert (*out.shape, b.shape[0]) == (rows, columns, depth), "the shapes fit"
    assert scratch.size >= scratch_of(rows, columns, depth), "there is room to work"
    start = (None, 0, 0) if bias is None else _matrix(np.broadcast_to(bias, out.shape))
    about = Product(*_matrix(a), *_matrix(b), *start, *_matrix(out), rows, columns, depth, scratch.ctypes.data)
    about.arrays = arrays
    return partial(library.function(f"product_{SUFFIX[a.dtype]}", POINTER), ctypes.byref(about))


def workspace(numbers: int, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """An array that begins where the kernel wants it to."""
    size = np.dtype(dtype).itemsize
    room = np.empty(numbers + ALIGNMENT // size, dtype)
    first = -room.ctypes.data % ALIGNMENT // size
    return room[first : first + numbers]


def _matrix(x: npt.NDArray[Real]) -> tuple[int, int, int]:
    """Where it is, and its strides in numbers."""
    assert all(stride % x.itemsize == 0 for stride in x.strides), "numbers lie whole numbers apart"
    return x.ctypes.data, x.strides[0] // x.itemsize, x.strides[1] // x.itemsize
