"""The classifier of digits: what it can, what its file says, and files that are not it."""

from __future__ import annotations

import datetime
import importlib.util
import math
import threading
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from ganviz.contracts.counted import Counted
from ganviz.distributions.mnist import Mnist
from ganviz.metrics import _classifier
from ganviz.metrics._classifier import FILE, FORMAT, SHAPES, digest, features, probabilities, read
from ganviz.option import Invalid

ROOT = Path(__file__).parent.parent


def pictures(n: int, start: int = 0) -> np.ndarray:
    return Mnist().held_out()[start : start + n].float().div(255).numpy()


def about() -> dict[str, str]:
    with safe_open(str(FILE), framework="pt") as file:
        return file.metadata()


@pytest.fixture(scope="module")
def stored() -> dict[str, torch.Tensor]:
    """The parameters as they lie in the file."""
    with safe_open(str(FILE), framework="pt") as file:
        return {name: file.get_tensor(name) for name in SHAPES}


# ----------------------------------------------------------------------------------------------------- what it can


def test_it_reads_the_test_pictures_as_well_as_its_file_says():
    guessed = probabilities(pictures(10_000)).argmax(1)
    accuracy = float(np.mean(guessed == Mnist().held_out_labels().numpy()))
    assert accuracy >= 0.992
    assert accuracy == pytest.approx(float(about()["test_accuracy"]), abs=3e-4), "other machines round differently"


