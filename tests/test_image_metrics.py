"""The measures of pictures, against closed forms, independent float64 computations, and samplers good and bad."""

from __future__ import annotations

import gc
import math
import re
import weakref
from dataclasses import fields, replace
from functools import lru_cache
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from conftest import every, small
from torch.utils._python_dispatch import TorchDispatchMode

from ganviz import Experiment, Trainer
from ganviz.distributions.mnist import Mnist
from ganviz.lab.seen import Seen
from ganviz.metrics import _images
from ganviz.metrics._digits import DigitMetric, shares, training_features, training_shares
from ganviz.metrics._distances import to_nearest, to_nearest_other
from ganviz.metrics._images import ImageMetric, Sample, some
from ganviz.metrics._neighbours import covered
from ganviz.metrics.as_told import AsTold
from ganviz.metrics.base import readings
from ganviz.metrics.classifier_score import score
from ganviz.metrics.frechet import distance, moments
from ganviz.metrics.parzen import CONTEXT, SIGMAS, Estimate, log_likelihoods, parzen_estimate
from ganviz.option import find, resolve
from ganviz.spaces.images.collection import pixels
from ganviz.spaces.images.requests import Draw
from ganviz.spaces.images.snapshot import ImageSnapshot
from ganviz.written import written

MNIST = Mnist()
# as_told belongs to games whose players are told a class: see test_conditional.py.
METRICS = [p for p in every("metrics") if issubclass(p.values[0], ImageMetric) and p.values[0] is not AsTold]
BY_CLASSIFIER = {"classifier_score", "frechet", "digits", "digit_kl", "image_precision", "image_recall"}
N = 10_000

rng = np.random.default_rng


def measured(name: str, kind: str) -> float:
    """A metric of one of the samplers below."""
    return resolve("metrics", name).measure(snapshot(kind))


@lru_cache
def snapshot(kind: str) -> ImageSnapshot:
    return snapshot_of(pictures(kind))


def snapshot_of(pictures: np.ndarray, data: Mnist = MNIST) -> ImageSnapshot:
    """A snapshot in which nothing is known but the fakes."""
    known = {"experiment": small(data=data), "step": 0, "d_updates": 0, "scalars": {}}
    drawn = {Draw(N): {"x": pictures, "condition": np.empty((len(pictures), 0))}}
    return ImageSnapshot(**({field.name: None for field in fields(ImageSnapshot)} | known | {"answers": drawn}))


def floor(name: str) -> float:
    return resolve("metrics", name).at_equilibrium(small(data=MNIST))


@lru_cache
def pictures(kind: str) -> np.ndarray:
    """10,000 fakes of a sampler."""
    if kind == "noise":
        return rng(0).random((N, 28, 28), dtype=np.float32)
    if kind == "one digit":
        return some(MNIST.training()[MNIST.training_labels() == 1], N, "test")[:5000].repeat(2, 0)
    if kind == "one picture":
        return pictures("real")[:1].repeat(N, 0)
    if kind == "shifted copies":
        return np.roll(pictures("copies"), 1, axis=2)
    return some({"real": MNIST.validation(), "copies": MNIST.training()}[kind], N, "test")


# --------------------------------------------------------------------------------------------------- all of them


def test_all_are_here_and_fit_pictures_only():
    names = {p.values[0].option_name() for p in METRICS}
    assert names == BY_CLASSIFIER | {"parzen", "duplicates", "memorised"}
    assert {p.values[0].option_name() for p in METRICS if issubclass(p.values[0], DigitMetric)} == BY_CLASSIFIER
    clothes = SimpleNamespace(data=SimpleNamespace(space="images", shows_digits=False))
    for name in names:
        metric = find("metrics", name)
        assert metric.slow
        assert metric.fits(small(data=MNIST))
        assert metric.fits(clothes) == (name not in BY_CLASSIFIER)
        assert not any(metric.fits(small(data=data)) for data in ("ring", "gaussian"))
    assert not find("metrics", "w2").fits(small(data=MNIST))


def test_one_snapshot_is_drawn_and_classified_once(monkeypatch):
    seen, classified = [], _images.features
    monkeypatch.setattr(_images, "features", lambda x: seen.append(len(x)) or classified(x))
    _images.held_out(MNIST).features  # noqa: B018
    seen.clear()
    gc.collect()  # what another test has left behind
    kept, mine = set(_images._known), snapshot_of(pictures("one picture"))
    for name in ("classifier_score", "digit_kl", "digits", "frechet", "image_precision", "image_recall", "duplicates"):
        assert resolve("metrics", name).requests(mine.experiment) == (Draw(N),)
        resolve("metrics", name).measure(mine)
    assert seen == [N]
    assert set(_images._known) == kept | {id(mine)}
    del mine
    gc.collect()
    assert set(_images._known) == kept, "what belongs to a snapshot goes with it"


