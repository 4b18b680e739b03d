"""p_g, divergences and optimal players in one dimension, against closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from conftest import small

from ganviz import Trainer
from ganviz.option import resolve
from ganviz.spaces.line.cells import centers, data_mass, edges_for
from ganviz.spaces.line.pushforward import PushForward, kernel_estimate
from ganviz.spaces.line.snapshot import LineSnapshot
from ganviz.theory.optimal import optimal_discriminator
from ganviz.theory.stages import at_equilibrium, distance_from_optimum, jensen_shannon, kolmogorov_smirnov
from ganviz.theory.stages import name as stage_name


def pushed(function, latent: str = "uniform", nodes: int = 4097) -> PushForward:
    u = torch.linspace(0, 1, nodes, dtype=torch.float64)
    z = resolve("latents", latent).quantile(u).numpy()
    return PushForward(torch.from_numpy(function(z)), torch.full((nodes - 1,), 1 / (nodes - 1), dtype=torch.float64))


def density(law: PushForward, x: np.ndarray) -> np.ndarray:
    return law.density(torch.from_numpy(x)).numpy()


def integral(law: PushForward, reach: float) -> float:
    """Over [-reach, reach] by the midpoint rule, with points crowding at 0, where squares have a pole."""
    t = (np.arange(2_000_000) + 0.5) / 1_000_000 - 1
    return float(np.sum(density(law, reach * t**5) * reach * 5 * t**4) / 1_000_000)


MAPS = {
    # name: (map, latent, density, where it lives)
    "affine of a normal": (
        lambda z: 0.5 * z + 1,
        "normal",
        lambda x: np.exp(-(((x - 1) / 0.5) ** 2) / 2) / (0.5 * math.sqrt(2 * math.pi)),
        (-0.4, 2.4),
    ),
    "affine of a uniform": (lambda z: 3 * z - 1, "uniform", lambda x: np.full_like(x, 1 / 6), (-3.9, 1.9)),
    "a falling line": (lambda z: -2 * z, "uniform", lambda x: np.full_like(x, 0.25), (-1.9, 1.9)),
    "square of a uniform, two to one": (lambda z: z**2, "uniform", lambda x: 0.5 / np.sqrt(x), (0.01, 0.99)),
    "square of a uniform on [0, 1]": (
        lambda z: ((z + 1) / 2) ** 2,
        "uniform",
        lambda x: 0.5 / np.sqrt(x),
        (0.01, 0.99),
    ),
    "absolute value, two to one": (np.abs, "uniform", np.ones_like, (0.01, 0.99)),
    "exponential of a normal": (
        np.exp,
        "normal",
        lambda x: np.exp(-(np.log(x) ** 2) / 2) / (x * math.sqrt(2 * math.pi)),
        (0.1, 5),
    ),
}


@pytest.mark.parametrize("name", MAPS)
def test_push_forward_of_known_maps(name):
    function, latent, exact, (low, high) = MAPS[name]
    law = pushed(function, latent)
    x = np.linspace(low, high, 997)
    assert np.abs(density(law, x) - exact(x)).max() / exact(x).max() < 0.01
    assert integral(law, 700 if "exponential" in name else 15) == pytest.approx(1, abs=1e-3)


def test_push_forward_of_a_constant_stays_finite():
    law = pushed(np.zeros_like)
    assert np.isfinite(density(law, np.linspace(-1, 1, 101))).all()
    assert law.cdf(torch.tensor([-0.01, 0.01], dtype=torch.float64)).tolist() == [0, 1]


def test_density_of_a_network_integrates_to_one():
    for activation in ("relu", "tanh"):
        for latent in ("uniform", "normal"):
            net = {"name": "mlp", "width": 32, "depth": 2, "activation": activation}
            trainer = Trainer(small(generator=net, latent=latent))
            trainer.advance(20)
            x = np.linspace(-6, 6, 1_000_001)
            assert np.sum(trainer.density(x)) * (x[1] - x[0]) == pytest.approx(1, abs=1e-2)
            assert trainer.snapshot().exact
            fakes = trainer.generate(100_000).squeeze(1).double().sort().values
            cdf = trainer.observer.law(trainer.state).cdf(fakes).numpy()
            assert np.abs(cdf - np.arange(100_000) / 100_000).max() < 2.7 / math.sqrt(100_000)


def test_tails_of_an_unbounded_latent():
    """An affine G of a normal latent is N(1, 1) far out too, where hardly any mass is."""
    trainer = Trainer(small(latent="normal", generator={"name": "mlp", "depth": 0}), dtype=torch.float64)
    trainer.begin({**trainer.state, "g": {**trainer.state["g"], "parameters": torch.ones(2, dtype=torch.float64)}})
    x = np.array([-4.0, -3.0, 1.0, 5.0, 6.0])
    truth = np.exp(-((x - 1) ** 2) / 2) / math.sqrt(2 * math.pi)
    assert np.allclose(trainer.density(x), truth, rtol=0.15)


def test_kernel_estimate_is_close_and_labelled():
    rng = np.random.default_rng(0)
    law = kernel_estimate(torch.from_numpy(rng.normal(1, 2, 8192)))
    x = np.linspace(-5, 7, 200)
    truth = np.exp(-(((x - 1) / 2) ** 2) / 2) / (2 * math.sqrt(2 * math.pi))
    assert np.abs(density(law, x) - truth).max() < 0.02
    assert not Trainer(small(latent={"name": "uniform", "dim": 2})).snapshot().exact
    assert np.isfinite(density(kernel_estimate(torch.zeros(100).double()), x)).all()


def snapshot_of(p: dict[str, object], q: dict[str, object], **fields: object) -> LineSnapshot:
    """A snapshot whose p_data and p_g are two known distributions and whose D is optimal."""
    experiment = small(data=p, **fields)
    edges = edges_for(experiment.data)
    mass_p, mass_q = data_mass(experiment.data, edges), data_mass(resolve("distributions", q), edges)
    score = experiment.loss.optimal_score(*map(torch.from_numpy, (edges, mass_p, mass_q)))
    return LineSnapshot(
        experiment=experiment,
        step=1,
        d_updates=1,
        scalars={},
        edges=edges,
        p=mass_p,
        q=mass_q,
        exact=True,
        score=score.numpy(),
        discriminator=experiment.loss.discriminate(score).numpy(),
        arrows_z=np.zeros(1),
        arrows_x=np.zeros(1),
        latent_window=(-1, 1),
    )


def gaussian(mean: float, std: float = 1) -> dict[str, object]:
    return {"name": "gaussian", "mean": mean, "std": std}


def measure(name: str, snapshot: LineSnapshot) -> float:
    return resolve("metrics", name).measure(snapshot)


@pytest.mark.parametrize(("d", "jsd"), [(0.5, 0.030311), (1, 0.111421), (2, 0.336831), (4, 0.632720)])
def test_divergences_of_equal_gaussians(d, jsd):
    snapshot = snapshot_of(gaussian(0), gaussian(d))
    assert measure("jsd", snapshot) == pytest.approx(jsd, abs=2e-5)
    assert measure("w1", snapshot) == pytest.approx(d, rel=1e-3)
    assert measure("cost", snapshot) == pytest.approx(-math.log(4) + 2 * jsd, abs=5e-5)
    assert measure("value", snapshot) == pytest.approx(measure("cost", snapshot), abs=1e-9)
    assert kolmogorov_smirnov(snapshot) == pytest.approx(math.erf(d / 2 / math.sqrt(2)), abs=1e-3)


def test_far_away_mass_is_not_lost():
    trainer = Trainer(small(data=gaussian(5, 0.05)))
    assert measure("jsd", trainer.snapshot()) == pytest.approx(math.log(2), abs=1e-3)
    assert measure("w1", trainer.snapshot()) == pytest.approx(5, abs=0.8)


@pytest.mark.parametrize("loss", ["minimax", "nonsaturating", "least_squares", "wasserstein"])
def test_what_the_screen_says_at_equilibrium(loss):
    snapshot = snapshot_of(gaussian(1, 0.7), gaussian(1, 0.7), loss=loss)
    experiment = snapshot.experiment
    for name in ("jsd", "w1", "value", "cost"):
        reference = resolve("metrics", name).at_equilibrium(experiment)
        assert measure(name, snapshot) == pytest.approx(reference, abs=1e-9)
    assert measure("jsd", snapshot) == 0
    if loss in ("minimax", "nonsaturating"):
        assert measure("cost", snapshot) == pytest.approx(-1.386294, abs=1e-6)
    star = optimal_discriminator(snapshot)
    assert np.nanmax(np.abs(star - experiment.loss.decision())) < 1e-12
    assert at_equilibrium(snapshot)
    assert distance_from_optimum(snapshot) < 1e-12


def test_the_two_ways_to_the_jensen_shannon_divergence_agree():
    snapshot = snapshot_of(gaussian(0), gaussian(1.5))
    assert jensen_shannon(snapshot) == pytest.approx(resolve("metrics", "jsd").measure(snapshot), abs=1e-12)
    assert jensen_shannon(snapshot) > 0.1


def test_no_stage_speaks_of_a_discriminator_that_is_not_there():
    without = Trainer(small(loss="mmd")).snapshot()
    assert "there is no D" in stage_name("a", without)
    assert "partially accurate classifier" in stage_name("a", snapshot_of(gaussian(0), gaussian(1)))


def test_not_at_equilibrium():
    assert not at_equilibrium(snapshot_of(gaussian(0), gaussian(0.3)))


def test_optimal_discriminator_of_two_gaussians():
    snapshot = snapshot_of(gaussian(0), gaussian(2))
    x = centers(snapshot.edges)
    near = np.abs(x - 1) < 3
    exact = 1 / (1 + np.exp(2 * x[near] - 2))
    assert np.abs(optimal_discriminator(snapshot)[near] - exact).max() < 1e-3


def test_critic_potential_is_w1():
    snapshot = snapshot_of(gaussian(0), gaussian(2), loss="wasserstein")
    assert measure("cost", snapshot) == pytest.approx(2, rel=1e-3)


def test_v_never_exceeds_c():
    for loss in ("minimax", "least_squares"):
        trainer = Trainer(small(loss=loss))
        for snapshot in trainer.run(60, every=10):
            assert measure("value", snapshot) <= measure("cost", snapshot) + 1e-9
