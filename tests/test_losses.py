"""Losses against their closed forms (Goodfellow et al. 2014; Mao et al. 2017; Arjovsky et al. 2017), in float64."""

from __future__ import annotations

import math

import pytest
import torch
from conftest import every

from ganviz.option import resolve

P = torch.tensor([0.10, 0.25, 0.05, 0.20, 0.30, 0.10], dtype=torch.float64)
Q = torch.tensor([0.20, 0.15, 0.15, 0.10, 0.25, 0.15], dtype=torch.float64)
EDGES = torch.arange(7, dtype=torch.float64)
LSGAN_CHI2 = {"name": "least_squares", "a": -1, "b": 1, "c": 0}

# Values at the optimal D: log losses −log 4 + 2 JSD (GAN row of the f-GAN table), least squares −½∫(b−a)²pq/(p+q).
OPTIMA = {
    "minimax": -1.306209,
    "nonsaturating": -1.306209,
    "least_squares": -0.5 * float((P * Q / (P + Q)).sum()),
    "wasserstein": float((P - Q).cumsum(0).abs().sum()),
}


def score_at_decision(loss) -> torch.Tensor:
    """The score at which D is undecided: 0 for log losses and critics, the mean target for least squares."""
    return torch.full((1, 1), loss.decision() if loss.option_name() == "least_squares" else 0.0, dtype=torch.float64)


@pytest.mark.parametrize("name", OPTIMA)
def test_value_at_the_optimal_score(name):
    loss = resolve("losses", name)
    assert loss.value(P, Q, loss.optimal_score(EDGES, P, Q)) == pytest.approx(OPTIMA[name], abs=1e-6)


@pytest.mark.parametrize("loss", [p for p in every("losses") if p.id != "losses-wasserstein"])
def test_any_perturbation_lowers_the_value(loss):
    best = loss().optimal_score(EDGES, P, Q)
    top = loss().value(P, Q, best)
    for i in range(len(P)):
        for step in (-0.3, -0.01, 0.01, 0.3):
            score = best.clone()
            score[i] += step
            assert loss().value(P, Q, score) < top


def test_no_lipschitz_critic_beats_the_potential():
    loss = resolve("losses", "wasserstein")
    best = loss.optimal_score(EDGES, P, Q)
    assert best.diff().abs().max() <= 1
    generator = torch.Generator().manual_seed(0)
    for _ in range(50):
        slopes = 2 * torch.rand(5, generator=generator, dtype=torch.float64) - 1
        critic = torch.cat([torch.zeros(1, dtype=torch.float64), slopes.cumsum(0)])
        assert loss.value(P, Q, critic) <= loss.value(P, Q, best) + 1e-12


@pytest.mark.parametrize("loss", every("losses"))
def test_equilibrium(loss):
    undecided = score_at_decision(loss())
    d_loss, g_loss = loss().equilibrium()
    assert float(loss().d_loss(undecided, undecided)) == pytest.approx(d_loss, abs=1e-12)
    assert float(loss().g_loss(undecided, undecided)) == pytest.approx(g_loss, abs=1e-12)
    optimal = loss().optimal_score(EDGES, P, P)
    assert loss().value(P, P, optimal) == pytest.approx(-d_loss, abs=1e-12)
    assert torch.allclose(loss().discriminate(optimal), torch.full_like(P, loss().decision()))


def test_published_constants():
    assert resolve("losses", "minimax").equilibrium() == pytest.approx((1.386294, -0.693147), abs=1e-6)
    assert resolve("losses", "nonsaturating").equilibrium() == pytest.approx((1.386294, 0.693147), abs=1e-6)
    assert resolve("losses", "least_squares").equilibrium() == (0.25, 0.125)


def test_optimal_discriminators():
    for name in ("minimax", "nonsaturating"):
        loss = resolve("losses", name)
        assert torch.allclose(loss.discriminate(loss.optimal_score(EDGES, P, Q)), P / (P + Q))
    loss = resolve("losses", {"name": "least_squares", "a": -0.5, "b": 1.5})
    assert torch.allclose(loss.optimal_score(EDGES, P, Q), (1.5 * P - 0.5 * Q) / (P + Q))


def test_least_squares_is_a_chi_squared_divergence():
    """With (a, b, c) = (−1, 1, 0), twice G's loss at the optimal D is ∫(p − q)²/(p + q) taken over real and fake."""
    loss = resolve("losses", LSGAN_CHI2)
    best = loss.optimal_score(EDGES, P, Q)
    chi2 = float(((P - Q) ** 2 / (P + Q)).sum())
    assert float(((P + Q) * best**2).sum()) == pytest.approx(chi2, rel=1e-12)


@pytest.mark.parametrize(
    ("name", "slope"),
    [
        ("minimax", lambda s: -torch.sigmoid(s)),
        ("nonsaturating", lambda s: -torch.sigmoid(-s)),
        ("least_squares", lambda s: s - 1),
        ("wasserstein", lambda s: -torch.ones_like(s)),
    ],
)
def test_generator_gradients(name, slope):
    score = torch.linspace(-30, 30, 13, dtype=torch.float64).unsqueeze(1).requires_grad_()
    (gradient,) = torch.autograd.grad(resolve("losses", name).g_loss(None, score), score)
    assert torch.allclose(gradient * len(score), slope(score.detach()), atol=1e-12)


def test_saturating_and_nonsaturating_gradients_share_the_gap():
    """Equal normals a distance d apart, D = D*: the two gradients' sizes add up to d (Arjovsky and Bottou 2017)."""
    known = {1.0: (0.3980, 0.6020), 3.0: (0.2959, 2.7041), 5.0: (0.0474, 4.9526)}
    x = torch.linspace(-12, 20, 40001, dtype=torch.float64)
    for d, (saturating, nonsaturating) in known.items():
        q = torch.exp(-((x - d) ** 2) / 2) / math.sqrt(2 * math.pi) * (x[1] - x[0])
        score = d * d / 2 - d * x  # log p/q for p = N(0, 1), q = N(d, 1)
        assert float((q * d * torch.sigmoid(score)).sum()) == pytest.approx(saturating, abs=1e-4)
        for name, value in (("minimax", saturating), ("nonsaturating", nonsaturating)):
            s = score.unsqueeze(1).clone().requires_grad_()
            (slope,) = torch.autograd.grad((q.unsqueeze(1) * resolve("losses", name).g_fake(s)).sum(), s)
            assert float((slope.squeeze(1) * -d).sum()) == pytest.approx(value, abs=1e-4)
