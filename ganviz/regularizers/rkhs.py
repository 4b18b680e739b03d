"""D's norm in a reproducing kernel Hilbert space."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ganviz.contracts.regularizer import Regularizer, Shapes, TermInputs
from ganviz.contracts.source import Source
from ganviz.gradients import derivatives
from ganviz.option import live
from ganviz.regularizers._slopes import between


class Rkhs(Regularizer):
    """RKHS penalty (Chu, Minami and Fukumizu 2020): D should be smooth as a whole, not only not steep.

    ‖D‖²_H/(2β₂) for the kernel exp(−r²/(2 s²)), by its expansion in derivatives, cut off after the term K:
    ‖D‖²_H = (2π s²)^(−d/2) Σ_k s^(2k)/(2^k k!) ∫ ‖∇ᵏD(x)‖² dx, Frobenius norms over all k-th partial derivatives.
    The integral over x is replaced by the mean over points between real and fake samples (the paper's sampling measure
    is not known to us), and the constant (2π s²)^(−d/2) is left out. With ReLU networks all terms beyond the first
    vanish: use tanh or softplus. Watch D lose its kinks; the term k = 0 also holds its level near 0.
    """

    beta2: float = live(10.0, gt=0, le=1000, log=True, description="β₂: the larger, the weaker the penalty.")
    s: float = live(1.0, gt=0, le=10, log=True, description="Width s of the kernel, in units of x.")
    terms: int = live(1, ge=0, le=3, description="Highest derivative K in the expansion.")

    def noise(self, n: int, shapes: Shapes, source: Source) -> dict[str, Tensor]:
        return {"u": source.uniform(n, 1)}

    def term(self, inputs: TermInputs) -> Tensor:
        orders = derivatives(lambda x: inputs.score(x).sum(1), between(inputs), self.terms)
        total = torch.zeros((), dtype=inputs.real.dtype)
        for k, partials in enumerate(orders):
            squares = torch.stack([partial.square().mean() for partial in partials]).sum()
            total = total + self.s ** (2 * k) / (2**k * math.factorial(k)) * squares
        return total / (2 * self.beta2)
