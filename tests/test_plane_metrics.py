"""The measures of the plane, against closed forms and independent float64 computations."""

from __future__ import annotations

import itertools
import math
from functools import lru_cache

import numpy as np
import pytest
from conftest import every, small

from ganviz import options
from ganviz.contracts.counted import Counted
from ganviz.losses._kernels import HALVINGS, WIDEST
from ganviz.metrics import mmd
from ganviz.metrics._coverage import mode_shares
from ganviz.metrics._neighbours import covered
from ganviz.metrics._plane import PlaneMetric
from ganviz.metrics._real_pairs import PAIRS
from ganviz.metrics.two_sample import p_value
from ganviz.metrics.w2 import transport
from ganviz.option import find, resolve
from ganviz.spaces.plane.snapshot import PlaneSnapshot

N, REPEATS = 2500, 24
RING = {"name": "ring", "modes": 8, "radius": 1, "std": 0.05}
BLURRED = RING | {"std": 0.3}
GRID = {"name": "grid", "modes": 5, "spacing": 2, "std": 0.05}
DATA = {"ring": RING, "blurred": BLURRED, "grid": GRID, "swiss_roll": "swiss_roll"}
METRICS = [p for p in every("metrics") if issubclass(p.values[0], PlaneMetric)]
CASES = [
    pytest.param(*p.values, kind, id=f"{p.id}-{kind}")
    for p in METRICS
    for kind, data in DATA.items()
    if p.values[0].fits(small(data=data))
]


def snapshot_of(data, real, fake) -> PlaneSnapshot:
    """A snapshot with these samples, in which nothing else is known."""
    line, square = np.zeros(2), np.zeros((2, 2))
    return PlaneSnapshot(
        experiment=small(data=data),
        step=0,
        d_updates=0,
        scalars={},
        axis=line,
        fine_axis=line,
        density=square,
        estimate=square,
        real=np.asarray(real),
        fake=np.asarray(fake),
        discriminator=square,
        on_real=line,
        on_fake=line,
        pull=square,
        grid_image=np.zeros((2, 2, 2)),
        latent_grid=np.zeros((2, 2, 2)),
        grid_density=np.zeros((1, 1)),
    )


def real(data, n: int = N, seed: int = 0) -> np.ndarray:
    return resolve("distributions", data).sample(n, Counted(seed, "test")).numpy()


