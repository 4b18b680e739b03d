"""The image of the latent grid as lines and faces."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Lines = dict[str, Array]

SHADES = 5
"""Steps of opacity from thin to dense."""


def grid_lines(nodes: Array) -> Lines:
    """The grid's lines (rows, then columns) for nodes (r, c, 2), gaps between them; of a curve, the curve."""
    rows = _with_gaps(nodes)
    columns = _with_gaps(np.swapaxes(nodes, 0, 1)) if len(nodes) > 1 else np.empty((0, 2))
    return _coordinates(np.concatenate([rows, columns]))


def shades(nodes: Array, density: Array) -> list[Lines]:
    """The faces of the image (pieces of the curve), sorted by density into `SHADES` groups from thin to dense.
    Those whose density is not known (NaN) are in none."""
    known = np.isfinite(density)
    dense = float(np.quantile(density[known], 0.9)) if known.any() else 1.0
    groups = np.full(density.shape, -1)
    groups[known] = np.clip((SHADES * density[known] / dense).astype(int), 0, SHADES - 1)
    shade = groups.ravel()
    if len(nodes) == 1:
        corners = [nodes[:, :-1], nodes[:, 1:]]
    else:
        corners = _turned_alike([nodes[:-1, :-1], nodes[:-1, 1:], nodes[1:, 1:], nodes[1:, :-1]])
    faces = np.stack([*corners, np.full_like(corners[0], np.nan)], axis=2).reshape(len(shade), -1, 2)
    return [_coordinates(faces[shade == i].reshape(-1, 2)) for i in range(SHADES)]


def _turned_alike(corners: list[Array]) -> list[Array]:
    """The corners of all faces counter-clockwise. Where the image is folded a face shows its back, and two layers of
    opposite turn would cancel each other when they are filled together."""
    first, second, third, fourth = corners
    along, across = third - first, fourth - second
    back = (along[..., 0] * across[..., 1] < along[..., 1] * across[..., 0])[..., None]
    return [first, np.where(back, fourth, second), third, np.where(back, second, fourth)]


def _with_gaps(rows: Array) -> Array:
    gap = np.full((len(rows), 1, 2), np.nan)
    return np.concatenate([rows, gap], axis=1).reshape(-1, 2)


def _coordinates(points: Array) -> Lines:
    return {"x": points[:, 0].copy(), "y": points[:, 1].copy()}
