"""The dark squares of a checkerboard."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from ganviz.distributions._plane import PlaneDistribution
from ganviz.distributions._tiles import log_density, scatter
from ganviz.option import live


class Checkerboard(PlaneDistribution):
    """The uniform density on every other square of a k × k board around 0.

    p(x) = 1 / (area of the dark squares) on the squares (i, j), i, j = 0 … k−1, with i + j even, counted from the lower
    left corner; 0 elsewhere. Dark squares touch at their corners only, and the density jumps at every side. Watch how
    p_g rounds the corners, and what it leaves in the light squares.
    """

    squares: int = live(4, ge=2, le=10, description="Number k of squares along each side of the board.")
    reach: float = live(2.0, ge=0.5, le=4, description="Half the side of the board.")

    def sample(self, n: int, generator: Generator) -> Tensor:
        return scatter(n, self._dark(), 2 * self.reach / self.squares, generator)

    def log_prob(self, x: Tensor) -> Tensor:
        return log_density(x, self._dark(), 2 * self.reach / self.squares)

    def _dark(self) -> Tensor:
        """1 on dark squares and 0 on light ones, (k, k) float64."""
        i = torch.arange(self.squares)
        return ((i[:, None] + i) % 2 == 0).double()

    def window(self) -> tuple[float, float]:
        return -1.15 * self.reach, 1.15 * self.reach
