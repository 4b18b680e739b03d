"""Linking: programs one after another as one, the later ones fed by the earlier ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ganviz.programs.in_place import in_place
from ganviz.programs.placement import placed
from ganviz.programs.program import Block, Instruction, Program
from ganviz.programs.view import View


@dataclass(frozen=True)
class Part:
    """A program, with other names for some of its inputs and outputs."""

    program: Program
    inputs: Mapping[str, str] = field(default_factory=dict)
    """The new name by the old one; the others stay."""
    outputs: Mapping[str, str] = field(default_factory=dict)


def linked(parts: Sequence[Part], outputs: Mapping[str, str]) -> Program:
    """The parts in their order. An input whose name is an earlier part's output takes that; inputs of one name are one.

    `outputs`: the names of the whole's outputs, and what they are called among the parts, where a later one of a name
    replaces an earlier one. Raises `KeyError` for one that no part has.
    """
    known: dict[str, View] = {}
    inputs: list[tuple[str, View]] = []
    blocks: list[Block] = []
    instructions: list[Instruction] = []
    constants: list[tuple[int, tuple[float, ...]]] = []
    for part in parts:
        moved = _Moved(len(blocks), {})
        for own, view in part.program.inputs:
            name = part.inputs.get(own, own)
            if name in known:
                moved.elsewhere[view.block] = known[name]
            else:
                known[name] = moved(view)
                inputs.append((name, moved(view)))
        blocks += part.program.blocks
        constants += [(block + moved.by, numbers) for block, numbers in part.program.constants]
        for instruction in part.program.instructions:
            out, read = (tuple(map(moved, views)) for views in (instruction.outputs, instruction.inputs))
            instructions.append(replace(instruction, outputs=out, inputs=read))
        known |= {part.outputs.get(own, own): moved(view) for own, view in part.program.outputs}
    found = tuple((name, known[inside]) for name, inside in outputs.items())
    whole = Program(tuple(instructions), tuple(blocks), tuple(constants), tuple(inputs), found)
    return placed(in_place(whole))


@dataclass(frozen=True)
class _Moved:
    """Where the views of a part lie in the whole."""

    by: int
    """How many blocks come before."""
    elsewhere: dict[int, View]
    """Blocks of inputs that an earlier part has filled: its numbers lie side by side, as an input's do."""

    def __call__(self, view: View) -> View:
        if (there := self.elsewhere.get(view.block)) is None:
            return replace(view, block=view.block + self.by)
        assert view.storage == there.storage
        return replace(view, block=there.block, offset=view.offset + there.offset)
