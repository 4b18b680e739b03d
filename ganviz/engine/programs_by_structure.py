"""Programs by structure: those of the experiments that were worked with last."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

import torch

from ganviz.contracts.isolated import isolated
from ganviz.experiment import Experiment
from ganviz.programs.cannot_lower import CannotLower
from ganviz.programs.program import Program

KEPT = 64
"""Programs of one kind that are kept: those that were asked for last."""


class ProgramsByStructure:
    """Programs of one kind. Experiments that differ in numbers alone have the same."""

    def __init__(self, captured: Callable[[Experiment, torch.dtype], Program], *, of_these_data: bool = False) -> None:
        """`captured`: the program of an experiment in a precision. Raises `CannotLower`. `of_these_data`: the numbers
        of the data are part of it."""
        self._captured, self._of_these_data = captured, of_these_data
        self._known: OrderedDict[Hashable, Program | CannotLower] = OrderedDict()
        self._lock = threading.Lock()

    def knows(self, experiment: Experiment, precision: torch.dtype) -> bool:
        """Whether it is there at once."""
        return self._key(experiment, precision) in self._known

    @isolated
    def of(self, experiment: Experiment, precision: torch.dtype) -> Program:
        """The program of an experiment; captured now, in a tenth of a second or so, where it is not known yet. Raises
        `CannotLower`, also where that is known."""
        key = self._key(experiment, precision)
        # Captured under the lock: two threads that want the same wait for one.
        with self._lock:
            if key not in self._known:
                self._known[key] = self._found(experiment, precision)
                while len(self._known) > KEPT:
                    self._known.popitem(last=False)
            self._known.move_to_end(key)
            found = self._known[key]
        if isinstance(found, CannotLower):
            raise found
        return found

    def _key(self, experiment: Experiment, precision: torch.dtype) -> Hashable:
        data = experiment.data.identity() if self._of_these_data else None
        return _structure(experiment, precision), data

    def _found(self, experiment: Experiment, precision: torch.dtype) -> Program | CannotLower:
        try:
            return self._captured(experiment, precision)
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
