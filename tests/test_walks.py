"""Random walks of steps, half-steps, changes, going back, branches, files and looks.

On the eager path they end where a loop of this file's own ends, which takes the events as they were issued; on the
native path, where a trainer ends that only takes these.
"""

from __future__ import annotations

import copy
import math
import tempfile
from itertools import accumulate
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import same, small
from hypothesis import given, settings
from hypothesis import strategies as st

from ganviz import Experiment, Trainer, preset
from ganviz.engine.game import Game
from ganviz.engine.noise import Noise
from ganviz.engine.paths import PathName
from ganviz.engine.players import State
from ganviz.engine.run import SCALARS, Run
from ganviz.engine.settings import bind, numbers
from ganviz.lab.recorder import Recorder

TINY = {"name": "mlp", "width": 4, "depth": 1, "activation": "tanh"}

GAMES: dict[str, Experiment] = {
    "line": small(generator=TINY, discriminator=TINY, batch_size=4),
    "plane": small(generator=TINY, discriminator=TINY, batch_size=5, data="ring", latent={"name": "normal", "dim": 2}),
    "dirac": preset("dirac-gan"),
}

CHANGES: list[dict[str, object]] = [
    {"lr_d": 3e-3},
    {"lr_g": 2e-4},
    {"d_steps": 2},
    {"d_steps": 1},
    {"batch_size": 6},
    {"loss": "minimax"},
    {"loss": {"name": "nonsaturating", "real_label": 0.9}},
    {"loss": "least_squares"},
    {"regularizers": ["r1"]},
    {"regularizers": [{"name": "r1", "gamma": 0.3}, "ema"]},
    {"regularizers": ["instance_noise", "historical_averaging"]},
    {"regularizers": []},
    {"optimizer_d": "sgd"},
    {"optimizer_g": {"name": "adam", "beta1": 0.5}},
    {"optimizer_g": "extragradient"},
    {"updates": "simultaneous"},
    {"schedule": "exponential"},
]

DATA: dict[str, list[dict[str, object]]] = {
    "line": [{"data.mean": 1.5}, {"data.std": 0.5}],
    "plane": [{"data.radius": 1.5}],
    "dirac": [{"data.at": 0.25}],
}

MOVES = ("step", "d", "g")

Event = tuple[str, object]
Straight = tuple[Experiment, State, dict[str, float]]


def live(game: str) -> list[dict[str, object]]:
    """The changes that this game can take while it is played."""
    experiment = GAMES[game]
    some = [*CHANGES, *DATA[game]]
    return [change for change in some if not experiment.diff(experiment.replace(**change)).rebuild]


def straight(experiment: Experiment, events: list[Event]) -> Straight:
    """What a run comes to, by `Game` alone: no Run, no log, no trainer."""
    game, noise = Game(experiment), Noise(experiment, torch.float32)
    state, scalars = game.initial_state(), dict.fromkeys(SCALARS, math.nan)
    for what, value in events:
        now = bind(experiment, numbers(experiment, torch.tensor))
        d, g = (int(state[player]["updates"]) for player in "dg")
        if what == "step":
            state, told = game.step(state, now, noise.step(d, g))
            scalars = dict(zip(SCALARS, told.tolist(), strict=True))
        elif what == "d":
            after, loss, norm = game.discriminator_turn(state, now, noise.draw("d", d))
            state, scalars = {**state, "d": after}, scalars | {"loss_d": float(loss), "grad_d": float(norm)}
        elif what == "g":
            after, loss, norm = game.generator_turn(state, now, noise.draw("g", g))
            state, scalars = {**state, "g": after}, scalars | {"loss_g": float(loss), "grad_g": float(norm)}
        elif what == "change":
            old, experiment = experiment, experiment.replace(**value)
            game, noise = Game(experiment), Noise(experiment, torch.float32)
            state = game.carry_over(state, old)
    return experiment, state, scalars


def straight_natively(experiment: Experiment, events: list[Event]) -> Straight:
    """What a run comes to that is never looked at, copied, kept or taken back."""
    trainer = Trainer(experiment)
    for what, value in events:
        if what == "change":
            trainer.adopt(trainer.experiment.replace(**value))
        else:
            {"step": trainer.step, "d": trainer.step_discriminator, "g": trainer.step_generator}[what]()
    return trainer.experiment, trainer.state, dict(trainer.scalars)


STRAIGHT = {"eager": straight, "native": straight_natively}


def compare(run: Run, game: str, path: PathName, events: list[Event]) -> None:
    """Check that a run is where the events lead."""
    experiment, state, scalars = STRAIGHT[path](GAMES[game], events)
    assert run.experiment == experiment
    assert same(run.state, state)
    assert np.array_equal(list(run.scalars.values()), list(scalars.values()), equal_nan=True)
    assert run.moves == sum(what in MOVES for what, _ in events)
    assert (run.d_updates, run.g_updates) == tuple(int(state[player]["updates"]) for player in "dg")


