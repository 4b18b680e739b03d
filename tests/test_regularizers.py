"""Regularizers on discriminators whose gradient is known."""

from __future__ import annotations

import pytest
import torch
from conftest import small

from ganviz import Trainer
from ganviz.contracts.counted import Counted
from ganviz.contracts.regularizer import TermInputs
from ganviz.option import resolve

W = torch.tensor([[3.0], [-4.0]], dtype=torch.float64)


def turn(score, real, fake, u=0.25) -> TermInputs:
    return TermInputs(score, real, fake, {"u": torch.full((len(real), 1), u, dtype=torch.float64)})


def points(n: int, dim: int, seed: int = 0) -> torch.Tensor:
    return Counted(seed, "points").normal(n, dim, dtype=torch.float64)


@pytest.mark.parametrize("batch", [1, 16, 64, 256])
def test_a_linear_discriminator_has_a_known_gradient_penalty(batch):
    """‖w‖ = 5: the penalty is λ(5 − g₀)² whatever the batch; a perfectly g₀-Lipschitz D pays nothing."""
    real, fake = points(batch, 2), points(batch, 2, 1)
    for target, expected in ((1.0, 10 * 16), (5.0, 0.0), (0.0, 10 * 25)):
        penalty = resolve("regularizers", {"name": "gradient_penalty", "weight": 10, "target": target})
        assert float(penalty.term(turn(lambda x: x @ W, real, fake)).detach()) == pytest.approx(expected, abs=1e-9)


def test_gradient_penalty_on_a_quadratic_discriminator():
    """D = |x|²/2 has ∇D(x̂) = x̂ with x̂ = u x + (1 − u) x̃."""
    real, fake = points(32, 2), points(32, 2, 1)
    between = 0.25 * real + 0.75 * fake
    penalty = resolve("regularizers", {"name": "gradient_penalty", "weight": 2, "target": 0.5})
    value = penalty.term(turn(lambda x: x.square().sum(1, keepdim=True) / 2, real, fake))
    assert float(value.detach()) == pytest.approx(float(2 * (between.norm(dim=1) - 0.5).square().mean()), rel=1e-12)


def test_slope_of_the_penalised_critic():
    """A linear critic on Diracs a distance d apart has slope g₀ + d/(2λ) and value d + d²/(4λ)."""
    d, weight = 3.0, 10.0
    penalty = resolve("regularizers", {"name": "gradient_penalty", "weight": weight, "target": 1})
    real, fake = torch.full((4, 1), d, dtype=torch.float64), torch.zeros(4, 1, dtype=torch.float64)
    loss = resolve("losses", "wasserstein")
    slope = torch.tensor(1 + d / (2 * weight), dtype=torch.float64, requires_grad=True)

    def score(x: torch.Tensor) -> torch.Tensor:
        return slope * x

    total = loss.d_loss(score(real), score(fake)) + penalty.term(turn(score, real, fake))
    (gradient,) = torch.autograd.grad(total, slope)
    assert float(gradient) == pytest.approx(0, abs=1e-12)
    assert -float(total.detach()) == pytest.approx(d + d**2 / (4 * weight), rel=1e-12)


def test_r1_has_the_half_and_looks_at_real_samples_only():
    real, fake = points(32, 2), points(32, 2, 1)
    r1 = resolve("regularizers", {"name": "r1", "gamma": 0.3})
    assert float(r1.term(turn(lambda x: x @ W, real, fake)).detach()) == pytest.approx(0.15 * 25, rel=1e-12)
    value = r1.term(turn(lambda x: x.square().sum(1, keepdim=True) / 2, real, fake))
    assert float(value.detach()) == pytest.approx(0.15 * float(real.square().sum(1).mean()), rel=1e-12)


def test_penalties_reach_the_parameters():
    """d/dw of λ(|w| − g₀)² on D = w x."""
    w = torch.tensor([[3.0]], dtype=torch.float64, requires_grad=True)
    penalty = resolve("regularizers", {"name": "gradient_penalty", "weight": 2, "target": 1})
    (gradient,) = torch.autograd.grad(penalty.term(turn(lambda x: x @ w, points(4, 1), points(4, 1, 1))), w)
    assert float(gradient) == pytest.approx(2 * 2 * (3 - 1), rel=1e-12)


def test_gradient_penalty_is_finite_on_a_flat_discriminator():
    w = torch.zeros(1, 1, dtype=torch.float64, requires_grad=True)
    penalty = resolve("regularizers", "gradient_penalty")
    value = penalty.term(turn(lambda x: x @ w, points(4, 1), points(4, 1, 1)))
    (gradient,) = torch.autograd.grad(value, w)
    assert value.isfinite()
    assert gradient.isfinite().all()


def test_weight_clipping_bounds_every_parameter():
    trainer = Trainer(small(regularizers=[{"name": "weight_clipping", "c": 0.05}], lr_d=0.1))
    trainer.advance(5)
    largest = float(trainer.state["d"]["parameters"].abs().max())
    assert largest == pytest.approx(0.05, abs=1e-9)
    assert float(trainer.state["g"]["parameters"].abs().max()) > 0.05


def test_spectral_norm_divides_by_the_largest_singular_value():
    option = resolve("regularizers", {"name": "spectral_norm", "iterations": 20})
    parameters = {
        "0.weight": Counted(0, "w").normal(20, 7, dtype=torch.float64),
        "0.bias": torch.ones(20, dtype=torch.float64),
    }
    slots = option.init("d", parameters, Counted(0, "u"))
    for _ in range(20):
        normalized, slots = option.network(parameters, slots, update=True)
    sigma = torch.linalg.svdvals(parameters["0.weight"])[0]
    assert torch.allclose(normalized["0.weight"], parameters["0.weight"] / sigma, rtol=1e-9)
    assert torch.equal(normalized["0.bias"], parameters["0.bias"])
    again, kept = option.network(parameters, slots, update=False)
    assert torch.equal(kept["0.weight"], slots["0.weight"])
    assert torch.allclose(again["0.weight"], normalized["0.weight"])


def test_gradient_of_the_singular_value():
    """dσ/dW = u vᵀ."""
    option = resolve("regularizers", {"name": "spectral_norm", "iterations": 20})
    weight = Counted(1, "w").normal(6, 4, dtype=torch.float64).requires_grad_()
    slots = option.init("d", {"0.weight": weight.detach()}, Counted(0, "u"))
    for _ in range(30):
        normalized, slots = option.network({"0.weight": weight}, slots, update=True)
    probe = Counted(2, "w").normal(6, 4, dtype=torch.float64)
    (gradient,) = torch.autograd.grad((normalized["0.weight"] * probe).sum(), weight)
    u, s, vt = torch.linalg.svd(weight.detach())
    outer = torch.outer(u[:, 0], vt[0])
    exact = probe / s[0] - (weight.detach() * probe).sum() / s[0] ** 2 * outer
    assert torch.allclose(gradient, exact, atol=1e-8)


def test_spectral_norm_makes_the_discriminator_lipschitz():
    trainer = Trainer(small(loss="wasserstein", regularizers=["spectral_norm"], lr_d=0.01))
    trainer.advance(200)
    x = torch.linspace(-5, 5, 2001)
    score = torch.from_numpy(trainer.discriminate(x))
    slope = (score.diff() / x.double().diff()).abs().max()
    assert 0.2 < float(slope) <= 1.02


def test_regularizers_can_be_combined():
    names = ["weight_clipping", "spectral_norm", "gradient_penalty", "r1"]
    trainer = Trainer(small(regularizers=names))
    trainer.advance(10)
    assert set(trainer.state["d"]["regularizers"]) == set(names)
