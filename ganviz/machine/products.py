"""Products of matrices, computed by the kernels."""

from __future__ import annotations

import ctypes
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
    )  # fmt: skip


def scratch_of(rows: int, columns: int, depth: int) -> int:
    """How many numbers of workspace the kernel needs at most: its function product_scratch."""
    return PANEL if rows > 0 and columns > 0 and depth > 0 else 0


def product(
    library: Library, a: npt.NDArray[Real], b: npt.NDArray[Real], bias: npt.NDArray[Real] | None = None
) -> npt.NDArray[Real]:
    """bias + a b, for arrays of one precision with any strides; the bias is broadcast to the result's shape."""
    out = np.empty((a.shape[0], b.shape[1]), a.dtype)
    product_into(library, out, workspace(scratch_of(*out.shape, a.shape[1]), a.dtype), a, b, bias)
    return out


def product_into(
    library: Library,
    out: npt.NDArray[Real],
    scratch: npt.NDArray[Real],
    a: npt.NDArray[Real],
    b: npt.NDArray[Real],
    bias: npt.NDArray[Real] | None = None,
) -> None:
    """The same into an array with any strides that shares no memory with the others, with a workspace that is there."""
    arrays = [a, b, out, scratch, *([] if bias is None else [bias])]
    assert len({array.dtype for array in arrays}) == 1, "all are of one precision"
    assert out.shape == (a.shape[0], b.shape[1]) and a.shape[1] == b.shape[0], "the shapes fit"
    assert scratch.size >= scratch_of(*out.shape, a.shape[1]) and scratch.flags.c_contiguous, "there is room to work"
    start = (None, 0, 0) if bias is None else _matrix(np.broadcast_to(bias, out.shape))
    about = Product(*_matrix(a), *_matrix(b), *start, *_matrix(out), *out.shape, a.shape[1], scratch.ctypes.data)
    library.function(f"product_{SUFFIX[a.dtype]}", POINTER)(ctypes.addressof(about))


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
