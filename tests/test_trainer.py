"""The trainer: against an independent implementation, live changes, lost numbers, paths."""

from __future__ import annotations

import logging
import math
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import same, small
from torch import nn

from ganviz import Diverged, Experiment, Invalid, Trainer
from ganviz.engine import accelerator, compiled, step_cost
from ganviz.engine.paths import Eager

ADAM = {"name": "adam", "beta1": 0.5, "beta2": 0.99}


def network(parameters: dict[str, torch.Tensor]) -> nn.Sequential:
    """The same MLP as a plain PyTorch module with these weights."""
    layers: list[nn.Module] = []
    for i in range(len(parameters) // 2):
        weight = parameters[f"{i}.weight"]
        layer = nn.Linear(weight.shape[1], weight.shape[0], dtype=torch.float64)
        layer.load_state_dict({"weight": weight, "bias": parameters[f"{i}.bias"]})
        layers += [layer, nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def textbook(trainer: Trainer, steps: int, k: int, simultaneous: bool) -> list[torch.Tensor]:
    """Algorithm 1 by hand: nn.Module, torch.optim, binary cross-entropy; the trainer's own minibatches."""
    game, state = trainer._transitions.game, trainer.state
    g = network(game.g_layout.unflatten(state["g"]["parameters"]))
    d = network(game.d_layout.unflatten(state["d"]["parameters"]))
    adam_g = torch.optim.Adam(g.parameters(), lr=2e-3, betas=(0.5, 0.99))
    adam_d = torch.optim.Adam(d.parameters(), lr=5e-3, betas=(0.5, 0.99))
    cross_entropy = nn.BCEWithLogitsLoss()
    for step in range(steps):
        g_gradient = None
        for i in range(k):
            draw = trainer._transitions.noise.draw("d", step * k + i)
            ones, zeros = torch.ones(16, 1).double(), torch.zeros(16, 1).double()
            if simultaneous and i == k - 1:
                fake_loss = cross_entropy(d(g(trainer._transitions.noise.draw("g", step)["z"])), ones)
                g_gradient = torch.autograd.grad(fake_loss, list(g.parameters()))
            adam_d.zero_grad()
            real, fake = draw["real"], g(draw["z"]).detach()
            (cross_entropy(d(real), ones) + cross_entropy(d(fake), zeros)).backward()
            adam_d.step()
        adam_g.zero_grad()
        if g_gradient is None:
            cross_entropy(d(g(trainer._transitions.noise.draw("g", step)["z"])), torch.ones(16, 1).double()).backward()
        else:
            for parameter, gradient in zip(g.parameters(), g_gradient, strict=True):
                parameter.grad = gradient
        adam_g.step()
    return [torch.cat([p.detach().reshape(-1) for p in net.parameters()]) for net in (g, d)]


@pytest.mark.parametrize("updates", ["alternating", "simultaneous"])
@pytest.mark.parametrize("k", [1, 3])
def test_agrees_with_plain_pytorch(updates, k):
    trainer = Trainer(
        small(optimizer_g=ADAM, optimizer_d=ADAM, lr_g=2e-3, lr_d=5e-3, d_steps=k, updates=updates),
        dtype=torch.float64,
    )
    g, d = textbook(trainer, 40, k, updates == "simultaneous")
    start = trainer.state["g"]["parameters"]
    trainer.advance(40)
    assert torch.allclose(trainer.state["g"]["parameters"], g, rtol=1e-8, atol=1e-10)
    assert torch.allclose(trainer.state["d"]["parameters"], d, rtol=1e-8, atol=1e-10)
    assert not torch.allclose(start, g, atol=1e-2)


def test_simultaneous_and_alternating_differ():
    one, two = (Trainer(small(updates=updates)) for updates in ("alternating", "simultaneous"))
    one.advance(2)
    two.advance(2)
    assert not same(one.state["g"], two.state["g"])


def test_run_yields_owned_snapshots():
    trainer = Trainer(small())
    shots = list(trainer.run(25, every=10))
    assert [shot.step for shot in shots] == [0, 10, 20, 25]
    first = shots[0].q.copy()
    trainer.advance(50)
    assert np.array_equal(shots[0].q, first)
    assert math.isnan(shots[0].scalars["loss_d"])
    assert all(math.isfinite(value) for value in shots[1].scalars.values())
    assert not np.array_equal(shots[0].q, shots[3].q)
    with pytest.raises(Invalid, match="every must be at least 1"):
        list(trainer.run(5, every=0))


def test_generate_and_discriminate():
    trainer = Trainer(small())
    assert trainer.generate(7).shape == (7, 1)
    assert torch.equal(trainer.generate(7), trainer.generate(7)), "looking changes nothing, not even what is seen next"
    assert not torch.equal(trainer.generate(7), trainer.generate(7, draw=1))
    values = trainer.discriminate(np.linspace(-1, 1, 5))
    assert values.shape == (5,)
    assert ((values > 0) & (values < 1)).all()
    with pytest.raises(Invalid, match="did you mean 'jsd'"):
        trainer.measure("jsdd")


# ------------------------------------------------------------------------------------------------- live changes


@pytest.mark.parametrize(
    "fields",
    [
        {"lr_d": 0.02},
        {"loss": "least_squares"},
        {"regularizers": ["r1", "spectral_norm"]},
        {"optimizer_d": "sgd"},
        {"updates": "simultaneous"},
        {"d_steps": 3},
        {"batch_size": 8},
        {"data": {"name": "gaussian", "mean": 2}},
    ],
)
def test_change_before_the_first_step_is_a_fresh_run(fields):
    changed, fresh = Trainer(small()), Trainer(small(**fields))
    changed.change(**fields)
    changed.advance(10)
    fresh.advance(10)
    assert same(changed.state, fresh.state)


def test_optimiser_state_is_kept():
    trainer = Trainer(small())
    trainer.advance(10)
    before = trainer.state
    trainer.change(lr_d=0.01, optimizer_d={"name": "adam", "beta1": 0.9}, loss="minimax", regularizers=["r1"])
    assert same(before["d"]["optimizer"], trainer.state["d"]["optimizer"])
    assert same(before["g"], trainer.state["g"])
    trainer.change(optimizer_d="rmsprop")
    assert set(trainer.state["d"]["optimizer"]) == {"square"}
    assert same(before["g"]["optimizer"], trainer.state["g"]["optimizer"])


def test_a_number_takes_effect_on_the_next_step_of_every_path():
    for path in ("eager", "captured"):
        one, two = Trainer(small(regularizers=["r1"])), Trainer(small(regularizers=["r1"]))
        for trainer in (one, two):
            trainer.accelerate(path, wait=True)
            trainer.advance(5)
        two.change(regularizers=[{"name": "r1", "gamma": 5}])
        assert one.path == two.path == path, "a number is an input of the step: the path stays"
        one.step()
        two.step()
        assert not same(one.state["d"]["parameters"], two.state["d"]["parameters"])


def test_a_switched_regularizer_does_not_change_the_minibatches():
    one, two = Trainer(small()), Trainer(small(regularizers=["gradient_penalty"]))
    for player in "dg":
        assert torch.equal(one._transitions.noise.draw(player, 40)["z"], two._transitions.noise.draw(player, 40)["z"])


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"seed": 5}, "seed"),
        ({"generator": {"name": "mlp", "width": 9}}, "generator.width"),
        ({"data": "uniform"}, "data"),
        ({"latent": "normal"}, "latent"),
    ],
)
def test_what_needs_a_new_run_is_refused(fields, named):
    trainer = Trainer(small())
    trainer.advance(3)
    before, experiment = trainer.state, trainer.experiment
    with pytest.raises(Invalid, match=f"{named}.* cannot change while training runs"):
        trainer.change(**fields)
    assert trainer.experiment == experiment
    assert same(before, trainer.state)


