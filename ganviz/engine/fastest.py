"""The fastest ways there are of computing an experiment's steps and looks: by the machine, else by PyTorch."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress

import torch

from ganviz.contracts.regularizer import Player
from ganviz.engine.draw_program import SELF_DRAWING_STEPS, SELF_DRAWING_TURNS
from ganviz.engine.game import Game
from ganviz.engine.look_program import LOOK_PROGRAMS, NativeLook
from ganviz.engine.native_path import NativePath
from ganviz.engine.observer import Observer
from ganviz.engine.paths import Eager, Path
from ganviz.engine.players import State
from ganviz.engine.request import Answer
from ganviz.engine.settings import Numbers
from ganviz.experiment import Experiment
from ganviz.machine.compilers import NoLibrary
from ganviz.machine.library import library
from ganviz.programs.cannot_lower import CannotLower
from ganviz.programs.program import Program
from ganviz.programs.validation import Malformed

log = logging.getLogger("ganviz")

PROGRAMS = (SELF_DRAWING_STEPS, LOOK_PROGRAMS)
"""What there is to be captured of an experiment."""

Look = Callable[[Observer, State, Numbers], Answer]


def is_captured(experiment: Experiment, precision: torch.dtype) -> bool:
    """Whether nothing need be captured first for its steps and looks."""
    return all(kind.knows(experiment, precision) for kind in PROGRAMS)


def capture(experiment: Experiment, precision: torch.dtype) -> None:
    """Capture what its steps and looks need, on whichever thread: only the programs that are kept are touched."""
    with suppress(NoLibrary):
        library()
    for kind in PROGRAMS:
        with suppress(CannotLower):
            kind.of(experiment, precision)


def fastest_path(game: Game) -> Path:
    """For steps and turns: native where there is a program and a library."""
    experiment, precision = game.experiment, game.dtype

    def turn(player: Player) -> Program:  # there is one where there is one of the step, which consists of them
        return SELF_DRAWING_TURNS[player].of(experiment, precision)

    try:
        return NativePath(SELF_DRAWING_STEPS.of(experiment, precision), turn, library(), experiment.seed)
    except (CannotLower, NoLibrary, Malformed) as error:
        log.info("This experiment is trained by PyTorch, not by ganviz's kernels: %s", error)
        return Eager(game)


def fastest_look(game: Game) -> Look:
    """For looking at runs that the machine trains."""
    try:
        return NativeLook(LOOK_PROGRAMS.of(game.experiment, game.dtype), library())
    except (CannotLower, NoLibrary, Malformed) as error:
        log.info("This experiment is looked at by PyTorch, not by ganviz's kernels: %s", error)
        return Observer.seen
