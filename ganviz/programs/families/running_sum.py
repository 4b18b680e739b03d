"""Running sum: the sums from the first to each along the middle of (outer, n, inner)."""

from __future__ import annotations

import numpy as np

from ganviz.programs.family import Family
from ganviz.programs.operands import all_dense, counted, one_shape, one_storage, written_once
from ganviz.programs.program import Instruction
from ganviz.programs.words import Memory, Words


def _words(instruction: Instruction, memory: Memory) -> Words:
    return [*memory.at(*instruction.views), *instruction.inputs[0].shape]


FAMILY = Family(
    kernels={"running_sum": lambda x: np.cumsum(x, 1)},
    checks=(counted(1, 1), one_shape(3), one_storage(), all_dense, written_once),
    words=_words,
)