def normal(n: int, mean=(0.0, 0.0), std: float = 1.0, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(mean, std, (n, 2))


def measure(name: str, data, fake, against=None) -> float:
    against = real(data) if against is None else against
    return resolve("metrics", name).measure(snapshot_of(data, against, fake))


@lru_cache
def perfect(kind: str) -> list[PlaneSnapshot]:
    """Snapshots of a perfect sampler."""
    data = DATA[kind]
    draws = [real(data, 2 * N, seed) for seed in range(100, 100 + REPEATS)]
    return [snapshot_of(data, draw[:N], draw[N:]) for draw in draws]


# -------------------------------------------------------------------------------------------------------- all of them


def test_all_are_here():
    names = {p.values[0].option_name() for p in METRICS}
    assert names >= {"modes", "high_quality", "reverse_kl", "w2", "mmd", "precision", "recall", "two_sample"}


@pytest.mark.parametrize(("option", "kind"), CASES)
def test_at_equilibrium_is_what_a_perfect_sampler_gets(option, kind):
    experiment = perfect(kind)[0].experiment
    values = [option().measure(snapshot) for snapshot in perfect(kind)]
    error = np.std(values, ddof=1) * math.sqrt(1 / REPEATS + 1 / PAIRS)
    assert option().at_equilibrium(experiment) == pytest.approx(np.mean(values), rel=1e-9, abs=4 * error)
    assert option().at_equilibrium(experiment) == option().at_equilibrium(experiment)


@pytest.mark.parametrize("option", METRICS)
def test_order_does_not_matter(option):
    data, order = RING, np.r_[np.random.default_rng(0).permutation(500), np.arange(500, N)]
    one, two = real(data), real(data, seed=1) + 0.03
    before = snapshot_of(data, one.copy(), two.copy())
    value = option().measure(before)
    assert np.array_equal(before.real, one)
    assert np.array_equal(before.fake, two)
    assert option().measure(before) == value
    shuffled = option().measure(snapshot_of(data, one[order], two[order]))
    # The relabellings of the test are random, so that they meet others in another order.
    slack = 4 * math.sqrt(2 * 0.25 / 200) if option.option_name() == "two_sample" else 1e-9
    assert shuffled == pytest.approx(value, rel=1e-9, abs=slack)


@pytest.mark.parametrize("option", METRICS)
@pytest.mark.parametrize("lost", [math.inf, math.nan, 1e38])
def test_a_fake_at_infinity_is_no_accident(option, lost):
    """One in thousands is far away (good for nothing, and all others are as they were), or it is not known where."""
    name, fake = option.option_name(), real(RING, seed=1)
    before = measure(name, RING, fake)
    fake[3] = lost
    found, slack = measure(name, RING, fake), 2 / 500
    if math.isnan(lost) or (math.isinf(lost) and name in ("mmd", "recall", "two_sample")):
        assert math.isnan(found), "∞ − ∞"
    elif name == "w2":
        assert found == math.inf if math.isinf(lost) else found == pytest.approx(1e38 * math.sqrt(2 / 500), rel=1e-3)
    elif name == "recall":
        assert before <= found <= 1, "its ball reaches everywhere"
    elif name == "two_sample":
        assert 1 / 200 <= found <= 1
    else:
        assert found == pytest.approx(before, abs=slack)


def test_what_they_fit():
    line, roll, ring = (small(data=data) for data in ("gaussian", "swiss_roll", "ring"))
    for option in (p.values[0] for p in METRICS):
        assert not option.fits(line)
        assert option.fits(ring)
    assert not any(find("metrics", name).fits(roll) for name in ("modes", "high_quality", "reverse_kl"))
    assert all(find("metrics", name).fits(roll) for name in ("w2", "mmd", "precision", "recall", "two_sample"))


def test_perfect_samplers_are_kept_for_every_distribution():
    """The numbers of a perfect sampler are cached by the data, which must be hashable for that."""
    for name in options("distributions"):
        data = find("distributions", name)()
        if data.shape == (2,):
            assert 0 < mmd.typical_distance(data) < 100


# ----------------------------------------------------------------------------------------------------------- coverage

CROSS = {"name": "ring", "modes": 4, "radius": 2, "std": 0.25}
"""Centres (2, 0), (0, 2), (−2, 0), (0, −2); good within 0.75."""

HAND_MADE = np.array([[2, 0], [2.7499, 0], [2.75, 0], [2.5, 0.5], [2.6, 0.6], [0, 1.2501], [0, 0], [-2.2, 0.1]])
"""Good: yes, yes, no (3σ is not nearer than 3σ), yes, no, yes, no, yes."""


def test_good_samples_are_counted_by_hand():
    assert measure("modes", CROSS, HAND_MADE) == 3
    assert measure("high_quality", CROSS, HAND_MADE) == 5 / 8
    expected = sum(h * math.log(4 * h) for h in (3 / 5, 1 / 5, 1 / 5))
    assert measure("reverse_kl", CROSS, HAND_MADE) == pytest.approx(expected, rel=1e-12)
    assert mode_shares(snapshot_of(CROSS, HAND_MADE, HAND_MADE)) == pytest.approx([3 / 5, 1 / 5, 1 / 5, 0])


def test_coverage_against_a_loop():
    data = resolve("distributions", BLURRED)
    samples, centers = real(BLURRED, 400).astype(float) * 1.2, data.centers().numpy()
    good = [0] * 8
    for x, y in samples:
        distances = [math.hypot(x - a, y - b) for a, b in centers]
        if min(distances) < 3 * 0.3:
            good[distances.index(min(distances))] += 1
    assert measure("high_quality", BLURRED, samples) == sum(good) / 400
    assert mode_shares(snapshot_of(BLURRED, samples, samples)) == pytest.approx(np.array(good) / sum(good))


def test_nothing_good():
    far = np.full((10, 2), 9.0)
    assert (measure("modes", RING, far), measure("high_quality", RING, far)) == (0, 0)
    assert math.isnan(measure("reverse_kl", RING, far))
    assert not mode_shares(snapshot_of(RING, far, far)).any()


@pytest.mark.parametrize(("data", "modes", "floor"), [(RING, 8, 0.0014), (GRID, 25, 0.0048)], ids=["ring", "grid"])
def test_perfect_coverage(data, modes, floor):
    share = 1 - math.exp(-4.5)
    many = real(data, 400_000)
    assert measure("modes", data, many) == modes
    assert measure("high_quality", data, many) == pytest.approx(
        0.98889, abs=4 * math.sqrt(share * (1 - share) / len(many))
    )
    values = [measure("reverse_kl", data, part) for part in many.reshape(160, N, 2)]
    assert np.mean(values) == pytest.approx(floor, abs=1e-4 + 4 * np.std(values) / math.sqrt(160))
    assert np.mean(values) > floor / 2
    experiment = small(data=data)
    reference = {name: resolve("metrics", name).at_equilibrium(experiment) for name in ("high_quality", "reverse_kl")}
    assert reference["high_quality"] == share
    assert reference["reverse_kl"] == pytest.approx(floor, abs=6e-5)


@pytest.mark.parametrize(("data", "modes"), [(RING, 8), (GRID, 25)], ids=["ring", "grid"])
def test_collapse_on_one_mode(data, modes):
    center = resolve("distributions", data).centers()[3].numpy()
    fake = normal(N, center, 0.05)
    assert measure("modes", data, fake) == 1
    assert measure("high_quality", data, fake) == pytest.approx(0.98889, abs=0.01)
    assert measure("reverse_kl", data, fake) == pytest.approx(math.log(modes), rel=1e-12)
    assert math.log(modes) == pytest.approx({8: 2.079, 25: 3.219}[modes], abs=5e-4)


def test_half_of_the_modes():
    centers = resolve("distributions", RING).centers().numpy()
    fake = np.repeat(centers[:4], 10, axis=0)
    assert measure("modes", RING, fake) == 4
    assert measure("high_quality", RING, fake) == 1
    assert measure("reverse_kl", RING, fake) == pytest.approx(math.log(2), rel=1e-12)


# ---------------------------------------------------------------------------------------------------------------- W2


def test_w2_of_a_translation_is_the_shift():
    points = real(RING).astype(float)
    assert measure("w2", RING, points + np.array([3.0, -4.0]), points) == pytest.approx(5, rel=1e-12)
    assert measure("w2", RING, points[:500][::-1].copy(), points) == pytest.approx(0, abs=1e-12)


def test_w2_against_all_matchings():
    x, y = normal(6), normal(6, (0.5, -1), 2, seed=1)
    best = min(np.mean(np.sum((x - y[list(order)]) ** 2, axis=1)) for order in itertools.permutations(range(6)))
    assert transport(x, y) == pytest.approx(math.sqrt(best), rel=1e-12)
    assert transport(y, x) == pytest.approx(math.sqrt(best), rel=1e-12)


def test_w2_between_normal_laws():
    """W₂² = ‖m₁ − m₂‖² + 2 (σ₁ − σ₂)², for round normal densities in the plane."""
    value = measure("w2", "swiss_roll", normal(500, (3, 0), 0.5, seed=1), normal(500))
    assert value == pytest.approx(math.sqrt(9 + 2 * 0.25), rel=0.03)


def test_w2_is_finite_or_says_so():
    assert transport(np.zeros((5, 2)), np.zeros((5, 2))) == 0
    assert transport(np.zeros((5, 2)), np.full((5, 2), 1e200)) == math.inf


# ---------------------------------------------------------------------------------------------------------------- MMD

WIDTHS = [WIDEST / 2**i for i in range(HALVINGS + 1)]


def kernel_mean(x, y, scale: float, same: bool) -> float:
    """Mean of k(x_i, y_j) over i and j, without i = j where both samples are the same; a plain loop."""
    values = [
        np.mean([math.exp(-(math.dist(a, b) ** 2) / (2 * (t * scale) ** 2)) for t in WIDTHS])
        for i, a in enumerate(x)
        for j, b in enumerate(y)
        if not (same and i == j)
    ]
    return float(np.mean(values))


def test_mmd_against_a_double_loop():
    x, y = real(RING, 40).astype(float), normal(30, (0.2, 0))
    scale = mmd.typical_distance(resolve("distributions", RING))
    expected = kernel_mean(x, x, scale, True) + kernel_mean(y, y, scale, True) - 2 * kernel_mean(x, y, scale, False)
    assert WIDTHS == [4, 2, 1, 0.5, 0.25]
    assert measure("mmd", RING, y, x) == pytest.approx(expected, rel=1e-10)


def test_the_scale_of_mmd_is_the_median_distance():
    """Between points of a normal density r²/(4σ²) is exponential: the median of r is σ √(4 log 2)."""
    ring = resolve("distributions", {"name": "ring", "modes": 1, "radius": 1, "std": 0.7})
    assert mmd.typical_distance(ring) == pytest.approx(0.7 * math.sqrt(4 * math.log(2)), rel=0.06)


def test_mmd_between_normal_laws():
    """Theory 6.3: E k = t²/(t² + v₁ + v₂) exp(−‖m‖²/(2(t² + v₁ + v₂))) in the plane."""
    data = {"name": "ring", "modes": 1, "radius": 1, "std": 1}
    scale = mmd.typical_distance(resolve("distributions", data))

    def mean_kernel(squared: float, variance: float) -> float:
        parts = [(t * scale) ** 2 + variance for t in WIDTHS]
        return float(np.mean([(p - variance) / p * math.exp(-squared / (2 * p)) for p in parts]))

    expected = mean_kernel(0, 2) + mean_kernel(0, 0.5) - 2 * mean_kernel(1.25, 1.25)
    values = [
        measure("mmd", data, normal(500, (1, 0.5), 0.5, seed), normal(500, seed=100 + seed)) for seed in range(12)
    ]
    assert np.mean(values) == pytest.approx(expected, abs=4 * np.std(values) / math.sqrt(12))
    assert np.mean(values) == pytest.approx(expected, rel=0.1)


def test_mmd_is_unbiased():
    draws = real(RING, 2 * 60 * 100, seed=7).reshape(60, 2, 100, 2)
    values = [measure("mmd", RING, fake, against) for fake, against in draws]
    assert min(values) < 0 < max(values)
    assert np.mean(values) == pytest.approx(0, abs=4 * np.std(values) / math.sqrt(60))
    assert np.std(values) < 0.01


# ----------------------------------------------------------------------------------------------- precision and recall


def naive_cover(points, by) -> float:
    radii = [sorted(math.dist(a, b) for j, b in enumerate(by) if j != i)[2] for i, a in enumerate(by)]
    inside = [any(math.dist(p, b) <= r for b, r in zip(by, radii, strict=True)) for p in points]
    return sum(inside) / len(inside)


def test_precision_and_recall_against_a_loop():
    x, y = normal(60), normal(50, (1.5, 0), seed=1)
    assert measure("precision", "swiss_roll", y, x) == naive_cover(y, x)
    assert measure("recall", "swiss_roll", y, x) == naive_cover(x, y)
    assert 0 < naive_cover(y, x) < 1 > naive_cover(x, y) > 0


def test_equal_and_disjoint_samples():
    x = real(RING)
    assert measure("precision", RING, x, x) == measure("recall", RING, x, x) == 1
    assert measure("precision", RING, x + 50, x) == measure("recall", RING, x + 50, x) == 0


def test_the_edge_of_a_ball_belongs_to_it():
    line = np.array([[0.0, 0], [1, 0], [2, 0], [3, 0]])
    assert covered(np.array([[-3.0, 0], [-3.0001, 0], [6, 0], [6.0001, 0]]), line) == 0.5


def test_one_of_two_clusters():
    data = {"name": "ring", "modes": 2, "radius": 5, "std": 0.1}
    both = real(data, 1000)
    right = both[both[:, 0] > 0]
    share = len(right) / len(both)
    assert measure("precision", data, right, both) == 1
    assert measure("recall", data, right, both) == share == pytest.approx(0.5, abs=0.06)
    fresh = normal(1000, (5, 0), 0.1, seed=3)
    assert measure("precision", data, fresh, both) == pytest.approx(1, abs=0.06)
    assert measure("recall", data, fresh, both) == pytest.approx(0.5, abs=0.06)


# ------------------------------------------------------------------------------------------------------ two-sample test


def energy(x, y) -> float:
    across, one, two = (np.mean([math.dist(a, b) for a in s for b in t]) for s, t in ((x, y), (x, x), (y, y)))
    return 2 * across - one - two


def test_p_against_every_relabelling():
    x, y = normal(5), normal(4, (1.2, 0), seed=1)
    pooled = np.concatenate([x, y])
    splits = [set(split) for split in itertools.combinations(range(9), 5)]
    energies = [energy(pooled[sorted(s)], pooled[sorted(set(range(9)) - s)]) for s in splits]
    exact = np.mean([e >= energy(x, y) - 1e-12 for e in energies])
    assert 0.02 < exact < 0.5
    assert p_value(x, y) == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / 199) + 1 / 200)


