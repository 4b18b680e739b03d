"""Where a close-up of two samples takes its pictures: latents on two ways from one to the other, and on a map of the
plane that holds both.

The sphere and the plane are taken in normal scores (`ganviz.spaces.images.normal_scores`), in which every latent is a
normal one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ganviz.contracts.latent import Latent
from ganviz.spaces.images.normal_scores import from_scores, to_scores
from ganviz.spaces.images.paths import lattice, spherical, straight

Array = NDArray[np.float64]

STOPS = 10
"""Samples on each way."""

WIDE = 7
"""Samples along each side of the map."""

STEP = 1 / 6
"""From one to the next, in shares of a kept latent: from the middle both kept samples are just on the map."""


def walk(latent: Latent, kept: Array, centre: tuple[float, float]) -> NDArray[np.float32]:
    """The latents (2·STOPS + WIDE², dim + condition_dim) of what is drawn between and around two others, `kept`
    (2, dim + condition_dim): on the straight way, on the sphere, and on the map around `centre`, from below."""
    # The condition follows the straight way on either strip; on the map it is that of the sample kept last.
    z, condition = np.split(kept, [latent.dim], axis=1)
    scores, turning = to_scores(latent, z), straight(condition[0], condition[1], STOPS)
    ways = [straight(z[0], z[1], STOPS), from_scores(latent, spherical(scores[0], scores[1], STOPS))]
    places = from_scores(latent, lattice(centre, WIDE, STEP) @ scores)
    conditions = [turning, turning, np.tile(condition[1], (WIDE**2, 1))]
    return np.concatenate([np.concatenate([*ways, places]), np.concatenate(conditions)], axis=1).astype(np.float32)
