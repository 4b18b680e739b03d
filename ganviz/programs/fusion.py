"""Fusion: what is done to each number of a matrix product is done while the number is at hand.

The activation after a layer, and on the way back the slope through it, then cost no passage through memory.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from ganviz.programs.families.products import FUSED
from ganviz.programs.program import Instruction, Program
from ganviz.programs.view import View, dense_strides

AFTER = {after: kernel for kernel, after in FUSED.items()}
"""The product that a map is made one with, by the map."""


def fuse(program: Program) -> Program:
    """The program with such pairs of instructions made one."""
    program = _by_result(program)
    read = Counter(view.block for one in program.instructions for view in one.inputs)
    read.update(view.block for _, view in program.outputs)
    kept: list[Instruction | None] = list(program.instructions)
    written = {view.block: i for i, one in enumerate(kept) if one is not None for view in one.outputs}
    once = Counter(view.block for one in program.instructions for view in one.outputs)
    for i, after in enumerate(program.instructions):
        if after.kernel not in AFTER or not after.inputs:
            continue
        at = written.get(after.inputs[0].block, i)
        before = kept[at] if at < i else None
        if before is None or before.kernel != "product":
            continue
        block = before.outputs[0].block
        if max(read[block], once[block]) > 1:
            continue
        if whole := _whole(before, after, at, written):
            # Where the second stood: all that it reads is there by then.
            kept[at], kept[i] = None, whole
    return replace(program, instructions=tuple(one for one in kept if one is not None))


def _whole(before: Instruction, after: Instruction, at: int, written: dict[int, int]) -> Instruction | None:
    """The two as one; None where they do not fit."""
    (product,), (result,) = before.outputs, after.outputs
    others = after.inputs[1:]
    same = all(view.size == product.size and view.is_dense for view in (product, result, after.inputs[0], *others))
    with_bias = len(before.inputs) > 2
    if not same or product.offset != after.inputs[0].offset or (with_bias and others):
        return None
    if any(written.get(view.block, -1) > at for view in before.inputs):
        return None  # written anew in between
    shaped = [view.shaped(product.shape, dense_strides(product.shape)) for view in (result, *others)]
    return Instruction(AFTER[after.kernel], (shaped[0],), (*before.inputs, *shaped[1:]), after.numbers)


def _by_result(program: Program) -> Program:
    """A leaky unit is on where its result is above 0, as where its argument is: so the argument need not be kept."""
    results: dict[tuple[View, tuple[float, ...]], View] = {}
    instructions = []
    for one in program.instructions:
        if one.kernel == "leaky" and one.numbers[0] >= 0:
            results[one.inputs[0], one.numbers] = one.outputs[0]
        elif one.kernel == "leaky_slope" and (found := results.get((one.inputs[1], one.numbers))):
            one = replace(one, inputs=(one.inputs[0], found))
        instructions.append(one)
    return replace(program, instructions=tuple(instructions))