def test_p_is_uniform_where_nothing_differs():
    draws = real(RING, 40 * 1000, seed=11).reshape(40, 2, 500, 2)
    values = np.sort([measure("two_sample", RING, fake, against) for fake, against in draws])
    steps = np.arange(41) / 40
    distance = max(np.abs(values - steps[1:]).max(), np.abs(values - steps[:-1]).max())
    assert distance < 1.63 / math.sqrt(40), "Kolmogorov and Smirnov would say so in 1 of 100 cases"
    assert np.mean(values) == pytest.approx(0.5, abs=4 / math.sqrt(12 * 40))
    assert resolve("metrics", "two_sample").at_equilibrium(small(data=RING)) == 0.5


@pytest.mark.parametrize("seed", range(5))
def test_p_is_small_where_something_differs(seed):
    fake = real(RING, 500, seed)
    assert measure("two_sample", RING, fake + 0.3) < 0.01
    center = resolve("distributions", RING).centers()[0].numpy()
    assert measure("two_sample", RING, normal(500, center, 0.05, seed)) == 1 / 200


def test_p_of_equal_samples_is_1():
    x = real(RING, 500)
    assert measure("two_sample", RING, x, x) == 1
    assert p_value(np.zeros((9, 2)), np.zeros((9, 2))) == 1
