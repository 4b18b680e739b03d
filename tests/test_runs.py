"""A run is a value: kept, saved, copied, sent elsewhere, looked at or gone back to, it goes on as if nothing had been.

Over every option and every preset, whole runs are compared: every field, tensors bit for bit.
"""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from conftest import ROOMS, every, leaves_of, same, same_run, small, trainer_for

from ganviz import Experiment, Trainer, preset
from ganviz.engine.events import PathChange
from ganviz.engine.run import Run
from ganviz.lab.recorder import Recorder
from ganviz.metrics.base import fitting
from ganviz.option import Option
from ganviz.presets import preset_names

Subject = Trainer | Recorder
Event = Callable[[Subject], None]


def trainer_of(subject: Subject) -> Trainer:
    return subject.trainer if isinstance(subject, Recorder) else subject


def step(subject: Subject) -> None:
    subject.step()


def step_d(subject: Subject) -> None:
    subject.step_discriminator()


def step_g(subject: Subject) -> None:
    subject.step_generator()


def change(**fields: object) -> Event:
    return lambda subject: trainer_of(subject).change(**fields)


EVENTS = [step, step, change(lr_d=1.7e-4), step_d, step_g, step, change(d_steps=4), step, step]
"""What is done to every run: on the way are a change of a number, half-steps, and a change of structure."""

FEW = [step, change(lr_d=1.7e-4), step_d, step]
"""The same on pictures, whose steps take long."""

NARROW = {"mlp": {"width": 16}, "dcgan": {"channels": 8}, "maxout": {"width": 8}, "dirac": {}}


def quick(name: str) -> Experiment:
    """A preset with minibatches of 8, on pictures also with narrow networks; otherwise as it is."""
    experiment = preset(name)
    experiment = experiment.replace(batch_size=min(8, experiment.batch_size))
    if name == "too-fast":  # whose rates are there to lose its numbers at once
        experiment = experiment.replace(lr_g=1e-3, lr_d=1e-3)
    if len(experiment.data.shape) < 3:
        return experiment
    players = {side: getattr(experiment, side).to_dict() for side in ("generator", "discriminator")}
    return experiment.replace(**{side: net | NARROW[net["name"]] for side, net in players.items()})


def experiment_of(case: str | type[Option]) -> Experiment:
    return quick(case) if isinstance(case, str) else trainer_for(case.room, case()).experiment


@dataclass(frozen=True)
class Life:
    """An experiment, what is done to its run, and the runs between these events, from the first to the last."""

    experiment: Experiment
    events: list[Event]
    runs: list[Run]

    @property
    def half(self) -> int:
        """How many events lie before the middle, where something happens to the run."""
        return len(self.events) // 2

    def goes_on(self, subject: Subject) -> None:
        """Check that from the middle on it has these runs."""
        for event, after in zip(self.events[self.half :], self.runs[self.half + 1 :], strict=True):
            event(subject)
            assert same_run(trainer_of(subject).run_value, after)


def lived(experiment: Experiment) -> Life:
    """An uninterrupted run, which nobody looks at."""
    trainer = Trainer(experiment, device="cpu")
    events, runs = FEW if len(experiment.data.shape) == 3 else EVENTS, [trainer.run_value]
    for event in events:
        event(trainer)
        runs.append(trainer.run_value)
    return Life(experiment, events, runs)


PRESETS = [pytest.param(name, id=f"presets-{name}", marks=pytest.mark.long) for name in preset_names()]
CASES = [*every(*ROOMS), *PRESETS]


@pytest.fixture(scope="module", params=CASES)
def life(request: pytest.FixtureRequest) -> Life:
    return lived(experiment_of(request.param))


def lies_well(run: Run) -> bool:
    """Whether every tensor of the state is contiguous and begins at a multiple of 64 bytes."""
    return all(leaf.is_contiguous() and leaf.data_ptr() % 64 == 0 for leaf in leaves_of(run.state))


# ------------------------------------------------------------------------------------------------ over all options


def test_it_counts_its_moves(life):
    first, last = life.runs[0], life.runs[-1]
    halves = [event for event in life.events if event in (step_d, step_g)]
    assert last.moves == sum(event in (step, step_d, step_g) for event in life.events)
    assert last.g_updates == sum(event in (step, step_g) for event in life.events)
    done = [event for event in last.log if not isinstance(event, PathChange)]
    assert len(done) == len(life.events) - life.events.count(step), "full steps are not in it"
    assert len(halves) > 0
    assert not same(first.state, last.state)
    for run in life.runs:
        assert (run.d_updates, run.g_updates) == tuple(int(run.state[player]["updates"]) for player in "dg")
        assert lies_well(run)