# ------------------------------------------------------------------------------------------------- lost numbers

WILD = {"name": "sgd", "momentum": 0.99}


def test_lost_numbers_are_caught_at_once():
    trainer = Trainer(small(loss="least_squares", optimizer_g=WILD, optimizer_d=WILD, lr_g=1, lr_d=1))
    with pytest.raises(
        Diverged, match=r"(discriminator|generator)'s (loss|gradient) became infinite or NaN in step \d+"
    ):
        trainer.advance(5000)
    kept = trainer.state
    assert all(kept[player]["parameters"].isfinite().all() for player in "dg")
    with pytest.raises(Diverged) as again:
        trainer.step()
    assert again.value.step == trainer.step_count + 1
    assert same(kept, trainer.state)


@pytest.mark.parametrize("player", ["d", "g"])
@pytest.mark.parametrize("when", [1, 7, 33])
def test_a_planted_nan_is_caught_in_its_step(player, when):
    trainer = Trainer(small())
    trainer.advance(when - 1)
    good = trainer.state
    poisoned = good[player]["parameters"].clone()
    poisoned[0] = math.nan
    trainer.begin({**good, player: {**good[player], "parameters": poisoned}})
    with pytest.raises(Diverged) as caught:
        trainer.step()
    assert caught.value.step == when
    trainer.begin(good)
    trainer.step()
    assert trainer.step_count == when


