"""Run: everything that there is to a run at one moment, as one frozen value."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import torch

from ganviz.engine.events import Event
from ganviz.engine.players import State
from ganviz.experiment import Experiment

SCALARS = ("loss_d", "loss_g", "grad_d", "grad_g")
"""What a step reports, in order: both losses without penalties, and the norm of each player's whole gradient."""

UNKNOWN: Mapping[str, float] = MappingProxyType(dict.fromkeys(SCALARS, math.nan))
"""The scalars before the first step."""


@dataclass(frozen=True)
class Run:
    """A run at one moment. Nothing outside it decides a later number: two equal runs go on alike, whatever was drawn.

    A move is a full step or a half-step. Full steps are not in the log: between its events there is nothing else.
    """

    origin: Experiment
    """What was trained when the run began."""
    experiment: Experiment
    """What is trained now: the same but for live settings."""
    precision: torch.dtype
    """The type of all real numbers in it, but for some counters."""
    state: State
    """Parameters, optimizers, regularizers and counters, a tree of tensors."""
    d_updates: int
    """Updates of D so far."""
    g_updates: int
    """Updates of G so far: the step."""
    scalars: Mapping[str, float] = field(default_factory=lambda: UNKNOWN)
    """`SCALARS` of the last move that had them (nats or squared units); NaN before the first."""
    path: str = "eager"
    """The path that ran the last move; eager before the first, and after a change of more than numbers."""
    began: int = 0
    """The step at which the run began."""
    moves: int = 0
    """Full steps and half-steps since the run began."""
    log: tuple[Event, ...] = ()
    """What else was done to it, in order."""

    def moved(self, state: State, scalars: Mapping[str, float], d_updates: int, g_updates: int, moves: int = 1) -> Run:
        """After one more move, or several, which made so many updates of each player."""
        # Not by replace, which takes twice as long: this is done in every step.
        return Run(
            self.origin,
            self.experiment,
            self.precision,
            state,
            self.d_updates + d_updates,
            self.g_updates + g_updates,
            scalars,
            self.path,
            self.began,
            self.moves + moves,
            self.log,
        )

    def at(self, state: State) -> Run:
        """The same run with its state elsewhere, such as on another device."""
        return replace(self, state=state)

    def noted(self, event: Event, **fields: Any) -> Run:
        """With one more event in its log, and what that changes."""
        return replace(self, log=(*self.log, event), **fields)

    def __getstate__(self) -> dict[str, Any]:
        # A view of a mapping does not pickle.
        return {**vars(self), "scalars": dict(self.scalars)}
