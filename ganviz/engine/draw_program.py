"""The draws of an update as a program: the machine's random numbers, and what the options make of them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from ganviz.contracts.regularizer import Player
from ganviz.contracts.source import Source
from ganviz.engine.noise import draws_of
from ganviz.engine.players import PLAYERS
from ganviz.engine.programs_by_structure import ProgramsByStructure
from ganviz.engine.step_program import STEP_PROGRAMS
from ganviz.engine.tree import named_leaves
from ganviz.engine.turn_program import TURN_PROGRAMS
from ganviz.experiment import Experiment
from ganviz.machine.draws import stream_key
from ganviz.programs.builder import STORED, Builder
from ganviz.programs.cannot_lower import CannotLower
from ganviz.programs.capture import Named, capture
from ganviz.programs.linking import Part, linked
from ganviz.programs.lowering import lowered
from ganviz.programs.program import Program

log = logging.getLogger("ganviz")

LOW = 2**32
"""A key is handed over as its lower and its upper word."""


@dataclass(frozen=True)
class Asked:
    """Random numbers that an option asks for."""

    stream: str
    law: str
    """A method of `Source`."""
    shape: tuple[int, ...]
    dtype: torch.dtype
    number: int
    """Which draw of its stream it is."""
    among: tuple[int, ...] = ()
    """The range of whole numbers."""

    @property
    def name(self) -> str:
        """What it is called in a program."""
        return f"raw/{self.stream}/{self.number}"


class Listing(Source):
    """Writes down what is asked for, and answers with what `answer` says."""

    def __init__(self, stream: str, answer: Callable[[Asked], Tensor]) -> None:
        self._stream, self._answer, self._number = stream, answer, 0

    def _asked(self, law: str, shape: tuple[int, ...], dtype: torch.dtype, *among: int) -> Tensor:
        self._number += 1
        return self._answer(Asked(self._stream, law, shape, dtype, self._number - 1, among))

    def uniform(self, *shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
        return self._asked("uniform", shape, dtype)

    def uniform_open(self, *shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
        return self._asked("uniform_open", shape, dtype)

    def normal(self, *shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
        return self._asked("normal", shape, dtype)

    def integers(self, below: int, *shape: int) -> Tensor:
        return self._asked("integers", shape, torch.int64, below)

    def order(self, n: int) -> Tensor:
        return self._asked("order", (n,), torch.int64)

    def rows(self, size: int, of: int) -> Tensor:
        return self._asked("rows", (size,), torch.int64, of)


def draw_program(player: Player, experiment: Experiment, precision: torch.dtype) -> Program:
    """What a player sees in its update: from ``keys/…``, each (2,), and ``update``, a number, to the leaves of
    `draws_of` by their names. Raises `CannotLower`."""
    asked: list[Asked] = []

    def noted(one: Asked) -> Tensor:
        asked.append(one)
        return torch.zeros(one.shape, dtype=one.dtype)

    draws_of(experiment, player, partial(Listing, answer=noted))

    def made(raw: Named) -> Named:
        drawn = draws_of(experiment, player, partial(Listing, answer=lambda one: raw[one.name]))
        return {name: leaf.to(precision) for name, leaf in named_leaves(drawn)}

    sampled = lowered(
        capture(made, {one.name: torch.zeros(one.shape, dtype=one.dtype) for one in asked}, reads_others=True)
    )
    return linked([Part(_raw_program(asked)), Part(sampled)], {name: name for name, _ in sampled.outputs})


def _raw_program(asked: list[Asked]) -> Program:
    """The random numbers themselves."""
    builder, outputs = Builder(), []
    update = builder.new((), "float64")
    keys = {stream: builder.new((2,), "float64") for stream in dict.fromkeys(one.stream for one in asked)}
    for one in asked:
        out = builder.new(one.shape, STORED[one.dtype])
        builder.emit(f"draw_{one.law}", [out], [keys[one.stream], update], float(one.number), *map(float, one.among))
        outputs.append((one.name, out))
    named = [("update", update), *((f"keys/{stream}", view) for stream, view in keys.items())]
    return builder.program(named, outputs)


def keys_of(program: Program, seed: int) -> Iterator[tuple[str, tuple[int, int]]]:
    """The program's inputs that are keys, and what they are for a seed."""
    for name, _ in program.inputs:
        if name.startswith("keys/"):
            key = stream_key(seed, name.removeprefix("keys/"))
            yield name, (key % LOW, key // LOW)


def self_drawing_step(experiment: Experiment, precision: torch.dtype) -> Program:
    """The step's program, after the draws': ``draws/…`` are inputs no more, ``keys/…`` are. Where samples come from
    files their draws stay inputs. Raises `CannotLower` for a step that no program can be made of."""
    places: list[Place] = [("d", turn, f"draws/d/{turn}") for turn in range(experiment.d_steps)]
    return _self_drawing(STEP_PROGRAMS, experiment, precision, [*places, ("g", 0, "draws/g")])


def self_drawing_turn(player: Player, experiment: Experiment, precision: torch.dtype) -> Program:
    """The same of a player's turn alone."""
    return _self_drawing(TURN_PROGRAMS[player], experiment, precision, [(player, 0, "draws")])


Place = tuple[Player, int, str]
"""Draws of a move: whose, for which of its updates from here, and what they are called there."""


def _self_drawing(
    kind: ProgramsByStructure, experiment: Experiment, precision: torch.dtype, places: list[Place]
) -> Program:
    moving = kind.of(experiment, precision)
    try:
        drawing = [part for place in places for part in _drawing(experiment, precision, place)]
    except CannotLower as error:
        log.info("Minibatches are drawn by PyTorch: %s", error)
        drawing = []
    return linked([*drawing, Part(moving)], {name: name for name, _ in moving.outputs})


def _drawing(experiment: Experiment, precision: torch.dtype, place: Place) -> list[Part]:
    player, turn, called = place
    program, update = DRAW_PROGRAMS[player].of(experiment, precision), f"update/{player}/{turn}"
    return [
        Part(_later(turn), {"before": f"state/{player}/updates"}, {"after": update}),
        Part(program, {"update": update}, {name: f"{called}/{name}" for name, _ in program.outputs}),
    ]


def _later(turns: int) -> Program:
    """So many updates later: from ``before`` to ``after``."""
    builder = Builder()
    before = builder.new((), "float64")
    after = builder.mapped("shift", (), [before], float(turns))
    return builder.program([("before", before)], [("after", after)])


def _of_each_player(
    captured: Callable[[Player, Experiment, torch.dtype], Program],
) -> dict[Player, ProgramsByStructure]:
    return {player: ProgramsByStructure(partial(captured, player), of_these_data=True) for player in PLAYERS}


DRAW_PROGRAMS = _of_each_player(draw_program)
"""Those of this process."""
SELF_DRAWING_TURNS = _of_each_player(self_drawing_turn)
"""Those of this process."""
SELF_DRAWING_STEPS = ProgramsByStructure(self_drawing_step, of_these_data=True)
"""Those of this process."""
