"""The native path: steps run by the machine's kernels, as many in a call as fit the time that it is given."""

from __future__ import annotations

import time

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganviz.engine.draw_program import keys_of
from ganviz.engine.paths import Draws, PathName, Stretch
from ganviz.engine.players import State
from ganviz.engine.settings import Numbers
from ganviz.engine.step_program import SCALARS
from ganviz.engine.tree import Tree, named_leaves, refill
from ganviz.machine.library import Library
from ganviz.programs.native import Native
from ganviz.programs.program import Program

MOST = 4096
"""The most steps in a call."""


class NativePath:
    """A step's program, in memory of its own. The run's last state stays there, so that it is not put in again."""

    name: PathName = "native"

    def __init__(self, program: Program, library: Library, seed: int) -> None:
        self._native = Native(program, library)
        for name, key in keys_of(program, seed):
            self._native.inputs[name][...] = key
        self._given = [name for name, _ in program.inputs if name.startswith("draws/")]
        self._inside: State | None = None
        self._values: Numbers | None = None
        self._cost, self._tried = 1e-9, 1

    def interrupt(self) -> None:
        """End the call that is under way on another thread, or the next one, after the step that it is in."""
        self._native.stop[0] = 1

    def advance(self, state: State, values: Numbers, draws: Draws, steps: int, seconds: float) -> Stretch:
        """As many steps as fit the time: fewer, at first, than later."""
        if self._inside is not state:
            self._put({"state": state})
        if self._values is not values:
            self._put({"settings": values})
        steps = max(1, int(min(steps, MOST, self._tried, seconds / self._cost)))
        columns = self._columns([draws(i) for i in range(steps)]) if self._given else {}
        began = time.perf_counter()
        # Whatever ends the call in between leaves memory that is nobody's state.
        self._inside = self._values = None
        done, kept = self._native.advance(steps, columns, [SCALARS])
        self._native.stop[0] = 0
        self._learn(done, time.perf_counter() - began)
        self._inside, self._values = self._taken(state), values
        return Stretch(self._inside, kept[SCALARS].astype(np.float64))

    def _learn(self, steps: int, seconds: float) -> None:
        """How long a step takes; and the next call makes at most four times as many as this one did, because the first
        ones take longer."""
        self._cost, self._tried = max(seconds / steps, 1e-9), 4 * steps

    def _put(self, tree: Tree) -> None:
        for name, leaf in named_leaves(tree):
            self._native.inputs[name][...] = leaf.detach().numpy()

    def _taken(self, template: State) -> State:
        """The state in memory, as tensors of their own, where torch itself would have put them."""
        wanted = [(f"state/{name}", leaf.dtype) for name, leaf in named_leaves(template)]
        arrays = self._native.copied([name for name, _ in wanted])
        found: State = refill(template, iter([_tensor(arrays[name], dtype) for name, dtype in wanted]))
        return found

    def _columns(self, draws: list[Tree]) -> dict[str, np.ndarray]:
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
