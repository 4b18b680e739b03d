"""The training step near a point, linearised: what theory says a game with few parameters should do."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganviz.engine.players import State
from ganviz.engine.trainer import Trainer
from ganviz.engine.tree import leaves, refill

Array = NDArray[np.float64]

STEEPEST = 1e5
"""Beyond this slope a step counts as jumping."""


def players(state: State) -> tuple[Tensor, Tensor]:
    """The flat parameters of G and of D."""
    return state["g"]["parameters"], state["d"]["parameters"]


def at(state: State, theta: Tensor, psi: Tensor) -> State:
    """The state with other parameters; everything else stays."""
    g, d = (state[player] | {"parameters": value} for player, value in (("g", theta), ("d", psi)))
    return {"g": g, "d": d}


def vector_field(trainer: Trainer, thetas: Array, psis: Array) -> tuple[Array, Array]:
    """The forces on two one-parameter players, minus each one's gradient of its own loss with penalties: (force on θ,
    force on ψ), each (len(psis), len(thetas)), on the next minibatches."""
    force_g, force_d = (np.empty((len(psis), len(thetas))) for _ in range(2))
    for row, psi in enumerate(psis):
        for column, theta in enumerate(thetas):
            one = trainer.state["g"]["parameters"].new_ones(1)
            gradient_g, gradient_d = trainer.gradients(at(trainer.state, theta * one, psi * one))
            force_g[row, column], force_d[row, column] = -float(gradient_g), -float(gradient_d)
    return force_g, force_d


def jacobian(trainer: Trainer, state: State, width: float | None = None) -> Array:
    """Of one whole training step at `state`, by everything in it that a step carries on: both players' parameters,
    their optimizers' and regularizers' slots, in the order of the state's leaves, (n, n). By central differences of
    half-width `width`, in the trainer's precision."""
    vector = torch.cat([leaf.reshape(-1) for leaf in _movable(state)])
    width = _width(vector) if width is None else width
    columns = []
    for i in range(len(vector)):
        shift = torch.zeros_like(vector)
        shift[i] = width
        ahead, behind = (_stepped(trainer, state, vector + sign * shift) for sign in (1, -1))
        columns.append((ahead - behind).double().numpy() / (2 * width))
    return np.stack(columns, axis=1)


def eigenvalues(trainer: Trainer, state: State) -> NDArray[np.complex128]:
    """Of the `jacobian`, as far as it concerns the players: slots that never act on them (an average that is only
    looked at) are left out. A step contracts near a fixed point when all lie inside the unit circle.

    None at all where a step has no derivative: Adam's at a gradient of 0, WGAN-GP's at a slope of 0.
    """
    matrix, finer = (jacobian(trainer, state, share * _width(players(state)[0])) for share in (1.0, 0.5))
    # Across a jump the difference quotient grows as the width shrinks; some jumps are but a very steep slope.
    if not np.allclose(matrix, finer, rtol=1e-2, atol=1e-2) or np.abs(matrix).max() > STEEPEST:
        return np.empty(0, dtype=np.complex128)
    kept = _acting(matrix, _are_parameters(state))
    values: NDArray[np.complex128] = np.linalg.eigvals(matrix[np.ix_(kept, kept)]).astype(np.complex128)
    return values


def flow_eigenvalues(trainer: Trainer, theta: float, psi: float) -> NDArray[np.complex128]:
    """Of the vector field's derivative at a point of the plane: the game in continuous time, (2,)."""
    width = 1e-4
    thetas, psis = (center + width * np.array([-1.0, 0.0, 1.0]) for center in (theta, psi))
    force_g, force_d = vector_field(trainer, thetas, psis)
    derivative = np.array([[(f[1, 2] - f[1, 0]), (f[2, 1] - f[0, 1])] for f in (force_g, force_d)]) / (2 * width)
    values: NDArray[np.complex128] = np.linalg.eigvals(derivative).astype(np.complex128)
    return values


def _movable(tree: Any) -> list[Tensor]:
    """What a step carries on as numbers that can vary: not the counters."""
    return [leaf for leaf in leaves(tree) if leaf.is_floating_point() and leaf.dim() > 0]


def _are_parameters(state: State) -> NDArray[np.bool_]:
    """Which of the movable numbers are the players' parameters."""
    parameters = players(state)
    return np.concatenate(
        [np.full(leaf.numel(), any(leaf is one for one in parameters)) for leaf in _movable(state)], dtype=np.bool_
    )


def _acting(matrix: Array, kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which numbers act on those `kept`, in one step or in several; the others' block of the matrix stands apart."""
    for _ in range(len(matrix)):
        kept = kept | (matrix[kept] != 0).any(axis=0)
    return kept


def _width(vector: Tensor) -> float:
    """Half-width of a difference: rounding and curvature both stay small."""
    return 1e-5 if vector.dtype == torch.float64 else 1e-2


def _stepped(trainer: Trainer, state: State, vector: Tensor) -> Tensor:
    """The movable numbers of the state after one step, from those before it, both flat."""
    after = trainer.step_from(_filled(state, vector))
    return torch.cat([leaf.reshape(-1) for leaf in _movable(after)])


def _filled(state: State, vector: Tensor) -> State:
    parts = iter(torch.split(vector, [leaf.numel() for leaf in _movable(state)]))
    new = [
        next(parts).reshape(leaf.shape) if leaf.is_floating_point() and leaf.dim() > 0 else leaf
        for leaf in leaves(state)
    ]
    filled: State = refill(state, iter(new))
    return filled
