"""Trainer: runs an experiment, step by step, and can be asked what it looks like."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from ganviz.contracts.counted import Counted
from ganviz.contracts.isolated import isolated
from ganviz.engine import checkpoint
from ganviz.engine.device import best, checked
from ganviz.engine.observer import Observer, Probe
from ganviz.engine.paths import PathName
from ganviz.engine.players import State
from ganviz.engine.request import Answer, Request
from ganviz.engine.run import Run
from ganviz.engine.settings import Settings
from ganviz.engine.snapshot import Snapshot
from ganviz.engine.transitions import Transitions
from ganviz.experiment import Experiment
from ganviz.option import Invalid, resolve

Array = NDArray[np.float64]


CALL = 0.2
"""Seconds of training between two moments at which Python has a say."""


class Trainer:
    """Trains the two players of an Experiment: a thin shell around a `Run`, which every step replaces by the next.

    Same experiment, same path, same numbers, bit for bit. Nothing is drawn from a global random state.
    """

    @isolated
    def __init__(
        self,
        experiment: Experiment,
        *,
        dtype: torch.dtype = torch.float32,
        device: str | None = None,
        path: PathName = "native",
    ) -> None:
        """`device`: ``"cpu"``, ``"cuda"`` or ``"mps"``; without it pictures are trained on a GPU where there is one.

        `path`: ``"native"`` runs the steps by ganviz's own kernels, on the CPU and wherever they have all that a step
        needs, and else by PyTorch; ``"eager"`` always by PyTorch. The two agree to float tolerance in each step. What
        the kernels have trained they look at, too.
        Raises `Invalid` for a device that is not there, or has no numbers of that type.
        """
        experiment = experiment.replace(data=experiment.data.prepare())
        self._transitions = _transitions(experiment, dtype, device, path)
        self._run = self._transitions.begin(experiment)

    @classmethod
    def of(cls, run: Run, *, device: str | None = None, path: PathName = "native") -> Self:
        """A trainer that goes on with a run, such as one from another process. `device` and `path` as above."""
        # Not from the experiment: a run has read its data when it began, and keeps them.
        trainer = cls.__new__(cls)
        trainer._transitions = _transitions(run.experiment, run.precision, device, path)
        trainer.restore(run)
        return trainer

    def __reduce__(self) -> tuple[Any, ...]:
        # A copy, here or in another process, goes on alike: what was captured does not travel.
        return partial(type(self).of, path=self._transitions.wanted), (self.run_value,)

    # ------------------------------------------------------------------------------------------------- the run

    @property
    def run_value(self) -> Run:
        """The run as a value, its state on the CPU: all that decides what comes next."""
        return self._transitions.fetched(self._run)

    def restore(self, run: Run) -> None:
        """Go on with a run that this trainer, or another one of the same experiment, had: only live settings may
        differ."""
        self._run = self._transitions.placed(run)

    def begin(self, state: State) -> None:
        """Begin a new run of the experiment in a state, such as that of a start."""
        self._run = self._transitions.begin(self.experiment, state)

    @property
    def experiment(self) -> Experiment:
        """What is trained."""
        return self._run.experiment

    @property
    def state(self) -> State:
        """The run's state, on the device where it is trained."""
        return self._run.state

    @property
    def device(self) -> torch.device:
        """Where the steps are computed."""
        return self._transitions.device

    @property
    def step_count(self) -> int:
        """How many updates G has made."""
        return self._run.g_updates

    @property
    def began(self) -> int:
        """The step at which the run began: 0, unless it began at a start."""
        return self._run.began

    @property
    def moves(self) -> int:
        """Full steps and half-steps since then."""
        return self._run.moves

    @property
    def scalars(self) -> Mapping[str, float]:
        """`loss_d`, `loss_g` (nats or squared units, without penalties), `grad_d`, `grad_g` (norms of each player's
        whole gradient) of the last step; NaN before the first."""
        return self._run.scalars

    # ------------------------------------------------------------------------------------------------- training

    @property
    def path(self) -> PathName:
        """The path that runs the steps."""
        return self._transitions.path

    @property
    def is_ready(self) -> bool:
        """Whether the next step comes at once, and a look at it; else they are first captured as programs, in a second
        or so."""
        return self._transitions.is_ready(self._run)

    def prepare(self) -> None:
        """Make the next step come at once. The run is not touched: this may be called on another thread."""
        self._transitions.prepare(self._run)

    def step(self) -> None:
        """One iteration of Algorithm 1. Raises `Diverged`, and keeps the run before it, when a number is lost."""
        self.walk(1)

    def walk(self, most: int, seconds: float = CALL) -> tuple[Mapping[str, float], ...]:
        """At least one step, at most so many, and about as many as are made in the time without Python's lock. Returns
        the `scalars` of each. Raises `Diverged` when the first of them loses a number."""
        walk = self._transitions.advance(self._run, most, seconds)
        self._run = walk.run
        return walk.scalars

    def step_discriminator(self) -> None:
        """One update of D alone; G stays bit-identical. Raises `Diverged`."""
        self._run = self._transitions.half_step(self._run, "d")

    def step_generator(self) -> None:
        """One update of G alone; D stays bit-identical. Raises `Diverged`."""
        self._run = self._transitions.half_step(self._run, "g")

    def interrupt(self) -> None:
        """Let a `walk` that is under way on another thread end after the step that it is in."""
        self._transitions.interrupt()

    @isolated
    def advance(self, n: int) -> None:
        """`n` steps. Raises `Diverged` at the first step that loses a number."""
        while n > 0:
            n -= len(self.walk(n))

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
        self._run = self._transitions.change(self._run, experiment)

    # ------------------------------------------------------------------------------------------- what would be

    def step_from(self, state: State) -> State:
        """The state one iteration after `state`, on the run's next minibatches; the run itself stays where it is."""
        return self._transitions.step_from(self._run, state)

    def gradients(self, state: State) -> tuple[Tensor, Tensor]:
        """(G's gradient, D's gradient) in `state`, each flat, penalties included, on the run's next minibatches."""
        return self._transitions.gradients(self._run, state)

    # -------------------------------------------------------------------------------------------------- looking

    @property
    def observer(self) -> Observer:
        """What can be seen of the game."""
        return self._transitions.observer(self._run)

    def probe(self) -> Probe:
        """The run as it is now, to be looked at and asked, however much later. Raises `Invalid` for samples that cannot
        be looked at."""
        return self._transitions.probe(self._run)

    def snapshot(self, *requests: Request) -> Snapshot:
        """The run as it looks now, with the answers to some requests. Raises `Invalid` as `probe` does, and for what
        cannot be asked."""
        return self.probe().snapshot(*requests)

    def answer(self, request: Request) -> Answer:
        """What is asked of the run as it is now. Raises `Invalid` as `snapshot` does."""
        return self.probe().answer(request)

    @property
    def _cpu_settings(self) -> Settings:
        return self._transitions.cpu_settings(self._run)

    @isolated
    def generate(self, n: int, classes: Sequence[str] | None = None, *, draw: int = 0) -> Tensor:
        """`n` fakes, shape (n, *shape), from random streams of their own: looking changes nothing. The same call gives
        the same fakes as long as G does not move; another `draw` gives others.

        Where G is told a class, `classes` says which, by name, again and again: ``generate(20, "07")`` draws ten pairs
        of a 0 and a 7. Without it they are as frequent as in the data. Raises `Invalid` for one that is not there.
        """
        game = self._transitions.game_of(self._run)
        source = Counted(self.experiment.seed, f"generate/{draw}")
        drawn = [sample(n, source) for sample in (game.latent.sample, game.data.conditions)]
        if classes is not None:
            drawn[1] = game.data.conditions_in_turn(n, classes)
        with torch.no_grad():
            return game.generate(game.shown(self.run_value.state), torch.cat(drawn, 1).to(game.dtype))

    @isolated
    def discriminate(self, x: ArrayLike | Tensor) -> Array:
        """D(x) in the loss's own scale at the points `x`, (n, *shape), on the line also (n,); returns (n,).
        Of data with a condition the points are pairs, (n, *pair_shape)."""
        points = np.asarray(x, dtype=np.float64)
        return self.observer.discriminate(self.run_value.state, self._cpu_settings, points)

    @isolated
    def density(self, x: ArrayLike) -> Array:
        """p_g at the points `x`, (m,) on the line, else (m, *shape); returns (m,). Exact on the line for a
        one-dimensional latent, else a kernel estimate."""
        return self.observer.density(self.run_value.state, np.asarray(x, dtype=np.float64))

    def measure(self, name: str) -> float:
        """One metric by its name, such as ``"jsd"``; ``ganviz.options("metrics")`` lists them. Raises `Invalid` for an
        unknown one, and for one that says nothing about these data."""
        metric: Any = resolve("metrics", name)
        if not metric.fits(self.experiment):
            raise Invalid(f"{name!r} cannot be measured on {self.experiment.data.option_name()!r}.")
        return float(metric.measure(self.snapshot(*metric.requests(self.experiment))))

    # -------------------------------------------------------------------------------------------------- keeping

    def save(self, file: str | os.PathLike[str]) -> None:
        """Write the run to a file of tensors and JSON. Raises `Invalid` where there is no folder."""
        checkpoint.save(file, self.run_value)

    @classmethod
    def load(
        cls, file: str | os.PathLike[str], experiment: Experiment | None = None, *, path: PathName = "native"
    ) -> Self:
        """A trainer that goes on where `save` stopped; on the same path bit for bit.

        A file of before random numbers were counted goes on with others, and a line in the log says so. With
        `experiment`, the checkpoint must belong to it (live settings may differ and are taken over). Raises
        `Invalid` for a file that is missing, damaged, or from another experiment.
        """
        run = checkpoint.read(file)
        if experiment is not None and (different := ", ".join(run.experiment.diff(experiment).rebuild)):
            raise Invalid(f"{str(file)!r} comes from another experiment: {different} differ.")
        trainer = cls.of(run, path=path)
        if experiment is not None:
            trainer.adopt(experiment)
        return trainer


def _transitions(experiment: Experiment, dtype: torch.dtype, device: str | None, path: PathName) -> Transitions:
    """Those of an experiment on that device, or on the best there is."""
    where = best(experiment.data.shape, dtype) if device is None else checked(device, dtype)
    return Transitions(experiment, dtype, where, path)
