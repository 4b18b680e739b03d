"""What each kernel computes, in NumPy: the meaning of a program, with which the machine's C is compared.

A kernel of one family has the same operands: `MAPS` work on each number (out, in, …, all of one shape; those that are
`NUMBERED` take a number last), `REDUCTIONS` go from (outer, many, inner) to (outer, inner), and `OTHERS` say theirs.

Where NumPy leaves something open, or means something else, torch's answer is spelt out: NaN, −0, remainders.
Sums have a stated order. Only products and the elementary functions may differ from the machine's in the last bits.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganviz.machine.draws import Counter
from ganviz.machine.numpy_draws import NumpyDraws

Array = NDArray[Any]
Kernel = Callable[..., Any]

FARTHEST_ANGLE = 2.0**30
"""Beyond, the machine's sine and cosine are not defined."""


def _angle(x: Array) -> Any:
    return np.where(np.abs(x) <= FARTHEST_ANGLE, x, np.nan)


def _sigmoid(x: Array) -> Any:
    small = np.exp(-np.abs(x))
    return np.where(x < 0, small, 1) / (1 + small)


def _remainder(x: Array, by: Any) -> Any:
    rest = np.fmod(x, by)
    return np.where((rest != 0) & ((rest < 0) != (by < 0)), rest + by, rest)


def _maximum(x: Any, y: Any) -> Any:
    return np.where((x > y) | np.isnan(x), x, y)


def _minimum(x: Any, y: Any) -> Any:
    return np.where((x < y) | np.isnan(x), x, y)


def _lerp(x: Array, y: Array, weight: Array) -> Any:
    near = np.abs(weight) < 0.5
    return np.where(near, x, y) + np.where(near, weight, weight - 1) * (y - x)


MAPS: dict[str, Kernel] = {
    # one input
    "negative": np.negative,
    "abs": np.abs,
    "sign": lambda x: (x > 0) * 1.0 - (x < 0),
    "sqrt": np.sqrt,
    "exp": np.exp,
    "expm1": np.expm1,
    "log": np.log,
    "log1p": np.log1p,
    "sin": lambda x: np.sin(_angle(x)),
    "cos": lambda x: np.cos(_angle(x)),
    "tanh": np.tanh,
    "floor": np.floor,
    "truncate": np.trunc,
    "reciprocal": np.reciprocal,
    "square": np.square,
    "sigmoid": _sigmoid,
    "softplus": lambda x: np.logaddexp(x, 0),
    "relu": lambda x: np.where(x < 0, 0, x),
    "elu": lambda x: np.where(x > 0, x, np.expm1(x)),
    "is_nan": np.isnan,
    "not": lambda x: x == 0,
    # two inputs
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
    "power": np.power,
    "maximum": _maximum,
    "minimum": _minimum,
    "equal": np.equal,
    "different": np.not_equal,
    "less": np.less,
    "greater": np.greater,
    "less_equal": np.less_equal,
    "greater_equal": np.greater_equal,
    "both": lambda x, y: (x != 0) & (y != 0),
    "either": lambda x, y: (x != 0) | (y != 0),
    "sigmoid_slope": lambda slope, y: slope * (1 - y) * y,
    "tanh_slope": lambda slope, y: slope * (1 - y * y),
    "softplus_slope": lambda slope, x: slope * _sigmoid(x),
    "elu_slope": lambda slope, x: np.where(x > 0, slope, slope * np.exp(x)),
    # three inputs
    "where": lambda condition, x, y: np.where(condition != 0, x, y),
    "lerp": _lerp,
}

NUMBERED: dict[str, Kernel] = {
    # one input
    "leaky": lambda x, slope: np.where(x > 0, x, x * slope),
    "scale": lambda x, by: x * by,
    "divide_by": lambda x, by: x / by,
    "shift": lambda x, by: x + by,
    "from": lambda x, number: number - x,
    "power_of": lambda x, exponent: np.power(x, np.full_like(x, exponent)),  # one that is alone is taken otherwise
    "remainder_by": _remainder,
    "at_least": lambda x, low: _maximum(low, x),
    "at_most": lambda x, high: _minimum(high, x),
    "equals": lambda x, number: x == number,
    "differs_from": lambda x, number: x != number,
    "is_below": lambda x, number: x < number,
    "is_above": lambda x, number: x > number,
    "is_at_most": lambda x, number: x <= number,
    "is_at_least": lambda x, number: x >= number,
    # two inputs
    "leaky_slope": lambda slope, x, down: np.where(x > 0, slope, slope * down),
    "threshold_slope": lambda slope, x, low: np.where(x <= low, 0, slope),
}

MAPS |= NUMBERED


def by_halves(x: Array, join: Kernel = np.add, none: float = 0) -> Array:
    """The sum along the middle of (outer, many, inner), in a stated order: the first half on the second, number by
    number, until one is left; an odd one at the end waits for the next round. A minibatch of real and then fake samples
    whose terms cancel cancels exactly so, as an optimizer needs that divides by what is left."""
    while x.shape[1] > 1:
        half = x.shape[1] // 2
        x = np.concatenate([join(x[:, :half], x[:, half : 2 * half]), x[:, 2 * half :]], 1)
    return x[:, 0] if x.shape[1] else np.full((x.shape[0], x.shape[2]), none, x.dtype)


