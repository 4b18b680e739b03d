"""Snapshot: what a run looks like at one moment, in arrays of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ganviz.engine.request import Answer, Request
from ganviz.experiment import Experiment
from ganviz.option import Invalid

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Snapshot:
    """One moment of a run. The arrays are owned: nothing that happens later changes them. Each space adds its own."""

    experiment: Experiment
    """What ran."""
    step: int
    """Updates of G so far."""
    d_updates: int
    """Updates of D so far."""
    scalars: dict[str, float]
    """`loss_d`, `loss_g` (nats or squared units, without penalties), `grad_d`, `grad_g` (norms of the whole gradient
    of each player) of the last step; NaN before the first."""
    answers: Mapping[Request, Answer] = field(default_factory=dict, kw_only=True)
    """What else was asked of this moment."""

    @classmethod
    def of(cls, snapshot: Snapshot) -> Self:
        """The snapshot itself, as one of this space. Raises `Invalid` for one of another space."""
        if not isinstance(snapshot, cls):
            raise Invalid(f"This is a {type(snapshot).__name__}, where a {cls.__name__} is needed.")
        return snapshot

    @property
    def judged_singly(self) -> bool:
        """Whether D judges samples one by one; only then is V(D, G) a sum over samples."""
        return not any(option.joint for option in self.experiment.regularizers)

    @property
    def d_scale(self) -> tuple[float, float] | None:
        """The range of D(x), None for a critic."""
        return self.experiment.loss.scale()

    def averages(self) -> dict[str, float]:
        """Further numbers of this moment that belong into the run's history, by name."""
        return {}


def middle(one: Array, other: Array) -> float:
    """The middle between two means; NaN where that is not known, as between −∞ and ∞."""
    with np.errstate(invalid="ignore"):
        return float(one.mean() + other.mean()) / 2
