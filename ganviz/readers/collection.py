"""A collection of pictures, and how many it may have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ganviz.readers.report import Report

SIDE = 28
"""Pixels along each side of every picture that is read."""
LEAST, MOST = 100, 150_000
"""Pictures that a collection may have."""

Pictures = NDArray[np.uint8]
"""(n, 28, 28), from 0 (background) to 255."""

Sizes = frozenset[tuple[int, int]]
"""Sizes (height, width) that pictures had before."""


@dataclass(frozen=True, eq=False)
class Found:
    """Pictures as they were found, in order."""

    pictures: Pictures
    sizes: Sizes
    assumed: tuple[str, ...] = ()
    """What the files do not say themselves: ``"numbers from 0 (black) to 1 (white)"``."""
    left_out: tuple[tuple[str, str], ...] = ()
    """What of them is not used, and why."""


@dataclass(frozen=True, eq=False)
class Collection:
    """Pictures in three disjoint parts."""

    training: Pictures
    validation: Pictures
    held_out: Pictures
    report: Report
    """What was taken of the files, left out and assumed."""


def reported(file: str, found: Found, parts: tuple[Pictures, Pictures, Pictures]) -> Collection:
    """The parts of what was found, with the report."""
    largest = "×".join(str(max(sides)) for sides in zip(*found.sizes, strict=True))
    size = f"of {largest} pixels" if len(found.sizes) == 1 else f"of several sizes up to {largest} pixels"
    uses = ("to train on", "for validation", "held out")
    taken = tuple(f"{len(part):,} {use}" for part, use in zip(parts, uses, strict=True))
    resized = () if found.sizes == {(SIDE, SIDE)} else (f"brought to {SIDE}×{SIDE}",)
    amount = f"{sum(map(len, parts)):,} pictures {size}"
    return Collection(*parts, Report(file, amount, taken, found.left_out, found.assumed + resized))