def test_what_several_metrics_ask_is_answered_once():
    asked, shown = [], snapshot_of(pictures("one picture"))
    bare = replace(shown, answers={})
    probe = SimpleNamespace(
        snapshot=lambda: bare, answer=lambda request: asked.append(request) or shown.answers[request]
    )
    seen = Seen(probe)
    assert seen.answered(()) is bare
    first = seen.answered((Draw(N),))
    assert seen.answered((Draw(N),)) is first, "so that they share what is worked out of it"
    assert asked == [Draw(N)]


@pytest.mark.parametrize("option", METRICS)
def test_lost_numbers_are_not_known(option):
    lost = np.array(pictures("real"))
    lost[-1, 5, 5] = np.nan
    assert math.isnan(option().measure(snapshot_of(lost)))


def test_a_trainer_measures_them():
    trainer = Trainer(small(data="mnist"))
    assert 1 <= trainer.measure("classifier_score") < 2, "an untrained G draws grey"


def test_fewer_held_out_pictures_are_compared_with_as_many_fakes():
    sevens = Mnist(digits="7")
    sizes = {p.values[0].option_name(): p.values[0]().samples(sevens) for p in METRICS}
    real = len(sevens.training())
    assert real < N
    assert sizes == dict.fromkeys(sizes, 1028) | {"parzen": real}, "MNIST has 1028 sevens to test with"
    assert resolve("metrics", "digits").at_equilibrium(small(data=sevens)) == 1
    perfect = resolve("metrics", "frechet").at_equilibrium(small(data=sevens))
    assert 0 < perfect < 1
    real = some(sevens.training(), 2000, "test")
    frechet = resolve("metrics", "frechet")
    good, narrow = (frechet.measure(snapshot_of(x, sevens)) for x in (real, real[:50].repeat(40, 0)))
    assert good == pytest.approx(perfect, abs=0.3)
    assert narrow > good + 0.5
    assert 1 < resolve("metrics", "digit_kl").measure(snapshot_of(pictures("real")[:2000], sevens)) < 10


# ------------------------------------------------------------------------------------------------------- samplers


TOLERANCE = {
    "classifier_score": 0.03,
    "frechet": 0.06,
    "digits": 0,
    "digit_kl": 0.001,
    "image_precision": 0.08,
    "image_recall": 0.08,
    "duplicates": 0.008,
    "memorised": 0.008,
}


@pytest.mark.parametrize("name", TOLERANCE)
def test_pictures_that_nobody_has_seen_sit_at_the_floor(name):
    """MNIST's validation pictures as fakes: as good as a sampler can be."""
    assert measured(name, "real") == pytest.approx(floor(name), abs=TOLERANCE[name])


def test_the_floors_are_numbers_that_make_sense():
    assert 9.8 < floor("classifier_score") < 9.9
    assert 0.02 < floor("frechet") < 0.2
    assert floor("digits") == 10
    assert 0 < floor("digit_kl") < 0.002
    assert 0.35 < floor("image_precision") < 0.6, "half of the balls count"
    assert 0.35 < floor("image_recall") < 0.6
    assert floor("duplicates") == pytest.approx(0.01, abs=1e-3), "by the definition of what is near"
    assert floor("memorised") == pytest.approx(0.01, abs=5e-3)


def test_noise_is_far_off():
    assert measured("classifier_score", "noise") < 1.5
    assert measured("frechet", "noise") > 200 * floor("frechet")
    assert measured("digits", "noise") < 3
    assert measured("digit_kl", "noise") > 1
    assert measured("image_precision", "noise") < 0.1
    assert measured("image_recall", "noise") < 0.05
    assert measured("duplicates", "noise") == 0


def test_one_digit_is_a_collapse():
    assert measured("digits", "one digit") == 1
    assert measured("classifier_score", "one digit") == pytest.approx(1.02, abs=0.05)
    share = float((MNIST.training_labels() == 1).double().mean())
    assert measured("digit_kl", "one digit") == pytest.approx(math.log(1 / share), abs=0.06)
    assert measured("image_precision", "one digit") > floor("image_precision")
    assert measured("image_recall", "one digit") < 0.2
    assert measured("frechet", "one digit") > 200 * floor("frechet")
    assert measured("duplicates", "one digit") > 0.9, "every one of them is there twice"


