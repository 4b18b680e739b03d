"""A thousand steps of every preset on the line and in the plane: the same bits by whatever runs them."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

import ganviz
from ganviz import Experiment, Trainer
from ganviz.engine.draw_program import SELF_DRAWING_STEPS
from ganviz.engine.native_moves import NativeMoves
from ganviz.engine.settings import numbers
from ganviz.engine.step_program import SCALARS
from ganviz.engine.tree import Tree, named_leaves
from ganviz.machine.library import Library
from ganviz.presets import preset_names

pytestmark = pytest.mark.long

STEPS = 1000
TOYS = [name for name in preset_names() if len(ganviz.preset(name).data.shape) < 3]


def after(experiment: Experiment, library: Library, at_once: int) -> tuple[str, np.ndarray]:
    """A digest of the state after all steps, so many a call, and the scalars of each."""
    trainer = Trainer(experiment, path="eager")
    moves = NativeMoves(SELF_DRAWING_STEPS.of(experiment, torch.float32), library, experiment.seed)
    state = {"state": trainer.state}
    moves.put(state | {"settings": numbers(experiment, lambda value: torch.tensor(value, dtype=torch.float32))})
    assert moves.draws_for_itself
    rows = [moves.advance(min(at_once, STEPS - first), [], [SCALARS])[SCALARS] for first in range(0, STEPS, at_once)]
    return digest(moves.taken(state)["state"]), np.concatenate(rows)


def digest(state: Tree) -> str:
    found = hashlib.sha256()
    for name, leaf in named_leaves(state):
        found.update(name.encode() + leaf.numpy().tobytes())
    return found.hexdigest()


@pytest.mark.parametrize("name", TOYS)
def test_by_whatever_runs_them(name: str, widest: Library, built: Callable[[str], Path], tmp_path: Path) -> None:
    experiment = ganviz.preset(name)
    wanted, scalars = after(experiment, widest, 64)
    if name != "too-fast":  # which loses its numbers
        assert np.isfinite(scalars).all()
        assert len(np.unique(scalars[:, 0])) > STEPS // 8, "it goes on, if not to the end: some find their equilibrium"
    found, its = after(experiment, Library(built("zig")), 7)
    assert np.array_equal(its, scalars, equal_nan=True)
    assert found == wanted
    if name == "too-fast":
        return
    # Half of it here, step by step, the rest from a file in another process.
    trainer, half = Trainer(experiment), tmp_path / "half.safetensors"
    for _ in range(STEPS // 2):
        trainer.step()
    trainer.save(half)
    command = [sys.executable, "-W", "ignore", __file__, str(half)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == wanted


if __name__ == "__main__":
    gone_on = Trainer.load(sys.argv[1])
    gone_on.advance(STEPS - gone_on.step_count)
    print(digest(gone_on.run_value.state))
