"""A look as a program."""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import partial

import torch

from ganviz.contracts.space import space_of
from ganviz.engine.game import Game
from ganviz.engine.interruptible import Cancelled
from ganviz.engine.observer import Observer
from ganviz.engine.players import State
from ganviz.engine.programs_by_structure import ProgramsByStructure
from ganviz.engine.request import Answer
from ganviz.engine.settings import Numbers, bind, numbers
from ganviz.engine.step_program import STEP_PROGRAMS
from ganviz.engine.tree import Tree, named_leaves, refill
from ganviz.experiment import Experiment
from ganviz.machine.library import Library
from ganviz.programs.cannot_lower import CannotLower
from ganviz.programs.capture import Named, capture
from ganviz.programs.lowering import lowered
from ganviz.programs.native import Native
from ganviz.programs.placement import placed
from ganviz.programs.program import Program

SEEN = (torch.float32, torch.float64)
"""What a look consists of: other kinds of numbers would come back as these."""


def look_program(observer: Observer, experiment: Experiment, state: State, values: Numbers) -> Program:
    """`Observer.observe` from inputs of these shapes, by the names of their trees: ``state/…``, ``settings/…`` and
    ``kept/…``, the observer's own tensors; of all these, those that it reads. Raises `CannotLower`."""
    example = _inputs(observer, state, values)

    def look(named: Named) -> Named:
        given = refill(example, iter(named.values()))
        seen = observer.keeping(given["kept"]).observe(given["state"], bind(experiment, given["settings"]))
        if others := {str(tensor.dtype) for tensor in seen.values() if tensor.dtype not in SEEN}:
            raise CannotLower(f"a look has numbers of other kinds: {', '.join(sorted(others))}")
        return seen

    return _of_what_is_read(lowered(capture(look, dict(named_leaves(example)))))


def _of_what_is_read(program: Program) -> Program:
    """The program without the inputs that it does not read: what optimizers remember is not looked at."""
    views = [view for one in program.instructions for view in one.inputs] + [view for _, view in program.outputs]
    read = {view.block for view in views}
    return placed(replace(program, inputs=tuple(each for each in program.inputs if each[1].block in read)))


def _inputs(observer: Observer, state: State, values: Numbers) -> Tree:
    """All numbers that a look depends on."""
    return {"state": state, "settings": values, "kept": observer.kept}


def _captured(experiment: Experiment, precision: torch.dtype) -> Program:
    """Where steps are not run by the machine, a look takes little beside them: it is left to PyTorch as well."""
    STEP_PROGRAMS.of(experiment, precision)
    values = numbers(experiment, partial(torch.tensor, dtype=precision))
    try:
        game = Game(experiment, precision)
        observer = space_of(game.data).observer(game)
        if not observer.is_captured:
            raise CannotLower("such samples are left to it")
        return look_program(observer, experiment, game.initial_state(), values)
    except (CannotLower, Cancelled):
        raise
    except Exception as error:
        # Whatever an observer does that cannot be captured; what is wrong with it shows when it looks.
        raise CannotLower(f"{type(error).__name__}: {str(error).partition(chr(10))[0]}") from error


LOOK_PROGRAMS = ProgramsByStructure(_captured)
"""Those of this process."""


class NativeLook:
    """A look's program, in memory of its own."""

    def __init__(self, program: Program, library: Library) -> None:
        self._native = Native(program, library)
        self._lock = threading.Lock()

    def __call__(self, observer: Observer, state: State, values: Numbers) -> Answer:
        """What that observer sees, as arrays of their own: any observer for which the program was made."""
        with self._lock:
            given = dict(named_leaves(_inputs(observer, state, values)))
            for name, place in self._native.inputs.items():
                place[...] = given[name].detach().numpy()
            self._native.run()
            return {name: array.copy() for name, array in self._native.outputs.items()}
