"""Sort: the numbers (outer, n, inner) in rising order along the middle, and where each came from; equal ones stay in
their order."""

from __future__ import annotations

import numpy as np

from ganviz.programs.family import Array, Family, one_a_number, written
from ganviz.programs.operands import all_dense, counted, one_shape, one_storage, written_once
from ganviz.programs.program import Instruction
from ganviz.programs.view import BYTES
from ganviz.programs.words import Memory, Words


def _sort(rising: Array, places: Array, x: Array) -> None:
    order = np.argsort(x, 1, kind="stable")
    rising[...] = np.take_along_axis(x, order, 1)
    places[...] = order


def _work(instruction: Instruction) -> int:
    """Two rows of n pairs: a number and where it came from."""
    return 4 * instruction.inputs[0].shape[1] * BYTES["float64"]


def _words(instruction: Instruction, memory: Memory) -> Words:
    return [*memory.at(*instruction.views), memory.work, *instruction.inputs[0].shape]


FAMILY = Family(
    kernels={"sort": _sort},
    call=written,
    checks=(counted(2, 1), one_shape(3), one_storage(places=1), all_dense, written_once),
    steps=lambda instruction: 64 * one_a_number(instruction),
    work=_work,
    words=_words,
)
