"""A learned kernel."""

from __future__ import annotations

from typing import ClassVar, Literal

from torch import Tensor

from ganviz.contracts.loss import PotentialLoss
from ganviz.experiment import Experiment
from ganviz.losses._kernels import mmd, too_many, witness
from ganviz.option import live, rebuild


class MmdGan(PotentialLoss):
    """MMD GAN (Li et al. 2017): D maps samples to features and makes their MMD large, G makes it small.

    D minimises −MMD², G minimises MMD² (not its root), estimated without bias, with the kernels of the loss `mmd` on
    D's several outputs. 0 at p_g = p_data; the best features have no closed form. The witness in feature space stands
    where D(x) stood. The features must be kept Lipschitz (gradient_penalty acts on their sum, weight_clipping and
    spectral_norm on each). Watch a fixed kernel's blur disappear.
    """

    generator_needs_real: ClassVar[bool] = True

    features: int = rebuild(8, ge=2, le=64, description="How many features D computes.")
    kernel: Literal["gaussian", "rational_quadratic"] = live(
        "rational_quadratic", description="Kernel on the features."
    )

    def objection(self, experiment: Experiment) -> str | None:
        return too_many(self.option_name(), experiment.batch_size)

    def outputs(self) -> int:
        return self.features

    def d_loss(self, real_score: Tensor, fake_score: Tensor) -> Tensor:
        return -mmd(self.kernel, real_score, fake_score, 1.0)

    def g_loss(self, real_score: Tensor | None, fake_score: Tensor) -> Tensor:
        assert real_score is not None
        return mmd(self.kernel, real_score, fake_score, 1.0)

    def witness(self, at: Tensor, support: Tensor, p: Tensor, q: Tensor) -> Tensor:
        return witness(self.kernel, at, support, p - q, 1.0)

    def optimal_score(self, edges: Tensor, p: Tensor, q: Tensor) -> None:
        return None

    def value(self, p: Tensor, q: Tensor, score: Tensor) -> float:
        return float(((p - q) * score).sum())

    def equilibrium(self) -> tuple[float, float]:
        return 0.0, 0.0
