"""Builder: a program while it is written."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from ganviz.programs.cannot_lower import CannotLower
from ganviz.programs.families.move import MOST_DIMENSIONS
from ganviz.programs.families.reductions import OF_ONE_ITSELF
from ganviz.programs.fusion import fuse
from ganviz.programs.placement import placed
from ganviz.programs.program import Block, Instruction, Program
from ganviz.programs.view import Shape, Storage, View, dense_strides, merged

STORED: dict[torch.dtype, Storage] = {
    torch.float32: "float32",
    torch.bool: "float32",
    torch.float64: "float64",
    torch.int64: "float64",
}
"""How numbers of each kind are stored; others are not."""

MOST_NUMBERS = 1_000_000
"""Numbers that a constant may have: they are part of the program."""


class Builder:
    """Instructions in order, each writing to memory that is new."""

    def __init__(self) -> None:
        self._instructions: list[Instruction] = []
        self._blocks: list[Block] = []
        self._constants: dict[tuple[Storage, tuple[str, ...]], int] = {}

    def new(self, shape: Shape, storage: Storage) -> View:
        """Memory for a tensor."""
        self._blocks.append(Block(storage, max(1, math.prod(shape))))
        return View(len(self._blocks) - 1, storage, 0, shape, dense_strides(shape))

    def emit(self, kernel: str, outputs: Sequence[View], inputs: Sequence[View], *numbers: float) -> None:
        """Add an instruction."""
        self._instructions.append(Instruction(kernel, tuple(outputs), tuple(inputs), numbers))

    def constant(self, value: Tensor) -> View:
        """A tensor that never changes; where all its numbers are one, a single one is kept."""
        if value.dtype not in STORED or value.numel() > MOST_NUMBERS:
            raise CannotLower(f"a constant of {value.numel():,} numbers ({value.dtype})")
        storage = STORED[value.dtype]
        numbers = value.detach().double().reshape(-1).tolist()
        exact = tuple(map(float.hex, numbers))  # 0 and −0 are equal, and not the same
        uniform = len(set(exact)) == 1
        kept = (storage, exact[:1] if uniform else exact)
        if kept not in self._constants:
            self._constants[kept] = self.new((len(kept[1]),), storage).block
        shape = tuple(value.shape)
        strides = (0,) * len(shape) if uniform else dense_strides(shape)
        return View(self._constants[kept], storage, 0, shape, strides)

    # ------------------------------------------------------------------------------------------------- moving

    def move(self, target: View, source: View) -> None:
        """Copy numbers, and convert them where they are stored otherwise."""
        shape, (there, here) = merged(target.shape, [target.strides, source.strides])
        if len(shape) > MOST_DIMENSIONS:
            raise CannotLower(f"a copy along {len(shape)} dimensions at once")
        self.emit("move", [target.shaped(shape, there)], [source.shaped(shape, here)])

    def copied(self, source: View, storage: Storage | None = None) -> View:
        """The same numbers side by side, in new memory."""
        target = self.new(source.shape, storage or source.storage)
        if source.size:
            self.move(target, source)
        return target

    def dense(self, source: View) -> View:
        """The same numbers side by side: where they are, if they lie so."""
        return source if source.is_dense else self.copied(source)

    # ------------------------------------------------------------------------------------------------- loops

    def mapped(self, kernel: str, shape: Shape, inputs: Sequence[View], *numbers: float) -> View:
        """A function of one number, or of two or three, at every place of a shape to which the inputs are broadcast."""
        storage = inputs[0].storage
        wide = [each.expanded(shape) for each in inputs]
        if math.prod(shape) > 1 and all(each.is_uniform for each in wide):
            one = self.mapped(kernel, (), [each.shaped((), ()) for each in wide], *numbers)
            return one.expanded(shape)
        out = self.new(shape, storage)
        rows, views = self._rows(out, wide)
        self.emit(kernel, [out.shaped(rows, dense_strides(rows))], views, *numbers)
        return out

    def _rows(self, out: View, inputs: Sequence[View]) -> tuple[Shape, list[View]]:
        """The inputs as rows that a loop can read: one number after another, or the same again and again. What is laid
        out otherwise is copied."""
        views = list(inputs)
        # First those are copied that lie across; then, where that is not enough, those that are repeated in part.
        for stays in (None, _is_simple, lambda view: view.is_dense):
            if stays is not None:
                views = [view if stays(view) else self.copied(view) for view in views]
            shape, strides = merged(out.shape, [out.strides, *(view.strides for view in views)])
            if len(shape) <= 2 and all(not steps or steps[-1] in (0, 1) for steps in strides[1:]):
                rows = (1,) * (2 - len(shape)) + shape
                laid = [(0,) * (2 - len(steps)) + steps for steps in strides[1:]]
                return rows, [view.shaped(rows, steps) for view, steps in zip(views, laid, strict=True)]
        raise AssertionError("views that are dense are walked as one row")

    def reduced(self, kernel: str, source: View, dimensions: Sequence[int], shape: Shape) -> View:
        """A sum, or something like it, over some dimensions."""
        if kernel in OF_ONE_ITSELF and all(source.shape[i] == 1 for i in dimensions):
            return self.dense(source).reshaped(shape)
        gone = [i for i in range(len(source.shape)) if i in dimensions]
        if gone != list(range(gone[0], gone[-1] + 1) if gone else []):
            kept = [i for i in range(len(source.shape)) if i not in gone]
            source = source.permuted([*kept, *gone])
            gone = list(range(len(kept), len(source.shape)))
        first, last = (gone[0], gone[-1] + 1) if gone else (len(source.shape), len(source.shape))
        folded, out = self.folded(source, first, last), self.new(shape, source.storage)
        outer, _, inner = folded.shape
        self.emit(kernel, [out.reshaped((outer, inner))], [folded])
        return out

    def folded(self, source: View, first: int, last: int) -> View:
        """As (outer, many, inner): the dimensions from `first` to before `last` as one in the middle."""
        parts = source.shape[:first], source.shape[first:last], source.shape[last:]
        return self.dense(source).reshaped(tuple(math.prod(part) for part in parts))

    def product(self, a: View, b: View, bias: View | None = None) -> View:
        """The matrix product (m, k) @ (k, n), plus a bias (m, n) where there is one."""
        out = self.new((a.shape[0], b.shape[1]), a.storage)
        self.emit("product", [out], [a, b, *([] if bias is None else [bias.expanded(out.shape)])])
        return out

    # ------------------------------------------------------------------------------------------------- the end

    def program(self, inputs: Sequence[tuple[str, View]], outputs: Sequence[tuple[str, View]]) -> Program:
        """What was written, with a place for everything."""
        constants = tuple((block, tuple(map(float.fromhex, exact))) for (_, exact), block in self._constants.items())
        whole = Program(tuple(self._instructions), tuple(self._blocks), constants, tuple(inputs), tuple(outputs))
        return placed(fuse(whole))


def _is_simple(view: View) -> bool:
    return view.is_dense or view.is_uniform
