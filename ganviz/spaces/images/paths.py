"""Ways through the latent space: between two samples, and the plane that holds both.

They are drawn in normal scores (`ganviz.spaces.images.normal_scores`): a normal latent is its own scores, and for any
other one spheres and planes of the scores stay inside its support.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def shares(n: int) -> Array:
    """`n` equal steps from 0 to 1, (n, 1)."""
    return np.linspace(0.0, 1.0, n)[:, None]


def straight(start: Array, end: Array, n: int) -> Array:
    """`n` points (n, dim) at equal steps on the straight line between two. Between latents it stays inside a support
    that is convex, and all of them are."""
    t = shares(n)
    return (1 - t) * start + t * end


def spherical(start: Array, end: Array, n: int) -> Array:
    """`n` points (n, dim) at equal angles on the great circle between two; their length goes evenly from the one's to
    the other's. Where there is no such circle (the same direction, or the opposite one) the straight line."""
    t = shares(n)
    lengths = float(np.linalg.norm(start)), float(np.linalg.norm(end))
    cosine = float(start @ end) / max(lengths[0] * lengths[1], 1e-300)
    angle = np.arccos(np.clip(cosine, -1.0, 1.0))
    if np.sin(angle) < 1e-6 or not min(lengths):
        return straight(start, end, n)
    # The sines weigh unit vectors, each of which then gets the length of this point of the way.
    weights = np.sin((1 - t) * angle) / lengths[0], np.sin(t * angle) / lengths[1]
    length = (1 - t) * lengths[0] + t * lengths[1]
    way: Array = length * (weights[0] * start + weights[1] * end) / np.sin(angle)
    return way


def lattice(centre: tuple[float, float], side: int, step: float) -> Array:
    """Coordinates (side², 2) of the points (a, b) of a square lattice around `centre`, row by row from the lowest b,
    each row from the lowest a."""
    offsets = (np.arange(side) - side // 2) * step
    a, b = np.meshgrid(centre[0] + offsets, centre[1] + offsets)
    return np.stack([a.ravel(), b.ravel()], axis=1)


def in_plane(points: Array, spanning: Array) -> Array:
    """Coordinates (n, 2) of what is nearest to each of the points (n, dim) in the plane a·first + b·second through
    two others and the origin, `spanning` (2, dim)."""
    return np.linalg.lstsq(spanning.T, points.T, rcond=None)[0].T.astype(np.float64)
