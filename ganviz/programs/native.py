"""A program run by the machine: natively, many times a call, without Python's lock."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ganviz.machine.elementary import COUNT, POINTER
from ganviz.machine.library import Library
from ganviz.machine.products import workspace
from ganviz.programs.encoding import encoded
from ganviz.programs.placement import aligned
from ganviz.programs.program import Program
from ganviz.programs.reference import Array, seen
from ganviz.programs.validation import check
from ganviz.programs.view import BYTES, View
from ganviz.programs.words import place


class Column(ctypes.Structure):
    """An array outside of memory whose rows are copied, one in each step."""

    _fields_ = (("row", POINTER), ("at", COUNT), ("bytes", COUNT))


class Native:
    """A program with memory of its own."""

    def __init__(self, program: Program, library: Library) -> None:
        """Raises `Malformed` for a program that must not run."""
        check(program)
        code = encoded(program, library.kernels)
        self.program = program
        self._words = code.words
        self._fed, memory = _feeds(program, code.memory)
        self._memory = workspace(memory, np.uint8)
        self._memory[...] = 0
        self._run = library.function("run", POINTER, COUNT, POINTER)
        self._advance = library.function("advance", POINTER, COUNT, POINTER, COUNT, *(POINTER, COUNT) * 3, POINTER)
        self._advance.restype = COUNT
        for block, numbers in program.constants:
            whole = View(block, program.blocks[block].storage, 0, (len(numbers),), (1,))
            self.seen(whole)[...] = numbers
        self.inputs = {name: self.seen(view) for name, view in program.inputs}
        """Where each input is, to be written to."""
        self.outputs = {name: self.seen(view) for name, view in program.outputs}
        """Where each output is once the program has run."""
        self.stop = np.zeros(1, np.int64)
        """Not 0: `advance` ends after the step that it is in."""

    def seen(self, view: View) -> Array:
        """The numbers of a view in this memory."""
        return seen(self.program, self._memory, view)

    def copied(self, names: Sequence[str]) -> dict[str, Array]:
        """Inputs as they are now, in memory of their own, each where a line of the cache begins. It is one copy of all
        that lies between them: whoever copies often gives Python's lock away as often."""
        views = dict(self.program.inputs)
        blocks = [self.program.blocks[views[name].block] for name in names]
        first, last = min(block.at for block in blocks), max(block.at + block.bytes for block in blocks)
        memory = workspace(last - first, np.uint8)
        memory[...] = self._memory[first:last]
        found = {}
        for name, block in zip(names, blocks, strict=True):
            numbers = memory[block.at - first :][: block.bytes].view(block.storage)
            found[name] = numbers[: views[name].size].reshape(views[name].shape)
        return found

    def run(self) -> None:
        """Compute the outputs from the inputs as they are."""
        self._run(self._words.ctypes.data, self._words.size, self._memory.ctypes.data)

    def advance(self, steps: int, given: Mapping[str, Array], kept: Sequence[str]) -> tuple[int, dict[str, Array]]:
        """Run so many times; after each, the outputs that have an input's name become that input.

        `given` are inputs that change: arrays (steps, …), dense. Returns how many steps were made, fewer where `stop`
        was set, and of each output in `kept` what it was after each, (steps, …).
        """
        views = dict(self.program.outputs)
        found = {name: np.empty((steps, *views[name].shape), views[name].storage) for name in kept}
        into = self._columns(dict(self.program.inputs), given, steps)
        out = self._columns(views, found, steps)
        words, memory = self._words, self._memory
        done = self._advance(
            words.ctypes.data, words.size, memory.ctypes.data, steps,
            into, len(into), out, len(out), self._fed.ctypes.data, len(self._fed), self.stop.ctypes.data,
        )  # fmt: skip
        return int(done), {name: array[:done] for name, array in found.items()}

    def _columns(self, views: Mapping[str, View], arrays: Mapping[str, Array], steps: int) -> ctypes.Array[Column]:
        columns = (Column * len(arrays))()
        for column, (name, array) in zip(columns, arrays.items(), strict=True):
            view = views[name]
            if array.dtype.name != view.storage or array.shape != (steps, *view.shape) or not array.flags.c_contiguous:
                raise ValueError(f"{name!r} is an array {array.shape} of {array.dtype}, or is scattered")
            column.row, column.at = array.ctypes.data, place(self.program, view)
            column.bytes = view.size * BYTES[view.storage]
        return columns


def _feeds(program: Program, memory: int) -> tuple[NDArray[np.int64], int]:
    """What is copied, in order, for outputs to become inputs: to where, from where, how many bytes, (n, 3); and how
    much memory there must be. An output that is itself (part of) an input is put aside before that input changes."""
    outputs, blocks = dict(program.outputs), {view.block for _, view in program.inputs}
    first, then = list[tuple[int, int, int]](), list[tuple[int, int, int]]()
    for name, there in program.inputs:
        here = outputs.get(name, there)
        to, source, count = place(program, there), place(program, here), there.size * BYTES[there.storage]
        if to == source:
            continue
        if here.block in blocks:
            first.append((memory, source, count))
            source, memory = memory, aligned(memory + count)
        then.append((to, source, count))
    return np.array(first + then, np.int64).reshape(-1, 3), memory
