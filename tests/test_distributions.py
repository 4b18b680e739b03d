"""Distributions and latents: every sampler against its own density."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from conftest import every

from ganviz import Invalid
from ganviz.contracts.counted import Counted
from ganviz.option import resolve
from ganviz.spaces.line.cells import data_mass, edges_for

HARD = [
    {"name": "student_t", "df": 1},
    {"name": "beta", "alpha": 0.5, "beta": 0.5},
    {"name": "mixture", "modes": 8, "spacing": 1, "std": 0.1},
    {"name": "curve", "points": [[-1, 1], [0, 1], [1, 3]]},
    {"name": "uniform", "center": 2, "width": 0.2},
]
CASES = [pytest.param(built, id=p.id) for p in every("distributions") if (built := p.values[0]()).shape == (1,)] + [
    pytest.param(resolve("distributions", fields), id=f"hard-{fields['name']}") for fields in HARD
]


@pytest.mark.parametrize("data", CASES)
def test_samples_follow_the_density(data):
    """Kolmogorov-Smirnov against the quadrature of the density: 100,000 samples, p > 1e-6 for a right sampler."""
    n = 100_000
    samples = data.sample(n, Counted(0, "test"))
    assert samples.shape == (n, 1)
    assert samples.dtype == torch.float32
    assert samples.isfinite().all()
    edges = edges_for(data)
    expected = np.concatenate([[0], np.cumsum(data_mass(data, edges))])
    found = np.searchsorted(np.sort(samples.squeeze(1).double().numpy()), edges) / n
    assert np.abs(found - expected).max() < 2.7 / np.sqrt(n)


def test_a_point_has_mass_and_no_density():
    data = resolve("distributions", {"name": "dirac", "at": 0.5})
    edges = np.linspace(-1, 1, 8)
    assert data_mass(data, edges).tolist() == [0, 0, 0, 0, 0, 1, 0]
    assert data.log_prob(torch.tensor([0.4, 0.5])).tolist() == [-math.inf, math.inf]


@pytest.mark.parametrize("data", [case for case in CASES if "dirac" not in str(case.id)])
def test_density_integrates_to_one(data):
    """By the midpoint rule on a fine grid that holds all but the outermost mass, independent of the cells."""
    low, high = data.window()
    reach = 3000 if data.option_name() == "student_t" else 1
    t = (torch.arange(2_000_000, dtype=torch.float64) + 0.5) / 2_000_000 * 2 - 1
    middle, half = (low + high) / 2, (high - low) / 2
    x = middle + half * reach * t**3 if reach > 1 else middle + 2 * half * t
    width = half * reach * 3 * t**2 * 1e-6 if reach > 1 else torch.full_like(t, 2 * half * 1e-6)
    tolerance = 2e-3 if data.option_name() in ("student_t", "beta") else 1e-4
    assert float((data.log_prob(x).exp() * width).sum()) == pytest.approx(1, abs=tolerance)


@pytest.mark.parametrize("data", CASES)
def test_window_holds_nearly_all_samples(data):
    low, high = data.window()
    inside = data.sample(20_000, Counted(1, "test"))
    assert float(((inside > low) & (inside < high)).float().mean()) > (
        0.9 if data.option_name() == "student_t" else 0.995
    )


def test_known_moments():
    samples = resolve("distributions", {"name": "laplace", "mean": 1, "scale": 0.5}).sample(400_000, Counted(0, "m"))
    assert float(samples.mean()) == pytest.approx(1, abs=0.006)
    assert float(samples.var()) == pytest.approx(0.5, abs=0.01)
    samples = resolve("distributions", {"name": "beta", "alpha": 2, "beta": 5}).sample(400_000, Counted(0, "m"))
    assert float(samples.mean()) == pytest.approx(4 * 2 / 7 - 2, abs=0.004)
    means = resolve("distributions", {"name": "mixture", "modes": 3, "spacing": 2}).means()
    assert means.tolist() == [-2, 0, 2]


@pytest.mark.parametrize("latent", every("latents"))
def test_quantile_agrees_with_samples(latent):
    z = latent(dim=3).sample(100_000, Counted(0, "z"))
    assert z.shape == (100_000, 3)
    u = torch.linspace(0.001, 0.999, 99, dtype=torch.float64)
    for coordinate in z.double().unbind(1):
        quantile = latent().quantile(u)[:, None]
        # Of both inequalities, because a latent may be a point.
        below, upto = ((coordinate < quantile).double().mean(1), (coordinate <= quantile).double().mean(1))
        assert (below - u).max() < 2.7 / np.sqrt(100_000)
        assert (u - upto).max() < 2.7 / np.sqrt(100_000)
    assert latent().quantile(torch.tensor([0.0, 1.0], dtype=torch.float64)).isfinite().all()


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ([[0, 1], [0, 1]], "increasing x"),
        ([[0, 1], [1, -1]], "must not be negative"),
        ([[0, 0], [1, 0]], "above 0"),
        ([[0, 1]], "at least 2"),
    ],
)
def test_a_curve_must_be_a_density(points, message):
    with pytest.raises(Invalid, match=message):
        resolve("distributions", {"name": "curve", "points": points})
