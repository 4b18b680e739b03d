"""Maps: functions of each number by itself, or of those at the same place of two or three inputs.

Operands: out, in, …, all of one shape (rows, columns).
"""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from ganviz.programs.family import Array, Family, Kernel, one_a_number
from ganviz.programs.operands import counted, one_shape, one_storage, outputs_dense, written_once
from ganviz.programs.program import Instruction
from ganviz.programs.words import Memory, Words, bits

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


def maximum(x: Any, y: Any) -> Any:
    """The greater of two, or NaN where one is."""
    return np.where((x > y) | np.isnan(x), x, y)


def minimum(x: Any, y: Any) -> Any:
    """The smaller of two, or NaN where one is."""
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
    "maximum": maximum,
    "minimum": minimum,
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
    "at_least": lambda x, low: maximum(low, x),
    "at_most": lambda x, high: minimum(high, x),
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

SLOW = {"remainder_by": 4096}
"""Steps that these kernels may take for a number, where others take about one."""


def operands_of(kernel: str) -> tuple[int, int]:
    """How many inputs and how many numbers a kernel of `MAPS` takes."""
    function, numbers = MAPS[kernel], int(kernel in NUMBERED)
    together = function.nin if isinstance(function, np.ufunc) else len(inspect.signature(function).parameters)
    return together - numbers, numbers


def _counted(instruction: Instruction) -> str | None:
    return counted(1, *operands_of(instruction.kernel))(instruction)


def _reads_along_rows(instruction: Instruction) -> str | None:
    along = all(view.strides[-1] in (0, 1) for view in instruction.inputs)
    return None if along else "it reads rows whose numbers lie apart"


def _words(instruction: Instruction, memory: Memory) -> Words:
    rows, columns = instruction.outputs[0].shape
    words = [*memory.at(*instruction.outputs), rows, columns]
    for view in instruction.inputs:
        words += [*memory.at(view), *view.strides]
    return words + [bits(number) for number in instruction.numbers]


FAMILY = Family(
    kernels=MAPS,
    checks=(_counted, one_shape(2), one_storage(), outputs_dense, _reads_along_rows, written_once),
    steps=lambda instruction: one_a_number(instruction) * SLOW.get(instruction.kernel, 1),
    is_elementwise=True,
    words=_words,
)
