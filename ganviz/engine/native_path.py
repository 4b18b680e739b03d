"""The native path: steps run by the machine's kernels, as many in a call as fit a hundredth of a second."""

from __future__ import annotations

import time

import numpy as np
import torch
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

CALL = 0.008
"""Seconds that a call should take: nothing else that the thread has to do waits longer."""

MOST = 256
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
        self._fitting = 1

    def advance(self, state: State, values: Numbers, draws: Draws, steps: int) -> Stretch:
        """As many steps as fit a call: fewer, at first, than later."""
        if self._inside is not state:
            self._put({"state": state})
        if self._values is not values:
            self._put({"settings": values})
        steps = min(steps, self._fitting)
        columns = self._columns([draws(i) for i in range(steps)]) if self._given else {}
        began = time.perf_counter()
        # Whatever ends the call in between leaves memory that is nobody's state.
        self._inside = self._values = None
        _, kept = self._native.advance(steps, columns, [SCALARS])
        self._adapt(steps, time.perf_counter() - began)
        self._inside, self._values = self._taken(state), values
        return Stretch(self._inside, kept[SCALARS].astype(np.float64))

    def _adapt(self, steps: int, seconds: float) -> None:
        """Learn how many steps fit: at most twice as many as were tried."""
        self._fitting = max(1, min(MOST, 2 * steps, int(CALL * steps / max(seconds, 1e-9))))

    def _put(self, tree: Tree) -> None:
        for name, leaf in named_leaves(tree):
            self._native.inputs[name][...] = leaf.detach().numpy()

    def _taken(self, template: State) -> State:
        """The state in memory, as tensors of their own."""
        inputs = self._native.inputs

        def taken(name: str, leaf: Tensor) -> Tensor:
            return torch.from_numpy(inputs[name].copy()).to(leaf.dtype)

        found: State = refill(template, iter([taken(f"state/{name}", leaf) for name, leaf in named_leaves(template)]))
        return found

    def _columns(self, draws: list[Tree]) -> dict[str, np.ndarray]:
        rows = [dict(named_leaves({"draws": each})) for each in draws]
        return {
            name: np.ascontiguousarray(
                torch.stack([row[name] for row in rows]).numpy().astype(self._native.inputs[name].dtype, copy=False)
            )
            for name in self._given
        }
