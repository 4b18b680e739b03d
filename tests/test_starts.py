"""Starts: a preset at some age, kept small."""

from __future__ import annotations

import pytest
import torch
from conftest import same, small

from ganviz import Invalid, Trainer, preset
from ganviz.presets import preset_names
from ganviz.training.starts import read, starts, write


@pytest.fixture
def kept(tmp_path):
    trainer = Trainer(small(d_steps=2, regularizers=["r1"]))
    trainer.advance(20)
    return trainer, write(trainer, "mine", 90.0, "an abacus", tmp_path)


def test_both_players_are_as_they_were_to_three_digits(kept):
    trainer, path = kept
    again = read(path).trainer()
    for player in "gd":
        then, now = trainer.state[player]["parameters"], again.state[player]["parameters"]
        assert now.dtype == torch.float32
        assert torch.allclose(then, now, rtol=2**-10, atol=1e-6)
        assert not torch.equal(then, now), "half precision"
    assert (again.step_count, int(again.state["d"]["updates"])) == (20, 40)


def test_it_goes_on_with_the_minibatches_that_come_next(kept):
    trainer, path = kept
    again, once_more = (read(path).trainer() for _ in range(2))
    for each in (again, once_more):
        each.advance(5)
    assert same(again.state, once_more.state)
    assert torch.equal(again._noise.draw("g", 25)["z"], trainer._noise.draw("g", 25)["z"])


def test_it_says_how_it_was_made(kept):
    trainer, path = kept
    start = read(path)
    assert start.experiment == trainer.experiment
    assert start.about == "mine, trained for 20 steps (640 real samples) in 2 min on an abacus."


def test_an_averaged_generator_is_kept_as_it_is_shown(tmp_path):
    trainer = Trainer(small(regularizers=["ema"]))
    trainer.advance(20)
    shown = trainer._game.shown(trainer.state)
    again = read(write(trainer, "mine", 1.0, "x", tmp_path)).trainer()
    assert torch.allclose(again._game.shown(again.state), shown, rtol=2**-10, atol=1e-6)
    assert not torch.allclose(shown, trainer.state["g"]["parameters"], rtol=2**-10, atol=1e-6)


def test_they_come_youngest_first_and_only_those_of_the_preset(kept, tmp_path):
    trainer, _ = kept
    trainer.advance(100)
    write(trainer, "mine", 100.0, "x", tmp_path)
    write(trainer, "mine-too", 100.0, "x", tmp_path)
    assert [start.step for start in starts("mine", tmp_path)] == [20, 120]
    assert starts("nobody's", tmp_path) == []


def test_a_damaged_file_is_a_sentence(kept, tmp_path):
    _, path = kept
    whole = path.read_bytes()
    start = read(path)
    path.write_bytes(whole[:-100])
    with pytest.raises(Invalid, match="damaged"):
        start.state()
    with pytest.raises(Invalid, match="no start"):
        read(path)
    path.write_bytes(b"nonsense")
    with pytest.raises(Invalid, match="no start"):
        read(path)
    assert starts("mine", tmp_path) == []
    Trainer(small()).save(path)
    with pytest.raises(Invalid, match="no start"):
        read(path)


@pytest.mark.parametrize("name", preset_names())
def test_a_shipped_start_belongs_to_its_preset_as_it_is_now(name):
    for start in starts(name):
        assert start.experiment == preset(name), "made anew by tools/make_starts.py when the preset changes"
        assert start.trainer().step_count == start.step
