"""What each kernel computes, in NumPy: the meaning of a program, with which the machine's C is compared.

A kernel of one family has the same operands: `MAPS` work on each number (out, in, …, all of one shape), `REDUCTIONS` go
from (outer, many, inner) to (outer, inner), and `OTHERS` say theirs. Their further numbers come last.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Kernel = Callable[..., Any]

MAPS: dict[str, Kernel] = {
    # one input
    "negative": np.negative,
    "abs": np.abs,
    "sign": np.sign,
    "sqrt": np.sqrt,
    "exp": np.exp,
    "expm1": np.expm1,
    "log": np.log,
    "log1p": np.log1p,
    "sin": np.sin,
    "cos": np.cos,
    "tanh": np.tanh,
    "floor": np.floor,
    "truncate": np.trunc,
    "reciprocal": np.reciprocal,
    "square": np.square,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "softplus": lambda x: np.logaddexp(x, 0),
    "relu": lambda x: np.where(np.isnan(x), x, np.maximum(x, 0)),
    "elu": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
    "is_nan": np.isnan,
    "not": lambda x: x == 0,
    # one input and one number
    "leaky": lambda x, slope: np.where(x > 0, x, x * slope),
    "scale": lambda x, by: x * by,
    "divide_by": lambda x, by: x / by,
    "shift": lambda x, by: x + by,
    "from": lambda x, number: number - x,
    "power_of": lambda x, exponent: np.power(x, exponent),
    "remainder_by": lambda x, by: np.mod(x, by),
    "at_least": lambda x, low: np.maximum(x, low),
    "at_most": lambda x, high: np.minimum(x, high),
    "equals": lambda x, number: x == number,
    "differs_from": lambda x, number: x != number,
    "is_below": lambda x, number: x < number,
    "is_above": lambda x, number: x > number,
    "is_at_most": lambda x, number: x <= number,
    "is_at_least": lambda x, number: x >= number,
    # two inputs
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
    "power": np.power,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "equal": np.equal,
    "different": np.not_equal,
    "less": np.less,
    "greater": np.greater,
    "less_equal": np.less_equal,
    "greater_equal": np.greater_equal,
    "both": lambda x, y: (x != 0) & (y != 0),
    "either": lambda x, y: (x != 0) | (y != 0),
    "sigmoid_slope": lambda slope, y: slope * y * (1 - y),
    "tanh_slope": lambda slope, y: slope * (1 - y * y),
    "softplus_slope": lambda slope, x: slope / (1 + np.exp(-x)),
    "elu_slope": lambda slope, x: np.where(x > 0, slope, slope * np.exp(np.minimum(x, 0))),
    # two inputs and a number
    "leaky_slope": lambda slope, x, down: np.where(x > 0, slope, slope * down),
    "threshold_slope": lambda slope, x, low: np.where(x <= low, 0, slope),
    # three inputs
    "where": lambda condition, x, y: np.where(condition != 0, x, y),
    "lerp": lambda x, y, weight: x + weight * (y - x),
}


def by_halves(x: Array) -> Array:
    """The sum along the middle of (outer, many, inner), in a stated order: the first half on the second, number by
    number, until one is left; an odd one at the end waits for the next round. A minibatch of real and then fake samples
    whose terms cancel cancels exactly so, as an optimizer needs that divides by what is left."""
    while x.shape[1] > 1:
        half = x.shape[1] // 2
        x = np.concatenate([x[:, :half] + x[:, half : 2 * half], x[:, 2 * half :]], 1)
    found: Array = x[:, 0] if x.shape[1] else np.zeros((x.shape[0], x.shape[2]), x.dtype)
    return found


REDUCTIONS: dict[str, Kernel] = {
    "sum": by_halves,
    "mean": lambda x: by_halves(x) / x.dtype.type(x.shape[1]),
    "largest": lambda x: x.max(1),
    "smallest": lambda x: x.min(1),
    "norm": lambda x: np.sqrt(by_halves(np.square(x))),
    "any": lambda x: (x != 0).any(1),
    "all": lambda x: (x != 0).all(1),
}


def operands_of(kernel: Kernel) -> int:
    """How many inputs and numbers a kernel of `MAPS` takes together."""
    return kernel.nin if isinstance(kernel, np.ufunc) else len(inspect.signature(kernel).parameters)


def _move(outputs: list[Array], inputs: list[Array]) -> None:
    """Copy to other places, and to the other storage where the two differ."""
    outputs[0][...] = inputs[0]


def _product(outputs: list[Array], inputs: list[Array]) -> None:
    """(m, k) @ (k, n), plus a bias (m, n) where there is one."""
    found = inputs[0] @ inputs[1]
    outputs[0][...] = found + inputs[2] if len(inputs) > 2 else found


def _gather(outputs: list[Array], inputs: list[Array]) -> None:
    """Rows of a table (rows, width), by their numbers (n,): (n, width)."""
    outputs[0][...] = inputs[0][inputs[1].astype(np.int64)]


def _scatter(outputs: list[Array], inputs: list[Array]) -> None:
    """Put numbers (outer, n, inner) at the places (outer, n, inner) along the middle of what the output holds."""
    np.put_along_axis(outputs[0], inputs[0].astype(np.int64), inputs[1], 1)


def _sort(outputs: list[Array], inputs: list[Array]) -> None:
    """The numbers (outer, n, inner) in rising order along the middle, and where each came from; equal ones stay in
    their order."""
    order = np.argsort(inputs[0], 1, kind="stable")
    outputs[0][...] = np.take_along_axis(inputs[0], order, 1)
    outputs[1][...] = order


def _running_sum(outputs: list[Array], inputs: list[Array]) -> None:
    """Sums from the first to each along the middle of (outer, n, inner)."""
    outputs[0][...] = np.cumsum(inputs[0], 1)


def _scatter_add(outputs: list[Array], inputs: list[Array]) -> None:
    """Add rows (n, width) to those of the table (rows, width) that the output holds, by their numbers (n,)."""
    np.add.at(outputs[0], inputs[0].astype(np.int64), inputs[1])


def _count_below(outputs: list[Array], inputs: list[Array]) -> None:
    """How many of the numbers (n,), which are in rising order with NaN last, come before each of others (m,)."""
    outputs[0][...] = np.searchsorted(*inputs, side="left")


def _count_up_to(outputs: list[Array], inputs: list[Array]) -> None:
    """The same with those that are equal to it."""
    outputs[0][...] = np.searchsorted(*inputs, side="right")


OTHERS: dict[str, Callable[[list[Array], list[Array]], None]] = {
    "move": _move,
    "product": _product,
    "gather": _gather,
    "scatter": _scatter,
    "sort": _sort,
    "running_sum": _running_sum,
    "scatter_add": _scatter_add,
    "count_below": _count_below,
    "count_up_to": _count_up_to,
}


def run(kernel: str, outputs: list[Array], inputs: list[Array], numbers: tuple[float, ...]) -> None:
    """Compute one instruction."""
    if kernel in OTHERS:
        OTHERS[kernel](outputs, inputs)
    else:
        storage = outputs[0].dtype.type
        function = MAPS.get(kernel) or REDUCTIONS[kernel]
        outputs[0][...] = function(*inputs, *map(storage, numbers))