def test_saved_and_loaded_it_goes_on(life, tmp_path):
    Trainer.of(life.runs[life.half], device="cpu").save(tmp_path / "run")
    trainer = Trainer.load(tmp_path / "run")
    assert same_run(trainer.run_value, life.runs[life.half])
    assert lies_well(trainer.run_value)
    life.goes_on(trainer)


def test_gone_back_it_goes_on_and_so_does_a_branch(life):
    trainer = Trainer.of(life.runs[-1], device="cpu")
    trainer.restore(life.runs[life.half])
    assert same_run(trainer.run_value, life.runs[life.half])
    assert lies_well(trainer.run_value)
    branch, other = (Trainer.of(life.runs[life.half], device="cpu") for _ in range(2))
    other.change(lr_g=3e-4)
    other.step()
    life.goes_on(trainer)
    other.step()
    life.goes_on(branch)
    assert not same_run(branch.run_value, other.run_value)


def test_copies_go_on(life):
    original = Trainer.of(life.runs[life.half], device="cpu")
    value = pickle.loads(pickle.dumps(original.run_value))
    assert same_run(value, original.run_value)
    for trainer in (copy.deepcopy(original), pickle.loads(pickle.dumps(original))):
        assert lies_well(trainer.run_value)
        assert same_run(trainer.run_value, life.runs[life.half])
        life.events[life.half](trainer)
        assert same_run(trainer.run_value, life.runs[life.half + 1])
    assert same_run(original.run_value, life.runs[life.half]), "the original stays where it is"


def look(subject: Subject) -> None:
    """In every way that there is."""
    trainer = trainer_of(subject)
    if isinstance(subject, Recorder):
        subject.view()
    else:
        trainer.snapshot()
    trainer.generate(7, draw=trainer.moves)
    trainer.discriminate(np.zeros((3, *trainer.experiment.data.pair_shape)))
    for metric in [metric for metric in fitting(trainer.experiment) if not metric.slow][:1]:
        trainer.measure(metric.option_name())


def same_curves(one: Recorder, two: Recorder) -> bool:
    a, b = one.view().curves, two.view().curves
    return a.keys() == b.keys() and all(np.array_equal(np.array(a[name]), np.array(b[name])) for name in a)


@pytest.mark.long
def test_looked_at_recorded_and_computed_again_it_is_the_same(life, monkeypatch):
    """A recorder that is looked at after every event, beside one that never is; every step of the past; back and on."""
    monkeypatch.setattr("ganviz.lab.recorder.EVERY", 3)
    seen, unseen = Recorder(life.experiment), Recorder(life.experiment)
    for event, after in zip(life.events, life.runs[1:], strict=True):
        event(seen)
        event(unseen)
        look(seen)
        assert same_run(seen.trainer.run_value, after)
    assert same_run(unseen.trainer.run_value, life.runs[-1])
    for n in range(life.runs[-1].g_updates + 1):
        first = next(run for run in life.runs if run.g_updates == n)
        assert same_run(seen.at(n), first)
        assert lies_well(seen.at(n))
    assert same_curves(seen, unseen)
    now = life.runs[-1].experiment
    for recorder in (seen, unseen):
        recorder.go_back(1)
    moves = seen.trainer.moves
    assert moves in (0, 3, 6)
    kept = Trainer.of(next(run for run in life.runs if run.moves == moves), device="cpu")
    kept.adopt(now)
    assert same_run(seen.trainer.run_value, kept.run_value)
    for trainer in (seen, unseen, kept):
        trainer.step()
        trainer.step_generator()
    look(seen)
    assert same_run(seen.trainer.run_value, kept.run_value)
    assert same_run(unseen.trainer.run_value, kept.run_value)
    assert same_curves(seen, unseen)


ELSEWHERE = """
import pickle, sys, torch
from ganviz import Trainer

torch.set_num_threads(1)
for run in pickle.load(open(sys.argv[1], "rb")):
    trainer = Trainer.of(run, device="cpu")
    trainer.step()
    trainer.step_discriminator()
    pickle.dump(trainer.run_value, sys.stdout.buffer)
"""


