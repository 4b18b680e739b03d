"""The range in which pictures count, from black to white."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganviz.invalid import Invalid

HAIR = 0.05
"""How far beyond its ends numbers of a range may lie, in parts of its length, and are cut off there: what is left of
sums, and of curves that overshoot where pictures were made larger."""
DIM = 32
"""Pictures whose brightest pixel is no brighter than this, of 255, count otherwise: they would be nearly black."""
READ = "pictures count from 0 to 1, from -1 to 1, from 0 to 255, or in whole numbers from 0 to 16"


@dataclass(frozen=True)
class Range:
    """Numbers from black to white."""

    black: float
    white: float
    clipped: bool = False
    """Whether a few numbers beyond its ends are cut off."""

    def __str__(self) -> str:
        ends = f"numbers from {self.black:g} (black) to {self.white:g} (white)"
        return f"{ends}, cut off where they lie a little beyond" if self.clipped else ends


def range_of(numbers: NDArray[Any], file: str) -> Range:
    """The range of pictures (n, height, width), from the numbers that they hold. Raises `Invalid` where they fit none,
    and for NaN."""
    low, high = float(numbers.min()), float(numbers.max())
    if np.isnan(high):  # one NaN makes both so
        raise Invalid(f"{file} holds numbers that are missing (NaN).")
    hair = HAIR if numbers.dtype.kind == "f" else 0.0
    found = Range(0, 1)
    if -2 * hair - 1 <= low <= -0.5 and high <= 1 + 2 * hair:
        found = Range(-1, 1)
    elif high == 16 and low >= 0 and _are_whole(numbers):
        found = Range(0, 16)
    elif high > 1 + hair:
        found = Range(0, 255)
    beyond = hair * (found.white - found.black)
    dim = found.white == 255 and high < DIM
    if low < found.black - beyond or high > found.white + beyond or dim:
        raise Invalid(f"{file} holds numbers from {low:.6g} to {high:.6g}; {READ}.")
    if found.white == 255 and _is_nearly_black(numbers):
        raise Invalid(f"{file} holds numbers from {low:.6g} to {high:.6g}, but most are not above 1; {READ}.")
    return Range(found.black, found.white, low < found.black or high > found.white)


def _are_whole(numbers: NDArray[Any]) -> bool:
    return numbers.dtype.kind in "iu" or bool((numbers == np.rint(numbers)).all())


def _is_nearly_black(numbers: NDArray[Any]) -> bool:
    """Whether most of what is not 0 is at most 1: a few numbers that went astray do not make a range."""
    ink, bright = np.count_nonzero(numbers), np.count_nonzero(numbers > 1)
    return bool(2 * bright < ink)
