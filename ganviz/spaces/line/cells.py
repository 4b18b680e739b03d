"""The line in cells: where densities become masses, and every divergence a finite sum."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from ganviz.contracts.distribution import Distribution

Array = NDArray[np.float64]

INNER = 512
"""Cells inside the window that is drawn."""

OUTER = 60
"""Cells beyond each side of the window, growing geometrically to a million times its width."""


def edges_for(data: Distribution) -> Array:
    """Edges of the cells, (n+1,): fine inside the data's window, coarse far beyond it, so that no mass gets lost."""
    low, high = data.window()
    beyond = np.geomspace((high - low) / 100, (high - low) * 1e6, OUTER)
    edges: Array = np.concatenate([low - beyond[::-1], np.linspace(low, high, INNER + 1), high + beyond])
    return edges


def data_mass(data: Distribution, edges: Array) -> Array:
    """Mass of p_data in each cell, (n,), sums to 1."""
    mass: Array = data.mass(torch.from_numpy(edges)).numpy()
    return mass


def centers(edges: Array) -> Array:
    """Middles of the cells, (n,)."""
    return (edges[1:] + edges[:-1]) / 2


def inner(values: Array) -> Array:
    """The part of an array over the cells that belongs to the window."""
    return values[OUTER : OUTER + INNER]
