"""The zoo's losses, every form of each: gradients written out by hand, independent computations in float64."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch
from conftest import same, small
from torch import Tensor
from torch.fx.experimental.proxy_tensor import make_fx
from torch.nn.functional import softplus

from ganviz import Invalid, Trainer, options
from ganviz.contracts.loss import Loss
from ganviz.figures.figure_1 import Figure1
from ganviz.lab.recorder import Recorder
from ganviz.option import resolve
from ganviz.theory.optimal import optimal_discriminator

P = torch.tensor([0.10, 0.25, 0.05, 0.20, 0.30, 0.10], dtype=torch.float64)
Q = torch.tensor([0.20, 0.15, 0.15, 0.10, 0.25, 0.15], dtype=torch.float64)
EDGES = torch.arange(7, dtype=torch.float64)
TV = 0.5 * float((P - Q).abs().sum())
SCORES = torch.tensor([-1.0, 0.5, 2.0, 0.1, -0.3, 1.0], dtype=torch.float64)

# f(u) of the f-divergences, as in the papers.
F = {
    "kl": lambda u: u * u.log(),
    "reverse_kl": lambda u: -u.log(),
    "pearson": lambda u: (u - 1) ** 2,
    "neyman": lambda u: (1 - u) ** 2 / u,
    "hellinger": lambda u: (u.sqrt() - 1) ** 2,
    "jensen_shannon": lambda u: -(u + 1) * ((1 + u) / 2).log() + u * u.log(),
    "gan": lambda u: u * u.log() - (u + 1) * (u + 1).log(),
    "total_variation": lambda u: (u - 1).abs() / 2,
    **{f"alpha {a}": lambda u, a=a: (u**a - 1 - a * (u - 1)) / (a * (a - 1)) for a in (0.01, 0.3, 0.5, 0.99)},
}


def f_gan(name: str, generator: str = "alternative") -> Loss:
    divergence, _, alpha = name.partition(" ")
    fields = {"divergence": divergence, "generator": generator, "alpha": float(alpha or 0.5)}
    return resolve("losses", {"name": "f_divergence", **fields})


def f_prime(name: str, u: Tensor) -> Tensor:
    u = u.clone().requires_grad_()
    (slope,) = torch.autograd.grad(F[name](u).sum(), u)
    return slope


def bound(loss: Loss, numbers: dict[str, float] | None = None) -> Loss:
    """The loss as the training step sees it: live floats are tensors in single precision."""
    return loss.bind({name: torch.tensor(value) for name, value in (numbers or loss.numbers()).items()})


# ------------------------------------------------------------------------------------------------- f-divergences


@pytest.mark.parametrize("name", F)
def test_the_bound_is_tight_at_f_prime(name):
    loss = f_gan(name)
    best = loss.optimal_score(EDGES, P, Q)
    assert loss.value(P, Q, best) == pytest.approx(float((Q * F[name](P / Q)).sum()), rel=1e-12)
    assert torch.allclose(loss.discriminate(best), f_prime(name, P / Q), rtol=1e-12, atol=1e-12)
    if name != "total_variation":  # f has a kink at 1, whose slopes are −½ to ½
        assert loss.decision() == pytest.approx(float(f_prime(name, torch.ones(1, dtype=torch.float64))), abs=1e-12)


@pytest.mark.parametrize("name", F)
def test_the_conjugate_is_the_largest_gap_to_a_line(name):
    """f*(T) = max_u (u T − f(u)), searched on a fine grid of u."""
    loss = f_gan(name)
    # Pearson's f* is taken over all of the line; u < 0 matters below T = −2 only.
    score = torch.linspace(-1.9, 1.9, 11, dtype=torch.float64)
    u = torch.logspace(-8, 8, 400_001, dtype=torch.float64)
    for v in score:
        largest = float((u * loss.discriminate(v) - F[name](u)).max())
        assert float(loss.d_fake(v)) == pytest.approx(largest, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("name", F)
def test_no_score_beats_the_divergence(name):
    loss, generator = f_gan(name), torch.Generator().manual_seed(0)
    top = float((Q * F[name](P / Q)).sum())
    for _ in range(200):
        score = 3 * torch.randn(6, generator=generator, dtype=torch.float64)
        assert loss.value(P, Q, score) < top


@pytest.mark.parametrize(
    ("name", "share", "other"),
    [("alpha 0.5", 2, "hellinger"), ("alpha 0.99", 1, "kl"), ("alpha 0.01", 1, "reverse_kl")],
)
def test_alpha_leads_from_reverse_kl_through_hellinger_to_kl(name, share, other):
    one, two = (loss.value(P, Q, loss.optimal_score(EDGES, P, Q)) for loss in (f_gan(name), f_gan(other)))
    assert one == pytest.approx(share * two, rel=1e-12 if name == "alpha 0.5" else 0.01)


@pytest.mark.parametrize("alpha", [0.0, 1e-9, 0.99999999, 1.0])
def test_alpha_stays_off_its_poles(alpha):
    """There single precision cannot tell the family from its limits, which are divergences of their own."""
    with pytest.raises(Invalid, match="alpha must be"):
        resolve("losses", {"name": "f_divergence", "divergence": "alpha", "alpha": alpha})


# ------------------------------------------------------------------------------------------ gradients, extremes

SLOPES = {
    "kl": (lambda v: torch.ones_like(v), lambda v: torch.exp(v - 1)),
    "reverse_kl": (lambda v: torch.exp(-v), lambda v: torch.ones_like(v)),
    "pearson": (lambda v: torch.ones_like(v), lambda v: v / 2 + 1),
    "neyman": (lambda v: torch.exp(-v), lambda v: torch.exp(-v / 2)),
    "hellinger": (lambda v: torch.exp(-v), lambda v: torch.exp(v)),
    "jensen_shannon": (lambda v: torch.sigmoid(-v), lambda v: torch.sigmoid(v)),
    "gan": (lambda v: torch.sigmoid(-v), lambda v: torch.sigmoid(v)),
    "total_variation": (lambda v: 1 / (2 * torch.cosh(v) ** 2), lambda v: 1 / (2 * torch.cosh(v) ** 2)),
    "alpha 0.3": (lambda v: torch.exp(-0.7 * v), lambda v: torch.exp(0.3 * v)),
}
"""dT/dv and d f*(T)/dv: with a minus sign, the pull on a fake sample in the alternative and in the saturating game."""


def average_slope(x: Tensor, y: Tensor) -> Tensor:
    """∂/∂y_i of ½{mean softplus(−(y − x̄)) + mean softplus(x − ȳ)}, times n."""
    return -(torch.sigmoid(x.mean() - y) + torch.sigmoid(x - y.mean()).mean()) / 2


# The gradient of G's loss by each fake score, times n, from the real scores x and the fake ones y.
GRADIENTS = {
    **{("alternative", name): (f_gan(name), lambda x, y, f=one: -f(y)) for name, (one, _) in SLOPES.items()},
    **{
        ("saturating", name): (f_gan(name, "saturating"), lambda x, y, f=two: -f(y))
        for name, (_, two) in SLOPES.items()
    },
    "hinge": (resolve("losses", "hinge"), lambda x, y: -torch.ones_like(y)),
    "energy": (resolve("losses", {"name": "energy", "margin": 3}), lambda x, y: -1 / (1 + torch.exp(y))),
    "paired": (resolve("losses", "relativistic"), lambda x, y: -1 / (1 + torch.exp(y - x))),
    "average": (resolve("losses", {"name": "relativistic", "form": "average"}), average_slope),
    "smoothed": (
        resolve("losses", {"name": "nonsaturating", "real_label": 0.9, "fake_label": 0.1}),
        lambda x, y: -1 / (1 + torch.exp(y)),
    ),
}


@pytest.mark.parametrize("case", GRADIENTS, ids=str)
def test_the_pull_on_fake_samples(case):
    loss, formula = GRADIENTS[case]
    generator = torch.Generator().manual_seed(1)
    x, y = 2 * torch.randn(2, 9, 1, generator=generator, dtype=torch.float64)
    y.requires_grad_()
    (gradient,) = torch.autograd.grad(loss.g_loss(x if loss.generator_needs_real else None, y), y)
    assert torch.allclose(len(y) * gradient, formula(x, y.detach()), rtol=1e-12, atol=1e-12)


FORMS = [
    *({"name": "f_divergence", "divergence": d, "generator": "saturating"} for d in F if " " not in d),
    *({"name": "f_divergence", "divergence": d} for d in F if " " not in d),
    *({"name": "f_divergence", "divergence": "alpha", "alpha": a} for a in (0.01, 0.5, 0.99)),
    *({"name": "f_divergence", "divergence": "alpha", "alpha": a, "generator": "saturating"} for a in (0.01, 0.99)),
    {"name": "relativistic", "form": "average"},
    {"name": "energy", "margin": 10},
    {"name": "energy", "margin": 0.01},
    {"name": "mmd", "kernel": "rational_quadratic"},
    {"name": "mmd", "scale_of_x": 0.01},
    {"name": "mmd_gan", "kernel": "gaussian"},
    *({"name": n, "real_label": 0.5, "fake_label": 0.5} for n in ("minimax", "nonsaturating")),
]


@pytest.mark.parametrize("option", FORMS, ids=str)
@pytest.mark.parametrize("size", [0.0, 1.0, 80.0])
def test_every_form_is_finite_at_extreme_scores(option, size):
    loss = bound(resolve("losses", option))
    for one, two in itertools.product((size, -size), repeat=2):
        real, fake = (torch.full((4, max(1, loss.outputs())), s, requires_grad=True) for s in (one, two))
        for value in (loss.d_loss(real, fake), loss.g_loss(real if loss.generator_needs_real else None, fake)):
            gradients = torch.autograd.grad(value, (real, fake), allow_unused=True)
            assert value.isfinite()
            assert all(g is None or g.isfinite().all() for g in gradients)


# -------------------------------------------------------------------------------- hinge, energy, smoothed labels


@pytest.mark.parametrize("margin", [0.01, 0.7, 3.0, 10.0])
def test_energies_at_the_optimum(margin):
    loss = resolve("losses", {"name": "energy", "margin": margin})
    best = loss.optimal_score(EDGES, P, Q)
    assert torch.allclose(softplus(-best), margin * (P < Q).double(), atol=1e-12)
    assert loss.value(P, Q, best) == pytest.approx(-margin * (1 - TV), rel=1e-12)
    middle = loss.optimal_score(EDGES, P, P)
    for level in (0.1, 0.5, 0.9):
        score = -torch.expm1(torch.full_like(P, level * margin)).log()
        assert loss.value(P, P, score) == pytest.approx(-margin, rel=1e-12), "at rest every level up to m is as good"
    assert loss.discriminate(middle).tolist() == pytest.approx([-margin / 2] * 6)


@pytest.mark.parametrize("name", ["hinge", "energy"])
def test_disjoint_densities_leave_nothing_to_lose(name):
    p, q = torch.tensor([[0.5, 0.5, 0, 0], [0, 0, 0.3, 0.7]], dtype=torch.float64)
    loss = resolve("losses", name)
    assert loss.value(p, q, loss.optimal_score(EDGES[:5], p, q)) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("labels", [(0.9, 0.0), (1.0, 0.2), (0.8, 0.3), (0.5, 0.5)])
def test_smoothed_labels_are_cross_entropies(labels):
    real_label, fake_label = labels
    loss = resolve("losses", {"name": "minimax", "real_label": real_label, "fake_label": fake_label})

    def value(d: Tensor) -> float:
        real = real_label * d.log() + (1 - real_label) * (1 - d).log()
        fake = fake_label * d.log() + (1 - fake_label) * (1 - d).log()
        return float((P * real + Q * fake).sum())

    best = (real_label * P + fake_label * Q) / (P + Q)
    assert torch.allclose(loss.discriminate(loss.optimal_score(EDGES, P, Q)), best, rtol=1e-12)
    assert loss.value(P, Q, loss.optimal_score(EDGES, P, Q)) == pytest.approx(value(best), rel=1e-12)
    assert loss.value(P, Q, SCORES) == pytest.approx(value(torch.sigmoid(SCORES)), rel=1e-12)
    for step in (-0.3, -0.01, 0.01, 0.3):
        assert loss.value(P, Q, SCORES * 0 + torch.logit(best) + step) < value(best)


def test_labels_of_one_and_nought_change_no_bit():
    loss = bound(resolve("losses", "nonsaturating"))
    real, fake = 5 * torch.randn(2, 64, 1, generator=torch.Generator().manual_seed(0))
    real.requires_grad_(), fake.requires_grad_()
    plain = softplus(-real).mean() + softplus(fake).mean()
    assert torch.equal(loss.d_loss(real, fake), plain)
    ours, theirs = (torch.autograd.grad(value, (real, fake)) for value in (loss.d_loss(real, fake), plain))
    assert all(torch.equal(one, two) for one, two in zip(ours, theirs, strict=True))


# --------------------------------------------------------------------------------------------------- relativistic


def pairs(x: Tensor, y: Tensor, p: Tensor, q: Tensor) -> float:
    """E softplus(−(s(x) − s(y))), by loops."""
    total = 0.0
    for i, j in itertools.product(range(len(p)), range(len(q))):
        total += float(p[i] * q[j]) * math.log1p(math.exp(-float(x[i] - y[j])))
    return total


def averages(x: Tensor, y: Tensor, p: Tensor, q: Tensor) -> float:
    """½{E softplus(−(s(x) − s̄_q)) + E softplus(s(y) − s̄_p)}, by loops."""
    over_p, over_q = float((p * x).sum()), float((q * y).sum())
    one = sum(float(p[i]) * math.log1p(math.exp(-(float(x[i]) - over_q))) for i in range(len(p)))
    return (one + sum(float(q[j]) * math.log1p(math.exp(float(y[j]) - over_p)) for j in range(len(q)))) / 2


@pytest.mark.parametrize(("form", "by_loops"), [("paired", pairs), ("average", averages)])
def test_relativistic_games(form, by_loops):
    loss = resolve("losses", {"name": "relativistic", "form": form})
    assert loss.value(P, Q, SCORES) == pytest.approx(-by_loops(SCORES, SCORES, P, Q), rel=1e-12)
    assert loss.value(P, Q, SCORES + 7) == pytest.approx(loss.value(P, Q, SCORES), rel=1e-12)
    assert loss.optimal_score(EDGES, P, Q) is None
    # Between equal densities no score is better than a constant one.
    generator = torch.Generator().manual_seed(0)
    for _ in range(50):
        score = torch.randn(6, generator=generator, dtype=torch.float64)
        assert loss.value(P, P, score) < -math.log(2)
    assert loss.value(P, P, 0 * score) == pytest.approx(-math.log(2), rel=1e-12)


# ------------------------------------------------------------------------------------------------------------ MMD

WIDTHS = (4.0, 2.0, 1.0, 0.5, 0.25)
EXPONENTS = (0.2, 0.5, 1.0, 2.0, 5.0)


def gaussian_mmd(width: float, variances: tuple[float, float], gap: tuple[float, ...]) -> float:
    """MMD² of two isotropic Gaussians under exp(−r²/(2 t²))."""

    def mean(squared: float, v: float) -> float:
        share: float = (width**2 / (width**2 + v)) ** (len(gap) / 2)
        return share * math.exp(-squared / (2 * (width**2 + v)))

    one, two = variances
    return mean(0, 2 * one) + mean(0, 2 * two) - 2 * mean(sum(g * g for g in gap), one + two)


def rational_mmd(a: float, variances: tuple[float, float], gap: tuple[float, ...]) -> float:
    """The same under (1 + r²/(2 a))^(−a), a mixture of Gaussian kernels: 1/t² is Gamma distributed, shape a, rate a."""
    log_tau = np.linspace(-120, 8, 3201)
    weight = np.exp(a * log_tau - a * np.exp(log_tau)) * a**a / math.gamma(a)
    inner = [gaussian_mmd(math.exp(-s / 2), variances, gap) for s in log_tau]
    return float(np.trapezoid(weight * inner, log_tau))


def gaussian_mass(points: Tensor, mean: tuple[float, ...], variance: float) -> Tensor:
    weight = torch.exp(-((points - torch.tensor(mean)) ** 2).sum(1) / (2 * variance))
    return weight / weight.sum()


def test_published_mmd_of_two_gaussians():
    for width, expected in ((0.3, 0.111348), (1.0, 0.326698), (3.0, 0.113333)):
        assert gaussian_mmd(width, (1.0, 0.25), (1.0, 0.5)) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("scale", [1.0, 3.0])
def test_mmd_in_the_plane(scale):
    """V at the witness, by quadrature on a grid of the plane, against the closed form."""
    line = torch.arange(-4.8, 4.81, 0.2, dtype=torch.float64)
    grid = torch.cartesian_prod(line, line)
    p, q = gaussian_mass(grid, (0.0, 0.0), 1.0), gaussian_mass(grid, (1.0, 0.5), 0.25)
    loss = resolve("losses", {"name": "mmd", "scale_of_x": scale})
    expected = np.mean([gaussian_mmd(scale * t, (1.0, 0.25), (1.0, 0.5)) for t in WIDTHS])
    assert loss.value(p, q, loss.witness(grid, grid, p, q)) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("scale", [0.3, 1.0, 3.0])
@pytest.mark.parametrize("name", ["gaussian", "rational_quadratic"])
def test_mmd_on_the_line(name, scale):
    edges = torch.linspace(-8, 8, 801, dtype=torch.float64)
    x = ((edges[1:] + edges[:-1]) / 2).unsqueeze(1)
    p, q = gaussian_mass(x, (0.0,), 1.0), gaussian_mass(x, (1.0,), 0.25)
    loss = resolve("losses", {"name": "mmd", "kernel": name, "scale_of_x": scale})
    # A scale of s is a line drawn s times smaller.
    variances, gap = (1 / scale**2, 0.25 / scale**2), (1 / scale,)
    exact, knobs = (gaussian_mmd, WIDTHS) if name == "gaussian" else (rational_mmd, EXPONENTS)
    expected = np.mean([exact(knob, variances, gap) for knob in knobs])
    best = loss.optimal_score(edges, p, q)
    assert loss.value(p, q, best) == pytest.approx(expected, rel=1e-5)
    assert torch.equal(loss.witness(x, x, p, q), best), "what is drawn as D is what is drawn as D*"
    assert loss.value(p, p, loss.optimal_score(edges, p, p)) == 0


@pytest.mark.parametrize("option", ["mmd", "mmd_gan", {"name": "mmd", "kernel": "rational_quadratic"}], ids=str)
def test_the_estimate_is_unbiased(option):
    """Averaged over every pair of minibatches of two, it is the MMD² of the two laws."""
    loss = resolve("losses", option)
    points = torch.tensor([[-1.0, 0.3], [0.2, 0.0], [1.5, -0.4]], dtype=torch.float64)
    p, q = torch.tensor([[0.5, 0.3, 0.2], [0.1, 0.2, 0.7]], dtype=torch.float64)
    mean = 0.0
    for i, j, k, m in itertools.product(range(3), repeat=4):
        chance = float(p[i] * p[j] * q[k] * q[m])
        mean += chance * float(loss.g_loss(points[[i, j]], points[[k, m]]))
    assert mean == pytest.approx(loss.value(p, q, loss.witness(points, points, p, q)), rel=1e-12)
    x, y = torch.randn(2, 5, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    assert float(loss.d_loss(x, y)) == -float(loss.g_loss(x, y))


def test_the_pull_of_mmd():
    """∂/∂y_i = 2/(m(m−1)) Σ_j k′(y_i, y_j) − 2/(n m) Σ_j k′(y_i, x_j), k′(a, b) the mean of −(a − b)/t² k."""
    x, y = torch.randn(2, 7, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(2))

    def slope(a: Tensor, b: Tensor) -> Tensor:
        gap = a - b
        return sum((-gap / t**2 * torch.exp(-(gap @ gap) / (2 * t**2)) for t in WIDTHS), start=0 * gap) / len(WIDTHS)

    expected = torch.stack(
        [2 / 42 * sum(slope(one, other) for other in y) - 2 / 49 * sum(slope(one, other) for other in x) for one in y]
    )
    y = y.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(resolve("losses", "mmd").g_loss(x, y), y)
    assert torch.allclose(gradient, expected, rtol=1e-10, atol=1e-14)


def test_mmd_gan_is_mmd_of_features_that_d_makes_larger():
    gan, fixed = (resolve("losses", {"name": name, "kernel": "rational_quadratic"}) for name in ("mmd_gan", "mmd"))
    x, y = torch.randn(2, 6, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(3))
    assert float(gan.g_loss(x, y)) == float(fixed.g_loss(x, y))
    assert gan.outputs() == 8
    trainer = Trainer(small(loss="mmd_gan"))
    before = trainer.measure("value")
    for _ in range(100):
        trainer.step_discriminator()
    assert trainer.measure("value") > 1.1 * before > 0


# --------------------------------------------------------------------------------------------- sliced Wasserstein

SLICED = resolve("losses", "sliced_wasserstein")


def test_the_distance_between_gaussians():
    """W₂² = d² + (s₁ − s₂)² on the line; a mean over directions in the plane."""
    level = (torch.arange(20_000, dtype=torch.float64) + 0.5) / 20_000
    x = torch.special.ndtri(level).unsqueeze(1)
    assert float(SLICED.g_loss(x, 1.5 + 0.4 * x.flip(0))) == pytest.approx(1.5**2 + 0.6**2, rel=1e-4)
    assert float(SLICED.d_loss(x, x + 2)) == pytest.approx(-4, rel=1e-12)
    # Scaling a cloud by ½ moves each projection halfway in: W₂² is a quarter of its variance, whatever the line.
    cloud = torch.randn(500, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    angles = torch.arange(32, dtype=torch.float64) * math.pi / 32
    lines = torch.stack([angles.cos(), angles.sin()])
    expected = float((cloud @ lines).square().mean()) / 4
    assert float(SLICED.g_loss(cloud, cloud.flip(0) / 2)) == pytest.approx(expected, rel=1e-12)


def test_a_shift_in_space_counts_as_its_share_along_each_line():
    """Mean of ⟨line, shift⟩² over all directions: |shift|²/dim."""
    loss = resolve("losses", {"name": "sliced_wasserstein", "directions": 256})
    for dim, tolerance in ((2, 1e-12), (3, 0.05), (8, 0.2), (100, 0.3)):
        cloud = torch.randn(20, dim, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
        for axis in range(min(dim, 3)):
            shift = torch.zeros(dim, dtype=torch.float64)
            shift[axis] = 3.0
            assert float(loss.g_loss(cloud, cloud + shift)) == pytest.approx(9 / dim, rel=tolerance)


@pytest.mark.parametrize("dim", [1, 2, 3, 20])
def test_directions_stay_where_they_are(dim):
    """Also in a captured step, whose graph must hold all that it depends on."""
    generator = torch.Generator().manual_seed(0)
    first, second = (torch.randn(2, 6, dim, generator=generator) for _ in range(2))
    graph = make_fx(lambda x, y: SLICED.g_loss(x, y))(*first)
    for x, y in (first, second, first):
        assert torch.equal(graph(x, y), SLICED.g_loss(x, y))
    assert "self." not in graph.code.replace("self, ", ""), "no constants, no generators"
    other = make_fx(lambda x, y: resolve("losses", {**SLICED.to_dict(), "directions": 7}).g_loss(x, y))(*first)
    assert (other.code == graph.code) == (dim == 1)


def test_the_pull_of_sorting():
    """Each fake is pulled to the real of its own rank: ∂/∂y = 2 (y − x)/n."""
    x, y = torch.randn(2, 9, 1, dtype=torch.float64, generator=torch.Generator().manual_seed(4))
    target = torch.empty_like(y)
    target[y.squeeze(1).argsort()] = x.sort(0).values
    y = y.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(SLICED.g_loss(x, y), y)
    assert torch.allclose(gradient, 2 * (y.detach() - target) / 9, rtol=1e-12)


def test_the_potential_where_p_g_ends():
    """p_g uniform on (−½, ½), data normal: T(x) = Φ⁻¹(x + ½) inside; outside, T stays at the data's end."""
    edges = torch.linspace(-10, 10, 4001, dtype=torch.float64)
    x = (edges[1:] + edges[:-1]) / 2
    p = gaussian_mass(x.unsqueeze(1), (0.0,), 1.0)
    q = (x.abs() < 0.5).double() / (x.abs() < 0.5).sum()
    potential = SLICED.optimal_score(edges, p, q)
    slope, middle = potential.diff() / x.diff(), (x[1:] + x[:-1]) / 2
    inside, outside = middle.abs() < 0.4, middle.abs() > 0.51
    assert torch.allclose(slope[inside], torch.special.ndtri(middle + 0.5)[inside] - middle[inside], atol=1e-3)
    end = 4.753424 * middle.sign()  # Φ⁻¹(1 − 10⁻⁶)
    assert torch.allclose(slope[outside], (end - middle)[outside], atol=0.01)
    assert potential[x.abs() < 0.01].abs().max() < 1e-3, "0 at the data's median"
    assert torch.allclose(potential, potential.flip(0), atol=0.02)
    assert potential.abs().max() < 60, "no cliff"
    drawn = SLICED.witness(x.unsqueeze(1), x.unsqueeze(1), p, q)
    assert torch.allclose(drawn, potential, atol=1e-9)
    assert torch.allclose(SLICED.optimal_score(edges, p, p)[x.abs() < 4], torch.zeros(1).double(), atol=1e-4)


