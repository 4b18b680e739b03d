"""Densities of the plane: every sampler against its own density, and both against closed forms."""

from __future__ import annotations

import functools
import json
import math

import numpy as np
import pytest
import torch
from conftest import every

from ganviz import Invalid
from ganviz.contracts.counted import Counted
from ganviz.distributions._noisy_curves import NoisyCurve
from ganviz.distributions.cloud import Cloud
from ganviz.option import resolve

HARD = [
    {"name": "ring", "radius": 1, "std": 0.01},
    {"name": "grid", "modes": 5, "spacing": 2, "std": 0.05},
    {"name": "grid", "modes": 5, "spacing": 0.7072, "std": 0.01768},
    {"name": "gaussian_2d", "mean_x": -3, "mean_y": 2, "std_x": 0.5, "std_y": 2, "correlation": -0.95},
    {"name": "swiss_roll", "noise": 3},
    {"name": "two_moons", "radius": 0.2, "noise": 1},
    {"name": "two_circles", "ratio": 0.05, "noise": 0.2},
    {"name": "spiral", "arms": 3, "turns": 0, "noise": 0.2},
    {"name": "spiral", "arms": 1, "turns": 3, "noise": 0.15},
    {"name": "line", "length": 0.2, "angle": -90, "noise": 1},
    {"name": "pinwheel", "arms": 2, "radius": 0.5, "rate": -1, "radial_std": 0.5, "tangential_std": 0.5},
    {"name": "banana", "bend": -1, "width": 0.1},
    {"name": "checkerboard", "squares": 3, "reach": 0.5},
    {"name": "disjoint", "gap": 0.05, "balance": 0.05},
    {"name": "cloud", "points": [[0, 0], [0, 0], [3, -2]], "brush": 1},
    {"name": "picture", "pixels": ["10f", "002"]},
]
CASES = [
    pytest.param(built, id=case.id) for case in every("distributions") if (built := case.values[0]()).shape == (2,)
] + [pytest.param(resolve("distributions", fields), id=f"hard-{i}-{fields['name']}") for i, fields in enumerate(HARD)]
N = 200_000
CELLS = 60


@functools.cache
def drawn(data):
    return data.sample(N, Counted(0, "plane test"))


def midpoints(low, high, n):
    return low + (torch.arange(n, dtype=torch.float64) + 0.5) * (high - low) / n


@functools.cache
def masses(data):
    """Half the side of a square around 0 twice as large as the window, and the mass in each of its CELLS² cells.

    By the midpoint rule, with fewer points for densities that are themselves long sums. For those that jump, the point
    is a random one of each little square, so that errors along the jumps cancel instead of adding up.
    """
    reach = 2 * data.window()[1]
    corners = torch.cartesian_prod(*[midpoints(-reach, reach, 160)] * 2)
    jumps = bool((data.log_prob(corners) == -math.inf).any())
    each = 8 if isinstance(data, NoisyCurve | Cloud) else 30 if jumps else 20
    width = 2 * reach / (CELLS * each)
    x = torch.cartesian_prod(*[midpoints(-reach, reach, CELLS * each)] * 2)
    if jumps:
        x += width * (Counted(0, "jitter").uniform(*x.shape, dtype=torch.float64) - 0.5)
    density = data.log_prob(x).exp().reshape(CELLS, each, CELLS, each)
    return reach, (density.sum((1, 3)) * width**2).numpy(), jumps


def misfit(samples, reach, mass):
    """Chi-square of the counts of samples, in deviations from what it is for a sampler of that mass (normal, about)."""
    ends = np.linspace(-reach, reach, CELLS + 1)
    found, _, _ = np.histogram2d(*samples.double().numpy().T, bins=[ends, ends])
    enough = mass * len(samples) > 10
    expected = np.append(mass[enough], 1 - mass[enough].sum()) * len(samples)
    found = np.append(found[enough], len(samples) - found[enough].sum())
    terms = (found - expected)[expected > 10] ** 2 / expected[expected > 10]
    return float((terms.sum() - len(terms)) / math.sqrt(2 * len(terms)))


