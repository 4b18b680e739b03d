"""Searches: how many of the numbers (n,), which are in rising order with NaN last, come before each of others (m,)."""

from __future__ import annotations

import numpy as np

from ganviz.programs.family import Family, one_a_number
from ganviz.programs.operands import all_dense, counted, one_storage, shaped, written_once
from ganviz.programs.program import Instruction
from ganviz.programs.words import Memory, Words


def _words(instruction: Instruction, memory: Memory) -> Words:
    (out,), (row, x) = instruction.outputs, instruction.inputs
    return [*memory.at(out, row, x), *row.shape, *x.shape]


FAMILY = Family(
    kernels={
        "count_below": lambda row, x: np.searchsorted(row, x, side="left"),
        "count_up_to": lambda row, x: np.searchsorted(row, x, side="right"),  # with those that are equal to it
    },
    checks=(
        counted(1, 2),
        shaped(lambda out, row, x: len(row) == len(out) == 1 and x == out),
        one_storage(),
        all_dense,
        written_once,
    ),
    steps=lambda instruction: 32 * one_a_number(instruction),
    words=_words,
)
