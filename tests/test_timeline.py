"""The past of a run: kept in bounded memory, gone back to, and computed again."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from conftest import same, same_run, small

from ganviz import Invalid, Trainer
from ganviz.engine.run import Run
from ganviz.lab import timeline
from ganviz.lab.alarm import Alarm
from ganviz.lab.history import History
from ganviz.lab.moment import Moment
from ganviz.lab.recorder import Recorder
from ganviz.lab.timeline import Timeline, size

IMAGES = small(data="mnist", latent={"name": "normal", "dim": 16})


def moment(step: int, megabytes: float = 0.01) -> Moment:
    """A moment whose state takes so much memory, or would."""
    state = {"g": torch.zeros(1, dtype=torch.float32).expand(round(megabytes * 2**20 / 4))}
    return Moment(Run(IMAGES, IMAGES, torch.float32, state, step, step, moves=step), History(), Alarm(0), None)


def steps(kept: Timeline) -> list[int]:
    return [each.run.g_updates for each in kept.moments()]


def test_size_counts_every_tensor():
    trainer = Trainer(IMAGES)
    parameters = sum(trainer.state[player]["parameters"].numel() for player in "gd")
    # Adam keeps two numbers a parameter; counters are few.
    assert 12 * parameters <= size(trainer.state) < 12 * parameters + 200


@pytest.mark.parametrize(("megabytes", "most"), [(0.01, timeline.KEEP), (10, 25), (45, 5), (300, timeline.FEW)])
def test_it_is_bounded_in_memory_and_reaches_back_to_the_start(megabytes, most):
    kept = Timeline(moment(0, megabytes))
    for step in range(100, 100_000, 100):
        kept.keep(moment(step, megabytes))
        assert len(kept.moments()) <= most
    assert len(kept.moments()) == most
    assert most * megabytes <= max(256, timeline.FEW * megabytes)
    at = np.array(steps(kept))
    assert (at[0], at[-1]) == (0, 99_900)
    ages = at[-1] - at[1:-1]
    assert ages[-1] <= 200, "what is recent is there"
    # Even on a logarithmic scale: no ratio of ages is more than five times what the best division of them would have.
    best = 999 ** (1 / (most - 1))
    assert np.max(ages[:-1] / ages[1:]) < 5 * best


def test_going_back_goes_far_enough_and_no_farther_than_it_must():
    kept = Timeline(moment(0, 10))
    for step in range(100, 20_000, 100):
        kept.keep(moment(step, 10))
    then = kept.back_to(19_900 - 500)
    assert 19_400 - 500 < then.run.g_updates <= 19_400
    assert steps(kept)[-1] == then.run.g_updates
    assert kept.moments(0)[-1].run.g_updates == 19_900, "the branch that was left is kept"
    assert kept.back_to(-5).run.g_updates == 0
    assert kept.back_to(-5).run.g_updates == 0, "the first stays"


def test_branches_share_the_memory():
    kept = Timeline(moment(0))
    for _ in range(5):
        for step in range(steps(kept)[-1] + 100, steps(kept)[-1] + 10_001, 100):
            kept.keep(moment(step))
        kept.back_to(steps(kept)[-1] // 2)
    assert len(kept) == 6
    everything = {id(each) for branch in range(6) for each in kept.moments(branch)}
    assert len(everything) <= timeline.KEEP
    for branch in range(6):
        assert all(one < two for one, two in pairwise(each.run.moves for each in kept.moments(branch)))


def test_a_run_goes_back_to_what_it_was(monkeypatch):
    monkeypatch.setattr("ganviz.lab.recorder.EVERY", 2)
    monkeypatch.setattr(timeline, "MEMORY", 1)
    run = Recorder(small(), "eager")
    states = {}
    for _ in range(30):
        run.step()
        states[run.trainer.step_count] = run.trainer.state
    assert len(run.timeline.moments()) == timeline.FEW
    run.go_back(5)
    assert 0 < run.trainer.step_count <= 25
    assert same(run.trainer.state, states[run.trainer.step_count])


@pytest.mark.parametrize("path", ["native", pytest.param("eager", marks=pytest.mark.long)])
def test_any_step_of_the_past_can_be_had_again(path, monkeypatch):
    """On every branch, with half-steps and changes of numbers and of structure on the way."""
    monkeypatch.setattr("ganviz.lab.recorder.EVERY", 7)
    monkeypatch.setattr(timeline, "KEEP", 6)
    run = Recorder(small(), path)
    then: dict[tuple[int, int], Run] = {}

    def note() -> None:
        then.setdefault((run.timeline.current, run.trainer.step_count), run.trainer.run_value)

    for events in (0, 1, 2):
        for i in range(60):
            run.step()
            note()
            if i == 20 + events:
                run.trainer.change(lr_d=2e-3 * (events + 1))
            if i == 31:
                run.trainer.change(regularizers=["r1"] if events % 2 else ["ema"])
            if i == 42:
                run.step_discriminator()
                run.step_generator()
                note()
        if events < 2:
            run.go_back(35)
    assert len(run.timeline) == 3
    for (branch, step), value in then.items():
        assert same_run(run.at(step, branch), value), (branch, step)
    with pytest.raises(Invalid, match="never came to step 5,000"):
        run.at(5000)
    with pytest.raises(Invalid, match="never came to step -1"):
        run.at(-1)
