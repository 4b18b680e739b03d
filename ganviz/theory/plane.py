"""The plane (θ, ψ) of a game whose players have one parameter each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray

from ganviz.engine.players import State
from ganviz.engine.trainer import Trainer
from ganviz.experiment import Experiment
from ganviz.theory.linear import eigenvalues, players, vector_field

Array = NDArray[np.float64]


GRID = 13
"""Arrows along each side of the plane."""


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
    """Of the Jacobian of one training step at the equilibrium."""
    goal: tuple[float, float]
    """The equilibrium: G on the data, D flat."""

    @property
    def radius(self) -> float:
        """The spectral radius ρ: the factor by which a step should shrink the distance from the equilibrium; NaN where
        there is none."""
        return float(np.abs(self.eigenvalues).max()) if len(self.eigenvalues) else float("nan")

    @property
    def contraction(self) -> float:
        """The measured factor a step, averaged over the last 50 steps at most; NaN before the first."""
        recent = np.hypot(*(self.path[-51:] - self.goal).T)
        if len(recent) < 2 or recent[0] == 0:
            return float("nan")
        return float((recent[-1] / recent[0]) ** (1 / (len(recent) - 1)))


class Orbit:
    """The way of a game with one parameter a player through its plane: (θ, ψ) after every move."""

    def __init__(self) -> None:
        self._points: list[tuple[float, float]] = []
        self._length = 0

    def note(self, state: State) -> None:
        """Remember where the run is."""
        theta, psi = players(state)
        if len(self._points) > self._length:
            # Another one goes on with these points.
            self._points = self._points[: self._length]
        self._points.append((float(theta), float(psi)))
        self._length += 1

    def copy(self) -> Orbit:
        """The way so far, which nothing that comes later changes; shared points are not copied."""
        copy = Orbit()
        copy._points, copy._length = self._points, self._length
        return copy

    def plane(self, experiment: Experiment) -> Plane:
        """The plane as it is now."""
        path = np.array(self._points[: self._length])
        axis, (force_g, force_d), values = _theory(experiment, _reach(float(np.abs(path[-2000:]).max())))
        return Plane(axis, axis, force_g, force_d, path, values, _goal(experiment))


def _reach(farthest: float) -> float:
    """Half the side of the plane that is drawn: 2, or as many doublings of it as the path needs."""
    return 2.0 * 2.0 ** max(0, int(np.ceil(np.log2(max(farthest, 1e-9) / 1.9)))) if np.isfinite(farthest) else 2.0


def _goal(experiment: Experiment) -> tuple[float, float]:
    """Where both players would rest: G on the data, D flat."""
    return float(experiment.data.to_dict()["at"]), 0.0


@lru_cache(maxsize=8)
def _theory(experiment: Experiment, reach: float) -> tuple[Array, tuple[Array, Array], NDArray[np.complex128]]:
    # In double precision, whatever the run has: differences are taken.
    trainer = Trainer(experiment, dtype=torch.float64)
    axis = np.linspace(-reach, reach, GRID)
    # A run that has always been at rest: what optimizers and regularizers remember is at rest too. The first step of
    # some optimizers is unlike the others.
    theta, psi = _goal(experiment)
    rest = {"generator": {"name": "dirac", "start": theta}, "discriminator": {"name": "dirac", "start": psi}}
    resting = Trainer(experiment.replace(**rest), dtype=torch.float64)
    resting.advance(2)
    return axis, vector_field(trainer, axis, axis), eigenvalues(resting, resting.state)