# ------------------------------------------------------------------------------------------------- fast paths


def test_a_run_from_before_random_numbers_were_counted_goes_on(caplog, tmp_path):
    """Five steps of a small one, kept by the version that drew with torch's generators."""
    path = Path(__file__).parent / "data" / "torch-generators.safetensors"
    one, two = Trainer.load(path), Trainer.load(path)
    said = f"{str(path)!r} was trained with other random numbers: what comes next is drawn anew."
    assert [record.message for record in caplog.records] == [said, said]
    assert one.step_count == 5
    one.advance(3)
    two.advance(3)
    assert same(one.state, two.state)
    caplog.clear()
    one.save(tmp_path / "now.safetensors")
    again = Trainer.load(tmp_path / "now.safetensors")
    assert not caplog.records
    assert same(again.state, one.state)


def test_any_failure_stays_eager_with_one_line(monkeypatch, caplog):
    def broken(*arguments):
        raise RuntimeError("no luck\nwith details")

    monkeypatch.setattr(accelerator, "capture", broken)
    trainer, plain = Trainer(small()), Trainer(small())
    with caplog.at_level(logging.INFO, logger="ganviz"):
        trainer.accelerate("compiled", wait=True)
    assert trainer.path == "eager"
    assert [record.message for record in caplog.records] == [
        "No faster path for this experiment (no luck); training goes on as it is."
    ]
    trainer.advance(5)
    plain.advance(5)
    assert same(trainer.state, plain.state)


def test_a_step_of_long_operations_stays_as_it_is(monkeypatch, caplog):
    """What a call into torch takes is on either side of what is called long, by a clock that the test moves: 3 ms for
    the step of a path that makes ten calls."""
    now = [0.0]
    monkeypatch.setattr(step_cost.time, "thread_time", lambda: now[0])

    def path(state, values, draw):
        now[0] += draw
        for _ in range(10):
            torch.zeros(1).add(1)

    def long(limit: float, draws: list[float]) -> bool:
        monkeypatch.setattr(step_cost, "LONG_CALL", limit)
        return step_cost.is_arithmetic(path, {}, {}, draws, threading.Event())

    calls = 20
    assert long(3e-3 / calls * 0.99, [9.0, 3e-3])
    assert not long(3e-3 / calls * 1.01, [9.0, 3e-3]), "the first try does not count"
    monkeypatch.undo()
    monkeypatch.setattr(step_cost, "LONG_CALL", 0.0)
    trainer = Trainer(small())
    with caplog.at_level(logging.INFO, logger="ganviz"):
        trainer.accelerate("captured", wait=True)
    assert trainer.path == "eager"
    assert "which no path makes shorter" in caplog.text


def test_without_a_compiler_the_captured_path_stays(monkeypatch, caplog, tmp_path):
    monkeypatch.setenv("GANVIZ_CACHE", str(tmp_path))
    monkeypatch.setattr(compiled.shutil, "which", lambda name: None)
    trainer = Trainer(small())
    with caplog.at_level(logging.INFO, logger="ganviz"):
        trainer.accelerate("compiled", wait=True)
    assert trainer.path == "captured"
    assert "there is no C++ compiler" in caplog.text


