"""Elementary functions of arrays, computed by the kernels."""

from __future__ import annotations

import ctypes
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from ganviz.machine.library import Library

Real = TypeVar("Real", np.float32, np.float64)

FUNCTIONS = (
    "exp", "expm1", "log", "log1p", "tanh", "sigmoid", "softplus", "logsigmoid", "sin", "cos", "sqrt", "rsqrt",
)  # fmt: skip
"""Functions of one number, each for float32 and float64."""

SUFFIX = {np.dtype(np.float32): "f32", np.dtype(np.float64): "f64"}

POINTER, COUNT = ctypes.c_void_p, ctypes.c_int64


def elementary(library: Library, name: str, x: npt.NDArray[Real]) -> npt.NDArray[Real]:
    """One of `FUNCTIONS` of each number, in the array's own precision."""
    x = np.ascontiguousarray(x)
    y = np.empty_like(x)
    kernel = library.function(f"{name}_{SUFFIX[x.dtype]}", POINTER, POINTER, COUNT)
    kernel(x.ctypes.data, y.ctypes.data, x.size)
    return y


def power(library: Library, x: npt.NDArray[Real], y: npt.NDArray[Real]) -> npt.NDArray[Real]:
    """x to the power y, of pairs of numbers: arrays of one shape and precision."""
    assert (x.shape, x.dtype) == (y.shape, y.dtype)
    x, y = np.ascontiguousarray(x), np.ascontiguousarray(y)
    z = np.empty_like(x)
    kernel = library.function(f"pow_{SUFFIX[x.dtype]}", POINTER, POINTER, POINTER, COUNT)
    kernel(x.ctypes.data, y.ctypes.data, z.ctypes.data, x.size)
    return z
