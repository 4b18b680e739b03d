"""Scatter and add: rows (n, width) to those of the table (rows, width) that the output holds, by their numbers (n,)."""

from __future__ import annotations

import numpy as np

from ganviz.programs.family import Array, Family, written
from ganviz.programs.operands import all_dense, counted, one_storage, shaped, written_once
from ganviz.programs.places import places
from ganviz.programs.program import Instruction
from ganviz.programs.view import Shape
from ganviz.programs.words import Memory, Words


def _scatter_add(table: Array, numbers: Array, x: Array) -> None:
    np.add.at(table, places(numbers, len(table)), x)


def _fits(table: Shape, numbers: Shape, x: Shape) -> bool:
    adds = len(table) == 2 and len(numbers) == 1 and x == (numbers[0], table[1])
    return adds and (table[0] > 0 or numbers[0] == 0)


def _words(instruction: Instruction, memory: Memory) -> Words:
    (table,), (numbers, x) = instruction.outputs, instruction.inputs
    return [*memory.at(table, numbers, x), *table.shape, *numbers.shape]


FAMILY = Family(
    kernels={"scatter_add": _scatter_add},
    call=written,
    checks=(counted(1, 2), shaped(_fits), one_storage(places=1), all_dense, written_once),
    words=_words,
)
