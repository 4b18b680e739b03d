"""Losses against their closed forms (Goodfellow et al. 2014; Mao et al. 2017; Arjovsky et al. 2017), in float64."""

from __future__ import annotations

import math

import pytest
import torch

from ganviz import options
from ganviz.option import resolve

P = torch.tensor([0.10, 0.25, 0.05, 0.20, 0.30, 0.10], dtype=torch.float64)
Q = torch.tensor([0.20, 0.15, 0.15, 0.10, 0.25, 0.15], dtype=torch.float64)
EDGES = torch.arange(7, dtype=torch.float64)
LSGAN_CHI2 = {"name": "least_squares", "a": -1, "b": 1, "c": 0}

TV = 0.5 * float((P - Q).abs().sum())
F_DIVERGENCES = {
    "kl": 0.156240,
    "reverse_kl": 0.172722,
    "pearson": 0.310000,
    "neyman": 0.423333,
    "hellinger": 0.081140,
    "jensen_shannon": 0.080086,
    "gan": -1.306209,
    "total_variation": 0.25,
}

# Values at the optimal D: log losses −log 4 + 2 JSD (GAN row of the f-GAN table), least squares −½∫(b−a)²pq/(p+q).
OPTIMA = {
    "minimax": ("minimax", -1.306209),
    "nonsaturating": ("nonsaturating", -1.306209),
    "least_squares": ("least_squares", -0.5 * float((P * Q / (P + Q)).sum())),
    "wasserstein": ("wasserstein", float((P - Q).cumsum(0).abs().sum())),
    "hinge": ("hinge", -2 * (1 - TV)),
    "energy": ({"name": "energy", "margin": 1.5}, -1.5 * (1 - TV)),
    **{name: ({"name": "f_divergence", "divergence": name}, value) for name, value in F_DIVERGENCES.items()},
    "alpha": (
        {"name": "f_divergence", "divergence": "alpha", "alpha": 0.3},
        float(((P / Q) ** 0.3 * Q).sum() - 1) / (0.3 * -0.7),
    ),
}


def undecided(loss) -> torch.Tensor:
    """The score at which D(x) has its undecided value, by bisection: D(x) grows with the score."""
    low, high = -50.0, 50.0
    for _ in range(200):
        middle = (low + high) / 2
        below = float(loss.discriminate(torch.tensor(middle, dtype=torch.float64))) < loss.decision()
        low, high = (middle, high) if below else (low, middle)
    return torch.full((1, 1), high, dtype=torch.float64)


@pytest.mark.parametrize("name", OPTIMA)
def test_value_at_the_optimal_score(name):
    option, expected = OPTIMA[name]
    loss = resolve("losses", option)
    assert loss.value(P, Q, loss.optimal_score(EDGES, P, Q)) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("name", [name for name in OPTIMA if name != "wasserstein"])
def test_any_perturbation_lowers_the_value(name):
    loss = resolve("losses", OPTIMA[name][0])
    best = loss.optimal_score(EDGES, P, Q)
    top = loss.value(P, Q, best)
    # Where the best score is infinite, only large finite ones come near it.
    best = best.clamp(-40, 40)
    assert loss.value(P, Q, best) == pytest.approx(top, abs=1e-9)
    for i in range(len(P)):
        for step in (-0.3, -0.01, 0.01, 0.3):
            score = best.clone()
            score[i] += step
            assert loss.value(P, Q, score) < top + 1e-12
            if abs(best[i]) < 40:
                assert loss.value(P, Q, score) < top


def test_every_loss_with_a_closed_form_is_in_the_table():
    tabled = {option if isinstance(option, str) else option["name"] for option, _ in OPTIMA.values()}
    for name in options("losses"):
        loss = resolve("losses", name)
        if loss.outputs() == 1 and loss.optimal_score(EDGES, P, Q) is not None:
            assert name in tabled


def test_no_lipschitz_critic_beats_the_potential():
    loss = resolve("losses", "wasserstein")
    best = loss.optimal_score(EDGES, P, Q)
    assert best.diff().abs().max() <= 1
    generator = torch.Generator().manual_seed(0)
    for _ in range(50):
        slopes = 2 * torch.rand(5, generator=generator, dtype=torch.float64) - 1
        critic = torch.cat([torch.zeros(1, dtype=torch.float64), slopes.cumsum(0)])
        assert loss.value(P, Q, critic) <= loss.value(P, Q, best) + 1e-12


