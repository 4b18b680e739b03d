"""Adam's arithmetic, shared by its relatives."""

from __future__ import annotations

import torch
from torch import Tensor

from ganviz.contracts.optimizer import Slots

Number = float | Tensor


def zeros(parameters: Tensor) -> Slots:
    """Both moments and the counter before the first update."""
    empty = torch.zeros_like(parameters)
    return {"mean": empty, "square": empty.clone(), "t": torch.zeros((), dtype=torch.float64)}


def advance(
    gradient: Tensor, slots: Slots, lr: Tensor, beta1: Number, beta2: Number, eps: Number
) -> tuple[Tensor, Slots]:
    """What Adam subtracts, lr · m̂ / (√v̂ + ε), and the moments after it."""
    t = slots["t"] + 1
    mean = torch.lerp(gradient, slots["mean"], beta1)
    square = torch.lerp(gradient * gradient, slots["square"], beta2)
    # The bias corrections are scalars: fold them into the step and into ε instead of into whole vectors.
    root = (1 - beta2**t).sqrt()
    step = lr * root / (1 - beta1**t)
    return step * (mean / (square.sqrt() + eps * root)), {"mean": mean, "square": square, "t": t}
