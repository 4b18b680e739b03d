"""The plane (θ, ψ) of a game whose players have one parameter each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Plane:
    """What there is to see of the game's dynamics at one moment."""

    thetas: Array
    """Values of G's parameter, (m,)."""
    psis: Array
    """Values of D's parameter, (k,)."""
    force_g: Array
    """Minus the gradient of G's loss by θ, (k, m): the direction in which G moves."""
    force_d: Array
    """Minus the gradient of D's loss by ψ, (k, m)."""
    path: Array
    """The parameters (θ, ψ) after every step so far, (n, 2)."""
    eigenvalues: NDArray[np.complex128]
    """Of the Jacobian of one training step at the equilibrium (0, 0)."""

    @property
    def radius(self) -> float:
        """The spectral radius ρ: the factor by which a step should shrink the distance from the equilibrium."""
        return float(np.abs(self.eigenvalues).max(initial=0.0))

    @property
    def contraction(self) -> float:
        """The measured factor a step, averaged over the last 50 steps at most; NaN before the first."""
        recent = np.hypot(*self.path[-51:].T)
        if len(recent) < 2 or recent[0] == 0:
            return float("nan")
        return float((recent[-1] / recent[0]) ** (1 / (len(recent) - 1)))