def test_a_path_with_other_numbers_is_not_taken(monkeypatch):
    monkeypatch.setattr(accelerator, "agree", lambda *arguments, tolerance: False)
    trainer = Trainer(small())
    trainer.accelerate("captured", wait=True)
    assert trainer.path == "eager"


def test_paths_are_swapped_between_two_steps():
    trainer, plain = Trainer(small()), Trainer(small())
    trainer.accelerate("captured")
    until = time.monotonic() + 120
    while trainer.path == "eager" and time.monotonic() < until:
        trainer.step()
    trainer.advance(20)
    assert trainer.path == "captured"
    plain.advance(trainer.step_count)
    assert same(trainer.state, plain.state)


def test_structural_changes_are_captured_anew():
    trainer, plain = Trainer(small()), Trainer(small())
    for each in (trainer, plain):
        if each is trainer:
            each.accelerate("captured", wait=True)
        each.advance(5)
        each.change(loss="wasserstein", regularizers=["gradient_penalty"])
    trainer.accelerate("captured", wait=True)
    for each in (trainer, plain):
        each.advance(10)
    assert (trainer.path, plain.path) == ("captured", "eager")
    assert same(trainer.state, plain.state)


def test_a_cancelled_path_is_left_in_the_middle():
    """A step whose capture takes many seconds; the reader goes on to another option."""
    trainer = Trainer(small(d_steps=50, regularizers=["r1", "unrolled"]))
    trainer.accelerate("captured")
    cancelled = trainer._transitions._accelerator
    time.sleep(0.5)
    trainer.accelerate("eager")
    # What this process computes, whatever else the machine does: to the end it would be many seconds.
    start = time.process_time()
    cancelled.wait(120)
    assert time.process_time() - start < 3
    assert cancelled.take() is None
    trainer.step()
    assert trainer.path == "eager"


CHANGING = """
import gc, psutil
from ganviz import Experiment, Trainer

trainer, process, used = Trainer(Experiment(batch_size=16)), psutil.Process(), []
for times in (15, 40):
    for _ in range(times):
        trainer.accelerate("captured", wait=True)
    gc.collect()
    used.append(process.memory_info().rss)
print(used[1] - used[0])
"""


@pytest.mark.long
def test_no_captured_path_stays_in_memory():
    """A session in which an option is changed forty times, in a process of its own: a graph that anyone keeps would
    be some two megabytes each."""
    grown = subprocess.run([sys.executable, "-c", CHANGING], capture_output=True, text=True, check=True).stdout
    assert int(grown) < 20 * 2**20


@pytest.mark.slow
def test_compiled_path_agrees_and_is_kept_on_disk(tmp_path, monkeypatch):
    if compiled.shutil.which("g++") is None:
        pytest.skip("no C++ compiler")
    if not hasattr(torch._C._aoti.AOTIModelPackageLoader, "boxed_run"):
        pytest.skip("torch 2.6 cannot run a compiled step; it trains on the captured path")
    monkeypatch.setenv("GANVIZ_CACHE", str(tmp_path))
    trainer, plain = (Trainer(small(regularizers=["r1"])) for _ in range(2))
    trainer.accelerate("compiled", wait=True)
    assert trainer.path == "compiled"
    trainer.advance(50)
    plain.advance(50)
    gap = (trainer.state["d"]["parameters"] - plain.state["d"]["parameters"]).abs().max()
    assert float(gap) < 1e-3
    trainer.change(lr_d=0.05)
    trainer.advance(20)
    moved = (trainer.state["d"]["parameters"] - plain.state["d"]["parameters"]).abs().max()
    assert float(moved) > 0.05
    (package,) = (path for path in tmp_path.iterdir() if path.suffix != ".log" and not path.name.startswith("machine-"))
    assert package.suffix == ".pt2"
    built = package.stat()
    again = Trainer(small(regularizers=["r1"]))
    again.accelerate("compiled", wait=True)
    assert again.path == "compiled"
    found = package.stat()
    assert (found.st_ino, found.st_mtime_ns) == (built.st_ino, built.st_mtime_ns), "it was not built again"


def test_eager_is_the_default():
    trainer = Trainer(Experiment())
    assert trainer.path == Eager.name
