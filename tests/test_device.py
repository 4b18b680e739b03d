"""Devices: every option's step stays on the one it was given, and looking brings everything home."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from conftest import every, same, small, trainer_for
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from ganviz import Experiment, Invalid, Trainer, preset
from ganviz.engine import device
from ganviz.engine.device import best, fetch, place
from ganviz.engine.game import Game
from ganviz.engine.noise import Noise
from ganviz.engine.settings import bind, numbers
from ganviz.engine.tree import leaves
from ganviz.presets import preset_names

META = torch.device("meta")
"""Stands for a GPU: shapes without numbers, which torch has everywhere."""


class OneDevice(TorchDispatchMode):
    """Objects to an operation between devices, as a GPU does, where a scalar from the CPU is welcome; and to double
    precision there, as Apple's does."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        tensors = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, Tensor) and leaf.dim()]
        found = {tensor.device.type for tensor in tensors}
        assert len(found) <= 1, f"{func} between {found}"
        result = func(*args, **(kwargs or {}))
        made = [leaf for leaf in tree_leaves(result) if isinstance(leaf, Tensor) and leaf.device == META]
        assert all(leaf.dtype != torch.float64 for leaf in made), f"{func} in double precision"
        return result


@pytest.fixture
def apple(monkeypatch):
    """The other device has no double precision."""
    monkeypatch.setattr(device, "SINGLE", ("meta",))


def elsewhere(experiment: Experiment) -> object:
    """The state after one step on the other device."""
    game = Game(experiment)
    values = place(numbers(experiment, torch.tensor), META)
    noise = Noise(experiment, torch.float32, META).step(0, 0)
    with OneDevice():
        return game.step(place(game.initial_state(), META), bind(experiment, values), noise)[0]


@pytest.mark.parametrize("option", every("losses", "regularizers", "optimizers", "schedules", "latents"))
@pytest.mark.parametrize("data", ["gaussian", "ring", "mnist"])
def test_a_step_stays_on_its_device(option, data, apple):
    experiment = trainer_for(option.room, option(), data=data).experiment
    assert {leaf.device.type for leaf in leaves(elsewhere(experiment))} == {"meta"}


@pytest.mark.parametrize("name", [name for name in preset_names() if name.startswith("mnist-")])
def test_the_presets_on_pictures_stay_there_too(name, apple):
    after = elsewhere(preset(name).replace(batch_size=4))
    assert {leaf.device.type for leaf in leaves(after)} == {"meta"}


def test_the_guard_sees_a_stray_tensor():
    with pytest.raises(AssertionError, match="between"), OneDevice():
        torch.zeros(2, device="meta") + torch.zeros(2)
    with pytest.raises(AssertionError, match="double"), OneDevice():
        torch.zeros((), device="meta").double()


@pytest.mark.parametrize("option", every("schedules"))
@pytest.mark.parametrize("updates", [1, 5_000, 50_000, 2_000_000])
def test_schedules_are_right_in_single_precision(option, updates):
    """An Apple GPU has no other; 1 + 4·10⁻⁶ there is wrong by a hundredth of what was added."""
    single, double = (float(option().factor(torch.tensor(updates, dtype=t))) for t in (torch.float32, torch.float64))
    assert single == pytest.approx(double, rel=2e-6, abs=1e-7)


def test_there_and_back_keeps_every_bit_and_precision():
    state = Trainer(small()).state
    home = fetch(place(state, torch.device("cpu")), [leaf.dtype for leaf in leaves(state)])
    assert all(torch.equal(a, b) and a.dtype == b.dtype for a, b in zip(leaves(state), leaves(home), strict=True))
    halves = fetch(state, [torch.float32] * len(leaves(state)))
    assert {leaf.dtype for leaf in leaves(halves)} == {torch.float32}


def test_only_pictures_go_to_a_gpu(monkeypatch):
    monkeypatch.delenv("GANVIZ_DEVICE", raising=False)
    monkeypatch.setattr(device.torch.cuda, "is_available", lambda: True)
    assert best((1, 28, 28), torch.float32).type == "cuda"
    assert best((2,), torch.float32).type == "cpu"
    monkeypatch.setattr(device.torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(device.torch.backends.mps, "is_available", lambda: True)
    assert best((1, 28, 28), torch.float32).type == "mps"
    assert best((1, 28, 28), torch.float64).type == "cpu", "mps has no double precision"
    monkeypatch.setenv("GANVIZ_DEVICE", "cpu")
    assert best((1, 28, 28), torch.float32).type == "cpu"


@pytest.mark.parametrize("name", ["abacus", "cuda:99", "meta"])
def test_a_device_that_is_not_here_is_refused(name, monkeypatch):
    with pytest.raises(Invalid, match=f"no device '{name}' here"):
        Trainer(small(), device=name)
    monkeypatch.setenv("GANVIZ_DEVICE", name)
    with pytest.raises(Invalid, match=f"no device '{name}' here"):
        Trainer(small())


def test_double_precision_is_refused_where_there_is_none(monkeypatch):
    monkeypatch.setattr(device, "SINGLE", ("cpu",))
    assert Trainer(small(), device="cpu").device.type == "cpu"
    with pytest.raises(Invalid, match="'cpu' has no double precision"):
        Trainer(small(), dtype=torch.float64, device="cpu")
    monkeypatch.setenv("GANVIZ_DEVICE", "cpu")
    with pytest.raises(Invalid, match="'cpu' has no double precision"):
        Trainer(small(), dtype=torch.float64)


def test_a_run_is_brought_to_the_cpu_once():
    """A device that only says that it is another one."""
    trainer = Trainer(small())
    trainer._transitions.device = torch.device("cuda")
    value = trainer.run_value
    assert trainer.run_value is value
    assert same(value.state, trainer.state)
    trainer._run = replace(trainer._run, moves=1)
    assert trainer.run_value is not value
