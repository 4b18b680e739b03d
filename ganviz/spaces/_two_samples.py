"""Two samples that stand for p_data and p_g in a loss with kernels, where no density is known."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


class Support(NamedTuple):
    """Points and the masses of both laws there, as `Loss.witness` takes them."""

    points: Tensor
    """(n, outputs of D)."""
    p: Tensor
    """Masses of p_data, (n,)."""
    q: Tensor
    """Masses of p_g, (n,)."""


def nowhere() -> Support:
    """For a loss without kernels, which looks at no other points."""
    none = torch.empty(0, dtype=torch.float32)
    return Support(none, none, none)


def halves(points: Tensor) -> Support:
    """As many real points, in the first half, as fake ones behind them, all of the same mass (n, outputs of D)."""
    each = len(points) // 2
    p = torch.cat([torch.full((each,), 1 / each, dtype=torch.float32), torch.zeros(each, dtype=torch.float32)])
    p = p.to(points)
    return Support(points, p, p.flip(0))