@pytest.mark.parametrize("data", CASES)
def test_density_integrates_to_one(data):
    _, mass, jumps = masses(data)
    assert mass.sum() == pytest.approx(1, abs=1e-3 if jumps else 1e-4)


@pytest.mark.parametrize("data", CASES)
def test_samples_follow_the_density(data):
    samples = drawn(data)
    assert samples.shape == (N, 2)
    assert samples.dtype == torch.float32
    assert samples.isfinite().all()
    reach, mass, _ = masses(data)
    assert abs(misfit(samples, reach, mass)) < 6


@pytest.mark.parametrize("scale", [0.98, 1.02])
@pytest.mark.parametrize("name", ["gaussian_2d", "swiss_roll", "pinwheel", "checkerboard", "picture"])
def test_a_wrong_sampler_would_be_noticed(name, scale):
    reach, mass, _ = masses(resolve("distributions", name))
    assert misfit(scale * drawn(resolve("distributions", name)), reach, mass) > 8


@pytest.mark.parametrize("data", CASES)
def test_window_is_a_square_that_holds_nearly_all_samples(data):
    low, high = data.window()
    assert low < high
    farthest = drawn(data).abs().amax(1)
    assert float((farthest < high).double().mean()) > 0.995
    assert float((farthest > 0.4 * high).double().mean()) > 0.005, "more air than data"


@pytest.mark.parametrize("data", CASES)
def test_log_prob_keeps_the_precision_and_ends_outside(data):
    samples = drawn(data)[:2000]
    exact, rounded = data.log_prob(samples.double()), data.log_prob(samples)
    assert (exact.dtype, rounded.dtype) == (torch.float64, torch.float32)
    assert exact.shape == rounded.shape == (2000,)
    assert exact.isfinite().all()
    torch.testing.assert_close(rounded.double(), exact, atol=0.01, rtol=1e-4)
    for far in (60.0, 1e4, 1e15):
        outside = torch.tensor([[far, 0], [0, -far], [far, far], [-far, far]])
        assert (data.log_prob(outside) < -100).all()
        assert (data.log_prob(outside.double()) < -100).all()
    assert data.log_prob(samples[:0]).shape == (0,)


@pytest.mark.parametrize("data", CASES)
def test_same_generator_same_samples(data):
    one, two, other = (data.sample(100, Counted(seed, "test")) for seed in (3, 3, 4))
    assert torch.equal(one, two)
    assert not torch.equal(one, other)


def on_circle(radius_squared, noise=0.0):
    """Covariance of an isotropic law of mean 0 with that E|x|² plus noise."""
    return np.eye(2) * (radius_squared / 2 + noise**2)


ACROSS = np.array([math.cos(math.pi / 6), math.sin(math.pi / 6)])
MOMENTS = [
    ({"name": "ring", "modes": 8, "radius": 2, "std": 0.1}, (0, 0), on_circle(4, 0.1)),
    # The variance of k equally likely numbers at distance d is d² (k² − 1) / 12.
    ({"name": "grid", "modes": 4, "spacing": 1.5, "std": 0.2}, (0, 0), np.eye(2) * (1.5**2 * 15 / 12 + 0.2**2)),
    (
        {"name": "gaussian_2d", "mean_x": 1, "mean_y": -2, "std_x": 0.5, "std_y": 2, "correlation": -0.4},
        (1, -2),
        [[0.25, -0.4], [-0.4, 4]],
    ),
    ({"name": "two_circles", "radius": 2, "ratio": 0.5, "noise": 0.1}, (0, 0), on_circle((4 + 1) / 2, 0.1)),
    # Columns and rows of an even board are all half dark: uniform marginals; E xy = (Σ ± c / k)² over the middles c.
    ({"name": "checkerboard", "squares": 4, "reach": 2}, (0, 0), [[4 / 3, 1 / 4], [1 / 4, 4 / 3]]),
    ({"name": "banana", "length": 1, "bend": 0.5, "width": 0.3}, (0, 0), [[1, 0], [0, 2 * 0.5**2 + 0.3**2]]),
    (
        {"name": "line", "length": 3, "angle": 30, "noise": 0.2},
        (0, 0),
        9 / 12 * np.outer(ACROSS, ACROSS) + 0.2**2 * np.eye(2),
    ),
    ({"name": "disjoint", "side": 1, "gap": 1, "balance": 0.75}, (-0.5, 0), [[0.75 + 1 / 12, 0], [0, 1 / 12]]),
    ({"name": "pinwheel", "radius": 2, "radial_std": 0.3, "tangential_std": 0.2}, (0, 0), on_circle(4 * 1.13)),
    ({"name": "spiral", "arms": 3, "radius": 2, "noise": 0.1}, (0, 0), on_circle(4 * (1 + 0.04) / 2, 0.1)),
    # E(c − ½)² = ½ + ¼ and E(s − ¼)² = ½ + 1/16 − 1/π for (c, s) on the upper half circle, where E cs = 0, Es = 2/π.
    (
        {"name": "two_moons", "radius": 1, "noise": 0.1},
        (0, 0),
        np.array([[0.76, 1 / 8 - 1 / math.pi], [1 / 8 - 1 / math.pi, 0.5725 - 1 / math.pi]]),
    ),
    ({"name": "cloud", "points": [[1, 0], [-1, 0], [0, 3]], "brush": 0.5}, (0, 1), [[2 / 3 + 0.25, 0], [0, 2.25]]),
    # Three parts at the upper left, one at the lower right: pixels of side 2, their middles at ±1.
    ({"name": "picture", "pixels": ["30", "01"]}, (-0.5, 0.5), np.array([[13, -9], [-9, 13]]) / 12),
]


