"""Draws: random numbers of a counter.

An instruction's inputs are the key, as its lower and its upper word (2,), and the update (); its numbers are that of
the draw, and for some a range.
"""

from __future__ import annotations

from ganviz.machine.draws import Counter
from ganviz.machine.numpy_draws import NumpyDraws
from ganviz.programs.family import Array, Family, Kernel, Numbers
from ganviz.programs.operands import SCATTERED, outputs_dense
from ganviz.programs.program import Instruction
from ganviz.programs.words import Memory, Words

NUMPY_DRAWS = NumpyDraws()

DRAWS: dict[str, Kernel] = {
    "draw_uniform": lambda at, n, storage: NUMPY_DRAWS.uniform(at, n, storage),
    "draw_uniform_open": lambda at, n, storage: NUMPY_DRAWS.uniform_open(at, n, storage),
    "draw_normal": lambda at, n, storage: NUMPY_DRAWS.normal(at, n, storage),
    "draw_integers": lambda at, n, storage, below: NUMPY_DRAWS.integers(at, n, below),
    "draw_order": lambda at, n, storage: NUMPY_DRAWS.permutation(at, n),
    "draw_rows": lambda at, n, storage, of: NUMPY_DRAWS.minibatch(at, n, of),
}
"""Of a counter, how many, and for some of a range."""

RANGED = ("draw_integers", "draw_rows")
"""Those whose second number is a range."""

WHOLE = (*RANGED, "draw_order")
"""Those of whole numbers."""

MOST_DRAWN = 1 << 31
"""The largest number of a draw, and the largest range."""


def _drawn(kernel: Kernel, outputs: list[Array], inputs: list[Array], numbers: Numbers) -> None:
    (low, high), update = inputs[0].tolist(), inputs[1].item()
    at = Counter(int(low) | int(high) << 32, int(update), int(numbers[0]))
    drawn = kernel(at, outputs[0].size, outputs[0].dtype, *map(int, numbers[1:]))
    outputs[0][...] = drawn.reshape(outputs[0].shape)


def _of_a_key_and_an_update(instruction: Instruction) -> str | None:
    is_so = len(instruction.outputs) == 1 and [view.shape for view in instruction.inputs] == [(2,), ()]
    return None if is_so else "it has other operands than a key and an update"


def _of_float64(instruction: Instruction) -> str | None:
    is_so = all(view.is_dense and view.storage == "float64" for view in instruction.inputs)
    return None if is_so else "its key or its update is no float64"


def _numbered(instruction: Instruction) -> str | None:
    numbers, ranged = instruction.numbers, instruction.kernel in RANGED
    is_so = len(numbers) == 1 + ranged and all(i <= n <= MOST_DRAWN and n == int(n) for i, n in enumerate(numbers))
    return None if is_so else "its numbers are not those of a draw"


def _not_too_many(instruction: Instruction) -> str | None:
    return SCATTERED if instruction.outputs[0].size > MOST_DRAWN else None


def _whole_as_float64(instruction: Instruction) -> str | None:
    is_so = instruction.kernel not in WHOLE or instruction.outputs[0].storage == "float64"
    return None if is_so else "whole numbers are float64"


def _words(instruction: Instruction, memory: Memory) -> Words:
    number, *of = map(int, instruction.numbers)
    return [*memory.at(*instruction.views), instruction.outputs[0].size, number, *of]


FAMILY = Family(
    kernels=DRAWS,
    call=_drawn,
    checks=(_of_a_key_and_an_update, _of_float64, _numbered, outputs_dense, _not_too_many, _whole_as_float64),
    words=_words,
)