def by_hand(parameters: dict[str, torch.Tensor], picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The network in float64 without torch: (features, probabilities) of one picture."""
    weights = {name: tensor.double().numpy() for name, tensor in parameters.items()}
    x = picture[None].astype(np.float64)
    for layer in ("conv1", "conv2", "conv3"):
        windows = np.lib.stride_tricks.sliding_window_view(np.pad(x, ((0, 0), (1, 1), (1, 1))), (3, 3), axis=(1, 2))
        x = np.einsum("chwij,ocij->ohw", windows, weights[f"{layer}.weight"]) + weights[f"{layer}.bias"][:, None, None]
        x = np.maximum(x, 0)
        if layer != "conv3":
            x = x.reshape(len(x), x.shape[1] // 2, 2, x.shape[2] // 2, 2).max((2, 4))
    seen = np.maximum(weights["hidden.weight"] @ x.ravel() + weights["hidden.bias"], 0)
    grown = np.exp(weights["digits.weight"] @ seen + weights["digits.bias"])
    return seen, grown / grown.sum()


def test_it_computes_what_the_same_network_does_by_hand(stored):
    x = np.concatenate([pictures(4), np.zeros((1, 28, 28), np.float32), np.ones((1, 28, 28), np.float32)])
    expected = [by_hand(stored, picture) for picture in x]
    assert features(x) == pytest.approx(np.array([seen for seen, _ in expected]), rel=1e-4, abs=1e-4)
    assert probabilities(x) == pytest.approx(np.array([chances for _, chances in expected]), rel=1e-3, abs=1e-6)


def test_features_have_a_mean_variance_of_one():
    chosen = Counted(0, "test").rows(8000, 50_000)
    seen = features(Mnist().training()[chosen].float().div(255).numpy())
    assert seen.shape == (8000, 64)
    assert seen.min() == 0
    assert seen.var(0).mean() == pytest.approx(1, abs=0.03)


def test_chunks_make_no_difference():
    x = pictures(600)
    whole = features(x)
    assert whole[::97] == pytest.approx(np.concatenate([features(x[i : i + 1]) for i in range(0, 600, 97)]), abs=1e-4)
    assert probabilities(x.astype(np.float64)[::-1]) == pytest.approx(probabilities(x)[::-1], abs=1e-5)
    assert probabilities(x).sum(1) == pytest.approx(np.ones(600))
    assert (features(x[:0]).shape, probabilities(x[:0]).shape) == ((0, 64), (0, 10))


def test_threads_share_one_file_that_is_read_once(monkeypatch):
    reads, answers, x = [], [], pictures(50)
    expected = probabilities(x)
    monkeypatch.setattr(_classifier, "read", lambda path: reads.append(path) or read(path))
    _classifier._read_once.cache_clear()
    threads = [threading.Thread(target=lambda: answers.append(probabilities(x))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert reads == [FILE]
    assert len(answers) == 8
    assert all(np.array_equal(answer, expected) for answer in answers)


# ---------------------------------------------------------------------------------------------------------- its file


def test_the_file_says_where_it_comes_from():
    written = about()
    assert FILE.stat().st_size < 1_000_000
    assert written["format"] == FORMAT
    assert written["made_by"].startswith("tools/train_classifier.py --epochs")
    assert "--seed" in written["made_by"]
    assert (ROOT / "tools" / "train_classifier.py").is_file()
    assert datetime.date.fromisoformat(written["date"]) > datetime.date(2024, 1, 1)
    assert "CC BY-SA 3.0" in written["data_license"]


def refused(path: Path) -> str:
    with pytest.raises(Invalid) as error:
        read(path)
    text = str(error.value)
    assert "\n" not in text
    assert text.endswith(".")
    return text


def test_a_file_that_is_missing(tmp_path):
    assert refused(tmp_path / "none.safetensors").startswith("The classifier's file 'none.safetensors' is missing")
    assert "is missing" in refused(tmp_path)


@pytest.mark.parametrize("length", [0, 4, 8, 300, 1500, 100_000, -1])
def test_a_file_that_is_cut_off(tmp_path, length):
    path = tmp_path / "cut.safetensors"
    path.write_bytes(FILE.read_bytes()[:length])
    assert "is damaged" in refused(path)


@pytest.mark.parametrize("place", [-1, -5000, -400_000])
def test_a_file_in_which_one_bit_fell_over(tmp_path, place):
    content = bytearray(FILE.read_bytes())
    content[place] ^= 1
    path = tmp_path / "bit.safetensors"
    path.write_bytes(content)
    assert "is damaged" in refused(path)


def test_a_file_that_is_something_else(tmp_path, stored):
    path = tmp_path / "other.safetensors"
    for content in (b"hello, world", b"\x89PNG\r\n\x1a\n" + bytes(200), b"\xff" * 64, bytes(64)):
        path.write_bytes(content)
        assert "is damaged" in refused(path)
    mine = {"format": FORMAT, "digest": digest(stored)}
    wrong = stored | {"hidden.weight": torch.zeros(64, 10)}
    fewer = {name: tensor for name, tensor in stored.items() if name != "conv1.bias"}
    for tensors, metadata in (
        (stored, None),
        (stored, mine | {"format": "ganviz-classifier-0"}),
        (wrong, mine),
        (fewer, mine),
        ({"x": torch.zeros(3)}, mine),
    ):
        save_file(tensors, path, metadata)
        assert "is not the classifier of this version of ganviz" in refused(path)
    save_file(stored, path, {"format": FORMAT})
    assert "is damaged" in refused(path), "no digest"
    save_file({name: tensor.float() for name, tensor in stored.items()}, path, mine)
    assert "is damaged" in refused(path), "other bits"
    save_file(stored, path, mine)
    assert all(torch.equal(tensor, stored[name].float()) for name, tensor in read(path).items())


# --------------------------------------------------------------------------------------------------------- its script


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("train_classifier", ROOT / "tools" / "train_classifier.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_scaling_changes_features_and_no_answer(script, stored, monkeypatch):
    few = Mnist().training()[:1000]
    monkeypatch.setattr(Mnist, "training", lambda self: few)
    parameters = {
        name: tensor.double() * (7.0 if name.startswith("hidden") else 1.0) for name, tensor in stored.items()
    }
    monkeypatch.setattr(script, "pixels", lambda x: x[:, None].double().div(255))
    scaled = script.scaled(parameters)
    x = script.pixels(few)
    one, two = (_classifier.hidden(p, x) for p in (parameters, scaled))
    assert two.var(0).mean().item() == pytest.approx(1, rel=1e-6)
    before, after = _classifier.scores(parameters, one), _classifier.scores(scaled, two)
    assert torch.allclose(before, after, rtol=1e-6, atol=1e-6)


def test_pictures_are_moved_as_far_as_it_says_and_no_farther(script):
    def middle(x: torch.Tensor) -> torch.Tensor:
        places = torch.arange(28.0)
        return torch.stack([(x.sum(axis) * places).sum(-1) / x.sum((2, 3)) for axis in (2, 3)], -1)[:, 0]

    dot = torch.zeros(400, 1, 28, 28)
    dot[:, :, 13:15, 13:15] = 1
    far = (middle(script.moved(dot, Counted(0, "test"))) - 13.5).abs()
    # Scaling pulls a shifted dot by a tenth at most.
    assert 0.9 * script.SHIFT < far.max() < script.SHIFT * (1 + script.SCALE) / (1 - script.SCALE)
    assert far.mean() == pytest.approx(script.SHIFT / 2, abs=0.15)


def test_weights_start_with_he_s_variance(script):
    parameters = script.initial(Counted(0, "test"))
    assert {name: tuple(tensor.shape) for name, tensor in parameters.items()} == SHAPES
    weight = parameters["hidden.weight"].detach()
    assert weight.var().item() == pytest.approx(2 / 3136, rel=0.02)
    assert all(tensor.abs().max() == 0 for name, tensor in parameters.items() if name.endswith("bias"))
    kept = script.dropped(torch.ones(1000, 64), Counted(0, "test"))
    assert kept.unique().tolist() == pytest.approx([0, 1 / 0.7])
    assert kept.mean().item() == pytest.approx(1, abs=4 * math.sqrt(0.3 / 0.7 / 64_000))
