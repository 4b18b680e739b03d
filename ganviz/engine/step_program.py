"""The training step as a program."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from functools import partial

import torch

from ganviz.contracts.isolated import isolated
from ganviz.engine.branching import NoBranching
from ganviz.engine.game import Game
from ganviz.engine.noise import Noise
from ganviz.engine.players import State
from ganviz.engine.settings import Numbers, bind, numbers
from ganviz.engine.tree import Tree, leaves, named_leaves, refill
from ganviz.experiment import Experiment
from ganviz.programs.cannot_lower import CannotLower
from ganviz.programs.capture import Named, capture
from ganviz.programs.lowering import lowered
from ganviz.programs.program import Program

SCALARS = "scalars"
"""The name of the output that holds losses and norms."""

KEPT = 64
"""Programs that are kept: those that were asked for last."""


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


class StepPrograms:
    """The programs of the experiments that were trained last. Those that differ in numbers alone have the same."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Program | CannotLower] = OrderedDict()
        self._lock = threading.Lock()

    def knows(self, experiment: Experiment, precision: torch.dtype) -> bool:
        """Whether it is there at once."""
        return _structure(experiment, precision) in self._known

    @isolated
    def of(self, experiment: Experiment, precision: torch.dtype) -> Program:
        """The program of an experiment's step; captured now, in a second or so, where it is not known yet. Raises
        `CannotLower`, also where that is known."""
        key = _structure(experiment, precision)
        # Captured under the lock: two threads that want the same wait for one.
        with self._lock:
            if key not in self._known:
                self._known[key] = _captured(experiment, precision)
                while len(self._known) > KEPT:
                    self._known.popitem(last=False)
            self._known.move_to_end(key)
            found = self._known[key]
        if isinstance(found, CannotLower):
            raise found
        return found


def _captured(experiment: Experiment, precision: torch.dtype) -> Program | CannotLower:
    game = Game(experiment, precision)
    values = numbers(experiment, partial(torch.tensor, dtype=precision))
    try:
        return step_program(game, game.initial_state(), values, Noise(experiment, precision).step(0, 0))
    except CannotLower as error:
        return error.with_traceback(None)


def _structure(experiment: Experiment, precision: torch.dtype) -> str:
    """All that decides the program: the experiment without its numbers, which are inputs, and without its seed."""
    fields = experiment.to_dict()
    for option in experiment.options():
        slots = [fields[name] for name in fields if getattr(experiment, name) is option]
        slots += [each for each in fields["regularizers"] if each["name"] == option.option_name()]
        for slot in slots:
            for number in option.numbers():
                slot.pop(number, None)
    for number in ("seed", "lr_g", "lr_d"):
        del fields[number]
    data = experiment.data  # of files, whose shape is not in the experiment
    return json.dumps([fields, data.shape, data.condition_dim, str(precision)], sort_keys=True)


STEP_PROGRAMS = StepPrograms()
"""Those of this process."""
