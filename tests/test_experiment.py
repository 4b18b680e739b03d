"""Experiment: JSON, live changes against rebuilds, and one clear sentence for every mistake."""

from __future__ import annotations

import json

import pytest
import torch
from conftest import small
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

from ganviz import Experiment, Invalid, Trainer, options, preset
from ganviz.option import names
from ganviz.presets import describe, preset_names

MISTAKES = [
    ({"loss": "wasserstien"}, "no 'wasserstien' in losses; did you mean 'wasserstein'"),
    ({"data": "gausian"}, "did you mean 'gaussian'"),
    ({"regularizers": ["gradient_penalti"]}, "did you mean 'gradient_penalty'"),
    ({"lr_g": 5}, "lr_g must be less than or equal to 1"),
    ({"lr_d": 0}, "lr_d must be greater than 0"),
    ({"lr_d": float("nan")}, "lr_d must be a finite number"),
    ({"lr_d": "fast"}, "lr_d must be a valid number"),
    ({"d_steps": 0}, "d_steps must be greater than or equal to 1"),
    ({"batch_size": 0, "regularizers": ["gradient_penalty"]}, "batch_size must be greater than or equal to 1"),
    ({"seed": -1}, "seed must be greater than or equal to 0"),
    ({"updates": "together"}, "updates must be 'alternating' or 'simultaneous'"),
    ({"learning_rate": 1}, "no field 'learning_rate'"),
    ({"loss": {"name": "least_squares", "a": 9}}, "a must be less than or equal to 2"),
    ({"loss": {"name": "least_squares", "q": 1}}, "least_squares has no field 'q'"),
    ({"loss": {"a": 1}}, "is a name or an object with a name"),
    ({"loss": 3}, "is a name or an object with a name"),
    ({"regularizers": "r1"}, "is a list of options"),
    ({"regularizers": ["r1", {"name": "r1", "gamma": 2}]}, "'r1' is there twice"),
    ({"generator": {"name": "mlp", "activation": "rellu"}}, "activation must be 'relu'"),
]


@pytest.mark.parametrize(("fields", "sentence"), MISTAKES)
def test_mistakes_get_one_sentence(fields, sentence):
    with pytest.raises(Invalid) as error:
        Experiment(**fields)
    text = str(error.value)
    assert sentence in text
    assert "\n" not in text
    assert len(text) < 200


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "no valid JSON"),
        ("[1, 2]", "is a JSON object of fields"),
        ('"figure-1"', "is a JSON object of fields"),
        ("[" * 100_000, "nested too deeply"),
        ('{"seed": 1e400}', "seed must be"),
    ],
)
def test_malformed_json(text, sentence):
    with pytest.raises(Invalid, match=sentence):
        Experiment.from_json(text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from([*Experiment.model_fields, "name", "x"]), json_values, max_size=4))
def test_only_sentences_escape(fields):
    try:
        read = Experiment.from_json(json.dumps(fields))
    except Invalid:
        return
    assert Experiment.from_json(read.to_json()) == read


def test_weight_clipping_with_spectral_norm_is_allowed():
    assert len(Experiment(regularizers=["weight_clipping", "spectral_norm"]).regularizers) == 2


def test_frozen():
    with pytest.raises(ValueError, match="frozen"):
        Experiment().lr_g = 0.1


def test_public_names():
    experiment = Experiment(
        data="mixture",
        loss={"name": "least_squares", "a": -1, "b": 1, "c": 0},
        regularizers=["r1", {"name": "gradient_penalty", "target": 0}],
        lr_d=1e-3,
        seed=3,
    )
    assert Experiment.from_json(experiment.to_json()) == experiment
    assert experiment.replace(lr_g=1e-4).lr_g == 1e-4
    assert "minimax" in options("losses")
    with pytest.raises(Invalid, match="no room called 'loss'"):
        options("loss")


