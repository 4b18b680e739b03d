"""Validation: whether a program that comes from elsewhere keeps within its memory, and comes to an end.

The machine trusts what was let pass here: no kernel looks at a place, a size or a stride again.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import pairwise

from ganviz.programs.families import family_of
from ganviz.programs.placement import LINE
from ganviz.programs.program import Instruction, Program
from ganviz.programs.view import BYTES, View

MOST_MEMORY = 1 << 31
"""Bytes that a program may ask for. No size, stride or place is beyond it."""

MOST_PARTS = 1 << 17
"""Instructions that it may have, and blocks, constants, inputs and outputs."""

MOST_STEPS = 1 << 33
"""Steps of the innermost loops that it may take, all instructions together: some seconds."""

MOST_VIEW_DIMENSIONS = 64
"""Dimensions that a view may have; torch's tensors have no more."""

Span = tuple[int, int]
"""Bytes of memory: the first, and that behind the last."""


class Malformed(ValueError):
    """A program that must not run. The message says why."""


def check(program: Program) -> None:
    """Raise `Malformed` unless the program can run: every view lies within its block and every block within memory,
    each kernel has the operands that it takes and does not read what it writes, and all together does not take long."""
    _check_memory(program)
    _check_names(program)
    fixed = _fixed(program)
    steps = 0
    for number, instruction in enumerate(program.instructions):
        for view in instruction.views:
            _check_view(program, view)
        reason = _objection(instruction) or _overlap(program, instruction, fixed)
        if reason:
            raise Malformed(f"Instruction {number}, {instruction.kernel!r:.40}: {reason}.")
        steps += family_of(instruction.kernel).steps(instruction)
    if steps > MOST_STEPS:
        raise Malformed(f"The program takes {steps:.2g} steps.")


def _check_memory(program: Program) -> None:
    if not 0 <= program.memory <= MOST_MEMORY:
        raise Malformed("The program asks for too much memory.")
    parts = (program.instructions, program.blocks, program.constants, program.inputs, program.outputs)
    if max(map(len, parts)) > MOST_PARTS:
        raise Malformed("The program has too many parts.")
    for number, block in enumerate(program.blocks):
        if not (block.size > 0 and block.at >= 0 and block.at % LINE == 0 and block.at + block.bytes <= program.memory):
            raise Malformed(f"Block {number} does not lie within memory.")
    for filled, numbers in program.constants:
        if not 0 <= filled < len(program.blocks) or len(numbers) > program.blocks[filled].size:
            raise Malformed("A constant does not fit its block.")


def _check_names(program: Program) -> None:
    for kind, named in (("input", program.inputs), ("output", program.outputs)):
        if len(dict(named)) < len(named):
            raise Malformed(f"Two {kind}s have one name.")
        for name, view in named:
            _check_view(program, view)
            if not view.is_dense:
                raise Malformed(f"The {kind} {name!r:.40} does not lie side by side.")
    outputs = dict(program.outputs)
    for name, there in program.inputs:
        here = outputs.get(name, there)
        if (here.shape, here.storage) != (there.shape, there.storage):
            raise Malformed(f"The output {name!r:.40} does not fit the input of its name.")


def _check_view(program: Program, view: View) -> None:
    if not 0 <= view.block < len(program.blocks):
        raise Malformed("A view is of no block.")
    if len(view.shape) != len(view.strides) or len(view.shape) > MOST_VIEW_DIMENSIONS or min(view.shape, default=0) < 0:
        raise Malformed(f"A view of block {view.block} has no shape.")
    block = program.blocks[view.block]
    far = any(max(n, 1) * max(abs(step), 1) > MOST_MEMORY for n, step in zip(view.shape, view.strides, strict=True))
    if far or not 0 <= view.offset <= block.size:
        raise Malformed(f"A view leaves block {view.block}.")
    first, last = view.span
    if first < 0 or last >= block.size:
        raise Malformed(f"A view leaves block {view.block}.")
    if view.storage != block.storage:
        raise Malformed(f"A view takes the numbers of block {view.block} for {view.storage}.")


def _span(program: Program, view: View) -> Span:
    at, width, (first, last) = program.blocks[view.block].at, BYTES[view.storage], view.span
    return at + first * width, at + (last + 1) * width


def _spans(program: Program, views: Iterable[View]) -> list[Span]:
    return [_span(program, view) for view in views if view.size]


def _meet(one: Span, two: Span) -> bool:
    return one[0] < two[1] and two[0] < one[1]


def _meets_one_of(spans: Sequence[Span], one: Span) -> bool:
    """Of spans in order that do not overlap, only the last that begins before another's end can reach into it."""
    place = bisect_left(spans, (one[1], 0))
    return place > 0 and _meet(spans[place - 1], one)


def _fixed(program: Program) -> list[Span]:
    """Where constants and inputs lie, in order, that stay as they are: not one whose output lies in its place."""
    blocks = [program.blocks[number] for number, _ in program.constants]
    constants = [(block.at, block.at + block.bytes) for block in blocks]
    placed = sorted(constants + _spans(program, (view for _, view in program.inputs)))
    if any(_meet(one, two) for one, two in pairwise(placed)):
        raise Malformed("Two constants or inputs lie in one place.")
    outputs = dict(program.outputs)
    return sorted(constants + _spans(program, (view for name, view in program.inputs if outputs.get(name) != view)))


def _objection(instruction: Instruction) -> str | None:
    """Why there is no such instruction, or None."""
    try:
        family = family_of(instruction.kernel)
    except KeyError:
        return "there is no such kernel"
    return family.objection(instruction)


def _overlap(program: Program, instruction: Instruction, fixed: Sequence[Span]) -> str | None:
    """Why an instruction may not write where it writes, or None. If it wrote what it reads, the result would depend on
    how many numbers are read at once."""
    written = _spans(program, instruction.outputs)
    # Where each number is read, and then written, nothing is in anything's way.
    in_place = instruction.outputs if family_of(instruction.kernel).is_elementwise else ()
    read = _spans(program, (view for view in instruction.inputs if not any(map(view.covers, in_place))))
    if any(_meet(one, two) for one in written for two in read):
        return "it writes where it reads"
    if any(_meet(one, two) for one, two in pairwise(written)):
        return "its outputs overlap"
    if any(_meets_one_of(fixed, one) for one in written):
        return "it writes over a constant or an input"
    return None