@pytest.mark.parametrize(("fields", "mean", "covariance"), MOMENTS, ids=[f["name"] for f, _, _ in MOMENTS])
def test_known_moments(fields, mean, covariance):
    samples = drawn(resolve("distributions", fields)).double().numpy()
    around = samples - np.array(mean)
    assert np.all(np.abs(around.mean(0)) < 5 * around.std(0) / math.sqrt(N))
    products = around[:, :, None] * around[:, None, :]
    assert np.all(np.abs(products.mean(0) - covariance) < 5 * products.std(0) / math.sqrt(N))


def test_swiss_roll_is_that_of_sklearn():
    random = np.random.default_rng(0)
    t = 1.5 * np.pi * (1 + 2 * random.random(N))
    roll = np.stack([t * np.cos(t), 21 * random.random(N), t * np.sin(t)], 1) + 0.25 * random.standard_normal((N, 3))
    other = torch.from_numpy(roll[:, [0, 2]] / 7.5)
    reach, mass, _ = masses(resolve("distributions", "swiss_roll"))
    assert abs(misfit(other, reach, mass)) < 6


def test_noisy_segment_in_closed_form():
    """On the axis: the difference of two normal distribution functions, times a normal density across."""
    data = resolve("distributions", {"name": "line", "length": 2, "angle": 0, "noise": 0.02})
    along = torch.linspace(-1.08, 1.08, 1001, dtype=torch.float64)
    x = torch.stack([along, torch.full_like(along, 0.03)], 1)
    share = (torch.special.ndtr((along + 1) / 0.02) - torch.special.ndtr((along - 1) / 0.02)) / 2
    across = math.exp(-(1.5**2) / 2) / (0.02 * math.sqrt(2 * math.pi))
    torch.testing.assert_close(data.log_prob(x).exp(), share * across, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("noise", [0.02, 0.1, 1.0])
def test_noisy_circles_in_closed_form(noise):
    """A uniform circle of radius R plus noise has the density exp(−(r² + R²)/2σ²) I₀(rR/σ²) / (2πσ²)."""
    data = resolve("distributions", {"name": "two_circles", "radius": 1, "ratio": 0.3, "noise": noise})
    r = torch.linspace(0, 2, 500, dtype=torch.float64)
    expected = sum(
        (-((r - big) ** 2) / (2 * noise**2)).exp() * torch.special.i0e(r * big / noise**2) / (4 * math.pi * noise**2)
        for big in (1, 0.3)
    )
    angle = torch.linspace(0, 7, 500, dtype=torch.float64)
    found = data.log_prob(torch.stack([r * angle.cos(), r * angle.sin()], 1)).exp()
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5 * float(expected.max()))


