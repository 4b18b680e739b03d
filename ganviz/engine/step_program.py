"""The training step as a program."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import torch

from ganviz.contracts.regularizer import Player
from ganviz.engine import run
from ganviz.engine.branching import NoBranching
from ganviz.engine.game import Game
from ganviz.engine.noise import Noise
from ganviz.engine.players import State
from ganviz.engine.programs_by_structure import ProgramsByStructure
from ganviz.engine.settings import Numbers, bind, numbers
from ganviz.engine.tree import Tree, leaves, named_leaves, refill
from ganviz.experiment import Experiment
from ganviz.programs.builder import STORED, Builder
from ganviz.programs.capture import Named, capture
from ganviz.programs.linking import Part, linked
from ganviz.programs.lowering import lowered
from ganviz.programs.program import Program

SCALARS = "scalars"
"""The name of the output that holds losses and norms."""


def step_program(game: Game, state: State, values: Numbers, draws: Tree) -> Program:
    """`Game.step` from inputs of these shapes: ``state/…``, ``settings/…`` and ``draws/…`` by the names of their trees,
    to the next ``state/…`` and `SCALARS`. Raises `CannotLower`, naming the operation and where it comes from.

    Each player's turn is captured once, and D's is then there as often as it moves in a step.
    """
    d_turn = _turn_program(game, "d", state, values, draws["d"][0])
    g_turn = _turn_program(game, "g", state, values, draws["g"])
    turns = [Part(d_turn, _among(d_turn, f"draws/d/{i}")) for i in range(len(draws["d"]))]
    outputs = {name: name for name, _ in named_leaves({"state": state})}
    if game.experiment.updates == "simultaneous":
        # G answers the D from before its last turn: what that leads to is put aside.
        aside = {name: f"after/{name}" for name in outputs if name.startswith("state/d/")}
        turns[-1] = replace(turns[-1], outputs=aside)
        outputs |= aside
    parts = [*turns, Part(g_turn, _among(g_turn, "draws/g")), Part(_stacked(game.dtype))]
    return linked(parts, {**outputs, SCALARS: SCALARS})


def _turn_program(game: Game, player: Player, state: State, values: Numbers, draw: Tree) -> Program:
    """A player's turn: from ``state/…``, ``settings/…`` and ``draw/…`` to its own next ``state/…``, its loss and the
    norm of its gradient."""
    example = {"state": state, "settings": values, "draw": draw}
    turn = game.discriminator_turn if player == "d" else game.generator_turn

    def taken(named: Named) -> Named:
        given = refill(example, iter(named.values()))
        with NoBranching(leaves(given["settings"])):
            after, loss, gradient = turn(given["state"], bind(game.experiment, given["settings"]), given["draw"])
        own = dict(named_leaves({"state": {player: after}}))
        return {**own, f"loss_{player}": loss, f"grad_{player}": gradient}

    return lowered(capture(taken, dict(named_leaves(example))))


def _among(turn: Program, draws: str) -> dict[str, str]:
    """The names of a turn's draws among those of a step."""
    return {name: f"{draws}/{name.removeprefix('draw/')}" for name, _ in turn.inputs if name.startswith("draw/")}


def _stacked(precision: torch.dtype) -> Program:
    """`ganviz.engine.run.SCALARS` as one tensor."""
    builder, storage = Builder(), STORED[precision]
    inputs = [(name, builder.new((), storage)) for name in run.SCALARS]
    out = builder.new((len(inputs),), storage)
    for i, (_, view) in enumerate(inputs):
        builder.move(out.sliced(0, i, 1), view.with_dimension(0))
    return builder.program(inputs, [(SCALARS, out)])


def _captured(experiment: Experiment, precision: torch.dtype) -> Program:
    game = Game(experiment, precision)
    values = numbers(experiment, partial(torch.tensor, dtype=precision))
    return step_program(game, game.initial_state(), values, Noise(experiment, precision).step(0, 0))


STEP_PROGRAMS = ProgramsByStructure(_captured)
"""Those of this process."""
