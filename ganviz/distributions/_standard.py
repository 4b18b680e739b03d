"""Columns in units of their own standard deviation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Standard:
    """A column, standardised."""

    values: Array
    """(n,), of mean 0 and standard deviation 1."""
    mean: float
    """Mean of the column, in its own units."""
    std: float
    """Its standard deviation: the population's, with n in the denominator; in its own units."""


def standardise(column: Sequence[float] | Array) -> Standard:
    """Standardise finite values (n,), of which at least two differ, whatever their size."""
    x = np.asarray(column, dtype=np.float64)
    # First divide by a power of two, which is exact, and stretch to [0, 1]: squares of what is left neither overflow
    # nor vanish, even where values are as large as 1e300 or differ in the last digit only.
    exponent = int(np.frexp(np.abs(x).max())[1])
    scaled = np.ldexp(x, -exponent)
    low, span = scaled.min(), np.ptp(scaled)
    unit = (scaled - low) / span
    values = (unit - unit.mean()) / unit.std()
    mean, std = np.ldexp([low + span * unit.mean(), span * unit.std()], exponent)
    return Standard(values, float(mean), float(std))
