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

from ganviz import Diverged, Invalid, Trainer
from ganviz.engine import fastest
from ganviz.engine.interruptible import Cancelled, Interruptible
from ganviz.engine.native_moves import NativeMoves
from ganviz.engine.tree import Tree
from ganviz.machine.compilers import NoLibrary
from ganviz.programs import capture

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
    for path in ("eager", "native"):
        one, two = (Trainer(small(regularizers=["r1"]), path=path) for _ in range(2))
        for trainer in (one, two):
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


# ------------------------------------------------------------------------------------------------- paths


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


def test_both_paths_agree_in_every_step():
    """From the same state; whole trajectories are no test, because the game amplifies a last bit."""
    native = Trainer(small(regularizers=["r1"]))
    for _ in range(10):
        eager = Trainer.of(native.run_value, path="eager")
        eager.step()
        native.step()
        for name, scalar in eager.scalars.items():
            assert native.scalars[name] == pytest.approx(scalar, rel=1e-5)
        for player in "dg":
            gap = eager.state[player]["parameters"] - native.state[player]["parameters"]
            assert float(gap.abs().max()) < 1e-5
    assert (eager.path, native.path) == ("eager", "native")


def test_the_native_path_is_the_default_and_is_written_down():
    trainer = Trainer(small())
    trainer.advance(3)
    assert trainer.path == trainer.run_value.path == "native"
    other = Trainer.of(trainer.run_value, path="eager")
    other.step()
    assert [event.path for event in other.run_value.log] == ["native", "eager"]


def test_structural_changes_are_captured_anew():
    trainer, parts = Trainer(small()), Trainer(small())
    changes = {"loss": "wasserstein", "regularizers": ["gradient_penalty"]}
    for each in (trainer, parts):
        each.advance(5)
        each.change(**changes)
    assert not trainer.is_ready
    trainer.prepare()
    assert trainer.is_ready
    trainer.advance(10)
    for _ in range(10):
        parts.step()
    assert same(trainer.state, parts.state)


def test_runs_that_differ_in_numbers_share_a_program():
    Trainer(small()).prepare()
    assert Trainer(small(seed=5, lr_d=0.01)).is_ready
    assert not Trainer(small(loss="hinge")).is_ready


def test_without_a_library_it_is_trained_by_pytorch(monkeypatch, caplog):
    def missing() -> None:
        raise NoLibrary("The machine's kernels are not built: there is no C compiler.")

    monkeypatch.setattr(fastest, "library", missing)
    trainer, eager = Trainer(small()), Trainer(small(), path="eager")
    with caplog.at_level(logging.INFO, logger="ganviz"):
        trainer.advance(5)
    assert trainer.path == "eager"
    (record,) = caplog.records
    assert record.getMessage() == (
        "This experiment is trained by PyTorch, not by ganviz's kernels: "
        "The machine's kernels are not built: there is no C compiler."
    )
    eager.advance(5)
    assert same(trainer.state, eager.state)


def test_a_step_that_is_too_long_is_left_to_pytorch(monkeypatch, caplog):
    monkeypatch.setattr(capture, "MOST", 50)
    trainer = Trainer(small(loss="hinge", d_steps=3))
    with caplog.at_level(logging.INFO, logger="ganviz"):
        trainer.step()
    assert trainer.path == "eager"
    assert "more than 50 operations" in caplog.text


def test_preparing_can_be_broken_off():
    """A step whose capture takes many seconds; the reader goes on to another option."""
    trainer, cancelled = Trainer(small(d_steps=50, regularizers=["r1", "unrolled"])), threading.Event()
    threading.Timer(0.5, cancelled.set).start()
    start = time.process_time()
    with pytest.raises(Cancelled), Interruptible(cancelled):
        trainer.prepare()
    # What this process computes, whatever else the machine does: to the end it would be many seconds.
    assert time.process_time() - start < 3
    assert not trainer.is_ready


CHANGING = """
import gc, psutil
from ganviz import Experiment, Trainer
from ganviz.engine.draw_program import SELF_DRAWING_STEPS
from ganviz.engine.step_program import STEP_PROGRAMS
from ganviz.engine.turn_program import TURN_PROGRAMS

process, used = psutil.Process(), []
for times in (15, 40):
    for i in range(times):
        for kind in (SELF_DRAWING_STEPS, STEP_PROGRAMS, *TURN_PROGRAMS.values()):
            kind._known.clear()
        Trainer(Experiment(batch_size=16)).step()
    gc.collect()
    used.append(process.memory_info().rss)
print(used[1] - used[0])
"""


@pytest.mark.long
def test_no_program_stays_in_memory_that_is_not_kept():
    """A session in which an option is changed forty times, in a process of its own: a graph that anyone keeps would
    be some two megabytes each."""
    grown = subprocess.run([sys.executable, "-c", CHANGING], capture_output=True, text=True, check=True).stdout
    assert int(grown) < 20 * 2**20


def test_what_is_broken_off_leaves_no_state_behind(monkeypatch):
    """A program's memory holds the last state, so that it is not put in again: unless something came between."""
    transitions = Trainer(small())._transitions
    first = transitions.advance(transitions.begin(small()), 3).run
    second = transitions.advance(first, 2).run
    put = NativeMoves.put

    def broken(moves: NativeMoves, tree: Tree) -> None:
        put(moves, tree)
        raise KeyboardInterrupt

    monkeypatch.setattr(NativeMoves, "put", broken)
    with pytest.raises(KeyboardInterrupt):
        transitions.step(first)
    monkeypatch.undo()
    wanted = Trainer.of(second)
    wanted.step()
    assert same(transitions.step(second).state, wanted.state)
