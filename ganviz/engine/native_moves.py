"""A program that moves a run, in memory of its own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganviz.engine.draw_program import keys_of
from ganviz.engine.tree import Tree, named_leaves, refill
from ganviz.machine.library import Library
from ganviz.programs.native import Native
from ganviz.programs.program import Program


class NativeMoves:
    """A program from ``state/…``, ``settings/…``, ``keys/…``, and ``draws/…`` where it does not draw for itself, to the
    next ``state/…``, which stays in its memory."""

    def __init__(self, program: Program, library: Library, seed: int) -> None:
        self._native = Native(program, library)
        for name, key in keys_of(program, seed):
            self._native.inputs[name][...] = key
        self._given = [name for name, _ in program.inputs if name.startswith("draws/")]

    @property
    def draws_for_itself(self) -> bool:
        return not self._given

    def interrupt(self) -> None:
        """End the call that is under way on another thread, or the next one, after the move that it is in."""
        self._native.stop[0] = 1

    def put(self, tree: Tree) -> None:
        """Write these inputs, ``{"state": …}`` or ``{"settings": …}``."""
        for name, leaf in named_leaves(tree):
            self._native.inputs[name][...] = leaf.detach().numpy()

    def advance(self, moves: int, draws: Sequence[Tree], kept: Sequence[str]) -> dict[str, NDArray[np.generic]]:
        """So many moves, or fewer where it is interrupted, on draws for each of them. Returns the outputs of these
        names, (moves, …)."""
        _, found = self._native.advance(moves, self._columns(draws), kept)
        self._native.stop[0] = 0
        return found

    def taken(self, template: Tree) -> Tree:
        """What is in memory under the names of this tree, as tensors of their own where torch itself would have put
        them."""
        wanted = [(name, leaf.dtype) for name, leaf in named_leaves(template)]
        arrays = self._native.copied([name for name, _ in wanted])
        return refill(template, iter([_tensor(arrays[name], dtype) for name, dtype in wanted]))

    def _columns(self, draws: Sequence[Tree]) -> dict[str, NDArray[np.generic]]:
        rows = [dict(named_leaves({"draws": each})) for each in draws]
        return {
            name: np.ascontiguousarray(
                torch.stack([row[name] for row in rows]).numpy().astype(self._native.inputs[name].dtype, copy=False)
            )
            for name in self._given
        }


def _tensor(array: NDArray[np.generic], dtype: torch.dtype) -> Tensor:
    """The array as a tensor of its memory. Counters, stored as float64, become int64 where they are: torch's own way of
    converting them would give Python's lock away for each."""
    if dtype == torch.int64:
        whole = array.view(np.int64)
        whole[...] = array.astype(np.int64)
        return torch.from_numpy(whole)
    found = torch.from_numpy(array)
    return found if found.dtype == dtype else found.to(dtype)
