"""D's gradient at points, as penalties need it."""

from __future__ import annotations

import torch
from torch import Tensor

from ganviz import gradients
from ganviz.contracts.regularizer import TermInputs


def slopes(inputs: TermInputs, x: Tensor) -> Tensor:
    """∇ₓD at the points (n, *shape), each flat: (n, dim), differentiable by D's parameters."""
    return gradients.slopes(inputs.score, x).flatten(1)


def between(inputs: TermInputs) -> Tensor:
    """One point on the line between each real sample and its fake, x̂ = u x + (1 − u) x̃; u (n, 1) is in the noise."""
    u = inputs.noise["u"][: len(inputs.real)].view(-1, *[1] * (inputs.real.dim() - 1))
    return torch.lerp(inputs.fake.detach(), inputs.real, u)


def norms(slope: Tensor) -> Tensor:
    """‖slope‖ for each row, (n,)."""
    # The root has no derivative at 0; this keeps the gradient finite there and changes no norm above 1e-6.
    squares = slope.square().sum(1)
    # Not by clamp_min, whose derivative at the bound itself is 1 up to torch 2.13 and 0 from 2.14 on.
    return torch.where(squares <= 1e-12, 1e-12, squares).sqrt()
