"""The four stages of Figure 1 in Goodfellow et al. 2014."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import torch

from ganviz.engine.snapshot import Snapshot
from ganviz.spaces.line.snapshot import LineSnapshot
from ganviz.theory.optimal import optimal_discriminator

Stage = Literal["a", "b", "c", "d"]

NAMES: dict[Stage, str] = {
    "a": "(a) both have moved; D is a partially accurate classifier again",
    "b": "(b) D was trained: it moves towards D*(x) = p_data / (p_data + p_g)",
    "c": "(c) G was updated: D's gradient carried G(z) to where it is taken for data",
    "d": "(d) p_g = p_data: D cannot tell them apart",
}
"""What each stage shows, in the paper's order. There (a) is drawn near convergence; here it may come at any time."""

WITHOUT_D: dict[Stage, str] = {
    "a": "(a) G has moved; there is no D",
    "b": "(b) D's turn, which passes: there is none",
    "c": "(c) G was updated: it went where the witness rises",
    "d": "(d) p_g = p_data: the witness is flat",
}
"""The same where the loss compares samples without a discriminator."""


def name(stage: Stage, snapshot: Snapshot) -> str:
    """The stage in words, for the game that is played there."""
    loss = snapshot.experiment.loss
    return (NAMES if loss.outputs() else WITHOUT_D)[stage]


def distance_from_optimum(snapshot: LineSnapshot) -> float:
    """Mean |D − D*| under (p_data + p_g)/2, in the units of D(x): 0 when the inner loop has converged (stage b).
    NaN where D* has no closed form, or p_g or D is not known."""
    best = optimal_discriminator(snapshot)
    known = np.isfinite(best)
    if not known.any():
        return math.nan
    weight = (snapshot.p + snapshot.q)[known] / 2
    return float(np.sum(weight * np.abs(snapshot.discriminator - best)[known]) / weight.sum())


def kolmogorov_smirnov(snapshot: LineSnapshot) -> float:
    """Largest difference of the two distribution functions, from 0 to 1."""
    return float(np.abs(np.cumsum(snapshot.p - snapshot.q)).max())


def jensen_shannon(snapshot: LineSnapshot) -> float:
    """JSD of p_data and p_g in nats, from 0 to log 2."""
    # Entropies: JSD = H((p + q)/2) − (H(p) + H(q))/2, and 0 log 0 = 0.
    p, q = (torch.from_numpy(side) for side in (snapshot.p, snapshot.q))
    p_entropy, q_entropy, entropy = (-torch.xlogy(side, side).sum() for side in (p, q, (p + q) / 2))
    return float(entropy - (p_entropy + q_entropy) / 2)


def at_equilibrium(snapshot: Snapshot) -> bool:
    """Stage (d) as it can be seen: the distribution functions differ by less than 0.03 and JSD is below 0.01 nats, D
    differs from its undecided value by less than a tenth of its range wherever there is mass (by less than 0.1 for a
    critic, around its mean). In the plane nothing is claimed: no estimate from samples is that sharp."""
    if not isinstance(snapshot, LineSnapshot):
        return False
    low, high = snapshot.d_scale or (0.0, 1.0)
    weight = (snapshot.p + snapshot.q) / 2
    seen = weight > 0
    weight, values = weight[seen], snapshot.discriminator[seen]
    loss = snapshot.experiment.loss
    undecided = loss.decision() if snapshot.d_scale else float(np.sum(weight * values))
    off = float(np.sum(weight * np.abs(values - undecided)))
    near = kolmogorov_smirnov(snapshot) < 0.03 and jensen_shannon(snapshot) < 0.01
    return near and off < 0.1 * (high - low)