class Walk:
    """A trainer that is led about, and the events that lead straight to where it stands."""

    def __init__(self, game: str, path: PathName, folder: Path) -> None:
        self.game, self.path, self.file = game, path, folder / "run"
        self.trainer = Trainer(GAMES[game], path=path)
        self.events: list[Event] = []
        self.kept: list[tuple[Run, list[Event]]] = [(self.trainer.run_value, [])]

    def go(self, what: str, number: int) -> None:
        """Do something; `number` chooses what, or how much."""
        if what == "step":
            for _ in range(1 + number % 3):
                self.trainer.step()
                self.events.append(("step", None))
        elif what in ("d", "g"):
            (self.trainer.step_discriminator if what == "d" else self.trainer.step_generator)()
            self.events.append((what, None))
        elif what == "change":
            change = live(self.game)[number % len(live(self.game))]
            self.trainer.change(**change)
            self.events.append(("change", change))
        elif what == "keep":
            self.kept.append((self.trainer.run_value, list(self.events)))
        elif what == "back":
            run, events = self.kept[number % len(self.kept)]
            self.trainer.restore(run)
            self.events = list(events)
        elif what == "branch":
            other, change = copy.deepcopy(self.trainer), {"lr_d": 1e-4 * (1 + number)}
            other.step()
            other.change(**change)
            other.step()
            events = [*self.events, ("step", None), ("change", change), ("step", None)]
            self.kept.append((other.run_value, events))
        elif what == "file":
            self.trainer.save(self.file)
            self.trainer = Trainer.load(self.file, path=self.path)
            compare(self.trainer.run_value, self.game, self.path, self.events)
        elif what == "look":
            self.trainer.snapshot()
            self.trainer.generate(3, draw=number)


WHATS = ["step", "step", "step", "d", "g", "change", "change", "keep", "back", "branch", "file", "look"]

WALKS = st.tuples(
    st.sampled_from(sorted(GAMES)),
    st.sampled_from(sorted(STRAIGHT)),
    st.lists(st.tuples(st.sampled_from(WHATS), st.integers(0, 1000)), min_size=20, max_size=28),
)


def check(walk: tuple[str, PathName, list[tuple[str, int]]]) -> None:
    game, path, moves = walk
    with tempfile.TemporaryDirectory() as folder:
        walked = Walk(game, path, Path(folder))
        for what, number in moves:
            walked.go(what, number)
    compare(walked.trainer.run_value, game, path, walked.events)
    for run, events in walked.kept:
        compare(run, game, path, events)


WALKS_BACK = st.tuples(
    st.sampled_from(sorted(GAMES)),
    st.sampled_from(sorted(STRAIGHT)),
    st.lists(
        st.tuples(st.sampled_from([*MOVES, *MOVES, "step", "change", "back", "at", "look"]), st.integers(0, 1000)),
        min_size=20,
        max_size=28,
    ),
)

KEPT = 4
"""Moves between two moments that a recorder keeps in these walks."""


class WalkBack:
    """A recorder that is led about, goes back and is asked for the past, and the events that lead to where it is."""

    def __init__(self, game: str, path: PathName) -> None:
        self.game, self.path, self.recorder, self.events = game, path, Recorder(GAMES[game], path), list[Event]()

    def first(self, moves: int) -> list[Event]:
        """The events up to the move of that number: what was changed after it is not among them."""
        at = [0, *(i + 1 for i, (what, _) in enumerate(self.events) if what in MOVES)]
        return self.events[: at[moves]]

    def steps(self) -> list[int]:
        """The step after each move, and before the first."""
        return [0, *accumulate(what != "d" for what, _ in self.events if what in MOVES)]

    def go(self, what: str, number: int) -> None:
        """Do something; `number` chooses what, or how far."""
        steps = self.steps()
        if what in MOVES:
            recorder = self.recorder
            {"step": recorder.step, "d": recorder.step_discriminator, "g": recorder.step_generator}[what]()
            self.events.append((what, None))
        elif what == "change":
            change = live(self.game)[number % len(live(self.game))]
            self.recorder.trainer.change(**change)
            self.events.append(("change", change))
        elif what == "back":
            now, far = self.recorder.trainer.experiment, number % 9
            self.recorder.go_back(far)
            moves = max(i for i in range(0, len(steps), KEPT) if i == 0 or steps[i] <= steps[-1] - far)
            settings = {name: getattr(now, name) for name in type(now).model_fields}
            self.events = [*self.first(moves), ("change", settings)]
            compare(self.recorder.trainer.run_value, self.game, self.path, self.events)
        elif what == "at":
            step = number % (steps[-1] + 1)
            compare(self.recorder.at(step), self.game, self.path, self.first(steps.index(step)))
        else:
            self.recorder.view()


def check_back(walk: tuple[str, PathName, list[tuple[str, int]]]) -> None:
    game, path, moves = walk
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ganviz.lab.recorder.EVERY", KEPT)
        walked = WalkBack(game, path)
        for what, number in moves:
            walked.go(what, number)
        compare(walked.recorder.trainer.run_value, game, path, walked.events)


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(WALKS)
def test_a_walk_comes_to_where_a_straight_run_comes(walk):
    check(walk)


@pytest.mark.long
@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(WALKS)
def test_many_walks_do(walk):
    check(walk)


@settings(max_examples=20, deadline=None, derandomize=True, database=None)
@given(WALKS_BACK)
def test_a_walk_back_and_forth_comes_there_too(walk):
    check_back(walk)


@pytest.mark.long
@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(WALKS_BACK)
def test_many_walks_back_and_forth_do(walk):
    check_back(walk)
