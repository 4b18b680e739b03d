"""Starts: a preset at some age, kept small."""

from __future__ import annotations

import json

import pytest
import torch
from conftest import same, small

import ganviz
from ganviz import Invalid, Trainer, preset
from ganviz.engine.players import PLAYERS
from ganviz.engine.starts import read, starts, write
from ganviz.presets import preset_names


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
    assert torch.equal(again._transitions.noise.draw("g", 25)["z"], trainer._transitions.noise.draw("g", 25)["z"])


def test_it_says_how_it_was_made(kept):
    trainer, path = kept
    start = read(path)
    assert start.experiment == trainer.experiment
    assert start.about == "mine, trained for 20 steps (640 real samples) in 2 min on an abacus."
    brief = read(write(trainer, "mine", 42.4, "an abacus", path.parent))
    assert "in 42 s on an abacus." in brief.about


def test_schedules_go_on_from_there(tmp_path):
    """The rates fall to nothing in 80 updates: of D's 40 are over, of G's 20."""
    falling = small(d_steps=2, optimizer_d="sgd", optimizer_g="sgd", schedule={"name": "linear", "steps": 80})
    trainer = Trainer(falling)
    trainer.advance(20)
    start = read(write(trainer, "mine", 1.0, "x", tmp_path))
    for player, turn, share in (("d", "step_discriminator", 0.5), ("g", "step_generator", 0.75)):
        moved = []
        for experiment in (falling, falling.replace(schedule="constant")):
            again = Trainer(experiment)
            again.begin(start.state())
            getattr(again, turn)()
            moved.append(again.state[player]["parameters"] - start.state()[player]["parameters"])
        assert moved[0].norm() > 1e-6
        assert torch.allclose(moved[0], share * moved[1], atol=1e-7)


def test_an_averaged_generator_is_kept_as_it_is_shown(tmp_path):
    trainer = Trainer(small(regularizers=["ema"]))
    trainer.advance(20)
    shown = trainer._transitions.game.shown(trainer.state)
    again = read(write(trainer, "mine", 1.0, "x", tmp_path)).trainer()
    assert torch.allclose(again._transitions.game.shown(again.state), shown, rtol=2**-10, atol=1e-6)
    assert not torch.allclose(shown, trainer.state["g"]["parameters"], rtol=2**-10, atol=1e-6)


def test_they_come_youngest_first_and_only_those_of_the_preset(kept, tmp_path):
    trainer, _ = kept
    for name in ("ring", "ring-r3gan"):
        write(trainer, name, 100.0, "x", tmp_path)
    trainer.advance(100)
    write(trainer, "ring", 100.0, "x", tmp_path)
    assert [start.step for start in starts("ring", tmp_path)] == [20, 120]
    assert starts("ring-unrolled", tmp_path) == []
    with pytest.raises(Invalid, match="did you mean 'ring'"):
        starts("rin", tmp_path)


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
    path.rename(tmp_path / "ring@20.safetensors")
    assert starts("ring", tmp_path) == []
    Trainer(small()).save(path)
    with pytest.raises(Invalid, match="no start"):
        read(path)


def with_header(path, **changes):
    """Change what a start says of itself."""
    whole = path.read_bytes()
    end = 8 + int.from_bytes(whole[:8], "little")
    header = json.loads(whole[8:end])
    header["__metadata__"] |= changes
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + whole[end:])


@pytest.mark.parametrize(
    "forged",
    [
        {"step": "-1"},
        {"step": "2.5"},
        {"d_updates": str(2**63)},
        {"samples": "many"},
        {"experiment": "{"},
        {"format": ""},
    ],
    ids=str,
)
def test_what_a_file_says_of_itself_may_be_forged(kept, forged):
    _, path = kept
    with_header(path, machine="another")
    assert read(path).machine == "another"
    with_header(path, **forged)
    with pytest.raises(Invalid, match="no start"):
        read(path)


@pytest.mark.parametrize("player", PLAYERS)
def test_lost_numbers_and_other_sizes_are_refused(kept, player):
    trainer, path = kept
    trainer.state[player]["parameters"][3] = torch.nan
    start = read(write(trainer, "mine", 1.0, "x", path.parent))
    with pytest.raises(Invalid, match="damaged"):
        start.state()
    with_header(path, experiment=small(**{{"g": "generator", "d": "discriminator"}[player]: "mlp"}).to_json())
    with pytest.raises(Invalid, match="does not belong to its experiment"):
        read(path).state()


@pytest.mark.parametrize("name", ["mnist-mlp", "mnist-dcgan", "mnist-conditional", "mnist-r3gan"])
def test_four_presets_come_with_starts(name):
    assert [start.step for start in ganviz.starts(name)] == [500, 2000, 8000]


@pytest.mark.parametrize("name", preset_names())
def test_a_shipped_start_belongs_to_its_preset_as_it_is_now(name):
    for start in starts(name):
        assert start.experiment == preset(name), "made anew by tools/make_starts.py when the preset changes"
        assert start.trainer().step_count == start.step
