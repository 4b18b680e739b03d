"""The dark squares of a checkerboard."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from torch import Tensor

from ganviz.contracts.source import Source
from ganviz.distributions._plane import PlaneDistribution
from ganviz.distributions._tiles import Array, Tiles, log_density
from ganviz.option import live


class Checkerboard(PlaneDistribution):
    """The uniform density on every other square of a k × k board around 0.

    p(x) = 1 / (area of the dark squares) on the squares (i, j), i, j = 0 … k−1, with i + j even, counted from the lower
    left corner; 0 elsewhere. Dark squares touch at their corners only, and the density jumps at every side. Watch how
    p_g rounds the corners, and what it leaves in the light squares.
    """

    squares: int = live(4, ge=2, le=10, description="Number k of squares along each side of the board.")
    reach: float = live(2.0, ge=0.5, le=4, description="Half the side of the board.")

    def sample(self, n: int, source: Source) -> Tensor:
        return self._side() * self._tiles.sample(n, source)

    def log_prob(self, x: Tensor) -> Tensor:
        return log_density(x, self._dark(), self._side())

    def _dark(self) -> Array:
        """1 on dark squares and 0 on light ones, (k, k)."""
        column, row = np.indices((self.squares, self.squares))
        return np.where((column + row) % 2 == 0, 1.0, 0.0)

    @cached_property
    def _tiles(self) -> Tiles:
        return Tiles(self._dark())

    def _side(self) -> float:
        """Side of a square."""
        return 2 * self.reach / self.squares

    def window(self) -> tuple[float, float]:
        return -1.15 * self.reach, 1.15 * self.reach
