"""Matrices for products: shapes around the kernel's tiles, every kind of strides, and the sums as they are defined."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ganviz.machine.fused import fused

Array = npt.NDArray[Any]

SIZES = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 15, 16, 17, 23, 24, 25, 31, 33, 40, 65)
"""Of rows, columns and steps: around the tiles of every width of vectors."""

LAYOUTS = ("rows", "columns", "steps", "backwards", "column steps", "inside")

BIASES = ("none", "scalar", "row", "column", "full", "full, by columns")


def laid_out(x: Array, layout: str) -> Array:
    """The same matrix with other strides."""
    rows, columns = x.shape
    if layout == "columns":
        return np.asfortranarray(x)
    if layout == "rows":
        return np.ascontiguousarray(x)
    room = np.full((3 * rows + 1, 2 * columns + 1), np.nan, x.dtype)
    if layout == "steps":
        place = room[1::3, 1::2]
    elif layout == "backwards":
        place = room[rows:0:-1, columns:0:-1]
    elif layout == "column steps":
        place = np.full((2 * columns, rows), np.nan, x.dtype)[1::2].T
    else:
        place = room[1 : rows + 1, 1 : columns + 1]
    place[...] = x
    return place


def numbers(rng: np.random.Generator, shape: tuple[int, ...], dtype: Any) -> Array:
    """Of many magnitudes, and both zeros among them."""
    x = rng.normal(size=shape) * 2.0 ** rng.integers(-8, 8, shape)
    return np.asarray(np.where(rng.random(shape) < 0.1, np.copysign(0, x), x), dtype)


def bias_of(rng: np.random.Generator, kind: str, rows: int, columns: int, dtype: Any) -> Array | None:
    """One of `BIASES`."""
    if kind == "none":
        return None
    shapes = {"scalar": (), "row": (columns,), "column": (rows, 1)}
    bias = numbers(rng, shapes.get(kind, (rows, columns)), dtype)
    return np.asfortranarray(bias) if kind == "full, by columns" else bias


def chain(a: Array, b: Array, bias: Array | None = None) -> Array:
    """The definition: one fused multiply-add after another."""
    out = np.zeros((a.shape[0], b.shape[1]), a.dtype)
    if bias is not None:
        out[...] = bias
    for k in range(a.shape[1]):
        left, right = np.broadcast_arrays(a[:, k, None], b[k])
        out = fused(left, right, out)
    return out
