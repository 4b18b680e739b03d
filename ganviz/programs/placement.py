"""Placement: where in memory each block of a program lies."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ganviz.programs.program import Block, Program

LINE = 64
"""Blocks begin at multiples of so many bytes, the width of a register and of a line of the cache."""

Life = tuple[int, int]
"""The first and the last instruction between which a block holds what is needed, both included."""


@dataclass(frozen=True)
class Placed:
    """A block that has a place."""

    at: int
    end: int
    dies: int


def placed(program: Program) -> Program:
    """The program with a place for every block, first fit: as low as nothing lies that is alive at the same time."""
    lives = lifetimes(program)
    blocks: list[Block] = list(program.blocks)
    alive: list[Placed] = []
    for number in sorted(range(len(blocks)), key=lambda number: (lives[number][0], number)):
        born, dies = lives[number]
        alive = [each for each in alive if each.dies >= born]
        at = _gap(alive, blocks[number].bytes)
        alive.append(Placed(at, at + blocks[number].bytes, dies))
        blocks[number] = replace(blocks[number], at=at)
    memory = max((block.at + block.bytes for block in blocks), default=0)
    return replace(program, blocks=tuple(blocks), memory=aligned(memory))


def lifetimes(program: Program) -> list[Life]:
    """When each block is in use. Inputs and constants are there from the beginning (−1) and stay, so that a program can
    run again; outputs stay to the end."""
    end = len(program.instructions)
    lives: list[Life] = [(end, -1)] * len(program.blocks)

    def touched(block: int, time: int) -> None:
        first, last = lives[block]
        lives[block] = min(first, time), max(last, time)

    for time, instruction in enumerate(program.instructions):
        for view in instruction.views:
            touched(view.block, time)
    for block in [block for block, _ in program.constants] + [view.block for _, view in program.inputs]:
        touched(block, -1)
        touched(block, end)
    for _, view in program.outputs:
        touched(view.block, end)
    return [(first, max(first, last)) for first, last in lives]


def _gap(alive: list[Placed], size: int) -> int:
    """The lowest place for so many bytes."""
    at = 0
    for each in sorted(alive, key=lambda each: each.at):
        if each.at - at >= size:
            break
        at = max(at, aligned(each.end))
    return at


def aligned(at: int) -> int:
    """The next multiple of `LINE`."""
    return -(-at // LINE) * LINE