def test_one_picture_is_a_collapse():
    assert measured("classifier_score", "one picture") == pytest.approx(1, abs=1e-12)
    assert measured("duplicates", "one picture") == 1
    assert measured("image_recall", "one picture") < 0.01
    assert math.isfinite(measured("frechet", "one picture")), "a covariance of 0 is no accident"


@pytest.mark.slow
def test_copies_are_caught():
    assert measured("memorised", "copies") == 1
    assert measured("duplicates", "copies") == pytest.approx(0.01, abs=0.008), "different copies"
    assert measured("frechet", "copies") < floor("frechet")
    assert measured("memorised", "shifted copies") < 0.1, "as its documentation admits"


# ---------------------------------------------------------------------------------------------------------- Parzen


def log_density(x: np.ndarray, centers: np.ndarray, sigma: float) -> np.ndarray:
    """The same in float64, straight from the formula."""
    squares = (x**2).sum(1)[:, None] + (centers**2).sum(1) - 2 * x @ centers.T
    peak = -squares.min(1) / (2 * sigma**2)
    inner = np.exp(-squares / (2 * sigma**2) - peak[:, None]).mean(1)
    return peak + np.log(inner) - centers.shape[1] * math.log(sigma * math.sqrt(2 * math.pi))


def test_parzen_in_two_dimensions():
    centers, x = torch.tensor([[0.0, 0.0], [1.0, 1.0]]), torch.tensor([[0.0, 0.0], [0.5, 0.5]])
    (values,) = log_likelihoods(x, centers, [0.5])
    assert values == pytest.approx([-1.126580, -1.451583], abs=2e-6)


@pytest.mark.parametrize(("sigma", "expected"), [(0.167, 673.5), (0.215, 475.4), (0.278, 274.0)])
def test_parzen_of_a_single_exact_hit(sigma, expected):
    centers = torch.full((10_000, 784), 50.0)
    centers[123] = 0.0
    (values,) = log_likelihoods(torch.zeros(1, 784), centers, [sigma])
    assert values[0] == pytest.approx(expected, abs=0.06)


def test_parzen_against_float64():
    samples, x = (some(part, 600, "test").reshape(600, -1) for part in (MNIST.training(), MNIST.held_out()))
    computed = log_likelihoods(torch.from_numpy(x[:150]), torch.from_numpy(samples), list(SIGMAS))
    for sigma, values in zip(SIGMAS, computed, strict=True):
        expected = log_density(x[:150].astype(np.float64), samples.astype(np.float64), sigma)
        assert values == pytest.approx(expected, rel=1e-5, abs=0.01)


def test_parzen_chooses_the_width_on_validation_alone():
    samples, validation, test = (
        some(part, n, "test")
        for part, n in ((MNIST.training(), 500), (MNIST.validation(), 100), (MNIST.held_out(), 80))
    )
    found = parzen_estimate(samples, validation, test)
    means = [log_density(flat(validation), flat(samples), sigma).mean() for sigma in SIGMAS]
    assert found.sigma == SIGMAS[int(np.argmax(means))]
    assert 0 < np.argmax(means) < 9, "inside the grid"
    values = log_density(flat(test), flat(samples), found.sigma)
    assert found == pytest.approx(values.mean(), abs=0.01)
    assert found.error == pytest.approx(values.std() / math.sqrt(80), rel=1e-4)
    assert parzen_estimate(samples, samples, test).sigma == SIGMAS[0], "the narrowest, where they are the samples"


def flat(x: np.ndarray) -> np.ndarray:
    return x.reshape(len(x), -1).astype(np.float64)


def test_the_grid_is_the_published_one():
    published = [0.1, 0.1292, 0.1668, 0.2154, 0.2783, 0.3594, 0.4642, 0.5995, 0.7743, 1]
    assert pytest.approx(published, abs=5e-5) == SIGMAS


@pytest.mark.slow
def test_parzen_by_the_protocol():
    """Training pictures as fakes: what stands on the screen beside the number, from other training pictures."""
    assert measured("parzen", "copies") == pytest.approx(floor("parzen"), abs=3)
    assert 235 < floor("parzen") < 250


# ----------------------------------------------------------------------------------------------- score and distance


