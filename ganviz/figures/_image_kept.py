"""The samples that the reader kept, drawn as the class they want."""

from __future__ import annotations

from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from ganviz.engine.snapshot import ImageSnapshot, Pictures
from ganviz.figures.base import Focus, Neighbours, View

Array = NDArray[np.float64]


def kept(snapshot: ImageSnapshot, focus: Focus) -> Array:
    """The latents of the samples kept before and last, (2, dim + condition_dim), with the condition chosen for them."""
    z = snapshot.z[[focus.first, focus.second]].astype(np.float64)
    if focus.condition is not None:
        dim = snapshot.experiment.latent.dim
        # The samples are followed class by class.
        z[:, dim:] = snapshot.z[focus.condition, dim:]
    return z


class Kept(NamedTuple):
    """The sample that was kept last."""

    z: Array
    """(dim,), without the condition."""
    condition: NDArray[np.float32]
    """(1, condition_dim)."""
    sample: Pictures
    """(1, 28, 28)."""
    near: Pictures
    """The training picture nearest to it, (1, 28, 28)."""
    distance: float
    """How far that is."""
    score: float
    """D(x) in the loss's own scale."""

    @classmethod
    def of(cls, view: View) -> Kept:
        """As it is in the grid, or drawn as another class."""
        snapshot, focus = cast(ImageSnapshot, view.snapshot), view.focus
        latent = kept(snapshot, focus)[[1]]
        dim = snapshot.experiment.latent.dim
        z, condition = latent[0, :dim], latent[:, dim:].astype(np.float32)
        if focus.condition is None:
            found = cast(Neighbours, view.neighbours)
            sample, number = snapshot.fake[[focus.second]], found.of.index(focus.second)
            near, distance, score = found.pictures[[number]], found.distances[number], snapshot.on_fake[focus.second]
        else:
            sample = snapshot.generate(latent.astype(np.float32))
            near, (distance,) = snapshot.nearest(sample)
            (score,) = snapshot.judge(sample, condition)
        return cls(z, condition, sample, near, float(distance), float(score))
