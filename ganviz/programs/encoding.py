"""Encoding: a program as the words that the machine reads (machine/kernels/instruction.h)."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ganviz.machine.products import scratch_of
from ganviz.programs.builder import MOST_DIMENSIONS
from ganviz.programs.kernels import DRAWS, FUSED, MAPS, REDUCTIONS
from ganviz.programs.placement import aligned
from ganviz.programs.program import Instruction, Program
from ganviz.programs.view import BYTES, Storage, View

SUFFIX: dict[Storage, str] = {"float32": "f32", "float64": "f64"}

Words = list[int]


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
    words, memory = list[int](), aligned(program.memory)
    for instruction in program.instructions:
        one = _Encoding(program, instruction, aligned(program.memory))
        arguments = ENCODINGS[_family(instruction.kernel)](one)
        if instruction.outputs[0].size:  # else there is nothing to do
            words += [kernels[one.kernel], len(arguments) + 2, *arguments]
            memory = max(memory, one.end)
    return Encoded(np.array(words, np.int64), memory)


def place(program: Program, view: View) -> int:
    """Where a view begins, in bytes."""
    return program.blocks[view.block].at + view.offset * BYTES[view.storage]


@dataclass
class _Encoding:
    """One instruction on its way."""

    program: Program
    instruction: Instruction
    end: int
    """Where the memory ends that it needs."""

    @property
    def kernel(self) -> str:
        """The machine's name for it: with the storage of what comes out, and for a copy first with that of what goes in
        where that is another."""
        source, target = (SUFFIX[views[0].storage] for views in (self.instruction.inputs, self.instruction.outputs))
        converts = self.instruction.kernel == "move" and source != target
        return f"{self.instruction.kernel}_{f'{source}_' if converts else ''}{target}"

    def places(self, *views: View) -> Words:
        return [place(self.program, view) for view in views]

    def work(self, numbers: int, storage: Storage) -> int:
        """The place of working memory for so many numbers."""
        place, self.end = self.end, self.end + numbers * BYTES[storage]
        return place


def _map(one: _Encoding) -> Words:
    rows, columns = one.instruction.outputs[0].shape
    words = [*one.places(*one.instruction.outputs), rows, columns]
    for view in one.instruction.inputs:
        words += [*one.places(view), *view.strides]
    return words + [_bits(number) for number in one.instruction.numbers]


def _reduction(one: _Encoding) -> Words:
    (out,), (x,) = one.instruction.outputs, one.instruction.inputs
    outer, many, inner = x.shape
    work = one.work((many // 2 + 1) * inner, x.storage)
    return [*one.places(out, x), work, outer, many, inner]


def _move(one: _Encoding) -> Words:
    (to,), (source,) = one.instruction.outputs, one.instruction.inputs
    lacking = MOST_DIMENSIONS - len(to.shape)
    padded = [(first,) * lacking + own for first, own in ((1, to.shape), (0, to.strides), (0, source.strides))]
    return [*one.places(to, source), *(number for each in padded for number in each)]


def _product(one: _Encoding) -> Words:
    """A fourth operand is the bias, or where a slope goes through an activation what that depends on."""
    (out,), (a, b, *more) = one.instruction.outputs, one.instruction.inputs
    m, k, n = *a.shape, b.shape[1]
    work = one.work(scratch_of(m, n, k), a.storage)
    place, strides = (one.places(*more), more[0].strides) if more else ([-1], (0, 0))
    numbers = map(_bits, one.instruction.numbers)
    return [*one.places(out, a, b), *place, work, m, n, k, *out.strides, *a.strides, *b.strides, *strides, *numbers]


def _gather(one: _Encoding) -> Words:
    (out,), (table, places) = one.instruction.outputs, one.instruction.inputs
    return [*one.places(out, table, places), *table.shape, *places.shape, *table.strides, *places.strides]


def _scatter(one: _Encoding) -> Words:
    return [*one.places(*one.instruction.outputs, *one.instruction.inputs), *one.instruction.outputs[0].shape]


def _sort(one: _Encoding) -> Words:
    (x,) = one.instruction.inputs
    work = one.work(4 * x.shape[1], "float64")
    return [*one.places(*one.instruction.outputs, x), work, *x.shape]


def _running_sum(one: _Encoding) -> Words:
    (x,) = one.instruction.inputs
    return [*one.places(*one.instruction.outputs, x), *x.shape]


def _scatter_add(one: _Encoding) -> Words:
    (places, x), (table,) = one.instruction.inputs, one.instruction.outputs
    return [*one.places(table, places, x), *table.shape, *places.shape]


def _search(one: _Encoding) -> Words:
    (out,), (row, x) = one.instruction.outputs, one.instruction.inputs
    return [*one.places(out, row, x), *row.shape, *x.shape]


def _draw(one: _Encoding) -> Words:
    (out,) = one.instruction.outputs
    number, *of = map(int, one.instruction.numbers)
    return [*one.places(out, *one.instruction.inputs), out.size, number, *of]


ENCODINGS: dict[str, Callable[[_Encoding], Words]] = {
    "map": _map,
    "reduction": _reduction,
    "move": _move,
    "product": _product,
    "gather": _gather,
    "scatter": _scatter,
    "sort": _sort,
    "running_sum": _running_sum,
    "scatter_add": _scatter_add,
    "count_below": _search,
    "count_up_to": _search,
    "draw": _draw,
}
"""The arguments of each family, as its kernels read them."""


def _family(kernel: str) -> str:
    families = (("map", MAPS), ("reduction", REDUCTIONS), ("draw", DRAWS), ("product", FUSED))
    return next((family for family, kernels in families if kernel in kernels), kernel)


def _bits(number: float) -> int:
    """A float64 as the integer that has its bits."""
    (bits,) = struct.unpack("<q", struct.pack("<d", number))
    return int(bits)
