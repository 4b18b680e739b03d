"""The preset figure-1 shows what the paper's Figure 1 says, on every seed."""

from __future__ import annotations

import math

import pytest

from ganviz import Trainer, preset

EVERY = 400


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seed", "steps"),
    [
        pytest.param(0, 12_000, marks=pytest.mark.long),
        (1, 6_400),
        *(pytest.param(seed, 12_000, marks=pytest.mark.full) for seed in (1, 2, 3, 4)),
    ],
)
def test_p_g_arrives_at_p_data_and_stays(seed: int, steps: int) -> None:
    trainer = Trainer(preset("figure-1").replace(seed=seed))
    assert trainer.measure("jsd") > 0.3, "it starts somewhere else"
    trainer.advance(steps * 4 // 5)
    for _ in range(steps // 5 // EVERY):
        trainer.advance(EVERY)
        assert trainer.measure("jsd") <= 0.015
    assert trainer.measure("jsd") <= 0.01
    assert abs(trainer.measure("cost") + math.log(4)) <= 0.02