SCORED = [name for name in options("losses") if resolve("losses", name).outputs() == 1]
LABELS = {"real_label": 0.9, "fake_label": 0.2}


@pytest.mark.parametrize(
    "option",
    [*SCORED, *(OPTIMA[name][0] for name in (*F_DIVERGENCES, "alpha")), {"name": "relativistic", "form": "average"}]
    + [{"name": "f_divergence", "divergence": name, "generator": "saturating"} for name in F_DIVERGENCES]
    + [{"name": name, **LABELS} for name in ("minimax", "nonsaturating")],
    ids=str,
)
def test_equilibrium(option):
    loss = resolve("losses", option)
    score = undecided(loss)
    d_loss, g_loss = loss.equilibrium()
    assert float(loss.d_loss(score, score)) == pytest.approx(d_loss, abs=1e-12)
    assert float(loss.g_loss(score if loss.generator_needs_real else None, score)) == pytest.approx(g_loss, abs=1e-12)
    optimal = loss.optimal_score(EDGES, P, P)
    if optimal is not None:
        assert loss.value(P, P, optimal) == pytest.approx(-d_loss, abs=1e-12)
        assert torch.allclose(loss.discriminate(optimal), torch.full_like(P, loss.decision()))
    assert loss.value(P, P, score.expand(6, 1).squeeze(1)) == pytest.approx(-d_loss, abs=1e-12)


@pytest.mark.parametrize("name", ["minimax", "nonsaturating"])
def test_label_smoothing_moves_the_optimum(name):
    loss = resolve("losses", {"name": name, **LABELS})
    best = loss.optimal_score(EDGES, P, Q)
    assert torch.allclose(loss.discriminate(best), (0.9 * P + 0.2 * Q) / (P + Q))
    assert all(loss.value(P, Q, best + step) < loss.value(P, Q, best) for step in (-0.1, 0.1))
    score = torch.linspace(-5, 5, 7, dtype=torch.float64).unsqueeze(1)
    d = torch.sigmoid(score)
    expected = -(0.9 * d.log() + 0.1 * (1 - d).log()).mean() - (0.2 * d.log() + 0.8 * (1 - d).log()).mean()
    assert float(loss.d_loss(score, score)) == pytest.approx(float(expected), rel=1e-12)


@pytest.mark.parametrize("form", ["paired", "average"])
def test_relativistic_value_is_its_loss_on_large_minibatches(form):
    """Minibatches that hold each cell in its exact proportion; the pairs of RpGAN then are all pairs."""
    loss = resolve("losses", {"name": "relativistic", "form": form})
    score = torch.tensor([-1.0, 0.5, 2.0, 0.1, -0.3, 1.0], dtype=torch.float64)
    real, fake = (score.repeat_interleave((20 * mass).round().long()).unsqueeze(1) for mass in (P, Q))
    if form == "paired":
        real, fake = real.repeat_interleave(20, 0), fake.repeat(20, 1)
    assert loss.value(P, Q, score) == pytest.approx(-float(loss.d_loss(real, fake)), rel=1e-12)
    assert float(loss.g_loss(real, fake)) == pytest.approx(float(loss.d_loss(fake, real)), rel=1e-12)


def gaussian_mmd(width: float, variances: tuple[float, float], gap: tuple[float, ...]) -> float:
    """MMD² of two isotropic Gaussians under exp(−r²/(2 t²))."""
    d, shift = len(gap), sum(g * g for g in gap)

    def mean(squared: float, v: float) -> float:
        return (width**2 / (width**2 + v)) ** (d / 2) * math.exp(-squared / (2 * (width**2 + v)))

    one, two = variances
    return mean(0, 2 * one) + mean(0, 2 * two) - 2 * mean(shift, one + two)


