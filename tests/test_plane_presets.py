"""The presets of the plane do what their lines say."""

from __future__ import annotations

import numpy as np
import pytest

from ganviz import Trainer, preset
from ganviz.metrics._coverage import mode_shares


def trained(name: str, steps: int) -> Trainer:
    trainer = Trainer(preset(name))
    trainer.advance(steps)
    return trainer


def held(trainer: Trainer) -> int:
    """Modes that have at least a hundredth of the good fakes."""
    return int((mode_shares(trainer.snapshot()) > 0.01).sum())


def test_the_fast_generator_jumps_around_the_ring():
    trainer = trained("ring", 1000)
    modes, spreads, angles = [], [], []
    for _ in range(15):
        trainer.advance(200)
        fake = trainer.snapshot().fake
        modes.append(held(trainer))
        spreads.append(np.hypot(*fake.std(0)))
        angles.append(np.arctan2(*fake.mean(0)[::-1]))
    assert np.median(modes) <= 2
    assert np.median(spreads) < 0.5, "one blob: the ring itself spreads by 1"
    turned = np.abs(np.angle(np.exp(1j * np.diff(angles))))
    assert np.count_nonzero(turned > 0.5) >= 5, "that jumps"


def test_unrolling_cures_it():
    trainer = trained("ring-unrolled", 300)
    modes, spreads = [], []
    for _ in range(4):
        trainer.advance(150)
        modes.append(trainer.measure("modes"))
        spreads.append(np.hypot(*trainer.snapshot().fake.std(0)))
    assert np.median(modes) >= 5
    assert np.median(spreads) > 0.8, "spread over the whole ring"


@pytest.mark.parametrize(("name", "steps", "good"), [("ring-r3gan", 2000, 0.5), ("ring-wgan-gp", 1250, 0.2)])
def test_the_cured_rings_hold_all_modes(name, steps, good):
    trainer = trained(name, steps)
    assert trainer.measure("modes") == 8
    assert trainer.measure("high_quality") > good
    assert trainer.measure("reverse_kl") < 0.2


@pytest.mark.parametrize(("name", "steps"), [("grid-pacgan", 2000), ("grid-wgan-gp", 400)])
def test_the_grids_are_covered(name, steps):
    trainer = trained(name, steps)
    assert trainer.measure("modes") >= 20
    assert trainer.measure("reverse_kl") < 1, "one mode alone would have log 25 = 3.2"


@pytest.mark.parametrize(
    ("name", "steps", "mmd"),
    [
        ("swiss-roll", 500, 0.02),
        ("shapes-line", 1500, 0.02),
        ("shapes-gaussians", 4500, 0.05),
        ("shapes-ring", 3000, 0.02),
        ("shapes-disjoint", 3000, 0.09),
    ],
)
def test_the_shapes_are_learnt(name, steps, mmd):
    before, after = trained(name, 0), trained(name, steps)
    assert abs(after.measure("mmd")) < min(mmd, before.measure("mmd") / 2)


def test_the_critic_of_a_generator_that_stands_still():
    trainer = trained("critic-contours", 600)
    moved = trainer.snapshot().fake - trained("critic-contours", 0).snapshot().fake
    assert np.abs(moved).max() < 1e-3, "p_g stays where it is"
    centers = trainer.experiment.data.bumps().centers.numpy()
    there, middle = trainer.discriminate(centers).mean(), trainer.discriminate(trainer.snapshot().fake).mean()
    assert there > middle + 0.3
    a, b = trainer.discriminate(centers * 0.7).mean(), trainer.discriminate(centers * 0.9).mean()
    assert 0.5 < (b - a) / (0.2 * np.sqrt(2)) < 8, "it rises towards the modes"