# ----------------------------------------------------------------------------------------------- the whole machine


@pytest.mark.parametrize("name", ["mmd", "sliced_wasserstein"])
def test_without_a_discriminator_g_reaches_the_data(name):
    trainer = Trainer(small(loss=name, batch_size=64, lr_g=5e-3))
    before, untouched = trainer.measure("w1"), trainer.state["d"]["parameters"]
    trainer.advance(400)
    assert same(untouched, trainer.state["d"]["parameters"])
    assert trainer.measure("w1") < 0.25 * before
    snapshot = trainer.snapshot()
    assert snapshot.scalars["grad_d"] == 0
    seen = (snapshot.p > 1e-6) & (snapshot.q > 1e-6)
    star = optimal_discriminator(snapshot)[seen]
    assert np.allclose(snapshot.discriminator[seen], star, atol=1e-4 + 0.01 * np.abs(star).max())
    assert trainer.discriminate(np.zeros(3)).shape == (3,)


def test_live_changes_between_forms():
    trainer = Trainer(small(loss={"name": "f_divergence", "divergence": "kl"}))
    for divergence in (name for name in F if " " not in name):
        trainer.change(loss={"name": "f_divergence", "divergence": divergence, "generator": "saturating"})
        trainer.advance(3)
    assert trainer.step_count == 3 * 8


@pytest.mark.parametrize("name", options("losses"))
def test_every_loss_can_be_measured_and_drawn(name):
    """Losses without a closed form say NaN where it would stand, and nothing breaks."""
    run = Recorder(small(loss=name), "eager")
    for _ in range(5):
        run.step()
    view = run.view()
    snapshot, loss = view.snapshot, resolve("losses", name)
    known = loss.optimal_score(*snapshot.compared()) is not None
    assert np.isfinite(optimal_discriminator(snapshot)).any() == known
    assert np.isfinite(snapshot.discriminator).all()
    trainer = Trainer(small(loss=name))
    trainer.advance(5)
    assert math.isfinite(trainer.measure("cost")) == (known and name != "sliced_wasserstein")
    assert math.isfinite(trainer.measure("value")) == (name != "sliced_wasserstein")
    assert all(math.isfinite(number) for number in loss.equilibrium())
    assert len(Figure1().draw(view).to_json()) > 1000
