"""A small picture as a density."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar, Self

import numpy as np
from pydantic import model_validator
from torch import Tensor

from ganviz.contracts.source import Source
from ganviz.distributions._plane import PlaneDistribution
from ganviz.distributions._tiles import Array, Tiles, log_density
from ganviz.option import Invalid, rebuild

SPAN = 4.0
"""Length of the picture's longer side."""

LETTERS = (
    ".###...###..#...#",
    "#...#.#...#.#...#",
    "#.....#...#.##..#",
    "#..##.#####.#.#.#",
    "#...#.#...#.#..##",
    "#...#.#...#.#...#",
    ".###..#...#.#...#",
)


def enlarged(drawing: tuple[str, ...], width: int, height: int) -> tuple[str, ...]:
    """The drawing as rows of hex digits, each of its signs being `width` × `height` pixels."""
    rows = ("".join(("f" if sign == "#" else "0") * width for sign in line) for line in drawing)
    return tuple(row for row in rows for _ in range(height))


class Picture(PlaneDistribution):
    """A grey picture of your own, in which a pixel's ink is its mass.

    p(x) is constant on each pixel and proportional to its digit, from 0 (nothing) to f (most); 0 outside the picture.
    Pixels are square, and the longer side of the picture goes from −2 to 2. Watch p_g learn the large strokes before
    the small ones, and what it draws between them.
    """

    family: ClassVar[str] = "plane, yours"

    pixels: tuple[str, ...] = rebuild(
        enlarged(LETTERS, width=2, height=4),
        control="picture",
        min_length=2,
        max_length=64,
        description="Rows of hexadecimal digits, the top row first: 0 is no mass, f the most; 2 to 64 pixels each way.",
    )

    @model_validator(mode="after")
    def _is_density(self) -> Self:
        if len({len(row) for row in self.pixels}) > 1:
            raise Invalid("All rows of a picture must be equally long.")
        if not 2 <= len(self.pixels[0]) <= 64:
            raise Invalid(f"A row of a picture has 2 to 64 pixels, not {len(self.pixels[0])}.")
        if strange := sorted(set("".join(self.pixels)) - set("0123456789abcdef")):
            raise Invalid(f"A pixel is one of the digits 0 to 9 and a to f, not {strange[0]!r}.")
        if set("".join(self.pixels)) == {"0"}:
            raise Invalid("At least one pixel of a picture must be above 0.")
        return self

    def ink(self) -> Array:
        """The digits, (columns, rows), columns from the left and rows from below."""
        return np.array([[int(digit, 16) for digit in row] for row in self.pixels[::-1]], dtype=np.float64).T

    @cached_property
    def _tiles(self) -> Tiles:
        return Tiles(self.ink())

    def sample(self, n: int, source: Source) -> Tensor:
        return self._side() * self._tiles.sample(n, source)

    def log_prob(self, x: Tensor) -> Tensor:
        return log_density(x, self.ink(), self._side())

    def _side(self) -> float:
        """Side of a pixel."""
        return SPAN / max(len(self.pixels), len(self.pixels[0]))

    def window(self) -> tuple[float, float]:
        return -1.15 * SPAN / 2, 1.15 * SPAN / 2
