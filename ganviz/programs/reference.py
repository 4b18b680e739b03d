"""The reference: a program run by NumPy, one instruction after another. Slow, and right by reading."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ganviz.programs.families import family_of
from ganviz.programs.program import Program
from ganviz.programs.view import View

Array = NDArray[np.generic]


def run(program: Program, inputs: Mapping[str, Array]) -> dict[str, Array]:
    """The outputs for some inputs, each by name."""
    memory = np.zeros(program.memory, np.uint8)
    for block, numbers in program.constants:
        whole = View(block, program.blocks[block].storage, 0, (len(numbers),), (1,))
        seen(program, memory, whole)[...] = numbers
    for name, view in program.inputs:
        seen(program, memory, view)[...] = inputs[name]
    with np.errstate(all="ignore"):
        for instruction in program.instructions:
            family_of(instruction.kernel).run(
                instruction.kernel,
                [seen(program, memory, view) for view in instruction.outputs],
                [seen(program, memory, view) for view in instruction.inputs],
                instruction.numbers,
            )
    return {name: seen(program, memory, view).copy() for name, view in program.outputs}


def seen(program: Program, memory: NDArray[np.uint8], view: View) -> Array:
    """The numbers of a view, which can be written to."""
    block = program.blocks[view.block]
    numbers = memory[block.at : block.at + block.bytes].view(view.storage)
    strides = tuple(step * numbers.itemsize for step in view.strides)
    found: Array = np.lib.stride_tricks.as_strided(numbers[view.offset :], view.shape, strides)
    return found
