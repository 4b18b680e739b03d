"""A player's turn as a program."""

from __future__ import annotations

from functools import partial

import torch

from ganviz.contracts.regularizer import Player
from ganviz.engine.branching import NoBranching
from ganviz.engine.game import Game
from ganviz.engine.noise import Noise
from ganviz.engine.programs_by_structure import ProgramsByStructure
from ganviz.engine.settings import bind, numbers
from ganviz.engine.tree import leaves, named_leaves, refill
from ganviz.experiment import Experiment
from ganviz.programs.capture import Named, capture
from ganviz.programs.lowering import lowered
from ganviz.programs.program import Program


def turn_program(player: Player, experiment: Experiment, precision: torch.dtype) -> Program:
    """From ``state/…``, ``settings/…`` and ``draws/…``, by the names of their trees, to the player's own next
    ``state/…``, its loss ``loss_…`` and the norm ``grad_…`` of its gradient. Raises `CannotLower`, naming the operation
    and where it comes from."""
    game, noise = Game(experiment, precision), Noise(experiment, precision)
    values = numbers(experiment, partial(torch.tensor, dtype=precision))
    example = {"state": game.initial_state(), "settings": values, "draws": noise.draw(player, 0)}
    turn = game.discriminator_turn if player == "d" else game.generator_turn

    def taken(named: Named) -> Named:
        given = refill(example, iter(named.values()))
        with NoBranching(leaves(given["settings"])):
            after, loss, gradient = turn(given["state"], bind(experiment, given["settings"]), given["draws"])
        own = dict(named_leaves({"state": {player: after}}))
        return {**own, f"loss_{player}": loss, f"grad_{player}": gradient}

    return lowered(capture(taken, dict(named_leaves(example))))


TURN_PROGRAMS: dict[Player, ProgramsByStructure] = {
    "d": ProgramsByStructure(partial(turn_program, "d")),
    "g": ProgramsByStructure(partial(turn_program, "g")),
}
"""Those of this process."""
