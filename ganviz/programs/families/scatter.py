"""Scatter: put numbers (outer, n, inner) at the places (outer, n, inner) along the middle of what the output holds."""

from __future__ import annotations

import numpy as np

from ganviz.programs.family import Array, Family, written
from ganviz.programs.operands import all_dense, counted, one_shape, one_storage, written_once
from ganviz.programs.places import places
from ganviz.programs.program import Instruction
from ganviz.programs.words import Memory, Words


def _scatter(out: Array, numbers: Array, x: Array) -> None:
    outer, many, inner = numbers.shape
    there = places(numbers, many)
    for i in range(many):  # one after another: of two at one place the last stays
        out[np.arange(outer)[:, None], there[:, i], np.arange(inner)] = x[:, i]


def _words(instruction: Instruction, memory: Memory) -> Words:
    return [*memory.at(*instruction.views), *instruction.outputs[0].shape]


FAMILY = Family(
    kernels={"scatter": _scatter},
    call=written,
    checks=(counted(1, 2), one_shape(3), one_storage(places=1), all_dense, written_once),
    words=_words,
)