def test_mmd_against_the_closed_form_for_gaussians():
    assert gaussian_mmd(1.0, (1.0, 0.25), (1.0, 0.5)) == pytest.approx(0.326698, abs=1e-6)
    widths = (4.0, 2.0, 1.0, 0.5, 0.25)
    expected = sum(gaussian_mmd(t, (1.0, 0.25), (1.0, 0.5)) for t in widths) / len(widths)
    generator = torch.Generator().manual_seed(0)
    estimates = []
    for _ in range(40):
        x, y = torch.randn(2, 400, 2, generator=generator, dtype=torch.float64)
        y = 0.5 * y + torch.tensor([1.0, 0.5], dtype=torch.float64)
        estimates.append(float(resolve("losses", "mmd").g_loss(x, y)))
    error = torch.tensor(estimates).std() / math.sqrt(len(estimates))
    assert abs(sum(estimates) / len(estimates) - expected) < 4 * float(error)
    # The same on the line, by quadrature over cells.
    edges = torch.linspace(-8, 8, 801, dtype=torch.float64)
    x = (edges[1:] + edges[:-1]) / 2
    p, q = (torch.exp(-((x - m) ** 2) / (2 * v)) / math.sqrt(2 * math.pi * v) * 0.02 for m, v in ((0, 1), (1, 0.25)))
    loss = resolve("losses", "mmd")
    expected = sum(gaussian_mmd(t, (1.0, 0.25), (1.0,)) for t in widths) / len(widths)
    assert loss.value(p, q, loss.optimal_score(edges, p, q)) == pytest.approx(expected, rel=1e-4)


def test_sliced_wasserstein_is_w2_and_its_witness_points_to_the_target():
    loss = resolve("losses", "sliced_wasserstein")
    x = torch.linspace(-2, 3, 50, dtype=torch.float64).unsqueeze(1)
    assert float(loss.g_loss(x, x.flip(0) + 1.5)) == pytest.approx(1.5**2, rel=1e-12)
    turned = torch.stack([x.squeeze(1), 0 * x.squeeze(1)], 1)
    shifted = turned + torch.tensor([3.0, 4.0], dtype=torch.float64)
    assert float(loss.g_loss(turned, shifted)) == pytest.approx(25 / 2, rel=1e-6), "the mean of cos² over lines is ½"
    edges = torch.linspace(-8, 10, 1801, dtype=torch.float64)
    c = (edges[1:] + edges[:-1]) / 2
    p, q = (
        torch.exp(-((c - m) ** 2) / (2 * s * s)) / (s * math.sqrt(2 * math.pi)) * 0.01 for m, s in ((1, 1), (0, 0.5))
    )
    slope = loss.optimal_score(edges, p, q).diff() / c.diff()
    middle = (c[1:] + c[:-1]) / 2
    inside = middle.abs() < 1.5
    # T(x) − x = (1 + 2 x) − x for the map between these normals
    assert torch.allclose(slope[inside], (1 + middle)[inside], atol=0.02)


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


SLOPES = {
    "minimax": lambda s: -torch.sigmoid(s),
    "nonsaturating": lambda s: -torch.sigmoid(-s),
    "least_squares": lambda s: s - 1,
    "wasserstein": lambda s: -torch.ones_like(s),
    "hinge": lambda s: -torch.ones_like(s),
    "energy": lambda s: -torch.sigmoid(-s),
    # f_divergence, Jensen-Shannon, alternative: −g′(v)
    "f_divergence": lambda s: -torch.sigmoid(-s),
    # paired: each fake against its real, whose scores are all 0.5 here
    "relativistic": lambda s: -torch.sigmoid(0.5 - s),
}


@pytest.mark.parametrize("name", SCORED)
def test_generator_gradients(name):
    loss = resolve("losses", name)
    score = torch.linspace(-30, 30, 13, dtype=torch.float64).unsqueeze(1).requires_grad_()
    real = torch.full_like(score, 0.5).detach() if loss.generator_needs_real else None
    (gradient,) = torch.autograd.grad(loss.g_loss(real, score), score)
    assert name in SLOPES, f"SLOPES in tests/test_losses.py has no line for {name}: G's slope at each score, on paper"
    assert torch.allclose(gradient * len(score), SLOPES[name](score.detach()), atol=1e-12)


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
