"""Looks by programs: they show what eager ones show, whichever run decides, and change nothing."""

from __future__ import annotations

import hashlib
import logging
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from conftest import every, same, small, trainer_for

from ganviz import Experiment, Trainer, preset
from ganviz.engine.look_program import LOOK_PROGRAMS, NativeLook, look_program
from ganviz.engine.observer import Observer
from ganviz.engine.request import Answer
from ganviz.engine.settings import numbers
from ganviz.machine.library import library
from ganviz.presets import preset_names
from ganviz.programs.program import Program

STEPS = 3
"""After so many, G and D are no longer as they began."""

EXACT = ("q", "arrows_x", "grid_image", "grid_size")
"""What is worked out in float64 all along. All else goes through networks in float32."""


def program_of(trainer: Trainer) -> Program:
    run = trainer.run_value
    return look_program(trainer.observer, trainer.experiment, run.state, values_of(trainer.experiment))


def values_of(experiment: Experiment) -> object:
    return numbers(experiment, lambda value: torch.tensor(value, dtype=torch.float32))


def compared(experiment: Experiment) -> None:
    """A native look shows what an eager one does: in float64 to 1e-9 of the largest number, else to 1e-5, as far as
    sums of some hundred float32 numbers in another order may lie apart."""
    trainer = Trainer(experiment, path="eager")
    trainer.advance(STEPS)
    state, values = trainer.run_value.state, values_of(experiment)
    wanted = trainer.observer.seen(state, values)
    found = NativeLook(program_of(trainer), library())(trainer.observer, state, values)
    assert {name: (array.shape, array.dtype) for name, array in found.items()} == {
        name: (array.shape, array.dtype) for name, array in wanted.items()
    }
    for name in wanted:
        close(name, found[name], wanted[name])


def close(name: str, found: np.ndarray, wanted: np.ndarray) -> None:
    if name == "grid_density":
        # The area of what is crushed to nearly nothing is all rounding.
        return close("grid_size", 1 / found, 1 / wanted)
    # A fake on the border between two cells may be counted in either.
    tolerance = 1e-9 if name in EXACT else 1e-3 if name == "estimate" else 1e-5
    scale = np.abs(wanted).max(initial=1e-6)
    np.testing.assert_allclose(found, wanted, rtol=0, atol=tolerance * scale, err_msg=name)


# ---------------------------------------------------------------------------------------------------- what they show

QUICK = ("dirac-gan", "figure-1", "no-discriminator", "ring")
TOYS = [
    pytest.param(name, marks=[] if name in QUICK else pytest.mark.long)
    for name in preset_names()
    if len(preset(name).data.shape) < 3 and name != "too-fast"  # which loses its numbers at once
]


@pytest.mark.parametrize("name", TOYS)
def test_a_presets_look_is_what_eager_shows(name):
    compared(preset(name))


IN_THE_PLANE = {"data": "ring", "latent": {"name": "normal", "dim": 2}}
ON_THE_LINE = {"data": "mixture", "latent": {"name": "normal", "dim": 1}}


def pictured(option: object) -> object:
    """An option, where its samples are to be seen on the line or in the plane."""
    made = option()
    experiment = trainer_for(option.room, made).experiment
    if len(experiment.data.shape) > 1 or experiment.data.condition_dim:
        pytest.skip("looked at by torch, or not at all")
    return made


@pytest.mark.long
@pytest.mark.parametrize("option", every("distributions"))
def test_a_distributions_look_is_what_eager_shows(option):
    made = pictured(option)
    compared(small(data=made))
    compared(small(data=made, latent={"name": "uniform", "dim": 3}))


@pytest.mark.long
@pytest.mark.parametrize("where", [ON_THE_LINE, IN_THE_PLANE], ids=["line", "plane"])
@pytest.mark.parametrize("option", every("latents", "networks", "losses", "regularizers"))
def test_an_options_look_is_what_eager_shows(option, where):
    made = pictured(option)
    if made.objection(small(**where)):
        pytest.skip("not there")
    compared(trainer_for(option.room, made, **({} if option.room == "latents" else where)).experiment)


@pytest.mark.parametrize("fields", [{}, {"latent": {"name": "uniform", "dim": 2}}, {"regularizers": ["ema"]}])
def test_a_small_look_is_what_eager_shows(fields):
    compared(small(**fields))


def test_where_g_loses_its_numbers_so_does_the_look():
    trainer = Trainer(small(**IN_THE_PLANE), path="eager")
    state = trainer.state
    state["g"]["parameters"].fill_(torch.nan)
    look = NativeLook(program_of(trainer), library())
    for name, array in look(trainer.observer, state, values_of(trainer.experiment)).items():
        assert np.isnan(array).all() == (name not in ("discriminator", "on_real")), name


# ------------------------------------------------------------------------------------------ one program for all numbers


@pytest.mark.parametrize("regularizers", [[], ["minibatch_discrimination"]])
def test_other_numbers_and_seeds_have_the_same_program(regularizers):
    experiment = small(data="gaussian", regularizers=regularizers)
    first = program_of(Trainer(experiment))
    other = small(data={"name": "gaussian", "mean": 2.5, "std": 0.3}, regularizers=regularizers, seed=7, lr_g=0.1)
    assert program_of(Trainer(other)).digest == first.digest
    assert LOOK_PROGRAMS.of(experiment, torch.float32) is LOOK_PROGRAMS.of(other, torch.float32)