def test_score_in_closed_form():
    row = rng(0).dirichlet(np.ones(10))
    assert score(np.tile(row, (1000, 1))) == pytest.approx(1, abs=1e-12)
    assert score(np.eye(10)) == pytest.approx(10)
    assert score(np.eye(10)[[3, 3, 3, 8]]) == pytest.approx(math.exp(-0.75 * math.log(0.75) - 0.25 * math.log(0.25)))
    half = np.array([[0.5, 0.5, 0], [0, 0.5, 0.5]])
    # The mean is (¼, ½, ¼): each row has a divergence of ½ log 2.
    assert score(half) == pytest.approx(math.sqrt(2))


def test_frechet_distance_in_closed_form():
    eye = np.eye(2)
    assert distance(np.zeros(2), eye, np.array([1, 0.5]), 0.25 * eye) == pytest.approx(1.75, abs=1e-12)
    assert distance(np.zeros(2), eye, np.zeros(2), eye) == pytest.approx(0, abs=1e-12)
    flat, line = np.zeros((2, 2)), np.diag([4.0, 0.0])
    assert distance(np.zeros(2), flat, np.ones(2), flat) == pytest.approx(2)
    assert distance(np.zeros(2), line, np.zeros(2), line) == pytest.approx(0, abs=1e-12), "singular"
    assert distance(np.zeros(2), line, np.zeros(2), np.diag([0.0, 9.0])) == pytest.approx(13), "nothing in common"


def test_frechet_distance_against_an_unsymmetric_root():
    one, two = (moments(rng(seed).normal(size=(50, 8)) @ rng(seed + 9).normal(size=(8, 8))) for seed in (1, 2))
    root = np.sqrt(np.linalg.eigvals(one[1] @ two[1]).real).sum()
    expected = np.sum((one[0] - two[0]) ** 2) + np.trace(one[1]) + np.trace(two[1]) - 2 * root
    assert distance(*one, *two) == pytest.approx(expected, rel=1e-9)
    assert distance(*two, *one) == pytest.approx(expected, rel=1e-9)
    assert one[1] == pytest.approx(np.cov(rng(1).normal(size=(50, 8)) @ rng(10).normal(size=(8, 8)), rowvar=False))


# ------------------------------------------------------------------------------------------------ digits and distances


def test_digits_and_their_divergence_in_closed_form():
    # 20 of the digits 0 to 3, 10 of 4 and 5: all of them more than 5 %; then 4 of 6, which is less.
    drawn = np.repeat([0, 1, 2, 3, 4, 5, 6], [20, 20, 20, 16, 10, 10, 4])
    sample = SimpleNamespace(probabilities=np.eye(10)[drawn])
    share = np.bincount(drawn, minlength=10) / 100
    assert shares(sample.probabilities) == pytest.approx(share)
    assert find("metrics", "digits")().of(sample, MNIST) == 6
    counts = np.bincount(MNIST.training_labels().numpy(), minlength=10) / 50_000
    assert training_shares(MNIST) == pytest.approx(counts, abs=2e-3), "as the classifier sees them"
    expected = sum(p * math.log(p / q) for p, q in zip(share, counts, strict=True) if p)
    assert find("metrics", "digit_kl")().of(sample, MNIST) == pytest.approx(expected, abs=0.02)


def test_exactly_five_percent_is_enough():
    drawn = np.repeat([0, 1, 2], [91, 5, 4])
    assert find("metrics", "digits")().of(SimpleNamespace(probabilities=np.eye(10)[drawn]), MNIST) == 2


def test_distances_against_float64():
    one, two = rng(0).random((700, 20)), rng(1).random((300, 20))
    exact = np.sqrt(((one[:, None] - two[None]) ** 2).sum(2))
    x, y = torch.from_numpy(one), torch.from_numpy(two)
    lengths = y.square().sum(1)
    assert to_nearest(x, y, lengths) == pytest.approx(exact.min(1), abs=1e-9)
    assert to_nearest(x.float(), y.float(), lengths.float()) == pytest.approx(exact.min(1), abs=1e-4)
    among = np.sqrt(((one[:, None] - one[None]) ** 2).sum(2))
    np.fill_diagonal(among, np.inf)
    assert to_nearest_other(x) == pytest.approx(among.min(1), abs=1e-9)
    twice = torch.cat([x[:5], x[:1]])
    assert to_nearest_other(twice)[[0, 5]] == pytest.approx([0, 0], abs=1e-6)
    assert to_nearest_other(twice)[1] > 0.1


