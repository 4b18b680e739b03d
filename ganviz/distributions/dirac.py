"""All mass in one point."""

from __future__ import annotations

import torch
from torch import Tensor

from ganviz.contracts.distribution import Distribution
from ganviz.contracts.source import Source
from ganviz.option import rebuild


class Dirac(Distribution):
    """All data are one and the same point: p_data = δ(x − at), the target of the Dirac-GAN (Mescheder et al. 2018).

    It has no density (log_prob is +∞ at the point, −∞ elsewhere), so figures draw the mass of a cell. Two different
    Diracs have JSD log 2 and W₁ their distance: watch W₁, the JSD says nothing.
    """

    at: float = rebuild(0.0, ge=-10, le=10, description="Where all the data are.")

    def sample(self, n: int, source: Source) -> Tensor:
        return torch.full((n, 1), self.at, dtype=torch.float32)

    def log_prob(self, x: Tensor) -> Tensor:
        return torch.where(x == self.at, torch.full_like(x, torch.inf), -torch.inf)

    def mass(self, edges: Tensor) -> Tensor:
        inside = torch.searchsorted(edges, torch.tensor(self.at, dtype=edges.dtype), right=True) - 1
        mass = torch.zeros(len(edges) - 1, dtype=torch.float64)
        mass[inside] = 1.0
        return mass

    def window(self) -> tuple[float, float]:
        # 512 cells: one cell more on the right, and the point is in the middle of one.
        return self.at - 2.0, self.at + 2.0 + 4 / 511