@pytest.mark.long
@pytest.mark.parametrize("option", every("distributions", "latents", "networks", "losses", "regularizers"))
def test_every_live_number_is_an_input(option):
    """Otherwise a look would show what was there when it was captured."""
    made = pictured(option)
    trainer = trainer_for(option.room, made, seed=1)
    changed = made.model_copy(update={name: value * 0.75 + 0.01 for name, value in made.numbers().items()})
    assert program_of(trainer_for(option.room, changed, seed=2)).digest == program_of(trainer).digest


def test_data_that_move_are_looked_at_by_the_same_program():
    trainer, eager = (Trainer(small(data="gaussian"), path=path) for path in ("native", "eager"))
    for each in (trainer, eager):
        each.advance(STEPS)
    before = trainer.snapshot()
    for each in (trainer, eager):
        each.change(data={"name": "gaussian", "mean": 3.0})
    assert LOOK_PROGRAMS.knows(trainer.experiment, torch.float32)
    after = trainer.snapshot()
    assert np.array_equal(after.p, eager.snapshot().p)
    assert not np.array_equal(after.p, before.p)
    close("q", after.q, trainer.observer.seen(trainer.run_value.state, values_of(trainer.experiment))["q"])


# ---------------------------------------------------------------------------------------------------- the same numbers


def bits(answer: Answer) -> str:
    return hashlib.sha256(b"".join(array.tobytes() for array in answer.values())).hexdigest()


def looked_at(where: dict[str, object] = IN_THE_PLANE) -> tuple[NativeLook, Observer, object, object]:
    trainer = Trainer(small(**where), path="eager")
    trainer.advance(STEPS)
    look = NativeLook(program_of(trainer), library())
    return look, trainer.observer, trainer.run_value.state, values_of(trainer.experiment)


def test_looks_depend_on_no_other_looks():
    look, *given = looked_at()
    first = bits(look(*given))
    other = Trainer(small(**IN_THE_PLANE, seed=5)).state
    assert bits(look(given[0], other, given[2])) != first
    assert bits(look(*given)) == first


def test_threads_look_at_the_same_time():
    look, observer, state, values = looked_at()
    states = [state, Trainer(small(**IN_THE_PLANE, seed=5)).state]
    wanted = [bits(look(observer, each, values)) for each in states]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda i: bits(look(observer, states[i % 2], values)), range(40)))
    assert found == wanted * 20


@pytest.mark.long
def test_another_process_sees_the_same():
    code = "import sys; sys.path.insert(0, 'tests'); from test_looks import *; l, *g = looked_at(); print(bits(l(*g)))"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    look, *given = looked_at()
    assert other.stdout.split()[-1] == bits(look(*given))


def test_looking_changes_nothing():
    looked, left = Trainer(small()), Trainer(small())
    for _ in looked.run(6, every=1):
        pass
    left.advance(6)
    assert same(looked.state, left.state)
    before = {name: tensor.clone() for name, tensor in looked.observer.kept.items()}
    snapshot = looked.snapshot()
    kept = snapshot.q.copy()
    looked.advance(3)
    looked.snapshot()
    assert np.array_equal(snapshot.q, kept), "a snapshot is its own"
    assert same(before, looked.observer.kept)


# ------------------------------------------------------------------------------------------------- who looks natively


def way(trainer: Trainer) -> str:
    return "native" if isinstance(trainer.probe().look.func, NativeLook) else "eager"


def test_the_run_alone_decides_how_it_is_looked_at():
    """And so do its numbers: not whether a program happened to be there."""
    trainer = Trainer(small())
    assert way(trainer) == "eager", "no step has been made"
    trainer.step_generator()
    assert way(trainer) == "native"
    trainer.advance(2)
    trainer.change(lr_g=0.1)
    assert way(trainer) == "native"
    before = trainer.run_value
    trainer.change(loss="least_squares")
    assert way(trainer) == "eager", "its program may not be there yet"
    trainer.step()
    assert way(trainer) == "native"
    trainer.restore(before)
    assert way(trainer) == "native"
    assert way(Trainer.of(before)) == "native"
    assert way(Trainer.of(before, path="eager")) == "eager"


def test_an_eager_trainer_looks_eagerly():
    trainer = Trainer(small(), path="eager")
    trainer.advance(STEPS)
    assert way(trainer) == "eager"


def test_a_prepared_trainer_has_both_programs():
    experiment = small(generator={"name": "mlp", "width": 7, "depth": 1})
    trainer = Trainer(experiment)
    assert not trainer.is_ready
    trainer.prepare()
    assert trainer.is_ready
    assert LOOK_PROGRAMS.knows(experiment, torch.float32)


def test_what_cannot_be_captured_is_looked_at_by_torch(monkeypatch, caplog):
    """With one line that says so."""
    original = Observer.generated

    def branching(self, state, z):
        x = original(self, state, z)
        return x if x.sum() > 0 else x + 0

    monkeypatch.setattr(Observer, "generated", branching)
    trainer = Trainer(small(generator={"name": "mlp", "width": 6, "depth": 1}))
    trainer.advance(STEPS)
    with caplog.at_level(logging.INFO, "ganviz"):
        seen = [trainer.snapshot().q for _ in range(3)]
    assert np.array_equal(seen[0], seen[2])
    (line,) = (record.message for record in caplog.records if record.name == "ganviz")
    assert line.startswith("This experiment is looked at by PyTorch, not by ganviz's kernels: ")


def test_pictures_are_looked_at_by_torch():
    trainer = Trainer(small(data="mnist"))
    trainer.advance(1)
    assert trainer.path == "native"
    assert way(trainer) == "eager"
    assert trainer.is_ready
