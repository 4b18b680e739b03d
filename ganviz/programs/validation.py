"""Validation: whether a program that comes from elsewhere keeps within its memory."""

from __future__ import annotations

from ganviz.programs.kernels import MAPS, REDUCTIONS, operands_of
from ganviz.programs.placement import LINE
from ganviz.programs.program import Instruction, Program
from ganviz.programs.view import View

MOST_MEMORY = 1 << 34
"""Bytes that a program may ask for."""

OPERANDS = {
    "move": (1, (1,)),
    "product": (1, (2, 3)),
    "gather": (1, (2,)),
    "scatter": (1, (2,)),
    "sort": (2, (1,)),
    "running_sum": (1, (1,)),
    "scatter_add": (1, (2,)),
    "count_below": (1, (2,)),
    "count_up_to": (1, (2,)),
}
"""How many views these kernels write to, and how many they may read."""


class Malformed(ValueError):
    """A program that must not run. The message says why."""


def check(program: Program) -> None:
    """Raise `Malformed` unless every view lies within its block, every block within memory, and every kernel has the
    operands that it takes."""
    if not 0 <= program.memory <= MOST_MEMORY:
        raise Malformed(f"it asks for {program.memory:,} bytes")
    for block in program.blocks:
        if block.size < 1 or block.at < 0 or block.at % LINE or block.at + block.bytes > program.memory:
            raise Malformed("a block does not lie within memory")
    for filled, numbers in program.constants:
        if not 0 <= filled < len(program.blocks) or len(numbers) > program.blocks[filled].size:
            raise Malformed("a constant does not fit its block")
    for _, view in (*program.inputs, *program.outputs):
        _check_view(program, view)
        if not view.is_dense:
            raise Malformed("an input or an output is scattered")
    for number, instruction in enumerate(program.instructions):
        for view in instruction.views:
            _check_view(program, view)
        if not _fits(instruction):
            raise Malformed(f"instruction {number}, {instruction.kernel!r:.40}, has operands that it does not take")


def _check_view(program: Program, view: View) -> None:
    has_shape = len(view.shape) == len(view.strides) and min(view.shape, default=0) >= 0
    if not 0 <= view.block < len(program.blocks) or not has_shape:
        raise Malformed("a view is of no block, or has no shape")
    block, (first, last) = program.blocks[view.block], view.span
    if view.storage != block.storage or first < 0 or last >= block.size:
        raise Malformed(f"a view leaves block {view.block}")


def _fits(instruction: Instruction) -> bool:
    """Whether the operands are of the number and the shapes that the kernel takes."""
    kernel = instruction.kernel
    if kernel in MAPS:
        return _fits_map(instruction)
    if kernel not in _SHAPES or instruction.numbers:
        return kernel in REDUCTIONS and not instruction.numbers and _fits_reduction(instruction)
    writes, reads = OPERANDS[kernel]
    counted = len(instruction.outputs) == writes and len(instruction.inputs) in reads
    return counted and _SHAPES[kernel](instruction)


def _fits_map(instruction: Instruction) -> bool:
    outputs, inputs = instruction.outputs, instruction.inputs
    if len(outputs) != 1 or len(inputs) + len(instruction.numbers) != operands_of(MAPS[instruction.kernel]):
        return False
    alike = {(view.shape, view.storage) for view in instruction.views}
    return len(inputs) > 0 and len(alike) == 1 and len(outputs[0].shape) == 2


def _fits_reduction(instruction: Instruction) -> bool:
    if len(instruction.outputs) != 1 or len(instruction.inputs) != 1 or len(instruction.inputs[0].shape) != 3:
        return False
    outer, _, inner = instruction.inputs[0].shape
    return instruction.outputs[0].shape == (outer, inner)


def _product(instruction: Instruction) -> bool:
    a, b, *bias = (view.shape for view in instruction.inputs)
    out = instruction.outputs[0].shape
    return len(a) == len(b) == 2 and a[1] == b[0] and out == (a[0], b[1]) and all(each == out for each in bias)


def _gather(instruction: Instruction) -> bool:
    table, places = (view.shape for view in instruction.inputs)
    return len(table) == 2 and len(places) == 1 and instruction.outputs[0].shape == (places[0], table[1])


def _alike(instruction: Instruction) -> bool:
    return len({view.shape for view in instruction.views}) == 1


def _folded(instruction: Instruction) -> bool:
    return _alike(instruction) and len(instruction.outputs[0].shape) == 3


def _scatter_add(instruction: Instruction) -> bool:
    (table,), (places, x) = instruction.outputs, instruction.inputs
    fits = len(table.shape) == 2 and len(places.shape) == 1 and x.shape == (places.shape[0], table.shape[1])
    return fits and places.storage == "float64" and x.storage == table.storage and _dense(instruction)


def _search(instruction: Instruction) -> bool:
    (out,), (row, x) = instruction.outputs, instruction.inputs
    fits = len(row.shape) == len(x.shape) == 1 and out.shape == x.shape
    return fits and {view.storage for view in instruction.views} == {"float64"} and _dense(instruction)


def _dense(instruction: Instruction) -> bool:
    return all(view.is_dense for view in instruction.views)


_SHAPES = {
    "move": _alike,
    "product": _product,
    "gather": _gather,
    "scatter": _folded,
    "sort": _folded,
    "running_sum": _folded,
    "scatter_add": _scatter_add,
    "count_below": _search,
    "count_up_to": _search,
}