def test_only_the_smallest_balls_count():
    # Balls of radius 3 around 0, 1, 2, 3 (their 3rd neighbours), and of 98 around 100.
    by = np.array([[0.0], [1], [2], [3], [100]])
    points = np.array([[-2.5], [0.5], [5.5], [50], [200]])
    assert covered(points, by) == pytest.approx(4 / 5)
    assert covered(points, by, kept=0.8) == pytest.approx(3 / 5)
    # Half of five are three: the two in the middle reach 2 far, and one of the others 3.
    assert covered(np.array([[50.0]]), by, kept=0.5) == 0


# ----------------------------------------------------------------------------------------------------- the state line


def test_the_state_line_of_pictures():
    measures = {
        "parzen": 224.6,
        "digits": 9.0,
        "classifier_score": 9.125,
        "frechet": 2.5,
        "digit_kl": 0.01234,
        "image_precision": 0.4,
        "image_recall": 0.35,
        "duplicates": 0.0234,
        "memorised": math.nan,
    }
    perfect = {"digits": 10.0, "classifier_score": 9.85, "frechet": 0.083, "parzen": 242.2}
    assert unexplained(readings(measures, perfect)) == [
        "digits <b>9</b> of 10",
        "classifier score <b>9.12</b> (real: 9.85)",
        "Fréchet distance² <b>2.50</b> (floor 0.08)",
        "KL of the digits <b>0.0123</b> (floor –)",
        "precision <b>0.40</b> (real: –)",
        "recall <b>0.35</b> (real: –)",
        "duplicates <b>2.3 %</b> (real: –)",
        "Parzen <b>225</b> nats (real: 242)",
    ]


def unexplained(pieces: list[str]) -> list[str]:
    """Without what those read who point at a word."""
    return [re.sub("</?abbr.*?>", "", piece) for piece in pieces]


def test_the_state_line_says_of_which_step_a_number_is_and_shouts_the_newest_alone():
    measures = {"digits": 9.0, "frechet": 2.5, "image_precision": 0.4, "image_recall": 0.3, "parzen": -59.0}
    steps = {"digits": 2300, "frechet": 2300, "image_precision": 2180, "image_recall": 2300, "parzen": 0}
    assert unexplained(readings(measures, {}, steps, 2428)) == [
        "at step <b>2,300</b>: digits <b>9</b> of –",
        "Fréchet distance² <b>2.50</b> (floor –)",
        "precision 0.40 (real: –) at step 2,180",
        "recall <b>0.30</b> (real: –) at step 2,300",
        "Parzen −59 nats (real: –) at step 0",
    ]
    assert unexplained(readings(measures, {}, steps, 2300)) == [
        "digits <b>9</b> of –",
        "Fréchet distance² <b>2.50</b> (floor –)",
        "precision 0.40 (real: –) at step 2,180",
        "recall <b>0.30</b> (real: –)",
        "Parzen −59 nats (real: –) at step 0",
    ], "what is of now says no step"
    late = steps | {"digits": 2200}
    assert unexplained(readings(measures, {}, late, 2428))[:2] == [
        "digits 9 of – at step 2,200",
        "at step <b>2,300</b>: Fréchet distance² <b>2.50</b> (floor –)",
    ], "never under another's step"


def test_the_state_line_of_the_plane_says_of_which_step_its_slow_numbers_are():
    measures = {"modes": 7.0, "w2": 0.3, "mmd": 0.5}
    assert unexplained(readings(measures, {}, {"w2": 1000, "mmd": 1000}, 1200)) == [
        "modes <b>7</b> of –",
        "at step <b>1,000</b>: W₂ <b>0.30</b> (floor –)",
        "MMD² <b>0.5000</b> (floor –)",
    ]


def test_a_parzen_estimate_is_read_with_its_error():
    def reading(*known: float) -> str:
        return re.sub("<.*?>", "", readings({"parzen": Estimate(*known[:-1])}, {"parzen": known[-1]})[0])

    assert reading(225.2, 2.04, 0.1668, 242.1) == "Parzen 225 ± 2 nats, σ 0.17 (real: 242)"
    assert reading(-712.4, 0.23, 1.0, math.nan) == "Parzen −712 ± 0.2 nats, σ 1.00 (real: –)"
    for number in ("138 ± 2", "121 ± 1.6", "214 ± 1.1", "225 ± 2"):
        assert number in CONTEXT
        assert number in " ".join(find("metrics", "parzen").help().split())
    assert CONTEXT in readings({"parzen": 225.0}, {})[0]


