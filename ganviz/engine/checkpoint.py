"""Checkpoints: tensors and JSON in one safetensors file, never pickled objects."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from ganviz.engine.players import State
from ganviz.engine.tree import named_leaves, refill
from ganviz.experiment import Experiment
from ganviz.option import Invalid

FORMAT = "ganviz-2"

PRECISIONS = {torch.float32: "float32", torch.float64: "float64"}


def save(path: str | os.PathLike[str], experiment: Experiment, dtype: torch.dtype, state: State) -> None:
    """Write a run's state. The file appears under its name only when it is whole, so a crash leaves the old one."""
    target = Path(path)
    if not target.parent.is_dir():
        raise Invalid(f"There is no folder {str(target.parent)!r} to save a checkpoint in.")
    tensors = {name: leaf.contiguous() for name, leaf in named_leaves(state)}
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    os.close(handle)
    try:
        save_file(
            tensors, temporary, {"format": FORMAT, "experiment": experiment.to_json(), "dtype": PRECISIONS[dtype]}
        )
        with open(temporary, "rb") as written:
            os.fsync(written.fileno())
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def read_experiment(path: str | os.PathLike[str]) -> tuple[Experiment, torch.dtype]:
    """The experiment a checkpoint belongs to, and its precision.

    Raises `Invalid` for a file that is missing or no checkpoint.
    """
    if not Path(path).is_file():
        raise Invalid(f"There is no checkpoint {str(path)!r}.")
    try:
        with safe_open(str(path), framework="pt") as file:
            about = file.metadata() or {}
    except (SafetensorError, OSError):
        raise Invalid(f"{str(path)!r} is no ganviz checkpoint, or it is damaged.") from None
    precision = next((dtype for dtype, name in PRECISIONS.items() if name == about.get("dtype")), None)
    if about.get("format") != FORMAT or "experiment" not in about or precision is None:
        raise Invalid(f"{str(path)!r} was not written by this version of ganviz.")
    return Experiment.from_json(about["experiment"]), precision


def read_state(path: str | os.PathLike[str], template: State) -> State:
    """The state in a checkpoint. Raises `Invalid` unless its tensors are named and shaped like the template's."""
    expected = dict(named_leaves(template))
    try:
        with safe_open(str(path), framework="pt") as file:
            # Compare before reading: a forged header must not make us allocate anything.
            shapes = {name: list(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118
            if shapes != {name: list(leaf.shape) for name, leaf in expected.items()}:
                raise Invalid(f"{str(path)!r} does not hold the state that its experiment describes.")
            read = {name: file.get_tensor(name) for name in expected}
    except (SafetensorError, OSError):
        raise Invalid(f"{str(path)!r} is no ganviz checkpoint, or it is damaged.") from None
    if any(read[name].dtype != leaf.dtype for name, leaf in expected.items()):
        raise Invalid(f"{str(path)!r} does not hold the state that its experiment describes.")
    state: State = refill(template, iter([read[name] for name in expected]))
    return state
