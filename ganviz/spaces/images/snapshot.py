"""A run on pictures at one moment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ganviz.engine.snapshot import Snapshot, middle

Array = NDArray[np.float64]

Pictures = NDArray[np.float32]
"""Grey pictures, (n, 28, 28), pixels from 0 (background) to 1."""


@dataclass(frozen=True)
class ImageSnapshot(Snapshot):
    """A run on pictures: what is drawn in every frame. What is asked for only now and then are the requests of
    `ganviz.spaces.images.requests`."""

    z: NDArray[np.float32]
    """The latents of the samples that are followed, (n, dim + condition_dim): the same ones all through the run. A
    sample's condition stands behind the latent's own coordinates."""
    fake: Pictures
    """Their images G(z)."""
    on_real: Array
    """D(x) in the loss's own scale on k pictures that are trained on, (k,); always the same ones."""
    on_held_out: Array
    """The same on k pictures that D never saw in training."""
    on_fake: Array
    """The same on k fakes, the first of which are `fake`."""

    @property
    def undecided(self) -> float:
        """The value of D(x) that means undecided; for a critic the middle between its means on real and on fake."""
        if self.d_scale is None:
            return middle(self.on_real, self.on_fake)
        return self.experiment.loss.decision()

    def averages(self) -> dict[str, float]:
        kinds = {"d_real": self.on_real, "d_held_out": self.on_held_out, "d_fake": self.on_fake}
        return {name: float(values.mean()) for name, values in kinds.items()}
