"""Training steps of presets as programs, with what they start from."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from samples import same_bits

from ganviz import preset
from ganviz.engine.game import Game
from ganviz.engine.noise import Noise
from ganviz.engine.settings import bind, numbers
from ganviz.engine.step_program import step_program
from ganviz.engine.tree import named_leaves
from ganviz.programs.program import Program

Given = dict[str, npt.NDArray[np.generic]]
"""Arrays by the names of inputs or outputs."""

PRESETS = ("dirac-r1", "figure-1", "no-discriminator")
STEPS = 64


def preset_step(name: str) -> tuple[Program, Given, Given]:
    """A preset's step, the inputs that it starts from, and draws for so many steps: (steps, …)."""
    experiment = preset(name)
    experiment = experiment.replace(batch_size=min(17, experiment.batch_size))
    game, noise = Game(experiment), Noise(experiment, torch.float32)
    values, state = numbers(experiment, lambda value: torch.tensor(value, dtype=torch.float32)), game.initial_state()
    draws = [noise.step(i * experiment.d_steps, i) for i in range(STEPS)]
    state, _ = game.step(state, bind(experiment, values), draws[0])
    program = step_program(experiment, torch.float32)
    storage = {name: view.storage for name, view in program.inputs}
    start = {
        name: leaf.detach().numpy().astype(storage[name])
        for name, leaf in named_leaves({"state": state, "settings": values, "draws": draws[0]})
    }
    leaves = [dict(named_leaves({"draws": each})) for each in draws]
    given = {name: np.stack([each[name].numpy().astype(storage[name]) for each in leaves]) for name in leaves[0]}
    return program, start, given


def differing(one: Given, two: Given) -> list[str]:
    """The names of what is not the same in both, bit for bit."""
    assert one.keys() == two.keys()
    return [name for name in one if not same_bits(one[name], two[name])]
