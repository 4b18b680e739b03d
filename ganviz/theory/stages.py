"""The four stages of Figure 1 in Goodfellow et al. 2014."""

from __future__ import annotations

from typing import Literal, cast

import numpy as np

from ganviz.losses.base import Loss
from ganviz.theory.optimal import optimal_discriminator
from ganviz.training.snapshot import LineSnapshot, Snapshot

Stage = Literal["a", "b", "c", "d"]

NAMES: dict[Stage, str] = {
    "a": "(a) p_g resembles p_data; D is a partially accurate classifier",
    "b": "(b) D was trained: it moves towards D*(x) = p_data / (p_data + p_g)",
    "c": "(c) G was updated: D's gradient carried G(z) to where it is taken for data",
    "d": "(d) p_g = p_data: D cannot tell them apart",
}
"""What each stage shows, in the paper's order."""


def distance_from_optimum(snapshot: LineSnapshot) -> float:
    """Mean |D − D*| under (p_data + p_g)/2, in the units of D(x): 0 when the inner loop has converged (stage b)."""
    gap = np.abs(snapshot.discriminator - optimal_discriminator(snapshot))
    weight = np.where(np.isfinite(gap), (snapshot.p + snapshot.q) / 2, 0.0)
    return float(np.sum(weight * np.nan_to_num(gap)) / max(weight.sum(), 1e-300))


def kolmogorov_smirnov(snapshot: LineSnapshot) -> float:
    """Largest difference of the two distribution functions, from 0 to 1."""
    return float(np.abs(np.cumsum(snapshot.p - snapshot.q)).max())


def at_equilibrium(snapshot: Snapshot) -> bool:
    """Stage (d) as it can be seen: the distribution functions differ by less than 0.03, D from its undecided value by
    less than a tenth of its range wherever there is mass (by less than 0.1 for a critic, around its mean). In the plane
    nothing is claimed: no estimate from samples is that sharp."""
    if not isinstance(snapshot, LineSnapshot):
        return False
    low, high = snapshot.d_scale or (0.0, 1.0)
    weight = (snapshot.p + snapshot.q) / 2
    seen = weight > 0
    weight, values = weight[seen], snapshot.discriminator[seen]
    loss = cast(Loss, snapshot.experiment.loss)
    undecided = loss.decision() if snapshot.d_scale else float(np.sum(weight * values))
    off = float(np.sum(weight * np.abs(values - undecided)))
    return kolmogorov_smirnov(snapshot) < 0.03 and off < 0.1 * (high - low)
