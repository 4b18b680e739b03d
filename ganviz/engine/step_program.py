"""The training step as a program."""

from __future__ import annotations

from functools import partial

import torch

from ganviz.engine.branching import NoBranching
from ganviz.engine.game import Game
from ganviz.engine.noise import Noise
from ganviz.engine.players import State
from ganviz.engine.programs_by_structure import ProgramsByStructure
from ganviz.engine.settings import Numbers, bind, numbers
from ganviz.engine.tree import Tree, leaves, named_leaves, refill
from ganviz.experiment import Experiment
from ganviz.programs.capture import Named, capture
from ganviz.programs.lowering import lowered
from ganviz.programs.program import Program

SCALARS = "scalars"
"""The name of the output that holds losses and norms."""


def step_program(game: Game, state: State, values: Numbers, draws: Tree) -> Program:
    """`Game.step` from inputs of these shapes: ``state/…``, ``settings/…`` and ``draws/…`` by the names of their trees,
    to the next ``state/…`` and `SCALARS`. Raises `CannotLower`, naming the operation and where it comes from."""
    example = {"state": state, "settings": values, "draws": draws}

    def step(named: Named) -> Named:
        given = refill(example, iter(named.values()))
        with NoBranching(leaves(given["settings"])):
            after, scalars = game.step(given["state"], bind(game.experiment, given["settings"]), given["draws"])
        return {**dict(named_leaves({"state": after})), SCALARS: scalars}

    return lowered(capture(step, dict(named_leaves(example))))


def _captured(experiment: Experiment, precision: torch.dtype) -> Program:
    game = Game(experiment, precision)
    values = numbers(experiment, partial(torch.tensor, dtype=precision))
    return step_program(game, game.initial_state(), values, Noise(experiment, precision).step(0, 0))


STEP_PROGRAMS = ProgramsByStructure(_captured)
"""Those of this process."""
