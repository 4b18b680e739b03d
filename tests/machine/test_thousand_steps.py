"""A thousand steps of every preset on the line and in the plane: the same bits by whatever runs them."""

from __future__ import annotations

import hashlib
import subprocess
import sys
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
from ganviz.machine import build
from ganviz.machine.compilers import find_compiler, zig
from ganviz.machine.library import Library
from ganviz.presets import preset_names

pytestmark = pytest.mark.long

STEPS = 1000
TOYS = [name for name in preset_names() if len(ganviz.preset(name).data.shape) < 3]


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Library]:
    """The library as other compilers make it, and with their optimizations."""
    folder, wanted = tmp_path_factory.mktemp("builds"), {"-O3": (find_compiler(), ("-O3",))}
    if (compiler := zig()) is not None:
        wanted["zig"] = (compiler, ())
    for name, (compiler, flags) in wanted.items():
        build.build(compiler, folder / f"{name}.so", flags)
    return {name: Library(folder / f"{name}.so") for name in wanted}


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
def test_builds_steps_a_call_files_and_processes(
    name: str, widest: Library, others: dict[str, Library], tmp_path: Path
) -> None:
    experiment = ganviz.preset(name)
    wanted, scalars = after(experiment, widest, 64)
    if name != "too-fast":  # which loses its numbers
        assert np.isfinite(scalars).all()
        assert len(np.unique(scalars[:, 0])) > STEPS // 4, "it goes on"
    for library, at_once in ((widest, 1), *((library, 7) for library in others.values())):
        found, its = after(experiment, library, at_once)
        assert np.array_equal(its, scalars, equal_nan=True)
        assert found == wanted, (library.path, at_once)
    if name == "too-fast":
        return
    # Half of it here, the rest from a file in another process.
    trainer = Trainer(experiment)
    trainer.advance(STEPS // 2)
    trainer.save(tmp_path / "half.safetensors")
    command = [sys.executable, "-W", "ignore", __file__, str(tmp_path / "half.safetensors")]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == wanted


if __name__ == "__main__":
    gone_on = Trainer.load(sys.argv[1])
    gone_on.advance(STEPS - gone_on.step_count)
    print(digest(gone_on.run_value.state))
