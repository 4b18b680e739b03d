"""Encoding: a program as the words that the machine reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ganviz.programs.families import family_of
from ganviz.programs.program import Program
from ganviz.programs.words import Memory


@dataclass(frozen=True)
class Encoded:
    """A program for the machine."""

    words: NDArray[np.int64]
    memory: int
    """Bytes that it needs, working memory of its kernels included."""


def encoded(program: Program, kernels: Mapping[str, int]) -> Encoded:
    """The words of a program that `ganviz.programs.validation.check` has let pass. `kernels`: the machine's, by name.

    Raises `KeyError` for a kernel that the machine lacks.
    """
    memory = Memory(program)
    words, work = list[int](), 0
    for instruction in program.instructions:
        if instruction.outputs[0].size:  # else there is nothing to do
            family = family_of(instruction.kernel)
            arguments = family.words(instruction, memory)
            words += [kernels[family.machine_name(instruction)], len(arguments) + 2, *arguments]
            work = max(work, family.work(instruction))
    return Encoded(np.array(words, np.int64), memory.work + work)
