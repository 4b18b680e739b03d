"""What a viewer is told."""

from __future__ import annotations

from dataclasses import dataclass

from ganviz.figures.base import View
from ganviz.theory.stages import Stage


@dataclass(frozen=True)
class Status:
    """What a session is doing, for a state line."""

    playing: bool = False
    waiting: bool = False
    """Playing, but nobody looks: training is suspended until the viewer's next sign of life."""
    preparing: bool = False
    """Playing, but the step's program is not captured yet."""
    slow: bool = False
    speed: int | None = 10
    """Steps a frame; None = as many as the machine can do."""
    path: str = "native"
    """Which path runs the steps (`ganviz.engine.paths`)."""
    device: str = "cpu"
    """Where the steps are computed."""
    rate: float = 0.0
    """Steps a second, averaged over about a second; 0 while paused."""
    stage: Stage | None = None
    """The stage of Figure 1 that was just reached."""
    changes: int = 0
    """How many changes of the experiment have been carried out."""
    changed_at: float = 0.0
    """When the last of them was, in seconds since 1970."""
    measuring: str = ""
    """Which slow metric is being measured, and how many are to come; empty where there is nothing to wait for."""
    trouble: str = ""
    """Why the run was paused, as a sentence; empty when all is well."""
    runaway: str = ""
    """Which number has run away, as a sentence, while training goes on; empty when all is well."""
    returned: str = ""
    """From where to where the run was just taken back, as a sentence; empty once it is played again."""


@dataclass(frozen=True)
class Frame:
    """What a viewer gets: the picture's arrays and the state line."""

    view: View
    status: Status
