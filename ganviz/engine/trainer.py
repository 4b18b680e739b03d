"""Trainer: runs an experiment, step by step, and can be asked what it looks like."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Sequence
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from ganviz.contracts.space import space_of
from ganviz.engine import checkpoint
from ganviz.engine.accelerator import Accelerator, Pace
from ganviz.engine.device import best, fetch, named, place
from ganviz.engine.diverged import check
from ganviz.engine.game import SCALARS, Game
from ganviz.engine.noise import Noise, generator_for
from ganviz.engine.observer import Moment, Observer
from ganviz.engine.paths import Eager, Path
from ganviz.engine.players import State
from ganviz.engine.request import Answer, Request
from ganviz.engine.settings import bind, numbers
from ganviz.engine.snapshot import Snapshot
from ganviz.engine.tree import leaves
from ganviz.experiment import Experiment
from ganviz.option import Invalid, resolve

Array = NDArray[np.float64]


class Trainer:
    """Trains the two players of an Experiment.

    Same experiment, same machine, same numbers, bit for bit, on the eager and the captured path; the compiled path
    agrees to float tolerance (see `accelerate`). Nothing is drawn from a global random state.
    """

    def __init__(
        self, experiment: Experiment, *, dtype: torch.dtype = torch.float32, device: str | None = None
    ) -> None:
        """`device`: ``"cpu"``, ``"cuda"`` or ``"mps"``; without it pictures are trained on a GPU where there is one.
        Raises `Invalid` for a device that is not there, or has no numbers of that type."""
        self._dtype = dtype
        data = experiment.data
        data.prepare()
        self.device = best(data.shape, dtype) if device is None else named(device, dtype)
        """Where the steps are computed."""
        self._accelerator: Accelerator | None = None
        self._pace: Pace = "eager"
        self._adopt(experiment)
        self._settle(self._game.initial_state())
        self._scalars = dict.fromkeys(SCALARS, math.nan)
        self._looks = 0
        self._count()

    def _adopt(self, experiment: Experiment) -> None:
        """Take over an experiment's options; the state stays."""
        self.experiment = experiment
        self._game = Game(experiment, self._dtype)
        self._noise = Noise(experiment, self._dtype, self.device)
        self._observer: Observer | None = None
        self._path: Path = Eager(self._game)
        self._renumber()

    def _renumber(self) -> None:
        """Read the live numbers of the experiment, for the step and for looking, which is done on the CPU."""
        values = numbers(self.experiment, lambda value: torch.tensor(value, dtype=self._dtype))
        self._looking = bind(self.experiment, values)
        self._values = place(values, self.device)
        self._settings = bind(self.experiment, self._values)

    def _settle(self, state: State) -> None:
        """Make a state from the CPU, or one that this trainer had, the run's."""
        if all(leaf.device.type == "cpu" for leaf in leaves(state)):
            self._precisions = [leaf.dtype for leaf in leaves(state)]
        self.state: State = place(state, self.device)

    def _count(self) -> None:
        """Mirror the state's counters as plain numbers."""
        self._d_updates, self._g_updates = (int(self.state[player]["updates"]) for player in "dg")

    # ------------------------------------------------------------------------------------------------- training

    @property
    def step_count(self) -> int:
        """How many updates G has made."""
        return self._g_updates

    @property
    def path(self) -> str:
        """The path that runs the steps now: eager, captured or compiled."""
        return self._path.name

    def accelerate(self, pace: Pace = "captured", *, wait: bool = False) -> None:
        """Look for a faster path in the background and change over between two steps once it is checked.

        ``captured`` keeps every bit; ``compiled`` agrees to float tolerance and needs a C++ compiler. What cannot be
        built leaves training as it is. With `wait` the change has happened when the call returns.
        """
        self._pace = pace
        if self._accelerator is not None:
            self._accelerator.cancel()
            self._accelerator = None
        if pace != "eager":
            self._accelerator = Accelerator(self.experiment, self.state, self._dtype, pace, self.device)
            if wait:
                self._accelerator.wait()
                self._change_path()

    def _change_path(self) -> None:
        if self._accelerator is not None and (faster := self._accelerator.take()) is not None:
            self._path = faster

    def step(self) -> None:
        """One iteration of Algorithm 1. Raises `Diverged`, and keeps the state before it, when a number is lost."""
        self._change_path()
        noise = self._noise.step(self._d_updates, self._g_updates)
        state, scalars = self._path(self.state, self._values, noise)
        self._accept(state, dict(zip(SCALARS, scalars.tolist(), strict=True)), self.experiment.d_steps, 1)

    def step_discriminator(self) -> None:
        """One update of D alone; G stays bit-identical. Raises `Diverged`."""
        noise = self._noise.draw("d", self._d_updates)
        d, loss, gradient = self._game.discriminator_turn(self.state, self._settings, noise)
        scalars = self._scalars | {"loss_d": float(loss), "grad_d": float(gradient)}
        self._accept({"g": self.state["g"], "d": d}, scalars, 1, 0)

    def step_generator(self) -> None:
        """One update of G alone; D stays bit-identical. Raises `Diverged`."""
        noise = self._noise.draw("g", self._g_updates)
        g, loss, gradient = self._game.generator_turn(self.state, self._settings, noise)
        scalars = self._scalars | {"loss_g": float(loss), "grad_g": float(gradient)}
        self._accept({"g": g, "d": self.state["d"]}, scalars, 0, 1)

    def _accept(self, state: State, scalars: dict[str, float], d_updates: int, g_updates: int) -> None:
        """Make `state` the run's state, unless a number was lost on the way there."""
        moved = ("d" if d_updates else "") + ("g" if g_updates else "")
        check(scalars, moved, self._g_updates + 1)
        self.state, self._scalars = state, scalars
        self._d_updates += d_updates
        self._g_updates += g_updates

    def advance(self, n: int) -> None:
        """`n` steps. Raises `Diverged` at the first step that loses a number."""
        for _ in range(n):
            self.step()

    def run(self, steps: int, every: int) -> Iterator[Snapshot]:
        """Train for `steps` steps; yields a Snapshot before the first and after every `every` of them, and the last."""
        if every < 1:
            raise Invalid(f"every must be at least 1 (got {every}).")
        yield self.snapshot()
        for done in range(0, steps, every):
            self.advance(min(every, steps - done))
            yield self.snapshot()

    def change(self, **fields: Any) -> None:
        """Change live settings between two steps; parameters and optimiser state are kept.

        Takes the fields of Experiment, such as ``lr_d=3e-4``, ``loss="least_squares"`` or ``regularizers=["r1"]``.
        Raises `Invalid` for a field that needs a new run, and then nothing has changed.
        """
        self.adopt(self.experiment.replace(**fields))

    def adopt(self, experiment: Experiment) -> None:
        """Go on with another experiment that differs only in live settings. Raises `Invalid` otherwise."""
        old, diff = self.experiment, self.experiment.diff(experiment)
        if diff.rebuild:
            listed = ", ".join(diff.rebuild)
            raise Invalid(f"{listed} cannot change while training runs; start a new run with it.")
        if not diff:
            return
        redrawn = any(path.partition(".")[0] == "data" for path in diff.live)
        if not redrawn:
            # What was read when the run began, even where the files have changed since.
            experiment = experiment.replace(data=old.data)
        if all(isinstance(value, float) for value in diff.live.values()):
            # Numbers are inputs of the step: the paths stay. Those of the data act on the draws alone.
            self.experiment = self._game.experiment = experiment
            self._renumber()
            if redrawn:
                self._game.data = experiment.data
                self._noise, self._observer = Noise(experiment, self._dtype, self.device), None
            return
        state = self.state_at_home()
        self._adopt(experiment)
        self._settle(self._game.carry_over(state, old))
        self.accelerate(self._pace)

    # ------------------------------------------------------------------------------------------- what would be

    def step_from(self, state: State) -> State:
        """The state one iteration after `state`, on the run's next minibatches; the run itself stays where it is."""
        noise = self._noise.step(self._d_updates, self._g_updates)
        return self._game.step(state, self._settings, noise)[0]

    def gradients(self, state: State) -> tuple[Tensor, Tensor]:
        """(G's gradient, D's gradient) in `state`, each flat, penalties included, on the run's next minibatches."""
        g, d = (self._noise.draw(player, count) for player, count in (("g", self._g_updates), ("d", self._d_updates)))
        return self._game.gradients(state, self._settings, g, d)

    # -------------------------------------------------------------------------------------------------- looking

    @property
    def observer(self) -> Observer:
        """What can be seen of the game."""
        if self._observer is None:
            self._observer = space_of(self.experiment.data).observer(self._game)
        return self._observer

    def moment(self) -> Moment:
        """The run as it is now, to be looked at and asked, however much later. Raises `Invalid` for samples of a kind
        that nobody can look at."""
        return Moment(self.observer, self.experiment, self.state_at_home(), self._looking, self._scalars)

    def snapshot(self, *requests: Request) -> Snapshot:
        """The run as it looks now, with the answers to some requests. Raises `Invalid` as `moment` does, and for what
        cannot be asked."""
        return self.moment().snapshot(*requests)

    def answer(self, request: Request) -> Answer:
        """What is asked of the run as it is now. Raises `Invalid` as `snapshot` does."""
        return self.moment().answer(request)

    def generate(self, n: int, classes: Sequence[str] | None = None) -> Tensor:
        """`n` fakes, shape (n, *shape), from a random stream of their own: looking changes nothing.

        Where G is told a class, `classes` says which, by name, again and again: ``generate(20, "07")`` draws ten pairs
        of a 0 and a 7. Without it they are as frequent as in the data. Raises `Invalid` for one that is not there.
        """
        generator, data = generator_for(self.experiment.seed, f"generate/{self._looks}"), self._game.data
        self._looks += 1
        drawn = [draw(n, generator) for draw in (self._game.latent.sample, data.told)]
        if classes is not None:
            drawn[1] = data.told_in_turn(n, classes)
        with torch.no_grad():
            return self._game.generate(self._game.shown(self.state_at_home()), torch.cat(drawn, 1).to(self._dtype))

    def discriminate(self, x: ArrayLike | Tensor) -> Array:
        """D(x) in the loss's own scale at the points `x`, (n, *shape), on the line also (n,); returns (n,).
        Of data with classes the points are pairs, (n, *seen_shape)."""
        points = np.asarray(x, dtype=np.float64)
        return self.observer.discriminate(self.state_at_home(), self._looking, points)

    def density(self, x: ArrayLike) -> Array:
        """p_g at the points `x`, (m,) on the line, else (m, *shape); returns (m,). Exact on the line for a
        one-dimensional latent, else a kernel estimate."""
        return self.observer.density(self.state_at_home(), np.asarray(x, dtype=np.float64))

    def measure(self, name: str) -> float:
        """One metric by its name, such as ``"jsd"``; ``ganviz.options("metrics")`` lists them. Raises `Invalid` for an
        unknown one, and for one that says nothing about these data."""
        metric: Any = resolve("metrics", name)
        if not metric.fits(self.experiment):
            raise Invalid(f"{name!r} cannot be measured on {self.experiment.data.option_name()!r}.")
        return float(metric.measure(self.snapshot(*metric.requests(self.experiment))))

    # -------------------------------------------------------------------------------------------------- keeping

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write experiment and state to a file of tensors and JSON. Raises `Invalid` where there is no folder."""
        checkpoint.save(path, self.experiment, self._dtype, self.state_at_home())

    @classmethod
    def load(cls, path: str | os.PathLike[str], experiment: Experiment | None = None) -> Self:
        """A trainer that goes on where `save` stopped, bit for bit.

        With `experiment`, the checkpoint must belong to it (live settings may differ and are taken over). Raises
        `Invalid` for a file that is missing, damaged, or from another experiment.
        """
        saved, dtype = checkpoint.read_experiment(path)
        trainer = cls(saved, dtype=dtype)
        trainer.restore(checkpoint.read_state(path, trainer.state_at_home()))
        if experiment is not None:
            if different := ", ".join(saved.diff(experiment).rebuild):
                raise Invalid(f"{str(path)!r} comes from another experiment: {different} differ.")
            trainer.adopt(experiment)
        return trainer

    def state_at_home(self) -> State:
        """The state on the CPU, in its own precision: itself, where it is trained there."""
        if self.device.type == "cpu":
            return self.state
        state: State = fetch(self.state, self._precisions)
        return state

    def restore(self, state: State) -> None:
        """Put a state back that this trainer, or one of the same experiment, had before."""
        self._settle(state)
        self._count()
