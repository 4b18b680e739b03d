"""The players: their parameters, what G draws and what D says."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from ganviz.contracts.counted import Counted
from ganviz.contracts.network import Parameters, Tap, untapped
from ganviz.contracts.optimizer import Optimizer
from ganviz.contracts.regularizer import Player, Regularizer
from ganviz.engine.layout import Layout
from ganviz.engine.settings import Settings
from ganviz.engine.tree import Tree
from ganviz.experiment import Experiment

State = dict[str, Any]
"""The whole state of a run, a tree of tensors:
``g`` and ``d`` each hold ``parameters`` (one flat vector), ``optimizer`` (its slots), ``updates`` (int64, how many so
far) and ``regularizers`` (the slots of those that act on the player, by name)."""

PLAYERS: tuple[Player, Player] = ("g", "d")


class Players:
    """The two players of an experiment. It holds no numbers: those are the state and the settings."""

    def __init__(self, experiment: Experiment, dtype: torch.dtype = torch.float32) -> None:
        self.experiment = experiment
        self.dtype = dtype
        self.data = experiment.data
        self.latent = experiment.latent
        self.generator = experiment.generator
        self.discriminator = experiment.discriminator
        self.outputs = experiment.loss.outputs()
        g, d = self._initial_parameters()
        self.g_layout, self.d_layout = Layout.of(g), Layout.of(d)

    @property
    def has_discriminator(self) -> bool:
        """Whether D takes part: some losses compare samples without one."""
        return self.outputs > 0

    def _initial_parameters(self) -> tuple[Parameters, Parameters]:
        seed, shape, seen = self.experiment.seed, self.data.shape, self.data.pair_shape
        for regularizer in self.experiment.regularizers:
            seen = regularizer.seen_shape(seen)
        g = self.generator.init((self.latent.dim + self.data.condition_dim,), shape, Counted(seed, "init/g"))
        if (raw := self.data.centre()) is not None:
            g = self.generator.centred(g, raw)
        outputs = max(1, self.outputs)
        d = self.discriminator.init(seen, (outputs,), Counted(seed, "init/d"))
        for regularizer in self.experiment.regularizers:
            name = regularizer.option_name()
            width = math.prod(self.discriminator.hidden()[-1]) if self.discriminator.hidden() else 0
            extra = regularizer.extra(width, outputs, Counted(seed, f"init/d/{name}"))
            d |= {f"{name}.{key}": value for key, value in extra.items()}
        return tuple({name: value.to(self.dtype) for name, value in side.items()} for side in (g, d))  # type: ignore[return-value]

    def initial_state(self) -> State:
        """The state before the first update; decided by the experiment alone."""
        g, d = self._initial_parameters()
        return self.fresh_state({"g": self.g_layout.flatten(g), "d": self.d_layout.flatten(d)})

    def fresh_state(self, flat: dict[Player, Tensor]) -> State:
        """The state of players with these flat parameters whose optimizers and regularizers remember nothing."""
        return {
            player: {
                "parameters": flat[player],
                "optimizer": optimizer_of(self.experiment, player).init(flat[player]),
                "updates": torch.zeros((), dtype=torch.int64),
                "regularizers": self._slots(player, flat[player], {}),
            }
            for player in PLAYERS
        }

    def _slots(self, player: Player, flat: Tensor, known: Tree) -> Tree:
        """The state of the player's regularizers: what is known, and a fresh one for those that are new."""
        parameters = (self.g_layout if player == "g" else self.d_layout).unflatten(flat)
        slots = {}
        for regularizer in self.experiment.regularizers:
            name = regularizer.option_name()
            if player in regularizer.players():
                source = Counted(self.experiment.seed, f"init/{name}")
                slots[name] = known[name] if name in known else regularizer.init(player, parameters, source)
        return slots

    def carry_over(self, state: State, old: Experiment) -> State:
        """The state of a run that goes on under these options and was under those of `old` so far: options that are
        new get a fresh state of their own, everything else is kept."""
        after: State = {}
        for player in PLAYERS:
            its = dict(state[player])
            optimizer = optimizer_of(self.experiment, player)
            if type(optimizer) is not type(optimizer_of(old, player)):
                its["optimizer"] = optimizer.init(its["parameters"])
            its["regularizers"] = self._slots(player, its["parameters"], its["regularizers"])
            after[player] = its
        return after

    def shown(self, state: State) -> Tensor:
        """G's flat parameters as they are looked at: an average of theirs, for one."""
        flat: Tensor = state["g"]["parameters"]
        for regularizer in self.experiment.regularizers:
            if "g" in regularizer.players():
                flat = regularizer.shown(flat, state["g"]["regularizers"][regularizer.option_name()])
        return flat

    def generate(self, flat: Tensor, z: Tensor) -> Tensor:
        """G(z) for G's flat parameters: (n, dim + condition_dim) → (n, *shape), in the range that samples have. The
        last coordinates of z are the condition."""
        x = self.generator.apply(self.g_layout.unflatten(flat), z)
        # A network whose last layer is flat puts out one row a sample.
        return self.data.squash(x if x.shape[1:] == self.data.shape else x.reshape(-1, *self.data.shape))

    def pair(self, x: Tensor, z: Tensor) -> Tensor:
        """Samples (n, *shape) with the conditions that stand in G's inputs `z`, (n, *pair_shape)."""
        return self.data.pair(x, self.condition(z))

    def condition(self, z: Tensor) -> Tensor:
        """The conditions in G's inputs, (n, condition_dim)."""
        return z[:, self.latent.dim :]

    def features(self, state: State, settings: Settings, pairs: Tensor, among: Tensor | None) -> Tensor:
        """What D says about each of the pairs (n, *pair_shape) by itself, (n, outputs): its raw score, as a rule.
        `among`: the `companions`."""
        if not self.has_discriminator:
            return pairs.flatten(1)
        named, _ = self.effective(state["d"]["parameters"], state["d"]["regularizers"], settings.regularizers, False)
        repeated = self._repeated(*self.data.unpair(pairs), settings.regularizers)
        return self.judge(named, settings.regularizers, repeated, untapped, among)

    def _repeated(self, x: Tensor, condition: Tensor, regularizers: tuple[Regularizer, ...]) -> Tensor:
        """Each pair as a group of its own copies, as D sees groups."""
        for regularizer in regularizers:
            x, condition = regularizer.repeat(x), regularizer.repeat(condition)
        return self.data.pair(x, condition)

    @cached_property
    def companions(self) -> Tensor | None:
        """Real pairs among which a D that judges together is looked at, as D sees them; None for any other D."""
        if not any(option.joint for option in self.experiment.regularizers):
            return None
        drawn = self.data.draw(self.experiment.batch_size, Counted(self.experiment.seed, "look/companions"))
        return self._repeated(drawn.x, drawn.condition, self.experiment.regularizers).to(self.dtype)

    def judge(
        self, named: Parameters, regularizers: tuple[Regularizer, ...], x: Tensor, tap: Tap, among: Tensor | None = None
    ) -> Tensor:
        """D's scores (n, outputs) of what it sees, with its effective parameters; together with `among`, or with one
        another."""
        joint = [regularizer for regularizer in regularizers if regularizer.joint]
        if not joint:
            return self.discriminator.apply(named, x, tap)
        raw, features = self._with_features(named, x, tap)
        companions = features if among is None else self._with_features(named, among, tap)[1]
        for regularizer in joint:
            prefix = f"{regularizer.option_name()}."
            extra = {name.removeprefix(prefix): value for name, value in named.items() if name.startswith(prefix)}
            raw = regularizer.score(raw, features, companions, extra)
        return raw

    def _with_features(self, named: Parameters, x: Tensor, tap: Tap) -> tuple[Tensor, Tensor]:
        """The network's own scores, and its last hidden layer's activations, flat."""
        seen = [x]

        def keep(layer: int, activations: Tensor) -> Tensor:
            seen.append(tap(layer, activations))
            return seen[-1]

        raw = self.discriminator.apply(named, x, keep)
        return raw, seen[-1].flatten(1)

    def effective(
        self, d: Tensor, slots: Tree, regularizers: tuple[Regularizer, ...], update: bool
    ) -> tuple[Parameters, Tree]:
        """D's parameters after the regularizers that act on the network, and those regularizers' new state."""
        named, advanced = self.d_layout.unflatten(d), {}
        for regularizer in regularizers:
            name = regularizer.option_name()
            if name in slots:
                named, advanced[name] = regularizer.network(named, slots[name], update)
        return named, advanced


def optimizer_of(experiment: Experiment, player: Player) -> Optimizer:
    """A player's optimizer."""
    return experiment.optimizer_g if player == "g" else experiment.optimizer_d