def test_the_state_line_of_the_plane_in_full():
    measures = {
        "mmd": -0.0001,
        "precision": math.nan,
        "recall": 0.875,
        "two_sample": 0.005,
        "w2": 0.318,
        "high_quality": 0.5,
        "modes": 7.0,
        "reverse_kl": 0.0,
    }
    perfect = {
        "mmd": 0.0,
        "recall": 0.9,
        "two_sample": 0.5,
        "high_quality": 0.98889,
        "modes": 8.0,
        "reverse_kl": 0.0014,
    }
    assert " · ".join(unexplained(readings(measures, perfect))) == (
        "modes <b>7</b> of 8 · high quality <b>0.500</b> (perfect: 0.989) · reverse KL <b>0.0000</b> (floor 0.0014) · "
        "W₂ <b>0.32</b> (floor –) · MMD² <b>−0.0001</b> (floor 0.0000) · "
        "recall <b>0.88</b> (perfect: 0.90) · two-sample test p = <b>0.005</b> (on average 0.500)"
    )
    (line,) = unexplained(readings({"jsd": 0.25}, {"jsd": 0.0}))
    assert line == "JSD <b>0.250</b> (perfect: 0.000)", "what none overrides"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-434_759_598_080.0, "−4.3e11"),
        (1e6, "1.0e6"),
        (999_999.4, "999999.400"),
        (-0.0004, "0.000"),
        (1e100, "1.0e100"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, "–"),
    ],
)
def test_what_has_run_away_is_written_shortly(value, text):
    assert written(value, 3) == text


def test_what_is_known_of_a_whole_is_known_of_its_beginning():
    whole = Sample(pictures("real")[:300], np.empty((300, 0)))
    assert np.array_equal(whole.first(100).features, whole.features[:100])
    assert np.array_equal(whole.first(100).pictures, whole.pictures[:100])
    assert len(whole.first(1000).pictures) == 300
    assert training_features(MNIST).shape == (50_000, 64)


# ---------------------------------------------------------------------------------------- pictures of the reader's own


BY_PIXELS = ("duplicates", "memorised", "parzen")


@pytest.fixture
def own(tmp_path):
    """Experiments on collections of 120 pictures."""

    def made(number: int) -> Experiment:
        path = tmp_path / f"{number}.npz"
        np.savez(path, rng(number).integers(0, 256, (120, 28, 28), dtype=np.uint8))
        return small(data={"name": "images", "path": str(path)})

    return made


def test_parzen_knows_how_sure_it_is(own):
    data = own(0).data
    fakes = rng(9).random((N, 28, 28), dtype=np.float32)
    found = resolve("metrics", "parzen").measure(snapshot_of(fakes, data))
    centers, validation, test = (
        flat(x) for x in (fakes[:96], data.validation().numpy() / 255, data.held_out().numpy() / 255)
    )
    assert found.sigma == max(SIGMAS, key=lambda sigma: log_density(validation, centers, sigma).mean())
    values = log_density(test, centers, found.sigma)
    assert found == pytest.approx(values.mean(), abs=0.01), "as many centres as there are training pictures"
    assert found.error == pytest.approx(values.std() / math.sqrt(12), rel=1e-3)


class Watch(TorchDispatchMode):
    """Remembers the shape of whatever is computed."""

    def __init__(self) -> None:
        super().__init__()
        self.shapes: set[tuple[int, ...]] = set()

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        self.shapes.add(tuple(getattr(result, "shape", ())))
        return result


def test_the_training_pictures_are_squared_once(own):
    data, memorised = own(0).data, resolve("metrics", "memorised")
    fakes = snapshot_of(rng(9).random((N, 28, 28), dtype=np.float32), data)
    first = memorised.measure(fakes)
    with Watch() as watch:
        assert memorised.measure(fakes) == first
    assert (12, 784) in watch.shapes, "the fakes"
    assert tuple(pixels(data).shape) not in watch.shapes


# The last one: it forgets what the others share.
def test_no_more_than_two_collections_are_remembered(own):
    kept = []
    for number in range(5):
        experiment = own(number)
        for name in BY_PIXELS:
            resolve("metrics", name).at_equilibrium(experiment)
        kept.append(weakref.ref(experiment.data.pictures))
    del experiment
    gc.collect()
    assert [ref() is not None for ref in kept] == [False, False, False, True, True]
