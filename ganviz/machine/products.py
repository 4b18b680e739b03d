"""Products of matrices, computed by the kernels."""

from __future__ import annotations

import ctypes

import numpy as np
import numpy.typing as npt

from ganviz.machine.elementary import COUNT, POINTER, SUFFIX, Real
from ganviz.machine.library import Library

ALIGNMENT = 64
"""Of the workspace, in bytes."""


class _Product(ctypes.Structure):
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
    """How many numbers of workspace the kernel needs at most (product_scratch in kernels/products.h)."""
    return 4096


def product(
    library: Library, a: npt.NDArray[Real], b: npt.NDArray[Real], bias: npt.NDArray[Real] | None = None
) -> npt.NDArray[Real]:
    """bias + a b, for arrays of one precision with any strides; the bias is broadcast to the result's shape."""
    out = np.empty((len(a), b.shape[1]), a.dtype)
    product_into(library, out, a, b, bias)
    return out


def product_into(
    library: Library,
    out: npt.NDArray[Real],
    a: npt.NDArray[Real],
    b: npt.NDArray[Real],
    bias: npt.NDArray[Real] | None = None,
    scratch: npt.NDArray[Real] | None = None,
) -> None:
    """The same into an array that has any strides, and shares no memory with the others."""
    (rows, depth), columns = a.shape, b.shape[1]
    assert b.shape[0] == depth and out.shape == (rows, columns), "the shapes fit"
    assert a.dtype == b.dtype == out.dtype and (bias is None or bias.dtype == a.dtype), "one precision"
    if scratch is None:
        scratch = workspace(scratch_of(rows, columns, depth), a.dtype)
    start = (None, 0, 0) if bias is None else _matrix(np.broadcast_to(bias, out.shape))
    about = _Product(
        *_matrix(a), *_matrix(b), *start, *_matrix(out), rows, columns, depth, scratch.ctypes.data
    )
    library.function(f"product_{SUFFIX[a.dtype]}", ctypes.POINTER(_Product))(ctypes.byref(about))


def workspace(numbers: int, dtype: npt.DTypeLike) -> npt.NDArray[Real]:
    """An array that begins where the kernel wants it."""
    size = np.dtype(dtype).itemsize
    room = np.empty(numbers + ALIGNMENT // size, dtype)
    first = -room.ctypes.data % ALIGNMENT // size
    return room[first : first + numbers]


def _matrix(x: npt.NDArray[Real]) -> tuple[int, int, int]:
    """Where it is, and its strides in numbers."""
    row, column = x.strides
    assert row % x.itemsize == 0 and column % x.itemsize == 0, "numbers lie at multiples of their size"
    return x.ctypes.data, row // x.itemsize, column // x.itemsize