@pytest.mark.parametrize(("name", "k"), [("ring", 8), ("grid", 25)])
def test_modes_are_distinct_and_a_perfect_sampler_is_of_high_quality(name, k):
    data = resolve("distributions", name)
    bumps = data.bumps()
    between = torch.pdist(bumps.centers)
    assert bumps.centers.shape == (k, 2)
    assert float(between.min()) > 6 * bumps.std
    nearest, which = torch.cdist(drawn(data).double(), bumps.centers).min(1)
    assert float((nearest <= 3 * bumps.std).double().mean()) == pytest.approx(1 - math.exp(-4.5), abs=1.2e-3)
    counts = which.bincount(minlength=k).double()
    assert float((counts - N / k).abs().max()) < 5 * math.sqrt(N / k)


def test_published_modes_can_be_reached():
    pacgan = resolve("distributions", {"name": "grid", "modes": 5, "spacing": 2, "std": 0.05})
    places = (-4.0, -2.0, 0.0, 2.0, 4.0)
    assert {tuple(c) for c in pacgan.bumps().centers.tolist()} == {(a, b) for a in places for b in places}
    wgan_gp = resolve("distributions", {"name": "ring", "modes": 8, "radius": 1.4144, "std": 0.01414})
    assert wgan_gp.bumps().centers[0].tolist() == [1.4144, 0]


def test_a_picture_stands_upright():
    """The top row of the pixels is on top, the first pixel of a row on the left."""
    data = resolve("distributions", {"name": "picture", "pixels": ["f000", "0000", "0005"]})
    x = torch.tensor([[-1.9, 1.4], [1.9, -1.4], [1.9, 1.4], [-1.9, -1.4], [-1.9, 1.6], [0.0, 0.0]])
    expected = torch.tensor([0.75, 0.25, 0, 0, 0, 0])
    torch.testing.assert_close(data.log_prob(x).exp(), expected)


def test_the_drawn_defaults_have_the_size_of_a_drawing():
    heart, letters = (resolve("distributions", name) for name in ("cloud", "picture"))
    assert 100 <= len(heart.points) <= 200
    assert 1.5 < float(heart.centers().abs().max()) <= 2
    assert {len(row) for row in letters.pixels} == {34}


@pytest.mark.parametrize("name", ["cloud", "picture"])
def test_drawings_survive_json(name):
    data = resolve("distributions", name)
    again = resolve("distributions", json.loads(json.dumps(data.to_dict())))
    assert again == data
    assert torch.equal(again.sample(100, Counted(0, "j")), data.sample(100, Counted(0, "j")))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"points": [[0, 0], [10.5, 0]]}, "must lie between -10 and 10, not at (10.5, 0.0)"),
        ({"points": [[0, -math.inf]]}, "finite"),
        ({"points": [[0, math.nan]]}, "finite"),
        ({"points": []}, "at least 1"),
        ({"points": [[0, 0]] * 4097}, "at most 4096"),
        ({"points": [[0, 0, 0]]}, "at most 2"),
        ({"points": ["heart"]}, "tuple"),
        ({"pixels": ["0f", "f"]}, "equally long"),
        ({"pixels": ["f", "f"]}, "2 to 64 pixels, not 1"),
        ({"pixels": ["f" * 65] * 2}, "2 to 64 pixels, not 65"),
        ({"pixels": ["ff"]}, "at least 2"),
        ({"pixels": ["ff"] * 65}, "at most 64"),
        ({"pixels": ["", ""]}, "2 to 64 pixels, not 0"),
        ({"pixels": ["0f", "fg"]}, "0 to 9 and a to f, not 'g'"),
        ({"pixels": ["0f", "F0"]}, "0 to 9 and a to f, not 'F'"),
        ({"pixels": ["00", "00"]}, "above 0"),
    ],
)
def test_a_drawing_must_be_a_density(fields, message):
    name = "cloud" if "points" in fields else "picture"
    with pytest.raises(Invalid) as error:
        resolve("distributions", {"name": name, **fields})
    text = str(error.value)
    assert message in text
    assert text.endswith(".")
    assert "\n" not in text
