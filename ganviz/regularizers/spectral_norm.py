"""Lipschitz by construction."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import normalize

from ganviz.contracts.network import Parameters
from ganviz.contracts.regularizer import Player, Regularizer, Slots
from ganviz.contracts.source import Source
from ganviz.option import live


class SpectralNorm(Regularizer):
    """Spectral normalisation (Miyato et al. 2018): every weight matrix of D is divided by its largest singular value.

    W ↦ W/σ(W), so that ‖D‖_Lip ≤ 1 for 1-Lipschitz activations. σ(W) = uᵀ W v by power iteration, u kept between
    updates; its error shrinks by (σ₂/σ₁)² an iteration.
    Watch D lose its sharpness: two narrow bumps far apart need more slope than 1.
    """

    iterations: int = live(1, ge=1, le=20, description="Power iterations in each update of D.")

    def init(self, player: Player, parameters: Parameters, source: Source) -> Slots:
        def start(weight: Tensor) -> Tensor:
            u = source.normal(len(weight)).to(weight.dtype)
            # A few iterations at once, so that the first σ is not far off.
            return _iterate(weight.flatten(1), u, 15)[0]

        return {name: start(weight) for name, weight in parameters.items() if name.endswith("weight")}

    def network(self, parameters: Parameters, slots: Slots, update: bool) -> tuple[Parameters, Slots]:
        normalized, advanced = dict(parameters), {}
        for name, u in slots.items():
            matrix = parameters[name].flatten(1)
            with torch.no_grad():
                u, v = _iterate(matrix, u, self.iterations if update else 0)
            normalized[name] = parameters[name] / torch.dot(u, matrix @ v).clamp_min(1e-12)
            advanced[name] = u
        return normalized, advanced


def _iterate(matrix: Tensor, u: Tensor, iterations: int) -> tuple[Tensor, Tensor]:
    """Left and right singular vectors for the largest singular value, after so many power iterations from `u`."""
    for _ in range(iterations):
        u = normalize(matrix @ normalize(matrix.t() @ u, dim=0), dim=0)
    return u, normalize(matrix.t() @ u, dim=0)
