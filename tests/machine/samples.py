"""Where elementary functions are tried, and how wrong they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import numpy.typing as npt
import pytest

Array = npt.NDArray[Any]

PRECISIONS = (np.float32, np.float64)

EXTENDED = np.finfo(np.longdouble).nmant >= 63

extended = pytest.mark.skipif(not EXTENDED, reason="this processor has no numbers longer than float64")

BOUNDS = {
    "exp": 0.8, "expm1": 1.1, "log": 0.9, "log1p": 0.9, "tanh": 0.9, "sigmoid": 0.8, "softplus": 1.1, "logsigmoid": 1.1,
    "sin": 0.8, "cos": 0.8, "sqrt": 0.501, "rsqrt": 1.5,
}  # fmt: skip
"""The largest error of each function, in units in the last place: what docs/machine.md promises."""

SPANS = {
    np.float32: {"exp": (-103.9, 88.7), "expm1": (-18, 88.7), "tanh": (-10, 10), "sigmoid": (-103.9, 20),
                 "softplus": (-103.9, 100), "logsigmoid": (-100, 103.9)},
    np.float64: {"exp": (-745, 709.7), "expm1": (-38, 709.7), "tanh": (-20, 20), "sigmoid": (-745, 40),
                 "softplus": (-745, 800), "logsigmoid": (-800, 745)},
}  # fmt: skip
"""Where a function neither overflows nor has reached its limit; for those not named, see `samples`."""

POSITIVE = ("log", "sqrt", "rsqrt")


def samples(name: str, dtype: Any, n: int, seed: int = 0) -> Array:
    """n numbers of each kind: all over the function's range, near zero or one, and of every magnitude."""
    rng, info = np.random.default_rng(seed), np.finfo(dtype)
    smallest, largest = float(info.smallest_subnormal), float(info.max)
    if name in ("sin", "cos"):
        multiples = np.rint(rng.uniform(0, 2**20, n)) * (np.pi / 2)
        parts = [rng.uniform(-10, 10, n), rng.uniform(-(2**30), 2**30, n), multiples, _signed(rng, smallest, 2**30, n)]
    elif name in POSITIVE:
        parts = [rng.uniform(0.5, 2, n), _sized(rng, smallest, largest, n), 1 + _signed(rng, float(info.eps), 0.5, n)]
    elif name == "log1p":
        parts = [rng.uniform(-0.999, 2, n), _signed(rng, smallest, 0.9, n), _sized(rng, smallest, largest, n)]
    else:
        low, high = SPANS[dtype][name]
        parts = [rng.uniform(low, high, n), rng.uniform(-1, 1, n), _signed(rng, smallest, min(-low, high), n)]
    return np.concatenate(parts).astype(dtype)


def _sized(rng: np.random.Generator, low: float, high: float, n: int) -> Array:
    return np.exp2(rng.uniform(np.log2(low), np.log2(high), n))


def _signed(rng: np.random.Generator, low: float, high: float, n: int) -> Array:
    return rng.choice([-1.0, 1.0], n) * _sized(rng, low, high, n)


REFERENCES: dict[str, Callable[[Array], Array]] = {
    "exp": np.exp,
    "expm1": np.expm1,
    "log": np.log,
    "log1p": np.log1p,
    "tanh": np.tanh,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "softplus": lambda x: np.maximum(x, 0) + np.log1p(np.exp(-abs(x))),
    "logsigmoid": lambda x: np.minimum(x, 0) - np.log1p(np.exp(-abs(x))),
    "sin": np.sin,
    "cos": np.cos,
    "sqrt": np.sqrt,
    "rsqrt": lambda x: 1 / np.sqrt(x),
}
"""By NumPy, in a longer precision than that of the function which is tried."""

EXACT: dict[str, Callable[[Any], Any]] = {
    "exp": mpmath.exp,
    "expm1": mpmath.expm1,
    "log": mpmath.log,
    "log1p": mpmath.log1p,
    "tanh": mpmath.tanh,
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "softplus": lambda x: max(x, 0) + mpmath.log1p(mpmath.exp(-abs(x))),
    "logsigmoid": lambda x: min(x, 0) - mpmath.log1p(mpmath.exp(-abs(x))),
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "sqrt": mpmath.sqrt,
    "rsqrt": lambda x: 1 / mpmath.sqrt(x),
}
"""By mpmath, to any number of digits."""


def exactly(function: Callable[..., Any], *arguments: Array) -> npt.NDArray[np.longdouble]:
    """The function of each number to 50 digits, rounded to the longest numbers that there are."""
    with mpmath.workdps(50):
        values = [function(*map(mpmath.mpf, map(float, pair))) for pair in zip(*arguments, strict=True)]
        return np.array([np.longdouble(mpmath.nstr(value, 25)) for value in values])


def ulps(y: Array, exact: Array) -> Array:
    """How far each y is from the exact value, in units in the last place of that value."""
    info = np.finfo(y.dtype)
    exact = exact.astype(np.longdouble)
    _, exponent = np.frexp(exact)
    unit = np.ldexp(np.longdouble(1), np.maximum(exponent - 1, info.minexp) - info.nmant)
    overflow = np.isinf(y) & (abs(exact) >= np.longdouble(info.max) + unit / 2) & (np.signbit(y) == np.signbit(exact))
    with np.errstate(invalid="ignore"):
        return np.where(overflow, 0, abs(y.astype(np.longdouble) - exact) / unit)


def same_bits(one: Array, two: Array) -> bool:
    """Whether two arrays are equal, zeros with their signs; what is no number is all one."""
    alike = (one == two) & (np.signbit(one) == np.signbit(two))
    return one.dtype == two.dtype and bool((alike | (np.isnan(one) & np.isnan(two))).all())
