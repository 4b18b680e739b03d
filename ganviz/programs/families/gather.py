"""Gather: rows of a table (rows, width), by their numbers (n,): (n, width)."""

from __future__ import annotations

from typing import Any

from ganviz.programs.family import Array, Family
from ganviz.programs.operands import counted, one_storage, outputs_dense, shaped, written_once
from ganviz.programs.places import places
from ganviz.programs.program import Instruction
from ganviz.programs.view import Shape
from ganviz.programs.words import Memory, Words


def _gather(table: Array, numbers: Array) -> Any:
    return table[places(numbers, len(table))]


def _fits(out: Shape, table: Shape, numbers: Shape) -> bool:
    reads = len(table) == 2 and len(numbers) == 1 and out == (numbers[0], table[1])
    return reads and (table[0] > 0 or numbers[0] == 0)


def _words(instruction: Instruction, memory: Memory) -> Words:
    (out,), (table, numbers) = instruction.outputs, instruction.inputs
    return [*memory.at(out, table, numbers), *table.shape, *numbers.shape, *table.strides, *numbers.strides]


FAMILY = Family(
    kernels={"gather": _gather},
    checks=(counted(1, 2), shaped(_fits), one_storage(places=2), outputs_dense, written_once),
    words=_words,
)
