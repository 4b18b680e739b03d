"""Transitions: the only four ways from one run to the next: a full step, a half-step of either player, a change."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganviz.contracts.isolated import isolated
from ganviz.contracts.regularizer import Player
from ganviz.contracts.space import space_of
from ganviz.engine import fastest
from ganviz.engine.device import fetch, place
from ganviz.engine.diverged import check, sound_steps
from ganviz.engine.events import Change, HalfStep, PathChange
from ganviz.engine.fastest import Look
from ganviz.engine.game import Game
from ganviz.engine.noise import Noise
from ganviz.engine.observer import Observer, Probe
from ganviz.engine.paths import Eager, Path, PathName
from ganviz.engine.players import State
from ganviz.engine.run import SCALARS, Run
from ganviz.engine.settings import Settings, bind, numbers
from ganviz.engine.tree import Tree, aligned, leaves
from ganviz.experiment import Diff, Experiment, field_of
from ganviz.option import Invalid


@dataclass(frozen=True)
class Walk:
    """Some steps of a run, one after another."""

    run: Run
    """After the last."""
    scalars: tuple[Mapping[str, float], ...]
    """`SCALARS` of each."""


class Transitions:
    """Computes what comes after a run: functions of the run alone.

    It keeps what follows from an experiment (networks, draws, a captured step), so that it is not worked out in every
    step, and works it out anew when it is given a run of another one.
    """

    game: Game
    noise: Noise
    settings: Settings
    _experiment: Experiment
    _observer: Observer | None
    _path: Path | None
    _look: Look | None

    def __init__(
        self, experiment: Experiment, precision: torch.dtype, device: torch.device, path: PathName = "native"
    ) -> None:
        """`path`: the way of running steps that is wanted; eager where there is no other."""
        self.precision = precision
        self.device = device
        """Where the steps are computed."""
        self.wanted: PathName = path
        self._fetched: tuple[Run, Run] | None = None
        self._rebuild(experiment)

    # ------------------------------------------------------------------------------------------- runs and places

    @isolated
    def begin(self, experiment: Experiment, state: State | None = None) -> Run:
        """A new run at its beginning; in a state of that experiment where one is given."""
        self._follow(experiment)
        state = self.game.initial_state() if state is None else state
        d_updates, g_updates = (int(state[player]["updates"]) for player in "dg")
        return Run(experiment, experiment, self.precision, self._placed(state), d_updates, g_updates, began=g_updates)

    @isolated
    def placed(self, run: Run) -> Run:
        """The run with its state where steps are computed, each tensor at the beginning of memory of its own: sums are
        taken in another order elsewhere."""
        return run.at(self._placed(run.state))

    def fetched(self, run: Run) -> Run:
        """The run with its state on the CPU, in its own precision: itself, where it is trained there. The same value
        for the same run, so that what was made of it can be used again."""
        if self.device.type == "cpu":
            return run
        if self._fetched is None or self._fetched[0] is not run:
            self._follow(run.experiment)
            self._fetched = run, run.at(fetch(run.state, self._leaf_types))
        return self._fetched[1]

    def _placed(self, state: State) -> State:
        placed: State = aligned(place(state, self.device))
        return placed

    @cached_property
    def _leaf_types(self) -> list[torch.dtype]:
        return [leaf.dtype for leaf in leaves(self.game.initial_state())]

    # ------------------------------------------------------------------------------------------------ transitions

    @isolated
    def advance(self, run: Run, steps: int, seconds: float = math.inf) -> Walk:
        """At least one iteration of Algorithm 1, at most so many, and as many as one call makes in the time. Raises
        `Diverged` when the first of them loses a number; one that comes later is the first of the next call."""
        self._follow(run.experiment)
        path = self._ready_path()

        def draws(i: int) -> Tree:
            return self.noise.step(run.d_updates + i * run.experiment.d_steps, run.g_updates + i)

        stretch = path.advance(run.state, self._values, draws, steps, seconds)
        good = sound_steps(stretch.scalars)
        if not good:
            check(_named(stretch.scalars[0]), "dg", run.g_updates + 1)
        if good < len(stretch.scalars):
            # Again from where the call began: the same numbers, so far as they are any.
            return self.advance(run, good)
        scalars = tuple(map(_named, stretch.scalars))
        return Walk(
            _by(path, run).moved(stretch.state, scalars[-1], good * run.experiment.d_steps, good, good), scalars
        )

    def interrupt(self) -> None:
        """Let a call of `advance` that is under way on another thread make no further step."""
        if self._path is not None:
            self._path.interrupt()

    def step(self, run: Run) -> Run:
        """After one iteration of Algorithm 1. Raises `Diverged` when a number is lost."""
        return self.advance(run, 1).run

    @isolated
    def half_step(self, run: Run, player: Player) -> Run:
        """After one update of one player alone; the other stays bit-identical. Raises `Diverged`."""
        self._follow(run.experiment)
        path, updates = self._ready_path(), run.d_updates if player == "d" else run.g_updates
        turn = path.turn(player, run.state, self._values, partial(self.noise.draw, player, updates))
        scalars = {**run.scalars, f"loss_{player}": turn.loss, f"grad_{player}": turn.gradient}
        check(scalars, player, run.g_updates + 1)
        state = {**run.state, player: turn.state}
        run = _by(path, run).noted(HalfStep(run.moves, player))
        return run.moved(state, scalars, int(player == "d"), int(player == "g"))

    @isolated
    def change(self, run: Run, experiment: Experiment) -> Run:
        """Under another experiment, which differs only in live settings; parameters and optimizer state are kept.
        Raises `Invalid` for one that differs in more."""
        diff = run.experiment.diff(experiment)
        if diff.rebuild:
            listed = ", ".join(diff.rebuild)
            raise Invalid(f"{listed} cannot change while training runs; start a new run with it.")
        if not diff:
            return run
        if not _redraws(diff):
            # What was read when the run began, even where the files have changed since.
            experiment = experiment.replace(data=run.experiment.data)
        if not _only_numbers(diff):
            here = self.fetched(run)
            self._follow(experiment)
            run = run.at(self._placed(self.game.carry_over(here.state, run.experiment)))
            if run.path != "eager":
                run = run.noted(PathChange(run.moves, "eager"), path="eager")
        return run.noted(Change(run.moves, experiment), experiment=experiment)

    # ------------------------------------------------------------------------------------------- what would be

    @isolated
    def step_from(self, run: Run, state: State) -> State:
        """The state one iteration after `state`, on the run's next minibatches."""
        self._follow(run.experiment)
        return self.game.step(state, self.settings, self.noise.step(run.d_updates, run.g_updates))[0]

    @isolated
    def gradients(self, run: Run, state: State) -> tuple[Tensor, Tensor]:
        """(G's gradient, D's gradient) in `state`, each flat, penalties included, on the run's next minibatches."""
        self._follow(run.experiment)
        g, d = self.noise.draw("g", run.g_updates), self.noise.draw("d", run.d_updates)
        return self.game.gradients(state, self.settings, g, d)

    # ------------------------------------------------------------------------------------------------------- paths

    @property
    def path(self) -> PathName:
        """The path that runs the steps now; the one that is wanted, while its program is not there yet."""
        return self.wanted if self._path is None else self._path.name

    def is_ready(self, run: Run) -> bool:
        """Whether the next step of the run, and a look at it, come at once: no program need be captured first."""
        self._follow(run.experiment)
        return self._path is not None or fastest.is_captured(self._experiment, self.precision)

    def prepare(self, run: Run) -> None:
        """Capture what `advance` and `probe` need, on whichever thread: only the programs that are kept are touched."""
        if self._is_native:
            fastest.capture(run.experiment, self.precision)

    def _ready_path(self) -> Path:
        """The path for steps: native where that is wanted and there is a program and a library, else eager."""
        if self._path is None:
            self._path = fastest.fastest_path(self.game)
        return self._path

    # ----------------------------------------------------------------------------------------------------- looking

    @isolated
    def probe(self, run: Run) -> Probe:
        """The run, to be looked at by the path that ran its last move: so it is the run alone that decides by
        which, and not whether a program happens to be there. Raises `Invalid` as `observer` does."""
        observer, here = self.observer(run), self.fetched(run)
        look = self._ready_look() if run.path == "native" else Observer.seen
        return Probe(observer, here, self._cpu_settings, partial(look, observer, here.state, self._cpu_values))

    def _ready_look(self) -> Look:
        """The way of looking at runs that the machine trains: native where there is a program, else eager."""
        if self._look is None:
            self._look = fastest.fastest_look(self.game)
        return self._look

    # ------------------------------------------------------------------------------------ what an experiment implies

    def game_of(self, run: Run) -> Game:
        """The game that is played."""
        self._follow(run.experiment)
        return self.game

    @isolated
    def observer(self, run: Run) -> Observer:
        """What can be seen of it. Raises `Invalid` for samples that cannot be looked at."""
        self._follow(run.experiment)
        if self._observer is None:
            self._observer = space_of(self.game.data).observer(self.game)
        return self._observer

    def cpu_settings(self, run: Run) -> Settings:
        """The live settings of a run for looking at it, which is done on the CPU."""
        self._follow(run.experiment)
        return self._cpu_settings

    def _follow(self, experiment: Experiment) -> None:
        """Be ready for runs of that experiment."""
        if experiment is self._experiment:
            return
        diff = self._experiment.diff(experiment)
        # Of the same path other pictures may have been read.
        reread = not _redraws(diff) and experiment.data.identity() != self._experiment.data.identity()
        if diff.rebuild or reread or not _only_numbers(diff):
            self._rebuild(experiment)
        elif _redraws(diff):
            # Numbers are inputs of the step and of a look. Those of the data act on the draws, which are captured in no
            # time, and on what is kept for looking.
            look = self._look
            self._rebuild(experiment)
            self._look = look
        else:
            self._experiment = experiment
            self._renumber()

    def _rebuild(self, experiment: Experiment) -> None:
        """Work out anew all that follows from the experiment."""
        self._experiment = experiment
        self.game = Game(experiment, self.precision)
        self.noise = Noise(experiment, self.precision, self.device)
        self._observer = None
        self._path = None if self._is_native else Eager(self.game)
        self._look = None if self._is_native else Observer.seen
        vars(self).pop("_leaf_types", None)
        self._renumber()

    @property
    def _is_native(self) -> bool:
        """Whether the machine may run the steps: it is wanted, and they are computed here."""
        return self.wanted == "native" and self.device.type == "cpu"

    def _renumber(self) -> None:
        """Read the live numbers of the experiment."""
        values = numbers(self._experiment, lambda value: torch.tensor(value, dtype=self.precision))
        self._cpu_values, self._cpu_settings = values, bind(self._experiment, values)
        self._values = place(values, self.device)
        self.settings = bind(self._experiment, self._values)


def _by(path: Path, run: Run) -> Run:
    """The run, moved by that path from here on."""
    return run if path.name == run.path else run.noted(PathChange(run.moves, path.name), path=path.name)


def _named(scalars: NDArray[np.float64]) -> Mapping[str, float]:
    return dict(zip(SCALARS, scalars.tolist(), strict=True))


def _only_numbers(diff: Diff) -> bool:
    """Whether live numbers alone differ: those are inputs of the step."""
    return not diff.rebuild and all(isinstance(value, float) for value in diff.live.values())


def _redraws(diff: Diff) -> bool:
    """Whether other samples of p_data are drawn."""
    return "data" in map(field_of, diff.live)