REDUCTIONS: dict[str, Kernel] = {
    "sum": by_halves,
    "mean": lambda x: by_halves(x) / x.dtype.type(x.shape[1]),
    "largest": lambda x: by_halves(x, _maximum, -np.inf),
    "smallest": lambda x: by_halves(x, _minimum, np.inf),
    "norm": lambda x: np.sqrt(by_halves(np.square(x))),
    "any": lambda x: (x != 0).any(1),
    "all": lambda x: (x != 0).all(1),
}


def operands_of(kernel: str) -> tuple[int, int]:
    """How many inputs and how many numbers a kernel of `MAPS` takes."""
    function, numbers = MAPS[kernel], int(kernel in NUMBERED)
    together = function.nin if isinstance(function, np.ufunc) else len(inspect.signature(function).parameters)
    return together - numbers, numbers


def _move(outputs: list[Array], inputs: list[Array]) -> None:
    """Copy to other places, and to the other storage where the two differ."""
    outputs[0][...] = inputs[0]


def _product(outputs: list[Array], inputs: list[Array]) -> None:
    """(m, k) @ (k, n), plus a bias (m, n) where there is one."""
    found = inputs[0] @ inputs[1]
    outputs[0][...] = found + inputs[2] if len(inputs) > 2 else found


def _places(numbers: Array, many: int) -> Any:
    """Places among so many; the first where there is no such place."""
    return np.where((numbers >= 0) & (numbers < many), numbers, 0).astype(np.int64)


def _gather(outputs: list[Array], inputs: list[Array]) -> None:
    """Rows of a table (rows, width), by their numbers (n,): (n, width)."""
    outputs[0][...] = inputs[0][_places(inputs[1], len(inputs[0]))]


def _scatter(outputs: list[Array], inputs: list[Array]) -> None:
    """Put numbers (outer, n, inner) at the places (outer, n, inner) along the middle of what the output holds."""
    places, (outer, many, inner) = _places(inputs[0], inputs[0].shape[1]), inputs[0].shape
    for i in range(many):  # one after another: of two at one place the last stays
        outputs[0][np.arange(outer)[:, None], places[:, i], np.arange(inner)] = inputs[1][:, i]


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
    np.add.at(outputs[0], _places(inputs[0], len(outputs[0])), inputs[1])


def _count_below(outputs: list[Array], inputs: list[Array]) -> None:
    """How many of the numbers (n,), which are in rising order with NaN last, come before each of others (m,)."""
    outputs[0][...] = np.searchsorted(inputs[0], inputs[1], side="left")


def _count_up_to(outputs: list[Array], inputs: list[Array]) -> None:
    """The same with those that are equal to it."""
    outputs[0][...] = np.searchsorted(inputs[0], inputs[1], side="right")


FUSED = {f"product_{after}": after for after in ("relu", "leaky", "threshold_slope", "leaky_slope")}
"""Products whose numbers go through a map at once: an activation (after the bias, where there is one), or a slope that
goes backwards through one; then a third input, (m, n), tells where that was on."""


def _fused(kernel: str, outputs: list[Array], inputs: list[Array], numbers: tuple[float, ...]) -> None:
    after = FUSED[kernel]
    backwards = after.endswith("_slope")
    _product(outputs, inputs[:2] if backwards else inputs)
    run(after, outputs, [outputs[0].copy(), *(inputs[2:] if backwards else [])], numbers)


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


NUMPY_DRAWS = NumpyDraws()

DRAWS: dict[str, Callable[..., Array]] = {
    "draw_uniform": lambda at, n, storage: NUMPY_DRAWS.uniform(at, n, storage),
    "draw_uniform_open": lambda at, n, storage: NUMPY_DRAWS.uniform_open(at, n, storage),
    "draw_normal": lambda at, n, storage: NUMPY_DRAWS.normal(at, n, storage),
    "draw_integers": lambda at, n, storage, below: NUMPY_DRAWS.integers(at, n, below),
    "draw_order": lambda at, n, storage: NUMPY_DRAWS.permutation(at, n),
    "draw_rows": lambda at, n, storage, of: NUMPY_DRAWS.minibatch(at, n, of),
}
"""Random numbers: of a counter, how many, and for some of a range. An instruction's inputs are the key, as its lower
and its upper word (2,), and the update (); its numbers are that of the draw, and the range."""


def _drawn(kernel: str, outputs: list[Array], inputs: list[Array], numbers: tuple[float, ...]) -> None:
    (low, high), update = inputs[0].tolist(), inputs[1].item()
    at = Counter(int(low) | int(high) << 32, int(update), int(numbers[0]))
    drawn = DRAWS[kernel](at, outputs[0].size, outputs[0].dtype, *map(int, numbers[1:]))
    outputs[0][...] = drawn.reshape(outputs[0].shape)


def run(kernel: str, outputs: list[Array], inputs: list[Array], numbers: tuple[float, ...]) -> None:
    """Compute one instruction."""
    if kernel in DRAWS:
        _drawn(kernel, outputs, inputs, numbers)
    elif kernel in FUSED:
        _fused(kernel, outputs, inputs, numbers)
    elif kernel in OTHERS:
        OTHERS[kernel](outputs, inputs)
    else:
        storage = outputs[0].dtype.type
        function = MAPS.get(kernel) or REDUCTIONS[kernel]
        outputs[0][...] = function(*inputs, *map(storage, numbers))
