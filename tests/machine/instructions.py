"""Programs of one instruction, at random: of every kernel, at many sizes, in every layout that it takes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ganviz.machine.library import Library
from ganviz.programs.families import FAMILIES
from ganviz.programs.families.draws import WHOLE
from ganviz.programs.families.maps import operands_of
from ganviz.programs.families.products import FUSED
from ganviz.programs.families.reductions import REDUCTIONS
from ganviz.programs.native import Native
from ganviz.programs.placement import LINE, aligned
from ganviz.programs.program import Block, Instruction, Program
from ganviz.programs.view import Shape, Storage, View, dense_strides

Array = npt.NDArray[np.generic]

KERNELS = tuple(kernel for family in FAMILIES.values() for kernel in family.kernels)
STORAGES: tuple[Storage, ...] = ("float32", "float64")
SIZES = (0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 127, 128, 129, 300)

SPECIAL = (0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, -7.0, 1e-3, 100.0, -100.0, np.inf, -np.inf, np.nan)
EXTREME = (*SPECIAL, 1e-40, -1e-45, 5e-324, -1e-310, 3e38, -3e38, 1e300, -1e300, 2.0**23 + 0.5, -(2.0**31), 2.0**53)


@dataclass(frozen=True)
class Case:
    """A program, and inputs to it."""

    program: Program
    inputs: Mapping[str, Array]


def native(case: Case, library: Library) -> dict[str, Array]:
    """What the machine computes."""
    machine = Native(case.program, library)
    for name, array in case.inputs.items():
        machine.inputs[name][...] = array
    machine.run()
    return {name: array.copy() for name, array in machine.outputs.items()}


def numbers(rng: np.random.Generator, count: int, storage: Storage, tame: bool = False) -> Array:
    """Numbers of one kind: usual ones, few different ones, or (unless they are to be tame) wide apart or special."""
    kind = rng.choice(["usual", "whole"] if tame else ["usual", "whole", "wide", "special", "extreme"])
    if kind == "usual":
        found = rng.normal(0, 2, count)
    elif kind == "whole":
        found = rng.integers(-3, 4, count).astype(float)
    elif kind == "wide":
        found = rng.choice([-1.0, 1.0], count) * np.exp2(rng.uniform(-140, 120, count))
    else:
        found = rng.choice(SPECIAL if kind == "special" else EXTREME, count)
    with np.errstate(all="ignore"):
        return found.astype(storage)


class Writer:
    """A case while it is written. Blocks lie apart, so that a sanitizer can be told what lies between them."""

    def __init__(self, rng: np.random.Generator, tame: bool) -> None:
        self.rng, self.tame = rng, tame
        self.blocks: list[Block] = []
        self.inputs: dict[str, Array] = {}

    def block(self, storage: Storage, size: int) -> int:
        after = self.blocks[-1].at + self.blocks[-1].bytes if self.blocks else 0
        self.blocks.append(Block(storage, max(size, 1), aligned(after + LINE)))
        return len(self.blocks) - 1

    def laid(self, shape: Shape, strides: Shape, storage: Storage) -> View:
        """A view of a new block that is just as long as it must be."""
        lowest, highest = View(0, storage, 0, shape, strides).span
        block = self.block(storage, highest - lowest + 1)
        return View(block, storage, -lowest, shape, strides)

    def filled(self, shape: Shape, strides: Shape, storage: Storage, values: Array | None = None) -> View:
        """The same, whose block is an input."""
        view = self.laid(shape, strides, storage)
        size = self.blocks[view.block].size
        if values is None:
            values = numbers(self.rng, size, storage, self.tame)
        self.inputs[f"input {view.block}"] = values
        return view

    def dense(self, shape: Shape, storage: Storage) -> View:
        return self.laid(shape, dense_strides(shape), storage)

    def places(self, shape: Shape, strides: Shape, many: int) -> View:
        """Places among so many; now and then there are none such."""
        view = self.laid(shape, strides, "float64")
        found = self.rng.integers(0, max(many, 1), self.blocks[view.block].size).astype(float)
        if self.rng.random() < 0.3:
            at = self.rng.random(found.size) < 0.2
            found[at] = self.rng.choice([-1.0, many, 1e30, -np.inf, np.nan, 0.5, many - 0.5], at.sum())
        self.inputs[f"input {view.block}"] = found
        return view

    def strides(self, shape: Shape, repeats: bool) -> Shape:
        """Any strides that keep numbers apart, and if they may be repeated, now and then some of 0."""
        found, within = [0] * len(shape), 0
        for at in self.rng.permutation(len(shape)):
            if repeats and self.rng.random() < 0.2:
                continue
            step = within + 1 + int(self.rng.choice([0, 0, 0, 1, 2]))
            found[at] = step * int(self.rng.choice([1, 1, -1]))
            within += max(shape[at] - 1, 0) * step
        return tuple(found)

    def case(self, *instructions: Instruction) -> Case:
        written = {view.block for one in instructions for view in one.outputs}
        whole = [View(i, block.storage, 0, (block.size,), (1,)) for i, block in enumerate(self.blocks)]
        inputs = tuple((f"input {i}", whole[i]) for i in range(len(whole)) if f"input {i}" in self.inputs)
        outputs = tuple((f"output {i}", whole[i]) for i in sorted(written))
        memory = self.blocks[-1].at + self.blocks[-1].bytes + LINE
        return Case(Program(instructions, tuple(self.blocks), (), inputs, outputs, memory), self.inputs)


def sizes(rng: np.random.Generator, count: int, most: int = 4000) -> Shape:
    """So many sizes, together at most so large."""
    while True:
        found = tuple(int(n) for n in rng.choice(SIZES, count))
        if math.prod(max(n, 1) for n in found) <= most:
            return found


def _map(writer: Writer, kernel: str, storage: Storage) -> Case:
    shape = sizes(writer.rng, 2)
    inputs, further = operands_of(kernel)
    views = []
    for _ in range(inputs):
        row = int(writer.rng.choice([shape[1], shape[1], 0, -shape[1], shape[1] + 3, 1]))
        views.append(writer.filled(shape, (row, int(writer.rng.random() < 0.8)), storage))
    given = tuple(float(x) for x in numbers(writer.rng, further, storage, writer.tame))
    return writer.case(Instruction(kernel, (writer.dense(shape, storage),), tuple(views), given))


def _along(writer: Writer, kernel: str, storage: Storage) -> Case:
    shape = sizes(writer.rng, 3)
    x = writer.filled(shape, dense_strides(shape), storage)
    out = writer.dense(shape[::2] if kernel in REDUCTIONS else shape, storage)
    outputs = (out, writer.dense(shape, "float64")) if kernel == "sort" else (out,)
    return writer.case(Instruction(kernel, outputs, (x,)))


def _move(writer: Writer, kernel: str, storage: Storage) -> Case:
    shape = sizes(writer.rng, int(writer.rng.integers(0, 5)))
    x = writer.filled(shape, writer.strides(shape, True), storage)
    out = writer.laid(shape, writer.strides(shape, False), STORAGES[int(writer.rng.integers(2))])
    return writer.case(Instruction(kernel, (out,), (x,)))


def _product(writer: Writer, kernel: str, storage: Storage) -> Case:
    """A slope through an activation always has a fourth operand: where that was on."""
    fourth = 1.0 if kernel.endswith("_slope") else 0.5
    m, n, k = sizes(writer.rng, 3, 20_000)
    shapes = [(m, k), (k, n), *([(m, n)] if writer.rng.random() < fourth else [])]
    inputs = [writer.filled(shape, writer.strides(shape, True), storage) for shape in shapes]
    if storage == "float64":  # products so small or so large may differ in the plain variant: docs/machine.md
        for name, values in writer.inputs.items():
            size = np.abs(values)
            extreme = (size < 1e-140) | (size > 1e140) & (size < np.inf)
            writer.inputs[name] = np.where(extreme, np.copysign(0, values), values)
    out = writer.laid((m, n), writer.strides((m, n), False), storage)
    further = tuple(float(writer.rng.choice([0.0, 0.2])) for _ in range(operands_of(FUSED.get(kernel, "negative"))[1]))
    return writer.case(Instruction(kernel, (out,), tuple(inputs), further))


def _draw(writer: Writer, kernel: str, storage: Storage) -> Case:
    rng, whole = writer.rng, kernel in WHOLE
    key = writer.filled((2,), (1,), "float64", rng.integers(0, 2**32, 2).astype(float))
    update = writer.filled((), (), "float64", rng.integers(0, 2**40, 1).astype(float))
    among = {"draw_integers": 2**31, "draw_rows": 3000}.get(kernel, 0)
    further = (float(rng.integers(0, 2**31)), *((float(rng.integers(1, among)),) if among else ()))
    out = writer.dense(sizes(rng, 1 if whole else 2), "float64" if whole else storage)
    return writer.case(Instruction(kernel, (out,), (key, update), further))


def _gather(writer: Writer, kernel: str, storage: Storage) -> Case:
    rows, columns, many = sizes(writer.rng, 3)
    rows = max(rows, 1)
    table = writer.filled((rows, columns), writer.strides((rows, columns), True), storage)
    places = writer.places((many,), writer.strides((many,), True), rows)
    return writer.case(Instruction(kernel, (writer.dense((many, columns), storage),), (table, places)))


def _scatter(writer: Writer, kernel: str, storage: Storage) -> Case:
    """Onto numbers that were copied there before."""
    shape = sizes(writer.rng, 3)
    before, x = (writer.filled(shape, dense_strides(shape), storage) for _ in range(2))
    places, out = writer.places(shape, dense_strides(shape), shape[1]), writer.dense(shape, storage)
    return writer.case(Instruction("move", (out,), (before,)), Instruction(kernel, (out,), (places, x)))


def _scatter_add(writer: Writer, kernel: str, storage: Storage) -> Case:
    """Onto numbers that were copied there before."""
    rows, columns, many = sizes(writer.rng, 3)
    rows = max(rows, 1)
    before, x = (writer.filled(shape, dense_strides(shape), storage) for shape in ((rows, columns), (many, columns)))
    places, out = writer.places((many,), (1,), rows), writer.dense((rows, columns), storage)
    return writer.case(Instruction("move", (out,), (before,)), Instruction(kernel, (out,), (places, x)))


def _search(writer: Writer, kernel: str, storage: Storage) -> Case:
    row, x = (writer.filled((n,), (1,), storage) for n in sizes(writer.rng, 2))
    writer.inputs[f"input {row.block}"].sort()
    return writer.case(Instruction(kernel, (writer.dense(x.shape, storage),), (row, x)))


CASES: dict[str, Callable[[Writer, str, Storage], Case]] = {
    "draws": _draw,
    "gather": _gather,
    "maps": _map,
    "move": _move,
    "products": _product,
    "reductions": _along,
    "running_sum": _along,
    "scatter": _scatter,
    "scatter_add": _scatter_add,
    "searches": _search,
    "sort": _along,
}
"""How a case of each family is written."""


def case_of(kernel: str, storage: Storage, rng: np.random.Generator, tame: bool = False) -> Case:
    """A case of any kernel."""
    (family,) = (name for name, family in FAMILIES.items() if kernel in family.kernels)
    return CASES[family](Writer(rng, tame), kernel, storage)


def operands(case: Case) -> tuple[list[Array], Sequence[float]]:
    """What the last instruction reads, as arrays, and its numbers."""
    instruction, found = case.program.instructions[-1], []
    for view in instruction.inputs:
        flat = np.ascontiguousarray(case.inputs[f"input {view.block}"])
        steps = tuple(step * flat.itemsize for step in view.strides)
        found.append(np.lib.stride_tricks.as_strided(flat[min(view.offset, flat.size - 1) :], view.shape, steps))
    return found, instruction.numbers


def result(case: Case, outputs: Mapping[str, Array], number: int = 0) -> Array:
    """One output of the last instruction among those of the program."""
    view = case.program.instructions[-1].outputs[number]
    flat = outputs[f"output {view.block}"]
    steps = tuple(step * flat.itemsize for step in view.strides)
    return np.lib.stride_tricks.as_strided(flat[min(view.offset, flat.size - 1) :], view.shape, steps).copy()
