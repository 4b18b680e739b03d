"""Events: what is done to a run besides full steps, and how that is written down."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ganviz.contracts.regularizer import Player
from ganviz.experiment import Experiment
from ganviz.option import Invalid


@dataclass(frozen=True)
class HalfStep:
    """An update of one player alone, in place of a full step."""

    at: int
    """How many moves there were before."""
    player: Player


@dataclass(frozen=True)
class Change:
    """A change of live settings."""

    at: int
    """How many moves there were before."""
    experiment: Experiment
    """What was trained from then on."""


@dataclass(frozen=True)
class PathChange:
    """Another way of computing moves."""

    at: int
    """How many moves there were before."""
    path: str
    """The path that ran from then on: ``"eager"`` or ``"native"``."""


Event = HalfStep | Change | PathChange


def path_after(log: Sequence[Event]) -> str:
    """The path that ran the last move before the end of a log; eager where none was exchanged."""
    return next((event.path for event in reversed(log) if isinstance(event, PathChange)), "eager")


def to_json(origin: Experiment, log: Iterable[Event]) -> list[dict[str, Any]]:
    """The events of a run that began with `origin`, in order, as plain values; of a change only the fields that it
    changed."""
    written: list[dict[str, Any]] = []
    before = origin.to_dict()
    for event in log:
        match event:
            case HalfStep(at, player):
                written.append({"at": at, "half_step": player})
            case PathChange(at, path):
                written.append({"at": at, "path": path})
            case Change(at, experiment):
                after = experiment.to_dict()
                changed = {name: value for name, value in after.items() if before[name] != value}
                written.append({"at": at, "change": changed})
                before = after
    return written


def from_json(origin: Experiment, written: Any) -> tuple[Event, ...]:
    """Read what `to_json` wrote. Raises `Invalid` for anything else."""
    log: list[Event] = []
    experiment = origin
    try:
        for event in written:
            at = int(event["at"])
            if event.get("half_step") in ("g", "d"):
                log.append(HalfStep(at, event["half_step"]))
            elif "path" in event:
                log.append(PathChange(at, str(event["path"])))
            else:
                experiment = experiment.replace(**event["change"])
                log.append(Change(at, experiment))
    except (TypeError, KeyError, AttributeError, ValueError):
        raise Invalid("The log of this run is damaged.") from None
    return tuple(log)
