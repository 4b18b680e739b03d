"""Reductions: of many numbers one. From (outer, many, inner) to (outer, inner)."""

from __future__ import annotations

import numpy as np

from ganviz.programs.families.maps import maximum, minimum
from ganviz.programs.family import Array, Family, Kernel
from ganviz.programs.operands import all_dense, counted, one_storage, shaped, written_once
from ganviz.programs.program import Instruction
from ganviz.programs.view import BYTES
from ganviz.programs.words import Memory, Words


def _by_halves(x: Array, join: Kernel = np.add, none: float = 0) -> Array:
    """The sum along the middle of (outer, many, inner), in a stated order: the first half on the second, number by
    number, until one is left; an odd one at the end waits for the next round. A minibatch of real and then fake samples
    whose terms cancel cancels exactly so, as an optimizer needs that divides by what is left."""
    while x.shape[1] > 1:
        half = x.shape[1] // 2
        x = np.concatenate([join(x[:, :half], x[:, half : 2 * half]), x[:, 2 * half :]], 1)
    return x[:, 0] if x.shape[1] else np.full((x.shape[0], x.shape[2]), none, x.dtype)


REDUCTIONS: dict[str, Kernel] = {
    "sum": _by_halves,
    "mean": lambda x: _by_halves(x) / x.dtype.type(x.shape[1]),
    "largest": lambda x: _by_halves(x, maximum, -np.inf),
    "smallest": lambda x: _by_halves(x, minimum, np.inf),
    "norm": lambda x: np.sqrt(_by_halves(np.square(x))),
    "any": lambda x: (x != 0).any(1),
    "all": lambda x: (x != 0).all(1),
}

OF_ONE_ITSELF = ("sum", "mean", "largest", "smallest")
"""Those that leave a number as it is where it is alone."""


def _work(instruction: Instruction) -> int:
    """Half of the rows, an odd one included."""
    _, many, inner = instruction.inputs[0].shape
    return (many // 2 + 1) * inner * BYTES[instruction.inputs[0].storage]


def _words(instruction: Instruction, memory: Memory) -> Words:
    (out,), (x,) = instruction.outputs, instruction.inputs
    return [*memory.at(out, x), memory.work, *x.shape]


FAMILY = Family(
    kernels=REDUCTIONS,
    checks=(
        counted(1, 1),
        shaped(lambda out, x: len(x) == 3 and out == (x[0], x[2])),
        one_storage(),
        all_dense,
        written_once,
    ),
    work=_work,
    words=_words,
)
