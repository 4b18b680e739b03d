"""Move: a copy to other places, and to the other storage where the two differ."""

from __future__ import annotations

from ganviz.programs.family import Family, by_output
from ganviz.programs.operands import counted, shaped, written_once
from ganviz.programs.program import Instruction
from ganviz.programs.words import SUFFIX, Memory, Words

MOST_DIMENSIONS = 4
"""Dimensions that numbers are copied along at once, once those that can be are merged."""


def _machine_name(instruction: Instruction) -> str:
    """Where the two are stored otherwise, with both: ``"move_f32_f64"``."""
    source, target = (SUFFIX[views[0].storage] for views in (instruction.inputs, instruction.outputs))
    return by_output(instruction) if source == target else f"{instruction.kernel}_{source}_{target}"


def _words(instruction: Instruction, memory: Memory) -> Words:
    (to,), (source,) = instruction.outputs, instruction.inputs
    lacking = MOST_DIMENSIONS - len(to.shape)
    padded = [(first,) * lacking + own for first, own in ((1, to.shape), (0, to.strides), (0, source.strides))]
    return [*memory.at(to, source), *(number for each in padded for number in each)]


FAMILY = Family(
    kernels={"move": lambda x: x},
    checks=(
        counted(1, 1),
        shaped(lambda to, source: len(to) <= MOST_DIMENSIONS and source == to),
        written_once,
    ),
    machine_name=_machine_name,
    words=_words,
)
