"""Every preset of a failure or a cure does what its line says. The rest of the presets are covered elsewhere."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ganviz import Diverged, Trainer, preset


def trained(name: str, steps: int) -> Trainer:
    trainer = Trainer(preset(name))
    trainer.advance(steps)
    return trainer


def moments(trainer: Trainer) -> tuple[float, float]:
    """Mean and standard deviation of p_g, by its cells."""
    snapshot = trainer.snapshot()
    x = (snapshot.edges[1:] + snapshot.edges[:-1]) / 2
    mean = float(np.sum(snapshot.q * x))
    return mean, math.sqrt(float(np.sum(snapshot.q * (x - mean) ** 2)))


def course(trainer: Trainer, steps: int, every: int) -> list[tuple[float, float, float]]:
    """(mean, standard deviation, JSD) of p_g every so many steps."""
    seen = []
    for _ in range(steps // every):
        trainer.advance(every)
        seen.append((*moments(trainer), trainer.measure("jsd")))
    return seen


def test_helvetica_hops_and_two_time_scales_cure_it():
    seen = course(trained("helvetica", 1000), 2000, 100)
    assert np.median([spread for _, spread, _ in seen]) < 0.4, "a spike: the data spread over 1.6"
    sides = np.sign([mean for mean, _, _ in seen])
    assert np.count_nonzero(sides[1:] != sides[:-1]) > 5, "that hops"
    assert np.median([jsd for *_, jsd in seen]) > 0.4
    cured = course(trained("helvetica-cured", 500), 1000, 100)
    assert min(spread for _, spread, _ in cured) > 1.2
    assert np.median([jsd for *_, jsd in cured]) < 0.1


def test_the_gradient_vanishes_and_nonsaturating_cures_it():
    stuck, cured = trained("vanishing-gradient", 400), trained("vanishing-gradient-cured", 400)
    assert stuck.snapshot().scalars["grad_g"] < 1e-6
    assert stuck.measure("w1") > 2
    assert cured.snapshot().scalars["grad_g"] > 1e-2
    assert cured.measure("w1") < stuck.measure("w1") - 0.5


def test_too_fast_loses_its_numbers_and_clipping_cures_it():
    with pytest.raises(Diverged):
        trained("too-fast", 200)
    assert trained("too-fast-cured", 1000).measure("jsd") < 0.15


def test_oscillation_goes_on_for_ever():
    seen = course(trained("oscillation", 1000), 2000, 25)
    means = np.array([mean for mean, *_ in seen]) - 1.0
    assert np.count_nonzero(np.sign(means[1:]) != np.sign(means[:-1])) > 5, "p_g swings past the data"
    assert np.abs(means).max() > 0.2


@pytest.mark.long
def test_kl_covers_where_reverse_kl_chooses():
    _, spread = moments(trained("kl-covers", 1200))
    assert spread == pytest.approx(math.sqrt(2**2 + 0.6**2), abs=0.2), "the spread of the whole mixture"
    mean, spread = moments(trained("reverse-kl-chooses", 1200))
    assert abs(mean) == pytest.approx(2, abs=0.2)
    assert spread == pytest.approx(0.6, abs=0.1)


def test_no_discriminator_arrives():
    trainer = trained("no-discriminator", 1500)
    assert trainer.measure("jsd") < 0.06
    assert trainer.measure("value") < 0.01


def distance(trainer: Trainer) -> float:
    return math.hypot(*(float(trainer.state[player]["parameters"]) for player in "gd"))


@pytest.mark.parametrize(
    ("name", "low", "high"), [("dirac-gan", 1.5, 5.0), ("dirac-r1", 0.0, 1e-4), ("dirac-wgan-gp", 1.5, 2.1)]
)
def test_dirac_games_grow_shrink_and_cycle(name, low, high):
    trainer = trained(name, 400)
    for _ in range(100):
        trainer.step()
        assert low <= distance(trainer) <= high