def test_in_another_process_it_goes_on(tmp_path):
    """One process for all of them."""
    values = [case.values[0] for case in every(*ROOMS)]
    ready = [value for value in values if isinstance(value, str) or not value().lacking()]
    trainers = [Trainer(experiment_of(value), device="cpu") for value in ready]
    for trainer in trainers:
        trainer.step()
        trainer.step_generator()
    (tmp_path / "runs").write_bytes(pickle.dumps([trainer.run_value for trainer in trainers]))
    command = [sys.executable, "-c", ELSEWHERE, str(tmp_path / "runs")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        for value, trainer in zip(ready, trainers, strict=True):
            trainer.step()
            trainer.step_discriminator()
            assert same_run(trainer.run_value, pickle.load(child.stdout)), value
    assert child.returncode == 0


@pytest.mark.parametrize("path", ["eager", "native"])
@pytest.mark.parametrize("option", every(*ROOMS))
def test_half_steps_make_a_step(option, path):
    """Bit for bit."""
    run = trainer_for(option.room, option(), d_steps=2).run_value
    whole, halves = (Trainer.of(run, path=path) for _ in range(2))
    whole.advance(3)
    for _ in range(3):
        halves.step_discriminator()
        halves.step_discriminator()
        halves.step_generator()
    assert same(whole.state, halves.state)
    assert dict(whole.scalars) == dict(halves.scalars)


@pytest.mark.parametrize("option", every(*ROOMS))
def test_each_turn_leaves_the_other_player_alone(option):
    trainer = trainer_for(option.room, option())
    trainer.advance(3)
    before = trainer.state
    trainer.step_generator()
    assert same(before["d"], trainer.state["d"])
    assert not same(before["g"], trainer.state["g"])
    before = trainer.state
    trainer.step_discriminator()
    assert same(before["g"], trainer.state["g"])
    assert not same(before["d"], trainer.state["d"])


# ------------------------------------------------------------------------------------------------ longer, over some

LONGER = {
    "line": small(regularizers=["r1", "ema"]),
    "plane": small(data="ring", latent={"name": "normal", "dim": 2}, regularizers=["instance_noise"]),
    "dirac": preset("dirac-gan"),
    "pictures": small(data="mnist", latent={"name": "normal", "dim": 16}, batch_size=8),
}


def recorded(experiment: Experiment, every: int) -> Iterator[Recorder]:
    """A recorder, drawn after so many moves again and again, 0: never; at step 70, then gone back and at 65."""
    recorder = Recorder(experiment, "eager")

    def moves(until: int) -> None:
        while recorder.trainer.step_count < until:
            halves = recorder.trainer.step_count % 10 == 9
            for move in (step_d, step_g) if halves else (step,):
                move(recorder)
                if every and recorder.trainer.moves % every == 0:
                    look(recorder)

    moves(70)
    yield recorder
    recorder.go_back(20)
    moves(65)
    yield recorder


@pytest.mark.parametrize("name", LONGER)
def test_frames_change_nothing(name, monkeypatch):
    """Drawn at every move, every 7 or 60 moves, or never: the same runs, and the same curves whoever looked."""
    monkeypatch.setattr("ganviz.lab.recorder.EVERY", 25)
    paces = (0, 60) if name == "pictures" else (0, 1, 7, 60)
    for never, *others in zip(*(recorded(LONGER[name], pace) for pace in paces), strict=True):
        for recorder in others:
            assert same_run(never.trainer.run_value, recorder.trainer.run_value)
            assert same_curves(never, recorder)
        assert never.view().curves["loss_d"][0][-1] == never.trainer.step_count


def test_after_going_back_the_numbers_are_those_of_then():
    straight = Trainer(preset("figure-1"), path="eager")
    straight.advance(100)
    recorder = Recorder(preset("figure-1"), "eager")
    for _ in range(250):
        recorder.step()
    assert recorder.trainer.scalars["loss_d"] == pytest.approx(1.3533, abs=2e-4)
    recorder.go_back(150)
    assert recorder.trainer.step_count == 100
    assert same_run(recorder.trainer.run_value, straight.run_value)
    assert straight.scalars["loss_d"] == pytest.approx(1.0329, abs=2e-4)


@pytest.mark.parametrize(
    ("experiment", "seed"),
    [
        *((preset("ring").replace(regularizers=["spectral_norm"]), seed) for seed in range(6)),
        *((preset("figure-1").replace(batch_size=size), 0) for size in (7, 33, 255)),
    ],
    ids=[*(f"ring-{seed}" for seed in range(6)), *(f"figure-1-{size}" for size in (7, 33, 255))],
)
def test_where_the_numbers_lie_changes_nothing(experiment, seed, tmp_path):
    """Also at odd batch sizes, and from wherever the state that is restored lies."""
    experiment = experiment.replace(seed=seed)
    trainer = Trainer(experiment)
    trainer.advance(3)
    early = trainer.run_value
    trainer.save(tmp_path / "run")
    trainer.advance(5)
    astray = early.at(torch.utils._pytree.tree_map(displaced, early.state))
    assert not lies_well(astray)
    copies = [Trainer.load(tmp_path / "run"), Trainer.of(astray), pickle.loads(pickle.dumps(Trainer.of(early)))]
    for other in copies:
        assert lies_well(other.run_value)
        other.advance(5)
        assert lies_well(other.run_value)
        assert same_run(trainer.run_value, other.run_value)


def displaced(leaf: torch.Tensor) -> torch.Tensor:
    """The same numbers, one number behind a multiple of 64 bytes."""
    memory = torch.empty(leaf.numel() + 1, dtype=leaf.dtype)
    memory[1:] = leaf.reshape(-1)
    return memory[1:].view(leaf.shape)
