"""Words: the 64-bit integers that a program consists of for the machine (machine/kernels/instruction.h)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from ganviz.programs.placement import aligned
from ganviz.programs.program import Program
from ganviz.programs.view import BYTES, Storage, View

SUFFIX: dict[Storage, str] = {"float32": "f32", "float64": "f64"}
"""How the names of the machine's kernels end, of which there is one for each storage."""

Words = list[int]


@dataclass(frozen=True)
class Memory:
    """Where a program's instructions find what they need, in bytes."""

    program: Program

    @property
    def work(self) -> int:
        """Where working memory begins, which every instruction may use anew."""
        return aligned(self.program.memory)

    def at(self, *views: View) -> Words:
        """Where each view begins."""
        return [place(self.program, view) for view in views]


def place(program: Program, view: View) -> int:
    """Where a view begins, in bytes."""
    return program.blocks[view.block].at + view.offset * BYTES[view.storage]


def bits(number: float) -> int:
    """A float64 as the integer that has its bits."""
    (word,) = struct.unpack("<q", struct.pack("<d", number))
    return int(word)
