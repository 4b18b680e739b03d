"""Checkpoints: tensors and JSON in one safetensors file, never pickled objects."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as serialised

from ganviz import atomic
from ganviz.contracts.isolated import isolated
from ganviz.engine import events
from ganviz.engine.game import Game
from ganviz.engine.players import State
from ganviz.engine.run import SCALARS, Run
from ganviz.engine.tree import aligned, named_leaves, refill
from ganviz.experiment import Experiment
from ganviz.option import Invalid

FORMAT = "ganviz-2"

DRAWS = "philox4x32-10"
"""What the run's random numbers come from. Before there was this field they came from torch's generators."""

log = logging.getLogger("ganviz")

PRECISIONS = {torch.float32: "float32", torch.float64: "float64"}


def save(path: str | os.PathLike[str], run: Run) -> None:
    """Write a run, whose state lies on the CPU, whole or not at all. Raises `Invalid` where there is no folder, and
    `OSError` where the file cannot be written."""
    target = Path(path)
    if not target.parent.is_dir():
        raise Invalid(f"There is no folder {str(target.parent)!r} to save a checkpoint in.")
    tensors = {name: leaf.contiguous() for name, leaf in named_leaves(run.state)}
    about = {
        "format": FORMAT,
        "experiment": run.experiment.to_json(),
        "dtype": PRECISIONS[run.precision],
        "draws": DRAWS,
        "origin": run.origin.to_json(),
        "scalars": json.dumps(dict(run.scalars)),
        "began": str(run.began),
        "moves": str(run.moves),
        "log": json.dumps(events.to_json(run.origin, run.log)),
    }
    atomic.write(target, serialised(tensors, about))


@isolated
def read(path: str | os.PathLike[str]) -> Run:
    """The run in a checkpoint, on the CPU.

    Says in the log where the run goes on otherwise than it would have when it was kept. Raises `Invalid` for a file
    that is missing, damaged, or no checkpoint.
    """
    if not Path(path).is_file():
        raise Invalid(f"There is no checkpoint {str(path)!r}.")
    try:
        with safe_open(str(path), framework="pt") as file:
            about = file.metadata() or {}
            experiment, precision = _experiment(path, about)
            state = _state(path, file, Game(experiment, precision).initial_state())
    except (SafetensorError, OSError):
        raise Invalid(f"{str(path)!r} is no ganviz checkpoint, or it is damaged.") from None
    if about.get("draws") != DRAWS:
        log.warning("%r was trained with other random numbers: what comes next is drawn anew.", str(path))
    d_updates, g_updates = (int(state[player]["updates"]) for player in "dg")
    run = Run(experiment, experiment, precision, state, d_updates, g_updates, began=g_updates)
    # Checkpoints of before there was a log are read too.
    return run if "log" not in about else _with_past(path, run, about)


def _experiment(path: str | os.PathLike[str], about: Mapping[str, str]) -> tuple[Experiment, torch.dtype]:
    """The experiment that a checkpoint belongs to, and its precision."""
    precision = next((dtype for dtype, name in PRECISIONS.items() if name == about.get("dtype")), None)
    if about.get("format") != FORMAT or "experiment" not in about or precision is None:
        raise Invalid(f"{str(path)!r} was not written by this version of ganviz.")
    experiment = Experiment.from_json(about["experiment"])
    return experiment.replace(data=experiment.data.prepare()), precision


def _state(path: str | os.PathLike[str], file: Any, template: State) -> State:
    """The tensors in a checkpoint, which must be named and shaped like the template's."""
    expected = dict(named_leaves(template))
    # Compare before reading: a forged header must not make us allocate anything.
    shapes = {name: list(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118
    if shapes == {name: list(leaf.shape) for name, leaf in expected.items()}:
        read = {name: file.get_tensor(name) for name in expected}
        if all(read[name].dtype == leaf.dtype for name, leaf in expected.items()):
            state: State = aligned(refill(template, iter([read[name] for name in expected])))
            return state
    raise Invalid(f"{str(path)!r} does not hold the state that its experiment describes.")


def _with_past(path: str | os.PathLike[str], run: Run, about: Mapping[str, str]) -> Run:
    """The run with what its checkpoint tells of how it came there."""
    try:
        kept = json.loads(about["scalars"])
        scalars = {name: float(kept[name]) for name in SCALARS}
        origin = Experiment.from_json(about["origin"])
        log = events.from_json(origin, json.loads(about["log"]))
        began, moves = int(about["began"]), int(about["moves"])
        path_then = events.path_after(log)
        return replace(run, origin=origin, scalars=scalars, path=path_then, began=began, moves=moves, log=log)
    except (ValueError, TypeError, KeyError, RecursionError):
        raise Invalid(f"What {str(path)!r} tells of its run is damaged.") from None
