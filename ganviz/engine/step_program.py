"""The training step as a program: the players' turns, linked."""

from __future__ import annotations

from dataclasses import replace

import torch

from ganviz.engine import run
from ganviz.engine.programs_by_structure import ProgramsByStructure
from ganviz.engine.turn_program import TURN_PROGRAMS
from ganviz.experiment import Experiment
from ganviz.programs.builder import STORED, Builder
from ganviz.programs.linking import Part, linked
from ganviz.programs.program import Program

SCALARS = "scalars"
"""The name of the output that holds losses and norms."""


def step_program(experiment: Experiment, precision: torch.dtype) -> Program:
    """`Game.step` from ``state/…``, ``settings/…`` and ``draws/…``, by the names of their trees, to the next
    ``state/…`` and `SCALARS`. Raises `CannotLower`.

    Each player's turn is captured once, and D's is then there as often as it moves in a step.
    """
    d_turn = TURN_PROGRAMS["d"].of(experiment, precision)
    g_turn = TURN_PROGRAMS["g"].of(experiment, precision)
    turns = [Part(d_turn, _among(d_turn, f"draws/d/{i}")) for i in range(experiment.d_steps)]
    outputs = {name: name for turn in (g_turn, d_turn) for name, _ in turn.outputs if name.startswith("state/")}
    if experiment.updates == "simultaneous":
        # G answers the D from before its last turn: what that leads to is put aside.
        aside = {name: f"after/{name}" for name in outputs if name.startswith("state/d/")}
        turns[-1] = replace(turns[-1], outputs=aside)
        outputs |= aside
    parts = [*turns, Part(g_turn, _among(g_turn, "draws/g")), Part(_stacked(precision))]
    return linked(parts, {**outputs, SCALARS: SCALARS})


def _among(turn: Program, draws: str) -> dict[str, str]:
    """The names of a turn's draws among those of a step."""
    return {name: f"{draws}/{name.removeprefix('draws/')}" for name, _ in turn.inputs if name.startswith("draws/")}


def _stacked(precision: torch.dtype) -> Program:
    """`ganviz.engine.run.SCALARS` as one tensor."""
    builder, storage = Builder(), STORED[precision]
    inputs = [(name, builder.new((), storage)) for name in run.SCALARS]
    out = builder.new((len(inputs),), storage)
    for i, (_, view) in enumerate(inputs):
        builder.move(out.sliced(0, i, 1), view.with_dimension(0))
    return builder.program(inputs, [(SCALARS, out)])


STEP_PROGRAMS = ProgramsByStructure(step_program)
"""Those of this process."""