def test_diff_tells_live_changes_from_rebuilds():
    base = small(regularizers=["r1"])
    assert not base.diff(base)
    live = base.replace(lr_d=0.5, loss="minimax", regularizers=[{"name": "r1", "gamma": 3}, "spectral_norm"])
    diff = base.diff(live)
    assert set(diff.live) == {"lr_d", "loss", "regularizers.r1.gamma", "regularizers.spectral_norm"}
    assert not diff.rebuild
    assert set(base.diff(base.replace(seed=4, data="uniform")).rebuild) == {"seed", "data"}
    moved = base.diff(base.replace(data={"name": "gaussian", "mean": 2.5}))
    assert (moved.live, moved.rebuild) == ({"data.mean": 2.5}, {})
    assert set(base.diff(base.replace(regularizers=[])).live) == {"regularizers.r1"}


@pytest.mark.parametrize("name", preset_names())
def test_presets(name):
    about = describe(name)
    assert about.title
    assert about.watch
    assert "\n" not in about.watch
    assert about.source
    # One of them explodes, but not at once.
    Trainer(preset(name)).advance(2)


def test_unknown_preset():
    with pytest.raises(Invalid, match="did you mean 'figure-1'"):
        preset("figure1")


def test_every_room_has_options():
    for room in ("distributions", "latents", "networks", "losses", "regularizers", "optimizers", "metrics", "figures"):
        assert names(room)


# ------------------------------------------------------------------------------------------------- checkpoints


@pytest.fixture
def checkpoint(tmp_path):
    trainer = Trainer(small(regularizers=["spectral_norm"]))
    trainer.advance(3)
    trainer.save(tmp_path / "run.safetensors")
    return tmp_path / "run.safetensors"


def rewrite(path, change, metadata=None):
    from safetensors import safe_open

    tensors = load_file(path)
    with safe_open(str(path), framework="pt") as file:
        about = {**file.metadata(), **(metadata or {})}
    change(tensors)
    save_file(tensors, path, about)


def test_missing_and_damaged_checkpoints(checkpoint, tmp_path):
    with pytest.raises(Invalid, match="There is no checkpoint"):
        Trainer.load(tmp_path / "nothing")
    whole = checkpoint.read_bytes()
    for damaged in (b"", b"hello", whole[:50], whole[: len(whole) // 2], whole[:-1]):
        checkpoint.write_bytes(damaged)
        with pytest.raises(Invalid, match="is no ganviz checkpoint, or it is damaged"):
            Trainer.load(checkpoint)
    with pytest.raises(Invalid, match="no folder"):
        Trainer(small()).save(tmp_path / "nowhere" / "run")


def test_pickles_are_never_read(tmp_path):
    torch.save({"state": 1}, tmp_path / "run.pt")
    with pytest.raises(Invalid, match="is no ganviz checkpoint"):
        Trainer.load(tmp_path / "run.pt")


def test_forged_checkpoints(checkpoint):
    whole = checkpoint.read_bytes()
    forgeries = [
        (lambda tensors: tensors.update({"g/parameters": torch.zeros(3)}), None, "does not hold the state"),
        (lambda tensors: tensors.pop("d/updates"), None, "does not hold the state"),
        (lambda tensors: tensors.update({"d/updates": torch.zeros(())}), None, "does not hold the state"),
        (lambda tensors: None, {"format": "other"}, "not written by this version"),
        (lambda tensors: None, {"experiment": "{"}, "no valid JSON"),
        (lambda tensors: None, {"experiment": '{"loss": "x"}'}, "no 'x' in losses"),
    ]
    for change, metadata, sentence in forgeries:
        checkpoint.write_bytes(whole)
        rewrite(checkpoint, change, metadata)
        with pytest.raises(Invalid, match=sentence):
            Trainer.load(checkpoint)


def test_checkpoint_of_another_experiment(checkpoint):
    experiment = Trainer.load(checkpoint).experiment
    with pytest.raises(Invalid, match="comes from another experiment: seed"):
        Trainer.load(checkpoint, experiment.replace(seed=9))
    live = Trainer.load(checkpoint, experiment.replace(lr_d=0.3, regularizers=[]))
    assert live.experiment.lr_d == 0.3
    assert live.step_count == 3


def test_a_failed_save_leaves_the_old_file(checkpoint, monkeypatch):
    from ganviz.engine import checkpoint as module

    whole = checkpoint.read_bytes()
    monkeypatch.setattr(module.os, "replace", lambda *paths: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        Trainer(small()).save(checkpoint)
    assert checkpoint.read_bytes() == whole
    assert [path.name for path in checkpoint.parent.iterdir()] == [checkpoint.name]
