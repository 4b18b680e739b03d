"""In place: an output that becomes an input again is written where that input lies, when nobody reads that any more.

A state then needs no copy from step to step.
"""

from __future__ import annotations

from dataclasses import replace

from ganviz.programs.families import family_of
from ganviz.programs.program import Program
from ganviz.programs.view import View


def in_place(program: Program) -> Program:
    """The program with such outputs in their inputs' blocks."""
    fixed = {view.block for _, view in program.inputs} | {block for block, _ in program.constants}
    shown = [view.block for _, view in program.outputs]
    inputs, moved = dict(program.inputs), dict[int, int]()
    for name, output in program.outputs:
        there = inputs.get(name)
        if there is None or there.block in shown or output.block in fixed or shown.count(output.block) > 1:
            continue
        if _is_whole(program, output) and _is_free(program, there, output):
            moved[output.block] = there.block
    return _renamed(program, moved)


def _is_whole(program: Program, view: View) -> bool:
    return view.is_dense and view.offset == 0 and view.size == program.blocks[view.block].size


def _is_free(program: Program, old: View, new: View) -> bool:
    """Whether `old` is read for the last time before `new` is written, or while it is: number by number, each place
    read before it is written."""
    writes = [i for i, one in enumerate(program.instructions) if any(view.block == new.block for view in one.outputs)]
    reads = [i for i, one in enumerate(program.instructions) if any(view.block == old.block for view in one.inputs)]
    if not writes or old.storage != new.storage or old.size != new.size:
        return False
    first, last = writes[0], max(reads, default=-1)
    if last != first:
        return last < first
    instruction = program.instructions[first]
    if not family_of(instruction.kernel).is_elementwise:
        return False
    here = replace(instruction.outputs[0], block=old.block)
    return all(view.covers(here) for view in instruction.inputs if view.block == old.block)


def _renamed(program: Program, blocks: dict[int, int]) -> Program:
    """With some blocks in place of others."""

    def moved(view: View) -> View:
        return replace(view, block=blocks.get(view.block, view.block))

    instructions = tuple(
        replace(one, outputs=tuple(map(moved, one.outputs)), inputs=tuple(map(moved, one.inputs)))
        for one in program.instructions
    )
    outputs = tuple((name, moved(view)) for name, view in program.outputs)
    return replace(program, instructions=instructions, outputs=outputs)
